"""The life of a running match: pause, end, its last day."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.actions.following import everybody_is_there
from server.matches.announcing.steps import follow_its_people
from server.matches.circles import steps as circles
from server.matches.days import today_for, today_of
from server.matches.models import Match
from server.matches.states import OPEN_MATCHES, RUNNING, ClosureReason, MatchState
from server.matches.steps import (
    QUIET_END,
    UNDO_ONE,
    before_answer,
    close,
    ends_quietly,
    pause,
    plan_end,
    plan_ends,
    plan_return,
    resume,
    tell,
)
from server.programs.actions import check_pause
from server.programs.steps import CLOSE_AFTER

PAUSE_DAYS = 30
"""How long a pause lasts unless another day is said: design 2.3, "Pause for a month"."""


async def end_match(
    actor: Actor, match_id: UUID, reason: ClosureReason, *, undo_within: timedelta = timedelta()
) -> Match:
    """End a running match before its date, without blame. Twice is harmless.

    Nobody is told for `undo_within`; until then `undo_change` takes it back. Who ends a circle for themselves steps
    out of it, and it goes on; a manager ends it for all.

    Raises:
        NotFound: not visible to the actor.
        Refused: seen, but neither member nor manager.
        Conflict: it does not run.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        me = rules.member_of(match, actor)
        if queries.is_circle(match) and me is not None and match.state in RUNNING:
            was = before_answer(match, me)
            return await circles.fall_out(unit, match, me, "stepped_out", hold=undo_within, **was)
        require(rules.can_end(actor, match), _("end this match"))
        if match.state is MatchState.CONCLUDED:
            return match
        if match.state not in RUNNING:
            raise Conflict(_("Only a running match can be ended."))
        if rules.waits_for_its_day(match):
            return await close(
                unit, match, MatchState.CANCELLED, "cancel", "cancelled", hold=undo_within, code="taken_back",
                by_id=actor.person_id,
            )
        match.closure_reason = reason
        return await close(
            unit, match, MatchState.CONCLUDED, "end", "ended", hold=undo_within, code=reason, by_id=actor.person_id
        )


async def announce_quiet_end(actor: Actor, match_id: UUID, since: date) -> Match:
    """Let a match end in a week in which nobody met since a moment or a day, unless somebody says that it goes on.
    Again for the same silence, the week begins anew.

    Raises:
        NotFound: no such match.
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("end this for somebody else"))
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        if match.state is MatchState.ACTIVE:
            ends_at = clock.now() + rules.QUIET_ENDS_IN
            await unit.schedule(QUIET_END, match, ends_at, key=since.isoformat(), announced_at=clock.now())
            await unit.audit("match.announce_quiet_end", match)
        return match


async def keep_match(actor: Actor, match_id: UUID) -> Match:
    """Say that a match goes on that would end because nobody met. Twice is harmless; silence is counted anew from now.

    Raises:
        NotFound: not visible to the actor.
        Refused: seen, but the actor is not one of its people.
        Conflict: it does not run.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_keep(actor, match), _("change this match"))
        if match.state not in RUNNING:
            raise Conflict(_("This match is over."), kind="closed")
        if await ends_quietly(match):
            await unit.unschedule(match.id, QUIET_END, reason="they go on")
            await unit.audit("match.keep", match)
            await tell(unit, match, "kept", by_id=actor.person_id)
        return match


async def pause_match(
    actor: Actor, match_id: UUID, until: date | None = None, *, undo_within: timedelta = timedelta()
) -> Match:
    """Let a running match rest until a day, PAUSE_DAYS from now unless said. Twice is harmless.

    What was booked for that time is called off; the match goes on by itself when the day has begun for all of its
    people, wherever they are. Undo as in `end_match`.

    Raises:
        NotFound, Refused: as `end_match`.
        Invalid: the day is not within half a year from the actor's today.
        Conflict: it does not run, or waits for the day on which its group hears of it.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_end(actor, match), _("change this match"))
        if match.state is MatchState.PAUSED:
            return match
        if match.state is not MatchState.ACTIVE:
            raise Conflict(_("That does not fit where this match stands."))
        if rules.waits_for_its_day(match):
            raise Conflict(_("Nobody has been told of this match yet. Take it back, or wait for its day."))
        today = today_for(actor, match)
        day = until or today + timedelta(days=PAUSE_DAYS)
        check_pause(day, today)
        return await pause(unit, match, day, hold=undo_within, by_id=actor.person_id)


async def resume_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = timedelta()) -> Match:
    """Go on with a paused match. Twice is harmless. Undo as in `end_match`.

    Raises:
        NotFound, Refused: as `end_match`.
        Conflict: it is not paused, or a member is away (`kind="away"`).
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_end(actor, match), _("change this match"))
        if match.state is MatchState.ACTIVE:
            return match
        if match.state is not MatchState.PAUSED:
            raise Conflict(_("That does not fit where this match stands."))
        if not everybody_is_there(match):
            raise Conflict(_("One of you is away. You go on when both are back."), kind="away")
        return await resume(unit, match, hold=undo_within, by_id=actor.person_id)


async def reach_pause_end(actor: Actor, match_id: UUID) -> Match:
    """The day of a pause has come: the match goes on, or rests on as long as a member is away.

    Where the day has not begun yet for one of them (who moved, or came into a circle meanwhile), it is awaited anew.

    Raises:
        NotFound: no such match.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        if match.state is not MatchState.PAUSED or match.paused_until is None:
            return match
        if match.paused_until > today_of(match):
            await plan_return(unit, match, match.paused_until)
            return match
        if everybody_is_there(match):
            return await resume(unit, match)
        match.paused_until = None
        await match.save(update_fields=["paused_until"])
        await unit.audit("match.rest", match)
        return match


async def reach_end_date(actor: Actor, match_id: UUID) -> Match:
    """The planned end has passed: the closing steps begin. Anything but a running match stays as it is. A last day that
    has not begun yet for one of its people is awaited anew.

    Raises:
        NotFound: no such match.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        if match.state not in RUNNING or match.ends_on is None:
            return match
        if match.ends_on > today_of(match):
            await plan_end(unit, match)
            return match
        if match.state is MatchState.PAUSED and match.program.pause_moves_end:
            return match  # its last day moves when it goes on
        match.state, match.paused_on, match.paused_until = MatchState.DURATION_COMPLETED, None, None
        await match.save(update_fields=["state", "paused_on", "paused_until"])
        await unit.unschedule(match.id, "match.resume", reason="last day")
        await unit.schedule("match.close", match, clock.now() + CLOSE_AFTER, key=match.ends_on.isoformat())
        await unit.audit("match.end_date_passed", match)
        await tell(unit, match, "duration_completed")
        return match


async def follow_zones(actor: Actor, person_ids: Collection[UUID]) -> list[Match]:
    """Some people are in another time zone now: the days on which pauses and matches of theirs end are those of
    whoever is in a match, where they are. What could still be taken back can be.

    Returns the matches of which this is planned anew. Twice is harmless.

    Raises:
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("plan the days of a match"))
    async with unit_of_work(actor) as unit:
        own = queries.matches(actor).filter(
            members__person_id__in=list(person_ids), members__left_at=None, state__in=list(OPEN_MATCHES)
        )
        ids = {match.id for match in await own}
        await queries.lock_members(actor, ids)
        there = queries.matches(actor).filter(id__in=list(ids), state__in=[*RUNNING, MatchState.AWAITING_ADMIN])
        locked = there.order_by("id").select_for_update(no_key=True)
        found = await locked.prefetch_related("members__person", "program", "cohort")
        await follow_its_people(unit, found)
        for match in found:
            if match.paused_until is not None:
                await plan_return(unit, match, match.paused_until)
        await plan_ends(unit, [match for match in found if _awaits_its_end(match)], hold=UNDO_ONE)
        return found


def _awaits_its_end(match: Match) -> bool:
    """Whether the last day is still planned: one that came during a pause may wait until the match goes on."""
    return match.state is MatchState.ACTIVE or (match.ends_on is not None and match.ends_on > today_of(match))


async def close_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = timedelta()) -> Match:
    """Close a match that ran its time. Twice is harmless. Undo as in `end_match`.

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
        return await close(
            unit, match, MatchState.COMPLETED, "close", "completed", hold=undo_within, by_id=actor.person_id
        )


async def reach_closing_end(actor: Actor, match_id: UUID) -> Match:
    """Nobody closed a match in the time after its last day: it closes. Anything else stays as it is.

    Raises:
        NotFound: no such match.
    """
    async with unit_of_work(actor):
        match = await queries.visible_match(actor, match_id, lock=True)
        return await close_match(actor, match_id) if match.state is MatchState.DURATION_COMPLETED else match
