"""Why somebody's mentor is another one, from stored values alone."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.matchmaking.engine import WaitCode
from server.matchmaking.runs.comparison import Chosen, Settings, Side, Why, compare, settings_between, side_of

A, B, C = (UUID(int=number) for number in (1, 2, 3))
NOOR, ESME = UUID(int=11), UUID(int=12)
SAME = Settings((), (), None, None, same_people=True)
Stored = tuple[UUID, UUID, float, bool]


def side(*stored: Stored, mentors: tuple[UUID, ...] = (A, B), waiting: tuple[UUID, ...] = ()) -> Side:
    queue = [{"enrollment_id": str(one), "code": "NO_SEAT"} for one in waiting]
    return side_of(stored, map(str, mentors), queue)


BEFORE = side((A, NOOR, 80, True), (B, NOOR, 70, False))


@pytest.mark.parametrize(("later", "why"), [
    (side((B, NOOR, 70, True), mentors=(B,)), Why.MENTOR_LEFT),
    (side((B, NOOR, 70, True)), Why.NO_LONGER_LISTED),
    (side((A, NOOR, 71, False), (B, NOOR, 75, True)), Why.FIT_FELL),
    (side((A, NOOR, 80, False), (C, NOOR, 90, True), mentors=(A, B, C)), Why.MENTOR_JOINED),
    (side((A, NOOR, 80, False), (B, NOOR, 85, True)), Why.FIT_ROSE),
    (side((A, NOOR, 80, False), (A, ESME, 90, True), (B, NOOR, 70, True)), Why.GIVEN_UP),
    (side((A, NOOR, 80, False), waiting=(NOOR,)), Why.GIVEN_UP),
    (side(), Why.LEFT),
])
def test_the_first_reason_that_holds_is_told(later: Side, why: Why) -> None:
    (change,) = [one for one in compare(BEFORE, later, SAME).changes if one.mentee == NOOR]
    assert change.why is why


def test_an_equal_choice_is_called_as_good() -> None:
    earlier = side((A, NOOR, 80, True), (B, NOOR, 80, False))
    (change,) = compare(earlier, side((A, NOOR, 80, False), (B, NOOR, 80, True)), SAME).changes
    assert change.why is Why.AS_GOOD


def test_who_has_the_place_now_is_named_with_both_fits() -> None:
    later = side((A, NOOR, 80, False), (A, ESME, 90, True), waiting=(NOOR,))
    change = next(one for one in compare(BEFORE, later, SAME).changes if one.mentee == NOOR)
    assert (change.taken_by, change.fit_then, change.fit_now) == (ESME, 80, 80)
    assert (change.after, change.waits) == ((), WaitCode.NO_SEAT)


def test_who_waited_has_a_place_that_came_free() -> None:
    earlier = side((A, ESME, 90, True), waiting=(NOOR,))
    later = side((A, NOOR, 80, True))
    assert {one.mentee: one.why for one in compare(earlier, later, SAME).changes} == {
        NOOR: Why.PLACE_FREED, ESME: Why.LEFT}


def test_another_learning_is_a_difference_where_both_runs_kept_theirs() -> None:
    given = {"weights": {}, "rules": {}, "engine_version": "6", "seed": 0, "pool_digest": "a"}
    first, then, unknown = (given | {"learned": one} for one in ("prior.2", "ONE_TO_ONE.3", None))
    assert settings_between(first, then) == replace(SAME, learned=("prior.2", "ONE_TO_ONE.3"))
    assert settings_between(first, first) == settings_between(unknown, then) == SAME


pairs = st.lists(
    st.tuples(st.sampled_from([A, B, C]), st.sampled_from([NOOR, ESME]), st.integers(40, 99).map(float), st.booleans()),
    unique_by=lambda one: one[:2],
)


@settings(max_examples=60, deadline=None)
@given(pairs, pairs)
def test_everybody_is_either_the_same_or_told_about(first: list[Stored], second: list[Stored]) -> None:
    earlier, later = side(*first, mentors=(A, B, C)), side(*second, mentors=(A, B, C))
    found = compare(earlier, later, SAME)
    told = {one.mentee for one in found.changes}
    assert found.same + len(told) == len(earlier.mentees | later.mentees)
    for one in found.changes:
        assert [*one.before] != [*one.after] or (one.mentee in earlier.mentees) != (one.mentee in later.mentees)
        assert all(isinstance(pair, Chosen) for pair in (*one.before, *one.after))
    assert compare(earlier, earlier, SAME).changes == ()
