"""One nudge a day over all programmes, what waits beside it in the same letter, and nothing twice after a crash."""

from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.notifications import actions
from server.notifications.actions import plan_message, send_message
from server.notifications.channels import email, gate
from server.notifications.deciding.actions import TOGETHER
from server.notifications.models import Message, NudgeDay
from server.notifications.states import Channel, MessageState
from tests.factories import Pair, active_match
from tests.server.notifications.mail_server import MailServer, mail_server

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)   # ten in Lisbon, noon in Nairobi


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    gate.SMTP_GATE.passed()
    with clock.at(MONDAY):
        yield


@pytest.fixture
async def mailbox() -> AsyncGenerator[MailServer, None]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def pair(db: object) -> Pair:
    return await active_match()


async def nudge(pair: Pair, kind: str = "F01", occurrence: str = "") -> Message:
    return await plan_message(
        system_actor(pair.organization.id), kind, pair.mentee.id, pair.match.id, {"match_id": pair.match.id},
        trigger="test", occurrence=occurrence,
    )


async def again(message: Message) -> Message:
    return await Message.get(id=message.id)


async def test_a_second_nudge_of_the_day_waits_for_the_next_and_the_fourth_for_the_next_week(
    pair: Pair, mailbox: MailServer
) -> None:
    for day in range(3):
        sent = await nudge(pair, occurrence=str(day))
        await drain()
        assert (await again(sent)).state is MessageState.SENT
        waits = await nudge(pair, "F02", str(day))
        await drain()
        morning = clock.now().replace(hour=7, minute=30)
        assert (await again(waits)).due_at == morning + timedelta(days=1 if day < 2 else 5)
        await Message.filter(id=waits.id).delete()
        clock.move(timedelta(days=1))
    assert [row.day.isoformat() for row in await NudgeDay.all().order_by("day")] == [
        "2026-06-01", "2026-06-02", "2026-06-03",
    ]
    assert len(mailbox.mails) == 3


async def test_what_waits_for_the_same_person_goes_in_one_letter(pair: Pair, mailbox: MailServer) -> None:
    first, second = await nudge(pair), await nudge(pair, "E03")
    second.kind, second.facts = "M04", {"match_id": str(pair.match.id)}   # answered long ago
    await second.save()
    third = await nudge(pair, "F03")
    await drain()
    [mail] = mailbox.mails
    assert (await again(first)).state is MessageState.SENT
    assert [(row.state, row.reason, row.digest_id) for row in (await again(second), await again(third))] == [
        (MessageState.SUPPRESSED, "no longer open", first.id), (MessageState.SUPPRESSED, TOGETHER, first.id),
    ]
    text = str(mail.get_body(("plain",)).get_content())
    assert text.count("A first time with Idris") == 2   # the heading, and a line of its own below
    assert "This waits for you too:" in text


async def test_at_night_it_waits_for_the_morning_and_says_so(pair: Pair, mailbox: MailServer) -> None:
    clock.move(timedelta(hours=12))
    sent = await nudge(pair)
    await drain()
    row = await again(sent)
    assert (row.state, row.due_at, row.attempts) == (MessageState.PLANNED, datetime(2026, 6, 2, 7, 30, tzinfo=UTC), 0)
    clock.move(row.due_at - clock.now())
    await drain()
    assert (await again(sent)).state is MessageState.SENT
    assert len(mailbox.mails) == 1


async def test_one_that_was_on_its_way_when_the_evening_came_gives_its_day_back(
    pair: Pair, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, beside = await nudge(pair), await nudge(pair, "F03")
    with monkeypatch.context() as away:
        away.setattr(email, "deliver", _away)
        await drain(strict=False)
    assert ((await again(sent)).state, await NudgeDay.all().count()) == (MessageState.QUEUED, 1)
    clock.move(timedelta(hours=12))
    await drain(strict=False)
    assert (await again(sent)).state is MessageState.PLANNED
    assert ((await again(beside)).state, await NudgeDay.all().count()) == (MessageState.PLANNED, 0)
    clock.move(timedelta(hours=12))
    await drain()
    assert len(mailbox.mails) == 1
    assert (await NudgeDay.get()).day.isoformat() == "2026-06-02"


async def test_one_that_became_needless_on_its_way_lets_the_others_go(
    pair: Pair, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, beside = await nudge(pair, "E03"), await nudge(pair)
    sent.kind, sent.facts = "M04", {"match_id": str(pair.match.id)}
    sent.state = MessageState.QUEUED   # let go, then its process died, and then it was answered
    await sent.save()
    await NudgeDay.create(
        organization_id=pair.organization.id, person_id=pair.mentee.id, day=MONDAY.date(), message_id=sent.id
    )
    await Message.filter(id=beside.id).update(state=MessageState.SUPPRESSED, reason=TOGETHER, digest_id=sent.id)
    await drain()
    assert (await again(sent)).reason == "no longer open"
    assert (await again(beside)).state is MessageState.SENT


async def test_a_nudge_that_was_let_go_is_finished_after_a_crash_and_holds_its_day_once(
    pair: Pair, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = await nudge(pair)

    async def die(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as crash:
        crash.setattr(actions, "HAND_OVER", {Channel.EMAIL: die})
        with pytest.raises(RuntimeError):
            await send_message(system_actor(pair.organization.id), sent.id)
    await drain()
    assert ((await again(sent)).state, await NudgeDay.all().count()) == (MessageState.SENT, 1)


async def _away(*_: object) -> email.Delivery:
    return email.Delivery(email.Fate.LATER, "451")
