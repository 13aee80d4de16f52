"""What a person switches off stays away on that channel, and nothing else does."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.notifications.actions import plan_message
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import Message
from server.notifications.push.choosing import REPORTS, TOPICS, muted_by
from server.notifications.states import Channel, MessageClass, MessageState
from server.people.actions import set_muted_kinds
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState, SurveyKind
from tests.factories import Pair
from tests.server.notifications.conftest import happened, session_of
from tests.server.notifications.mail_server import MailServer
from tests.server.notifications.push_service import PushService, push_service
from tests.server.notifications.test_push import NOON, asked

EVERY = (*TOPICS, REPORTS)
CHECK_INS = next(topic for topic in TOPICS if topic.key == "check-ins")


@pytest.fixture
async def service() -> AsyncGenerator[PushService, None]:
    async with push_service() as found:
        yield found


def test_every_kind_that_can_be_switched_off_stands_in_one_topic():
    listed = [kind for topic in EVERY for kind in topic.kinds]
    can_be = {
        key for key, kind in CATALOGUE.items() if kind.pushes or kind.message_class is not MessageClass.TRANSACTIONAL
    }
    assert len(listed) == len(set(listed))
    assert can_be <= set(listed)
    for topic in EVERY:
        assert {CATALOGUE[kind].message_class for kind in topic.kinds} == {topic.message_class}
    optional = [topic.message_class for topic in EVERY if topic.mail_is_optional]
    assert sorted(optional) == sorted(set(MessageClass) - {MessageClass.TRANSACTIONAL})


@pytest.mark.parametrize("pushed", [(), ("check-ins",)])
@pytest.mark.parametrize("mailed", [(), ("check-ins",)])
def test_what_was_chosen_is_what_is_shown(pushed, mailed):
    muted = muted_by([CHECK_INS], pushed, mailed)
    assert (CHECK_INS.is_pushed(muted), CHECK_INS.is_mailed(muted)) == (bool(pushed), bool(mailed))


def test_mails_about_what_people_do_to_each_other_cannot_be_switched_off():
    muted = muted_by(EVERY, (), ())
    assert {topic.key: topic.is_mailed(muted) for topic in EVERY} == {
        "plans": True, "words": True, "nudges": False, "check-ins": False, "sign-in": True, "reports": False,
    }
    assert not any(topic.is_pushed(muted) for topic in EVERY)


@pytest.mark.parametrize(("muted", "mails", "notices"), [
    ([], 2, 1), (["S01:push"], 2, 0), (["S01"], 2, 0), (["S01:mail"], 2, 1), (["S02:push"], 2, 1),
])
async def test_a_booking_is_always_mailed_and_pushed_unless_that_is_off(
    pair: Pair, mailbox: MailServer, service: PushService, muted: list[str], mails: int, notices: int
) -> None:
    await asked(pair, service)
    await set_muted_kinds(pair.mentee_actor, muted)
    with clock.at(NOON):
        session = await session_of(pair, NOON + timedelta(days=2))
        await happened(pair, "session.booked", session_id=session.id)
        await drain(strict=False)
    assert (len(mailbox.mails), len(service.heard)) == (mails, notices)


@pytest.mark.parametrize(("muted", "state", "notices"), [
    (["R01"], MessageState.SUPPRESSED, 0), (["R01:mail"], MessageState.SENT, 1),
    (["R01:push"], MessageState.SENT, 0), (["SURVEY:mail"], MessageState.SENT, 1),
    (["NUDGE:mail", "NUDGE:push"], MessageState.SENT, 1),
])
async def test_a_check_in_comes_by_the_channel_that_is_on(
    pair: Pair, mailbox: MailServer, service: PushService, muted: list[str], state: MessageState, notices: int
) -> None:
    await asked(pair, service)
    await set_muted_kinds(pair.mentee_actor, muted)
    with clock.at(NOON):
        survey = await SurveyInvitation.create(
            organization_id=pair.organization.id, kind=SurveyKind.CHECK_IN, match=pair.match,
            program_id=pair.program.id, person_id=pair.mentee.id, state=InvitationState.OPEN, opens_at=NOON,
            closes_at=NOON + timedelta(days=10),
        )
        await happened(pair, "survey.opened", invitation_id=survey.id)
        await drain(strict=False)
    told = await Message.get()
    assert (told.state, len(service.heard)) == (state, notices)
    assert len(service.heard) + len(mailbox.mails) == (state is MessageState.SENT)


async def test_who_wants_nudges_by_push_alone_gets_one_a_day_and_the_next_is_not_lost(
    pair: Pair, mailbox: MailServer, service: PushService
) -> None:
    await asked(pair, service)
    await set_muted_kinds(pair.mentee_actor, ["NUDGE:mail"])
    with clock.at(NOON):
        for kind in ("F01", "F02"):
            await plan_message(
                system_actor(pair.organization.id), kind, pair.mentee.id, pair.match.id, {"match_id": pair.match.id},
                trigger="test",
            )
        await drain()
        first, second = await Message.all().order_by("kind")
        assert (first.state, first.channel) == (MessageState.SENT, Channel.PUSH)
        assert (second.state, second.due_at.date()) == (MessageState.PLANNED, NOON.date() + timedelta(days=1))
        clock.move(second.due_at - clock.now())
        await drain()
    assert (len(mailbox.mails), len(service.heard)) == (0, 2)
