"""The life of a running match: pause, end, its last day."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.models import Match
from server.matches.states import (
    RUNNING,
    ClosureReason,
    MatchState,
)
from server.matches.steps import close, tell


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
        return await close(unit, match, MatchState.CONCLUDED, "end", "ended", code=reason)


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
        await tell(unit, match, "duration_completed")
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
        return await close(unit, match, MatchState.COMPLETED, "close", "completed")


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
        await tell(unit, match, event)
        return match
