"""Who joins by themselves: the walk through a hire."""

from playwright.async_api import Page

from a11y_tests.registry import Act, Shelf, View, each, press
from a11y_tests.states.building import page_of
from tests.web.console.test_hiring import ruled

state = Shelf("hiring")
STATES = state.states


@state("GET console-hiring 200", proof="Somebody new is invited to Rising Leads.")
async def walked_through() -> View:
    return View((await ruled()).manager, "/console/hiring")


@state("GET console-hiring 422", proof="Nobody in your programmes has this address")
async def nobody_of_that_address() -> View:
    return View((await ruled()).manager, "/console/hiring?like=nobody@example.test&joins_after=1")


@state("GET console-build-joining 200", proof="Invites who is hired, 30 days later, as mentee.")
async def rules_of_a_programme() -> View:
    found = await ruled()
    return View(found.manager, page_of(found, "joining"))


@state("POST console-build-joining-keep 303", proof="Kept in the draft. Nobody notices it yet.")
async def a_rule_more() -> View:
    found = await ruled()
    chosen = choose("triggers.enrol[3].when", "PROMOTED")
    return View(found.manager, page_of(found, "joining"), each(chosen, press("Use these rules")))


@state("POST console-build-joining-keep 422", proof="Say which course, by its number in the learning system.")
async def a_course_without_a_number() -> View:
    found = await ruled()
    chosen = choose("triggers.enrol[3].when", "COURSE")
    return View(found.manager, page_of(found, "joining"), each(chosen, press("Use these rules")))


def choose(field: str, value: str) -> Act:
    """Choose one of a list."""
    async def act(page: Page) -> None:
        await page.locator(f"[id='{field}']").select_option(value)

    return act
