"""Our own checks find what they are for: a page with one fault each, and the same page without it."""

from collections import Counter

import pytest
from playwright.async_api import Browser

from a11y_tests import audit

BOX = "<style>.box { inline-size: 60px; border: 1px solid #000; margin: 1rem; font: 16px sans-serif }</style>"
TWO = "<ul><li><a href=/ aria-current=page style='{}'>Journey</a></li><li><a href=/you>You</a></li></ul>"
CASES = {
    "spilt": (f"{BOX}<p class=box>Unhyphenated</p>", f"{BOX}<p class=box>Short</p>"),
    "overlaid": ("<p>Above</p><p style='margin-block-start: -2rem'>Below</p>", "<p>Above</p><p>Below</p>"),
    "plated": ("<b style='background: Highlight; color: Canvas'>3</b>", "<b style='background: Highlight'>3</b>"),
    "told": (TWO.format("background: #def"), TWO.format("border: 1px solid")),
    "clipped": ("<p style='block-size: 8px; overflow: hidden'>Cut</p>", "<p style='overflow: hidden'>Whole</p>"),
    "reflow": ("<p style='inline-size: 900px'>Wide</p>", "<p>Narrow</p>"),
    "targets": ("<button>A</button>", "<button style='inline-size: 44px; block-size: 44px'>A</button>"),
}
FORCED = {"plated", "told"}


@pytest.mark.parametrize("check", CASES)
async def test_a_fault_is_found_and_a_sound_page_passes(check: str, browser: Browser) -> None:
    faulty, sound = CASES[check]
    assert len(await _found(browser, check, faulty)) == 1
    assert await _found(browser, check, sound) == []


@pytest.mark.parametrize("by_sight", [False, True])
async def test_contrast_that_axe_leaves_open_is_measured_however_it_is_asked(by_sight: bool, browser: Browser) -> None:
    page, ground = await browser.new_page(), "background: linear-gradient(#fff, #eee)"
    try:
        for ink, faults in (("#888", 1), ("#222", 0)):
            await page.set_content(f"<p style='{ground}; color: {ink}'>Over a gradient</p>")
            settled = Counter[str]()
            found = await audit.axe(page, "", settled, by_sight=by_sight)
            assert len([one for one in found if one.rule == "color-contrast"]) == faults
            assert settled[audit.MEASURED] == 1
    finally:
        await page.close()


WALKS = {
    "has no ring": "<a href=/ style='outline: none'>One</a><a href=/you>Two</a>",
    "is never reached": "<a href=/ onkeydown='event.preventDefault(); third.focus()'>One</a><a href=/you>Two</a>"
    "<a href=/help id=third>Three</a>",
    "comes after": "<main><a href=/ style='position: relative; top: 4rem'>One</a><a href=/>Two</a></main>",
    "": "<a href=/>One</a><input type=date><input type=time><a href=/you>Two</a>",
}
"""What is said of a walk through each page; dates have more stops than one."""


@pytest.mark.parametrize("words", WALKS)
async def test_a_walk_tells_of_each_stop_and_of_what_it_missed(words: str, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    try:
        await page.set_content(f"<style>:focus-visible {{ outline: 2px solid }}</style>{WALKS[words]}")
        found = await audit.walk(page)
        assert [words in one.words for one in found] == [True] * bool(words)
    finally:
        await page.close()


async def _found(browser: Browser, check: str, words: str) -> list[audit.Finding]:
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    try:
        await page.emulate_media(forced_colors="active" if check in FORCED else "none")
        await page.set_content(words)
        return await audit.own(page, check)
    finally:
        await page.close()
