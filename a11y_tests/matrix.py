"""Each state is reached once and then looked at in every mode: size, colours, direction, zoom, spacing."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, expect
from playwright.async_api import Error as PlaywrightError

from a11y_tests import audit, report
from a11y_tests.audit import Finding
from a11y_tests.registry import REACHED_WITHIN_MS, State, View
from a11y_tests.serving import Recorder, Seen
from server.access.actions import open_session

FULL = "ITHACA_A11Y_FULL"
"""Set by `make a11y`: every mode; without it, the six of every run."""
STATE_WITHIN_S = 180
"""One state, all its modes: a browser that stands still fails the test instead of the run."""
COUNT_SWAPS = "addEventListener('htmx:afterSettle', () => { window.__swaps = (window.__swaps || 0) + 1; })"
DRAWN = """document.readyState === 'complete'
&& [...document.querySelectorAll('link[rel~=stylesheet]')].every(one => one.sheet)
&& !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"""
REFUSED = ("Content Security", "violates the")


@dataclass(frozen=True)
class Mode:
    """A window and what its reader has set."""

    name: str
    width: int = 390
    height: int = 844
    scheme: str = "light"
    forced: str = "none"
    contrast: str = "no-preference"
    rtl: bool = False
    spaced: bool = False
    axe: bool = True
    walk: bool = False
    """Tab through it all and measure what a finger hits: where the frame of the page is another, or its colours."""

    @property
    def checks(self) -> tuple[str, ...]:
        """Our own checks that this mode asks for, beside axe."""
        spaced = ("clipped",) if self.spaced else ()
        forced = ("plated", "told") if self.forced == "active" else ()
        walked = ("targets",) if self.walk else ()
        return ("reflow", "spilt", "overlaid", *spaced, *forced, *walked)


FIRST = Mode("390 light")
ALWAYS = (
    Mode("320 light", 320, 640), Mode("320 dark", 320, 640, scheme="dark"), Mode("390 dark", scheme="dark"),
    Mode("zoom 400 %", 320, 256, axe=False), Mode("spaced", 320, 640, spaced=True, axe=False),
)
ALSO = (
    Mode("desk light", 1280, 800, walk=True), Mode("desk dark", 1280, 800, scheme="dark"),
    Mode("desk right to left", 1280, 800, rtl=True, walk=True),
    Mode("390 spaced", spaced=True, axe=False), Mode("desk spaced", 1280, 800, spaced=True, axe=False),
    Mode("desk forced colours", 1280, 800, scheme="dark", forced="active"),
    Mode("forced colours", forced="active", walk=True), Mode("forced colours dark", scheme="dark", forced="active"),
    Mode("more contrast", contrast="more"), Mode("more contrast dark", scheme="dark", contrast="more"),
    Mode("right to left", rtl=True, walk=True), Mode("right to left 320", 320, 640, rtl=True),
)


def every(states: list[State]) -> Callable[..., Awaitable[None]]:
    """A test of all these states, each in all modes."""

    @pytest.mark.parametrize("state", states, ids=lambda one: one.name)
    async def test(state: State, rows: object, site: tuple[str, Recorder], browser: Browser) -> None:
        async with asyncio.timeout(STATE_WITHIN_S):
            await examine(state, site, browser)

    return test


async def examine(state: State, site: tuple[str, Recorder], browser: Browser) -> None:
    """Reach the state, look at it in every mode, and report; anything found fails the test."""
    began, (url, recorder) = time.perf_counter(), site
    view, refused = await state.seed(), list[str]()
    recorder.seen = Seen()
    page = await _page_of(browser, url, view)
    page.on("console", lambda message: _note_refusal(message, refused))
    try:
        await reach(page, url, state, view, recorder)
        found = await look(page, state)
        found[""] = [Finding("content-policy", "", words) for words in refused]
        title = await page.title()
    finally:
        await page.context.close()
    faults = [f"{mode}: {one}" for mode, list_ in found.items() for one in list_]
    report.add(
        state=state.name, title=title, visits=sorted(recorder.seen.visits), templates=sorted(recorder.seen.templates),
        modes=[mode for mode in found if mode], seconds=round(time.perf_counter() - began, 2),
        violations=[{"mode": mode, **asdict(one)} for mode, list_ in found.items() for one in list_],
    )
    assert not faults, "\n" + "\n".join(faults)


async def reach(page: Page, url: str, state: State, view: View, recorder: Recorder) -> None:
    """Open the state, do what leads to it, and make sure that this is it."""
    await page.goto(url + view.path)
    if state.letter:
        await _out_of_its_sandbox(page)
    if view.act:
        await view.act(page)
    await expect(page.get_by_text(state.proof).locator("visible=true").first).to_be_visible(timeout=REACHED_WITHIN_MS)
    deadline = time.monotonic() + REACHED_WITHIN_MS / 1000
    while (lacking := set(state.visits) - recorder.seen.visits) and time.monotonic() < deadline:
        await page.wait_for_timeout(100)
    assert not lacking, f"not visited: {sorted(lacking)}; visited: {sorted(recorder.seen.visits)}"
    await _drawn(page)


async def _drawn(page: Page) -> None:
    """The words of an answer can be read before its style sheets are there: wait for them, and for every swap."""
    deadline = time.monotonic() + REACHED_WITHIN_MS / 1000
    while time.monotonic() < deadline:
        with suppress(PlaywrightError):  # The document is being exchanged for the next.
            if await page.evaluate(DRAWN):
                return
        await page.wait_for_timeout(50)
    raise AssertionError("the page never came to rest: its style sheets or a swap are still awaited")


async def _out_of_its_sandbox(page: Page) -> None:
    """A letter is served in a sandbox where nothing runs, axe neither: the same words, looked at on a plain page."""
    letter = await (await page.context.request.get(page.url)).text()
    await page.goto("about:blank")
    await page.set_content(letter)


async def look(page: Page, state: State) -> dict[str, list[Finding]]:
    """What is found, by mode."""
    found = {FIRST.name: await _first_look(page, state)}
    if state.letter:
        return found
    for mode in (*ALWAYS, *(ALSO if os.environ.get(FULL) else ())):
        await put(page, mode)
        seen = await audit.axe(page, state.name) if mode.axe else []
        walked = await audit.walk(page) if mode.walk else []
        found[mode.name] = [*seen, *await audit.own(page, *mode.checks), *walked]
    return found


async def _first_look(page: Page, state: State) -> list[Finding]:
    if state.letter:
        return await audit.axe(page, state.name)
    seen = await audit.own(page, "swapped", "structure", "targets", *FIRST.checks)
    return [*seen, *await audit.axe(page, state.name), *await audit.walk(page)]


async def put(page: Page, mode: Mode) -> None:
    """Show the page as the mode has it, without loading it again."""
    await page.set_viewport_size({"width": mode.width, "height": mode.height})
    settings: dict[str, Any] = {"color_scheme": mode.scheme, "forced_colors": mode.forced, "contrast": mode.contrast}
    await page.emulate_media(**settings)
    await page.evaluate("way => document.documentElement.dir = way", "rtl" if mode.rtl else "ltr")
    await audit.widen_spacing(page, mode.spaced)


async def _page_of(browser: Browser, url: str, view: View) -> Page:
    context = await browser.new_context(
        viewport={"width": FIRST.width, "height": FIRST.height}, reduced_motion="reduce", color_scheme="light",
        locale="en-GB",
    )
    if view.who:
        await context.add_cookies([{"name": "ithaca", "value": await open_session(view.who), "url": url}])
    await context.add_init_script(COUNT_SWAPS)
    context.set_default_timeout(REACHED_WITHIN_MS)
    return await context.new_page()


def _note_refusal(message: ConsoleMessage, refused: list[str]) -> None:
    if any(words in message.text for words in REFUSED):
        refused.append(message.text[:300])
