"""A circle as its manager reads it: who could come in, which rule would be broken, and where a seat is to spare."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from server.kernel.actor import Actor, system_actor
from server.kernel.db import Json
from server.matches import queries as matches
from server.matches.circles.steps import MOST
from server.matches.models import Match
from server.matches.states import OPEN_MATCHES, MatchKind, MatchState
from server.matchmaking.circles.telling import told
from server.matchmaking.engine import RuleCode, RuleSet, Weights
from server.matchmaking.engine.groups.checking import barred_host, broken_between
from server.matchmaking.engine.groups.members.seats import Sitting
from server.matchmaking.engine.living.words import rule_words
from server.matchmaking.gather import Gathered, gather, gather_seats, rules_of, weights_of
from server.programs.models import Cohort, Enrollment
from server.programs.queries import Taking, cohort_by_id, enrollments_in
from server.programs.rules import has_circles, is_of_circles
from server.programs.states import Circles, EnrollmentState, ParticipantRole
from server.programs.training.queries import untrained

PLACED = OPEN_MATCHES | {MatchState.DRAFT}
WITH_ROOM = (MatchState.ACTIVE, MatchState.DRAFT)
"""When a circle that is not full has a seat to spare: not while its people are asked, nor while it rests."""


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
    away = await untrained(actor, (await cohort_by_id(actor, match.cohort_id)).program, [*members, *leading])
    members = [row for row in members if row.id not in away]
    free = [row for row in leading if row.id not in away and placed[row.id] < row.capacity]
    return MayCome(
        by_name(row for row in members if not placed[row.id]), by_name(row for row in members if row.id in drafted),
        [] if matches.facilitator_of(match) else by_name(free),
    )


async def circle_of(actor: Actor, row: Enrollment) -> Match | None:
    """The circle, open or drafted, in which somebody sits; None for who leads, who may have several, or has none."""
    if row.role is ParticipantRole.FACILITATOR:
        return None
    own = matches.matches(actor).filter(
        kind=MatchKind.CIRCLE, members__enrollment_id=row.id, members__left_at=None, state__in=list(PLACED)
    )
    return await own.prefetch_related("members__person", "members__enrollment").first()


async def with_newcomer(actor: Actor, match: Match, row: Enrollment) -> tuple[str, Json]:
    """A circle as it would be with somebody: which hard rule keeps them from it, in words ("" where none does), and
    what it would bring its people, as it is stored. Asked of everybody who is in it."""
    there = [one for one in matches.in_order(match) if one.role is not row.role or one.role is ParticipantRole.MENTEE]
    gathered, rules, weights = await _people_of(actor, match, {row.id, *(one.enrollment_id for one in there)})
    members = [one for one in gathered.pool.participants if one.role is ParticipantRole.MENTEE]
    code = await asyncio.to_thread(_first_broken, gathered, rules, weights) or await _training_of(actor, match, [row])
    return rule_words(code) if code else "", await asyncio.to_thread(told, members, rules, weights)


async def rule_broken(actor: Actor, match: Match) -> str:
    """Which hard rule the people of a circle break on today's facts, in words; "" where they break none."""
    code = await circle_rule(actor, match)
    return rule_words(code) if code else ""


async def circle_rule(actor: Actor, match: Match) -> RuleCode | None:
    """Which hard rule the people of a circle break on today's facts; None where they break none."""
    there = {one.enrollment_id for one in matches.in_order(match)}
    code = await asyncio.to_thread(_first_broken, *await _people_of(actor, match, there))
    if code or match.active_at:
        return code
    members = [Taking(one.enrollment_id, one.role, one.person_id) for one in matches.in_order(match)]
    return await _training_of(actor, match, members)


async def rule_on_joining(actor: Actor, match: Match, enrollment_id: UUID) -> RuleCode | None:
    """Which hard rule keeps one of a circle from the others today; None where none does, or they break it without."""
    there = {one.enrollment_id for one in matches.in_order(match)}
    code = await asyncio.to_thread(_first_broken, *await _people_of(actor, match, there))
    if code is None:
        return await _training_of(actor, match, [
            Taking(one.enrollment_id, one.role, one.person_id)
            for one in matches.in_order(match) if one.enrollment_id == enrollment_id
        ])
    others = await _people_of(actor, match, there - {enrollment_id})
    return None if await asyncio.to_thread(_first_broken, *others) else code


async def _training_of(
    actor: Actor, match: Match, rows: Iterable[Enrollment | Taking]
) -> RuleCode | None:
    """That one of some people has training to finish before they are in a circle; its programme was fetched."""
    return RuleCode.TRAINING if await untrained(actor, match.cohort.program, rows) else None


async def _people_of(actor: Actor, match: Match, ids: set[UUID]) -> tuple[Gathered, RuleSet, Weights]:
    """Some people as they would be looked at for one circle: two who are a pair are kept apart."""
    found = await matches.enrollments_by_ids(actor, ids)
    rows = [found[key] for key in sorted(ids)]
    for one in rows:
        await one.fetch_related("person")
    await match.fetch_related("cohort__program")
    gathered = await gather_seats(system_actor(actor.organization_id), match.cohort, [(one, 1) for one in rows])
    pool = replace(gathered.pool, conflicts=gathered.pool.conflicts | await _pairs_of(actor, match.cohort_id))
    return replace(gathered, pool=pool), rules_of(match.cohort.program), weights_of(match.cohort.program)


def _first_broken(gathered: Gathered, rules: RuleSet, weights: Weights) -> RuleCode | None:
    """The first rule that keeps people apart, or from who leads them."""
    asked = gathered.pool, rules, weights, gathered.standing.bans
    code = broken_between(*asked)
    if code or not any(one.role is ParticipantRole.MENTOR for one in gathered.pool.participants):
        return code
    barred = barred_host(*asked)
    if barred is None:
        return None
    return RuleCode(barred.value) if barred.value in RuleCode.__members__ else RuleCode.BLOCKED


async def _pairs_of(actor: Actor, cohort_id: UUID) -> frozenset[tuple[str, str]]:
    reader = system_actor(actor.organization_id)
    return frozenset((str(one), str(other)) for one, other in await matches.standing_pairs(reader, cohort_id))


def by_name(rows: Iterable[Enrollment]) -> list[Enrollment]:
    """Enrolments in the order of their people's names."""
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
    return Beside(people, program.circles is Circles.WAITING, await _pairs_of(actor, cohort.id))


@dataclass(frozen=True)
class WithRoom:
    """Circles that stand and have a seat to spare, with what is known of the people in them."""

    gathered: Gathered
    circles: tuple[Sitting, ...]


async def circles_with_room(actor: Actor, cohort: Cohort, *, around_drafts: bool) -> WithRoom | None:
    """The running circles of a cohort that are not full, with `around_drafts` drafted ones too; None for none.

    A draft that a manager locked stays as it is.
    """
    states = WITH_ROOM if around_drafts else WITH_ROOM[:1]
    standing = matches.matches(actor).filter(cohort_id=cohort.id, kind=MatchKind.CIRCLE, state__in=list(states))
    locked = {lock.match_id for lock in await matches.locks(actor, cohort.id)}
    found = [
        one for one in await standing.order_by("id").prefetch_related("members__person", "members__enrollment__person")
        if one.id not in locked and len(matches.learners(one)) < MOST
    ]
    if not found:
        return None
    rows = {member.enrollment_id: member.enrollment for one in found for member in matches.in_order(one)}
    gathered = await gather_seats(actor, cohort, [(row, 1) for row in rows.values()])
    return WithRoom(gathered, tuple(map(_sitting, found)))


def _sitting(match: Match) -> Sitting:
    leads = matches.facilitator_of(match)
    members = tuple(str(one.enrollment_id) for one in matches.learners(match))
    return Sitting(str(match.id), members, str(leads.enrollment_id) if leads else None)
