"""A browser that asked is told at once, over a push service that opens what it is sent; a gone one is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.access.actions import close_session, end_sessions, open_session
from server.access.models import Ticket, UserSession
from server.journey.tapping.actions import tap
from server.journey.tapping.states import Ended
from server.kernel import clock
from server.kernel.errors import Invalid, NotFound
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.kernel.secrets import MARK, fingerprint
from server.matches.states import MatchState
from server.notifications.channels import push
from server.notifications.channels.push import Address, Fate, Notice, deliver, point_of
from server.notifications.models import PushKey, PushNotice, PushSubscription
from server.notifications.push.actions import GATES, renew, subscribe, unsubscribe
from server.notifications.push.keys import current_key, private_key, renew_key
from server.notifications.push.queries import UNUSED, is_told, may_be_asked
from server.notifications.states import MessageState
from server.sessions.models import Session
from tests.conftest import environment
from tests.factories import Pair, active_match
from tests.server.journey.tapping.test_tapping import offer
from tests.server.notifications.conftest import happened, session_of
from tests.server.notifications.mail_server import MailServer
from tests.server.notifications.push_service import PushService, push_service

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
HOSTILE = (
    "https://fcm.googleapis.com.evil.example/x", "http://fcm.googleapis.com/x", "https://127.0.0.1/x",
    "https://[::ffff:169.254.169.254]/x", "http://127.0.0.1:9/x", "https://fcm.googleapis.com:8443/x", "",
)
NOTICE = Notice("Noor, Tuesday 13:00?", "Noor said yes.", "en-GB", "ltr", "m-1", "/match/1")


@pytest.fixture
async def service() -> AsyncGenerator[PushService, None]:
    async with push_service() as found:
        yield found


@pytest.fixture(autouse=True)
def open_gates() -> Iterator[None]:
    yield
    GATES.clear()


async def asked(pair: Pair, service: PushService, name: str = "one") -> str:
    """Noor asks in a browser of hers; returns the secret of its session."""
    with clock.at(NOON - timedelta(hours=1)):
        secret = await open_session(pair.mentee)
        key = await current_key()
        await subscribe(pair.mentee_actor, fingerprint(secret), service.address(name), key.point)
    return secret


async def booked(pair: Pair, at: datetime = NOON) -> Session:
    """A session is booked, and all that is due is done."""
    with clock.at(at):
        session = await session_of(pair, at + timedelta(days=2))
        await happened(pair, "session.booked", session_id=session.id)
        await drain(strict=False)
        return session


async def sent_again(minutes: int, at: datetime = NOON) -> None:
    with clock.at(at + timedelta(minutes=minutes)):
        await drain(strict=False)


async def test_what_arrives_is_what_was_sent_closed_for_one_browser_and_signed(service: PushService) -> None:
    delivery = await deliver(service.address(), NOTICE, KEY, topic="a" * 32)
    assert delivery.fate is Fate.SENT
    assert service.heard == [{
        "title": "Noor, Tuesday 13:00?", "body": "Noor said yes.", "lang": "en-GB", "dir": "ltr", "tag": "m-1",
        "navigate": "/match/1",
    }]
    assert service.is_signed_by(point_of(KEY))
    sent = {name.lower(): value for name, value in service.headers[0].items()}
    assert (sent["content-encoding"], sent["ttl"], sent["topic"]) == ("aes128gcm", "43200", "a" * 32)


async def test_the_longest_words_fit_into_what_every_service_takes(service: PushService) -> None:
    long = Notice("ش" * 5_000, "ش" * 5_000, "ar", "rtl", "m-1", "/match/1")
    assert (await deliver(service.address(), long, KEY, topic="t")).fate is Fate.SENT
    assert len(long.payload().encode()) <= push.MOST_BYTES
    endless = Notice("", "", "en-GB", "ltr", "m-1", "/" + "x" * push.MOST_BYTES)
    assert (await deliver(service.address(), endless, KEY, topic="t")).code == "size"


@pytest.mark.parametrize(("answer", "fate"), [
    (404, Fate.GONE), (410, Fate.GONE), (429, Fate.LATER), (500, Fate.LATER), (503, Fate.LATER), (307, Fate.REFUSED),
    (400, Fate.REFUSED), (403, Fate.REFUSED), (413, Fate.REFUSED),
])
async def test_what_a_service_says_is_understood(service: PushService, answer: int, fate: Fate) -> None:
    service.answers, service.extra = [answer], {"Retry-After": "90"}
    delivery = await deliver(service.address(), NOTICE, KEY, topic="t")
    assert (delivery.fate, service.heard, service.asked) == (fate, [], 1)
    assert delivery.after == (timedelta(seconds=90) if fate is Fate.LATER else None)


async def test_a_hostile_address_is_neither_kept_nor_written_to(pair: Pair, service: PushService) -> None:
    secret, key = await open_session(pair.mentee), await current_key()
    for endpoint in HOSTILE:
        hostile = Address(endpoint, service.address().p256dh, service.address().auth)
        with pytest.raises(Invalid):
            await subscribe(pair.mentee_actor, fingerprint(secret), hostile, key.point)
        assert (await deliver(hostile, NOTICE, KEY, topic="t")).code == "address", endpoint
    assert (await PushSubscription.all().count(), service.asked) == (0, 0)


async def test_without_the_setting_this_machine_is_not_written_to(service: PushService) -> None:
    with environment(ITHACA_PUSH_LOOPBACK=""):
        assert (await deliver(service.address(), NOTICE, KEY, topic="t")).code == "address"
    assert service.asked == 0


async def test_who_asked_is_told_of_a_booking_and_the_other_is_not(
    pair: Pair, mailbox: MailServer, service: PushService
) -> None:
    await asked(pair, service)
    session = await booked(pair)
    assert len(mailbox.mails) == 2
    assert len(service.heard) == 1
    said = service.heard[0]
    assert said["title"] == str(mailbox.to(pair.mentee.email)[0]["Subject"])
    opens = f"/session/{session.id}?told={said['tag']}"
    assert (said["body"], said["navigate"]) == ("The mail has the entry for your calendar.", opens)
    notice = await PushNotice.get()
    assert (notice.state, said["tag"]) == (MessageState.SENT, str(notice.message_id))


async def test_a_mail_server_that_is_away_holds_no_notice_up(pair: Pair, service: PushService) -> None:
    await asked(pair, service)
    await booked(pair)
    assert len(service.heard) == 1


async def test_what_is_old_news_by_now_is_not_told(pair: Pair, service: PushService) -> None:
    await asked(pair, service)
    session = await booked(pair)
    await PushNotice.filter(sent_at__gt=NOON - timedelta(days=1)).update(state=MessageState.PLANNED)
    await Session.filter(id=session.id).update(sequence=9)
    await sent_again(1)
    notice = await PushNotice.get()
    assert (notice.state, notice.reason, len(service.heard)) == (MessageState.SUPPRESSED, "moved since", 1)


async def test_a_browser_that_is_gone_is_forgotten_at_the_first_word(
    pair: Pair, mailbox: MailServer, service: PushService
) -> None:
    await asked(pair, service)
    service.answers = [410]
    await booked(pair)
    assert (await PushSubscription.all().count(), await PushNotice.all().count(), service.asked) == (0, 0, 1)
    assert len(mailbox.mails) == 2


async def test_not_now_is_tried_again_under_the_same_topic_and_tag(pair: Pair, service: PushService) -> None:
    await asked(pair, service)
    service.answers = [503, 429]
    await booked(pair)
    notice = await PushNotice.get()
    assert (notice.state, notice.attempts, notice.reason) == (MessageState.PLANNED, 1, "503")
    await sent_again(2)
    await sent_again(20)
    assert (service.asked, len(service.heard)) == (3, 1)
    assert {name.lower(): value for name, value in service.headers[0].items()}["topic"] == notice.id.hex
    assert service.heard[0]["tag"] == str(notice.message_id)


async def test_a_notice_refused_for_good_is_not_sent_again(pair: Pair, service: PushService) -> None:
    await asked(pair, service)
    service.answers = [403]
    await booked(pair)
    await sent_again(600)
    notice = await PushNotice.get()
    assert (notice.state, notice.reason, service.asked) == (MessageState.FAILED, "refused 403", 1)


async def test_news_of_yesterday_is_dropped(pair: Pair, service: PushService) -> None:
    await asked(pair, service)
    service.answers = [503]
    await booked(pair)
    await sent_again(12 * 60)
    notice = await PushNotice.get()
    assert (notice.state, notice.reason, service.asked) == (MessageState.SUPPRESSED, "too late", 1)


async def test_a_service_that_is_away_is_knocked_at_once_a_minute(pair: Pair) -> None:
    async with push_service() as service:
        for number in range(7):
            await asked(pair, service, f"browser-{number}")
        origin = service.origin
    with environment(ITHACA_PUSH_LOOPBACK=origin):
        await booked(pair)
        rows = await PushNotice.all()
        assert [(one.state, one.attempts) for one in rows] == [(MessageState.PLANNED, 0)] * 7
        assert {one.reason for one in rows} == {"ClientConnectorError", "service away"}
        with clock.at(NOON + timedelta(seconds=61)):
            assert GATES[origin].room() == 1


async def test_signed_out_or_signed_out_from_elsewhere_is_told_no_more(
    pair: Pair, mailbox: MailServer, service: PushService
) -> None:
    await close_session(await asked(pair, service))
    await drain()
    assert await PushSubscription.all().count() == 0
    await asked(pair, service)
    await end_sessions(pair.mentee_actor, pair.mentee.id)
    await booked(pair)
    assert service.heard == []


async def test_signing_in_again_in_the_same_browser_carries_on(pair: Pair, service: PushService) -> None:
    before = await asked(pair, service)
    with clock.at(NOON):
        after = await open_session(pair.mentee)
        await close_session(before, followed_by=after)
        await drain()
    assert await is_told(pair.mentee_actor, fingerprint(after))
    await booked(pair)
    assert len(service.heard) == 1


async def test_a_browser_that_another_person_signs_in_to_is_not_told_of_the_first(
    pair: Pair, service: PushService
) -> None:
    before = await asked(pair, service)
    after = await open_session(pair.mentor)
    await close_session(before, followed_by=after)
    await drain()
    assert await PushSubscription.all().count() == 0


async def test_an_idle_browser_is_told_and_one_unused_for_a_month_is_not(pair: Pair, service: PushService) -> None:
    await asked(pair, service)
    await booked(pair, NOON + timedelta(days=2))
    assert len(service.heard) == 1
    await booked(pair, NOON + timedelta(days=31))
    assert len(service.heard) == 1


async def test_asking_again_changes_nothing_and_asking_no_more_ends_it(pair: Pair, service: PushService) -> None:
    secret = await asked(pair, service)
    with clock.at(NOON):
        await subscribe(
            pair.mentee_actor, fingerprint(secret), service.address("two"), (await current_key()).point
        )
    assert await PushSubscription.all().count() == 1
    await unsubscribe(pair.mentee_actor, fingerprint(secret))
    await unsubscribe(pair.mentee_actor, fingerprint(secret))
    assert await PushSubscription.all().count() == 0
    acts = await AuditEvent.filter(action__startswith="push.").values_list("action", flat=True)
    assert sorted(acts) == ["push.forget", "push.subscribe", "push.subscribe"]


async def test_one_browser_is_told_of_one_person_alone(pair: Pair, service: PushService) -> None:
    await asked(pair, service)
    theirs = await open_session(pair.mentor)
    await subscribe(pair.mentor_actor, fingerprint(theirs), service.address(), (await current_key()).point)
    row = await PushSubscription.get()
    assert row.person_id == pair.mentor.id


async def test_a_browser_that_renews_by_itself_is_told_at_its_new_address_alone(
    pair: Pair, service: PushService
) -> None:
    mark, point = fingerprint(await asked(pair, service)), (await current_key()).point
    with clock.at(NOON + timedelta(days=2)):   # idle for long, so that nobody is signed in there
        for _twice in range(2):
            await renew(mark, service.address("two"), point)
    row = await PushSubscription.get()
    assert (row.endpoint, row.person_id) == (service.address("two").endpoint, pair.mentee.id)
    acts = await AuditEvent.filter(action="push.renew")
    assert [one.actor_id for one in acts] == [str(pair.mentee.id)] * 2
    with pytest.raises(Invalid):
        await renew(mark, Address(HOSTILE[0], row.p256dh, row.auth), point)
    await booked(pair, NOON + timedelta(days=2))
    assert len(service.heard) == 1


async def test_nothing_is_renewed_for_nobody_signed_out_unused_or_idle_and_never_told(
    pair: Pair, service: PushService
) -> None:
    mark, point = fingerprint(await asked(pair, service)), (await current_key()).point
    with clock.at(NOON - timedelta(hours=1)):
        silent = fingerprint(await open_session(pair.mentor))
    for when, who in ((NOON + UNUSED, mark), (NOON + timedelta(days=2), silent), (NOON, "nobody's")):
        with clock.at(when), pytest.raises(NotFound):
            await renew(who, service.address("two"), point)
    await UserSession.filter(fingerprint=mark).update(revoked_at=NOON)
    with clock.at(NOON), pytest.raises(NotFound):
        await renew(mark, service.address("two"), point)
    assert [one.endpoint for one in await PushSubscription.all()] == [service.address().endpoint]


async def test_a_browser_in_use_that_we_forgot_as_gone_comes_back_by_itself(pair: Pair, service: PushService) -> None:
    mark = fingerprint(await asked(pair, service))
    service.answers = [410]
    await booked(pair)
    with clock.at(NOON):
        await renew(mark, service.address("two"), (await current_key()).point)
    assert await is_told(pair.mentee_actor, mark)


async def test_address_keys_and_our_own_secret_lie_encrypted(pair: Pair, service: PushService) -> None:
    await asked(pair, service)
    connection = PushSubscription._meta.db
    stored = await connection.execute_query_dict("SELECT endpoint, p256dh, auth FROM push_subscription")
    stored += await connection.execute_query_dict("SELECT secret FROM push_key")
    assert all(str(value).startswith(MARK) for row in stored for value in dict(row).values())
    assert (await PushSubscription.get()).endpoint == service.address().endpoint


async def test_keys_that_fit_nothing_an_old_key_and_anothers_session_are_refused(
    pair: Pair, service: PushService
) -> None:
    held, good, point = fingerprint(await open_session(pair.mentee)), service.address(), (await current_key()).point
    for wrong in (Address(good.endpoint, "AAAA", good.auth), Address(good.endpoint, good.p256dh, "AAAA"),
                  Address(good.endpoint, "é", good.auth), Address(good.endpoint, good.p256dh, "")):
        with pytest.raises(Invalid):
            await subscribe(pair.mentee_actor, held, wrong, point)
    with pytest.raises(Invalid):
        await subscribe(pair.mentee_actor, held, good, "BOld")
    with pytest.raises(NotFound):
        await subscribe(pair.mentor_actor, held, good, point)
    await UserSession.filter(person=pair.mentee).update(revoked_at=clock.now())
    with pytest.raises(NotFound):
        await subscribe(pair.mentee_actor, held, good, point)
    assert await PushSubscription.all().count() == 0


async def test_the_key_is_made_once_also_by_two_at_once(db: object) -> None:
    made = await asyncio.gather(*(current_key() for _number in range(5)))
    assert len({one.point for one in made}) == await PushKey.all().count() == 1


async def test_a_renewed_key_ends_every_subscription(pair: Pair, service: PushService) -> None:
    await asked(pair, service)
    before = await current_key()
    assert await renew_key() == 1
    after = await current_key()
    assert (after.number, after.point == before.point) == (2, False)
    assert await PushSubscription.all().count() == 0
    with pytest.raises(NotFound):
        await private_key(before.id)


async def test_nobody_is_asked_before_their_first_booking(db: object) -> None:
    pair = await active_match()
    assert not await may_be_asked(pair.mentee_actor)
    await session_of(pair)
    assert await may_be_asked(pair.mentee_actor)
    assert not await may_be_asked(pair.stranger_actor)


async def test_a_time_that_the_other_suggests_comes_with_two_buttons_and_one_ticket(
    db: object, service: PushService
) -> None:
    offered = await offer()
    pair, key = offered.pair, await current_key()
    await subscribe(pair.mentor_actor, fingerprint(await open_session(pair.mentor)), service.address(), key.point)
    service.answers = [503]
    await happened(pair, "match.member_accepted")
    await drain(strict=False)
    with clock.at(clock.now() + timedelta(minutes=2)):
        await drain(strict=False)
    said = next(one for one in service.heard if one["title"].endswith("?"))
    page = f"/match/{pair.match.id}?told={said['tag']}"
    assert said["actions"] == [
        {"action": "accept", "title": "Accept", "navigate": page},
        {"action": "open", "title": "Look first", "navigate": page},
    ]
    assert (said["title"].partition(",")[0], said["body"]) == ("Noor", "Noor said yes and suggests this time.")
    secret = said["data"]["tickets"]["accept"]
    assert len(push.unpacked(secret)) == 16
    tickets = await Ticket.filter(person=pair.mentor).values_list("fingerprint", flat=True)
    assert sorted(tickets) == sorted((fingerprint(secret), fingerprint(offered.secret)))   # a repeat made no other
    assert (await tap(secret)).ended is Ended.BOOKED


async def test_who_is_asked_without_a_time_gets_no_button(db: object, service: PushService) -> None:
    pair, key = await active_match(state=MatchState.AWAITING_BOTH), await current_key()
    await subscribe(pair.mentee_actor, fingerprint(await open_session(pair.mentee)), service.address(), key.point)
    await happened(pair, "match.published")
    await drain(strict=False)
    assert [one["title"] for one in service.heard] == ["Noor, meet Idris"]
    assert "actions" not in service.heard[0]
