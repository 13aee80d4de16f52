"""A hundred mentees on forty mentors: a fair line, and what each way to close the gap comes to."""

from dataclasses import replace

import pytest

from server.matchmaking.engine import Pool, RuleSet, Standing, weights_for
from server.matchmaking.supply.planning import MENTOR, Ground, Plan, carried_out
from server.programs.states import ProgramType
from tests.server.matchmaking.people import synthetic_people


@pytest.fixture(scope="module")
def ground() -> Ground:
    """Forty mentors with one place each, a hundred mentees, nobody in anybody's line of command."""
    people = tuple(replace(one, capacity=1, manager=None, avoids=()) for one in synthetic_people(40, 100))
    mentors = frozenset(one.id for one in people if one.role is MENTOR)
    return Ground(Pool(people), Standing(), RuleSet(), weights_for(ProgramType.ONE_TO_ONE),
                  whole=dict.fromkeys(mentors, 1), raisable=mentors)


def test_a_hundred_mentees_on_forty_mentors_wait_in_a_fair_line(ground: Ground) -> None:
    found = carried_out(ground, Plan())
    assert (found.paired, len(found.waiting), found.spare, found.balance) == (40, 60, 0, -60)
    people = {one.id: one for one in ground.pool.participants}
    turns = [(-people[one].waited_cycles, people[one].enrolled_on) for one in found.waiting]
    assert turns == sorted(turns), "by cycles waited, then by day"
    assert found.short
    assert found == carried_out(ground, Plan()), "the same again gives the same"


@pytest.mark.parametrize(("plan", "paired"), [
    (Plan(more=20), 60), (Plan(raised=10), 50), (Plan(raised=99), 80), (Plan(more=20, raised=40), 100),
])
def test_more_mentors_and_more_places_are_matched_by_the_engine(ground: Ground, plan: Plan, paired: int) -> None:
    found = carried_out(ground, plan)
    assert (found.paired, len(found.waiting)) == (paired, 100 - paired)


def test_past_mentors_count_as_the_people_they_are(ground: Ground) -> None:
    before = tuple(replace(one, id=f"past {one.id}", person=None) for one in ground.pool.participants[:5])
    found = carried_out(replace(ground, past=before), Plan(past=3))
    assert found.paired == 43


def test_circles_take_from_the_line_and_who_starts_later_leaves_its_end(ground: Ground) -> None:
    now, found = carried_out(ground, Plan()), carried_out(ground, Plan(circles=3, size=6, later=10))
    assert (found.paired, found.later) == (40, 10)
    assert 12 <= found.in_circles <= 24, "three circles of four to eight"
    assert len(found.waiting) == 60 - 10 - found.in_circles
    assert set(found.waiting) < set(now.waiting[:50])


def test_enough_places_leave_some_to_spare_and_no_mentor_at_all_is_no_crash(ground: Ground) -> None:
    found = carried_out(ground, Plan(more=70))
    assert (found.balance, found.short) == (10, {})
    nobody = replace(ground.pool, participants=ground.pool.participants[40:])
    alone = carried_out(replace(ground, pool=nobody, raisable=frozenset()), Plan(more=5, circles=1))
    assert (alone.paired, alone.mean, len(alone.waiting)) == (0, None, 100)
