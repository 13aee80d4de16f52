"""Places of mentors: what is short, and a plan that is worked out while it is changed."""

from playwright.async_api import Page

from a11y_tests.registry import Shelf, View, press
from server.matchmaking.supply.actions import ask_for_places
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState, ParticipantRole, ProgramType
from tests import factories
from tests.arrival import drawn
from tests.web.console.market import Market, market

state = Shelf("supply")
STATES = state.states


@state("GET console-places 200", proof="7, was 4")
async def plan_worked_out() -> View:
    """The plan alone is exchanged."""
    async def more(page: Page) -> None:
        await page.locator("[id='more']").fill("3")
        await page.locator("[id='more']").press("Tab")
        await drawn(page, "window.__swaps.length > 0")
    found = await market(4, 12, capacity=1)
    return View(found.manager, page_of(found), more)


@state("GET console-places 422", proof="Choose a number from 4 to 8.")
async def no_such_circle() -> View:
    found = await market(1, 1)
    return View(found.manager, f"{page_of(found)}?size=12")


@state("POST console-places-ask 303", proof="One past mentor is invited.")
async def past_mentors_asked() -> View:
    found = await market(1, 2)
    before = await factories.cohort(found.program, name="Autumn group")
    await factories.enrollment(before, found.stranger, ParticipantRole.MENTOR, state=EnrollmentState.COMPLETED)
    return View(found.manager, f"{page_of(found)}?past=1", press("Ask 1 past mentor"))


@state("POST console-places-ask-for-more 303", proof="2 mentors are asked.")
async def asked_for_one_more() -> View:
    found = await market(2, 4, capacity=1)
    for mentor, mentee in zip(found.mentors, found.mentees[:2], strict=True):
        await factories.match(mentor, mentee)
    return View(found.manager, page_of(found), press("Ask them"))


async def asked_mentor() -> tuple[Market, str]:
    """A mentor who was asked for one more place, and where they answer."""
    found = await market(1, 2, capacity=1)
    await factories.match(found.mentors[0], found.mentees[0])
    await ask_for_places(factories.manager_of(found.manager, found.program), found.cohort.id)
    return found, f"/enrollment/{found.mentors[0].id}/place"


@state("GET one-more-place 200", proof="Could you take one more?")
async def one_more_place() -> View:
    found, path = await asked_mentor()
    return View(found.mentors[0].person, path)


@state("POST one-more-place-answer 303", "GET one-more-place 200", proof="Take the place back")
async def place_given() -> View:
    found, path = await asked_mentor()
    return View(found.mentors[0].person, path, press("Yes, one more"))


@state("GET console-places 200", proof="person without a partner")
async def peers() -> View:
    found = await market(1, 5)
    await Program.filter(id=found.program.id).update(type=ProgramType.PEER)
    await Enrollment.filter(cohort_id=found.cohort.id, role=ParticipantRole.MENTEE).update(role=ParticipantRole.PEER)
    return View(found.manager, page_of(found))


@state("GET console-places 200", proof="The invitation, as Kofi Windrose would read it")
async def before_asking() -> View:
    """Everything at once: who is invited, whom to ask for a place, a circle that suits, the invitation."""
    found = await market(2, 9, capacity=1)
    before = await factories.cohort(found.program, name="Autumn group")
    await factories.enrollment(before, found.stranger, ParticipantRole.MENTOR, state=EnrollmentState.COMPLETED)
    await Enrollment.filter(id__in=[row.id for row in found.mentees[6:]]).update(
        state=EnrollmentState.INVITED, active_at=None
    )
    return View(found.manager, f"{page_of(found)}?past=1&raised=1&places=4")


def page_of(found: Market) -> str:
    """The page of places."""
    return f"/console/matches/groups/{found.cohort.id}/places"
