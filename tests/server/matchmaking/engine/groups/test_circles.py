"""Circles: what must hold for any crowd, and what one looks like."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from server.matchmaking.engine import Pool, RuleSet, WaitCode, weights_for
from server.matchmaking.engine.groups.both_ways import both_ways
from server.matchmaking.engine.groups.circles import CirclesResult, form_circles, together
from server.matchmaking.engine.groups.compose import compose, place, target
from server.matchmaking.engine.groups.portrait import SharedGoal
from server.matchmaking.engine.groups.room import Room, open_room
from server.matchmaking.engine.groups.seating import Seating
from server.matchmaking.engine.groups.swaps import best_swap, improve, may_take, taking
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.engine import checker
from tests.server.matchmaking.engine.groups.crowds import (
    HOURS,
    ODD_HALF_HOURS,
    cannot_meet,
    crowd_rules,
    crowds,
    of,
    wrong_inside,
)
from tests.server.matchmaking.engine.populations import FREE, many, mentee, mentor, some
from tests.server.matchmaking.people import synthetic_people

WEIGHTS = weights_for(ProgramType.CIRCLE)
MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


def formed(pool: Pool, rules: RuleSet = FREE, **more: int) -> CirclesResult:
    return form_circles(pool, rules, WEIGHTS, **more)


@many
@given(crowds(), crowd_rules(), st.integers(4, 8))
def test_circles_keep_every_rule_and_everybody_sits_waits_or_does_not_look(
    pool: Pool, rules: RuleSet, size: int
) -> None:
    result, people = formed(pool, rules, size=size), of(pool, MENTEE)
    for circle in result.circles:
        assert 4 <= len(circle.members) <= 8
        assert wrong_inside(pool, rules, [people[name] for name in circle.members]) == []
        assert 0 <= circle.fit <= 100
        assert 0 <= circle.value <= 1.5
    seated = [name for circle in result.circles for name in circle.members]
    waiting = [one.mentee for one in result.waitlist]
    assert sorted(seated + waiting) == sorted(people)
    assert [one.position for one in result.waitlist if one.position] == list(range(1, 1 + len(waiting) - idle(result)))
    assert {one.mentee for one in result.waitlist if one.position is None} == {
        name for name, one in people.items() if not one.capacity
    }
    assert result.violations == 0


def idle(result: CirclesResult) -> int:
    return sum(one.code is WaitCode.NOT_LOOKING for one in result.waitlist)


@many
@given(crowds(12, hosts=6), crowd_rules())
def test_a_host_keeps_the_rules_with_every_member_and_has_places(pool: Pool, rules: RuleSet) -> None:
    result, people, hosts = formed(pool, rules), of(pool, MENTEE), of(pool, MENTOR)
    for circle in result.circles:
        assert (circle.host is None) is (circle.host_code is not None)
        if circle.host is not None:
            host, members = hosts[circle.host], [people[name] for name in circle.members]
            assert [code for one in members for code in checker.broken(pool, rules, host, one)] == []
            assert cannot_meet(rules, [host, *members]) == []
    led = [circle.host for circle in result.circles if circle.host]
    assert all(led.count(name) <= hosts[name].capacity for name in led)


@some
@given(crowds(), crowd_rules(), st.randoms())
def test_the_order_of_rows_changes_nothing(pool: Pool, rules: RuleSet, dice: Random) -> None:
    shuffled = list(pool.participants)
    dice.shuffle(shuffled)
    first = formed(pool, rules)
    with threadpool_limits(1):
        assert repr(formed(replace(pool, participants=tuple(shuffled)), rules)) == repr(first)


@some
@given(crowds(apart=True, hosts=0), crowd_rules(), st.permutations(range(22)))
def test_new_names_change_nothing_but_names(pool: Pool, rules: RuleSet, numbers: list[int]) -> None:
    def renamed(name: str | None) -> str | None:
        return f"q{numbers[int(name[1:])]}" if name and name[1:].isdigit() else name

    def called(one: object, *fields: str) -> dict[str, object]:
        return {field: renamed(getattr(one, field)) for field in fields}

    people = tuple(
        replace(
            one,
            **called(one, "id", "manager"),
            prefers=tuple(map(str, map(renamed, one.prefers))),
            avoids=tuple(map(str, map(renamed, one.avoids))),
        )
        for one in pool.participants
    )
    history = tuple(replace(past, **called(past, "mentor", "mentee")) for past in pool.history)
    managers = {str(renamed(who)): str(renamed(boss)) for who, boss in pool.managers.items()}
    conflicts = frozenset((str(renamed(one)), str(renamed(other))) for one, other in pool.conflicts)
    first, second = formed(pool, rules), formed(Pool(people, managers, history, conflicts), rules)
    assert {frozenset(map(renamed, circle.members)) for circle in first.circles} == {
        frozenset(circle.members) for circle in second.circles
    }
    assert [(renamed(one.mentee), one.code) for one in first.waitlist if one.position] == [
        (one.mentee, one.code) for one in second.waitlist if one.position
    ]


@some
@given(crowds(), crowd_rules())
def test_the_audit_group_never_changes_a_circle(pool: Pool, rules: RuleSet) -> None:
    other = tuple(replace(one, audit_group="z") for one in pool.participants)
    assert repr(formed(replace(pool, participants=other), rules)) == repr(formed(pool, rules))


@many
@given(crowds(16, hosts=0), crowd_rules())
def test_what_a_swap_promises_is_what_it_brings(pool: Pool, rules: RuleSet) -> None:
    seating = compose(opened(pool, rules), 4)
    place(seating, list(range(seating.room.size)))
    for person in seated_in(seating):
        before = sum(seating.values)
        other, gain = best_swap(seating, person)
        if gain > 0:
            seating.swap(person, other)
            assert sum(seating.values) == pytest.approx(before + gain)
    assert improve(seating, 10_000) < 10_000
    total = sum(seating.values)
    assert total == pytest.approx(sum(seating.room.value(circle) for circle in seating.circles if circle))


def opened(pool: Pool, rules: RuleSet = FREE) -> Room:
    people = [one for one in pool.participants if one.role is MENTEE and one.capacity]
    return open_room(both_ways(pool, people, together(rules), WEIGHTS, frozenset(), 0))


def seated_in(seating: Seating) -> list[int]:
    return [row for row in range(seating.room.size) if seating.where[row] >= 0]


@pytest.mark.parametrize("size", range(4, 9))
def test_any_number_of_people_divides_into_circles(size: int) -> None:
    for people in range(4, 60):
        left, sizes = people, []
        while left:
            sizes.append(target(left, size))
            left -= sizes[-1]
        assert all(4 <= one <= 8 for one in sizes), (people, sizes)
        assert people < 3 * size or max(abs(one - size) for one in sizes) <= 2, (people, sizes)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_people_wait(count: int) -> None:
    result = formed(Pool(tuple(mentee(f"p{at}") for at in range(count))))
    assert result.circles == ()
    assert {one.code for one in result.waitlist} <= {WaitCode.TOO_FEW}
    assert len(result.waitlist) == count


def test_nine_alike_are_five_and_four_and_no_size_but_four_to_eight_is_known() -> None:
    pool = Pool(tuple(mentee(f"p{at}") for at in range(9)))
    assert sorted(len(circle.members) for circle in formed(pool).circles) == [4, 5]
    assert len(formed(Pool(pool.participants[:8]), size=8).circles) == 1
    for size in (3, 9):
        with pytest.raises(ValueError, match="4 to 8"):
            formed(pool, size=size)


def test_people_of_two_languages_and_one_who_speaks_neither() -> None:
    people = [mentee(f"e{at}", languages=("en",)) for at in range(5)] + [
        mentee(f"d{at}", languages=("DE",)) for at in range(4)
    ]
    result = formed(Pool((*people, mentee("both", languages=("de", "en")), mentee("none", languages=("sw",)))))
    assert sorted(circle.languages[0].casefold() for circle in result.circles if circle.languages) == ["de", "en"]
    assert [(one.mentee, one.code) for one in result.waitlist] == [("none", WaitCode.LANGUAGE)]


def test_two_half_hours_apart_are_no_hour() -> None:
    broken_up = tuple(mentee(f"p{at}", availability=ODD_HALF_HOURS) for at in range(6))
    result = formed(Pool(broken_up))
    assert result.circles == ()
    assert {one.code for one in result.waitlist} == {WaitCode.OVERLAP}


def test_a_circle_of_managers_in_a_ring_is_none() -> None:
    ring = tuple(mentee(f"p{at}", manager=f"p{(at + 1) % 6}") for at in range(6))
    result = formed(Pool(ring), RuleSet())
    assert result.circles == ()
    assert {one.code for one in result.waitlist} == {WaitCode.REPORTING_LINE}


def test_a_line_of_command_is_seen_through_people_who_take_no_part() -> None:
    people = [mentee("boss"), *(mentee(f"q{at}") for at in range(3))]
    people += [mentee(f"p{at}", manager=f"m{at}") for at in range(4)]
    pool = Pool(tuple(people), managers={f"m{at}": "boss" for at in range(4)})
    assert {circle.members for circle in formed(pool, RuleSet()).circles} == {
        ("boss", "q0", "q1", "q2"),
        ("p0", "p1", "p2", "p3"),
    }


def test_who_is_left_over_moves_others_round() -> None:
    """Eight sit together; the ninth can only meet one of them and three of the tenth to twelfth."""
    always, evening = HOURS[0], HOURS[3]
    people = [mentee(f"a{at}", availability=always) for at in range(7)]
    people += [mentee("b", availability=always | evening)]
    people += [mentee(f"z{at}", availability=evening) for at in range(3)]
    result = formed(Pool(tuple(people)))
    assert result.waitlist == ()
    assert {"b", "z0", "z1", "z2"} in [set(circle.members) for circle in result.circles]


def test_complements_sit_together() -> None:
    """Two skills, two wishes: each circle must hold both kinds, or nobody is helped."""
    people = [mentee(f"p{at}", goal_tags=("Python",), skill_tags=("Coaching",)) for at in range(6)]
    people += [mentee(f"c{at}", goal_tags=("Coaching",), skill_tags=("Python",)) for at in range(2)]
    circles = formed(Pool(tuple(people)), size=4).circles
    assert [sum(name.startswith("c") for name in circle.members) for circle in circles] == [1, 1]
    assert all(circle.goals[0] == SharedGoal("Python", 3) for circle in circles)


def test_a_host_is_found_where_one_fits_and_the_reason_told_where_none_does() -> None:
    people = [mentee(f"p{at}", goal_tags=("Python",), availability=HOURS[0], manager="boss") for at in range(4)]
    fits = mentor("fits", skill_tags=("Python",), availability=HOURS[0])
    assert formed(Pool((*people, fits, mentor("other")))).circles[0].host == "fits"
    for host, rules, code in (
        (mentor("boss"), RuleSet(same_team=False), WaitCode.REPORTING_LINE),
        (mentor("late", availability=HOURS[3]), FREE, WaitCode.OVERLAP),
        (mentor("hated", avoids=("p1",)), FREE, WaitCode.BLOCKED),
        (mentor("full", capacity=0), FREE, WaitCode.NO_MENTORS),
        (mentor("p2"), FREE, WaitCode.NO_MENTORS),
        (mentor("old", grade=9), replace(FREE, grade_gap=(0, 3)), WaitCode.GRADE_GAP),
    ):
        graded = [replace(one, grade=2) for one in people]
        circle = formed(Pool((*graded, host)), rules).circles[0]
        assert (circle.host, circle.host_code) == (None, code), host.id
    assert formed(Pool(tuple(people))).circles[0].host_code is WaitCode.NO_MENTORS


def test_who_could_take_a_seat_and_what_that_would_be_worth() -> None:
    seating = compose(opened(Pool(synthetic_people(0, 40))), 6)
    seated, outside = seated_in(seating), seating.room.size - 1
    if seating.where[outside] >= 0:
        seating.leave(outside)
    others = seated_in(seating)
    able, worth = may_take(seating, outside, np.array(others)), taking(seating, outside, np.array(others))
    for at, row in enumerate(others):
        circle = [outside if one == row else one for one in seating.circles[seating.where[row]]]
        rest = [one for one in circle if one != outside]
        assert worth[at] == pytest.approx(seating.room.value(circle))
        assert bool(able[at]) is bool(seating.room.may_join(rest, np.array([outside]))[0])
    assert seated


def test_large_crowds_are_formed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.matchmaking.engine.groups.circles.ROOM_FOR", 50)
    people = synthetic_people(0, 180)
    result = formed(Pool(people), RuleSet())
    seated = [name for circle in result.circles for name in circle.members]
    assert len(seated) == len(set(seated)) == 180 - len(result.waitlist)
    assert len(result.waitlist) <= 4
    assert result.violations == 0


def test_swaps_make_a_real_crowd_better_and_stop_by_themselves_or_at_the_budget() -> None:
    pool = Pool(synthetic_people(0, 120))
    whole, none = formed(pool, RuleSet()), formed(pool, RuleSet(), budget=0)
    assert whole.value > none.value
    assert not whole.budget_spent
    assert none.budget_spent
    assert none.steps == 0
