"""Who joins by themselves: the walk through a hire."""

from a11y_tests.registry import Shelf, View
from tests.web.console.test_hiring import ruled

state = Shelf("hiring")
STATES = state.states


@state("GET console-hiring 200", proof="Somebody new is invited to Rising Leads.")
async def walked_through() -> View:
    return View((await ruled()).manager, "/console/hiring")


@state("GET console-hiring 422", proof="Nobody in your programmes has this address")
async def nobody_of_that_address() -> View:
    return View((await ruled()).manager, "/console/hiring?like=nobody@example.test&joins_after=1")
