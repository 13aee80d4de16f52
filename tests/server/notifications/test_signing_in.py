"""The mail that signs in: by a real SMTP server, with the code and the link that work, and never too late."""

from datetime import UTC, datetime, timedelta

from server.access.letters.actions import ask_for_letter, enter_code, follow_link
from server.access.letters.marks import code_of, link_key_of
from server.access.models import SignInLetter
from server.access.queries import session_actor
from server.kernel import clock
from server.kernel.jobs import drain
from server.notifications.models import Message
from server.notifications.states import MessageState
from tests.conftest import environment
from tests.factories import Pair, organization, person
from tests.server.notifications.mail_server import MailServer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def ask(address: str) -> str:
    return await ask_for_letter(address, network="192.0.2.7")


async def test_the_mail_holds_the_code_and_the_link_that_work(pair: Pair, mailbox: MailServer) -> None:
    secret = await ask(pair.mentee.email)
    await ask("nobody@example.test")
    await drain()
    (mail,) = mailbox.mails
    letter = (await SignInLetter.all())[0]
    code = code_of(letter.id)
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        words = part.get_content()
        assert f"{code[:3]} {code[3:]}" in words
        assert f"/sign-in/link/{letter.id}?key={link_key_of(letter.id)}" in words
    assert (mail["Subject"], code in str(mail["Subject"])) == ("Sign in to Ithaca, Harbourline", False)
    found = await session_actor((await enter_code(secret, code)).secret)
    assert found is not None
    assert found[1].id == pair.mentee.id


async def test_each_organisation_that_knows_the_address_writes_its_own_mail(pair: Pair, mailbox: MailServer) -> None:
    await person(await organization(name="Tidewater"), email=pair.mentee.email)
    await ask(pair.mentee.email)
    await drain()
    assert {str(mail["Subject"]) for mail in mailbox.mails} == {
        "Sign in to Ithaca, Harbourline", "Sign in to Ithaca, Tidewater",
    }


async def test_a_mail_that_could_not_leave_in_time_never_does(pair: Pair, mailbox: MailServer) -> None:
    with clock.at(NOON):
        await ask(pair.mentee.email)
        with environment(ITHACA_SMTP_HOST=""):
            await drain()
        clock.move(timedelta(minutes=15))
        await drain()
    assert mailbox.mails == []
    message = await Message.get(kind="Y01")
    assert (message.state, message.reason) == (MessageState.SUPPRESSED, "used or too late")


async def test_a_mail_whose_link_was_used_is_not_sent_again(pair: Pair, mailbox: MailServer) -> None:
    await ask(pair.mentee.email)
    with environment(ITHACA_SMTP_HOST=""):
        await drain()
    letter = (await SignInLetter.all())[0]
    await follow_link(letter.id, link_key_of(letter.id))
    await drain()
    assert mailbox.mails == []
