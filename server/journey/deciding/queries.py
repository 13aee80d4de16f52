"""What those who run a programme decided about pairs of a group, and what of it holds now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.kernel.actor import Actor, Permission
from server.kernel.errors import NotFound
from server.kernel.facts import AuditEvent
from server.kernel.ids import parse_id
from server.matches import queries as matches
from server.matches.models import Match, MatchOverride
from server.matches.states import MatchState, OverrideKind
from server.people.models import Person
from server.people.queries import people_by_ids
from server.programs import queries as programs
from server.programs.models import Cohort, Enrollment

LIFTED_SHOWN = 20


class Deciding(StrEnum):
    """What was decided about a pair."""

    BAN = "BAN"
    """Never these two."""
    PIN = "PIN"
    """A manager's own choice, which every later run keeps."""
    LOCK = "LOCK"
    """The engine's choice, which every later run keeps."""
    HOLD = "HOLD"
    """Not approved together with others."""


@dataclass(frozen=True)
class Decision:
    """One decision: about whom, why, by whom (None: the product itself, or nobody who is still known) and when.

    `match_id` is the draft that it holds for. A lifted one says when and by whom.
    """

    kind: Deciding
    mentor: Person
    mentee: Person
    reason: str
    by: Person | None
    at: datetime | None
    match_id: UUID | None = None
    override_id: UUID | None = None
    lifted_at: datetime | None = None
    lifted_by: Person | None = None


@dataclass(frozen=True)
class Decided:
    """The decisions of a group: those that hold, the latest first within each kind, and the bans lifted last."""

    cohort: Cohort
    standing: list[Decision]
    lifted: list[Decision]
    may_decide: bool


async def decided(actor: Actor, cohort_id: UUID) -> Decided:
    """What was decided about the pairs of a group; a fixed number of queries. A circle shows its own on its page.

    Raises:
        NotFound: no such cohort, or of a programme whose matches the actor may not read.
    """
    cohort = await programs.cohort_by_id(actor, cohort_id)
    if not actor.may(Permission.PROGRAM_MATCHES_READ, cohort.program_id):
        raise NotFound
    bans = matches.decisions(actor).filter(cohort_id=cohort_id, kind=OverrideKind.BAN)
    held = await bans.filter(lifted_at=None).order_by("-at")
    lifted = await bans.filter(lifted_at__isnull=False).order_by("-lifted_at").limit(LIFTED_SHOWN)
    drafts = {
        draft.id: draft for draft in await matches.matches_in(actor, cohort_id, [MatchState.DRAFT])
        if not matches.is_circle(draft)
    }
    found = [one for one in await matches.locks(actor, cohort_id) if one.match_id in drafts]
    locks = sorted(found, key=lambda one: one.at, reverse=True)
    names, pins = await _names(actor, [*held, *lifted, *locks]), await _pins(actor, cohort_id)
    standing = [
        *(_banned(one, names) for one in held), *(_locked(one, pins, names) for one in locks),
        *await _holds(actor, drafts.values()),
    ]
    may_decide = actor.may(Permission.PROGRAM_MATCHES_DECIDE, cohort.program_id)
    return Decided(cohort, standing, [_banned(one, names) for one in lifted], may_decide)


@dataclass(frozen=True)
class _Names:
    enrollments: dict[UUID, Enrollment]
    people: dict[UUID, Person]

    def of(self, enrollment_id: UUID) -> Person:
        return self.enrollments[enrollment_id].person

    def who(self, actor_id: str | None) -> Person | None:
        key = parse_id(actor_id or "")
        return self.people.get(key) if key else None


async def _names(actor: Actor, rows: Collection[MatchOverride]) -> _Names:
    ids = {key for row in rows for key in (row.mentor_enrollment_id, row.mentee_enrollment_id)}
    found = await programs.enrollments(actor).filter(id__in=list(ids)).select_related("person")
    who = {key for row in rows for name in (row.decided_by, row.lifted_by) if (key := parse_id(name or ""))}
    return _Names({row.id: row for row in found}, await people_by_ids(actor, who))


async def _pins(actor: Actor, cohort_id: UUID) -> dict[tuple[UUID, UUID], MatchOverride]:
    """The managers' own choices, by their two enrolments."""
    rows = await matches.overrides(actor, cohort_id, OverrideKind.PIN)
    return {(one.mentor_enrollment_id, one.mentee_enrollment_id): one for one in sorted(rows, key=lambda row: row.at)}


def _banned(one: MatchOverride, names: _Names) -> Decision:
    return Decision(
        Deciding.BAN, names.of(one.mentor_enrollment_id), names.of(one.mentee_enrollment_id), one.reason,
        names.who(one.decided_by), one.at, override_id=one.id, lifted_at=one.lifted_at,
        lifted_by=names.who(one.lifted_by),
    )


def _locked(one: MatchOverride, pins: dict[tuple[UUID, UUID], MatchOverride], names: _Names) -> Decision:
    pin = pins.get((one.mentor_enrollment_id, one.mentee_enrollment_id))
    return Decision(
        Deciding.PIN if pin else Deciding.LOCK, names.of(one.mentor_enrollment_id),
        names.of(one.mentee_enrollment_id), pin.reason if pin else one.reason, names.who(one.decided_by), one.at,
        match_id=one.match_id, override_id=one.id,
    )


async def _holds(actor: Actor, drafts: Iterable[Match]) -> list[Decision]:
    """The drafts that are held back; who did it and when is in the trail."""
    held = [draft for draft in drafts if draft.held_back]
    trail = await _last_holds(actor, held)
    ids = {key for entry in trail.values() if (key := parse_id(entry.actor_id))}
    people = await people_by_ids(actor, ids)
    return [_held(draft, trail.get(draft.id), people) for draft in held]


async def _last_holds(actor: Actor, drafts: Iterable[Match]) -> dict[UUID, AuditEvent]:
    ids = [draft.id for draft in drafts]
    entries = AuditEvent.filter(
        organization_id=actor.organization_id, action="match.hold_back", target_kind="Match", target_id__in=ids
    )
    return {entry.target_id: entry for entry in await entries.order_by("at", "id") if entry.target_id} if ids else {}


def _held(draft: Match, entry: AuditEvent | None, people: dict[UUID, Person]) -> Decision:
    mentor, mentee = matches.sides(draft)
    by = parse_id(entry.actor_id) if entry else None
    return Decision(
        Deciding.HOLD, mentor.person, mentee.person, "", people.get(by) if by else None, entry.at if entry else None,
        match_id=draft.id,
    )
