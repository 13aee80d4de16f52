"""One connection carries many mails, over a real SMTP server with the habits that servers have. No mail is lost or
comes twice by it, and the connection ends with the mails that wait."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, cast
from uuid import UUID

import pytest

from server.kernel import clock
from server.notifications.channels import lines
from server.notifications.channels.email import Delivery, Fate, Target, compose, deliver
from server.notifications.channels.lines import LINES
from server.notifications.texts import Letter
from tests.server.notifications.mail_server import MailServer


class Habits(MailServer):
    """`hangs_up`: after which words it ends a connection; `refuses_more`: it takes one mail of each."""

    hangs_up = ""
    quits = 0
    refuses_more = False
    latest: Any = None

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802  # aiosmtpd calls them by these names
        session.begun = getattr(session, "begun", 0) + 1
        if self.refuses_more and session.begun > 1:
            return "421 4.7.0 Enough for one connection"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, *given: Any) -> str:  # noqa: N802  # as above
        if self.hangs_up == "RCPT" and session.begun > 1:
            asyncio.get_running_loop().call_soon(server.transport.close)
        return await super().handle_RCPT(server, session, envelope, *given)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # as above
        answer = await super().handle_DATA(server, session, envelope)
        if self.hangs_up == "250":
            asyncio.get_running_loop().call_soon(server.transport.close)
        if self.hangs_up == "DATA" and session.begun > 1:
            server.transport.abort()
        return answer

    async def handle_QUIT(self, *_: Any) -> str:  # noqa: N802  # as above
        self.quits += 1
        return "221 Bye"

    def _protocol(self) -> Any:
        self.latest = super()._protocol()
        return self.latest


@pytest.fixture
async def server() -> AsyncGenerator[Habits, None]:
    made = Habits()
    await made.up()
    yield made
    await made.down()


async def send(server: MailServer, number: int) -> Delivery:
    mail = compose(
        Letter("Hello", "Hello", "<p>Hello</p>"), message_id=UUID(int=number), to=("Noor", "noor@example.test"),
        mail_from="ithaca@example.test", at=clock.now(),
    )

    async def marked() -> None:
        return None

    return await deliver(mail, Target("127.0.0.1", server.port), marked)


def arrived(server: MailServer) -> list[int]:
    return [UUID(one.strip("<>").partition("@")[0]).int for one in server.ids]


async def test_mails_that_wait_go_by_one_connection_which_ends_with_them(server: Habits) -> None:
    async with LINES.kept():
        assert [(await send(server, number)).fate for number in (1, 2, 3)] == [Fate.SENT] * 3
        assert (server.connections, server.quits) == (1, 0)
    assert (arrived(server), server.quits) == ([1, 2, 3], 1)
    await send(server, 4)
    assert (server.connections, server.quits) == (2, 2), "alone it has one of its own"


async def test_one_connection_carries_so_many_and_no_more(server: Habits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_MAILS", 2)
    async with LINES.kept():
        assert [(await send(server, number)).fate for number in range(5)] == [Fate.SENT] * 5
    assert (arrived(server), server.connections, server.quits) == ([0, 1, 2, 3, 4], 3, 3)


@pytest.mark.parametrize("habit", ["after-each-mail", "once-idle", "too-many-for-it"])
async def test_a_connection_that_is_over_costs_no_mail_and_no_time(server: Habits, habit: str) -> None:
    server.hangs_up = "250" if habit == "after-each-mail" else ""
    server.refuses_more = habit == "too-many-for-it"
    async with LINES.kept():
        for number in (1, 2, 3):
            assert (await send(server, number)).fate is Fate.SENT
            if habit == "once-idle":
                server.latest.transport.close()
    assert (arrived(server), server.connections) == ([1, 2, 3], 3)


async def test_one_that_ends_before_the_mail_is_given_is_no_failure_and_one_that_ends_after_repeats_nothing(
    server: Habits,
) -> None:
    async with LINES.kept():
        await send(server, 1)
        server.hangs_up = "RCPT"
        while (await send(server, 2)).fate is not Fate.SENT:
            assert arrived(server) == [1]
        assert arrived(server) == [1, 2]
        server.hangs_up = "DATA"
        assert (await send(server, 3)).fate is Fate.AWAY
        assert arrived(server) == [1, 2, 3], "it may have it: only the lane repeats it, as the same mail"


async def test_a_mute_kept_connection_is_given_up_for_a_new_one_and_the_others_with_it(server: Habits) -> None:
    async with LINES.kept():
        await asyncio.gather(send(server, 1), send(server, 2))
        for line in next(iter(LINES._spare.values())):
            line.client.timeout = 0.05
            cast(asyncio.ReadTransport, line.client.transport).pause_reading()  # nothing is heard any more
        assert (await send(server, 3)).fate is Fate.SENT
        assert server.connections == 3
    assert (sorted(arrived(server)), server.quits) == ([1, 2, 3], 1)


async def test_who_says_no_is_met_anew_and_what_fails_is_closed(server: Habits) -> None:
    async with LINES.kept():
        await send(server, 1)
        server.answers["noor@example.test"] = "550 5.1.1 No such person"
        assert (await send(server, 2)).fate is Fate.REFUSED
        server.answers.clear()
        assert (await send(server, 3)).fate is Fate.SENT
    assert (arrived(server), server.connections) == ([1, 3], 2)
