"""The first page: Journey of mentees and Today of mentors, from nothing at all to everything at once."""

import asyncio
from datetime import timedelta

from playwright.async_api import Page, Route, expect

from a11y_tests.registry import Shelf, View, check, each, kept_here, offline, open_everything, press, waits
from a11y_tests.states.people import LONG_NAME, LONG_WORDS, another_mentee, asked, booked, with_goal
from server.goals import actions as goals
from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches.models import Match
from server.matches.states import MatchState
from server.messaging import actions as messaging
from server.programs.models import Program
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.surveys.actions import open_check_in, plan_check_in
from tests import factories
from tests.factories import Pair

state = Shelf("voyage")
STATES = state.states
OPEN_STEP = ".tick-form [type=checkbox]:not(:checked)"


@state("GET home 200", proof="You take part in no programme yet")
async def empty() -> View:
    return View((await factories.active_match()).stranger, "/")


@state("GET home 200", proof="Your first conversation is where it begins.")
async def new_pair() -> View:
    return View((await factories.active_match()).mentee, "/")


@state("GET home 200", proof="Compass")
async def in_the_colour_of_its_programme() -> View:
    pair = await factories.active_match()
    await Program.filter(id=pair.program.id).update(branding={"name": "Compass", "accent": "#7A1F4B"}, resources={
        "links": [{"title": "How to begin", "link": "https://intranet.example/begin", "to": "PEOPLE", "when": "ANY"}],
        "files": [{"title": LONG_WORDS[:80], "file": "0" * 64, "name": f"{'a' * 96}.pdf", "bytes": 2_345_678,
                   "to": "EVERYBODY", "when": "ANY"}]})
    await with_goal(pair)
    return View(pair.mentee, "/")


@state("GET home 200", proof="Your address does not work")
async def mail_comes_back() -> View:
    pair = await factories.active_match()
    await factories.dead_mailbox(pair.mentee)
    return View(pair.mentee, "/")


@state("GET home 200", proof="See the match")
async def asked_and_invited() -> View:
    pair = await asked()
    other = await factories.cohort(await factories.program(pair.organization, name="Reverse"))
    await factories.enrollment(
        other, pair.mentee, ParticipantRole.MENTEE, state=EnrollmentState.INVITED, submitted_at=None, active_at=None
    )
    return View(pair.mentee, "/")


@state("GET home 200", proof="has your answer")
async def answer_given() -> View:
    pair = await asked(MatchState.AWAITING_MENTOR)
    await pair.match.members.filter(person_id=pair.mentee.id).update(approval="ACCEPTED", answered_at=clock.now())
    return View(pair.mentee, "/")


@state("GET home 200", proof="We’re looking for your mentor")
async def looking() -> View:
    pair = await factories.active_match()
    await factories.enrollment(pair.cohort, pair.stranger, ParticipantRole.MENTEE)
    return View(pair.stranger, "/")


@state("GET home 200", proof="See the agenda")
async def under_way() -> View:
    return View((await full_life()).mentee, "/")


@state("GET home 200", proof="Join the call")
async def time_to_join() -> View:
    return View((await _about_to_meet()).mentee, "/")


@state("GET home 200", proof="Join the call")
async def time_to_join_of_a_mentor() -> View:
    return View((await _about_to_meet()).mentor, "/")


@state("GET home 200", proof="What is the step?")
async def everything_open() -> View:
    return View((await full_life()).mentee, "/", open_everything)


@state("GET home 200", proof="Will be sent when you’re back.")
async def ticked_without_a_network() -> View:
    return View((await full_life()).mentee, "/", each(kept_here, offline, check(OPEN_STEP), waits))


@state("POST milestone-tick 200", proof="Nothing else needs you today.")
async def ticked_and_answered_late() -> View:
    return View((await full_life()).mentee, "/", answered_late)


@state("GET home 200", proof="Unternehmensführungsverantwortlichkeiten")
async def long_words() -> View:
    pair = await factories.active_match()
    await booked(pair)
    pair.mentor.given_name, pair.mentor.family_name = LONG_NAME["given_name"], LONG_NAME["family_name"]
    await pair.mentor.save()
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want=LONG_WORDS, measure=LONG_WORDS, due_on=factories.in_days(90)
    )
    await goals.add_milestone(pair.mentee_actor, goal.id, LONG_WORDS[:180])
    return View(pair.mentee, "/")


@state("POST milestone-tick 200", proof="Two of three milestones behind you")
async def step_ticked() -> View:
    return View((await full_life()).mentee, "/", check(".steps-list li:not(.done) input[type=checkbox]"))


@state("POST promise-tick 200", proof="Nothing else needs you today.")
async def promise_kept() -> View:
    return View((await full_life()).mentee, "/", check(".promises input[type=checkbox]"))


@state("GET home 200", proof="How is it going?")
async def check_in_open() -> View:
    pair = await _later(await full_life(), 92)
    return View(pair.mentee, "/")


@state("GET home 200", proof="Write your notes")
async def notes_to_write() -> View:
    pair = await factories.active_match()
    ended = clock.now() - timedelta(days=1)
    await Session.create(
        organization_id=pair.organization.id, match=pair.match, starts_at=ended - timedelta(minutes=45), ends_at=ended,
        state=SessionState.HELD, booked_at=ended, held_at=ended,
    )
    return View(pair.mentee, "/")


@state("GET home 200", proof="are on a pause")
async def paused() -> View:
    pair = await factories.active_match()
    await Match.filter(id=pair.match.id).update(state=MatchState.PAUSED)
    return View(pair.mentee, "/")


@state("GET home 200", proof="Your mentees")
async def mentor_of_one() -> View:
    return View((await full_life()).mentor, "/")


@state("GET home 200", proof="Your mentees")
async def mentor_of_many() -> View:
    pair = await full_life()
    for number, name in enumerate(("Kofi", "Tamsin", "Wilder")):
        other = await another_mentee(pair, given_name=name, family_name="Windrose")
        if number:
            await with_goal(other)
            await messaging.send_message(other.mentee_actor, other.match.id, "Could we talk about pricing?")
    await another_mentee(pair, **LONG_NAME)
    return View((await _later(pair, 92)).mentor, "/")


@state("GET home 200", proof="Noor changed the goal.")
async def mentor_sees_a_changed_goal() -> View:
    return View((await _goal_changed()).mentor, "/")


@state("POST goal-agreement 303", proof="Thank you. Your mentee sees it.")
async def mentor_agrees() -> View:
    return View((await _goal_changed()).mentor, "/", press("That’s fine"))


async def full_life() -> Pair:
    """A pair in the middle: a goal with steps, a booked session, a word, promises."""
    pair = await factories.active_match()
    await with_goal(pair)
    session = await booked(pair)
    await sessions.promise(pair.mentee_actor, session.id, pair.mentee.id, "Send the one-pager", factories.in_days(5))
    words = "I read your draft. Bring the decision note on Thursday."
    await messaging.send_message(pair.mentor_actor, pair.match.id, words)
    return pair


async def _goal_changed() -> Pair:
    pair = await factories.active_match()
    goal = await with_goal(pair)
    await goals.revise_goal(
        pair.mentee_actor, goal.id, want="lead two product reviews", measure="both ended with a decision",
        competency_id=None, due_on=factories.in_days(130), why="One was too easy.",
    )
    return pair


async def _later(pair: Pair, days: int) -> Pair:
    """Half-way: the check-in has opened."""
    system = system_actor(pair.organization.id)
    planned = await plan_check_in(system, pair.match.id)
    clock.move(timedelta(days=days))
    for one in planned:
        await open_check_in(system, one.id)
    return pair


async def _about_to_meet() -> Pair:
    pair = await factories.active_match()
    await Program.filter(id=pair.program.id).update(meeting_url="https://meet.example.com/a-room")
    clock.move((await booked(pair)).starts_at - timedelta(minutes=5) - clock.now())
    return pair


async def answered_late(page: Page) -> None:
    """A tick whose answer takes longer than 400 ms is a bar until it is there."""
    answer = asyncio.Event()

    async def hold(route: Route) -> None:
        await answer.wait()
        await route.continue_()

    await page.route("**/milestone/*", hold)
    await check(OPEN_STEP)(page)
    await expect(page.locator(".tick-form.htmx-request .t")).to_have_css("opacity", "0")
    answer.set()
