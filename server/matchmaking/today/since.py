"""Since when two people break a hard rule, by the dates that the facts themselves have. What has none stays unsaid."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor
from server.matches import queries as matches
from server.matches.conflicts.queries import conflicts_among
from server.matches.models import Match
from server.matches.queries import sides
from server.matches.states import RUNNING, MatchKind, MatchState, OverrideKind
from server.matchmaking.engine.constraints import RuleCode, active_pair_rules, rules_for
from server.matchmaking.gather import MONTH, Gathered, rules_from
from server.matchmaking.models import WeightsVersion
from server.matchmaking.said.queries import set_aside_at
from server.people.models import PersonAttribute
from server.programs.models import Program

Barred = list[tuple[Match, RuleCode]]
SAID_BY_RECORDS = {
    RuleCode.REPORTING_LINE: "line_manager_id", RuleCode.SAME_TEAM: "line_manager_id", RuleCode.COMPANY: "company",
    RuleCode.LANGUAGE: "languages", RuleCode.GRADE_GAP: "seniority",
}
"""The employee attribute that a rule looks at, whose history says since when the facts are as they are."""


async def since_of(actor: Actor, program: Program, facts: Gathered, barred: Barred) -> dict[UUID, date]:
    """Since when each of some pairs of a programme breaks its rule, by the id of the match: since the last of what
    brought it about, be it a fact or the rule itself."""
    at = await _by_records(actor, facts, _of(barred, *SAID_BY_RECORDS))
    at |= await _by_history(actor, facts, _of(barred, RuleCode.REPEAT))
    at |= await _by_conflicts(actor, _of(barred, RuleCode.CONFLICT))
    at |= await _by_words(actor, _of(barred, RuleCode.BLOCKED))
    at |= await _by_decisions(actor, _of(barred, RuleCode.BANNED))
    ruled = await _in_force(actor, program, {code for _match, code in barred})
    for match, code in barred:
        if code in ruled and (match.id in at or ruled[code] > match.created_at):
            at[match.id] = max(at.get(match.id, ruled[code]), ruled[code])
    return {key: moment.date() for key, moment in at.items()}


def _of(barred: Barred, *codes: RuleCode) -> Barred:
    return [(match, code) for match, code in barred if code in codes]


def _persons(match: Match) -> frozenset[UUID]:
    return frozenset(one.person_id for one in sides(match))


async def _by_records(actor: Actor, facts: Gathered, barred: Barred) -> dict[UUID, datetime]:
    """The last change of what the records say of the two, and of whoever stands between them in a line."""
    asked = {match.id: (_concerned(facts, match, code), SAID_BY_RECORDS[code]) for match, code in barred}
    everybody = {person for people, _name in asked.values() for person in people}
    changes = await _changes(actor, everybody, {name for _people, name in asked.values()})
    found: dict[UUID, datetime] = {}
    for match, _code in barred:
        people, name = asked[match.id]
        known = [one for person in people for one in changes.get((person, name), [])]
        real = [moment for moment, is_first in known if not is_first or moment > match.created_at]
        if real:
            found[match.id] = max(real)
    return found


def _concerned(facts: Gathered, match: Match, code: RuleCode) -> frozenset[UUID]:
    """The persons whose records a rule looks at: in a line everybody from the lower to below the upper one."""
    two = _persons(match)
    if code is not RuleCode.REPORTING_LINE:
        return two
    one, other = two
    return _line(facts, one, other) or _line(facts, other, one) or two


def _line(facts: Gathered, low: UUID, high: UUID) -> frozenset[UUID]:
    between: list[UUID] = []
    at: UUID | None = low
    while at and at != high and at not in between:
        between.append(at)
        boss = facts.pool.managers.get(str(at))
        at = UUID(boss) if boss else None
    return frozenset(between) if at == high else frozenset()


async def _changes(
    actor: Actor, person_ids: Collection[UUID], names: Collection[str]
) -> dict[tuple[UUID, str], list[tuple[datetime, bool]]]:
    """When each attribute of some persons got a value, and whether it was the first that is known: that one may be as
    old as it likes."""
    if not names:
        return {}
    rows = PersonAttribute.filter(
        organization_id=actor.organization_id, person_id__in=list(person_ids), name__in=sorted(names)
    )
    found: dict[tuple[UUID, str], list[tuple[datetime, bool]]] = {}
    for row in await rows.order_by("valid_from", "id"):
        known = found.setdefault((row.person_id, row.name), [])
        known.append((row.valid_from, not known))
    return found


async def _by_history(actor: Actor, facts: Gathered, barred: Barred) -> dict[UUID, datetime]:
    """The day on which the two last parted; where they still meet, the one on which that began."""
    parted = {
        frozenset((UUID(past.mentor), UUID(past.mentee))): clock.now() - past.months_ago * MONTH
        for past in facts.pool.history if past.months_ago
    }
    meeting = await _meeting(actor, {person for match, _code in barred for person in _persons(match)})
    known = parted | meeting
    return {match.id: known[_persons(match)] for match, _code in barred if _persons(match) in known}


async def _meeting(actor: Actor, person_ids: Collection[UUID]) -> dict[frozenset[UUID], datetime]:
    if not person_ids:
        return {}
    running = matches.matches(actor).filter(members__person_id__in=list(person_ids), state__in=list(RUNNING)).distinct()
    rows = await running.prefetch_related("members")
    return {
        frozenset((one.person_id, other.person_id)): match.active_at
        for match in rows if match.active_at for one, other in matches.pairs(match)
    }


async def _by_conflicts(actor: Actor, barred: Barred) -> dict[UUID, datetime]:
    """The days on which conflicts of interest were declared."""
    people = _everybody(barred)
    known = await conflicts_among(actor, people) if people else {}
    since = {frozenset(pair): at for pair, at in known.items()}
    return {match.id: since[_persons(match)] for match, _code in barred if _persons(match) in since}


async def _by_words(actor: Actor, barred: Barred) -> dict[UUID, datetime]:
    """The days on which one of two set the other aside."""
    people = _everybody(barred)
    since = await set_aside_at(actor, people) if people else {}
    return {match.id: since[_persons(match)] for match, _code in barred if _persons(match) in since}


async def _by_decisions(actor: Actor, barred: Barred) -> dict[UUID, datetime]:
    """The days on which a manager parted two for good, or on which they were last asked in vain."""
    found: dict[UUID, datetime] = {}
    for cohort_id in {match.cohort_id for match, _code in barred}:
        bans = await matches.overrides(actor, cohort_id, OverrideKind.BAN)
        known = await _asked(actor, cohort_id, {one for match, _code in barred for one in _rows(match)})
        known |= {frozenset((ban.mentor_enrollment_id, ban.mentee_enrollment_id)): ban.at for ban in bans}
        here = (match for match, _code in barred if match.cohort_id == cohort_id and _rows(match) in known)
        found |= {match.id: known[_rows(match)] for match in here}
    return found


async def _asked(
    actor: Actor, cohort_id: UUID, enrollment_ids: Collection[UUID]
) -> dict[frozenset[UUID], datetime]:
    """When any two of some enrolments were last asked to be a pair of a cohort (`matches.tried_pairs`)."""
    asked = matches.matches(actor).filter(
        cohort_id=cohort_id, kind=MatchKind.PAIR, members__enrollment_id__in=list(enrollment_ids),
        published_at__isnull=False,
    ).exclude(state__in=(MatchState.DRAFT, MatchState.CANCELLED)).distinct()
    rows = await asked.order_by("published_at", "id").prefetch_related("members")
    return {_rows(match): match.published_at for match in rows if match.published_at}


def _rows(match: Match) -> frozenset[UUID]:
    return frozenset(one.enrollment_id for one in sides(match))


def _everybody(barred: Barred) -> frozenset[UUID]:
    return frozenset[UUID]().union(*(_persons(match) for match, _code in barred))


async def _in_force(actor: Actor, program: Program, codes: Iterable[RuleCode]) -> dict[RuleCode, datetime]:
    """Since when rules of a programme hold that its type did not bring along."""
    versions = await WeightsVersion.filter(
        organization_id=actor.organization_id, program_id=program.id
    ).order_by("number")
    wanted, factory = set(codes), active_pair_rules(rules_for(program.type))
    since: dict[RuleCode, datetime | None] = {code: None for code in wanted if code in factory}
    for one in versions:
        active = wanted & set(active_pair_rules(rules_from(program.type, one.rules)))
        since = {code: since.get(code, one.set_at) for code in active}
    return {code: at for code, at in since.items() if at}
