"""What happens to a match (glossary section 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.facts import OutboxEvent
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.models import Match, MatchMember, MatchOverride
from server.matches.states import (
    AWAITING,
    AWAITING_PARTICIPANTS,
    RUNNING,
    Approval,
    ClosureReason,
    DeclineReason,
    MatchOrigin,
    MatchState,
    OverrideKind,
)
from server.programs.models import Enrollment
from server.programs.states import Approvals, EnrollmentState, ParticipantRole

UNDO_ONE = timedelta(seconds=10)
UNDO_MANY = timedelta(minutes=10)
"""How long an approval can be taken back; nobody is told before (decision 6 of the design)."""

ASKED = {Approvals.MENTOR: {ParticipantRole.MENTOR}, Approvals.MENTEE: {ParticipantRole.MENTEE},
         Approvals.BOTH: {ParticipantRole.MENTOR, ParticipantRole.MENTEE}, Approvals.NONE: set[ParticipantRole]()}
WAITING_FOR = {ParticipantRole.MENTOR: MatchState.AWAITING_MENTOR, ParticipantRole.MENTEE: MatchState.AWAITING_MENTEE}


async def suggest_match(
    actor: Actor, mentor_enrollment_id: UUID, mentee_enrollment_id: UUID, *,
    origin: MatchOrigin = MatchOrigin.ENGINE, **scored: Any,
) -> Match:
    """Put a draft into the review queue. `scored` are columns of Match: run_id, fit, confidence, explanation.

    Raises:
        NotFound: one of the enrolments is not here.
        Refused: the actor does not run the programme.
        Conflict: they are not two active people of one cohort.
    """
    async with unit_of_work(actor) as unit:
        found = await queries.lock_enrollments(actor, {mentor_enrollment_id, mentee_enrollment_id})
        if len(found) != 2:
            raise NotFound
        mentor, mentee = found[mentor_enrollment_id], found[mentee_enrollment_id]
        require(actor.may(Permission.PROGRAM_MATCHING_RUN, mentor.program_id), _("suggest a match"))
        _check_pair(mentor, mentee)
        match = await Match.create(
            organization_id=actor.organization_id, program_id=mentor.program_id, cohort_id=mentor.cohort_id,
            origin=origin, **scored,
        )
        for enrollment in (mentor, mentee):
            await MatchMember.create(
                organization_id=actor.organization_id, match=match, person_id=enrollment.person_id,
                enrollment=enrollment, role=enrollment.role,
            )
        await unit.audit("match.suggest", match, origin=origin, fit=match.fit)
        await _tell(unit, match, "suggested")
        return match


@dataclass(frozen=True)
class Draft:
    """A pair for the review queue, with what the engine says of it (columns of Match)."""

    mentor_enrollment_id: UUID
    mentee_enrollment_id: UUID
    fit: int
    confidence: float
    calibrated_on: int
    explanation: dict[str, Any]


async def suggest_matches(actor: Actor, cohort_id: UUID, run_id: UUID, drafts: list[Draft]) -> list[Match]:
    """Put a whole run into the review queue, a handful of statements for any number of drafts.

    Raises:
        NotFound: an enrolment is not here.
        Refused: the actor does not run the programme.
        Conflict: a pair is not two active people of the cohort.
    """
    async with unit_of_work(actor) as unit:
        ids = {one for draft in drafts for one in (draft.mentor_enrollment_id, draft.mentee_enrollment_id)}
        found = await queries.enrollments_by_ids(actor, ids)
        if len(found) != len(ids):
            raise NotFound
        made: list[Match] = []
        for draft in drafts:
            mentor, mentee = found[draft.mentor_enrollment_id], found[draft.mentee_enrollment_id]
            require(actor.may(Permission.PROGRAM_MATCHING_RUN, mentor.program_id), _("suggest a match"))
            _check_pair(mentor, mentee)
            made.append(Match(
                organization_id=actor.organization_id, program_id=mentor.program_id, cohort_id=cohort_id,
                run_id=run_id, fit=draft.fit, confidence=draft.confidence, calibrated_on=draft.calibrated_on,
                explanation=draft.explanation,
            ))
        pairs = zip(made, drafts, strict=True)
        members = [
            MatchMember(
                organization_id=actor.organization_id, match_id=match.id, enrollment_id=row.id,
                person_id=row.person_id, role=row.role,
            )
            for match, draft in pairs
            for row in (found[draft.mentor_enrollment_id], found[draft.mentee_enrollment_id])
        ]
        await Match.bulk_create(made, batch_size=200)
        await MatchMember.bulk_create(members, batch_size=500)
        await unit.audit_many("match.suggest", made, run_id=run_id)
        return made


async def discard_drafts(actor: Actor, cohort_id: UUID, *, keep: frozenset[UUID], reason: str) -> int:
    """Clear a cohort's queue for a new run, all drafts but those to `keep`. Returns how many went.

    Raises:
        Refused: the actor does not run the programme.
    """
    async with unit_of_work(actor) as unit:
        drafts = await queries.matches_in(actor, cohort_id, [MatchState.DRAFT])
        gone = [match for match in drafts if match.id not in keep]
        for match in gone[:1]:
            require(rules.can_decide(actor, match), _("clear the queue"))
        await queries.matches(actor).filter(id__in=[match.id for match in gone]).update(
            state=MatchState.CANCELLED, ended_at=clock.now()
        )
        await unit.audit_many("match.discard", gone, reason=reason)
        return len(gone)


async def publish_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = UNDO_ONE) -> Match:
    """Approve a draft: its people are asked, once the approval can no longer be undone. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it is no draft any more, somebody left, or a seat is gone (`kind="seat_taken"`).
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("approve this match"))
        if match.state in AWAITING | RUNNING:
            return match
        if match.state is not MatchState.DRAFT:
            raise Conflict(_("This match is no draft any more."))
        await _require_seats(actor, match)
        await _require_new_pair(actor, match)
        match.published_at = clock.now() + undo_within
        match.held_back = False
        await _ask(match)
        await unit.audit("match.publish", match, now=match.state)
        await _tell(unit, match, "published", hold=undo_within)
        if match.state in RUNNING:
            await _start(unit, match, hold=undo_within)
        else:
            match.answer_by = match.published_at + timedelta(days=match.program.answer_within_days)
            await unit.schedule("match.expire", match, match.answer_by)
        await match.save()
        return match


async def publish_matches(actor: Actor, match_ids: Iterable[UUID]) -> tuple[list[Match], list[UUID]]:
    """Approve many drafts, with ten minutes to undo. Returns what was approved, and the ids that no longer fit.

    Raises:
        NotFound, Refused: one is not of a programme that the actor runs; then none is approved.
    """
    published: list[Match] = []
    stale: list[UUID] = []
    async with unit_of_work(actor):
        for match_id in sorted(match_ids):
            try:
                published.append(await publish_match(actor, match_id, undo_within=UNDO_MANY))
            except Conflict:
                stale.append(match_id)
    return published, stale


async def undo_publish(actor: Actor, match_ids: Iterable[UUID]) -> list[Match]:
    """Take approvals back while nobody was told. What is past that moment stays approved.

    Returns the matches that are drafts again.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
    """
    undone: list[Match] = []
    async with unit_of_work(actor) as unit:
        for match_id in sorted(match_ids):
            match = await queries.visible_match(actor, match_id, lock=True)
            require(rules.can_decide(actor, match), _("take this approval back"))
            if rules.is_announced(match) or not await _withdraw_facts(unit, match):
                continue
            await unit.unschedule(match.id, reason="undone")
            for member in match.members:
                member.approval = Approval.PENDING
                await member.save(update_fields=["approval"])
            match.state, match.published_at, match.answer_by, match.active_at = MatchState.DRAFT, None, None, None
            match.ends_on = None
            await match.save()
            await unit.audit("match.undo_publish", match)
            undone.append(match)
    return undone


async def discard_match(actor: Actor, match_id: UUID, *, reason: str = "") -> Match:
    """Take a draft out of the queue. Other drafts are untouched. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it is no draft any more.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("discard this match"))
        if match.state is MatchState.CANCELLED:
            return match
        if match.state is not MatchState.DRAFT:
            raise Conflict(_("This match is no draft any more."))
        return await _close(unit, match, MatchState.CANCELLED, "discard", "discarded", code=reason)


async def hold_back(actor: Actor, match_id: UUID, held: bool) -> Match:
    """Keep a draft out of bulk approval, or let it in again.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it is no draft any more.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("hold this match back"))
        if match.state is not MatchState.DRAFT:
            raise Conflict(_("This match is no draft any more."))
        if match.held_back is not held:
            match.held_back = held
            await match.save(update_fields=["held_back"])
            await unit.audit("match.hold_back", match, held=held)
        return match


async def lock_pair(actor: Actor, match_id: UUID, *, reason: str = "") -> MatchOverride:
    """Make a draft survive every later run. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("lock this match"))
        mentor, mentee = queries.sides(match)
        for override in await queries.overrides(actor, match.cohort_id, OverrideKind.LOCK):
            if override.match_id == match.id:
                return override
        override = await MatchOverride.create(
            organization_id=actor.organization_id, cohort_id=match.cohort_id, match_id=match.id,
            mentor_enrollment_id=mentor.enrollment_id, mentee_enrollment_id=mentee.enrollment_id,
            kind=OverrideKind.LOCK, reason=reason, decided_by=actor.id,
        )
        await unit.audit("match.lock", match)
        return override


async def accept_match(actor: Actor, match_id: UUID) -> Match:
    """Say yes for oneself. The last yes starts the match, or hands it to the manager. Twice is harmless.

    When a member's last seat went to somebody else meanwhile, the match comes back CANCELLED, and the event
    `match.cancelled` lets the next suggestion follow: the caller tells the person kindly.

    Raises:
        NotFound: not the actor's match, or not announced.
        Conflict: it is closed already (`kind="closed"`).
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        member = _own(match, actor)
        if member.approval is Approval.ACCEPTED:
            return match
        if match.state not in AWAITING_PARTICIPANTS:
            raise Conflict(_("This suggestion has passed."), kind="closed")
        if not await _seats_are_there(actor, match):
            return await _close(unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="seat_taken")
        member.approval, member.answered_at = Approval.ACCEPTED, clock.now()
        await member.save(update_fields=["approval", "answered_at"])
        match.state = _next_state(match)
        await unit.audit("match.accept", match, role=member.role, now=match.state)
        await _tell(unit, match, "member_accepted", person_id=member.person_id, role=member.role)
        if match.state is MatchState.ACTIVE:
            await _start(unit, match)
        await match.save()
        return match


async def decline_match(actor: Actor, match_id: UUID, reason: DeclineReason = DeclineReason.NOT_SAID) -> Match:
    """Say no for oneself; the other person never sees why. Twice is harmless.

    Raises:
        NotFound: not the actor's match, or not announced.
        Conflict: it runs already, or is closed.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        member = _own(match, actor)
        if match.state is MatchState.DECLINED and member.approval is Approval.DECLINED:
            return match
        if match.state not in AWAITING:
            raise Conflict(_("This suggestion has passed."), kind="closed")
        member.approval, member.answered_at, member.decline_reason = Approval.DECLINED, clock.now(), reason
        await member.save(update_fields=["approval", "answered_at", "decline_reason"])
        return await _close(unit, match, MatchState.DECLINED, "decline", "declined", by=member.person_id, code=reason)


async def approve_match(actor: Actor, match_id: UUID) -> Match:
    """The manager's yes after the participants' (`admin_approves`). Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it does not wait for a manager.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("approve this match"))
        if match.state in RUNNING:
            return match
        if match.state is not MatchState.AWAITING_ADMIN:
            raise Conflict(_("This match does not wait for you."))
        match.state = MatchState.ACTIVE
        await unit.audit("match.admin_approve", match)
        await _start(unit, match)
        await match.save()
        return match


async def expire_match(actor: Actor, match_id: UUID) -> Match:
    """Nobody answered in time. Anything but a waiting match stays as it is.

    Raises:
        NotFound: no such match.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        if match.state not in AWAITING or match.answer_by is None or match.answer_by > clock.now():
            return match
        return await _close(unit, match, MatchState.EXPIRED, "expire", "expired")


async def cancel_match(actor: Actor, match_id: UUID) -> Match:
    """The manager takes a request back. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it runs already, or is closed.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("take this match back"))
        if match.state is MatchState.CANCELLED:
            return match
        if match.state not in AWAITING:
            raise Conflict(_("Only a waiting match can be taken back."))
        return await _close(unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="taken_back")


async def end_match(actor: Actor, match_id: UUID, reason: ClosureReason) -> Match:
    """End a running match before its date, without blame. Twice is harmless.

    Raises:
        NotFound: not visible to the actor.
        Refused: seen, but neither member nor manager.
        Conflict: it does not run.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_end(actor, match), _("end this match"))
        if match.state is MatchState.CONCLUDED:
            return match
        if match.state not in RUNNING:
            raise Conflict(_("Only a running match can be ended."))
        match.closure_reason = reason
        return await _close(unit, match, MatchState.CONCLUDED, "end", "ended", code=reason)


async def pause_match(actor: Actor, match_id: UUID) -> Match:
    """Stop a running match for a while. Twice is harmless.

    Raises:
        NotFound, Refused: as `end_match`.
        Conflict: it does not run.
    """
    return await _switch(actor, match_id, MatchState.ACTIVE, MatchState.PAUSED, "pause", "paused")


async def resume_match(actor: Actor, match_id: UUID) -> Match:
    """Go on with a paused match. Twice is harmless.

    Raises:
        NotFound, Refused: as `end_match`.
        Conflict: it is not paused.
    """
    return await _switch(actor, match_id, MatchState.PAUSED, MatchState.ACTIVE, "resume", "resumed")


async def reach_end_date(actor: Actor, match_id: UUID) -> Match:
    """The planned end has passed: the closing steps begin. Anything but a running match stays as it is.

    Raises:
        NotFound: no such match.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        if match.state not in RUNNING or match.ends_on is None or match.ends_on > clock.now().date():
            return match
        match.state = MatchState.DURATION_COMPLETED
        await match.save(update_fields=["state"])
        await unit.audit("match.end_date_passed", match)
        await _tell(unit, match, "duration_completed")
        return match


async def close_match(actor: Actor, match_id: UUID) -> Match:
    """Close a match that ran its time. Twice is harmless.

    Raises:
        NotFound, Refused: as `end_match`.
        Conflict: it has not run its time.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_end(actor, match), _("close this match"))
        if match.state is MatchState.COMPLETED:
            return match
        if match.state is not MatchState.DURATION_COMPLETED:
            raise Conflict(_("This match has not run its time."))
        match.closure_reason = ClosureReason.DURATION
        return await _close(unit, match, MatchState.COMPLETED, "close", "completed")


def _check_pair(mentor: Enrollment, mentee: Enrollment) -> None:
    fits = (
        mentor.cohort_id == mentee.cohort_id
        and mentor.person_id != mentee.person_id
        and (mentor.role, mentee.role) == (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
        and mentor.state is mentee.state is EnrollmentState.ACTIVE
    )
    if not fits:
        raise Conflict(_("A match needs a mentor and a mentee who both take part now."))


async def _require_seats(actor: Actor, match: Match) -> None:
    taken = await queries.seats_taken(actor, [member.enrollment_id for member in match.members])
    for member in match.members:
        if member.enrollment.state is not EnrollmentState.ACTIVE:
            raise Conflict(_("%(name)s no longer takes part.") % {"name": member.person.full_name})
        if taken.get(member.enrollment_id, 0) >= member.enrollment.capacity:
            raise Conflict(
                _("%(name)s has no free place any more.") % {"name": member.person.full_name}, kind="seat_taken"
            )


async def _require_new_pair(actor: Actor, match: Match) -> None:
    """Two people hold at most one open match per cohort."""
    mentor, mentee = queries.sides(match)
    others = queries.matches(actor).filter(
        cohort_id=match.cohort_id, state__in=list(AWAITING | RUNNING), members__enrollment_id=mentor.enrollment_id
    )
    for other in await others.prefetch_related("members"):
        if mentee.enrollment_id in {member.enrollment_id for member in other.members}:
            raise Conflict(_("These two have an open match already."))


async def _seats_are_there(actor: Actor, match: Match) -> bool:
    """Whether each member has a seat for this match beside those that are promised already.

    A waiting match holds a seat, so this fails only when places were taken back meanwhile: then the first yes wins.
    """
    ids = [member.enrollment_id for member in match.members]
    promised = await MatchMember.filter(
        organization_id=actor.organization_id, enrollment_id__in=ids, match__state__in=list(AWAITING | RUNNING)
    ).exclude(match_id=match.id).prefetch_related("match__members")
    firm = [other.enrollment_id for other in promised if _is_firm(other.match)]
    return all(
        member.enrollment.state is EnrollmentState.ACTIVE
        and firm.count(member.enrollment_id) < member.enrollment.capacity
        for member in match.members
    )


def _is_firm(match: Match) -> bool:
    return match.state in RUNNING or any(member.approval is Approval.ACCEPTED for member in match.members)


async def _ask(match: Match) -> None:
    """Who must answer, by the programme's approvals, and the state that follows."""
    asked = ASKED[match.program.approvals]
    for member in match.members:
        member.approval = Approval.PENDING if member.role in asked else Approval.NOT_NEEDED
        await member.save(update_fields=["approval"])
    match.state = _next_state(match)


def _next_state(match: Match) -> MatchState:
    waiting = [member.role for member in match.members if member.approval is Approval.PENDING]
    if len(waiting) > 1:
        return MatchState.AWAITING_BOTH
    if waiting:
        return WAITING_FOR[waiting[0]]
    return MatchState.AWAITING_ADMIN if match.program.admin_approves_matches else MatchState.ACTIVE


async def _start(unit: Unit, match: Match, *, hold: timedelta = timedelta()) -> None:
    started: datetime = clock.now()
    match.active_at = started
    match.ends_on = match.cohort.ends_on or started.date() + timedelta(days=match.program.duration_days)
    await unit.unschedule(match.id, "match.expire", reason="accepted")
    last_day = datetime.combine(match.ends_on, started.timetz())
    await unit.schedule("match.end_date", match, last_day)
    await _tell(unit, match, "activated", hold=hold)


async def _switch(actor: Actor, match_id: UUID, before: MatchState, after: MatchState, act: str, event: str) -> Match:
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_end(actor, match), _("change this match"))
        if match.state is after:
            return match
        if match.state is not before:
            raise Conflict(_("That does not fit where this match stands."))
        match.state = after
        await match.save(update_fields=["state"])
        await unit.audit(f"match.{act}", match)
        await _tell(unit, match, event)
        return match


async def _close(unit: Unit, match: Match, state: MatchState, act: str, event: str, **detail: Any) -> Match:
    match.state, match.ended_at = state, clock.now()
    await match.save()
    await unit.unschedule(match.id, reason=act)
    await unit.audit(f"match.{act}", match, now=state, **detail)
    await _tell(unit, match, event, **detail)
    return match


async def _withdraw_facts(unit: Unit, match: Match) -> int:
    """Withdraw what would be told of a publication; 0 when it was told already."""
    return await OutboxEvent.filter(
        organization_id=unit.actor.organization_id, subject_id=match.id, delivered_at=None, withdrawn_at=None,
        kind__in=["match.published", "match.activated"],
    ).update(withdrawn_at=clock.now())


async def _tell(
    unit: Unit, match: Match, event: str, *, hold: timedelta = timedelta(), **payload: object
) -> None:
    await unit.publish(
        f"match.{event}", subject_id=match.id, hold=hold, match_id=match.id, program_id=match.program_id,
        cohort_id=match.cohort_id, **payload,
    )


def _own(match: Match, actor: Actor) -> MatchMember:
    member = rules.member_of(match, actor)
    require(member is not None, _("answer for somebody else"))
    assert member is not None
    return member
