"""Whatever is held, booked, moved and called off: nobody meets twice in one hour, and every time offered is free."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.matches.models import MatchMember
from server.people.models import Person
from server.programs.states import ParticipantRole
from server.sessions import actions, queries, times
from server.sessions.models import Session
from server.sessions.slots import Slot
from server.sessions.states import TAKES_TIME, SessionState
from tests import factories
from tests.factories import Pair

QUARTER, LENGTH, LEAD = timedelta(minutes=15), timedelta(minutes=45), timedelta(hours=24)
CHANGES = [datetime(2027, month, day, 8, tzinfo=UTC) for month, day in ((3, 10), (3, 25), (10, 28), (6, 1))]
"""Before New York, then Lisbon, set their clocks forward, before Lisbon sets them back, and far from any change."""
ACTS = ("hold", "confirm", "book", "move", "cancel", "release")
acts = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.booleans(), st.integers(0, 11)), max_size=14)


class Calendars:
    """Idris mentors Noor and Kofi."""

    async def begin(self, zone: str) -> None:
        self.pair = await factories.active_match()
        await Person.filter(id=self.pair.mentor.id).update(zone=zone)
        await factories.working_week(self.pair.stranger, 13 * 60, 19 * 60)
        learning = await factories.enrollment(self.pair.cohort, self.pair.stranger, ParticipantRole.MENTEE)
        other = await factories.match(self.pair.mentor_enrollment, learning)
        self.matches = [self.pair.match.id, other.id]
        self.mentees = [self.pair.mentee_actor, self.pair.stranger_actor]
        self.monday = clock.now() + timedelta(days=2)

    async def do(self, act: str, which: int, by_mentor: bool, quarters: int) -> None:
        """One act of one side; what does not fit is refused."""
        actor, match_id = self.pair.mentor_actor if by_mentor else self.mentees[which], self.matches[which]
        moment = self.monday + quarters * QUARTER
        ahead = await queries.next_session(actor, match_id)
        with suppress(Conflict, NotFound, Refused):
            if act == "hold":
                await actions.hold_slot(actor, match_id, moment)
            elif act == "book":
                await actions.book_session(actor, match_id, moment)
            elif act == "confirm":
                await actions.confirm_hold(actor, match_id)
            elif act == "release":
                await actions.release_hold(actor, match_id)
            elif ahead is not None and act == "move":
                await actions.move_session(actor, ahead.id, moment)
            elif ahead is not None:
                await actions.cancel_session(actor, ahead.id)

    async def check(self) -> None:
        """Nobody is in two places, and what is offered clashes with nothing and lies in the hours of both."""
        taken: dict[UUID, list[Slot]] = {}
        for session in await Session.filter(match_id__in=self.matches, state__in=list(TAKES_TIME)):
            for member in await MatchMember.filter(match_id=session.match_id):
                taken.setdefault(member.person_id, []).append(Slot(session.starts_at, session.ends_at))
        for slots in taken.values():
            assert all(first.ends_at <= second.starts_at for first, second in pairwise(sorted(slots)))
        for actor, match_id, hours in zip(self.mentees, self.matches, ((9, 17), (13, 19)), strict=True):
            assert actor.person_id is not None
            busy = [*taken.get(actor.person_id, ()), *taken.get(self.pair.mentor.id, ())]
            stated_by = {actor.person_id: hours, self.pair.mentor.id: (9, 17)}
            people = [(await Person.get(id=one), stated) for one, stated in stated_by.items()]
            for slot in await times.slots_for_match(actor, match_id, 9):
                assert slot.starts_at >= clock.now() + LEAD
                assert not [one for one in busy if one.starts_at < slot.ends_at and slot.starts_at < one.ends_at]
                for person, stated in people:
                    require_within(slot, person, stated)


def require_within(slot: Slot, person: Person, hours: tuple[int, int]) -> None:
    start, end = (moment.astimezone(ZoneInfo(person.zone)) for moment in (slot.starts_at, slot.ends_at))
    assert slot.ends_at - slot.starts_at == LENGTH
    assert start.weekday() < 5
    assert hours[0] * 60 <= start.hour * 60 + start.minute
    assert end.hour * 60 + end.minute <= hours[1] * 60


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    now=st.sampled_from(CHANGES), history=acts,
    zone=st.sampled_from(["Africa/Nairobi", "America/New_York", "Europe/Lisbon", "Asia/Kolkata"]),
)
@example(now=CHANGES[0], zone="Europe/Lisbon", history=[("hold", 0, False, 4), ("book", 1, False, 5)])
async def test_no_history_books_anybody_twice_or_offers_a_time_that_is_not_free(
    db: object, now: datetime, zone: str, history: list[tuple[str, int, bool, int]]
) -> None:
    with clock.at(now):
        calendars = Calendars()
        await calendars.begin(zone)
        for step in history:
            await calendars.do(*step)
        await calendars.check()


# --- each act from each state --------------------------------------------------------------------------------------

S = SessionState


async def a_session(pair: Pair, state: SessionState, hours: int) -> Session:
    starts_at = (clock.now() + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
    return await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=state, starts_at=starts_at,
        ends_at=starts_at + LENGTH, proposed_by_id=pair.mentee.id,
        booked_at=None if state is S.PROPOSED else clock.now(),
    )


async def move(actor: Actor, session: Session) -> Session:
    return await actions.move_session(actor, session.id, session.starts_at + timedelta(days=9))


async def cancel(actor: Actor, session: Session) -> Session:
    return await actions.cancel_session(actor, session.id)


async def no_show(actor: Actor, session: Session) -> Session:
    return await actions.report_no_show(actor, session.id)


async def held(actor: Actor, session: Session) -> Session:
    return await actions.mark_held(system_actor(actor.organization_id), session.id)


@pytest.mark.parametrize(("act", "hours", "expected"), [
    (move, 48, {S.SCHEDULED: S.SCHEDULED}),
    (move, -48, {}),
    (cancel, 48, {S.SCHEDULED: S.CANCELLED, S.PROPOSED: S.CANCELLED, S.CANCELLED: S.CANCELLED}),
    (cancel, -48, {S.CANCELLED: S.CANCELLED}),
    (no_show, 48, {S.NO_SHOW: S.NO_SHOW}),
    (no_show, -48, {S.SCHEDULED: S.NO_SHOW, S.HELD: S.NO_SHOW, S.NO_SHOW: S.NO_SHOW}),
    (held, 48, {S.HELD: S.HELD}),
    (held, -48, {S.SCHEDULED: S.HELD, S.HELD: S.HELD}),
], ids=lambda value: getattr(value, "__name__", None) or (str(value) if isinstance(value, int) else ""))
async def test_what_is_done_with_a_session_from_each_state(
    db: object, act: object, hours: int, expected: dict[SessionState, SessionState]
) -> None:
    pair = await factories.active_match()
    assert callable(act)
    for state in S:
        session = await a_session(pair, state, hours)
        if state in expected:
            assert (await act(pair.mentor_actor, session)).state is expected[state], state
        else:
            with pytest.raises((Conflict, Invalid)):
                await act(pair.mentor_actor, session)
        now = await Session.get(id=session.id)
        assert now.state is expected.get(state, state), state
        assert (now.starts_at != session.starts_at) == (act is move and state in expected), state
        await now.delete()
