"""A circle for its people: who leads it and everybody else, before a meeting, with one, and afterwards."""

from datetime import timedelta
from uuid import UUID

from a11y_tests.registry import Shelf, View, open_everything, press
from server.kernel import clock
from server.matches.models import Match
from server.matches.states import MatchState
from server.messaging import actions as messaging
from server.programs.states import Circles, ProgramType
from server.sessions.models import ActionItem, Session
from server.sessions.states import SessionState
from tests import factories
from tests.circles import joined_late, with_reasons
from tests.factories import Circle

state = Shelf("circles")
STATES = state.states


@state("GET home 200", proof="We’re looking for your mentor")
async def waits_for_a_mentor_in_a_circle() -> View:
    of = await factories.program(
        await factories.organization(), type=ProgramType.ONE_TO_ONE, circles=Circles.WAITING, mentees_may_ask=True
    )
    return View((await factories.active_circle(await of.organization, of)).members[0], "/")


@state("GET home 200", proof="Everybody is free on")
async def nothing_booked_for_who_leads() -> View:
    return View((await factories.active_circle()).facilitator, "/")


@state("GET home 200", proof="Two of twelve meetings behind you")
async def under_way() -> View:
    circle = await in_the_middle()
    return View(circle.members[0], "/")


@state("GET home 200", proof="The others have met two times")
async def come_in_late() -> View:
    return View(await joined_late(await factories.active_circle()), "/")


@state("GET circle 200", proof="Nobody here offers all you want")
async def what_it_brings_me() -> View:
    circle = await factories.active_circle()
    await with_reasons(circle)
    return View(circle.members[0], f"/circle/{circle.match.id}")


@state("GET circle 200", proof="Write down a meeting")
async def all_its_meetings() -> View:
    circle = await in_the_middle()
    return View(circle.facilitator, f"/circle/{circle.match.id}")


@state("GET session 200", proof="7 of 7 come")
async def meeting_ahead() -> View:
    circle = await in_the_middle()
    return View(circle.members[0], f"/session/{await number(circle, 3)}", open_everything)


@state("POST session-attendance 303", proof="Without Ana this time.")
async def one_stays_away() -> View:
    circle = await in_the_middle()
    return View(circle.members[0], f"/session/{await number(circle, 3)}", press("I can’t come"))


@state("GET session 200", proof="Was somebody not there?")
async def meeting_over_for_who_leads() -> View:
    circle = await in_the_middle()
    clock.move(timedelta(days=3, hours=2))
    return View(circle.facilitator, f"/session/{await number(circle, 3)}", open_everything)


@state("GET session-new 200", proof="From what all of you told us")
async def times_for_all() -> View:
    circle = await factories.active_circle()
    return View(circle.facilitator, f"/match/{circle.match.id}/session")


@state("GET home 200", proof="See the circle")
async def asked_on_the_first_page() -> View:
    circle = await factories.active_circle(state=MatchState.AWAITING_BOTH, published_at=clock.now())
    return View(circle.facilitator, "/")


@state("GET match-ending 200", proof="Leave the circle")
async def leaving_it() -> View:
    circle = await in_the_middle()
    return View(circle.members[0], f"/match/{circle.match.id}/ending")


@state("GET home 200", proof="Close your time together")
async def at_its_end() -> View:
    circle = await in_the_middle()
    await Match.filter(id=circle.match.id).update(state=MatchState.DURATION_COMPLETED)
    return View(circle.members[0], "/")


@state("GET home 200", proof="Your circle is on a pause")
async def at_rest() -> View:
    circle = await in_the_middle()
    await Session.filter(match_id=circle.match.id, number=3).update(state=SessionState.CANCELLED)
    await Match.filter(id=circle.match.id).update(state=MatchState.PAUSED, paused_until=factories.in_days(20))
    return View(circle.members[0], "/")


@state("GET home 200", proof="Your voyage with your circle is complete")
async def over() -> View:
    circle = await in_the_middle()
    await Match.filter(id=circle.match.id).update(state=MatchState.COMPLETED, ended_at=clock.now())
    return View(circle.members[0], "/")


async def number(circle: Circle, of: int) -> UUID:
    """The id of a circle's meeting by its number."""
    return (await Session.get(match_id=circle.match.id, number=of)).id


async def in_the_middle() -> Circle:
    """A circle that met twice, with a meeting ahead, a word and a promise."""
    circle = await factories.active_circle()
    places = ("Edinburgh", "Accra", "Singapore", "Lisbon", "Leeds", "Porto", "")
    for one, place in zip((circle.facilitator, *circle.members), places, strict=True):
        one.location = place
        await one.save()
    for days, kind in ((-28, SessionState.HELD), (-14, SessionState.HELD), (3, SessionState.SCHEDULED)):
        starts = clock.now() + timedelta(days=days)
        await Session.create(
            organization_id=circle.organization.id, match=circle.match, starts_at=starts, number=days // 14 + 3,
            ends_at=starts + timedelta(minutes=60), state=kind, booked_at=clock.now(),
            proposed_by_id=circle.facilitator.id,
        )
    await messaging.send_message(circle.member_actors[1], circle.match.id, "Same room, and I bring the questions card.")
    await ActionItem.create(
        organization_id=circle.organization.id, match_id=circle.match.id, owner_id=circle.members[0].id,
        text="Tell one team no, and write down how it went", due_on=factories.in_days(3),
    )
    return circle


@state("GET thread 200", proof="You and Idris, Bao, Chidi, Dina, Emre, Noor read this")
async def thread() -> View:
    circle = await in_the_middle()
    await messaging.send_message(circle.facilitator_actor, circle.match.id, "Good. Who brings a case?")
    await messaging.send_message(circle.member_actors[0], circle.match.id, "I do.")
    await messaging.mark_read(circle.member_actors[3], circle.match.id)
    return View(circle.members[0], f"/messages/{circle.match.id}")
