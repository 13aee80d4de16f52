"""A manager's word: drafts approved, with time to undo, and matches that need a last word."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.facts import OutboxEvent
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.models import Match
from server.matches.states import (
    AWAITING,
    RUNNING,
    Approval,
    MatchState,
)
from server.matches.steps import close, next_state, require_new_pair, start, tell
from server.programs.states import Approvals, EnrollmentState, ParticipantRole

UNDO_ONE = timedelta(seconds=10)
UNDO_MANY = timedelta(minutes=10)
"""How long an approval can be taken back; nobody is told before (decision 6 of the design)."""
ASKED = {
    Approvals.MENTOR: {ParticipantRole.MENTOR}, Approvals.MENTEE: {ParticipantRole.MENTEE},
    Approvals.BOTH: {ParticipantRole.MENTOR, ParticipantRole.MENTEE}, Approvals.NONE: set[ParticipantRole](),
}


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
        await require_new_pair(actor, match)
        match.published_at = clock.now() + undo_within
        match.held_back = False
        await _ask(match)
        await unit.audit("match.publish", match, now=match.state)
        await tell(unit, match, "published", hold=undo_within)
        if match.state in RUNNING:
            await start(unit, match, hold=undo_within)
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
        await start(unit, match)
        await match.save()
        return match


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
        return await close(unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="taken_back")


async def _require_seats(actor: Actor, match: Match) -> None:
    taken = await queries.seats_taken(actor, [member.enrollment_id for member in match.members])
    for member in match.members:
        if member.enrollment.state is not EnrollmentState.ACTIVE:
            raise Conflict(_("%(name)s no longer takes part.") % {"name": member.person.full_name})
        if taken.get(member.enrollment_id, 0) >= member.enrollment.capacity:
            raise Conflict(
                _("%(name)s has no free place any more.") % {"name": member.person.full_name}, kind="seat_taken"
            )


async def _ask(match: Match) -> None:
    """Who must answer, by the programme's approvals, and the state that follows."""
    asked = ASKED[match.program.approvals]
    for member in match.members:
        member.approval = Approval.PENDING if member.role in asked else Approval.NOT_NEEDED
        await member.save(update_fields=["approval"])
    match.state = next_state(match)


async def _withdraw_facts(unit: Unit, match: Match) -> int:
    """Withdraw what would be told of a publication; 0 when it was told already."""
    return await OutboxEvent.filter(
        organization_id=unit.actor.organization_id, subject_id=match.id, delivered_at=None, withdrawn_at=None,
        kind__in=["match.published", "match.activated"],
    ).update(withdrawn_at=clock.now())
