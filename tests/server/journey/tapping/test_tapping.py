"""One tap on a notification: it does its one act once, for whom it was meant, and says plainly when it was too late."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from server.access.actions import end_session, open_session
from server.access.models import Ticket, UserSession
from server.access.states import TicketPurpose
from server.access.tickets.actions import issue_ticket
from server.journey.meeting.actions import accept_and_book
from server.journey.tapping.actions import tap
from server.journey.tapping.states import Ended
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import NotFound
from server.kernel.secrets import fingerprint, token
from server.matches.actions import accept_match, decline_match
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.states import PersonStatus
from server.programs.states import Approvals
from server.sessions.actions import hold_slot
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.factories import Pair


@dataclass(frozen=True)
class Offered:
    """Noor said yes and suggests a time; Idris holds a ticket to agree to it."""

    pair: Pair
    session: Session
    secret: str

    async def state(self) -> tuple[MatchState, SessionState]:
        match, session = await Match.get(id=self.pair.match.id), await Session.get(id=self.session.id)
        return match.state, session.state


@pytest.fixture
async def offered(db: object) -> Offered:
    return await offer()


async def offer(**of: object) -> Offered:
    org = await factories.organization()
    program = await factories.program(org, **of)
    pair = await factories.active_match(org, program, state=MatchState.AWAITING_BOTH)
    await accept_match(pair.mentee_actor, pair.match.id)
    session = await hold_slot(pair.mentee_actor, pair.match.id, in_two_days())
    await open_session(pair.mentor)
    browser, secret = await UserSession.get(person=pair.mentor), token()
    await issue_ticket(
        system_actor(org.id), browser, secret, TicketPurpose.AGREE_TO_TIME, pair.match.id, session_id=session.id,
        starts_at=session.starts_at,
    )
    return Offered(pair, session, secret)


def in_two_days() -> datetime:
    return (clock.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)


async def test_a_tap_accepts_and_books_and_another_takes_the_booking_back(offered: Offered) -> None:
    with clock.at(clock.now()):   # ten seconds to undo, on whatever machine
        booked = await tap(offered.secret)
        assert (booked.ended, booked.partner.id) == (Ended.BOOKED, offered.pair.mentee.id)
        assert await offered.state() == (MatchState.ACTIVE, SessionState.SCHEDULED)
        undone = await tap(booked.undo)
    assert (undone.ended, undone.undo) == (Ended.UNDONE, "")
    assert await offered.state() == (MatchState.ACTIVE, SessionState.CANCELLED)


async def test_a_ticket_is_good_once_also_for_two_taps_at_once(offered: Offered) -> None:
    taps = await asyncio.gather(*(tap(offered.secret) for _finger in range(2)))
    assert sorted(one.ended for one in taps) == [Ended.BOOKED, Ended.REFUSED]
    again = await tap(offered.secret)
    assert (again.ended, again.refusal, again.undo) == (Ended.REFUSED, "This was answered already.", "")
    assert await offered.state() == (MatchState.ACTIVE, SessionState.SCHEDULED)


async def test_what_is_stored_opens_nothing(offered: Offered) -> None:
    ticket = await Ticket.get()
    assert (ticket.fingerprint, offered.secret in repr(dict(ticket))) == (fingerprint(offered.secret), False)
    with pytest.raises(NotFound):
        await tap(ticket.fingerprint)


async def test_another_time_than_the_one_that_stood_there_is_not_agreed_to(offered: Offered) -> None:
    pair = offered.pair
    await hold_slot(pair.mentee_actor, pair.match.id, in_two_days() + timedelta(hours=1))
    late = await tap(offered.secret)
    assert (late.ended, late.refusal) == (Ended.REFUSED, "That time is no longer on the table.")
    assert (await Match.get(id=pair.match.id)).state is MatchState.AWAITING_MENTOR
    assert (await Ticket.get()).spent_at is not None


async def test_who_answered_on_the_page_meanwhile_is_not_booked_twice(offered: Offered) -> None:
    await accept_and_book(offered.pair.mentor_actor, offered.pair.match.id, offered.session.starts_at)
    assert (await tap(offered.secret)).ended is Ended.REFUSED
    assert await Session.filter(match=offered.pair.match).count() == 1


async def test_a_suggestion_that_was_withdrawn_is_not_accepted(offered: Offered) -> None:
    await decline_match(offered.pair.mentee_actor, offered.pair.match.id)
    assert (await tap(offered.secret)).ended is Ended.REFUSED
    assert (await Match.get(id=offered.pair.match.id)).state is MatchState.DECLINED


async def test_after_a_week_it_is_too_late(offered: Offered) -> None:
    with clock.at(clock.now() + timedelta(days=7)):
        late = await tap(offered.secret)
    assert (late.ended, late.refusal) == (Ended.REFUSED, "This is more than a week old.")
    assert await offered.state() == (MatchState.AWAITING_MENTOR, SessionState.PROPOSED)


async def test_a_booking_that_was_told_is_not_undone_by_a_tap(offered: Offered) -> None:
    booked = await tap(offered.secret)
    with clock.at(clock.now() + timedelta(seconds=11)):
        late = await tap(booked.undo)
    assert (late.ended, late.refusal) == (
        Ended.REFUSED, "They know of it already. Move it or cancel it instead.",
    )
    assert await offered.state() == (MatchState.ACTIVE, SessionState.SCHEDULED)


async def test_a_device_that_was_signed_out_and_a_person_who_left_tap_in_vain(offered: Offered) -> None:
    mentor = offered.pair.mentor
    mentor.status = PersonStatus.ENDED
    await mentor.save()
    with pytest.raises(NotFound):
        await tap(offered.secret)
    mentor.status = PersonStatus.ACTIVE
    await mentor.save()
    await end_session(offered.pair.mentor_actor, (await UserSession.get(person=mentor)).id)
    with pytest.raises(NotFound):
        await tap(offered.secret)
    assert await offered.state() == (MatchState.AWAITING_MENTOR, SessionState.PROPOSED)


async def test_where_a_manager_approves_a_yes_waits_for_them(db: object) -> None:
    offered = await offer(approvals=Approvals.BOTH, admin_approves_matches=True)
    answered = await tap(offered.secret)
    assert (answered.ended, answered.undo) == (Ended.ANSWERED, "")
    assert await offered.state() == (MatchState.AWAITING_ADMIN, SessionState.PROPOSED)
