"""Match: to decide about as a mentee and as a mentor, answered, proposed, passed, taken; and booking the next time."""

from datetime import datetime, timedelta

from playwright.async_api import Page

from a11y_tests.registry import Act, Shelf, View, each, fill, kept_here, offline, open_everything, press, waits
from a11y_tests.states.people import LONG_NAME, asked
from server.journey.meeting import actions as meeting
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import fresh_key
from server.matches.models import Match
from server.matches.states import DeclineReason, MatchState
from server.matchmaking.runs.actions import run_matching
from server.people.models import AvailabilityBlock, Person
from server.programs.states import ParticipantRole
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair
from tests.web.console.market import drafts_of, market

state = Shelf("matching")
STATES = state.states


@state("GET match 200", proof=", meet ")
async def mentee_decides() -> View:
    mentee, _mentor, at = await _explained()
    return View(mentee, at)


@state("GET match 200", proof="What would suit you better?")
async def mentee_everything_open() -> View:
    mentee, _mentor, at = await _explained()
    return View(mentee, at, open_everything)


@state("GET match 200", proof="would like to meet you")
async def mentor_decides() -> View:
    _mentee, mentor, at = await _explained()
    return View(mentor, at, open_everything)


@state("GET match 200", proof="Will be sent when you’re back.")
async def mentee_answers_without_a_network() -> View:
    mentee, _mentor, at = await _explained()
    return View(mentee, at, each(kept_here, offline, press("Yes, "), waits))


@state("GET match 200", proof="Pick a time")
async def more_times() -> View:
    pair = await asked()
    return View(pair.mentee, _at(pair) + "?times=more")


@state("GET match 200", proof="You share no free time in the next two weeks.")
async def no_time_shared() -> View:
    pair = await asked()
    late = {"start_minute": 22 * 60, "end_minute": 23 * 60 + 50}
    await AvailabilityBlock.filter(person_id=pair.mentor.id).update(**late)
    return View(pair.mentee, _at(pair))


@state("GET match 200", proof="meet Wilhelmina-Konstantina")
async def long_names() -> View:
    title = "Vice President for Unternehmensführungsverantwortlichkeiten and everything else"
    mentee, _mentor, at = await _explained(**LONG_NAME, title=title)
    return View(mentee, at)


@state("POST match 422", proof="That time was just taken")
async def time_was_taken() -> View:
    pair = await asked()
    return View(pair.mentee, _at(pair), each(somebody_is_faster(pair), press("Yes,")))


@state("GET match 200", proof="has your request")
async def mentee_waits() -> View:
    pair = await asked()
    return View(pair.mentee, _at(pair), press("Yes,"))


@state("GET match 200", proof="chose the first one")
async def mentor_sees_the_time() -> View:
    pair = await asked()
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    await meeting.accept_and_book(pair.mentee_actor, pair.match.id, slot.starts_at, key=fresh_key())
    return View(pair.mentor, _at(pair))


@state("GET match 200", proof="You both said yes")
async def waits_for_the_manager() -> View:
    pair = await asked(MatchState.AWAITING_ADMIN)
    return View(pair.mentee, _at(pair))


@state("GET match 200", proof="When do you and Idris meet?")
async def matched_without_a_time() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, _at(pair))


@state("GET match 200", proof="has your time")
async def time_is_proposed() -> View:
    pair = await factories.active_match()
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    await meeting.choose_time(pair.mentee_actor, pair.match.id, slot.starts_at, key=fresh_key())
    return View(pair.mentee, _at(pair))


@state("GET match 200", proof="Write down a session")
async def under_way() -> View:
    pair = await factories.active_match()
    await _held(pair, 9)
    return View(pair.mentee, _at(pair))


@state("POST match-refusal 303", proof="Thank you. We look for someone who suits you better.")
async def refused() -> View:
    pair = await asked()
    return View(pair.mentee, _at(pair), each(open_everything, press("Suggest someone else")))


@state("POST match-undo 303", "GET match 200", proof="Undone. It stands as before.")
async def refusal_undone() -> View:
    pair = await asked()
    return View(pair.mentee, _at(pair), each(open_everything, press("Suggest someone else"), press("Undo")))


@state("POST match-undo 200", proof="Nobody got your words.")
async def end_undone() -> View:
    pair = await factories.active_match()
    finish = each(fill("thanks", "Thank you for every hour."), press("Finish with"))
    return View(pair.mentee, f"{_at(pair)}/ending", each(finish, press("Undo")))


@state("GET match 200", proof="This suggestion has passed")
async def passed() -> View:
    pair = await asked()
    await meeting.decline(pair.mentor_actor, pair.match.id, DeclineReason.TIMES, key=fresh_key())
    return View(pair.mentee, _at(pair))


@state("GET match 200", proof="are on a pause")
async def resting() -> View:
    pair = await factories.active_match()
    await _held(pair, 9)
    await Match.filter(id=pair.match.id).update(state=MatchState.PAUSED, paused_until=factories.in_days(20))
    return View(pair.mentor, _at(pair))


@state("GET match 200", proof="have finished")
async def ended() -> View:
    pair = await factories.active_match()
    await _held(pair, 9)
    await Match.filter(id=pair.match.id).update(state=MatchState.COMPLETED)
    return View(pair.mentee, _at(pair))


@state("GET match 404", proof="We could not find that")
async def not_yours() -> View:
    pair = await asked()
    return View(pair.stranger, _at(pair))


@state("GET session-new 200", proof="Pick a time")
async def next_time() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, _at(pair) + "/session")


@state("POST session-new 422", proof="That time was just taken")
async def next_time_was_taken() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, _at(pair) + "/session", each(somebody_is_faster(pair), press("Book ")))


@state("GET session-new 200", proof="You and Idris are on a pause.")
async def next_time_in_a_pause() -> View:
    pair = await factories.active_match(state=MatchState.PAUSED)
    return View(pair.mentee, _at(pair) + "/session")


@state("POST match 409", proof="This suggestion has passed")
async def answered_too_late() -> View:
    pair = await asked()

    async def passes(page: Page) -> None:
        await Match.filter(id=pair.match.id).update(state=MatchState.EXPIRED)

    return View(pair.mentee, _at(pair), each(passes, press("Yes,")))


@state("POST session-new 204", "GET home 200", proof="Booked for")
async def next_time_booked() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, _at(pair) + "/session", press("Book "))


def _at(pair: Pair) -> str:
    return f"/match/{pair.match.id}"


async def _held(pair: Pair, days: int) -> None:
    """A session that took place so many days ago."""
    ended = clock.now() - timedelta(days=days)
    await Session.create(
        organization_id=pair.organization.id, match=pair.match, starts_at=ended - timedelta(minutes=45), ends_at=ended,
        state=SessionState.HELD, booked_at=ended, held_at=ended,
    )


async def _explained(**names: str) -> tuple[Person, Person, str]:
    """A mentee, a mentor and the address of their suggestion with its reasons, as the engine leaves it."""
    found = await market()
    await run_matching(system_actor(found.organization.id), found.cohort.id)
    match = (await drafts_of(found))[0]
    await Match.filter(id=match.id).update(
        state=MatchState.AWAITING_BOTH, published_at=clock.now(), answer_by=clock.now() + timedelta(days=7)
    )
    members = {one.role: one.person for one in await match.members.all().prefetch_related("person")}
    mentee, mentor = members[ParticipantRole.MENTEE], members[ParticipantRole.MENTOR]
    await Person.filter(id=mentor.id).update(**names)
    return mentee, mentor, f"/match/{match.id}"


def somebody_is_faster(pair: Pair) -> Act:
    """The chosen time goes to somebody else of the same mentor while the page is open."""

    async def act(page: Page) -> None:
        starts = datetime.fromisoformat(await page.locator("[name=slot]:checked").get_attribute("value") or "")
        other = await factories.enrollment(pair.cohort, pair.stranger, ParticipantRole.MENTEE)
        busy = await factories.match(pair.mentor_enrollment, other)
        await Session.create(
            organization_id=pair.organization.id, match=busy, starts_at=starts, ends_at=starts + timedelta(minutes=45),
            state=SessionState.SCHEDULED, booked_at=starts - timedelta(days=1),
        )

    return act
