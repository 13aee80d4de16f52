"""The journey on a phone, by choice: encrypted, dated, shown without a network alone, gone with the session."""

from __future__ import annotations

from playwright.async_api import BrowserContext, Page, expect

from a11y_tests.serving import served
from server.access.actions import end_sessions
from server.access.models import UserSession
from server.kernel import clock
from server.sessions import actions as sessions
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair
from tests.pwa.test_browser import signed_in

TOPIC = "Name one decider for each change."
KEPT = """async () => {
  const opening = indexedDB.open("ithaca");
  const base = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
  if (!base.objectStoreNames.contains("kept")) { base.close(); indexedDB.deleteDatabase("ithaca"); return []; }
  const found = await new Promise((done) => {
    base.transaction("kept").objectStore("kept").getAll().onsuccess = (event) => done(event.target.result);
  });
  base.close();
  return found.map((one) => new TextDecoder("latin1").decode(one.words) + JSON.stringify(one));
}"""


async def _pair() -> Pair:
    pair = await factories.active_match()
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    session = await sessions.book_session(pair.mentee_actor, pair.match.id, slot.starts_at)
    await sessions.add_topic(pair.mentee_actor, session.id, TOPIC)
    return pair


async def _opened(page: Page, address: str) -> None:
    await page.goto(address)
    await expect(page.locator("html[data-keep=on]")).to_be_attached()


async def _chosen(phone: BrowserContext, site: str, pair: Pair) -> Page:
    """The mentee has switched it on, and looked at the journey since."""
    page = await signed_in(phone, site, pair.mentee)
    await page.goto(f"{site}/you")
    await page.get_by_role("link", name="What this device keeps").click()
    await expect(page.locator("html[data-keep=on]")).to_be_attached()
    assert await page.evaluate(KEPT) == []
    await _switched(page, "on")
    await _opened(page, site)
    return page


async def _switched(page: Page, way: str) -> None:
    await page.get_by_role("switch", name="Keep my journey on this device").click()
    await expect(page.locator(f"#keep[data-kept={way}]")).to_be_attached()


async def _is_shown(page: Page) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
    await expect(page.get_by_role("heading", name="As it was on")).to_be_visible()
    await expect(page.get_by_text(TOPIC)).to_be_visible()
    await expect(page.locator("#journey-kept form")).to_have_count(0)


async def _is_not_shown(page: Page) -> None:
    await expect(page.locator("html[data-keep=on]")).to_be_attached()
    await expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
    await expect(page.locator("#journey-kept")).to_have_count(0)


async def test_it_is_read_without_a_network_and_never_with_one(phone: BrowserContext, site: str) -> None:
    pair = await _pair()
    page = await _chosen(phone, site, pair)
    [held] = await page.evaluate(KEPT)
    assert TOPIC not in held
    assert "Idris" not in held
    await expect(page.locator("#journey-kept")).to_have_count(0)
    await phone.set_offline(True)
    for path in ("/", "/session"):
        await page.goto(site + path)
        await _is_shown(page)
    await phone.set_offline(False)
    await page.get_by_role("link", name="Try again").click()
    await expect(page.locator("#session")).to_be_visible()
    await expect(page.locator("#journey-kept")).to_have_count(0)


async def test_it_is_read_while_the_server_is_away(phone: BrowserContext, db: object) -> None:
    async with served() as (site, _recorder):
        page = await _chosen(phone, site, await _pair())
    await page.goto(site)
    await _is_shown(page)


async def test_switching_it_off_and_signing_out_take_it_away(phone: BrowserContext, site: str) -> None:
    pair = await _pair()
    page = await _chosen(phone, site, pair)
    await _opened(page, f"{site}/you/kept")
    await expect(page.get_by_role("switch", name="Keep my journey on this device")).to_be_checked()
    await _switched(page, "off")
    assert await page.evaluate(KEPT) == []
    await _opened(page, site)
    assert await page.evaluate(KEPT) == []
    await _opened(page, f"{site}/you/kept")
    await _switched(page, "on")
    assert len(await page.evaluate(KEPT)) == 1
    await page.goto(f"{site}/you")
    await page.locator("#sign-out").click()
    await page.wait_for_url("**/sign-in")
    assert await page.evaluate(KEPT) == []


async def test_a_session_that_is_over_takes_it_away_at_the_first_answer(phone: BrowserContext, site: str) -> None:
    pair = await _pair()
    page = await _chosen(phone, site, pair)
    await UserSession.filter(person_id=pair.mentee.id).update(expires_at=clock.now())
    await _opened(page, site)
    await expect(page).to_have_url(f"{site}/sign-in?next=/")
    assert await page.evaluate(KEPT) == []
    await phone.set_offline(True)
    await page.goto(site)
    await _is_not_shown(page)


async def test_a_session_that_was_ended_elsewhere_takes_it_away(phone: BrowserContext, site: str) -> None:
    pair = await _pair()
    page = await _chosen(phone, site, pair)
    await end_sessions(pair.mentee_actor, pair.mentee.id)
    await page.goto(f"{site}/messages")
    await expect(page).to_have_url(f"{site}/sign-in?next=/messages")
    assert await page.evaluate(KEPT) == []


async def test_another_person_on_this_phone_neither_sees_it_nor_keeps_their_own(
    phone: BrowserContext, site: str
) -> None:
    pair = await _pair()
    await _chosen(phone, site, pair)
    page = await signed_in(phone, site, pair.mentor)
    await _opened(page, site)
    await phone.set_offline(True)
    await page.goto(site)
    await _is_not_shown(page)
