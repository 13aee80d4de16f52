"""A mail that asks for one act carries links that answer it: as text and as HTML, one purpose each, the same when sent
again."""

import html
import re
from datetime import datetime

from server.access.models import Ticket
from server.access.states import TicketPurpose
from server.journey.tapping.actions import tap
from server.journey.tapping.states import Ended
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.kernel.secrets import fingerprint
from server.matches.actions import propose_extension
from server.matches.models import Match
from server.notifications.channels import push
from server.notifications.models import Message
from server.notifications.scene import scene_of
from server.notifications.taps.offering import taps_of, ticket_for
from server.sessions.models import Session
from tests.factories import Pair, in_days
from tests.server.journey.tapping.test_tapping import asked, offer
from tests.server.notifications.conftest import happened
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
