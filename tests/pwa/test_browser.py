"""The app in Chromium: it can be installed, answers without a network, and keeps nothing of anybody."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from a11y_tests.serving import served
from pwa import worker
from server.access.actions import open_session
from server.people.models import Person
from tests import factories
from tests.arrival import WITHIN_S, drawn
from tests.live import CHROMIUM

READY = "navigator.serviceWorker.ready.then(() => true)"
IN_CHARGE = "navigator.serviceWorker.controller !== null"
KEPT = """(async () => {
  const cached = [];
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys()) cached.push(new URL(one.url).pathname);
  return cached.sort();
})()"""


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """One engine: what is looked at here is the browser."""
    return f"sqlite://{shutil.copy(sqlite_template, tmp_path / 'ithaca.db')}"


@pytest.fixture
async def site(db: object) -> AsyncGenerator[str, None]:
    async with served() as (address, _recorder):
        yield address


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncGenerator[BrowserContext, None]:
    """A browser with a profile of its own: Chromium installs nothing from a private window."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as player:
        context = await player.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=found, args=list(CHROMIUM),
            viewport={"width": 390, "height": 844},
        )
        yield context
        await context.close()


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
    deadline = time.monotonic() + WITHIN_S
    while not await page.evaluate(promised):
        assert time.monotonic() < deadline, promised
        await asyncio.sleep(0.1)


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
