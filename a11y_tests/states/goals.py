"""Goals: a changed wording, another step, and what is wrong with either."""

from a11y_tests.registry import Shelf, View, each, fill, press
from a11y_tests.states.people import LONG_WORDS, with_goal
from server.goals.models import Milestone
from tests import factories

state = Shelf("goals")
STATES = state.states


@state("GET goal-revision 200", proof="The old wording is kept.")
async def revise() -> View:
    pair = await factories.active_match()
    await factories.competency(pair.organization)
    return View(pair.mentee, f"/goal/{(await with_goal(pair)).id}/revision")


@state("POST goal-revision 422", proof="to fix")
async def revise_with_errors() -> View:
    pair = await factories.active_match()
    at = f"/goal/{(await with_goal(pair)).id}/revision"
    return View(pair.mentee, at, each(fill("want", ""), fill("measure", ""), press("Keep this wording")))


@state("POST goal-revision 204", "GET home 200", proof="Goal changed. The old wording is kept.")
async def revised() -> View:
    pair = await factories.active_match()
    at = f"/goal/{(await with_goal(pair)).id}/revision"
    return View(pair.mentee, at, each(fill("want", LONG_WORDS), press("Keep this wording")))


@state("GET goal-revision 404", proof="We could not find that")
async def not_yours() -> View:
    pair = await factories.active_match()
    return View(pair.stranger, f"/goal/{(await with_goal(pair)).id}/revision")


@state("GET milestone-new 200", proof="What is the step?")
async def step() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, f"/goal/{(await with_goal(pair)).id}/milestone")


@state("POST milestone-new 422", proof="Give this step a name.")
async def step_without_a_name() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, f"/goal/{(await with_goal(pair)).id}/milestone", press("Add the step"))


@state("POST milestone-new 204", "GET home 200", proof="Step added.")
async def step_added() -> View:
    pair = await factories.active_match()
    at = f"/goal/{(await with_goal(pair, steps=0)).id}/milestone"
    assert not await Milestone.all().exists()
    return View(pair.mentee, at, each(fill("step", "Watch a review"), press("Add the step")))
