"""One tap on a notification: it does its one act once, for whom it was meant, and says plainly when it was too late."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from server.access.actions import end_session, end_sessions, open_session
from server.access.letters.actions import let_old_addresses_go
from server.access.models import Ticket, UserSession
from server.access.states import TicketPurpose
from server.access.tickets.actions import issue_ticket
from server.journey.meeting.actions import accept_and_book
from server.journey.tapping.actions import tap
from server.journey.tapping.queries import look
from server.journey.tapping.states import Ended, Stands
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import NotFound
from server.kernel.secrets import fingerprint, token
from server.matches.actions import accept_match, decline_match, propose_extension
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.models import Person
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


async def offer(*, first: str = "mentee", **of: object) -> Offered:
    """`first` has said yes and suggests a time; the other holds a ticket to agree to it."""
    org = await factories.organization()
    program = await factories.program(org, **of)
    pair = await factories.active_match(org, program, state=MatchState.AWAITING_BOTH)
    actor, other = pair.mentee_actor, pair.mentor
    if first == "mentor":
        actor, other = pair.mentor_actor, pair.mentee
    await accept_match(actor, pair.match.id)
    session = await hold_slot(actor, pair.match.id, in_two_days())
    await open_session(other)
    browser, secret = await UserSession.get(person=other), token()
    await issue_ticket(
        system_actor(org.id), other.id, secret, TicketPurpose.AGREE_TO_TIME, pair.match.id, device=browser,
        session_id=session.id, starts_at=session.starts_at,
    )
    return Offered(pair, session, secret)


def in_two_days() -> datetime:
    return (clock.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)


async def test_a_tap_accepts_and_books_and_another_takes_both_back(offered: Offered) -> None:
    with clock.at(clock.now()):   # ten seconds to undo, on whatever machine
        booked = await tap(offered.secret)
        assert (booked.ended, booked.told.partner.id) == (Ended.BOOKED, offered.pair.mentee.id)
        assert await offered.state() == (MatchState.ACTIVE, SessionState.SCHEDULED)
        undone = await tap(booked.undo)
    assert (undone.ended, undone.undo) == (Ended.TAKEN_BACK, "")
    assert await offered.state() == (MatchState.AWAITING_MENTOR, SessionState.PROPOSED)


async def test_who_agrees_to_a_time_alone_takes_the_booking_back_and_stays_matched(offered: Offered) -> None:
    await accept_match(offered.pair.mentor_actor, offered.pair.match.id)
    with clock.at(clock.now()):
        undone = await tap((await tap(offered.secret)).undo)
    assert undone.ended is Ended.UNDONE
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


async def test_a_yes_that_was_told_is_not_undone_by_a_tap(offered: Offered) -> None:
    booked = await tap(offered.secret)
    with clock.at(clock.now() + timedelta(seconds=11)):
        late = await tap(booked.undo)
    assert (late.ended, late.refusal) == (
        Ended.REFUSED, "It is too late to undo this. It stays as it is.",
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
    with clock.at(clock.now()):
        answered = await tap(offered.secret)
        assert answered.ended is Ended.ANSWERED
        assert await offered.state() == (MatchState.AWAITING_ADMIN, SessionState.PROPOSED)
        assert (await tap(answered.undo)).ended is Ended.TAKEN_BACK
    assert await offered.state() == (MatchState.AWAITING_MENTOR, SessionState.PROPOSED)


async def mailed(pair: Pair, person: Person, purpose: TicketPurpose, **facts: object) -> str:
    """The secret of a ticket as a mail carries it: bound to no device."""
    secret = token()
    await issue_ticket(system_actor(pair.organization.id), person.id, secret, purpose, pair.match.id, **facts)
    return secret


async def asked(**of: object) -> Pair:
    """Noor and Idris are proposed to each other, and nobody has answered."""
    org = await factories.organization()
    return await factories.active_match(org, await factories.program(org, **of), state=MatchState.AWAITING_BOTH)


async def test_a_yes_from_a_mail_suggests_the_time_that_stood_there_once(db: object) -> None:
    pair, at = await asked(), in_two_days()
    yes, other = [
        await mailed(pair, pair.mentee, TicketPurpose.ACCEPT_MATCH, starts_at=one)
        for one in (at, at + timedelta(hours=1))
    ]
    assert [(await look(yes))[1], (await look(other))[1]] == [Stands.OPEN, Stands.OPEN]
    assert (await tap(yes)).ended is Ended.ANSWERED
    held = await Session.get(match=pair.match)
    assert (held.state, held.starts_at, held.proposed_by_id) == (SessionState.PROPOSED, at, pair.mentee.id)
    assert [(await look(yes))[1], (await look(other))[1]] == [Stands.USED, Stands.PASSED]
    again = await tap(other)
    assert (again.ended, again.refusal) == (Ended.REFUSED, "You have said yes already.")
    assert await Session.filter(match=pair.match).count() == 1


async def test_looking_at_a_ticket_any_number_of_times_does_nothing(db: object) -> None:
    pair = await asked()
    secret = await mailed(pair, pair.mentee, TicketPurpose.ACCEPT_MATCH)
    for _time in range(3):
        told, stands = await look(secret)
        assert (stands, told.person.id, told.partner.id) == (Stands.OPEN, pair.mentee.id, pair.mentor.id)
    assert (await Ticket.get()).spent_at is None
    assert (await Match.get(id=pair.match.id)).state is MatchState.AWAITING_BOTH
    with clock.at(clock.now() + timedelta(days=7)):
        assert (await look(secret))[1] is Stands.OLD


async def test_the_last_yes_without_a_time_makes_a_match(db: object) -> None:
    pair = await asked()
    await accept_match(pair.mentor_actor, pair.match.id)
    assert (await tap(await mailed(pair, pair.mentee, TicketPurpose.ACCEPT_MATCH))).ended is Ended.MATCHED
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


async def test_a_later_day_is_agreed_to_as_it_stood_in_the_mail_and_no_other(db: object) -> None:
    pair, day = await factories.active_match(), factories.in_days(200)
    other = day + timedelta(days=7)
    await propose_extension(pair.mentor_actor, pair.match.id, day)
    secret = await mailed(pair, pair.mentee, TicketPurpose.AGREE_TO_DAY, ends_on=day)
    stale = await mailed(pair, pair.mentee, TicketPurpose.AGREE_TO_DAY, ends_on=other)
    assert [(await look(one))[1] for one in (secret, stale)] == [Stands.OPEN, Stands.PASSED]
    assert [(await tap(stale)).ended, (await tap(secret)).ended] == [Ended.REFUSED, Ended.AGREED]
    assert (await Match.get(id=pair.match.id)).ends_on == day
    assert (await tap(secret)).refusal == "This was answered already."


async def test_a_ticket_of_a_mail_outlives_a_session_but_not_its_address(db: object) -> None:
    pair = await asked()
    secret = await mailed(pair, pair.mentee, TicketPurpose.ACCEPT_MATCH)
    product = system_actor(pair.organization.id)
    await let_old_addresses_go(system_actor((await factories.organization()).id), [pair.mentee.id])
    await end_sessions(pair.mentee_actor, pair.mentee.id)
    assert (await look(secret))[1] is Stands.OPEN
    await let_old_addresses_go(product, [pair.mentee.id])
    with pytest.raises(NotFound):
        await tap(secret)
    assert (await Match.get(id=pair.match.id)).state is MatchState.AWAITING_BOTH
