"""The way back from an act on a running match, as long as nobody was told of it (decision 6 of the design)."""

from datetime import date, datetime
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.facts import OutboxEvent
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.models import Match
from server.matches.states import RUNNING, MatchState
from server.matches.steps import require_new_pair
from server.programs.states import GONE

REVERSIBLE = ("match.paused", "match.resumed", "match.ended")


async def undo_change(actor: Actor, match_id: UUID) -> bool:
    """Take back the last pause, resumption or end of a match. False when it was told already, or there is none.

    Raises:
        NotFound: not visible to the actor.
        Refused: seen, but neither member nor manager.
        Conflict: a member left, or their place went to somebody else meanwhile (`kind="seat_taken"`).
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_end(actor, match), _("change this match"))
        fact = await _held_fact(unit, match)
        if fact is None:
            return False
        if match.state not in RUNNING:
            await _require_seats(actor, match)
            await require_new_pair(actor, match)
        await _restore(unit, match, fact)
        await unit.audit("match.undo_change", match, now=match.state)
        return True


async def _held_fact(unit: Unit, match: Match) -> OutboxEvent | None:
    """The fact of the last act, withdrawn; None when it is told or about to be."""
    held = OutboxEvent.filter(
        organization_id=unit.actor.organization_id, subject_id=match.id, kind__in=REVERSIBLE, delivered_at=None,
        withdrawn_at=None, not_before__gt=clock.now(),
    )
    fact = await held.order_by("-at", "-id").first()
    still = OutboxEvent.filter(organization_id=match.organization_id, id=fact.id, delivered_at=None) if fact else None
    return fact if still and await still.update(withdrawn_at=clock.now()) else None


async def _require_seats(actor: Actor, match: Match) -> None:
    taken = await queries.seats_taken(actor, [member.enrollment_id for member in match.members])
    for member in match.members:
        name, enrollment = member.person.full_name, member.enrollment
        if enrollment.state in GONE:
            raise Conflict(_("%(name)s no longer takes part.") % {"name": name})
        if taken.get(enrollment.id, 0) >= enrollment.capacity:
            raise Conflict(_("%(name)s has no free place any more.") % {"name": name}, kind="seat_taken")


async def _restore(unit: Unit, match: Match, fact: OutboxEvent) -> None:
    match.update_from_dict({
        "state": MatchState(fact.payload["was"]), "closure_reason": None, "ended_at": None,
        "paused_until": _day(fact, "was_until"), "paused_on": _day(fact, "was_on"),
        "ends_on": _day(fact, "was_end") or match.ends_on,
    })
    await match.save(
        update_fields=["state", "paused_until", "paused_on", "ends_on", "closure_reason", "ended_at"]
    )
    if match.paused_until is None:
        await unit.unschedule(match.id, "match.resume", reason="undone")
    await unit.plan_again(match.id, since=datetime.fromisoformat(fact.payload["acted_at"]))


def _day(fact: OutboxEvent, name: str) -> date | None:
    told = fact.payload.get(name)
    return date.fromisoformat(told) if told else None
