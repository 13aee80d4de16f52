"""Being told on this device: offered after the first booking, never before, and once; an iPhone is shown the way."""

from dataclasses import asdict

import pytest

from server.notifications.models import PushSubscription
from server.notifications.push.keys import current_key
from tests import factories
from tests.server.journey.tapping.test_tapping import offer
from tests.server.notifications.push_service import push_service
from tests.server.notifications.test_offering import SAFARI
from tests.web.conftest import HTMX, booked
from tests.web.drawing import one, read, words

SAVED = 303


@pytest.fixture
async def pair(db):
    """Idris mentors Noor; nothing is booked yet."""
    return await factories.active_match()


async def test_nobody_is_asked_to_be_told_before_the_first_booking(pair, client_of):
    client = await client_of(pair.mentee)
    assert "data-push" not in (await client.get("/you")).text
    await booked(pair)
    page = (await client.get("/you")).text
    card = one(read(page), ".//form[@data-push]")
    assert "You have chosen a time with somebody." in words(card)
    assert (await client.get("/push")).text == (await current_key()).point
    assert one(card, "./div").get("hidden") is not None   # the script shows it where the browser can do it
    assert "This browser cannot" in words(card)


async def test_a_device_asks_and_asks_no_more(pair, client_of):
    await booked(pair)
    client, point = await client_of(pair.mentee), (await current_key()).point
    async with push_service() as service:
        answer = await client.post("/you/push", data={**asdict(service.address()), "point": point})
    assert (answer.status_code, answer.headers["location"]) == (SAVED, "/you#devices")
    page = (await client.get("/you")).text
    assert "This device tells you at once" in page
    assert "Tell me on this device" not in page
    assert "This device tells you at once" not in (await (await client_of(pair.mentee)).get("/you")).text
    answer = await client.post("/you/push/stop", data={})
    assert (answer.status_code, answer.headers["location"]) == (SAVED, "/you#devices")
    assert "Tell me on this device" in (await client.get("/you")).text


async def test_an_address_that_is_no_push_service_comes_back_as_words(pair, client_of):
    await booked(pair)
    client, point = await client_of(pair.mentee), (await current_key()).point
    async with push_service() as service:
        given = {**asdict(service.address()), "endpoint": "https://evil.example/x", "point": point}
    for headers in ({}, HTMX):
        answer = await client.post("/you/push", data={**given, "next": "/match/1"}, headers=headers)
        assert answer.status_code == 422
        page = read(answer.text)
        assert "push service is not known here" in words(one(page, ".//*[@id='error-summary']"))
        assert [card.get("id") for card in page.iterfind(".//section")] == ["devices"], "nothing else of You"
        assert one(page, ".//section//a[@class]").get("href") == "/match/1"


async def test_a_browser_says_its_new_address_by_itself(pair, client_of):
    await booked(pair)
    client, point = await client_of(pair.mentee), (await current_key()).point
    async with push_service() as service:
        await client.post("/you/push", data={**asdict(service.address()), "point": point})
        answer = await client.post("/push", data={**asdict(service.address("two")), "point": point})
        assert (answer.status_code, answer.text) == (204, "")
        assert (await PushSubscription.get()).endpoint == service.address("two").endpoint
        stranger = await client_of(None)
        refused = await stranger.post("/push", data={**asdict(service.address("three")), "point": point})
    assert (refused.status_code, await PushSubscription.all().count()) == (404, 1)
    elsewhere = await client.post("/push", data={}, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403


async def test_the_first_page_offers_after_a_booking_and_never_again_after_not_now(pair, client_of):
    client = await client_of(pair.mentee)
    assert "data-push" not in (await client.get("/")).text
    await booked(pair)
    card = one(read((await client.get("/")).text), ".//div[@data-offer]")
    assert card.get("hidden") is not None   # the script shows it where the browser can do it
    assert "Know at once when something changes?" in words(card)
    no = one(card, ".//form[@id='not-now']")
    answer = await client.post(no.get("action"), data={"next": "/"})
    assert (answer.status_code, answer.headers["location"]) == (SAVED, "/")
    assert "data-push" not in (await client.get("/")).text
    assert "data-push" not in (await (await client_of(pair.mentee)).get("/")).text
    assert "Tell me on this device" in (await client.get("/you")).text


async def test_whoever_says_yes_stays_where_they_are(pair, client_of):
    await booked(pair)
    client, point = await client_of(pair.mentee), (await current_key()).point
    async with push_service() as service:
        given = {**asdict(service.address()), "point": point}
        answer = await client.post("/you/push", data={**given, "next": "/"})
        assert answer.headers["location"] == "/"
        answer = await client.post("/you/push", data={**given, "next": "//evil.example"})
    assert answer.headers["location"] == "/you#devices"
    assert "data-push" not in (await client.get("/")).text


async def test_who_waits_for_an_answer_is_offered_to_know_it_at_once(db, client_of):
    pair = (await offer()).pair
    page = (await (await client_of(pair.mentee)).get(f"/match/{pair.match.id}")).text
    assert "Know at once when Idris answers?" in page
    assert f'name="next" value="/match/{pair.match.id}"' in page
    assert "data-push" not in (await (await client_of(pair.mentor)).get(f"/match/{pair.match.id}")).text


async def test_an_iphone_is_shown_the_way_to_its_home_screen_once(pair, client_of):
    await booked(pair)
    client = await client_of(pair.mentee)
    client.headers["User-Agent"] = SAFARI
    page = (await client.get("/")).text
    assert "Put Ithaca on your home screen" in page
    assert "data-push" not in page
    steps = (await client.get("/install")).text
    assert [words(step) for step in read(steps).iter("h2")] == ["Tap Share", "Add to Home Screen", "Open Ithaca there"]
    assert steps.count("phone-art") == 3
    assert (await client.post("/install/refusal", data={})).headers["location"] == "/"
    assert "home screen" not in (await client.get("/")).text
    assert "/install/refusal" not in (await client.get("/install")).text
    assert 'href="/install"' in (await client.get("/you")).text
