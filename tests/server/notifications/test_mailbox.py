"""The demonstration's own mail server and what its mailbox shows."""

from collections.abc import AsyncGenerator
from email.message import EmailMessage
from email.policy import SMTP

import aiosmtplib
import pytest
from tortoise.connection import get_connection

from server.kernel.errors import NotFound
from server.kernel.jobs import drain
from server.kernel.settings import settings
from server.notifications import sink
from server.notifications.channels.email import target_of
from server.notifications.mailbox import caught_mail, mailbox
from server.notifications.models import CaughtMail, Message
from tests.conftest import environment
from tests.factories import Pair, active_match, organization
from tests.server.notifications.conftest import happened, session_of


@pytest.fixture
async def demo(db: object) -> AsyncGenerator[Pair, None]:
    with environment(ITHACA_DEMO="true", ITHACA_SMTP_HOST=""):
        async with sink.running(settings()):
            yield await active_match(await organization(is_demo=True))


async def test_every_mail_of_the_demonstration_lands_in_its_mailbox(demo: Pair) -> None:
    await happened(demo, "match.activated")
    await drain()
    mails = await mailbox()
    assert {mail.recipient.full_name for mail in mails} == {"Noor Saltmarsh", "Idris Brightwater"}
    noors = next(mail for mail in mails if mail.recipient.id == demo.mentee.id)
    assert (noors.key, noors.name, noors.subject) == ("M08", "Match announcement", "You and Idris are a match")
    assert (noors.trigger, noors.stops_when) == ("the match has begun", "it has ended")
    assert noors.text.startswith("You and Idris are a match")
    assert "<h1>You and Idris are a match</h1>" in noors.html
    assert (await caught_mail(noors.id)).text == noors.text


async def test_the_mailbox_shows_one_person_newest_first(demo: Pair) -> None:
    await happened(demo, "match.activated")
    await drain()
    session = await session_of(demo)
    await happened(demo, "session.booked", session_id=session.id)
    await drain()
    mails = await mailbox(person_id=demo.mentee.id)
    assert [mail.key for mail in mails] == ["S01", "M08"]
    assert "METHOD:REQUEST" in mails[0].calendar
    assert len(await mailbox(limit=3)) == 3


async def test_a_mail_that_is_sent_again_is_kept_once(demo: Pair) -> None:
    await happened(demo, "match.activated")
    await drain()
    await Message.filter().update(state="QUEUED")
    await drain()
    assert await CaughtMail.all().count() == 2


async def test_what_is_caught_is_not_readable_in_the_database(demo: Pair) -> None:
    await happened(demo, "match.activated")
    await drain()
    raw = await CaughtMail.all().values_list("source", flat=True)
    assert "Idris" in str(raw)
    _, rows = await get_connection("default").execute_query("SELECT source FROM caught_mail")
    assert "Idris" not in str([tuple(row) for row in rows])


@pytest.mark.parametrize("spoiled", ["id", "recipient"])
async def test_the_sink_refuses_what_is_not_ours(demo: Pair, spoiled: str) -> None:
    await happened(demo, "match.activated")
    await drain()
    row = (await Message.all().select_related("recipient"))[0]
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = "<somebody@else.example>" if spoiled == "id" else f"<{row.id}@localhost>"
    mail["From"], mail["Subject"] = "x@example.test", "Hello"
    mail["To"] = "other@example.test" if spoiled == "recipient" else row.recipient.email
    mail.set_content("Hello")
    address = sink.address()
    assert address is not None
    with pytest.raises(aiosmtplib.SMTPDataError) as refused:
        await aiosmtplib.send(mail, hostname=address[0], port=address[1], local_hostname="localhost")
    assert refused.value.code == 550


async def test_outside_a_demonstration_there_is_no_sink_and_no_mailbox(demo: Pair) -> None:
    await happened(demo, "match.activated")
    await drain()
    kept = (await mailbox())[0]
    with environment(ITHACA_DEMO="false"):
        async with sink.running(settings()) as address:
            assert address is None
        assert await mailbox() == []
        assert target_of(settings()) is None
        with pytest.raises(NotFound):
            await caught_mail(kept.id)


async def test_the_mailbox_never_shows_another_organisations_mail(demo: Pair) -> None:
    real = await active_match()
    await happened(real, "match.activated")
    await drain()
    assert await mailbox() == []
    kept = (await CaughtMail.all())[0]
    with pytest.raises(NotFound):
        await caught_mail(kept.id)


async def test_an_operators_server_goes_before_the_sink(demo: Pair) -> None:
    with environment(ITHACA_SMTP_HOST="mail.example.test", ITHACA_SMTP_USER="ithaca"):
        target = target_of(settings())
        assert target is not None
        assert (target.host, target.port, target.tls) == ("mail.example.test", 587, "starttls")
