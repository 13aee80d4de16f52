"""The link that ends letters: in those that may be switched off and in no others, signed, lasting, and taken back."""

import base64
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, NotFound
from server.kernel.facts import AuditEvent
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.notifications.actions import plan_message
from server.notifications.models import Message
from server.notifications.optout.actions import switch_mail
from server.notifications.optout.links import read, stop_url
from server.notifications.optout.queries import look
from server.notifications.states import MessageClass, MessageState
from server.people.actions import set_muted_kinds
from server.people.models import Profile
from server.people.states import PersonStatus
from tests.factories import Pair
from tests.server.notifications.conftest import happened
from tests.server.notifications.mail_server import MailServer
from tests.server.notifications.test_push import NOON

OPTIONAL = sorted(set(MessageClass) - {MessageClass.TRANSACTIONAL})


def key_for(pair: Pair, message_class: MessageClass = MessageClass.NUDGE) -> str:
    """The key in a letter to the mentee."""
    return stop_url(pair.mentee.id, message_class).partition("?key=")[2]


async def nudge(pair: Pair) -> Message:
    """A letter that brings to mind that nothing is booked."""
    system, about = system_actor(pair.organization.id), {"match_id": pair.match.id}
    return await plan_message(system, "F02", pair.mentee.id, pair.match.id, about, trigger="test")


async def test_a_nudge_names_its_end_in_headers_of_one_line_and_at_its_foot_and_a_match_does_not(
    pair: Pair, mailbox: MailServer
) -> None:
    with clock.at(NOON):
        await nudge(pair)
        await happened(pair, "match.activated")
        await drain(strict=False)
    by_subject = {"List-Unsubscribe" in mail: mail for mail in mailbox.to(pair.mentee.email)}
    nudged, announced = by_subject[True], by_subject[False]
    for mail in (nudged, announced):
        assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "OOF, AutoReply")
    assert "List-Unsubscribe-Post" not in announced
    assert b"unsubscribe" not in announced.as_bytes()
    assert nudged["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (url,) = re.findall(r"^<(https://ithaca\.example/unsubscribe\?key=[\w-]+)>$", nudged["List-Unsubscribe"])
    plain, marked = (nudged.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert (f"Send me no more of these: {url}" in plain, f'href="{url}"' in marked) == (True, True)
    link = read(url.partition("?key=")[2])
    assert (link.person_id, link.message_class) == (pair.mentee.id, MessageClass.NUDGE)


async def test_the_link_ends_what_is_planned_of_its_class_alone_and_takes_it_back(
    pair: Pair, mailbox: MailServer
) -> None:
    await set_muted_kinds(pair.mentee_actor, ["M03:push"])
    with clock.at(NOON):
        planned, key = await nudge(pair), key_for(pair)
        for _time in range(2):
            assert (await switch_mail(key, comes=False)).person == pair.mentee
        await drain(strict=False)
        assert (await Message.get(id=planned.id)).state is MessageState.SUPPRESSED
        assert (mailbox.mails, await theirs(pair)) == ([], ["M03:push", "NUDGE:mail"])
        await switch_mail(key, comes=True)
    assert await theirs(pair) == ["M03:push"]
    told = await AuditEvent.filter(action="mail.switch").order_by("id")
    assert [one.detail for one in told] == [
        {"message_class": "NUDGE", "comes": False}, {"message_class": "NUDGE", "comes": True},
    ]
    assert {(one.actor_id, one.target_id) for one in told} == {(str(pair.mentee.id), pair.mentee.id)}


async def test_a_link_lasts_for_a_year_and_ends_with_its_person(pair: Pair) -> None:
    with clock.at(NOON):
        key = key_for(pair)
    with clock.at(NOON + timedelta(days=365)):
        assert not (await look(key)).is_old
        await switch_mail(key, comes=False)
    with clock.at(NOON + timedelta(days=366)):
        assert (await look(key)).is_old
        with pytest.raises(Conflict):
            await switch_mail(key, comes=True)
    pair.mentee.status = PersonStatus.ENDED
    await pair.mentee.save()
    with pytest.raises(NotFound):
        await switch_mail(key, comes=True)
    assert await theirs(pair) == ["NUDGE:mail"]


@given(st.sampled_from(OPTIONAL), st.integers(0, 50), st.integers(1, 255))
def test_nobody_makes_or_alters_a_link(message_class: MessageClass, place: int, change: int) -> None:
    person = new_id()
    key = stop_url(person, message_class).partition("?key=")[2]
    assert (read(key).person_id, read(key).message_class) == (person, message_class)
    raw = bytearray(base64.urlsafe_b64decode(key + "="))
    raw[place % len(raw)] ^= change
    for forged in (base64.urlsafe_b64encode(raw).decode().rstrip("="), key[:-2], key + "AA", key[place % 40:][1:]):
        with pytest.raises(NotFound):
            read(forged)


@given(st.text())
def test_what_is_no_link_is_told_so(typed: str) -> None:
    with pytest.raises(NotFound):
        read(typed)


def test_what_people_do_to_each_other_has_no_end() -> None:
    assert stop_url(new_id(), MessageClass.TRANSACTIONAL) == ""


async def theirs(pair: Pair) -> list[str]:
    """What the mentee has switched off."""
    return (await Profile.get(person=pair.mentee)).muted_kinds
