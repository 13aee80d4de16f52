"""Lists for everybody at once: nobody beyond their places, nobody with a place left out, the same every time."""

from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from server.matchmaking.engine import Category, Pool, run_matching
from server.matchmaking.engine.choosing.exposure import EXPOSURE, LISTED, Choices, balanced, shortlists
from tests.server.matchmaking.engine.populations import FREE, WEIGHTS, mentee, mentor


@st.composite
def choices(draw: st.DrawFn) -> Choices:
    lookers, others = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    cells = list(product(range(lookers), range(others)))
    some = sorted(draw(st.sets(st.sampled_from(cells)))) if draw(st.booleans()) else cells
    worth = draw(st.lists(st.floats(0, 1), min_size=len(some), max_size=len(some)))
    seats = draw(st.lists(st.integers(0, 2), min_size=others, max_size=others))
    rows = np.array(some, np.int64).reshape(-1, 2)
    return Choices(rows[:, 0], rows[:, 1], np.array(worth), np.array(seats, np.int64), lookers)


@given(choices(), st.integers(1, 5), st.integers(1, 4))
def test_nobody_is_advertised_beyond_their_places(found: Choices, listed: int, exposure: int) -> None:
    taken = balanced(found, listed=listed, exposure=exposure)
    others = len(found.seats)
    shown = np.bincount(found.shown[taken], minlength=others)
    assert (shown <= found.seats * exposure).all()
    assert (np.bincount(found.looks[taken], minlength=found.lookers) <= listed).all()
    assert (taken == balanced(found, listed=listed, exposure=exposure)).all(), "the same choices give the same lists"
    is_complete = len(found.looks) == found.lookers * others
    if is_complete and found.lookers * listed >= others:
        assert (shown[found.seats > 0] > 0).all(), "whoever has a place stands in a list"


def test_everybody_wants_the_same_mentor_and_all_are_seen() -> None:
    star = mentor("star", goal_tags=(), skill_tags=("Python", "SQL"))
    others = [mentor(f"m{at}", skill_tags=("Coaching",)) for at in range(11)]
    wanting = [mentee(f"e{at}", goal_tags=("Python", "SQL")) for at in range(12)]
    result = run_matching(Pool((star, *others, *wanting)), FREE, WEIGHTS)
    alone = [result.candidates_of_mentee(one.id, 1)[0].id for one in wanting]
    assert alone == ["star"] * 12, "lists drawn up one by one all begin with the same person"
    found = shortlists(result)
    lists = [[one.id for one in found.of_mentees[row.id]] for row in wanting]
    assert sum(ids[0] == "star" for ids in lists) == sum("star" in ids for ids in lists) == EXPOSURE
    assert {len(ids) for ids in lists} == {LISTED}
    assert {name for ids in lists for name in ids} == {"star", *(one.id for one in others)}
    assert all(1 <= len(some) <= LISTED for some in found.of_mentors.values())
    named = shortlists(result, {"e7": ("star",)}).of_mentees["e7"]
    assert named[0].id == "star", "whom one named stays in one's own list"


def test_what_was_missing_in_one_person_moves_the_others() -> None:
    near = mentor("near", skill_tags=("Python",), department="Far")
    loose = mentor("loose", skill_tags=("Coaching",), department="Far", city="Lisbon", role_years=9, tenure_years=9)
    asking = mentee("e", goal_tags=("Python", "Strategy", "SQL"), department="Near", city="Lisbon")

    def ranked(*missed: Category) -> list[tuple[str, float]]:
        pool = Pool((near, loose, replace(asking, missed=missed)))
        result = run_matching(pool, FREE, replace(WEIGHTS, shares=LIGHT))
        return [(one.id, one.fit) for one in result.candidates_of_mentee("e")]

    before, after = ranked(), ranked(Category.GOALS)
    assert [one[0] for one in before] == ["loose", "near"]
    assert [one[0] for one in after] == ["near", "loose"], "whoever is nearer to the goal comes first now"
    assert dict(before) == dict(after), "fit stays what it is"


LIGHT = {name: 0.04 if name is Category.GOALS else 0.12 for name in Category}
