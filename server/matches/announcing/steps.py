"""What waits for a group's day moves with it."""

from collections.abc import Sequence

from server.kernel import clock
from server.kernel.db import Unit, wake
from server.kernel.facts import OutboxEvent
from server.matches.days import announced_at, announcement_day
from server.matches.models import Match
from server.matches.rules import is_kept_from_its_people
from server.matches.states import MatchState
from server.matches.steps import ANNOUNCED, ask_many_by, plan_ends, set_last_day


async def follow_its_people(unit: Unit, found: Sequence[Match]) -> None:
    """Others are in matches that wait for their day, or they are elsewhere: the moment is nine o'clock for them."""
    kept = [match for match in found if is_kept_from_its_people(match) and announcement_day(match)]
    await announce_anew(unit, kept)


async def announce_anew(unit: Unit, found: Sequence[Match]) -> None:
    """Tell the people of matches that wait for their day on the day that their group has now, or at once; their
    beginning and their last day move with it."""
    begun = [match for match in found if match.state is MatchState.ACTIVE]
    for match in found:
        match.published_at = announced_at(match) or clock.now()
    for match in begun:
        match.active_at = match.published_at
        set_last_day(match)
        untold = OutboxEvent.filter(
            organization_id=unit.actor.organization_id, subject_id=match.id, delivered_at=None, withdrawn_at=None,
            kind__in=[f"match.{event}" for event in ANNOUNCED],
        )
        await untold.update(not_before=match.published_at)
    await ask_many_by(unit, {
        match: match.published_at for match in found if match not in begun and match.published_at
    })
    await plan_ends(unit, begun)
    for match in found:
        await match.save(update_fields=["published_at", "active_at", "ends_on", "answer_by"])
    unit.after_commit(wake)
