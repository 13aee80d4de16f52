"""Bring your own records: files, columns, the result, and what can be wrong with each."""

from playwright.async_api import FilePayload, Page

from a11y_tests.registry import Act, Shelf, View, each, press
from a11y_tests.states.people import LONG_WORDS
from server.access.queries import actor_for
from server.journey.trying.actions import run_trial, start_trial
from server.journey.trying.plan import load_plan
from server.matchmaking.models import MatchTrial
from server.people.models import Person
from tests.web.console.market import market
from tests.web.console.records import MENTEES, MENTORS, people_file

state = Shelf("trial")
STATES = state.states
HERE = "/console/matches/trial"


@state("GET console-trial 200", proof="Try your own records")
async def choose_files() -> View:
    return View((await market()).manager, HERE)


@state("GET console-trial 200", proof="Open it again")
async def choose_files_again() -> View:
    who, _trial = await started()
    return View(who, HERE)


@state("GET console-trial 404", proof="We could not find that")
async def not_yours() -> View:
    return View((await market()).stranger, HERE)


@state("POST console-trial 422", proof="Choose a file first.")
async def no_file() -> View:
    return View((await market()).manager, HERE, press("Go on to the columns"))


@state("POST console-trial 303", "GET console-trial-run 200", proof="We guessed from their names.")
async def columns_of_two_files() -> View:
    acts = each(give("mentors", "mentors.csv", MENTORS), give("mentees", "mentees.csv", MENTEES),
                press("Go on to the columns"))
    return View((await market()).manager, HERE, acts)


@state("POST console-trial-matching 422", proof="These 3 people are all mentors.")
async def one_side_alone() -> View:
    who, trial = await started(MENTORS)
    return View(who, f"{HERE}/{trial.id}", press("Find the matches"))


@state("POST console-trial-matching 303", "GET console-trial-run 200", proof="3 of 3 mentees have a mentor")
async def result_of_few() -> View:
    who, trial = await started()
    return View(who, f"{HERE}/{trial.id}", press("Find the matches"))


@state("GET console-trial-run 200", proof="Page 2 of 3")
async def result_with_groups_and_a_queue() -> View:
    who, trial = await started(people_file(mentors=24, mentees=40, note=LONG_WORDS))
    await run_trial(await actor_for(who), trial.id, load_plan(trial.settings))
    return View(who, f"{HERE}/{trial.id}?page=2")


@state("POST console-trial-erasure 303", proof="Erased: the files and what came of them.")
async def erased() -> View:
    who, trial = await started()
    await run_trial(await actor_for(who), trial.id, load_plan(trial.settings))
    return View(who, f"{HERE}/{trial.id}", press("Erase it now"))


async def started(*files: str) -> tuple[Person, MatchTrial]:
    """A manager with a trial whose columns are still as they were guessed."""
    who = (await market()).manager
    held = files or (MENTORS, MENTEES)
    named = [(f"{name}.csv", text.encode()) for name, text in zip(("mentors", "mentees"), held, strict=False)]
    return who, await start_trial(await actor_for(who), named)


def give(field: str, name: str, text: str) -> Act:
    """Choose a file."""

    async def act(page: Page) -> None:
        payload: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
        await page.locator(f"#{field}").set_input_files(payload)

    return act
