"""What a good match is, in the builder: weights, rules, their preview and their versions."""

from playwright.async_api import Page

from a11y_tests.registry import Act, Shelf, View, each, fill, open_everything, press
from server.matchmaking.engine import Category, RuleSet
from server.matchmaking.engine.score import Stage
from server.matchmaking.weighing.actions import set_weights
from server.matchmaking.weighing.settings import Settings
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState, ProgramType
from tests import factories
from tests.arrival import drawn
from tests.web.console.learned import a_learning, models
from tests.web.console.market import Market, market

state = Shelf("weighing")
STATES = state.states


@state("GET console-build-matching 200", proof="Change a weight and the preview runs again on 18 of your own people.")
async def in_force() -> View:
    found = await town()
    await a_learning(found.organization, models=models(Stage.ACCEPT, Stage.MEET))
    return View(found.manager, page_of(found), open_everything)


@state("GET console-build-matching 200", proof="there is nobody to try it on")
async def nobody_yet() -> View:
    found = await market(1, 1)
    await Enrollment.filter(cohort_id=found.cohort.id).update(state=EnrollmentState.COMPLETED)
    return View(found.manager, page_of(found))


@state("GET console-build-matching 200", proof="Across companies nobody meets their own.")
async def fixed_by_the_type() -> View:
    """The rule that the type means has no switch, and more pairs stand than the limit allows."""
    found = await town()
    await Program.filter(id=found.program.id).update(
        type=ProgramType.CROSS_COMPANY, weights={"GOALS": 1.0}, rules={"max_pairs": 1})
    for number in range(2):
        await factories.match(found.mentors[number], found.mentees[number])
    return View(found.manager, page_of(found))


@state("GET console-build-matching 404", proof="We could not find that")
async def not_yours() -> View:
    found = await market(1, 1)
    return View(found.stranger, page_of(found))


@state("POST console-build-matching-preview 200", proof="Goal goes from 28 to 60.")
async def others_give_way() -> View:
    """One grows, the others give way, and only the preview is exchanged."""
    async def grow(page: Page) -> None:
        await page.locator("[id='weight-GOALS']").fill("60")
        await page.locator("[id='weight-GOALS']").press("Tab")
        await drawn(page, "window.__swaps.length > 0")
        total = await page.evaluate(
            "[...document.querySelectorAll('input[name^=weight-]')].reduce((all, one) => all + Number(one.value), 0)")
        assert total == 100, "the others give way"
    found = await town()
    return View(found.manager, page_of(found), grow)


@state("POST console-build-matching-preview 422", proof="Fix what is marked, and the preview runs again.")
async def cannot_be() -> View:
    found = await town()
    return View(found.manager, page_of(found), each(fill("repeat_months", "500"), press("Try it")))


@state("POST console-build-matching-keep 303", proof="Kept in the draft. Nobody notices it yet.")
async def kept() -> View:
    found = await town()
    return View(found.manager, page_of(found), each(typed("weight-GOALS", "60"), press("Use this matching")))


@state("POST console-build-matching-keep 409", proof="Somebody changed this draft meanwhile.")
async def changed_meanwhile() -> View:
    found = await town()

    async def meanwhile(_page: Page) -> None:
        await set_them(found)

    return View(found.manager, page_of(found), each(typed("weight-GOALS", "60"), meanwhile, press("Use this matching")))


@state("POST console-build-matching-version 303", proof="Goal goes from 0 to 28.")
async def brought_back() -> View:
    found = await town()
    await set_them(found)
    return View(found.manager, page_of(found), press("Bring back , Factory setting"))


def typed(field: str, words: str) -> Act:
    """Fill a number and leave it."""
    async def act(page: Page) -> None:
        await page.locator(f"[id='{field}']").fill(words)
        await page.locator(f"[id='{field}']").press("Tab")

    return act


async def set_them(found: Market) -> None:
    """Other weights, set by the manager."""
    actor = factories.manager_of(found.manager, found.program)
    await set_weights(actor, found.program.id, Settings({Category.AVAILABILITY: 1}, RuleSet()))


async def town() -> Market:
    """Six mentors and twelve mentees."""
    return await market(6, 12)


def page_of(found: Market) -> str:
    """The part of the builder."""
    return f"/console/programs/{found.program.id}/build/matching"
