"""The product on one engine, and a Chromium that is somebody's phone."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

from a11y_tests.serving import served
from tests.badline import BadLine, bad_line
from tests.live import CHROMIUM, chromium

WITHIN_MS = 30_000


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """One engine: what is looked at here is the browser."""
    return f"sqlite://{shutil.copy(sqlite_template, tmp_path / 'ithaca.db')}"


@pytest.fixture
async def site(db: object) -> AsyncGenerator[str, None]:
    async with served() as (address, _recorder):
        yield address


@pytest.fixture
async def line(site: str) -> AsyncGenerator[tuple[str, BadLine], None]:
    """The product at the far end of a line that can be cut."""
    async with bad_line(site) as near:
        yield near


@pytest.fixture(scope="package")
async def player() -> AsyncGenerator[Playwright, None]:
    """What starts browsers."""
    async with async_playwright() as found:
        yield found


@pytest.fixture(scope="package")
async def browser() -> AsyncGenerator[Browser, None]:
    """One for all pages; what a page keeps goes with its context."""
    async with chromium() as found:
        yield found


@pytest.fixture
async def page(browser: Browser) -> AsyncGenerator[Page, None]:
    """A page of a phone's size, without a worker."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    context.set_default_timeout(WITHIN_MS)
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def phone(player: Playwright, tmp_path: Path) -> AsyncGenerator[BrowserContext, None]:
    """A browser with a profile of its own: Chromium installs nothing from a private window."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    context = await player.chromium.launch_persistent_context(
        str(tmp_path / "profile"), executable_path=found, args=list(CHROMIUM),
        viewport={"width": 390, "height": 844},
    )
    yield context
    await context.close()
