"""The way in, what is not found or refused, and the demonstration with its mailbox."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from playwright.async_api import Page

from a11y_tests.registry import Shelf, View, each, fill, kept_here, offline, open_everything, press, waits
from a11y_tests.states.people import LONG_NAME, LONG_WORDS, asked, with_goal
from server.access.actions import grant_role, open_session
from server.access.models import Ticket
from server.access.states import Role, TicketPurpose
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.matches.models import Match, MatchMember
from server.matches.states import MatchState
from server.notifications.models import CaughtMail
from server.notifications.optout.links import stop_url
from server.notifications.states import MessageClass
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.factories import Pair
from tests.server.journey.tapping.test_tapping import in_two_days, mailed, offer

state = Shelf("doors")
STATES = state.states


@state("GET sign-in 200", proof="Sign in")
async def sign_in() -> View:
    return View(None, "/sign-in")


@state("GET answer 200", proof="You suggest")
async def link_that_asks() -> View:
    """A mail's link, opened by somebody who is not signed in."""
    return View(None, await _answer(starts_at=in_two_days()))


@state("POST answer-given 200", proof="Your yes is in")
async def link_answered() -> View:
    return View(None, await _answer(), press("Yes"))


@state("POST answer-given 200", proof="Both of you get an invitation.")
async def link_answered_with_a_way_back() -> View:
    offered = await offer()
    return View(None, f"/answer?ticket={offered.secret}", press("Yes"))


@state("GET answer 200", proof="This was answered already")
async def link_answered_before() -> View:
    path = await _answer()
    await Ticket.filter().update(spent_at=clock.now())
    return View(None, path)


@state("GET answer 200", proof="This link is more than a week old")
async def link_too_old() -> View:
    path = await _answer()
    await Ticket.filter().update(expires_at=clock.now())
    return View(None, path)


@state("GET answer 200", proof="This has changed meanwhile")
async def link_decided_elsewhere() -> View:
    return View(None, await _answer(MatchState.DECLINED))


@state("POST answer-given 409", proof="This suggestion has passed.")
async def link_decided_meanwhile() -> View:
    path = await _answer()

    async def act(page: Page) -> None:
        await Match.filter().update(state=MatchState.DECLINED)
        await press("Yes")(page)

    return View(None, path, act)


@state("GET answer 404", proof="We do not know this link")
async def link_cut_short() -> View:
    return View(None, "/answer?ticket=cut")


@state("GET answer 403", proof="This link is for somebody else")
async def link_passed_on() -> View:
    path = await _answer()
    return View(await factories.person(await factories.organization()), path)


@state("POST answer-given 404", proof="We do not know this link")
async def link_that_was_voided() -> View:
    path = await _answer()

    async def act(page: Page) -> None:
        await Ticket.filter().delete()
        await press("Yes")(page)

    return View(None, path, act)


@state("POST answer-given 403", proof="This link is for somebody else")
async def link_opened_before_somebody_else_signed_in() -> View:
    path, other = await _answer(), await factories.person(await factories.organization())

    async def act(page: Page) -> None:
        await page.context.add_cookies([{"name": "ithaca", "value": await open_session(other), "url": page.url}])
        await press("Yes")(page)

    return View(None, path, act)


@state("GET unsubscribe 200", proof="No more reminders by e-mail?")
async def link_that_ends_letters() -> View:
    return View(None, await _end(MessageClass.NUDGE))


@state("POST unsubscribe-done 200", proof="No more reports by e-mail")
async def letters_ended() -> View:
    return View(None, await _end(MessageClass.REPORT), press("Send me no more of these"))


@state("POST unsubscribe-undo 200", proof="Check-ins come by e-mail again")
async def letters_wanted_again() -> View:
    async def act(page: Page) -> None:
        await press("Send me no more of these")(page)
        await press("Undo")(page)

    return View(None, await _end(MessageClass.SURVEY), act)


@state("GET unsubscribe 200", proof="This link is too old")
async def old_link_that_ended_letters() -> View:
    return View(None, await _end(MessageClass.NUDGE, clock.now() - timedelta(days=400)))


@state("GET home 303", "GET sign-in 200", proof="Sign in")
async def sign_in_on_the_way() -> View:
    return View(None, "/")


@state("GET thread 404", proof="We could not find that")
async def not_found() -> View:
    return View((await factories.active_match()).mentee, f"/messages/{new_id()}")


@state("GET nowhere 404", proof="We could not find that")
async def no_such_address() -> View:
    return View(None, "/nowhere-at-all")


@state("GET broken 500", proof="Something broke on our side")
async def broken() -> View:
    return View((await factories.active_match()).mentee, "/broken")


@state("GET sign-out 405", proof="It belongs to a button on another page")
async def wrong_method() -> View:
    return View(None, "/sign-out")


@state("POST nowhere 403", proof="That isn't yours to do")
async def sent_from_elsewhere() -> View:
    async def act(page: Page) -> None:
        here = page.url
        await page.goto(f"data:text/html,<form method=post action={here}sign-out><button>Go</button></form>")
        await page.get_by_role("button").click()

    return View((await factories.active_match()).mentee, "/", act)


@state("GET demo 200", proof="Nobody is here yet")
async def demo_empty() -> View:
    return View(None, "/demo")


@state("GET demo 200", proof="Who would you like to be?")
async def demo() -> View:
    await _demonstration()
    return View(None, "/demo")


@state("GET demo 200", proof="Nobody is called that.")
async def demo_nobody_found() -> View:
    await _demonstration()
    return View(None, "/demo?find=nessie")


@state("POST demo-clock 303", "GET demo 200", proof="It is Tuesday 24 November now")
async def demo_next_day() -> View:
    await _demonstration()
    return View(None, "/demo", press("Next day"))


@state("POST demo-sign-in 303", "GET match 200", proof="Noor, meet Idris")
async def demo_being_somebody() -> View:
    await _demonstration()
    return View(None, "/demo", press("Noor Saltmarsh"))


@state("GET demo-mailbox 200", proof="Nothing was sent yet")
async def mailbox_empty() -> View:
    await _demonstration()
    return View(None, "/demo/mailbox")


@state("GET demo-mailbox 200", proof="Go on as")
async def mailbox() -> View:
    await _letters(await _demonstration())
    return View(None, "/demo/mailbox")


@state("GET demo-mail 200", proof="Stops when")
async def mail_with_its_reasons() -> View:
    await _letters(await _demonstration())
    return View(None, f"/demo/mailbox/{await _first_mail()}", open_everything)


@state("GET demo-letter 200", proof="Idris", letter=True)
async def letter() -> View:
    await _letters(await _demonstration())
    return View(None, f"/demo/mailbox/{await _first_mail()}/letter")


@state("GET home 200", "POST sign-out 303", "GET demo 200", proof="Who would you like to be?")
async def signed_out() -> View:
    pair = await _demonstration()
    leave = "document.body.insertAdjacentHTML('beforeend', '<form id=leave method=post action=/sign-out></form>')"

    async def act(page: Page) -> None:
        await page.evaluate(leave)
        await page.evaluate("document.getElementById('leave').submit()")

    return View(pair.mentee, "/", act)


@state("POST milestone-new 401", proof="Sign in, then send it again.")
async def signed_out_meanwhile() -> View:
    """Somebody's session ended while they wrote."""
    pair = await factories.active_match()
    goal = await with_goal(pair)

    async def act(page: Page) -> None:
        await page.context.clear_cookies(name="ithaca")
        await page.evaluate("document.getElementById('form').submit()")

    return View(pair.mentee, f"/goal/{goal.id}/milestone", act)


@state("POST milestone-new 401", proof="Copy it before you go on.")
async def signed_out_while_writing() -> View:
    """As above, and the words are given back."""
    pair = await factories.active_match()
    goal = await with_goal(pair)

    async def act(page: Page) -> None:
        await page.context.clear_cookies(name="ithaca")
        await page.evaluate("document.getElementById('form').submit()")

    return View(pair.mentee, f"/goal/{goal.id}/milestone", each(fill("step", LONG_WORDS[:180]), act))


@state("POST thread 404", proof="Copy it before you go on.")
async def gone_while_writing() -> View:
    pair = await factories.active_match()

    async def goes(page: Page) -> None:
        await MatchMember.filter(match_id=pair.match.id, person_id=pair.mentee.id).delete()

    return View(pair.mentee, f"/messages/{pair.match.id}", each(fill("body", LONG_WORDS), goes, press("Send")))


@state("GET milestone-new 200", proof="Add a step")
async def offline_while_sending() -> View:
    pair = await factories.active_match()
    goal = await with_goal(pair)
    return View(pair.mentee, f"/goal/{goal.id}/milestone",
                each(kept_here, fill("step", "Watch a review"), offline, press("Add the step"), waits))


async def _demonstration() -> Pair:
    pair = await asked(org=await factories.organization(is_demo=True))
    invited = await factories.person(pair.organization, location="Bristol", **LONG_NAME)
    await factories.enrollment(
        pair.cohort, invited, ParticipantRole.MENTOR, state=EnrollmentState.INVITED, submitted_at=None, active_at=None
    )
    await grant_role(system_actor(pair.organization.id), pair.manager.id, Role.PROGRAM_MANAGER)
    return pair


async def _letters(pair: Pair) -> None:
    """Both are told that their match has begun."""
    pair.match.state = MatchState.ACTIVE
    await pair.match.save()
    async with unit_of_work(system_actor(pair.organization.id)) as unit:
        await unit.publish(
            "match.activated", subject_id=pair.match.id, match_id=pair.match.id, program_id=pair.program.id
        )
    await drain()


async def _first_mail() -> str:
    caught = await CaughtMail.all().order_by("id").first()
    assert caught is not None
    return str(caught.id)


@state("GET offline 200", proof="No connection")
async def without_a_network() -> View:
    """As the app's worker keeps it."""
    return View(None, "/offline")


async def _answer(state: MatchState = MatchState.AWAITING_BOTH, **facts: object) -> str:
    """The link with which a mail lets Noor say yes."""
    pair = await factories.active_match(state=state)
    return f"/answer?ticket={await mailed(pair, pair.mentee, TicketPurpose.ACCEPT_MATCH, **facts)}"


async def _end(message_class: MessageClass, sent_at: datetime | None = None) -> str:
    """The link with which a letter to Noor lets her end such letters."""
    pair = await factories.active_match()
    with clock.at(sent_at or clock.now()):
        return urlsplit(stop_url(pair.mentee.id, message_class))._replace(scheme="", netloc="").geturl()
