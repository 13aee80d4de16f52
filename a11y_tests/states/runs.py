"""A run of the matching, alone and beside another one."""

from datetime import timedelta

from playwright.async_api import Page

from a11y_tests.registry import Act, Shelf, View, each, fill, open_everything, press
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.matches.models import MatchMember
from server.matches.states import MatchState
from server.matchmaking.engine import Step
from server.matchmaking.models import MatchRun
from server.matchmaking.queue.actions import preview_matching
from server.matchmaking.runs.actions import carry_out, run_matching, start_run
from server.matchmaking.states import RunState
from server.people.models import Person
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.arrival import drawn
from tests.circles import seat_found
from tests.web.console.circles import formed, ring
from tests.web.console.learned import a_learning
from tests.web.console.market import Market, manager_of, market

state = Shelf("runs")
STATES = state.states
HERE = "/console/matches/runs"
CITIES = ("Lisbon", "Nairobi", "Leeds")


@state("GET console-run 200", proof="Is it fair?")
async def a_run_with_groups_and_a_queue() -> View:
    found = await town()
    return View(found.manager, f"{HERE}/{(await run(found)).id}")


@state("GET console-run 200", proof="That is proven.")
async def a_small_run_where_everybody_has_a_mentor() -> View:
    found = await market()
    return View(found.manager, f"{HERE}/{(await run(found)).id}")


@state("GET console-run 200", proof="before audits were kept")
async def a_run_from_before_audits() -> View:
    found = await market()
    made = await run(found)
    await MatchRun.filter(id=made.id).update(result={"matched": 3, "waiting": 0})
    return View(found.manager, f"{HERE}/{made.id}")


async def told(page: Page) -> None:
    """Wait, on the link of the part that says how far it is, until the part was exchanged."""
    await page.get_by_role("link", name="Look again").focus()
    await drawn(page, "window.__swaps.length > 0")


@state("GET console-run-progress 200", proof="Comparing everybody with everybody.")
async def under_way() -> View:
    found = await market()
    made = await start_run(system_actor(found.organization.id), found.cohort.id)
    await MatchRun.filter(id=made.id).update(step=Step.SEARCHING, percent=40)
    return View(found.manager, "/console/matches", told)


@state("POST console-run-cancel 303", proof="Stopped. The queue is as it was.")
async def stopped() -> View:
    found = await market()
    await start_run(system_actor(found.organization.id), found.cohort.id)
    return View(found.manager, "/console/matches", press("Stop the matching"))


@state("GET console-by-hand 200", proof="Nobody is told before you approve.")
async def two_put_together_by_hand() -> View:
    return await _two()


@state("POST console-by-hand-make 303", "GET console-matches 200", proof="Every other pair stays as it is.")
async def put_into_the_queue_by_hand() -> View:
    return await _two(press("Put them into the queue"))


async def _two(act: Act | None = None) -> View:
    found = await market()
    both = f"mentor={found.mentors[0].id}&mentee={found.mentees[0].id}"
    return View(found.manager, f"/console/matches/by-hand?group={found.cohort.id}&{both}", act)


@state("GET console-matches 200", proof="The matching came to no result")
async def gave_up() -> View:
    found = await market()
    await MatchRun.filter(id=(await run(found)).id).update(state=RunState.FAILED, result={"failed": "ArithmeticError"})
    return View(found.manager, "/console/matches")


@state("GET console-run 404", proof="We could not find that")
async def not_yours() -> View:
    found = await market()
    return View(found.stranger, f"{HERE}/{(await run(found)).id}")


@state("GET console-run-compare 200", proof="What they were given")
async def two_runs_that_differ() -> View:
    found = await town()
    earlier = await run(found)
    await Enrollment.filter(id=found.mentors[0].id).update(state=EnrollmentState.PAUSED)
    return View(found.manager, f"{HERE}/{(await run(found)).id}/against/{earlier.id}")


@state("GET console-run-compare 200", proof="No pair differs")
async def two_runs_alike() -> View:
    found = await market()
    return View(found.manager, f"{HERE}/{(await run(found)).id}/against/{(await run(found)).id}")


@state("GET console-run-compare 200", proof="Leads no circle any more.")
async def two_runs_of_circles() -> View:
    found = await ring()
    (led, *_), who = await formed(found), [found.members[0].id, found.leads.id]
    await Enrollment.filter(id__in=who).update(state=EnrollmentState.PAUSED)
    (later, *_) = await formed(found)
    return View(found.manager, f"{HERE}/{later.run_id}/against/{led.run_id}")


@state("GET console-run-compare 409", proof="These two cannot be compared")
async def a_run_too_old_to_compare() -> View:
    found = await market()
    earlier = await run(found)
    await MatchRun.filter(id=earlier.id).update(result={"matched": 3, "waiting": 0})
    return View(found.manager, f"{HERE}/{(await run(found)).id}/against/{earlier.id}")


async def look_on(page: Page) -> None:
    """Wait until the job that a press asked for is done and shown."""
    await page.get_by_role("heading", name="The matching is under way").wait_for()
    await drain()


def ask_for(button: str, said: str) -> Act:
    """Press a button that asks for a run, and read what came of it."""

    async def act(page: Page) -> None:
        await page.get_by_role("button", name=button).click()
        await look_on(page)
        await page.get_by_text(said).first.wait_for()

    return act


@state("POST console-newcomers 303", proof="One pair found.")
async def newcomers() -> View:
    found = await market(mentors=3, mentees=4, capacity=1)
    await run(found)
    await Enrollment.filter(id=found.mentors[0].id).update(capacity=2)
    return View(found.manager, "/console/matches", ask_for("Place the one without a mentor", "One pair found."))


@state("POST console-preview 303", proof="A preview. Nothing has moved")
async def preview() -> View:
    found = await market()
    await run(found)
    await Enrollment.filter(id=found.mentors[0].id).update(state=EnrollmentState.PAUSED)
    return View(found.manager, "/console/matches", ask_for("What would change?", "A preview. Nothing has moved"))


@state("POST console-run-use 303", proof="3 pairs found.")
async def preview_used() -> View:
    found = await market()
    actor = system_actor(found.organization.id)
    made = await carry_out(actor, (await preview_matching(actor, found.cohort.id)).id)
    return View(found.manager, f"{HERE}/{made.id}", press("Use these pairs"))


async def run(found: Market) -> MatchRun:
    """A run of everybody who waits."""
    return await run_matching(system_actor(found.organization.id), found.cohort.id)


async def town() -> Market:
    """Twelve mentors, twenty-seven mentees of three cities, one of them small, and fewer places than wishes."""
    found = await market(mentors=12, mentees=27)
    for number, row in enumerate(found.mentees):
        city = CITIES[0] if number < 12 else CITIES[1] if number < 24 else CITIES[2]
        await Person.filter(id=row.person_id).update(location=city)
    return found


LEARNING = "/console/matches/learning"


@state("GET console-learning 200", proof="A model of past pairs")
async def what_was_learned() -> View:
    found = await market()
    await a_learning(found.organization)
    await a_learning(found.organization, number=2, state=RunState.FAILED, report={})
    return View(found.manager, f"{LEARNING}?type=ONE_TO_ONE", open_everything)


@state("GET console-learning-one 200", proof="Came to nothing")
async def a_learning_that_stands_no_more() -> View:
    found = await market()
    first = await a_learning(found.organization)
    await a_learning(found.organization, number=2, state=RunState.FAILED, report={})
    return View(found.manager, f"{LEARNING}/{first.id}")


@state("POST console-learning-start 303", proof="It learns now.")
async def asked_to_learn() -> View:
    found = await market()
    return View(found.manager, f"{LEARNING}?type=ONE_TO_ONE", press("Learn now"))


def pick(field: str, value: str) -> Act:
    """Choose from a list, by its id."""

    async def act(page: Page) -> None:
        await page.locator(f"[id='{field}']").select_option(value)

    return act


@state("GET console-run 200", proof="With an hour in common")
async def a_run_of_circles() -> View:
    found = await ring()
    led, _alone = await formed(found)
    return View(found.manager, f"{HERE}/{led.run_id}")


@state("POST console-circle-in 303", proof="Put in. Nobody else moved.")
async def somebody_named_to_lead_a_circle() -> View:
    found = await ring()
    _led, alone = await formed(found)
    mei = await factories.enrollment(found.cohort, found.late, ParticipantRole.FACILITATOR)
    return View(found.manager, f"/console/matches?pair={alone.id}", each(
        open_everything, pick("comer", str(mei.id)), fill("reason", "She offered"), press("Put them in")
    ))


@state("GET console-matches 200", proof="The last run found a seat here for Nia")
async def a_seat_found_in_a_circle() -> View:
    made, _nia = await seat_found()
    manager = await manager_of(made.organization, made.program)
    return View(manager, f"/console/matches?pair={made.match.id}", open_everything)


@state("POST console-circle-in 303", proof="Put in. Nobody else moved.")
async def a_seat_given() -> View:
    made, nia = await seat_found()
    manager = await manager_of(made.organization, made.program)
    return View(manager, f"/console/matches?pair={made.match.id}", press(f"Put {nia.full_name} in"))


@state("POST console-circle-out 422", proof="Choose a person.")
async def nobody_taken_out_of_a_circle() -> View:
    found = await ring()
    led, _alone = await formed(found)
    return View(found.manager, f"/console/matches?pair={led.id}", each(open_everything, press("Take them out")))


@state("POST console-circle-discard 303", proof="Discarded. Its people wait")
async def a_circle_discarded() -> View:
    found = await ring()
    led, _alone = await formed(found)
    return View(found.manager, f"/console/matches?pair={led.id}", press("Discard it"))


@state("GET console 200", proof="Nobody leads it.")
async def a_circle_that_nobody_leads() -> View:
    made = await factories.active_circle()
    await MatchMember.filter(match_id=made.match.id, person_id=made.facilitator.id).update(left_at=clock.now())
    return View(await manager_of(made.organization, made.program), "/console")


@state("GET console-pair 200", proof="Write to everybody")
async def the_record_of_a_circle() -> View:
    made = await factories.active_circle()
    manager = await manager_of(made.organization, made.program)
    return View(manager, f"/console/matches/{made.match.id}", open_everything)


@state("GET circle 200", "POST circle-answer 303", proof="You are in.")
async def a_circle_joined() -> View:
    made = await factories.active_circle(state=MatchState.AWAITING_BOTH, answer_by=clock.now() + timedelta(days=7))
    return View(made.members[0], f"/circle/{made.match.id}", press("Yes, I join"))


@state("GET circle 200", "POST circle-refusal 303", proof="The others go on")
async def a_circle_refused() -> View:
    made = await factories.active_circle(state=MatchState.AWAITING_BOTH, answer_by=clock.now() + timedelta(days=7))
    return View(made.members[0], f"/circle/{made.match.id}", each(open_everything, press("Not now")))
