"""When a page is there: nothing in a browser is waited for by the clock, all of it by what must have happened."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator, Page

WITHIN_S = 60
TURN_S = 0.03
DRAWN = """document.readyState === 'complete'
&& [...document.querySelectorAll('link[rel~=stylesheet]')].every(one => one.sheet)
&& !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')
&& (!document.documentElement.dataset.scripts || !navigator.onLine
    || [...document.querySelectorAll('form[data-push]')].every(one => one.dataset.able))"""
"""The last: what a script of its own shows or hides, once it has come."""
AWAIT = """at => {
  document.awaited = true;
  const answers = ({ detail }) => {
    const by = detail.requestConfig?.elt || detail.ctx?.sourceElement || detail.elt;
    if (by && (by.contains(at) || at.form === by)) document.awaited = false;
  };
  ['htmx:afterSettle', 'htmx:after:settle', 'htmx:responseError', 'htmx:sendError']
    .forEach(name => document.addEventListener(name, answers));
}"""


async def drawn(page: Page, also: str = "true") -> None:
    """The page has come to rest: its words can be read before its style sheets are there, and in a swap not at all.

    `also`: what must be true beside it, as an expression of the page. Asked from here, since a page whose scripts are
    off has no clock of its own.
    """
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        with suppress(PlaywrightError):  # The document is being exchanged for the next.
            if await page.evaluate(f"{also} && {DRAWN}"):
                return
        await asyncio.sleep(TURN_S)
    raise AssertionError(f"{page.url} never came to rest: its next page, its style sheets or a swap are still awaited")


@asynccontextmanager
async def answered(control: Locator) -> AsyncGenerator[None, None]:
    """What is done to `control` within has an answer: another document, or the swap that its own request makes."""
    await control.evaluate(AWAIT)
    yield
    await drawn(control.page, "document.awaited !== true")
