"""A circle as its manager reads it: what it has in common, who could come in, and which rule would be broken."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from server.kernel.actor import Actor, system_actor
from server.matches import queries as matches
from server.matches.models import Match
from server.matches.states import OPEN_MATCHES, MatchKind, MatchState
from server.matchmaking.engine import RuleCode
from server.matchmaking.engine.groups.checking import barred_host, broken_between
from server.matchmaking.engine.groups.portrait import SharedGoal
from server.matchmaking.engine.living.words import rule_words
from server.matchmaking.gather import Gathered, gather, gather_seats, rules_of, weights_of
from server.programs.models import Cohort, Enrollment
from server.programs.queries import enrollments_in
from server.programs.rules import has_circles, is_of_circles
from server.programs.states import Circles, EnrollmentState, ParticipantRole

PLACED = OPEN_MATCHES | {MatchState.DRAFT}


@dataclass(frozen=True)
class InCommon:
    """What the people of a circle have in common. `times` are spans of the UTC week: its first half hour, counted from
    Monday 00:00, and how many; None where nobody told theirs, and `languages` likewise."""

    times: list[tuple[int, int]] | None
    languages: list[str] | None
    goals: list[SharedGoal]
    host_code: str | None


def in_common(explanation: Mapping[str, Any]) -> InCommon:
    """What the run that made a circle stored of it; nothing for one made otherwise."""
    told = explanation.get("circle", {})
    times = told.get("times")
    return InCommon(
        [(start, length) for start, length in times] if times is not None else None, told.get("languages"),
        [SharedGoal(one["name"], one["members"]) for one in told.get("goals", [])], told.get("host_code"),
    )


@dataclass(frozen=True)
class MayCome:
    """Who a manager could put into a circle: who waits for one, who is in another drafted one, who could lead."""

    waiting: list[Enrollment]
    elsewhere: list[Enrollment]
    leading: list[Enrollment]


async def may_come(actor: Actor, match: Match) -> MayCome:
    """Everybody of the cohort who could be put into a circle, by name; rules are looked at when one is chosen."""
    inside = {one.person_id for one in matches.in_order(match)}
    placed = await matches.placed_seats(actor, match.cohort_id, MatchKind.CIRCLE)
    drafts = await matches.matches_in(actor, match.cohort_id, [MatchState.DRAFT])
    drafted = {
        one.enrollment_id for draft in drafts if matches.is_circle(draft) for one in matches.learners(draft)
    }
    rows = {
        role: [
            row for row in await enrollments_in(actor, match.cohort_id, role=role, states=[EnrollmentState.ACTIVE])
            if row.person_id not in inside
        ]
        for role in (ParticipantRole.MENTEE, ParticipantRole.FACILITATOR)
    }
    members, leading = rows[ParticipantRole.MENTEE], rows[ParticipantRole.FACILITATOR]
    free = [row for row in leading if placed[row.id] < row.capacity]
    return MayCome(
        _named(row for row in members if not placed[row.id]), _named(row for row in members if row.id in drafted),
        [] if matches.facilitator_of(match) else _named(free),
    )


async def circle_of(actor: Actor, row: Enrollment) -> Match | None:
    """The circle, open or drafted, in which somebody sits; None for who leads, who may have several, or has none."""
    if row.role is ParticipantRole.FACILITATOR:
        return None
    own = matches.matches(actor).filter(
        kind=MatchKind.CIRCLE, members__enrollment_id=row.id, members__left_at=None, state__in=list(PLACED)
    )
    return await own.prefetch_related("members__person", "members__enrollment").first()


async def rule_against(actor: Actor, match: Match, row: Enrollment) -> str:
    """Which hard rule keeps somebody from a circle, in words; "" where none does. Asked of everybody who is in it."""
    there = [one for one in matches.in_order(match) if one.role is not row.role or one.role is ParticipantRole.MENTEE]
    code = await _broken(actor, match, {row.id, *(one.enrollment_id for one in there)})
    return rule_words(code) if code else ""


async def rule_broken(actor: Actor, match: Match) -> str:
    """Which hard rule the people of a circle break on today's facts, in words; "" where they break none."""
    code = await circle_rule(actor, match)
    return rule_words(code) if code else ""


async def circle_rule(actor: Actor, match: Match) -> RuleCode | None:
    """Which hard rule the people of a circle break on today's facts; None where they break none."""
    return await _broken(actor, match, {one.enrollment_id for one in matches.in_order(match)})


async def _broken(actor: Actor, match: Match, ids: set[UUID]) -> RuleCode | None:
    found = await matches.enrollments_by_ids(actor, ids)
    rows = [found[key] for key in sorted(ids)]
    for one in rows:
        await one.fetch_related("person")
    await match.fetch_related("cohort__program")
    gathered = await gather_seats(system_actor(actor.organization_id), match.cohort, [(one, 1) for one in rows])
    rules, weights = rules_of(match.cohort.program), weights_of(match.cohort.program)
    apart = await _pairs_of(actor, match)
    pool = replace(gathered.pool, conflicts=gathered.pool.conflicts | apart)
    told = pool, rules, weights, gathered.standing.bans
    code = await asyncio.to_thread(broken_between, *told)
    if code is None and any(one.role is ParticipantRole.FACILITATOR for one in rows):
        barred = await asyncio.to_thread(barred_host, *told)
        code = RuleCode(barred.value) if barred and barred.value in RuleCode.__members__ else None
        code = RuleCode.BLOCKED if barred and code is None else code
    return code


async def _pairs_of(actor: Actor, match: Match) -> frozenset[tuple[str, str]]:
    reader = system_actor(actor.organization_id)
    return frozenset((str(one), str(other)) for one, other in await matches.standing_pairs(reader, match.cohort_id))


def _named(rows: Iterable[Enrollment]) -> list[Enrollment]:
    return sorted(rows, key=lambda row: (row.person.full_name, row.id))


@dataclass(frozen=True)
class Beside:
    """Who could sit in circles beside the pairs of a programme. `only_waiting`: whom the run finds no mentor for.
    `pairs` are the two persons of every pair that stands."""

    gathered: Gathered
    only_waiting: bool
    pairs: frozenset[tuple[str, str]]


async def beside_pairs(actor: Actor, cohort: Cohort, *, around_drafts: bool) -> Beside | None:
    """Everybody with a seat for a circle in a programme of pairs; None where it has no circles."""
    program = cohort.program
    if is_of_circles(program) or not has_circles(program):
        return None
    people = await gather(actor, cohort, around_drafts=around_drafts, kind=MatchKind.CIRCLE)
    pairs = await matches.standing_pairs(system_actor(actor.organization_id), cohort.id)
    return Beside(
        people, program.circles is Circles.WAITING, frozenset((str(one), str(other)) for one, other in pairs)
    )
