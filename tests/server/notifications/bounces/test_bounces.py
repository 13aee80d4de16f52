"""Mail that does not arrive: its message says so, no more goes to a dead address, and other ways are used."""

from dataclasses import replace

import pytest

from server.kernel.actor import system_actor
from server.kernel.errors import NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.kernel.settings import Settings
from server.notifications.actions import plan_message
from server.notifications.bounces.actions import MOST_FAILURES, try_again
from server.notifications.bounces.command import NOTHING, TOLD, fetched, taken
from server.notifications.bounces.fetching import Box, box_of
from server.notifications.bounces.reading import Said
from server.notifications.models import MailboxState, Message
from server.notifications.queries import dead_mailbox
from server.notifications.states import MessageState
from server.people.models import Profile
from tests.factories import Pair, manager_of, program
from tests.server.notifications.bounces.imap_server import FOLDER, PASSWORD, USER, imap_server
from tests.server.notifications.bounces.reports import complaint, dsn
from tests.server.notifications.mail_server import MailServer

pytestmark = pytest.mark.usefixtures("morning")
SENT, FAILED, SUPPRESSED = MessageState.SENT, MessageState.FAILED, MessageState.SUPPRESSED


async def tell(pair: Pair, kind: str = "M08", occurrence: str = "") -> Message:
    """Something is told to the mentee; what became of it."""
    about = {"match_id": pair.match.id}
    told = await plan_message(
        system_actor(pair.organization.id), kind, pair.mentee.id, pair.match.id, about, trigger="t",
        occurrence=occurrence,
    )
    await drain(strict=False)
    return await Message.get(id=told.id)


async def is_dead(pair: Pair) -> bool:
    return await dead_mailbox(pair.mentee_actor, pair.mentee.id, pair.mentee.email) is not None


async def test_a_mail_that_comes_back_ends_mail_to_its_address_until_somebody_tries_again(
    pair: Pair, mailbox: MailServer
) -> None:
    first = await tell(pair)
    assert first.state is SENT
    assert await taken(dsn(first.id, "4.4.1", "delayed")) == TOLD[Said.LATE]
    assert await taken(dsn(first.id)) == await taken(dsn(first.id)) == TOLD[Said.FAILED]
    await first.refresh_from_db()
    assert (first.state, first.reason, first.bounced_at is None) == (FAILED, "came back 5.1.1", False)
    assert (await MailboxState.get()).failures == 1   # the second report was the first once more
    held = await tell(pair, occurrence="2")
    assert (held.state, held.reason) == (SUPPRESSED, "its address does not work")
    assert len(mailbox.mails) == 1
    elsewhere = manager_of(pair.manager, await program(pair.organization, key="elsewhere"))
    for nobody in (pair.mentor_actor, elsewhere):
        with pytest.raises(NotFound):
            await try_again(nobody, pair.mentee.id)
    await try_again(pair.manager_actor, pair.mentee.id)
    assert (await tell(pair, occurrence="3")).state is SENT
    trail = await AuditEvent.filter(action__startswith="mail.").order_by("at", "id").values_list("action", flat=True)
    assert trail == ["mail.fail", "mail.give_up", "mail.try_again"]


async def test_a_mail_that_somebody_passes_on_and_that_fails_there_does_not_blame_their_own_address(
    pair: Pair, mailbox: MailServer
) -> None:
    for number, (of, dead) in enumerate([("elsewhere@x.example", False), (pair.mentee.email.upper(), True)]):
        sent = await tell(pair, occurrence=str(number))
        await taken(dsn(sent.id, of=of))
        assert (await Message.get(id=sent.id)).reason == "came back 5.1.1"
        assert await is_dead(pair) is dead


async def test_another_address_is_another_mailbox(pair: Pair, mailbox: MailServer) -> None:
    await taken(dsn((await tell(pair)).id))
    pair.mentee.email = "noor@elsewhere.example"
    await pair.mentee.save()
    assert (await tell(pair, occurrence="2")).state is SENT
    assert not await is_dead(pair)


@pytest.mark.parametrize(("answer", "dies_after"), [
    ("550 5.1.1 No such person", 1), ("550 No such user here", 1), ("553 Not a name", 1), ("552 5.2.2 Full", 3),
    ("550 5.7.1 Relaying denied", 3), ("554 Not today", 3),
])
async def test_a_refusal_counts_as_a_mail_that_came_back(
    pair: Pair, mailbox: MailServer, answer: str, dies_after: int
) -> None:
    mailbox.answers[pair.mentee.email] = answer
    for number in range(1, dies_after + 1):
        assert not await is_dead(pair)
        refused = await tell(pair, occurrence=str(number))
        assert (refused.state, refused.reason) == (FAILED, f"refused {answer[:3]}")
    assert await is_dead(pair)
    assert dies_after in (1, MOST_FAILURES)


async def test_a_complaint_ends_letters_of_its_class_and_nothing_else(pair: Pair, mailbox: MailServer) -> None:
    told, nudge = await tell(pair), await tell(pair, "F01")
    for one in (told, nudge, nudge):
        assert await taken(complaint(one.id)) == TOLD[Said.COMPLAINED]
    assert (await Profile.get(person_id=pair.mentee.id)).muted_kinds == ["NUDGE:mail"]
    assert await AuditEvent.filter(action="mail.complaint").count() == 1


async def test_what_arrived_is_forgiven_and_what_is_not_ours_changes_nothing(pair: Pair, mailbox: MailServer) -> None:
    full, arrived = await tell(pair, occurrence="1"), await tell(pair, occurrence="2")
    await taken(dsn(full.id, "5.2.2"))
    assert await taken(dsn(arrived.id, "2.0.0", "delivered")) == TOLD[Said.ARRIVED]
    assert await MailboxState.all().count() == 0
    assert (await Message.get(id=arrived.id)).state is MessageState.DELIVERED
    assert await taken(dsn(new_id())) == await taken(b"Hello") == NOTHING


async def test_what_waits_in_a_mailbox_is_read_once(
    pair: Pair, mailbox: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = await tell(pair)
    with imap_server(dsn(sent.id), b"Subject: Hello\n\nWho are you?\n") as server:
        box = Box("127.0.0.1", server.port, USER, PASSWORD, "none", FOLDER)
        await fetched(box)
        assert capsys.readouterr().out == f"{TOLD[Said.FAILED]}\n{NOTHING}\n"
        await fetched(box)
        assert (capsys.readouterr().out, server.seen) == ("", {7, 8})
        for wrong in ({"password": "x"}, {"folder": "Elsewhere"}):
            with pytest.raises(Refused, match="mailbox"):
                await fetched(replace(box, **wrong))
    assert await is_dead(pair)
    with pytest.raises(OSError, match="refused"):
        await fetched(box)
    with pytest.raises(Refused, match="ITHACA_IMAP_HOST"):
        box_of(Settings())
