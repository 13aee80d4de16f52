"""Each state is reached once and then looked at in its modes: size, colours, direction, zoom, spacing."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import pytest
from playwright.async_api import Page, expect

from a11y_tests import audit, report, swaps
from a11y_tests.audit import Finding
from a11y_tests.modes import FIRST, Mode, modes_of
from a11y_tests.registry import REACHED_WITHIN_MS, State, View
from a11y_tests.serving import Recorder, Seen
from a11y_tests.window import Window
from tests.arrival import drawn

STATE_WITHIN_S = 600
"""One state, all its modes: a browser that stands still fails the test instead of the run."""


def every(states: list[State]) -> Callable[..., Awaitable[None]]:
    """A test of all these states, each in all modes."""

    @pytest.mark.parametrize("number", range(len(states)), ids=lambda number: states[number].name)
    async def test(number: int, rows: object, site: tuple[str, Recorder], window: Window) -> None:
        async with asyncio.timeout(STATE_WITHIN_S):
            await examine(states[number], modes_of(number), site, window)

    return test


async def examine(state: State, modes: Sequence[Mode], site: tuple[str, Recorder], window: Window) -> None:
    """Reach the state, look at it in its modes, and report; anything found fails the test."""
    began, settled = time.perf_counter(), Counter[str]()
    async with standing(state, site, window) as (page, refused):
        found, seen = await look(page, state, modes, settled), site[1].seen
        exchanged, unknown = await swaps.seen_on(page, seen.templates, seen.fragments)
        found[""] = [
            *(Finding("content-policy", "", words) for words in refused),
            *(Finding("swap", "", f"no template asks for {words}") for words in unknown),
        ]
        title = await page.title()
    faults = [f"{mode}: {one}" for mode, list_ in found.items() for one in list_]
    report.add(
        state=state.name, title=title, visits=sorted(seen.visits), templates=sorted(seen.templates),
        swaps=sorted(exchanged), modes=[mode for mode in found if mode], seconds=round(time.perf_counter() - began, 2),
        settled=dict(settled),
        violations=[{"mode": mode, **asdict(one)} for mode, list_ in found.items() for one in list_],
    )
    assert not faults, "\n" + "\n".join(faults)


@asynccontextmanager
async def standing(
    state: State, site: tuple[str, Recorder], window: Window
) -> AsyncGenerator[tuple[Page, list[str]], None]:
    """A page that shows the state, and what its content policy refuses."""
    url, recorder = site
    view, recorder.seen = await state.seed(), Seen()
    async with window.opened(url, view.who, alone=view.alone) as (page, refused):
        await reach(page, url, state, view, recorder)
        yield page, refused


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
    await drawn(page)


async def _out_of_its_sandbox(page: Page) -> None:
    """A letter is served in a sandbox where nothing runs, axe neither: the same words, looked at on a plain page."""
    letter = await (await page.context.request.get(page.url)).text()
    await page.goto("about:blank")
    await page.set_content(letter)


async def look(
    page: Page, state: State, modes: Sequence[Mode], settled: Counter[str]
) -> dict[str, list[Finding]]:
    """What is found, by mode. `settled` counts what axe left open and was decided by a measurement or a review."""
    found = {FIRST.name: await _first_look(page, state, settled)}
    if state.letter:
        return found
    for mode in modes:
        await put(page, mode)
        by_sight = not mode.shows_other_parts
        seen = await audit.axe(page, state.name, settled, by_sight=by_sight) if mode.axe else []
        walked = await audit.walk(page) if mode.walk else []
        found[mode.name] = [*seen, *await audit.own(page, *mode.checks), *walked]
    return found


async def _first_look(page: Page, state: State, settled: Counter[str]) -> list[Finding]:
    if state.letter:
        return await audit.axe(page, state.name, settled)
    seen = await audit.own(page, "swapped", "structure", "targets", *FIRST.checks)
    return [*seen, *await audit.axe(page, state.name, settled), *await audit.walk(page)]


async def put(page: Page, mode: Mode) -> None:
    """Show the page as the mode has it, without loading it again."""
    await page.set_viewport_size({"width": mode.width, "height": mode.height})
    settings: dict[str, Any] = {"color_scheme": mode.scheme, "forced_colors": mode.forced, "contrast": mode.contrast}
    await page.emulate_media(**settings)
    await page.evaluate("way => document.documentElement.dir = way", "rtl" if mode.rtl else "ltr")
    await audit.widen_spacing(page, mode.spaced)
