"""A manager's word: drafts approved, with time to undo, and matches that need a last word."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.circles import steps as circles
from server.matches.models import Match
from server.matches.states import (
    AWAITING,
    RUNNING,
    Approval,
    MatchState,
)
from server.matches.steps import (
    UNDO_ONE,
    ask_by,
    close,
    next_state,
    require_new_pair,
    require_seats,
    start,
    tell,
    who_answers,
    withdraw_facts,
)

UNDO_MANY = timedelta(minutes=10)
"""How long approvals of many can be taken back; nobody is told before (decision 6 of the design)."""


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
        if queries.is_circle(match):
            circles.require_whole(match)
        await require_seats(actor, match)
        await require_new_pair(actor, match)
        match.published_at = clock.now() + undo_within
        match.held_back = False
        who_answers(match)
        for member in match.members:
            await member.save(update_fields=["approval"])
        match.state = next_state(match)
        await unit.audit("match.publish", match, now=match.state)
        await tell(unit, match, "published", hold=undo_within)
        if match.state in RUNNING:
            await start(unit, match, hold=undo_within)
        else:
            await ask_by(unit, match, match.published_at)
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
            if match.state not in AWAITING | RUNNING or rules.is_announced(match):
                continue  # over meanwhile, because somebody left, or too late
            if not await withdraw_facts(unit, match, "published", "activated"):
                continue
            await unit.unschedule(match.id, reason="undone")
            for member in queries.in_order(match):
                member.approval = Approval.PENDING
                await member.save(update_fields=["approval"])
            match.state, match.published_at, match.answer_by, match.active_at = MatchState.DRAFT, None, None, None
            match.ends_on = None
            await match.save()
            await unit.audit("match.undo_publish", match)
            undone.append(match)
    return undone


async def approve_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = timedelta()) -> Match:
    """The manager's yes after the participants' (`admin_approves`). Twice is harmless.

    Nobody is told for `undo_within`; until then `undo_approve` takes it back.

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
        was, match.state = match.state, MatchState.ACTIVE
        await unit.audit("match.admin_approve", match)
        await start(unit, match, hold=undo_within, was=was)
        await match.save()
        return match


async def cancel_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = timedelta()) -> Match:
    """Whoever asked, or the manager, takes a request back. Twice is harmless. Who was not told of it never is.

    A request that nobody had to agree to began at once; whoever asked takes it back while nobody was told.
    Who was told of it hears of its end after `undo_within`; until then `undo_change` takes it back.

    Raises:
        NotFound: not visible to the actor.
        Refused: seen, but the actor neither asked for it nor runs the programme.
        Conflict: it runs already, or is closed.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_take_back(actor, match), _("take this match back"))
        if match.state is MatchState.CANCELLED:
            return match
        began_untold = match.state is MatchState.ACTIVE and await withdraw_facts(unit, match, "activated")
        if match.state not in AWAITING and not began_untold:
            raise Conflict(_("Only a waiting match can be taken back."))
        never_told = await withdraw_facts(unit, match, "published")
        return await close(
            unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="taken_back", by_id=actor.person_id,
            hold=timedelta() if never_told or began_untold else undo_within,
        )
