"""What the members of a match may do with its sessions, by number: alone, as a series, and once they are over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.matches.models import MatchMember
from server.sessions import actions
from server.sessions.models import Session
from tests import factories

if TYPE_CHECKING:
    from tests.server.machines.world import Act, Numbers, World

RHYTHMS = (1, 2, 4)


async def _session(world: World, numbers: Numbers) -> tuple[Session, Actor]:
    """One of the newest sessions, and a member of its match."""
    known = await Session.filter(organization_id=world.organization_id).order_by("-id").limit(6)
    if not known:
        raise NotFound
    session = known[numbers[0] % len(known)]
    members = await MatchMember.filter(match_id=session.match_id).order_by("id").select_related("person")
    return session, factories.actor_of(members[numbers[2] % len(members)].person)


def _at(numbers: Numbers) -> datetime:
    """One of a few times ahead, so that they meet."""
    day = clock.now().date() + timedelta(days=1 + numbers[0])
    return datetime.combine(day, time(8 + numbers[1] % 3), UTC)


async def _book(world: World, numbers: Numbers) -> object:
    match, member, _manager = await world.match(numbers[0], numbers[2])
    return await actions.book_session(member, match.id, _at(numbers))


async def _book_series(world: World, numbers: Numbers) -> object:
    match, member, _manager = await world.match(numbers[0], numbers[2])
    return await actions.book_series(
        member, match.id, _at(numbers), every_weeks=RHYTHMS[numbers[1] % 3], times=2 + numbers[1]
    )


def _moved(act: Callable[[Actor, UUID, datetime], Awaitable[object]]) -> Act:
    async def done(world: World, numbers: Numbers) -> object:
        session, member = await _session(world, numbers)
        return await act(member, session.id, _at((numbers[1], numbers[0], 0)))

    return done


def _done(act: Callable[[Actor, UUID], Awaitable[object]]) -> Act:
    async def done(world: World, numbers: Numbers) -> object:
        session, member = await _session(world, numbers)
        return await act(member, session.id)

    return done


async def _write_down(world: World, numbers: Numbers) -> object:
    """A session that was not booked, a few hours ago: now and then at the time of another."""
    match, member, _manager = await world.match(numbers[0], numbers[2])
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    return await actions.log_session(member, match.id, hour - timedelta(hours=1 + numbers[1]), 60)


async def _missed_and_moved_not(world: World, numbers: Numbers) -> object:
    """It took place after all, and the newest session of the match is the time it was moved to."""
    session, member = await _session(world, numbers)
    newest = await Session.filter(match_id=session.match_id).order_by("-id").first()
    return await actions.undo_move_missed(member, session.id, newest.id) if newest else None


TALKS: dict[str, Act] = {
    "book": _book, "book a series": _book_series,
    "move one": _moved(actions.move_session), "move the rest": _moved(actions.move_following),
    "call off one": _done(actions.cancel_session), "call off the rest": _done(actions.cancel_following),
    "undo a booking": _done(actions.undo_booking), "undo a series": _done(actions.undo_series),
    "undo a move": _done(actions.undo_session_change), "write down": _write_down,
    "we met": _done(actions.confirm_session),
    "nobody came": _done(actions.report_no_show), "we did meet": _done(actions.undo_no_show),
    "nobody came, move it": _moved(actions.move_missed), "we did meet, move nothing": _missed_and_moved_not,
}
