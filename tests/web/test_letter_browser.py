"""From the address to the signed-in page in Chromium, the mail read in the mailbox: with scripts and without."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from server.kernel.db import database
from tests import factories
from tests.conftest import environment
from tests.journeys.scene import migrated
from tests.live import chromium, serving

PHONE = {"width": 390, "height": 844}
ADDRESS = "noor.saltmarsh@harbourline.example"
MAIL_WITHIN_MS = 60_000


@pytest.fixture(scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[str, None]:
    """The address of a running demonstration in which Noor has a match."""
    var = tmp_path_factory.mktemp("letter")
    with environment(ITHACA_VAR_DIR=str(var), ITHACA_DEMO="1", ITHACA_SMTP_HOST=""):
        async with database(migrated(var)):
            pair = await factories.active_match(await factories.organization(is_demo=True))
            pair.mentee.email = ADDRESS
            await pair.mentee.save()
        with serving(var, ITHACA_DEMO="1") as url:
            yield url


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser, None]:
    async with chromium() as found:
        yield found


async def phone(browser: Browser, *, scripts: bool) -> BrowserContext:
    return await browser.new_context(
        viewport=PHONE, java_script_enabled=scripts, reduced_motion="reduce", locale="en-GB"
    )


async def asked(page: Page, live: str) -> None:
    """Noor wants her own page, is shown the door, and types her address."""
    await page.goto(f"{live}/you")
    await expect(page).to_have_url(f"{live}/sign-in?next=/you")
    await page.get_by_label("Work e-mail").fill(ADDRESS)
    await page.get_by_role("button", name="Send me a code").click()
    await expect(page.get_by_role("heading", name="Type the six digits")).to_be_visible()


async def newest_mail(page: Page, live: str, count: int) -> None:
    """The mailbox, once that many mails have arrived."""
    await page.goto(f"{live}/demo/mailbox")
    for _time in range(MAIL_WITHIN_MS // 200):
        if await page.locator(".queue-list li").count() >= count:
            return
        await page.wait_for_timeout(200)
        await page.reload()
    raise AssertionError("the mail did not come")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_from_the_mailbox_to_the_signed_in_page(browser: Browser, live: str, *, scripts: bool) -> None:
    context = await phone(browser, scripts=scripts)
    page, reader = await context.new_page(), await context.new_page()
    before = await _mails(reader, live)
    await asked(page, live)
    await newest_mail(reader, live, before + 1)
    digits = await reader.locator("#letter p").filter(has_text=_six_digits()).inner_text()
    await page.get_by_label("Your code").fill(f" {digits} ")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{live}/you")
    await expect(page.get_by_role("heading", name="Noor Saltmarsh")).to_be_visible()
    await context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
async def test_the_link_signs_in_another_browser_once(browser: Browser, live: str, *, scripts: bool) -> None:
    mine, other = await phone(browser, scripts=scripts), await phone(browser, scripts=scripts)
    page, reader = await mine.new_page(), await other.new_page()
    before = await _mails(reader, live)
    await asked(page, live)
    await newest_mail(reader, live, before + 1)
    await reader.locator("#letter a[href^='/sign-in/link/']").click()
    opened = reader.url
    await expect(reader.get_by_role("heading", name="Sign in as Noor Saltmarsh")).to_be_visible()
    await reader.get_by_role("button", name="Sign in").click()
    await expect(reader).to_have_url(f"{live}/you")
    await page.goto(opened)
    await expect(page.get_by_role("heading", name="This link was used, or is old")).to_be_visible()
    await mine.close()
    await other.close()


async def _mails(page: Page, live: str) -> int:
    await page.goto(f"{live}/demo/mailbox")
    return await page.locator(".queue-list li").count()


def _six_digits() -> re.Pattern[str]:
    return re.compile(r"^\d{3} \d{3}$")
