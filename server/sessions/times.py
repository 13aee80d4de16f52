"""When the people of a match can meet: free times of a match, and who is taken when."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Subquery

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.dates import day_of
from server.kernel.errors import NotFound
from server.matches.company import belongs, members_now
from server.matches.models import Match, MatchMember
from server.matches.queries import visible_match
from server.people.availability import WORKDAYS, Block, Stretch
from server.people.models import Person
from server.people.queries import availability_of
from server.sessions.models import Session
from server.sessions.queries import own_session
from server.sessions.slots import (
    WORKING_DAYS,
    Availability,
    Slot,
    Span,
    free_slots,
    nearest_slot,
    possible_slots,
    same_time_later,
)
from server.sessions.states import TAKES_TIME

WORKING_WEEK: tuple[Stretch, ...] = tuple(Block(day, 9 * 60, 17 * 60) for day in WORKDAYS)
"""The hours of somebody who said none: Monday to Friday, nine to five where they are."""
MONTH_DAYS = 30
"""A rhythm of n sessions a month means one every MONTH_DAYS / n days."""
NEXT_WITHIN_DAYS = 4
"""How far before the day the rhythm names a next slot may lie."""


async def slots_for_match(
    actor: Actor, match_id: UUID, count: int = 3, after: datetime | None = None, *,
    within_working_days: int = WORKING_DAYS, besides: Collection[UUID] = (),
) -> list[Slot]:
    """Times that suit all members of a match, in the actor's days. They come "from what you told us".

    Args:
        actor: a member.
        match_id: an announced match.
        count: how many.
        after: look from this moment on instead of from now; the lead of a day stays.
        within_working_days: how far to look.
        besides: sessions whose own times count as free, because they are about to be moved.

    Raises:
        NotFound: not the actor's match.
    """
    match = await _own_match(actor, match_id)
    return await free_times(
        actor, match, count, after, within_working_days=within_working_days, besides=besides
    )


async def free_times(
    actor: Actor, match: Match, count: int = 3, after: datetime | None = None, *,
    within_working_days: int = WORKING_DAYS, besides: Collection[UUID] = (),
) -> list[Slot]:
    """As `slots_for_match`, for a match that the caller has fetched for a member, with its programme."""
    everybody = await _weeks(actor, match)
    busy = await _busy(actor, match, besides)
    return free_slots(
        *everybody, minutes=match.program.session_minutes, now=max(after or clock.now(), clock.now()), busy=busy,
        count=count, within_working_days=within_working_days,
    )


async def suggest_next_slots(actor: Actor, session_id: UUID, *, weeks: int = 2, count: int = 3) -> list[Slot]:
    """Times for the session after this one: by the programme's rhythm, the same hour first, then what lies near.

    Args:
        actor: a member.
        session_id: the session that the next one follows.
        weeks: how far around the day that the rhythm names to look; an empty answer invites to widen to three.
        count: how many.

    Raises:
        NotFound: absent, or the actor is no member.
    """
    return await next_slots_after(actor, await own_session(actor, session_id), weeks=weeks, count=count)


async def next_slots_after(actor: Actor, session: Session, *, weeks: int = 2, count: int = 3) -> list[Slot]:
    """As `suggest_next_slots`, after a session that the caller has fetched for a member."""
    match = session.match
    me = next(member.person for member in match.members if member.person_id == actor.person_id)
    rhythm = MONTH_DAYS // max(1, match.program.sessions_per_month) // 7 * 7 or 7
    wanted = same_time_later(session.starts_at, rhythm, me.zone)
    start = max(clock.now(), wanted - timedelta(days=NEXT_WITHIN_DAYS))
    everybody = await _weeks(actor, match)
    busy = await _busy(actor, match)
    found = possible_slots(
        *everybody, minutes=match.program.session_minutes, now=start, busy=busy, within_working_days=weeks * 5
    )
    return _around(found, wanted, count, me.zone)


async def nearest_free(actor: Actor, match: Match, moment: datetime, *, besides: Collection[UUID] = ()) -> Slot | None:
    """The free time of a fetched match that begins closest to `moment`, if there is one."""
    everybody = await _weeks(actor, match)
    busy = await _busy(actor, match, besides)
    found = possible_slots(
        *everybody, minutes=match.program.session_minutes, now=clock.now(), busy=busy,
        within_working_days=2 * WORKING_DAYS,
    )
    return nearest_slot(found, moment)


async def busy_times(actor: Actor, person_ids: Collection[UUID], *, besides: Collection[UUID] = ()) -> list[Span]:
    """When some people are in a session or hold a time for one, in whatever match, from now on."""
    theirs = MatchMember.filter(
        organization_id=actor.organization_id, person_id__in=list(person_ids), left_at=None
    )
    taken = Session.filter(
        organization_id=actor.organization_id, state__in=list(TAKES_TIME), ends_at__gt=clock.now(),
        match_id__in=Subquery(theirs.values("match_id")),
    )
    rows = await (taken.exclude(id__in=list(besides)) if besides else taken).values_list("starts_at", "ends_at")
    return [(start, end) for start, end in rows]


async def lock_people(actor: Actor, person_ids: Collection[UUID]) -> None:
    """Hold some people's calendars until the unit ends, always in the order of ids: nobody is booked twice at once."""
    await Person.filter(organization_id=actor.organization_id, id__in=sorted(person_ids)).order_by(
        "id"
    ).select_for_update(no_key=True)


async def _own_match(actor: Actor, match_id: UUID) -> Match:
    match = await visible_match(actor, match_id)
    if not belongs(match, actor.person_id):
        raise NotFound
    return match


async def _busy(actor: Actor, match: Match, besides: Collection[UUID] = ()) -> list[Span]:
    return await busy_times(actor, [member.person_id for member in members_now(match)], besides=besides)


async def _weeks(actor: Actor, match: Match) -> list[Availability]:
    """The weeks of everybody who is in a match, the actor's first."""
    people = sorted((member.person for member in members_now(match)), key=lambda one: one.id != actor.person_id)
    weeks = await availability_of(actor, [one.id for one in people])
    return [Availability(one.zone, tuple(weeks[one.id]) or WORKING_WEEK) for one in people]


def _around(slots: list[Slot], wanted: datetime, count: int, zone: str) -> list[Slot]:
    """The slot nearest to a moment, then the nearest of each further day in `zone`, as many as asked."""
    chosen: list[Slot] = []
    rest = slots
    while rest and len(chosen) < count:
        best = nearest_slot(rest, wanted)
        assert best is not None
        chosen.append(best)
        rest = [slot for slot in rest if day_of(slot.starts_at, zone) != day_of(best.starts_at, zone)]
    return chosen
