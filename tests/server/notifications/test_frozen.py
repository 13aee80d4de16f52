"""A worker that stands still for longer than its lease while it hands a mail over, and then goes on: another has the
message by then. It is one mail to its reader, and nobody's mark is overwritten."""

import asyncio
import math
from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import lanes, load_handlers
from server.kernel.jobs.lanes import LANES, claim, work
from server.notifications.actions import plan_message
from server.notifications.channels import email
from server.notifications.models import Message
from server.notifications.states import MessageState
from tests.factories import Pair
from tests.server.notifications.mail_server import MailServer, goes_to


class Holding(MailServer):
    """Lets each mail stand before it has taken it, or after, until it is told to go on with that one."""

    def __init__(self, *, taken: bool) -> None:
        super().__init__()
        self._taken = taken
        self.held: list[asyncio.Event] = []

    async def handle_DATA(self, *given: object) -> str:  # noqa: N802  # aiosmtpd calls it by this name
        if not self._taken:
            await self._hold()
        answer = await super().handle_DATA(*given)  # type: ignore[arg-type]  # as it was given
        if self._taken:
            await self._hold()
        return answer

    async def holds(self, count: int) -> None:
        async with asyncio.timeout(30):
            while len(self.held) < count:
                await asyncio.sleep(0.01)

    async def _hold(self) -> None:
        self.held.append(asyncio.Event())
        await self.held[-1].wait()


def from_here_on_another_process(patch: pytest.MonkeyPatch) -> None:
    """Nothing in memory tells of the first one."""
    patch.setattr(lanes, "_held", set())
    patch.setattr(email, "_last_word", asyncio.Lock())
    patch.setattr(lanes, "BORN", -math.inf)


@pytest.mark.parametrize("taken", [False, True], ids=["before-the-server-took-it", "after"])
async def test_a_worker_that_stood_still_overwrites_nothing_and_sends_no_other_mail(
    pair: Pair, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_handlers()
    server, actor, about = Holding(taken=taken), system_actor(pair.organization.id), {"match_id": pair.match.id}
    await server.up()
    with goes_to(server.port):
        message = await plan_message(actor, "M08", pair.mentor.id, pair.match.id, about, trigger="t")
        (mine,) = await claim(LANES["messages"], "frozen")
        frozen = asyncio.create_task(work(mine))
        await server.holds(1)
        clock.move(LANES["messages"].lease + timedelta(seconds=1))
        from_here_on_another_process(monkeypatch)
        (theirs,) = await claim(LANES["messages"], "living")
        living = asyncio.create_task(work(theirs))
        await server.holds(2)
        server.held[0].set()
        await frozen
        await message.refresh_from_db()
        assert (message.lease_owner, message.crashes) == ("living", 2), "the work of another is not marked"
        sent_at = message.sent_at
        clock.move(timedelta(seconds=1))
        server.held[1].set()
        await living
    await server.down()
    done = await Message.get(id=message.id)
    assert (done.state, done.sent_at, done.lease_owner, done.crashes) == (MessageState.SENT, sent_at, "", 0)
    assert sent_at is not None
    assert set(server.ids) == {f"<{message.id}@harbourline.example>"}
    assert len(server.ids) == 2
