"""Messages and check-ins: nothing yet, many, wrong, over."""

from datetime import timedelta

from playwright.async_api import Page

from a11y_tests.registry import Shelf, View, check, each, fill, kept_here, offline, press, waits
from a11y_tests.states.people import LONG_NAME, LONG_WORDS, another_mentee, with_goal
from server.access.models import UserSession
from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches.models import Match
from server.matches.states import MatchState
from server.messaging import actions as messaging
from server.surveys.actions import answer_check_in, ask_at_the_end, open_check_in, plan_check_in
from server.surveys.models import SurveyInvitation
from server.surveys.states import GoalOutcome, Help, InvitationState
from tests import factories
from tests.factories import Pair

state = Shelf("talking")
STATES = state.states


@state("GET messages 200", proof="No messages yet")
async def empty() -> View:
    return View((await factories.active_match()).stranger, "/messages")


@state("GET messages 200", proof="Kofi")
async def many_threads() -> View:
    pair = await _many()
    return View(pair.mentor, "/messages")


@state("GET messages 303", "GET thread 200", proof="A first word")
async def first_word() -> View:
    return View((await factories.active_match()).mentee, "/messages")


@state("GET thread 200", "POST thread-read 204", proof="Let us meet on Thursday.")
async def thread() -> View:
    pair = await _talk()
    return View(pair.mentee, f"/messages/{pair.match.id}")


@state("GET thread 200", proof="Let us meet on Thursday.")
async def thread_among_many() -> View:
    pair = await _many()
    return View(pair.mentor, f"/messages/{pair.match.id}")


@state("POST thread 422", proof="Write something first.")
async def nothing_written() -> View:
    pair = await _talk()
    return View(pair.mentee, f"/messages/{pair.match.id}", press("Send"))


@state("GET thread 200", proof="Thursday is good.")
async def sent() -> View:
    pair = await _talk()
    return View(pair.mentee, f"/messages/{pair.match.id}", each(fill("body", "Thursday is good."), press("Send")))


@state("GET thread 200", proof="Will be sent when you’re back.")
async def queued() -> View:
    pair = await _talk()
    return View(pair.mentee, f"/messages/{pair.match.id}", _queued)


@state("GET thread 200", proof="Kept on this device. Not sent yet.")
async def draft_kept() -> View:
    pair = await _talk()
    return View(pair.mentee, f"/messages/{pair.match.id}", each(kept_here, offline, fill("body", LONG_WORDS)))


@state("GET thread 200", "POST thread 409", proof="Not sent yet. Try again.")
async def queued_and_refused() -> View:
    pair = await _talk()

    async def closes(page: Page) -> None:
        await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
        await page.context.set_offline(False)

    return View(pair.mentee, f"/messages/{pair.match.id}", each(_queued, closes))


@state("GET thread 200", "POST thread 401", proof="You are signed out. It goes out once you are back in.")
async def queued_and_signed_out() -> View:
    pair = await _talk()

    async def runs_out(page: Page) -> None:
        await UserSession.filter(person_id=pair.mentee.id).delete()
        await page.context.set_offline(False)

    return View(pair.mentee, f"/messages/{pair.match.id}", each(_queued, runs_out))


@state("GET thread 200", proof="On its way…")
async def on_its_way() -> View:
    pair = await _talk()

    async def slow(page: Page) -> None:
        await page.route("**/messages/*", lambda route: None)     # its answer never comes

    return View(pair.mentee, f"/messages/{pair.match.id}", each(
        kept_here, fill("body", "Thursday is good."), slow, press("Send")
    ))


@state("GET thread 200", proof="This match has ended.")
async def ended() -> View:
    pair = await _talk()
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    return View(pair.mentee, f"/messages/{pair.match.id}")


@state("GET check-in 200", proof="This check-in opens on")
async def check_in_too_early() -> View:
    pair = await factories.active_match()
    await plan_check_in(system_actor(pair.organization.id), pair.match.id)
    return View(pair.mentee, await _check_in(pair))


@state("GET check-in 200", proof="What would help now?")
async def check_in() -> View:
    pair = await _asked()
    return View(pair.mentee, await _check_in(pair))


@state("GET check-in 200", proof="Another mentee")
async def check_in_of_a_mentor() -> View:
    pair = await _asked()
    return View(pair.mentor, await _check_in(pair, pair.mentor.id))


@state("POST check-in 422", proof="to fix")
async def check_in_with_errors() -> View:
    pair = await _asked()
    return View(pair.mentee, await _check_in(pair), press("Send"))


@state("POST check-in 204", "GET check-in 200", proof="reads it and writes if something should change.")
async def check_in_sent() -> View:
    pair = await _asked()
    return View(pair.mentee, await _check_in(pair), each(
        check("[name=usefulness][value='4']"), check("[name=goal_distance][value='3']"), press("Send")
    ))


@state("GET check-in 200", proof="Will be sent when you’re back.")
async def check_in_without_a_network() -> View:
    pair = await _asked()
    return View(pair.mentee, await _check_in(pair), each(
        kept_here, check("[name=usefulness][value='4']"), check("[name=goal_distance][value='3']"), offline,
        press("Send"), waits,
    ))


@state("GET check-in 200", proof="You wrote:")
async def check_in_answered() -> View:
    pair = await _asked()
    invitation = await SurveyInvitation.get(person_id=pair.mentee.id)
    await answer_check_in(
        pair.mentee_actor, invitation.id, usefulness=4, goal_distance=3, help_wanted=[Help.MEET_MORE], words=LONG_WORDS
    )
    return View(pair.mentee, f"/checkin/{invitation.id}")


@state("GET check-in 200", proof="Would you recommend Rising Leads to a colleague?")
async def last_check_in() -> View:
    pair = await _at_the_end()
    return View(pair.mentee, await _check_in(pair))


@state("POST check-in 422", proof="4 things to fix")
async def last_check_in_with_errors() -> View:
    pair = await _at_the_end()
    return View(pair.mentee, await _check_in(pair), press("Send"))


@state("GET check-in 200", proof="9 of 10")
async def last_check_in_answered() -> View:
    pair = await _at_the_end()
    invitation = await SurveyInvitation.get(person_id=pair.mentee.id)
    await answer_check_in(
        pair.mentee_actor, invitation.id, usefulness=5, goal_distance=5, words=LONG_WORDS, recommend=9,
        goal_outcome=GoalOutcome.REACHED,
    )
    return View(pair.mentee, f"/checkin/{invitation.id}")


@state("POST check-in 204", "GET check-in 200", proof="Your goal is closed with it.")
async def last_check_in_closes_the_goal() -> View:
    pair = await _at_the_end(with_a_goal=True)
    return View(pair.mentee, await _check_in(pair), each(
        check("[name=usefulness][value='4']"), check("[name=goal_distance][value='5']"),
        check("[name=goal_outcome][value=REACHED]"), check("[name=recommend][value='9']"), press("Send"),
    ))


@state("GET check-in 200", proof="This check-in is closed.")
async def check_in_closed() -> View:
    pair = await _asked()
    await SurveyInvitation.filter(person_id=pair.mentee.id).update(state=InvitationState.EXPIRED)
    return View(pair.mentee, await _check_in(pair))


@state("POST check-in 409", proof="Copy it before you go on.")
async def check_in_closed_while_writing() -> View:
    pair = await _asked()

    async def closes(page: Page) -> None:
        await SurveyInvitation.filter(person_id=pair.mentee.id).update(state=InvitationState.EXPIRED)
        await page.evaluate("document.getElementById('form').submit()")

    return View(pair.mentee, await _check_in(pair), each(fill("words", LONG_WORDS), closes))


async def _queued(page: Page) -> None:
    await each(kept_here, offline, fill("body", "Thursday is good."), press("Send"))(page)
    await page.locator("[data-kept]").get_by_text("Will be sent when").wait_for()


async def _talk() -> Pair:
    pair = await factories.active_match()
    await messaging.send_message(pair.mentee_actor, pair.match.id, "Hello Idris, I look forward to our talk.")
    clock.move(timedelta(days=2))
    await messaging.send_message(pair.mentor_actor, pair.match.id, f"So do I.\nLet us meet on Thursday. {LONG_WORDS}")
    return pair


async def _many() -> Pair:
    pair = await _talk()
    for names in ({"given_name": "Kofi", "family_name": "Windrose"}, LONG_NAME):
        other = await another_mentee(pair, **names)
        await messaging.send_message(other.mentee_actor, other.match.id, LONG_WORDS)
    return pair


async def _asked() -> Pair:
    pair = await factories.active_match()
    system = system_actor(pair.organization.id)
    planned = await plan_check_in(system, pair.match.id)
    clock.move(timedelta(days=92))
    for one in planned:
        await open_check_in(system, one.id)
    return pair


async def _at_the_end(*, with_a_goal: bool = False) -> Pair:
    pair = await factories.active_match()
    if with_a_goal:
        await with_goal(pair)
    await Match.filter(id=pair.match.id).update(state=MatchState.DURATION_COMPLETED, active_at=clock.now())
    await ask_at_the_end(system_actor(pair.organization.id), pair.match.id)
    return pair


async def _check_in(pair: Pair, person: object = None) -> str:
    return f"/checkin/{(await SurveyInvitation.get(person_id=person or pair.mentee.id)).id}"
