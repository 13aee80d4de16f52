"""A circle meets, in Chromium at 390 px against the running server: booked, one stays away, noted, read by all."""

from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser

from server.access.actions import open_session
from server.kernel.db import database
from tests import factories
from tests.conftest import environment
from tests.journeys.hands import Pointer
from tests.journeys.scene import migrated
from tests.journeys.test_real_people import SHOTS, Walk, days_pass, phone
from tests.live import chromium, serving


@pytest.fixture
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[str, list[tuple[str, str]]], None]:
    """A circle in a fresh database, served; the secrets of who leads it and of two members."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    var = tmp_path_factory.mktemp("circle")
    with environment(ITHACA_VAR_DIR=str(var), ITHACA_DEMO="1"):
        async with database(migrated(var)):
            circle = await factories.active_circle(await factories.organization(is_demo=True))
            people = [(one.given_name, await open_session(one)) for one in (circle.facilitator, *circle.members[:2])]
        with serving(var, ITHACA_DEMO="1") as url:
            yield url, people


@pytest.fixture
async def browser() -> AsyncGenerator[Browser, None]:
    async with chromium() as found:
        yield found


async def test_a_circle_meets(live: tuple[str, list[tuple[str, str]]], browser: Browser) -> None:
    """Who leads it books, one of them stays away, another writes the note that all of them read."""
    url, people = live
    leads, ana, bao = [
        Walk(await phone(browser, url, secret, scripts=True), f"circle-{name}", url, Pointer(), scripts=True)
        for name, secret in people
    ]
    await leads.go("/")
    await leads.see("1-nothing-booked")
    await leads.press("Book ")
    await ana.go("/")
    await ana.follow("See the agenda")
    await ana.press("I can’t come")
    await ana.page.get_by_text("Without Ana this time.").first.wait_for()
    await leads.go("/")
    await leads.follow("See the agenda")
    await leads.page.get_by_text("6 of 7 come").first.wait_for()
    await leads.see("2-meeting")
    meeting = urlsplit(leads.page.url).path
    await days_pass(leads, 14)
    await bao.go("/")
    await bao.follow("Write your notes")
    await bao.write("What became clearer?", "Ask before you answer.")
    await bao.see("3-note")
    await bao.send(bao.page.locator("button[name=do][value=save]"))
    await ana.go(meeting)
    await ana.page.get_by_text("Ask before you answer.").first.wait_for()
    await ana.page.get_by_text("6 of 7 were there").first.wait_for()
    await leads.go("/")
    await leads.page.get_by_text("6 of 7 came last time").first.wait_for()
    assert [walk.outside for walk in (leads, ana, bao)] == [[]] * 3
