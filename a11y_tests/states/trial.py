"""Bring your own records: files, columns, the result, and what can be wrong with each."""

import json
from dataclasses import replace

from playwright.async_api import FilePayload, Page

from a11y_tests.registry import Act, Shelf, View, each, press
from a11y_tests.states.people import LONG_WORDS
from server.access.queries import actor_for
from server.journey.trying.actions import run_trial, start_trial
from server.journey.trying.rows.plan import load_plan
from server.journey.trying.rows.rules import Chosen, Company
from server.matchmaking.engine.learning.words import limits
from server.matchmaking.models import MatchTrial
from server.people.models import Person
from server.programs.states import ProgramType
from tests.web.console.learned import report
from tests.web.console.market import market
from tests.web.console.records import MENTEES, MENTORS, PAST, equals_file, people_file

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


@state("GET console-trial-run 200", proof="None of them is made again.")
async def columns_of_past_pairs_and_chosen_rules() -> View:
    who, trial = await started(MENTORS, MENTEES, past=PAST)
    plan = replace(load_plan(trial.settings), chosen=Chosen(company=Company.DIFFERENT, hours=2))
    await run_trial(await actor_for(who), trial.id, plan)
    return View(who, f"{HERE}/{trial.id}?columns=1")


@state("POST console-trial-matching 422", proof="name the mentor and the mentee of each past pair")
async def past_pairs_without_people() -> View:
    who, trial = await started(MENTORS, MENTEES, past="one,two\nM1,S1\n")
    return View(who, f"{HERE}/{trial.id}", press("Find the matches"))


@state("GET console-trial-run 200", proof="2 of the past pairs can teach.")
async def result_with_too_few_past_pairs() -> View:
    who, trial = await started(MENTORS, MENTEES, past=PAST)
    plan = replace(load_plan(trial.settings), chosen=Chosen(company=Company.DIFFERENT, hours=2))
    await run_trial(await actor_for(who), trial.id, plan)
    return View(who, f"{HERE}/{trial.id}")


@state("GET console-trial-run 200", proof="of which it had seen nothing")
async def result_that_past_pairs_taught() -> View:
    who, trial = await started(people_file(mentors=24, mentees=24), past=PAST)
    trial = await run_trial(await actor_for(who), trial.id, load_plan(trial.settings))
    past = {"pairs": 914, "known": 912, "answered": 900}
    trial.result = json.dumps(json.loads(trial.result) | {
        "learned": {**report(), "limits": limits(has_groups=False)}, "past": past})
    await trial.save(update_fields=["result"])
    return View(who, f"{HERE}/{trial.id}")


@state("GET console-trial-run 200", proof="offers what Peer")
async def result_of_peers() -> View:
    return await of_equals(ProgramType.PEER, 13)


@state("GET console-trial-run 200", proof="Are the circles fair?")
async def result_of_circles() -> View:
    return await of_equals(ProgramType.CIRCLE, 29)


@state("GET console-trial-run 200", proof="No circle could be formed.")
async def result_of_too_few_for_a_circle() -> View:
    return await of_equals(ProgramType.CIRCLE, 3)


@state("POST console-trial-erasure 303", proof="Erased: the files and what came of them.")
async def erased() -> View:
    who, trial = await started()
    await run_trial(await actor_for(who), trial.id, load_plan(trial.settings))
    return View(who, f"{HERE}/{trial.id}", press("Erase it now"))


async def started(*files: str, past: str = "") -> tuple[Person, MatchTrial]:
    """A manager with a trial whose columns are still as they were guessed."""
    who = (await market()).manager
    held = files or (MENTORS, MENTEES)
    named = [(f"{name}.csv", text.encode()) for name, text in zip(("mentors", "mentees"), held, strict=False)]
    return who, await start_trial(await actor_for(who), named, ("past pairs.csv", past.encode()) if past else None)


async def of_equals(kind: ProgramType, people: int) -> View:
    """The result of people of one side, two of whom would lead a circle."""
    who, trial = await started(equals_file(people))
    plan = replace(load_plan(trial.settings), kind=kind)
    await run_trial(await actor_for(who), trial.id, plan)
    return View(who, f"{HERE}/{trial.id}")


def give(field: str, name: str, text: str) -> Act:
    """Choose a file."""

    async def act(page: Page) -> None:
        payload: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
        await page.locator(f"#{field}").set_input_files(payload)

    return act
