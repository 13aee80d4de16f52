"""Pausing, finishing and leaving: before, with a mistake, and what the first pages say afterwards."""

from datetime import timedelta

from playwright.async_api import Page

from a11y_tests.registry import Shelf, View, each, fill, press, undo
from a11y_tests.states.people import with_goal
from server.journey.leaving.actions import finish_match, leave_program, take_break
from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches.actions import announce_quiet_end, pause_match, propose_extension, reach_end_date
from server.matches.models import Match
from server.matches.states import MatchOrigin, MatchState
from server.people.actions import publish_consent_text
from server.people.models import Person
from server.people.states import ConsentPurpose
from server.programs.states import EnrollmentState, ParticipantRole
from server.surveys.actions import ask_at_the_end
from tests import factories
from tests.factories import Pair

state = Shelf("leaving")
STATES = state.states


@state("GET match-ending 200", proof="Finish kindly")
async def pause_or_finish() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, f"/match/{pair.match.id}/ending")


@state("GET match-ending 200", proof="Close your time together")
async def last_day() -> View:
    pair = await factories.active_match()
    await Match.filter(id=pair.match.id).update(state=MatchState.DURATION_COMPLETED)
    return View(pair.mentor, f"/match/{pair.match.id}/ending")


@state("POST match-pause 422", proof="Choose a day within the next six months.")
async def pause_too_long() -> View:
    pair = await factories.active_match()
    acts = each(fill("until", factories.in_days(400).isoformat()), press("Pause until then"))
    return View(pair.mentee, f"/match/{pair.match.id}/ending", acts)


@state("POST match-pause 303", "GET home 200", proof="Go on now")
async def paused() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, f"/match/{pair.match.id}/ending", press("Pause until then"))


@state("GET match-ending 200", proof="Go on together")
async def ends_in_silence() -> View:
    """A match in which nobody met for long ends by itself, unless one of them says that it goes on."""
    pair = await factories.active_match()
    await announce_quiet_end(system_actor(pair.organization.id), pair.match.id, clock.now())
    return View(pair.mentee, f"/match/{pair.match.id}/ending")


@state("POST match-keeping 303", "GET session-new 200", proof="Noted. Choose a time for the two of you.")
async def kept() -> View:
    pair = await factories.active_match()
    await announce_quiet_end(system_actor(pair.organization.id), pair.match.id, clock.now())
    return View(pair.mentee, f"/match/{pair.match.id}/ending", press("We go on"))


@state("POST match-resumption 303", "GET home 200", proof="Idris is free on")
async def going_on() -> View:
    pair = await factories.active_match()
    await pause_match(pair.mentee_actor, pair.match.id)
    return View(pair.mentee, "/", press("Go on now"))


@state("GET home 200", proof="We write to you when it goes on.")
async def partner_away() -> View:
    pair = await factories.active_match()
    await take_break(pair.mentor_actor, pair.mentor_enrollment.id, factories.in_days(30))
    await type(pair.mentor_enrollment).filter(id=pair.mentor_enrollment.id).update(paused_until=None)
    return View(pair.mentee, "/")


@state("GET home 200", proof="On a pause.")
async def mentee_away() -> View:
    pair = await factories.active_match()
    await take_break(pair.mentee_actor, pair.mentee_enrollment.id, factories.in_days(30))
    return View(pair.mentor, "/")


@state("GET home 200", proof="Pause for a month")
async def quiet_pair() -> View:
    pair = await factories.active_match(active_at=clock.now() - timedelta(days=30))
    return View(pair.mentee, "/")


@state("GET home 200", proof="Pause or finish")
async def quiet_mentee() -> View:
    pair = await factories.active_match(active_at=clock.now() - timedelta(days=30))
    return View(pair.mentor, "/")


@state("POST match-closure 303", "GET home 200", proof="We look for another mentor for you")
async def finished() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, f"/match/{pair.match.id}/ending", press("Finish with Idris"))


@state("GET home 200", proof="Close your time together")
async def last_day_on_the_journey() -> View:
    pair = await factories.active_match()
    await Match.filter(id=pair.match.id).update(state=MatchState.DURATION_COMPLETED)
    return View(pair.mentee, "/")


@state("GET home 200", proof="What changed")
async def voyage_complete() -> View:
    return View((await _complete()).mentee, "/")


@state("POST alumni 303", "GET home 200", proof="We may ask you again.")
async def asked_again() -> View:
    return View((await _complete()).mentor, "/", press("Yes, ask me"))


@state("POST match-closure 422", proof="Shorten this by")
async def thanks_too_long() -> View:
    pair = await factories.active_match()
    type_it = "at => { at.value = 'thanks '.repeat(800) }"

    async def act(page: Page) -> None:
        await page.locator("#thanks").evaluate(type_it)
        await page.get_by_role("button", name="Finish with Idris").click()

    return View(pair.mentee, f"/match/{pair.match.id}/ending", act)


@state("GET home 200", proof="You and Idris have finished")
async def mentor_left() -> View:
    pair = await factories.active_match()
    await leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    return View(pair.mentee, "/")


@state("GET home 200", proof="Your place is free again.")
async def mentee_left() -> View:
    pair = await factories.active_match()
    await leave_program(pair.mentee_actor, pair.mentee_enrollment.id)
    return View(pair.mentor, "/")


@state("GET match 200", proof="You and Idris have finished")
async def match_that_ended() -> View:
    pair = await factories.active_match()
    await leave_program(pair.mentor_actor, pair.mentor_enrollment.id)
    return View(pair.mentee, f"/match/{pair.match.id}")


@state("GET home 200", proof="Say how it was")
async def asked_how_it_was() -> View:
    return View((await _ended()).mentee, "/")


@state("GET match 200", proof="Say how it was")
async def asked_on_the_page_of_the_match() -> View:
    pair = await _ended()
    return View(pair.mentor, f"/match/{pair.match.id}")


@state("GET leaving 200", proof="Take a break first?")
async def before_leaving() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, _leaving(pair.mentee_enrollment.id))


@state("GET leaving 200", proof="Say no to the invitation")
async def before_saying_no() -> View:
    who, path = await _invited()
    return View(who, path)


@state("POST leaving-word 303", "GET home 200", proof="You have left")
async def left() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, _leaving(pair.mentee_enrollment.id), press("Leave Rising Leads"))


@state("POST leaving-undo 303", "GET home 200", proof="Undone. You take part as before.")
async def leaving_undone() -> View:
    pair = await factories.active_match()
    acts = each(press("Leave Rising Leads"), press("Undo"))
    return View(pair.mentee, _leaving(pair.mentee_enrollment.id), acts)


@state("POST break 422", proof="Choose a day within the next six months.")
async def break_too_long() -> View:
    pair = await factories.active_match()
    acts = each(fill("until", factories.in_days(400).isoformat()), press("Take a break"))
    return View(pair.mentee, _leaving(pair.mentee_enrollment.id), acts)


@state("POST break 303", "GET home 200", proof="I’m back")
async def on_a_break() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, _leaving(pair.mentee_enrollment.id), press("Take a break"))


@state("POST break-end 303", "GET home 200", proof="Welcome back.")
async def back() -> View:
    pair = await factories.active_match()
    await take_break(pair.mentee_actor, pair.mentee_enrollment.id, factories.in_days(30))
    return View(pair.mentee, _leaving(pair.mentee_enrollment.id), press("I’m back"))


@state("POST break-undo 303", proof="Undone. It stands as before.")
async def break_undone() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, _leaving(pair.mentee_enrollment.id), each(press("Take a break"), undo))


@state("GET extension 200", proof="Propose a later end")
async def go_on_longer() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, f"/match/{pair.match.id}/extension")


@state("POST extension-proposal 422", proof="Choose a day after the last day so far")
async def extension_too_early() -> View:
    pair = await factories.active_match()
    acts = each(fill("ends_on", factories.in_days(1).isoformat()), press("Propose this day"))
    return View(pair.mentee, f"/match/{pair.match.id}/extension", acts)


@state("POST extension-proposal 303", "GET home 200", proof="Proposed:")
async def extension_proposed() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, f"/match/{pair.match.id}/extension", press("Propose this day"))


@state("GET home 200", proof="Noor would like to go on longer")
async def extension_asked() -> View:
    pair = await _proposed()
    return View(pair.mentor, "/")


@state("POST extension-agreement 303", "GET home 200", proof="Agreed. You go on until")
async def extension_agreed() -> View:
    pair = await _proposed()
    return View(pair.mentor, "/", press("Agree to go on with Noor"))


@state("POST extension-withdrawal 303", "GET home 200", proof="The end stays as it is.")
async def extension_taken_back() -> View:
    pair = await _proposed()
    return View(pair.mentee, f"/match/{pair.match.id}/extension", press("Take it back"))


@state("POST match-withdrawal 303", "GET home 200", proof="Taken back.")
async def request_taken_back() -> View:
    pair = await factories.active_match()
    asked = Match.filter(id=pair.match.id)
    await asked.update(state=MatchState.AWAITING_MENTOR, origin=MatchOrigin.MENTEE)
    return View(pair.mentee, f"/match/{pair.match.id}", press("Take the request back"))


async def _proposed() -> factories.Pair:
    pair = await factories.active_match()
    await propose_extension(pair.mentee_actor, pair.match.id, factories.in_days(250))
    return pair


async def _complete() -> Pair:
    """A pair that has run its time and was closed kindly, its last check-in still open."""
    pair = await factories.active_match(ends_on=factories.in_days(0))
    system = system_actor(pair.organization.id)
    await publish_consent_text(system, ConsentPurpose.ALUMNI, "Ask me again as a mentor", "Stop any time in You.")
    await with_goal(pair)
    await reach_end_date(system, pair.match.id)
    await ask_at_the_end(system, pair.match.id)
    await finish_match(pair.mentor_actor, pair.match.id, "Thank you. I learned as much as you did.")
    return pair


def _leaving(enrollment_id: object) -> str:
    return f"/enrollment/{enrollment_id}/leaving"


async def _invited() -> tuple[Person, str]:
    pair = await factories.active_match()
    asked = await factories.enrollment(
        pair.cohort, pair.stranger, ParticipantRole.MENTEE, state=EnrollmentState.INVITED, submitted_at=None,
        active_at=None,
    )
    return pair.stranger, _leaving(asked.id)


async def _ended() -> Pair:
    """A pair that finished, of which both are asked how it was."""
    pair = await factories.active_match()
    await finish_match(pair.mentee_actor, pair.match.id)
    await ask_at_the_end(system_actor(pair.organization.id), pair.match.id)
    return pair
