"""What a device keeps: the switch, and what is read without a network."""

from playwright.async_api import Page

from a11y_tests.registry import Shelf, View, each, kept_here
from a11y_tests.states.people import booked, with_goal
from tests import factories
from tests.factories import Pair

state = Shelf("keeping")
STATES = state.states
HERE = "/you/kept"


@state("GET you-kept 200", proof="Keep my journey on this device")
async def chosen() -> View:
    return View((await _pair()).mentee, HERE, each(kept_here, _choose))


@state("GET you-kept 200", proof="The goal of Noor")
async def of_a_mentor() -> View:
    return View((await _pair()).mentor, HERE, kept_here)


@state("GET you-kept 200", proof="Nothing is under way yet.")
async def nothing() -> View:
    return View((await factories.active_match()).stranger, HERE, kept_here)


@state("GET offline 200", proof="As it was on")
async def without_a_network() -> View:
    """As the app's worker shows it, with what was kept."""
    return View((await _pair()).mentee, HERE, each(kept_here, _choose, _no_network))


async def _pair() -> Pair:
    pair = await factories.active_match()
    await with_goal(pair)
    await booked(pair)
    return pair


async def _choose(page: Page) -> None:
    await page.get_by_role("switch").click()
    await page.locator("#keep[data-kept=on]").wait_for()


async def _no_network(page: Page) -> None:
    await page.goto(page.url.replace(HERE, "/offline"))
    await page.locator("#journey-kept").wait_for()
