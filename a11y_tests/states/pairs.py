"""The pair record: running, asked, quiet, paused, ended and not there; and what its manager does, refused and done."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from playwright.async_api import Page

from a11y_tests.registry import Act, Shelf, View, each, fill, open_everything, press, undo
from a11y_tests.states.people import LONG_NAME, LONG_WORDS
from server.automation.planning import plan
from server.automation.steps import STEPS
from server.automation.subjects import MATCH
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.ids import new_id
from server.matches.models import Match, MatchNote
from server.matches.states import ClosureReason, MatchState
from server.matchmaking.runs.actions import run_matching
from server.people.models import Person
from tests import factories
from tests.web.console.lived import lived
from tests.web.console.market import manager_of, market

state = Shelf("pairs")
STATES = state.states
HERE = "/console/matches"


@state("GET console-pair 200", proof="You see that they write and meet")
async def lived_pair() -> View:
    found = await lived()
    return View(found.manager, f"{HERE}/{found.pair.match.id}?events=all", open_everything)


@state("GET console-pair 200", proof="Gone quiet")
async def quiet_with_long_names() -> View:
    who, path = await _pair(active_at=clock.now() - timedelta(days=60))
    await Person.filter(organization_id=who.organization_id, given_name="Noor").update(**LONG_NAME)
    return View(who, path, open_everything)


@state("GET console-pair 200", proof="Waits for Idris until")
async def asked() -> View:
    return View(*await _pair(state=MatchState.AWAITING_MENTOR, answer_by=clock.now() + timedelta(days=5)))


@state("GET console-pair 200", proof="Reason: not the right fit.")
async def ended() -> View:
    ended_at = clock.now() - timedelta(days=2)
    return View(*await _pair(
        state=MatchState.CONCLUDED, ended_at=ended_at, closure_reason=ClosureReason.POOR_FIT, published_at=ended_at
    ))


@state("GET console-pair 404", proof="We could not find that")
async def not_there() -> View:
    return View((await _pair())[0], f"{HERE}/{new_id()}")


@state("POST console-pair-pause 303", "POST console-pair-undo 303", proof="Taken back. Nobody was told.")
async def pause_undone() -> View:
    return View(*await _pair(), each(open_everything, press("Pause until then"), undo))


@state("POST console-pair-pause 303", "GET console-pair 200", proof="Then they go on by themselves.")
async def paused() -> View:
    return View(*await _pair(), each(open_everything, press("Pause until then")))


@state("POST console-pair-planned 303", "GET console-pair 200", proof="Skipped by")
async def message_skipped() -> View:
    who, path = await _pair()
    match_id = UUID(path.rpartition("/")[2])
    steps = [one for one in STEPS.values() if one.on == ("match.activated",)]
    await plan(system_actor(who.organization_id), MATCH, steps, match_id, clock.now())
    await Person.filter(organization_id=who.organization_id, given_name="Noor").update(**LONG_NAME)
    return View(who, path, press("Skip this one"))


@state("POST console-pair-last-day 303", "GET console-pair 200", proof="They go on until")
async def circle_lengthened() -> View:
    return View(*await _circle(), each(open_everything, press("Go on until then")))


@state("POST console-pair-last-day 422", proof="Choose a day after the last day so far")
async def circle_not_lengthened() -> View:
    return View(*await _circle(), each(open_everything, fill("ends_on", "2020-01-01"), press("Go on until then")))


@state("POST console-pair-pause 422", proof="Choose a day within the next six months.")
async def pause_refused() -> View:
    return View(*await _pair(), each(open_everything, fill("until", "2020-01-01"), press("Pause until then")))


@state("POST console-pair-resumption 303", proof="They go on. Both are told.")
async def resumed() -> View:
    return View(*await _pair(state=MatchState.PAUSED, paused_until=factories.in_days(9)), press("Go on now"))


@state("POST console-pair-closure 422", proof="Choose a reason.")
async def end_without_a_reason() -> View:
    return View(*await _pair(), each(open_everything, press("End it kindly")))


@state("POST console-pair-closure 303", proof="Neither is told the reason.")
async def ended_just_now() -> View:
    return View(*await _pair(), each(open_everything, _choose("reason-3"), press("End it kindly")))


@state("POST console-pair-another 303", proof="They part without blame.")
async def another_mentor() -> View:
    return View(*await _pair(), each(open_everything, _press("rematch-yes")))


@state("POST console-pair-another 409", proof="Nobody with a free place is left")
async def nobody_left() -> View:
    found = await market()
    over = await factories.match(
        found.mentors[0], found.mentees[0], state=MatchState.CONCLUDED, ended_at=clock.now(),
        closure_reason=ClosureReason.NO_FAULT,
    )
    return View(found.manager, f"{HERE}/{over.id}", _press("another"))


@state("POST console-pair-place 303", proof="The first in line is suggested.")
async def place_offered() -> View:
    found = await market(mentors=1, mentees=2, capacity=1)
    await run_matching(system_actor(found.organization.id), found.cohort.id)
    await Match.filter(state=MatchState.DRAFT).update(
        state=MatchState.CONCLUDED, ended_at=clock.now(), closure_reason=ClosureReason.NO_FAULT)
    over = await Match.get()
    return View(found.manager, f"{HERE}/{over.id}", _press("offer"))


@state("POST console-pair-place 409", proof="Nobody who waits can have this place now.")
async def nobody_for_the_place() -> View:
    return View(*await _pair(state=MatchState.CONCLUDED, ended_at=clock.now()), _press("offer"))


@state("POST console-pair-note 303", proof="Note kept.")
async def note_kept() -> View:
    return View(*await _pair(), each(fill("words", LONG_WORDS), press("Keep note")))


@state("POST console-pair-note 422", proof="Somebody else changed this note meanwhile.")
async def note_changed_meanwhile() -> View:
    who, path = await _pair()

    async def meanwhile(page: Page) -> None:
        await MatchNote.create(
            organization_id=who.organization_id, match_id=path.rpartition("/")[2], words=LONG_WORDS,
            written_by_id=who.id,
        )

    return View(who, path, each(meanwhile, fill("words", "Call both."), press("Keep note")))


async def _pair(**values: Any) -> tuple[Person, str]:
    """Who runs the programme, and the address of the record."""
    pair = await factories.active_match(**values)
    return await manager_of(pair.organization, pair.program), f"{HERE}/{pair.match.id}"


async def _circle() -> tuple[Person, str]:
    circle = await factories.active_circle()
    return await manager_of(circle.organization, circle.program), f"{HERE}/{circle.match.id}"


def _choose(id: str) -> Act:
    async def act(page: Page) -> None:
        await page.locator(f"#{id}").check(force=True)

    return act


def _press(id: str) -> Act:
    async def act(page: Page) -> None:
        await page.locator(f"#{id}").click()

    return act
