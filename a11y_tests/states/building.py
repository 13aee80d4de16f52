"""The builder: what is in force, a draft, what cannot be, and somebody who was faster."""

from playwright.async_api import Page

from a11y_tests.registry import Shelf, View, each, fill, press
from server.automation.building.actions import change_part
from server.automation.building.queries import plan_of
from tests import factories
from tests.web.console.market import Market, market

state = Shelf("building")
STATES = state.states


@state("GET console-build-dates 200", proof="2 people, once you put it in force.")
async def in_force() -> View:
    found = await market(1, 1)
    return View(found.manager, page_of(found, "dates"))


@state("POST console-build-dates-keep 303", proof="Kept in the draft. Nobody notices it yet.")
async def kept() -> View:
    found = await market(1, 1)
    return View(found.manager, page_of(found, "dates"), each(fill("sessions_per_month", "3"), press("Use these dates")))


@state("POST console-build-dates-keep 422", proof="Write a whole number from 1 to 31.")
async def cannot_be() -> View:
    found = await market(1, 1)
    typed = fill("sessions_per_month", "99")
    return View(found.manager, page_of(found, "dates"), each(typed, press("Use these dates")))


@state("POST console-build-dates-keep 409", proof="Somebody changed this draft meanwhile.")
async def somebody_was_faster() -> View:
    found = await market(1, 1)

    async def meanwhile(_page: Page) -> None:
        await changed(found, places_max=7)

    typed = fill("sessions_per_month", "3")
    return View(found.manager, page_of(found, "dates"), each(typed, meanwhile, press("Use these dates")))


async def changed(found: Market, **given: object) -> None:
    """Settings kept in the draft by the manager, from another window."""
    actor = factories.manager_of(found.manager, found.program)
    await change_part(actor, found.program.id, given, seen=(await plan_of(actor, found.program.id)).seen)


def page_of(found: Market, part: str) -> str:
    """The page of a part."""
    return f"/console/programs/{found.program.id}/build/{part}"
