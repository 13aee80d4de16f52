"""A message reaches a person once, over a real SMTP server, whatever the server or the process does."""

import asyncio
import math
from datetime import timedelta
from uuid import UUID

import pytest

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import drain, lanes
from server.kernel.jobs.lanes import LANES, Lane, TryLater, claim, give_back, work
from server.matches.states import Approval, MatchState
from server.notifications import actions
from server.notifications.actions import plan_message, send_message
from server.notifications.channels import email, gate
from server.notifications.channels.email import Delivery, Fate, Target, compose, deliver
from server.notifications.channels.lines import LINES
from server.notifications.jobs import missing_mail_server
from server.notifications.models import Message
from server.notifications.states import MessageState
from server.notifications.texts import Letter
from server.people.states import PersonStatus
from tests.conftest import environment
from tests.factories import Pair, active_match
from tests.server.notifications.conftest import happened, session_of
from tests.server.notifications.mail_server import MailServer


@pytest.fixture
async def pair(db: object) -> Pair:
    """They begin today, on the clock of these tests."""
    return await active_match()


async def announce(pair: Pair) -> None:
    await happened(pair, "match.activated")


async def states() -> list[tuple[MessageState, str]]:
    return [(row.state, row.reason) for row in await Message.all().order_by("id")]


async def test_both_get_one_mail_each_and_a_second_fact_sends_nothing(pair: Pair, mailbox: MailServer) -> None:
    await announce(pair)
    await drain()
    await announce(pair)
    await drain()
    assert sorted(str(mail["To"]) for mail in mailbox.mails) == [
        f"Idris Brightwater <{pair.mentor.email}>", f"Noor Saltmarsh <{pair.mentee.email}>",
    ]
    assert await states() == [(MessageState.SENT, "")] * 2


async def test_the_message_id_is_the_rows(pair: Pair, mailbox: MailServer) -> None:
    await announce(pair)
    await drain()
    expected = {f"<{row.id}@harbourline.example>" for row in await Message.all()}
    assert set(mailbox.ids) == expected


async def test_a_crash_after_the_server_took_it_repeats_only_the_same_mail(
    pair: Pair, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await announce(pair)
    settle = actions._settle

    async def dies(actor: Actor, message: Message, state: MessageState, reason: str) -> Message:
        if state is MessageState.SENT:
            raise asyncio.CancelledError  # the process ends here: nothing after "250" is written
        return await settle(actor, message, state, reason)

    monkeypatch.setattr(actions, "_settle", dies)
    with pytest.raises(asyncio.CancelledError):
        await drain()
    monkeypatch.setattr(actions, "_settle", settle)
    assert len(mailbox.mails) == 1
    await Message.filter().update(lease_until=None)
    await drain()
    assert len(mailbox.mails) == 3
    assert len(set(mailbox.ids)) == 2


@pytest.mark.parametrize("trouble", ["down", "mute", "not now"])
async def test_after_an_hour_without_mail_what_still_holds_arrives_in_order_and_what_has_passed_does_not(
    mailbox: MailServer, db: object, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trouble == "mute":
        monkeypatch.setattr(email, "TIMEOUT_S", 0.05)
    pairs = [await active_match() for _ in range(4)]
    if trouble == "not now":
        mailbox.answers |= {one.email: "451 4.3.2 Not now" for pair in pairs for one in (pair.mentor, pair.mentee)}
    else:
        await (mailbox.down() if trouble == "down" else mailbox.mute())
    for pair in pairs:
        await announce(pair)
    soon = await session_of(pairs[0], clock.now() + timedelta(minutes=30))
    await happened(pairs[0], "session.booked", session_id=soon.id)
    for _ in range(6):
        await drain(strict=False)
        clock.move(timedelta(minutes=10))
    assert mailbox.mails == []
    assert {row.state for row in await Message.all()} <= {MessageState.PLANNED, MessageState.QUEUED}
    mailbox.answers.clear()
    monkeypatch.undo()
    if trouble != "not now":
        assert {row.attempts for row in await Message.all()} == {0}, "no message is to blame"
        await (mailbox.down() if trouble == "mute" else asyncio.sleep(0))
        await mailbox.up()
    second = await plan_message(
        system_actor(pairs[0].organization.id), "M08", pairs[0].mentor.id, pairs[0].match.id,
        {"match_id": pairs[0].match.id}, trigger="t", occurrence="again",
    )
    for _ in range(10):
        await drain(strict=False)
        clock.move(timedelta(minutes=1))
    ends = {(row.kind, row.state, row.reason) for row in await Message.all()}
    late = {(kind, MessageState.SUPPRESSED, "too late") for kind in ("S01", "S04")}
    assert ends == {("M08", MessageState.SENT, ""), *late}
    assert len(mailbox.mails) == len(set(mailbox.ids)) == 2 * len(pairs) + 1
    assert str(mailbox.to(pairs[0].mentor.email)[1]["Message-ID"]).startswith(f"<{second.id}@")


async def test_an_hour_without_the_server_costs_one_connection_a_minute(mailbox: MailServer, db: object) -> None:
    for one in [await active_match() for _ in range(4)]:
        await happened(one, "match.activated")
    tries = 0

    async def away(mail: object, target: object, taken: object) -> Delivery:
        nonlocal tries
        tries += 1
        return Delivery(Fate.AWAY, "421")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions.email, "deliver", away)
        for _ in range(240):
            await drain(strict=False)
            clock.move(timedelta(seconds=15))
    assert gate.MOST_FAILURES <= tries <= 60 + 2 * gate.MOST_FAILURES
    await drain()
    assert len(mailbox.mails) == 8


async def test_not_now_is_tried_again_by_the_clock(pair: Pair, mailbox: MailServer) -> None:
    mailbox.answers[pair.mentor.email] = "451 4.2.1 Try again later"
    await announce(pair)
    await drain(strict=False)
    mine = await Message.filter(recipient_id=pair.mentor.id).first()
    assert mine is not None
    assert (mine.state, mine.reason, mine.attempts) == (MessageState.QUEUED, "451", 1)
    assert len(mailbox.to(pair.mentee.email)) == 1
    mailbox.answers.clear()
    await drain()
    assert not mailbox.to(pair.mentor.email)
    clock.move(timedelta(minutes=2))
    await drain()
    assert len(mailbox.to(pair.mentor.email)) == 1


async def test_a_dead_address_fails_for_good(pair: Pair, mailbox: MailServer) -> None:
    mailbox.answers[pair.mentor.email] = "550 5.1.1 No such person"
    await announce(pair)
    await drain()
    mine = await Message.filter(recipient_id=pair.mentor.id).first()
    assert mine is not None
    assert (mine.state, mine.reason) == (MessageState.FAILED, "refused 550")
    clock.move(timedelta(days=2))
    mailbox.answers.clear()
    await drain()
    assert not mailbox.to(pair.mentor.email)


async def test_a_day_of_not_now_ends_as_failed(pair: Pair, mailbox: MailServer) -> None:
    mailbox.answers[pair.mentor.email] = "451 4.2.1 Try again later"
    await announce(pair)
    for _ in range(30):
        await drain(strict=False)
        clock.move(timedelta(minutes=67))
    mine = await Message.filter(recipient_id=pair.mentor.id).first()
    assert mine is not None
    assert (mine.state, mine.reason) == (MessageState.FAILED, "451")


async def test_what_is_undone_in_time_reaches_nobody(pair: Pair, mailbox: MailServer) -> None:
    await happened(pair, "match.activated", hold=timedelta(seconds=10))
    await drain()
    await OutboxEvent.filter().update(withdrawn_at=clock.now())
    clock.move(timedelta(minutes=1))
    await drain()
    assert (mailbox.mails, await Message.all().count()) == ([], 0)


async def test_a_message_that_is_no_longer_needed_is_suppressed_with_its_reason(
    pair: Pair, mailbox: MailServer
) -> None:
    for member in await pair.match.members.all():
        member.approval = Approval.PENDING
        await member.save()
    pair.match.state = MatchState.AWAITING_BOTH
    await pair.match.save()
    mailbox.answers.update({pair.mentor.email: "451 later", pair.mentee.email: "451 later"})
    await happened(pair, "match.published")
    await drain(strict=False)
    mailbox.answers.clear()
    await pair.match.members.filter(person_id=pair.mentor.id).update(approval=Approval.ACCEPTED)
    clock.move(timedelta(minutes=2))
    await drain()
    assert sorted(await states()) == [(MessageState.SENT, ""), (MessageState.SUPPRESSED, "answered")]
    assert len(mailbox.mails) == 1


async def test_who_has_left_gets_nothing(pair: Pair, mailbox: MailServer) -> None:
    await announce(pair)
    pair.mentor.status = PersonStatus.ENDED
    await pair.mentor.save()
    await drain()
    assert sorted(await states()) == [(MessageState.SENT, ""), (MessageState.SUPPRESSED, "the person has left")]


async def test_one_persons_messages_leave_in_their_order(pair: Pair, mailbox: MailServer) -> None:
    actor = system_actor(pair.organization.id)
    about = {"match_id": pair.match.id}
    mailbox.answers[pair.mentor.email] = "451 later"
    await plan_message(actor, "M08", pair.mentor.id, pair.match.id, about, trigger="test", occurrence="first")
    await drain(strict=False)
    second = await plan_message(actor, "M08", pair.mentor.id, pair.match.id, about, trigger="test", occurrence="second")
    mailbox.answers.clear()
    await drain()
    assert mailbox.mails == []
    clock.move(timedelta(minutes=2))
    await drain()
    assert len(mailbox.mails) == 2
    assert mailbox.ids[1].startswith(f"<{second.id}@")


async def test_without_a_mail_server_messages_wait_and_the_operator_is_told(pair: Pair) -> None:
    with environment(ITHACA_SMTP_HOST="", ITHACA_DEMO="false"):
        await announce(pair)
        await drain()
        assert {state for state, _ in await states()} == {MessageState.PLANNED}
        assert "ITHACA_SMTP_HOST" in missing_mail_server()


async def test_sending_twice_sends_once(pair: Pair, mailbox: MailServer) -> None:
    actor = system_actor(pair.organization.id)
    message = await plan_message(actor, "M08", pair.mentor.id, pair.match.id, {"match_id": pair.match.id}, trigger="t")
    await send_message(actor, message.id)
    await send_message(actor, message.id)
    assert len(mailbox.mails) == 1


async def test_a_lease_that_went_to_another_is_not_worked_on(pair: Pair, mailbox: MailServer) -> None:
    await announce(pair)
    (mine,) = await claim(LANES["outbox"], "slow")
    clock.move(timedelta(minutes=3))
    (theirs,) = await claim(LANES["outbox"], "quick")
    assert (await work(mine)).ending == "LOST"
    assert (await work(theirs)).ending == "DONE"


async def test_a_row_that_kills_its_worker_three_times_is_parked_and_the_rest_goes_on(
    pair: Pair, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "BORN", -math.inf)   # each life is a long one
    await announce(pair)

    class Died(BaseException):
        pass

    async def dies(event: object) -> None:
        raise Died

    other = await active_match()
    lane = LANES["outbox"]
    poison = (await OutboxEvent.all())[0].id
    broken = Lane(lane.name, lane.model, lane.due, lane.open, dies, lane.marks, lane.group)
    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setitem(LANES, "outbox", broken)
            (held,) = await claim(broken, "dying")
            with pytest.raises(Died):
                await work(held)
        await give_back("dying")
    await announce(other)
    await drain(strict=False)
    row = await OutboxEvent.filter(id=poison).first()
    assert row is not None
    assert (row.parked_at is not None, row.last_error) == (True, "crashed")
    assert len(mailbox.mails) == 2


async def test_between_the_servers_yes_and_our_mark_stands_one_mail_at_a_time(mailbox: MailServer) -> None:
    marked, most_in_doubt = 0, 0

    async def mark() -> None:
        nonlocal marked, most_in_doubt
        most_in_doubt = max(most_in_doubt, len(mailbox.mails) - marked)
        await asyncio.sleep(0.02)
        most_in_doubt = max(most_in_doubt, len(mailbox.mails) - marked)
        marked += 1

    async def one(number: int) -> Delivery:
        mail = compose(
            Letter("Hello", "Hello", "<p>Hello</p>"), message_id=UUID(int=number), to=("Noor", "noor@example.test"),
            mail_from="ithaca@example.test", at=clock.now(),
        )
        return await deliver(mail, Target("127.0.0.1", mailbox.port), mark)

    async with LINES.kept():
        for first in (0, 5):    # by new connections, and by those that are kept
            sent = await asyncio.gather(*(one(first + number) for number in range(5)))
            assert {delivery.fate for delivery in sent} == {Fate.SENT}
    assert (marked, most_in_doubt, mailbox.connections) == (10, 1, 5)


async def test_a_server_that_is_away_raises_try_later(pair: Pair, mailbox: MailServer) -> None:
    await mailbox.down()
    actor = system_actor(pair.organization.id)
    message = await plan_message(actor, "M08", pair.mentor.id, pair.match.id, {"match_id": pair.match.id}, trigger="t")
    with pytest.raises(TryLater) as raised:
        await send_message(actor, message.id)
    assert raised.value.counted is False
    await mailbox.up()
