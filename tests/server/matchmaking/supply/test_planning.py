"""A hundred mentees on forty mentors: a fair line, and what each way to close the gap comes to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.matchmaking.engine import Pool, RuleSet, Standing, weights_for
from server.matchmaking.supply.forecast import Asked, Coming, Likely
from server.matchmaking.supply.planning import MENTEE, MENTOR, Ground, Plan, carried_out
from server.matchmaking.supply.together import circles_found, peers_found, spans, suited
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
    (Plan(places=2), 80), (Plan(places=1), 40), (Plan(more=20, places=3, circles=4, size=6), 100),
    (Plan(places=2, raised=5), 85),
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


def test_all_of_it_together_seats_who_finds_no_mentor_in_circles(ground: Ground) -> None:
    found = carried_out(ground, Plan(more=2, places=2, circles=2, size=6, raised=1))
    assert (found.paired, len(found.raised)) == (84 + 1, 1)
    assert found.in_circles + len(found.waiting) == 15
    assert 4 <= found.in_circles <= 12, "two circles at most, of four at least"


def test_places_that_are_taken_count_as_had(ground: Ground) -> None:
    taken = tuple(replace(one, capacity=0) if one.role is MENTOR else one for one in ground.pool.participants)
    full = replace(ground, pool=Pool(taken), whole=dict.fromkeys(ground.whole, 2))
    assert (carried_out(full, Plan(places=2)).paired, carried_out(full, Plan(places=3)).paired) == (0, 40)


@given(yes=st.integers(0, 60), no=st.integers(0, 60), asked=st.integers(0, 80))
def test_a_range_holds_what_is_expected_and_narrows_with_what_is_known(yes: int, no: int, asked: int) -> None:
    found = Asked(yes, yes + no).likely(asked)
    assert 0 <= found.low <= found.middle <= found.high <= asked
    more = Asked(yes * 4, (yes + no) * 4).likely(asked)
    assert more.high - more.low <= found.high - found.low + 1
    low, high = Coming(asked, people=found, places=found.times(2)).around(0)
    assert low <= high


def test_nobody_ever_asked_is_anything_from_nobody_to_everybody() -> None:
    assert Asked(0, 0).likely(7) == Likely(0, 0, 7)


def test_an_odd_peer_finds_somebody_when_one_more_comes(ground: Ground) -> None:
    peers = replace(ground, pool=replace(ground.pool, participants=tuple(
        replace(one, capacity=1) for one in ground.pool.participants if one.role is MENTEE
    )[:9]))
    now, with_one = peers_found(peers, Plan()), peers_found(peers, Plan(people=1))
    assert (now.groups, len(now.waiting)) == (4, 1)
    assert (with_one.groups, with_one.waiting) == (5, ())


def test_a_programme_of_circles_hears_who_sits_and_who_leads(ground: Ground) -> None:
    few = tuple(ground.pool.participants[:2]) + tuple(ground.pool.participants[40:61])
    circles = replace(ground, pool=replace(ground.pool, participants=few))
    now = circles_found(circles, Plan())
    assert now.in_circles + len(now.waiting) == 21
    assert now.leaderless >= now.groups - 2, "two people lead one each"
    led = circles_found(circles, Plan(more=6))
    assert (led.in_circles, led.waiting) == (now.in_circles, now.waiting)
    assert led.leaderless <= now.leaderless
    assert circles_found(circles, Plan(size=4)).groups >= now.groups


def test_a_circle_suits_what_several_of_those_who_wait_want(ground: Ground) -> None:
    waiting = carried_out(ground, Plan()).waiting[:9]
    alike = tuple(
        replace(one, goal_tags=("Pricing",), availability=0b11110000, languages=("en",), utc_offset_min=0)
        if one.id in waiting else one for one in ground.pool.participants
    )
    found = suited(replace(ground, pool=Pool(alike)), waiting, 6)
    assert found is not None
    assert (found.skill, found.times) == ("Pricing", [(4, 4)])
    assert 4 <= found.people <= 9
    assert suited(ground, waiting[:2], 6) is None
    assert spans(0b1110011) == [(0, 2), (4, 3)]
