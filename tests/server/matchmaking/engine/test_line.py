"""The line is fair: a total order by claims alone, that who joins or leaves does not change for the others."""

from datetime import date
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from server.matchmaking.engine.living.line import Claim, in_order
from tests.chance import LONG

some = settings(max_examples=200 if LONG else 15, deadline=None)
claims = st.lists(
    st.builds(
        Claim, id=st.uuids(version=4), waited_cycles=st.integers(0, 2),
        since=st.sampled_from([date(2026, 1, 5), date(2026, 3, 5)]), place_then=st.none() | st.integers(1, 4),
    ), max_size=9, unique_by=lambda one: one.id,
)


@some
@given(claims, st.randoms())
def test_the_line_is_the_same_in_whatever_order_people_are_named(waiting: list[Claim], dice: Random) -> None:
    shuffled = list(waiting)
    dice.shuffle(shuffled)
    assert in_order(shuffled) == in_order(waiting)
    assert sorted(in_order(waiting)) == sorted(one.id for one in waiting)


@some
@given(claims)
def test_nobody_is_overtaken_by_a_lesser_or_a_later_equal_claim(waiting: list[Claim]) -> None:
    turn = {one: at for at, one in enumerate(in_order(waiting))}
    for one in waiting:
        for other in waiting:
            better = one.waited_cycles > other.waited_cycles
            earlier = one.waited_cycles == other.waited_cycles and one.since < other.since
            if better or earlier:
                assert turn[one.id] < turn[other.id]


@some
@given(claims, st.integers(0, 8))
def test_who_leaves_changes_nobody_elses_turn(waiting: list[Claim], gone: int) -> None:
    rest = [one for at, one in enumerate(waiting) if at != gone]
    left = {one.id for one in rest}
    assert in_order(rest) == [one for one in in_order(waiting) if one in left]


def test_who_came_after_the_run_stands_behind_an_equal_claim_that_was_in_it() -> None:
    day, new, known = date(2026, 1, 5), UUID(int=1), UUID(int=2)
    assert in_order([Claim(new, 0, day), Claim(known, 0, day, 7)]) == [known, new]
