"""The app in Chromium: it can be installed, answers without a network, and keeps nothing of anybody."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from pwa import worker
from server.access.actions import open_session
from server.access.models import UserSession
from server.kernel import clock
from server.kernel.jobs import drain
from server.matches.states import MatchState
from server.notifications.channels.push import Address
from server.notifications.models import PushSubscription
from server.notifications.push.actions import subscribe
from server.notifications.push.keys import current_key
from server.people.models import Person
from server.sessions.states import SessionState
from tests import factories
from tests.arrival import WITHIN_S, drawn
from tests.server.journey.tapping.test_tapping import offer
from tests.server.notifications.conftest import happened, session_of
from tests.server.notifications.push_service import push_service

READY = "navigator.serviceWorker.ready.then(() => true)"
IN_CHARGE = "navigator.serviceWorker.controller !== null"
KEPT = """(async () => {
  const cached = [];
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys()) cached.push(new URL(one.url).pathname);
  return cached.sort();
})()"""


async def signed_in(phone: BrowserContext, site: str, person: Person) -> Page:
    """The person's first page, with the worker in charge of the next ones."""
    await phone.add_cookies([{"name": "ithaca", "value": await open_session(person), "url": site}])
    page = await phone.new_page()
    await page.goto(site)
    await page.evaluate(READY)
    await page.reload()
    await page.wait_for_function(IN_CHARGE)
    return page


async def _until(page: Page, promised: str) -> None:
    """Wait until the page's promise comes true; Playwright's own waiting takes the promise itself for a yes."""
    assert await _comes_true(page, promised), promised


async def _comes_true(page: Page, promised: str, within_s: float = WITHIN_S) -> bool:
    """Whether the page's promise does, in time."""
    deadline = time.monotonic() + within_s
    while not await page.evaluate(promised):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True


async def test_chromium_finds_nothing_that_stops_an_install(phone: BrowserContext, site: str) -> None:
    page = await signed_in(phone, site, (await factories.active_match()).mentee)
    tools = await phone.new_cdp_session(page)
    found = await tools.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"] == f"{site}/manifest.webmanifest"
    assert (await tools.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
    assert (await tools.send("Page.getAppId"))["appId"] == f"{site}/"


async def test_without_a_network_a_page_says_so_and_tries_the_same_address_again(
    phone: BrowserContext, site: str
) -> None:
    page = await signed_in(phone, site, (await factories.active_match()).mentee)
    await phone.set_offline(True)
    await page.goto(f"{site}/you")
    await expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
    assert page.url == f"{site}/you"
    await drawn(page)
    assert await page.locator(".btn").first.evaluate("at => getComputedStyle(at).backgroundColor") == "rgb(11, 79, 113)"
    await phone.set_offline(False)
    await page.get_by_role("link", name="Try again").click()
    await expect(page.locator("#profile")).to_be_visible()
    assert page.url == f"{site}/you"


async def test_nothing_that_a_person_saw_is_kept(phone: BrowserContext, site: str) -> None:
    pair = await factories.active_match()
    page = await signed_in(phone, site, pair.mentee)
    await page.goto(f"{site}/you")
    held = await page.evaluate(KEPT)
    assert [name for name in held if not name.startswith("/static/")] == ["/offline"]
    words = await page.evaluate("caches.match('/offline', { ignoreVary: true }).then(found => found.text())")
    assert "No connection" in words
    assert not [name for name in (pair.mentee.given_name, pair.organization.name, pair.program.name) if name in words]


async def test_what_another_saw_on_this_phone_is_never_shown_again(phone: BrowserContext, site: str) -> None:
    pair = await factories.active_match()
    page = await signed_in(phone, site, pair.mentee)
    await page.goto(f"{site}/you")
    await expect(page.get_by_role("heading", level=1)).to_have_text(pair.mentee.full_name)
    await phone.add_cookies([{"name": "ithaca", "value": await open_session(pair.mentor), "url": site}])
    await page.goto(f"{site}/you")
    await expect(page.get_by_role("heading", level=1)).to_have_text(pair.mentor.full_name)


async def test_signing_out_takes_the_worker_and_all_it_kept(phone: BrowserContext, site: str) -> None:
    page = await signed_in(phone, site, (await factories.active_match()).mentee)
    await page.goto(f"{site}/you")
    await page.evaluate("caches.open('of-this-person')")
    await page.locator("#sign-out").click()
    await page.wait_for_url(lambda url: not url.startswith(f"{site}/you"))
    await _until(page, "caches.keys().then(names => !names.includes('of-this-person'))")


async def test_a_new_edition_waits_until_the_old_pages_are_closed(
    phone: BrowserContext, site: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = await signed_in(phone, site, (await factories.active_match()).mentee)
    before = await page.evaluate("caches.keys()")
    changed = tmp_path / "worker.js"
    changed.write_text(worker.SOURCE.read_text() + "\n// another edition\n")
    monkeypatch.setattr(worker, "SOURCE", changed)
    await page.evaluate("navigator.serviceWorker.ready.then(at => at.update())")
    await _until(page, "navigator.serviceWorker.ready.then(at => at.waiting !== null)")
    assert set(before) < set(await page.evaluate("caches.keys()"))
    left_alone = f"caches.keys().then(names => names.length === 1 && names[0] !== '{before[0]}')"
    deadline = time.monotonic() + WITHIN_S
    while not await page.evaluate(left_alone):    # Chromium lets the old one finish before the new one begins.
        assert time.monotonic() < deadline, "the new edition never came into charge"
        await page.goto("about:blank")
        await asyncio.sleep(0.3)
        await page.goto(site)


SAID = {
    "title": "Noor, Tuesday 13:00?", "body": "Noor said yes.", "lang": "en-GB", "dir": "ltr", "tag": "m-1",
    "navigate": "/you",
}
SHOWN = """navigator.serviceWorker.ready.then(at => at.getNotifications()).then(
  all => all.map(({ title, body, lang, tag, data }) => ({ title, body, lang, tag, ...data })))"""
BUTTONS = """navigator.serviceWorker.ready.then(at => at.getNotifications()).then(
  all => all.flatMap(({ actions }) => actions.map(({ action }) => action)).join())"""
ALL_SHOWN = f"{SHOWN}.then(all => all.length === %d)"


async def test_a_push_is_shown_in_its_own_words_once_and_opens_its_page(phone: BrowserContext, site: str) -> None:
    page = await signed_in(phone, site, (await factories.active_match()).mentee)
    await _deliver(phone, page, site, SAID)
    await _deliver(phone, page, site, SAID)   # a repeat has the same tag
    assert await page.evaluate(SHOWN) == [{name: SAID[name] for name in SAID if name != "dir"}]
    assert await _tapped(phone) == [f"{site}/you"]
    await _until(page, ALL_SHOWN % 0)


async def test_a_push_opens_no_other_site(phone: BrowserContext, site: str) -> None:
    page = await signed_in(phone, site, (await factories.active_match()).mentee)
    await _deliver(phone, page, site, {**SAID, "navigate": "https://evil.example/"})
    assert await _tapped(phone) == []


async def test_a_tap_on_accept_books_and_a_tap_on_undo_takes_it_back(phone: BrowserContext, site: str) -> None:
    """From the message as our server sends it, opened as a browser would, to the booking; no page is opened."""
    offered = await offer()
    pair = offered.pair
    page = await signed_in(phone, site, pair.mentor)
    session = await UserSession.filter(person=pair.mentor).order_by("-id").first()
    async with push_service() as service:
        key = await current_key()
        await subscribe(pair.mentor_actor, session.fingerprint, service.address(), key.point)
        await happened(pair, "match.member_accepted")
        await drain(strict=False)
    await _deliver(phone, page, site, next(one for one in service.heard if "actions" in one))
    await _until(page, f"{BUTTONS}.then(all => 'accept,open' === all)")
    with clock.at(clock.now()):   # ten seconds to undo, on whatever machine
        assert await _tapped(phone, "accept") == []
        assert await offered.state() == (MatchState.ACTIVE, SessionState.SCHEDULED)
        await _until(page, f"{BUTTONS}.then(all => 'undo' === all)")
        assert (await page.evaluate(SHOWN))[0]["title"].startswith("Booked: ")
        assert await _tapped(phone, "undo") == []
    assert await offered.state() == (MatchState.AWAITING_MENTOR, SessionState.PROPOSED)
    await _until(page, f"{SHOWN}.then(all => all[0].title === 'Undone. It stands as before.')")


async def test_the_button_asks_the_browser_and_sends_what_it_gives(phone: BrowserContext, site: str) -> None:
    """All but the push service of the browser's maker, which no test reaches: it gives an address of our own."""
    pair = await factories.active_match()
    await session_of(pair)
    async with push_service() as service:
        await _gives(phone, service.address())
        page = await signed_in(phone, site, pair.mentee)
        await page.goto(f"{site}/you")
        await expect(page.locator("#push-start")).to_be_visible(timeout=WITHIN_S * 1_000)   # the script is there
        await page.evaluate("window.answer = 'denied'")
        await page.locator("#push-start").click()
        await expect(page.get_by_text("This browser cannot, or blocks it")).to_be_focused(timeout=WITHIN_S * 1_000)
        await page.reload()
        await page.locator("#push-start").click()
        await expect(page.locator("#push-stop")).to_be_visible(timeout=WITHIN_S * 1_000)
        row = await PushSubscription.get().select_related("key")
        assert (row.endpoint, row.key.point) == (service.address().endpoint, (await current_key()).point)
        await page.locator("#push-stop").click()
        await expect(page.locator("#push-start")).to_be_visible(timeout=WITHIN_S * 1_000)
    assert await PushSubscription.all().count() == 0


async def test_the_first_page_offers_it_after_a_booking_and_a_tap_stays_there(phone: BrowserContext, site: str) -> None:
    pair = await factories.active_match()
    await session_of(pair)
    async with push_service() as service:
        await _gives(phone, service.address())
        page = await signed_in(phone, site, pair.mentee)
        await expect(page.locator("#offer")).to_be_visible(timeout=WITHIN_S * 1_000)
        async with page.expect_navigation(timeout=WITHIN_S * 1_000):
            await page.get_by_role("button", name="Yes, tell me").click()
        await expect(page.locator("#offer")).to_have_count(0)
    assert page.url == f"{site}/"
    assert (await PushSubscription.get()).person_id == pair.mentee.id


async def _gives(phone: BrowserContext, address: Address) -> None:
    """The browser asks nobody, and gives this address."""
    await phone.add_init_script("""
        Notification.requestPermission = async () => window.answer ?? "granted";
        Object.defineProperty(Notification, "permission", { get: () => window.answer ?? "default" });
        PushManager.prototype.subscribe = async function (given) {
          const { endpoint, ...keys } = window.given;
          return { toJSON: () => ({ endpoint: given.userVisibleOnly && endpoint, keys }) };
        };""")
    await phone.add_init_script(f"window.given = {json.dumps(asdict(address))}")


async def test_a_subscription_that_the_browser_ends_is_made_anew_and_told_to_the_server(
    phone: BrowserContext, site: str
) -> None:
    """The event comes as Chromium would send it; the push service of its maker is the one part that is ours."""
    pair = await factories.active_match()
    async with push_service() as service:
        page = await signed_in(phone, site, pair.mentee)
        session = await UserSession.filter(person=pair.mentee).order_by("-id").first()
        point = (await current_key()).point
        await subscribe(pair.mentee_actor, session.fingerprint, service.address("old"), point)
        asked = await phone.service_workers[0].evaluate(CHANGED, asdict(service.address("new")))
    assert asked == {"userVisibleOnly": True, "applicationServerKey": point, "unsubscribed": 1}
    row = await PushSubscription.get()
    assert (row.endpoint, row.session_id) == (service.address("new").endpoint, session.id)
    await page.close()


CHANGED = """async ({ endpoint, ...keys }) => {
  const asked = { unsubscribed: 0 };
  PushManager.prototype.getSubscription = async () => ({ unsubscribe: async () => { asked.unsubscribed += 1; } });
  PushManager.prototype.subscribe = async (given) => {
    Object.assign(asked, given);
    return { toJSON: () => ({ endpoint, keys }) };
  };
  const event = new ExtendableEvent("pushsubscriptionchange"), waits = [];
  event.waitUntil = (promise) => waits.push(promise);
  self.dispatchEvent(event);
  await Promise.all(waits);
  return asked;
}"""


async def test_a_tap_without_a_network_says_so_and_can_be_tried_again(phone: BrowserContext, site: str) -> None:
    offered = await offer()
    page = await signed_in(phone, site, offered.pair.mentor)
    await _deliver(phone, page, site, {
        **SAID, "actions": [{"action": "accept", "title": "Accept"}],
        "data": {"tickets": {"accept": offered.secret}, "unsent": "Not sent."},
    })
    await phone.set_offline(True)
    assert await _tapped(phone, "accept") == []
    await _until(page, f"{SHOWN}.then(all => all[0].body === 'Not sent.')")
    assert await offered.state() == (MatchState.AWAITING_MENTOR, SessionState.PROPOSED)
    await phone.set_offline(False)
    assert await _tapped(phone, "accept") == []
    assert await offered.state() == (MatchState.ACTIVE, SessionState.SCHEDULED)


async def _deliver(phone: BrowserContext, page: Page, site: str, said: dict[str, object]) -> None:
    """As Chromium hands over what its push service brought; one notification stands there then."""
    await phone.grant_permissions(["notifications"], origin=site)
    await _until(page, "Promise.resolve(Notification.permission === 'granted')")
    tools, known = await phone.new_cdp_session(page), asyncio.get_running_loop().create_future()
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: _note(known, event["registrations"]))
    await tools.send("ServiceWorker.enable")
    async with asyncio.timeout(60):
        registration = await known
    data = json.dumps({"web_push": 8030, "notification": said})
    for _turn in range(20):   # now and then the tools say yes and bring nothing; a repeat has the same tag
        await tools.send(
            "ServiceWorker.deliverPushMessage", {"origin": site, "registrationId": registration, "data": data}
        )
        if await _comes_true(page, ALL_SHOWN % 1, within_s=5):
            return
    raise AssertionError("no notification came")


def _note(known: asyncio.Future[str], registrations: list[dict[str, str]]) -> None:
    if registrations and not known.done():
        known.set_result(registrations[0]["registrationId"])


async def _tapped(phone: BrowserContext, action: str = "") -> list[str]:
    """What a tap on the notification opens: a window cannot be opened without a hand, so the call is caught."""
    return await phone.service_workers[0].evaluate("""async (action) => {
      const opened = [];
      self.clients.openWindow = async (url) => { opened.push(url); };
      const [notification] = await registration.getNotifications();
      const event = new NotificationEvent("notificationclick", { notification, action });
      const waits = [];
      event.waitUntil = (promise) => waits.push(promise);
      self.dispatchEvent(event);
      await Promise.all(waits);
      return opened;
    }""", action)
