"""The members' own answers, and what becomes of a match that nobody answers."""

from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.circles import steps as circles
from server.matches.models import Match, MatchMember
from server.matches.states import (
    AWAITING,
    AWAITING_PARTICIPANTS,
    RUNNING,
    Approval,
    DeclineReason,
    MatchState,
)
from server.matches.steps import ask_the_other, before_answer, close, next_state, start, tell
from server.programs.states import EnrollmentState


async def accept_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = timedelta()) -> Match:
    """Say yes for oneself. The last yes starts the match, or hands it to the manager. Twice is harmless.

    A circle begins with who leads it and two more; whoever says yes later joins it. Nobody is told for `undo_within`;
    until then `undo_change` takes it back.

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
        if queries.is_circle(match):
            return await circles.say_yes(unit, match, member, hold=undo_within)
        if match.state not in AWAITING_PARTICIPANTS:
            raise Conflict(_("This suggestion has passed."), kind="closed")
        if not await _seats_are_there(actor, match):
            return await close(unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="seat_taken")
        was = before_answer(match, member)
        member.approval, member.answered_at = Approval.ACCEPTED, clock.now()
        await member.save(update_fields=["approval", "answered_at"])
        await ask_the_other(unit, match)
        match.state = next_state(match)
        await unit.audit("match.accept", match, role=member.role, now=match.state)
        await tell(unit, match, "member_accepted", hold=undo_within, **was)
        if match.state is MatchState.ACTIVE:
            await start(unit, match, hold=undo_within)
        await match.save()
        return match


async def send_back(actor: Actor, match_id: UUID, *, code: str) -> Match:
    """Instead of a member's yes: a hard rule (`code`) keeps the people of a match apart by now. It is a draft again,
    held back, for whoever runs the programme to look at; a circle that has begun goes on without who was asked.

    A match that waits for nobody's word, or not for the actor's, stays as it is.

    Raises:
        NotFound: not the actor's match, or not announced.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        member = _own(match, actor)
        if member.approval is not Approval.PENDING or match.state not in AWAITING_PARTICIPANTS | RUNNING:
            return match
        if match.state in RUNNING:
            return await circles.fall_out(unit, match, member, "rule")
        for one in match.members:
            if not (queries.is_circle(match) and one.approval is Approval.ACCEPTED):  # who said yes is not asked again
                one.approval, one.answered_at = Approval.PENDING, None
                await one.save(update_fields=["approval", "answered_at"])
        await unit.unschedule(match.id, reason="rule")
        match.state, match.held_back, match.published_at, match.answer_by = MatchState.DRAFT, True, None, None
        await match.save()
        await unit.audit("match.send_back", match, code=code)
        await tell(unit, match, "sent_back", by_id=member.person_id)
        return match


async def decline_match(
    actor: Actor, match_id: UUID, reason: DeclineReason = DeclineReason.NOT_SAID, *,
    undo_within: timedelta = timedelta(),
) -> Match:
    """Say no for oneself; the other person never sees why. Twice is harmless.

    Nobody is told for `undo_within`; until then `undo_change` takes it back. A circle goes on without them, at once:
    whoever says no to it is no member of it any more, and a second no finds nothing but the way back.

    Raises:
        NotFound: not the actor's match, or not announced.
        Conflict: it runs already, or is closed.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        member = _own(match, actor)
        if match.state is MatchState.DECLINED and member.approval is Approval.DECLINED:
            return match
        joins_late = queries.is_circle(match) and match.state in RUNNING and member.approval is Approval.PENDING
        if match.state not in AWAITING and not joins_late:
            raise Conflict(_("This suggestion has passed."), kind="closed")
        was = before_answer(match, member)
        member.approval, member.answered_at, member.decline_reason = Approval.DECLINED, clock.now(), reason
        if queries.is_circle(match):
            return await circles.fall_out(unit, match, member, "declined", hold=undo_within, **was)
        await member.save(update_fields=["approval", "answered_at", "decline_reason"])
        return await close(
            unit, match, MatchState.DECLINED, "decline", "declined", hold=undo_within, code=reason,
            by_id=member.person_id, was_answer=was["was_answer"], was_answered_at=was["was_answered_at"],
        )


async def expire_match(actor: Actor, match_id: UUID) -> Match:
    """Nobody answered in time. Anything but a waiting match stays as it is; a circle goes on with those who did.

    Raises:
        NotFound: no such match.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        if match.answer_by is None or match.answer_by > clock.now():
            return match
        if queries.is_circle(match):
            return await circles.let_pass(unit, match)
        if match.state not in AWAITING:
            return match
        return await close(unit, match, MatchState.EXPIRED, "expire", "expired")


async def _seats_are_there(actor: Actor, match: Match) -> bool:
    """Whether each member has a seat for this pair beside those that are promised already: a circle takes none.

    A waiting match holds a seat, so this fails only when places were taken back meanwhile: then the first yes wins.
    """
    ids = [member.enrollment_id for member in match.members]
    promised = await MatchMember.filter(
        organization_id=actor.organization_id, enrollment_id__in=ids, left_at=None, match__kind=match.kind,
        match__state__in=list(AWAITING | RUNNING),
    ).exclude(match_id=match.id).prefetch_related("match__members")
    firm = [other.enrollment_id for other in promised if _is_firm(other.match)]
    return all(
        member.enrollment.state is EnrollmentState.ACTIVE
        and firm.count(member.enrollment_id) < member.enrollment.capacity
        for member in match.members
    )


def _is_firm(match: Match) -> bool:
    return match.state in RUNNING or any(member.approval is Approval.ACCEPTED for member in match.members)


def _own(match: Match, actor: Actor) -> MatchMember:
    member = rules.member_of(match, actor)
    require(member is not None, _("answer for somebody else"))
    assert member is not None
    return member
