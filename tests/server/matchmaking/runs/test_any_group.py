"""From the records to the drafts: whatever a group holds, no draft breaks a rule, by a checker that asks the rows."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches.models import MatchMember
from server.matches.states import MatchState
from server.matchmaking.engine import Participant, PastPair, Pool, RuleSet, week_mask
from server.matchmaking.models import Preference
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.states import PreferenceKind
from server.people.models import AvailabilityBlock, Organization, Person
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import ParticipantRole
from tests import factories
from tests.chance import seeded
from tests.server.matchmaking.engine import checker

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
RULES: tuple[dict[str, Any], ...] = (
    {"common_language": True, "min_overlap_half_hours": 4, "reporting_depth": 1},
    {"company": "different", "same_team": False, "grade_gap": [-2, 5], "max_pairs": 4},
    {"company": "same", "reporting_line": False, "repeat": False, "common_language": True},
)


@dataclass
class Group:
    """A group of people about whom anything may be on record, and pairs that must never be: by whom and why."""

    organization: Organization
    program: Program
    cohort: Cohort
    rows: list[Enrollment]
    past: tuple[PastPair, ...] = ()
    conflicts: frozenset[tuple[str, str]] = frozenset()
    aside: frozenset[tuple[str, str]] = frozenset()
    bans: frozenset[tuple[str, str]] = frozenset()


async def a_group(dice: Random, mentors: int = 6, mentees: int = 10) -> Group:
    org = await factories.organization()
    program = await factories.program(org)
    cohort = await factories.cohort(program)
    staff = [await somebody(dice, org) for _ in range(mentors + mentees)]
    for one in staff:       # circles of managers are possible, and nobody's manager is themselves
        boss = dice.choice([None, None, None, *(other for other in staff[::4] if other is not one)])
        await Person.filter(id=one.id).update(line_manager_id=boss.id if boss else None)
    roles = [MENTOR] * mentors + [MENTEE] * mentees
    rows = [
        await factories.enrollment(cohort, one, role, capacity=dice.randint(1, 3) if role is MENTOR else 1)
        for one, role in zip(staff, roles, strict=True)
    ]
    rows.append(await factories.enrollment(cohort, staff[-1], MENTOR))      # somebody in both roles
    return Group(org, program, cohort, rows)


async def somebody(dice: Random, org: Organization) -> Person:
    few = dice.choice
    one = await factories.person(
        org, zone="UTC", company=few(["", "North", "South"]), seniority=few([None, 2, 5, 8]),
        languages=few([[], ["en"], ["EN", "pt"], ["de"]]), language=few(["", "en-GB", "de"]),
    )
    for day in dice.sample(range(5), dice.randint(0, 3)):
        await AvailabilityBlock.create(
            organization_id=org.id, person=one, weekday=day, start_minute=few([480, 540]), end_minute=few([600, 720])
        )
    return one


async def keep_apart(group: Group, way: str, mentor: Enrollment, mentee: Enrollment) -> None:
    """Two people must not be brought together any more, in one of the ways there are."""
    persons = str(mentor.person_id), str(mentee.person_id)
    if way == "met":
        await met(group.program, mentor, mentee)
        group.past += (PastPair(*persons),)
    elif way == "torn":
        await factories.conflict(await mentor.person, await mentee.person)
        group.conflicts |= {persons}
    elif way == "banned":
        await factories.ban(mentor, mentee)
        group.bans |= {(str(mentor.id), str(mentee.id))}
    else:
        await Preference.create(
            organization_id=group.organization.id, enrollment_id=mentee.id, about_enrollment_id=mentor.id,
            kind=PreferenceKind.NOT_FOR_ME,
        )
        group.aside |= {persons[::-1]}


async def met(program: Program, *rows: Enrollment) -> None:
    """Two people had a match in a group that is over."""
    earlier = await factories.cohort(program)
    one, other = [await factories.enrollment(earlier, await row.person, row.role) for row in rows]
    moment = clock.now() - timedelta(days=60)
    await factories.match(one, other, state=MatchState.COMPLETED, active_at=moment, ended_at=moment)


async def test_no_draft_breaks_a_rule_whatever_a_group_holds(db: object) -> None:
    """Two pairs of each run are kept apart in one way more, so that the next one has to do without them."""
    group = await a_group(seeded())
    made, rows = await matched(group, {}), {str(row.id): row for row in group.rows}
    for way in ("met", "torn", "banned", "set aside"):
        for one, other in made[:2]:
            await keep_apart(group, way, rows[one], rows[other])
        made = await matched(group, {})
    for own in RULES:
        await matched(group, own)


async def matched(group: Group, own: dict[str, Any]) -> list[tuple[str, str]]:
    """The drafts of a run under some rules, each of which was looked at."""
    await Program.filter(id=group.program.id).update(rules=own)
    run = await run_matching(system_actor(group.organization.id), group.cohort.id)
    assert run.result["left_out"] == 0, "no pair that was made had to be stopped by a later look at the rules"
    rules = RuleSet(**{**own, "grade_gap": tuple(own["grade_gap"]) if "grade_gap" in own else None})
    pool, made = await on_record(group), await drafts(group)
    people = {(one.role, one.id): one for one in pool.participants}
    assert len(made) > 1, own
    assert checker.over_full(pool, rules, made) == []
    assert not group.bans & set(made)
    persons = {frozenset((people[MENTOR, one].who, people[MENTEE, other].who)) for one, other in made}
    assert len(persons) == len(made), "no two meet twice, one each way round"
    for one, other in made:
        assert checker.broken(pool, rules, people[MENTOR, one], people[MENTEE, other]) == []
    return made


async def drafts(group: Group) -> list[tuple[str, str]]:
    """The enrolments of each draft, mentor first."""
    found: dict[object, dict[ParticipantRole, str]] = {}
    for seat in await MatchMember.filter(match__cohort_id=group.cohort.id, match__state=MatchState.DRAFT):
        found.setdefault(seat.match_id, {})[seat.role] = str(seat.enrollment_id)
    return [(two[MENTOR], two[MENTEE]) for two in found.values()]


async def on_record(group: Group) -> Pool:
    """What the rules look at, row by row."""
    staff = {one.id: one for one in await Person.filter(organization_id=group.organization.id)}
    weeks: dict[object, list[tuple[int, int]]] = {}
    for block in await AvailabilityBlock.filter(organization_id=group.organization.id):
        start, end = (block.weekday * 48 + minute // 30 for minute in (block.start_minute, block.end_minute))
        weeks.setdefault(block.person_id, []).append((start, end - start))
    managers = {str(one.id): str(one.line_manager_id) for one in staff.values() if one.line_manager_id}
    people = tuple(
        Participant(
            id=str(row.id), role=row.role, person=str(one.id), capacity=row.capacity, company=one.company or None,
            manager=managers.get(str(one.id)), grade=one.seniority,
            languages=tuple(one.languages) or ((one.language[:2],) if one.language else None),
            availability=week_mask(weeks[one.id]) if one.id in weeks else None,
            avoids=tuple(other for who, other in group.aside if who == str(one.id)),
        )
        for row in group.rows if (one := staff[row.person_id])
    )
    return Pool(people, managers, group.past, group.conflicts)
