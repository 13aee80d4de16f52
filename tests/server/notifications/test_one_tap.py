"""A mail that asks for one act carries links that answer it: as text and as HTML, one purpose each, the same when sent
again."""

import html
import re
from datetime import datetime, timedelta

import pytest

from server.access.models import Ticket
from server.access.states import TicketPurpose
from server.journey.tapping.actions import tap
from server.journey.tapping.states import Ended
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Refused
from server.kernel.jobs import drain
from server.kernel.secrets import fingerprint
from server.matches.actions import announce_quiet_end, keep_match, propose_extension
from server.matches.models import Match
from server.matches.steps import ends_quietly
from server.notifications.actions import plan_message
from server.notifications.channels import push
from server.notifications.models import Message
from server.notifications.scene import scene_of
from server.notifications.taps.offering import taps_of, ticket_for
from server.programs.models import Program
from server.sessions.actions import report_no_show
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.factories import Pair, in_days
from tests.server.journey.tapping.test_tapping import asked, offer
from tests.server.notifications.conftest import happened, session_of
from tests.server.notifications.mail_server import MailServer


def links_in(mailbox: MailServer, pair: Pair) -> list[str]:
    """The secrets in the one mail to the mentee, which stand in both of its parts."""
    (mail,) = mailbox.to(pair.mentee.email)
    plain, marked = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    found = re.findall(r"https?://\S+/answer\?ticket=([\w-]+)", plain)
    assert found == re.findall(r"/answer\?ticket=([\w-]+)", html.unescape(marked))
    assert "You need not sign in. It works once, within a week." in plain
    return found


async def test_who_is_asked_can_say_yes_with_a_time_from_the_mail(db: object, mailbox: MailServer) -> None:
    pair = await asked()
    await happened(pair, "match.published")
    await drain()
    secrets = links_in(mailbox, pair)
    tickets = {one.fingerprint: one for one in await Ticket.filter(person=pair.mentee)}
    assert len(secrets) == len(tickets) == 3
    assert {len(push.unpacked(one)) for one in secrets} == {16}
    chosen = tickets[fingerprint(secrets[1])]
    assert (chosen.purpose, chosen.session_id, chosen.subject_id) == (
        TicketPurpose.ACCEPT_MATCH, None, pair.match.id,
    )
    assert (await tap(secrets[1])).ended is Ended.ANSWERED
    assert (await Session.get()).starts_at == datetime.fromisoformat(chosen.facts["starts_at"])


async def test_who_is_asked_with_a_time_can_agree_to_it_from_the_mail(db: object, mailbox: MailServer) -> None:
    pair = (await offer(first="mentor")).pair
    await happened(pair, "match.member_accepted")
    await drain()
    (secret,) = links_in(mailbox, pair)
    assert (await tap(secret)).ended is Ended.BOOKED


async def test_a_later_last_day_can_be_agreed_to_from_the_mail(pair: Pair, mailbox: MailServer) -> None:
    day = in_days(200)
    await propose_extension(pair.mentor_actor, pair.match.id, day)
    await happened(pair, "match.extension_proposed", by_id=pair.mentor.id, ends_on=day)
    await drain()
    (secret,) = links_in(mailbox, pair)
    assert (await tap(secret)).ended is Ended.AGREED
    assert (await Match.get(id=pair.match.id)).ends_on == day


async def test_whether_they_met_is_said_from_the_mail_and_a_no_is_taken_back(
    morning: object, pair: Pair, mailbox: MailServer
) -> None:
    session = await session_of(pair, clock.now() - timedelta(hours=2), state=SessionState.HELD, held_at=clock.now())
    about = {"match_id": pair.match.id, "session_id": session.id}
    for person in (pair.mentee, pair.mentor):
        await plan_message(system_actor(pair.organization.id), "S05", person.id, session.id, about, trigger="t")
    await drain()
    met, moved, missed = links_in(mailbox, pair)
    undone = await tap((await tap(moved)).undo)
    assert (undone.ended, (await Session.get()).state) == (Ended.HELD_AFTER_ALL, SessionState.HELD)
    assert (await tap(met)).ended is Ended.MET
    assert (await Session.get()).confirmed_by_id == pair.mentee.id
    assert (await tap(missed)).ended is Ended.MISSED   # within the week it may still be said
    assert (await Session.get()).state is SessionState.NO_SHOW
    assert (await tap(missed)).ended is Ended.REFUSED
    clock.move(timedelta(minutes=1))
    await drain()
    assert [one.kind for one in await Message.filter(recipient=pair.mentor).order_by("id")] == ["S05", "S09"]


async def test_a_session_that_they_moved_is_told_as_missed_to_nobody(
    morning: object, pair: Pair, mailbox: MailServer
) -> None:
    session = await session_of(pair, clock.now() - timedelta(hours=2), state=SessionState.HELD)
    await report_no_show(pair.mentee_actor, session.id, moved=True)
    clock.move(timedelta(minutes=1))
    await drain()
    assert not await Message.filter(kind="S09").exists()


async def test_who_would_hear_of_the_end_of_a_quiet_match_says_by_one_tap_that_it_goes_on(
    pair: Pair, mailbox: MailServer
) -> None:
    system = system_actor(pair.organization.id)
    await announce_quiet_end(system, pair.match.id, clock.now())
    await plan_message(system, "I05", pair.mentee.id, pair.match.id, {"match_id": pair.match.id}, trigger="t")
    await Program.filter(id=pair.program.id).update(messages={"I05": {"on": True}})
    await drain()
    (secret,) = links_in(mailbox, pair)
    assert (await tap(secret)).ended is Ended.KEPT
    assert not await ends_quietly(await Match.get(id=pair.match.id))
    await keep_match(pair.mentor_actor, pair.match.id)   # twice is harmless
    with pytest.raises(Refused):
        await keep_match(pair.manager_actor, pair.match.id)


async def test_a_mail_that_asks_nothing_carries_no_ticket(pair: Pair, mailbox: MailServer) -> None:
    await happened(pair, "match.activated")
    await drain()
    assert await Ticket.all().count() == 0


async def test_a_mail_sent_again_carries_the_same_tickets(db: object, mailbox: MailServer) -> None:
    pair = await asked()
    await happened(pair, "match.published")
    await drain()
    actor = system_actor(pair.organization.id)
    message = await Message.get(recipient=pair.mentee)
    scene = await scene_of(actor, message)
    again = [await ticket_for(actor, scene, one, message.id) for one in taps_of(scene)]
    assert again == links_in(mailbox, pair)
    assert await Ticket.filter(person=pair.mentee).count() == len(set(again)) == 3
    assert await ticket_for(actor, scene, taps_of(scene)[0], pair.match.id) not in again
