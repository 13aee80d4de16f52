"""What reminds or asks goes the first way that is open, and once more the other one when nobody opened it for a day."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from server.access.models import UserSession
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.notifications.actions import plan_message
from server.notifications.bounces.command import taken
from server.notifications.deciding.actions import RETURNED
from server.notifications.falling_back.actions import fall_back
from server.notifications.models import Message, NudgeDay
from server.notifications.push.actions import GATES
from server.notifications.queries import sent_count
from server.notifications.states import Channel, MessageState
from server.notifications.told.queries import what_i_was_told
from server.people.actions import set_muted_kinds
from server.programs.models import Program
from tests.factories import Pair
from tests.server.notifications.bounces.reports import dsn
from tests.server.notifications.conftest import session_of
from tests.server.notifications.mail_server import MailServer
from tests.server.notifications.push_service import PushService, push_service
from tests.server.notifications.test_push import NOON, asked

DAY = timedelta(days=1)
SENT, PLANNED = MessageState.SENT, MessageState.PLANNED


@pytest.fixture
async def service() -> AsyncGenerator[PushService, None]:
    async with push_service() as found:
        yield found
    GATES.clear()


async def nudge(pair: Pair, kind: str = "F01") -> Message:
    """The mentee is reminded to book."""
    return await plan_message(
        system_actor(pair.organization.id), kind, pair.mentee.id, pair.match.id, {"match_id": pair.match.id},
        trigger="t",
    )


async def visited(pair: Pair) -> None:
    await UserSession.filter(person_id=pair.mentee.id).update(seen_at=clock.now() + timedelta(hours=1))


async def tapped(pair: Pair) -> None:
    await Message.filter(recipient_id=pair.mentee.id).update(tapped_at=clock.now())


async def booked(pair: Pair) -> None:
    await session_of(pair, clock.now() + 3 * DAY)


async def muted(pair: Pair) -> None:
    await set_muted_kinds(pair.mentee_actor, ["NUDGE:mail"])


@pytest.mark.parametrize(("meanwhile", "mails"), [(None, 1), (visited, 0), (tapped, 0), (booked, 0), (muted, 0)])
async def test_a_push_that_nobody_opened_is_a_letter_a_day_later_and_once(
    pair: Pair, mailbox: MailServer, service: PushService, meanwhile: object, mails: int
) -> None:
    await asked(pair, service)
    with clock.at(NOON):
        told = await nudge(pair)
        await drain()
        await told.refresh_from_db()
        assert (told.state, told.channel, len(service.heard), len(mailbox.mails)) == (SENT, Channel.PUSH, 1, 0)
        if callable(meanwhile):
            await meanwhile(pair)
        clock.move(DAY - timedelta(minutes=1))
        await drain()
        assert mailbox.mails == []
        for _ in range(3):
            clock.move(DAY)
            await drain()
        await told.refresh_from_db()
    assert (len(service.heard), len(mailbox.mails), told.falls_back_at) == (1, mails, None)
    assert (told.channel, told.fallback) == (Channel.PUSH, Channel.EMAIL if mails else None)
    assert await NudgeDay.all().count() == 1 + mails, "the letter has a day of its own"


@pytest.mark.parametrize(("channel", "gone", "notices", "mails"), [
    ("MAIL_ONLY", False, 0, 1), ("PUSH_FIRST", False, 1, 0), ("PUSH_FIRST", True, 0, 1),
])
async def test_a_programme_has_it_by_mail_only_or_by_mail_where_push_does_not_arrive(
    pair: Pair, mailbox: MailServer, service: PushService, channel: str, gone: bool, notices: int, mails: int
) -> None:
    await asked(pair, service)
    await Program.filter(id=pair.program.id).update(messages={"F01": {"channel": channel}})
    with clock.at(NOON):
        told = await nudge(pair)
        if gone:
            service.answers = [410]
        for _ in range(3):
            await drain()
            clock.move(DAY)
        await told.refresh_from_db()
    assert (told.state, told.falls_back_at, len(mailbox.mails)) == (SENT, None, mails)
    assert len(service.heard) == notices


async def test_the_letter_waits_for_its_hour_and_its_day_like_any_other(
    pair: Pair, mailbox: MailServer, service: PushService
) -> None:
    await asked(pair, service)
    with clock.at(NOON):
        told = await nudge(pair)
        await drain()
        await UserSession.filter(person_id=pair.mentee.id).update(revoked_at=clock.now())
        clock.move(DAY - timedelta(minutes=5))
        await nudge(pair, "F02")    # has the next day, by mail: no browser is left
        await drain()
        clock.move(timedelta(minutes=10))
        await drain()
        await told.refresh_from_db()
        assert (told.state, told.due_at) == (PLANNED, NOON.replace(hour=8, minute=30) + 2 * DAY)
    assert len(mailbox.mails) == 1


async def test_a_letter_that_came_back_goes_to_a_browser_that_asks_by_then(
    pair: Pair, mailbox: MailServer, service: PushService
) -> None:
    with clock.at(NOON):
        told = await nudge(pair)
        await drain()
    await asked(pair, service)
    with clock.at(NOON + DAY):
        assert (len(service.heard), len(mailbox.mails)) == (0, 1)
        await taken(dsn(told.id))
        await drain()
        await told.refresh_from_db()
    assert (told.state, told.channel, told.fallback) == (SENT, Channel.EMAIL, Channel.PUSH)
    assert (len(service.heard), len(mailbox.mails)) == (1, 1)


@pytest.mark.parametrize(("browser", "visits", "ways"), [
    (True, False, [Channel.PUSH, Channel.PUSH]), (True, True, [None, None]), (False, False, [None, None]),
])
async def test_what_went_in_a_letter_that_came_back_goes_another_way_once_each_and_stands_in_the_app(
    pair: Pair, mailbox: MailServer, service: PushService, browser: bool, visits: bool, ways: list[Channel | None]
) -> None:
    """One a day: the letter's own nudge has the first, what it carried the next."""
    actor = system_actor(pair.organization.id)
    with clock.at(NOON):
        letter, carried = await nudge(pair), await nudge(pair, "F02")
        await drain()
        assert (len(mailbox.mails), await sent_count(actor, [pair.program.id], NOON - DAY)) == (1, 1)
        if browser:
            await asked(pair, service)
        if visits:
            await visited(pair)
        for _ in range(2):    # reported twice is reported once
            clock.move(DAY)
            await taken(dsn(letter.id))
            await drain()
            assert {one.message.id for one in await what_i_was_told(pair.mentee_actor)} == {letter.id, carried.id}
        clock.move(DAY)
        await drain()
        told = [await Message.get(id=one.id) for one in (letter, carried)]
        went = [way for way in ways if way]
        assert [one.fallback for one in told] == ways
        assert (len(service.heard), len(mailbox.mails)) == (len(went), 1)
        assert await sent_count(actor, [pair.program.id], NOON - DAY) == len(went), "what came back is no mail sent"
        assert [one.state for one in told] == ([SENT, SENT] if went else [MessageState.FAILED, MessageState.SUPPRESSED])
        assert told[1].reason == ("" if went else RETURNED)
        assert {one.message.id for one in await what_i_was_told(pair.mentee_actor)} == {letter.id, carried.id}


async def test_a_push_whose_letter_was_needless_counts_as_sent_and_stays_in_the_app(
    pair: Pair, service: PushService, mailbox: MailServer
) -> None:
    await asked(pair, service)
    with clock.at(NOON):
        told = await nudge(pair)
        await drain()
        clock.move(DAY)
        await fall_back(system_actor(pair.organization.id), told.id)
        await booked(pair)
        await drain()
        await told.refresh_from_db()
        assert (told.state, told.sent_at, mailbox.mails) == (MessageState.SUPPRESSED, NOON, [])
        assert [one.message.id for one in await what_i_was_told(pair.mentee_actor)] == [told.id]
        assert await sent_count(system_actor(pair.organization.id), [pair.program.id], NOON - DAY) == 1
