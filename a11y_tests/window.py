"""One browser window for one state after another: a new one for each costs as much as looking at what it shows."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, CDPSession, ConsoleMessage, Page

from a11y_tests import swaps
from a11y_tests.modes import FIRST
from a11y_tests.registry import REACHED_WITHIN_MS
from a11y_tests.serving import NOTHING
from server.access.actions import open_session
from server.people.models import Person

HELD = "const later = setTimeout; window.setTimeout = (act, ms, ...rest) => ms === 10000 ? 0 : later(act, ms, ...rest);"
"""A toast leaves after ten seconds; here it stays, so that every mode looks at the same page however long it takes."""
REFUSED = ("Content Security", "violates the")


class Window:
    """The window of this worker. The service worker stays out of it: what it keeps would outlive the state."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.kept: tuple[Page, CDPSession] | None = None

    @asynccontextmanager
    async def opened(
        self, url: str, who: Person | None, *, alone: bool = False
    ) -> AsyncGenerator[tuple[Page, list[str]], None]:
        """A page of a browser that was never here, of whoever looks, and what its content policy refuses.

        A state that fails leaves nothing to the next one, nor does one `alone`: the next one finds another window.
        """
        page, tools = await self._new("allow") if alone else self.kept or await self._new("block")
        refused = list[str]()
        if not alone:
            self.kept = None

        def note(message: ConsoleMessage) -> None:
            if any(words in message.text for words in REFUSED):
                refused.append(message.text[:300])

        page.on("console", note)
        try:
            if who:
                await page.context.add_cookies([{"name": "ithaca", "value": await open_session(who), "url": url}])
            yield page, refused
        except BaseException:
            await page.context.close()
            raise
        if alone:
            await page.context.close()
        else:
            page.remove_listener("console", note)
            await _empty(page, tools, url)
            self.kept = page, tools

    async def _new(self, service_workers: Literal["allow", "block"]) -> tuple[Page, CDPSession]:
        context = await self.browser.new_context(
            viewport={"width": FIRST.width, "height": FIRST.height}, reduced_motion="reduce", color_scheme="light",
            locale="en-GB", service_workers=service_workers,
        )
        await context.add_init_script(swaps.NOTE)
        await context.add_init_script(HELD)
        context.set_default_timeout(REACHED_WITHIN_MS)
        page = await context.new_page()
        return page, await context.new_cdp_session(page)


async def _empty(page: Page, tools: CDPSession, url: str) -> None:
    """Take away what a state left: its page, what it routed, its network, its cookies, what it kept, its looks."""
    await page.unroute_all(behavior="ignoreErrors")
    await page.context.set_offline(False)
    await page.goto(url + NOTHING)
    await page.context.clear_cookies()
    await tools.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
    await page.set_viewport_size({"width": FIRST.width, "height": FIRST.height})
    await page.emulate_media(color_scheme="light", forced_colors="none", contrast="no-preference")
