"""Steps of a circle that a pair has no need of: it goes on when one of its people does not."""

from datetime import timedelta
from typing import Any

from server.kernel import clock
from server.kernel.db import Unit
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.models import Match, MatchMember
from server.matches.states import AWAITING, AWAITING_PARTICIPANTS, RUNNING, Approval, ClosureReason, MatchState
from server.matches.steps import BEGINS_WITH, before_answer, close, forget_its_day, next_state, start, tell
from server.programs.states import CIRCLE_LEAST, CIRCLE_MOST, EnrollmentState

LEAST, MOST = CIRCLE_LEAST, CIRCLE_MOST
"""Members of a circle, besides who leads it; the engine forms no others."""
STANDS = RUNNING | {MatchState.DURATION_COMPLETED}


def require_whole(match: Match) -> None:
    """Whether a drafted circle can be proposed.

    Raises:
        Conflict: nobody leads it (`kind="no_facilitator"`), or it has fewer members than a circle has.
    """
    if queries.facilitator_of(match) is None:
        raise Conflict(_("Nobody leads this circle yet. Name somebody first."), kind="no_facilitator")
    members = len(queries.learners(match))
    if not LEAST <= members <= MOST:
        raise Conflict(_("A circle has %(least)d to %(most)d members.") % {"least": LEAST, "most": MOST}, kind="size")


async def say_yes(unit: Unit, match: Match, member: MatchMember, *, hold: timedelta = timedelta()) -> Match:
    """A member's yes, also to a circle that began without waiting for it. Nobody is told for `hold`.

    Raises:
        Conflict: the circle is over, or they do not take part now (`kind="closed"`).
    """
    waits = match.state in AWAITING | RUNNING and member.approval is Approval.PENDING
    if not waits or member.enrollment.state is not EnrollmentState.ACTIVE:
        raise Conflict(_("This suggestion has passed."), kind="closed")
    was = before_answer(match, member)
    member.approval, member.answered_at = Approval.ACCEPTED, clock.now()
    await member.save(update_fields=["approval", "answered_at"])
    await unit.audit("match.accept", match, role=member.role)
    await tell(unit, match, "member_accepted", hold=hold, **was)
    await _go_on(unit, match, hold)
    return match


async def fall_out(
    unit: Unit, match: Match, member: MatchMember, code: str, *, hold: timedelta = timedelta(), **detail: Any
) -> Match:
    """Somebody is in a circle no more: the others go on, unless too few are left. Nobody is told for `hold`.

    `code` is "declined", "not_answered", "stepped_out", "left", "away", "no_consent", "rule" or "moved".
    """
    if member.left_at is not None:
        return match
    member.left_at = clock.now()
    await member.save(update_fields=["approval", "answered_at", "decline_reason", "left_at"])
    await unit.audit("match.leave_circle", match, person_id=member.person_id, code=code)
    who = {"person_id": member.person_id, "role": member.role}
    await tell(unit, match, "member_left", hold=hold, code=code, **{**who, **detail})
    return await _settle(unit, match, hold)


async def let_pass(unit: Unit, match: Match) -> Match:
    """The time to answer is over: who said nothing is out; a circle that has not begun by now expires."""
    for member in queries.in_order(match):
        if member.approval is Approval.PENDING and match.state in RUNNING:
            await fall_out(unit, match, member, "not_answered")
    if match.state in AWAITING:
        return await close(unit, match, MatchState.EXPIRED, "expire", "expired")
    return match


async def _settle(unit: Unit, match: Match, hold: timedelta) -> Match:
    """What becomes of a circle that somebody left."""
    members = queries.learners(match)
    if match.state in STANDS and not rules.waits_for_its_day(match):
        return await _stand(unit, match, len(queries.in_order(match)), hold)
    if match.state is MatchState.DRAFT:
        match.held_back = True
        await match.save(update_fields=["held_back"])
    elif queries.facilitator_of(match) is None:
        await _back_to_manager(unit, match, hold)
    elif len(members) < BEGINS_WITH:
        return await close(unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="too_few", hold=hold)
    else:
        await _go_on(unit, match, hold)
    return match


async def _stand(unit: Unit, match: Match, people: int, hold: timedelta) -> Match:
    """A circle that runs goes on as long as two people are in it; a manager hears of one that is small."""
    if people >= BEGINS_WITH:
        return match
    state = MatchState.CONCLUDED if match.state in RUNNING else MatchState.COMPLETED
    match.closure_reason = ClosureReason.DEPARTURE if match.state in RUNNING else ClosureReason.DURATION
    return await close(unit, match, state, "end", "ended", code="too_few", hold=hold)


async def _back_to_manager(unit: Unit, match: Match, hold: timedelta) -> None:
    """Nobody leads it: a draft again, until a manager names somebody. Whoever said yes is not asked again."""
    await unit.unschedule(match.id, reason="no_facilitator")
    await forget_its_day(unit, match)
    match.state, match.held_back, match.published_at, match.answer_by = MatchState.DRAFT, True, None, None
    match.ends_on = None
    await match.save()
    await unit.audit("match.no_facilitator", match)
    await tell(unit, match, "facilitator_missing", hold=hold)


async def _go_on(unit: Unit, match: Match, hold: timedelta) -> None:
    """Begin a circle that stands now; whoever joins one that runs changes nothing of it."""
    if match.state not in AWAITING_PARTICIPANTS:
        return
    match.state = next_state(match)
    if match.state is MatchState.ACTIVE:
        await start(unit, match, hold=hold)
    await match.save()
