"""A later last day (`extend(date)` of glossary section 3): proposed by one of a pair and agreed by the other, or given
to a circle by who runs the programme."""

from datetime import date, timedelta
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.days import today_for
from server.matches.models import Match
from server.matches.states import EXTENDABLE, RUNNING, MatchState
from server.matches.steps import UNDO_ONE, before, plan_end, require_new_pair, require_seats, tell, withdraw_facts

EXTEND_MAX = timedelta(days=366)
"""A year from today at the most: longer is a new match."""


async def propose_extension(actor: Actor, match_id: UUID, ends_on: date) -> Match:
    """Propose a later last day to the other member; the latest proposal stands. Proposing theirs agrees to it.

    Raises:
        NotFound: not visible to the actor.
        Refused: seen, but no member.
        Invalid: the day is not after the actor's today and the present last day, or more than a year away.
        Conflict: the match is over, or not begun, or a circle.
    """
    async with unit_of_work(actor) as unit:
        match = await _extendable(actor, match_id)
        if match.proposed_end_on == ends_on:
            return match if match.proposed_by_id == actor.person_id else await _agree(unit, match)
        _check_day(match, ends_on, today_for(actor, match))
        await withdraw_facts(unit, match, "extension_proposed")
        match.proposed_end_on, match.proposed_by_id = ends_on, actor.person_id
        await match.save(update_fields=["proposed_end_on", "proposed_by_id"])
        await unit.audit("match.propose_extension", match, ends_on=ends_on)
        await tell(unit, match, "extension_proposed", hold=UNDO_ONE, by_id=actor.person_id, ends_on=ends_on)
        return match


async def agree_extension(actor: Actor, match_id: UUID, ends_on: date) -> Match:
    """Agree to the later day that the other member proposed; a match past its last day runs again. Twice is harmless.
    `undo_change` takes it back for UNDO_ONE.

    Raises:
        NotFound: not visible to the actor.
        Refused: seen, but no member, or the proposal is the actor's own.
        Conflict: another day stands by now (`kind="changed"`), the match is over, or a place is taken meanwhile
            (`kind="seat_taken"`), or who runs the programme keeps the two apart by now (`kind="apart"`).
    """
    async with unit_of_work(actor) as unit:
        match = await _extendable(actor, match_id)
        if match.proposed_end_on is None and match.ends_on == ends_on:
            return match
        if match.proposed_end_on != ends_on:
            raise Conflict(_("Another day is proposed by now. Look again."), kind="changed")
        require(match.proposed_by_id != actor.person_id, _("agree to your own proposal"))
        return await _agree(unit, match)


async def extend_circle(actor: Actor, match_id: UUID, ends_on: date) -> Match:
    """Give a circle a later last day; one past its last day meets again. Twice is harmless.

    Its members are told once `undo_change` cannot take it back any more.

    Raises:
        NotFound: not visible to the actor.
        Refused: the actor does not run the programme.
        Invalid: as `propose_extension`.
        Conflict: it is a pair (`kind="pair"`), is over or has not begun (`kind="closed"`), or a place is taken
            meanwhile (`kind="seat_taken"`).
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("change how long this circle meets"))
        if not queries.is_circle(match):
            raise Conflict(_("The two of a pair agree on that themselves."), kind="pair")
        _require_not_over(match)
        if match.ends_on == ends_on and match.state in RUNNING:
            return match
        _check_day(match, ends_on, today_for(actor, match))
        return await _lengthen(unit, match, ends_on)


async def withdraw_extension(actor: Actor, match_id: UUID) -> Match:
    """Take a proposal back, or turn the other member's down. Twice is harmless.

    Raises:
        NotFound: not visible to the actor.
        Refused: seen, but no member.
        Conflict: the match is over.
    """
    async with unit_of_work(actor) as unit:
        match = await _extendable(actor, match_id)
        if match.proposed_end_on is None:
            return match
        match.proposed_end_on = match.proposed_by_id = None
        await match.save(update_fields=["proposed_end_on", "proposed_by_id"])
        await withdraw_facts(unit, match, "extension_proposed")
        await unit.audit("match.withdraw_extension", match)
        await tell(unit, match, "extension_withdrawn", by_id=actor.person_id)
        return match


async def _agree(unit: Unit, match: Match) -> Match:
    assert match.proposed_end_on is not None, "a day is on the table"
    if match.state is MatchState.DURATION_COMPLETED:
        first, second = queries.sides(match)
        if await queries.ban_of(unit.actor, first.enrollment_id, second.enrollment_id):
            raise Conflict(_("You two can't be matched in this programme."), kind="apart")
    return await _lengthen(unit, match, match.proposed_end_on)


async def _lengthen(unit: Unit, match: Match, ends_on: date) -> Match:
    """Give a match a later last day; one that was past its own runs again."""
    was = before(match)
    if match.state is MatchState.DURATION_COMPLETED:
        await require_seats(unit.actor, match)
        await require_new_pair(unit.actor, match)
        match.state = MatchState.ACTIVE
    match.ends_on, match.proposed_end_on, match.proposed_by_id = ends_on, None, None
    await match.save(update_fields=["state", "ends_on", "proposed_end_on", "proposed_by_id"])
    await plan_end(unit, match)
    await unit.audit("match.extend", match, was=was["was_end"], ends_on=match.ends_on, now=match.state)
    await tell(unit, match, "extended", hold=UNDO_ONE, by_id=unit.actor.person_id, ends_on=match.ends_on, **was)
    return match


async def _extendable(actor: Actor, match_id: UUID) -> Match:
    match = await queries.visible_match(actor, match_id, lock=True)
    require(rules.can_answer(actor, match), _("change how long this match lasts"))
    if queries.is_circle(match):
        raise Conflict(_("Who runs the programme says how long circles meet."), kind="circle")
    _require_not_over(match)
    return match


def _require_not_over(match: Match) -> None:
    if match.state not in EXTENDABLE:
        raise Conflict(_("This match is over. A new one can begin."), kind="closed")


def _check_day(match: Match, ends_on: date, today: date) -> None:
    earliest = max(today, match.ends_on or today)
    if not earliest < ends_on <= today + EXTEND_MAX:
        raise Invalid({"ends_on": _("Choose a day after the last day so far, within a year from now.")})
