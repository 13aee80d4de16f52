"""Goals: worded, closed, put first; steps added, changed, taken out; and what is wrong with any of it."""

from playwright.async_api import Page

from a11y_tests.registry import Shelf, View, each, fill, open_everything, press, undo
from a11y_tests.states.people import LONG_WORDS, with_goal
from server.goals import actions as goals
from server.goals.models import Milestone
from server.programs.models import Program
from tests import factories
from tests.factories import Pair

state = Shelf("goals")
STATES = state.states


@state("GET goal-revision 200", proof="The old wording is kept.")
async def revise() -> View:
    pair = await factories.active_match()
    await factories.competency(pair.organization)
    levels = {"levels": ["PRIVATE", "PAIR", "MANAGERS"], "usual": "PAIR"}
    await Program.filter(id=pair.program.id).update(goal_privacy=levels)
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


@state("GET goal-new 200", proof="Save this goal")
async def another() -> View:
    pair = await factories.active_match()
    await factories.competency(pair.organization)
    return View(pair.mentee, _place(pair))


@state("POST goal-new 422", proof="Say what you want to do.")
async def another_without_words() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, _place(pair), press("Save this goal"))


@state("POST goal-new 204", "GET home 200", proof="Finish it whenever you like.")
async def another_begun() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, _place(pair), each(fill("want", LONG_WORDS), press("Save this goal")))


@state("GET home 200", proof="Did you get there?")
async def every_step_done() -> View:
    pair = await factories.active_match()
    await with_goal(pair, steps=2, done=2)
    return View(pair.mentee, "/")


@state("POST goal-closure 303", "GET home 200", proof="Well sailed.")
async def reached() -> View:
    pair = await factories.active_match()
    await with_goal(pair, steps=2, done=2)
    return View(pair.mentee, "/", press("I reached it"))


@state("POST goal-closure-undo 303", "GET home 200", proof="Undone. It stands as before.")
async def let_go_and_opened_again() -> View:
    pair = await factories.active_match()
    await with_goal(pair)
    return View(pair.mentee, "/", each(open_everything, press("Let it go"), undo))


@state("POST goal-focus 303", "GET home 200", proof="This goal comes first now.")
async def another_put_first() -> View:
    pair = await factories.active_match()
    await with_goal(pair)
    await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want=LONG_WORDS, measure="somebody repeats it",
        due_on=factories.in_days(90),
    )
    return View(pair.mentee, "/", each(open_everything, press("Put it first"), told, open_everything))


@state("GET milestone-change 200", proof="Keep this step")
async def step_again() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, await _step(pair))


@state("POST milestone-change 422", proof="Give this step a name.")
async def step_again_without_a_name() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, await _step(pair), each(fill("step", ""), press("Keep this step")))


@state("POST milestone-change 204", "GET home 200", proof="Step changed.")
async def step_reworded() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, await _step(pair), each(fill("step", LONG_WORDS[:180]), press("Keep this step")))


@state("POST milestone-removal 303", "POST milestone-removal-undo 303", "GET home 200",
       proof="Undone. It stands as before.")
async def step_taken_out_and_put_back() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, await _step(pair), each(press("Take this step out"), undo))


async def told(page: Page) -> None:
    """The next page has come, with its toast."""
    await page.locator("#toasts .toast").wait_for()


def _place(pair: Pair) -> str:
    return f"/enrollment/{pair.mentee_enrollment.id}/goal"


async def _step(pair: Pair) -> str:
    goal = await with_goal(pair)
    step = await Milestone.filter(goal_id=goal.id).order_by("-position").first()
    assert step is not None
    return f"/milestone/{step.id}/change"
