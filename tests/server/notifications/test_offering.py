"""What is offered after a first booking: the right thing for the browser, and never again after a no."""

import pytest

from server.access.actions import open_session
from server.journey.today.queries import home
from server.kernel.actor import Actor
from server.kernel.facts import AuditEvent
from server.kernel.secrets import fingerprint
from server.notifications.offers.queries import is_iphone_safari, offer_of
from server.notifications.push.actions import subscribe
from server.notifications.push.keys import current_key
from server.notifications.push.queries import may_be_asked
from server.people.models import Profile
from server.people.offers.actions import refuse_offer
from server.people.offers.queries import refused_offers
from server.people.states import Offer
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.server.notifications.conftest import session_of
from tests.server.notifications.push_service import push_service

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
SAFARI, APP = f"{IPHONE} Version/19.0 Mobile/15E148 Safari/604.1", f"{IPHONE} Mobile/15E148"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15"
CHROME = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Mobile Safari/537.36"


@pytest.fixture
async def pair(db):
    return await factories.active_match()


@pytest.mark.parametrize(("agent", "needs"), [
    (SAFARI, True), (APP, False), (MAC, False), (CHROME, False), ("", False),
    (f"{IPHONE} CriOS/150 Mobile/15E148 Safari/604.1", False),
])
def test_safari_on_an_iphone_is_known_from_its_name(agent, needs):
    assert is_iphone_safari(agent) is needs


async def offered(actor: Actor, mark: str, agent: str) -> Offer | None:
    return await offer_of(actor, mark, agent, refused_offers(await Profile.get_or_none(person_id=actor.person_id)))


async def test_a_device_is_offered_to_be_told_until_it_is_or_its_person_says_not_now(pair):
    mark = fingerprint(await open_session(pair.mentee, CHROME))
    assert await offered(pair.mentee_actor, mark, CHROME) is Offer.PUSH
    assert await offered(pair.mentee_actor, mark, APP) is Offer.PUSH
    async with push_service() as service:
        await subscribe(pair.mentee_actor, mark, service.address(), (await current_key()).point)
    assert await offered(pair.mentee_actor, mark, CHROME) is None
    other = fingerprint(await open_session(pair.mentee, CHROME))
    assert await offered(pair.mentee_actor, other, CHROME) is Offer.PUSH
    for _twice in range(2):
        await refuse_offer(pair.mentee_actor, Offer.PUSH)
    assert await offered(pair.mentee_actor, other, CHROME) is None
    assert await offered(pair.mentor_actor, other, CHROME) is Offer.PUSH
    assert [one.detail for one in await AuditEvent.filter(action="profile.change")] == [{"fields": ["push_refused_at"]}]


async def test_an_iphone_is_offered_the_app_first_until_it_has_it_or_its_person_says_not_now(pair):
    mark = fingerprint(await open_session(pair.mentee, SAFARI))
    assert await offered(pair.mentee_actor, mark, SAFARI) is Offer.INSTALL
    await refuse_offer(pair.mentor_actor, Offer.INSTALL)
    assert await offered(pair.mentor_actor, mark, SAFARI) is None
    await open_session(pair.mentee, APP)
    assert await offered(pair.mentee_actor, mark, SAFARI) is None


async def test_a_booking_is_a_time_that_both_agreed_to_or_that_one_chose(pair):
    assert not (await home(pair.mentee_actor)).has_booked
    session = await session_of(pair)
    assert (await home(pair.mentee_actor)).has_booked
    await Session.filter(id=session.id).update(state=SessionState.PROPOSED, proposed_by_id=pair.mentee.id)
    assert not (await home(pair.mentee_actor)).has_booked
    assert [await may_be_asked(actor) for actor in (pair.mentee_actor, pair.mentor_actor)] == [True, False]
