"""The real records in Chromium, from choosing two files to the pairs with their reasons: with scripts and without."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, FilePayload, expect

from server.access.actions import open_session
from server.kernel.db import database
from tests.conftest import environment
from tests.journeys.scene import migrated
from tests.live import chromium, serving
from tests.web.console.market import market
from tests.web.console.records import SHARED

WITHIN_MS = 120_000
MENTEES = 100
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the real records of ../shared/data are not here")


@pytest.fixture(scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[str, str], None]:
    """The address of a running installation, and a manager's session."""
    var = tmp_path_factory.mktemp("trial")
    with environment(ITHACA_VAR_DIR=str(var), ITHACA_DEMO="1", ITHACA_SMTP_HOST=""):
        async with database(migrated(var)):
            secret = await open_session((await market()).manager)
        with serving(var, ITHACA_DEMO="1") as url:
            yield url, secret


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser, None]:
    async with chromium() as found:
        yield found


def wishes() -> FilePayload:
    """The first hundred of the survey, as a file of their own."""
    lines = (SHARED / "skills_and_wishes.csv").read_text("utf-8").splitlines(keepends=True)[: MENTEES + 1]
    return {"name": "skills_and_wishes.csv", "mimeType": "text/csv", "buffer": "".join(lines).encode()}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_real_records_are_matched_as_they_are(
    browser: Browser, live: tuple[str, str], *, scripts: bool
) -> None:
    url, secret = live
    context = await browser.new_context(java_script_enabled=scripts, locale="en-GB", reduced_motion="reduce")
    await context.add_cookies([{"name": "ithaca", "value": secret, "url": url}])
    page = await context.new_page()
    page.set_default_timeout(WITHIN_MS)
    await page.goto(f"{url}/console/matches")
    await page.get_by_role("link", name="Try your own records").click()
    await page.locator("#mentors").set_input_files(SHARED / "mentor_profiles.csv")
    await page.locator("#mentees").set_input_files(wishes())
    await page.get_by_role("button", name="Go on to the columns").click()
    await expect(page.get_by_label("Who are these rows?").first).to_have_value("MENTORS", timeout=WITHIN_MS)
    await expect(page.get_by_label("What “country” holds")).to_have_value("GROUP")
    await page.get_by_role("button", name="Find the matches").click()
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_have_text(f"{MENTEES} of {MENTEES} mentees have a mentor", timeout=WITHIN_MS)
    await expect(page.locator(".trial-pairs > li")).to_have_count(10)
    assert await page.locator(".trial-pairs > li").first.locator("li").count() == 4, "three reasons and one caution"
    await page.get_by_role("link", name="Next page").click()
    await expect(page.get_by_text("Page 2 of 10")).to_be_visible(timeout=WITHIN_MS)
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Pairs with reasons").click()
    path = await (await waiting.value).path()
    assert len(path.read_text("utf-8-sig").splitlines()) == MENTEES + 1
    await page.get_by_role("button", name="Erase it now").click()
    await expect(page.get_by_text("Erased: the files and what came of them.").first).to_be_visible(timeout=WITHIN_MS)
    await context.close()
