"""Sixty days of silence: both are told that their match ends in a week; it does, unless one of them does something."""

from datetime import datetime

from server.automation.due import OVER, perform
from server.automation.steps import STEPS
from server.automation.subjects import last_met
from server.kernel.actor import Actor, system_actor
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import on_due
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.queries import visible_match
from server.matches.states import ClosureReason, MatchState
from server.matches.steps import QUIET_END
from server.messaging.queries import is_written_since
from server.notifications.catalogue.kinds import OFF
from server.programs.plans.telling import own
from server.sessions.queries import next_session

NOTICE = STEPS["message.I05"]


@on_due(NOTICE.rule)
async def announce(action: ScheduledAction) -> str | None:
    """Tell somebody that their match ends in a week; from the last of them the week is counted.

    Raises:
        NotFound: the match is gone.
        NotYet: its moment is later by now.
    """
    needless = await perform(action)
    if needless is None:
        since = datetime.fromisoformat(action.payload["since"])
        await matches.announce_quiet_end(system_actor(action.organization_id), action.subject_id, since)
    return needless


@on_due(QUIET_END)
async def end(action: ScheduledAction) -> str | None:
    """End a match whose week is over, or say why not.

    Raises:
        NotFound: it is gone.
    """
    actor = system_actor(action.organization_id)
    match = await visible_match(actor, action.subject_id)
    reason = await _goes_on(actor, match, datetime.fromisoformat(action.payload["announced_at"]))
    if not reason:
        await matches.end_match(actor, match.id, ClosureReason.UNRESPONSIVE)
    return reason or None


async def _goes_on(actor: Actor, match: Match, announced_at: datetime) -> str:
    """Why a match need not end: whatever its people did since they were told stands for an answer."""
    if match.state is not MatchState.ACTIVE:
        return OVER
    if not own(match.program.messages, NOTICE.kind).is_on:
        return OFF
    if await next_session(actor, match.id):
        return "a time is booked"
    met_at = await last_met(actor, match)
    if met_at is not None and met_at > announced_at:
        return "they have met"
    return "answered" if await is_written_since(actor, match.id, announced_at) else ""
