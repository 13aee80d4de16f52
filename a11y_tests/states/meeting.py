"""The session: before, after, moved, called off, none, and notes that are saved while they are written."""

from datetime import timedelta

from playwright.async_api import Page

from a11y_tests.registry import Shelf, View, check, each, fill, kept_here, offline, open_everything, press, waits
from a11y_tests.states.matching import somebody_is_faster
from a11y_tests.states.people import LONG_WORDS, booked, with_goal
from server.kernel import clock
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.models import AvailabilityBlock, Person
from server.programs.models import Program
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.states import NoteVisibility
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair

state = Shelf("meeting")
STATES = state.states


@state("GET session-next 200", proof="The boat just waits")
async def none() -> View:
    return View((await factories.active_match()).mentee, "/session")


@state("GET session-next 303", "GET session 200", proof="Talk about")
async def before() -> View:
    pair, _session = await _pair()
    return View(pair.mentee, "/session")


@state("GET session 200", proof="Another topic")
async def before_everything_open() -> View:
    pair, session = await _pair()
    await sessions.add_topic(pair.mentor_actor, session.id, LONG_WORDS[:190])
    return View(pair.mentor, f"/session/{session.id}", open_everything)


@state("POST session 303", "GET session 200", proof="Who decides what?")
async def topic_added() -> View:
    pair, session = await _pair()
    return View(pair.mentee, f"/session/{session.id}",
                each(open_everything, fill("new_topic", "Who decides what?"), press("Add the topic")))


@state("GET session 200", proof="Before you close")
async def after() -> View:
    pair, session = await _pair()
    await sessions.write_note(pair.mentor_actor, session.id, NoteVisibility.SHARED, {0: "Name one decider."})
    _an_hour_after(session)
    return View(pair.mentee, f"/session/{session.id}", open_everything)


@state("POST session-notes 200", proof="Saved ")
async def note_saved() -> View:
    pair, session = await _pair()
    _an_hour_after(session)

    async def write(page: Page) -> None:
        await page.locator("#note-0").press_sequentially("Name one decider.")

    return View(pair.mentee, f"/session/{session.id}", write)


@state("POST session 422", proof="to fix")
async def with_an_error() -> View:
    pair, session = await _pair()
    _an_hour_after(session)

    async def far_too_long(page: Page) -> None:
        type_it = "at => { at.removeAttribute('maxlength'); at.value = 'word '.repeat(200) }"
        await page.locator("#promise").evaluate(type_it)

    return View(pair.mentee, f"/session/{session.id}", each(far_too_long, press("Save")))


@state("GET home 200", proof="Saved")
async def saved() -> View:
    pair, session = await _pair()
    _an_hour_after(session)
    return View(pair.mentee, f"/session/{session.id}", each(fill("note-0", "Name one decider."), press("Save")))


@state("GET session 200", proof="Not saved yet. Try again")
async def not_saved_yet() -> View:
    pair, session = await _pair()
    _an_hour_after(session)
    return View(pair.mentee, f"/session/{session.id}", each(kept_here, offline, fill("note-0", "Name one decider.")))


@state("GET session 200", proof="No connection. Try again when you’re back.")
async def a_topic_waits_and_an_order_does_not() -> View:
    pair, session = await _pair()
    return View(pair.mentee, f"/session/{session.id}", each(
        kept_here, open_everything, fill("new_topic", "Who decides what?"), offline, press("Add the topic"), waits,
        press("Down"),
    ))


@state("GET session-time 200", proof="Pick a time")
async def move() -> View:
    pair, session = await _pair()
    return View(pair.mentee, f"/session/{session.id}/time")


@state("POST session-time 422", proof="to fix")
async def move_to_a_taken_time() -> View:
    pair, session = await _pair()
    acts = each(check("#slot-2"), somebody_is_faster(pair), press("Move it"))
    return View(pair.mentee, f"/session/{session.id}/time", acts)


@state("POST session-time 303", "GET session 200", proof="Moved to")
async def moved() -> View:
    pair, session = await _pair()
    return View(pair.mentee, f"/session/{session.id}/time", press("Move it"))


@state("POST session-cancellation 303", proof="Called off. A skipped session is normal.")
async def called_off() -> View:
    pair, session = await _pair()
    return View(pair.mentee, f"/session/{session.id}/time", press("Call it off"))


@state("POST session-cancellation 409", proof="This session is over.")
async def called_off_too_late() -> View:
    pair, session = await _pair()

    async def act(page: Page) -> None:
        _an_hour_after(session)
        await press("Call it off")(page)

    return View(pair.mentee, f"/session/{session.id}/time", act)


@state("POST session-change-undo 303", "GET session 200", proof="Undone. It stands as before.")
async def move_undone() -> View:
    pair, session = await _pair()
    return View(pair.mentee, f"/session/{session.id}/time", each(press("Move it"), press("Undo")))


@state("GET session 200", proof="This session was called off.")
async def cancelled() -> View:
    pair, session = await _pair()
    await sessions.cancel_session(pair.mentee_actor, session.id)
    return View(pair.mentor, f"/session/{session.id}")


@state("GET session 200", proof="You and Idris are on a pause.")
async def written_up_in_a_pause() -> View:
    pair, session = await _pair()
    _an_hour_after(session)
    await Match.filter(id=pair.match.id).update(state=MatchState.PAUSED)
    return View(pair.mentee, f"/session/{session.id}")


@state("POST session 409", proof="Copy it before you go on.")
async def written_as_the_match_ended() -> View:
    pair, session = await _pair()

    async def ends(page: Page) -> None:
        await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)

    acts = each(fill("note-0", "Name one decider before the meeting."), ends, press("Save"))
    return View(pair.mentee, f"/session/{session.id}", acts)


@state("GET session 404", proof="We could not find that")
async def not_yours() -> View:
    pair, session = await _pair()
    return View(pair.stranger, f"/session/{session.id}")


@state("POST session-presence 303", "GET session 200", proof="Noted. You met.")
async def met_and_said_so() -> View:
    pair, session = await _pair()
    _an_hour_after(session)
    return View(pair.mentee, f"/session/{session.id}", press("We met"))


@state("POST session-absence 303", "GET session 200", proof="Moved to")
async def missed_and_moved() -> View:
    pair, session = await _pair()
    _an_hour_after(session)
    return View(pair.mentee, f"/session/{session.id}", press("Didn’t happen? Move it"))


@state("POST session-absence-undo 303", "GET session 200", proof="Undone. It counts as held.")
async def missed_and_back() -> View:
    pair, session = await _pair()
    _an_hour_after(session)
    return View(pair.mentor, f"/session/{session.id}", each(press("Didn’t happen? Move it"), press("Undo")))


@state("GET session 200", proof="This session did not take place.")
async def missed() -> View:
    pair, session = await _pair()
    _an_hour_after(session)
    await sessions.report_no_show(pair.mentor_actor, session.id)
    return View(pair.mentee, f"/session/{session.id}")


@state("POST session-booking-undo 303", "GET home 200", proof="Undone. Nothing is booked.")
async def booking_undone() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, f"/match/{pair.match.id}/session", each(press("Book "), press("Undo")))


@state("GET session-new 200", proof="How many times")
async def repeat() -> View:
    pair = await factories.active_match()
    return View(pair.mentor, f"/match/{pair.match.id}/session", open_everything)


@state("POST session-series-undo 303", "GET home 200", proof="Undone. Nothing is booked.")
async def series_undone() -> View:
    pair = await factories.active_match()
    acts = each(open_everything, _weekly, press("Book "), press("Undo"))
    return View(pair.mentee, f"/match/{pair.match.id}/session", acts)


@state("GET session-time 200", proof="This one and all after it")
async def move_one_of_a_series() -> View:
    pair = await factories.active_match()
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    made = await sessions.book_series(pair.mentee_actor, pair.match.id, slot.starts_at, every_weeks=2, times=3)
    return View(pair.mentee, f"/session/{made[1].id}/time")


async def _weekly(page: Page) -> None:
    await page.locator("#every_weeks").select_option("1")


@state("GET session 200", "GET guide 200", proof="Say where you stand")
async def guide() -> View:
    pair, session = await _pair()

    async def read(page: Page) -> None:
        await page.get_by_role("link", name="Your first session").click()

    return View(pair.mentee, f"/session/{session.id}", read)


@state("GET guide 200", proof="Our own way of ending")
async def guide_of_a_mentor() -> View:
    pair, _session = await _pair()
    link = {"title": "Our own way of ending", "link": "https://intranet.example/end", "to": "MENTORS", "when": "AFTER"}
    await Program.filter(id=pair.program.id).update(resources={"links": [link]})
    return View(pair.mentor, f"/match/{pair.match.id}/guide?of=closing")


@state("GET session-past 200", proof="It counts like any other.")
async def past() -> View:
    pair = await factories.active_match()
    return View(pair.mentor, f"/match/{pair.match.id}/past-session")


@state("POST session-past 422", proof="to fix")
async def past_with_an_error() -> View:
    pair = await factories.active_match()
    return View(pair.mentee, f"/match/{pair.match.id}/past-session", press("Write it down"))


@state("POST session-past 204", "GET session 200", proof="Written down. It counts.")
async def past_entered() -> View:
    pair = await factories.active_match(active_at=clock.now() - timedelta(days=3))
    acts = each(fill("on", f"{clock.now() - timedelta(days=1):%Y-%m-%d}"), fill("at", "09:30"), press("Write it down"))
    return View(pair.mentee, f"/match/{pair.match.id}/past-session", acts)


@state("POST session-call 422", proof="Write the whole link")
async def call_that_is_no_link() -> View:
    pair, session = await _pair()
    acts = each(fill("place", "meet in the canteen"), press("Keep the link"))
    return View(pair.mentee, f"/session/{session.id}/time", acts)


@state("POST session-call 303", "GET session 200", proof="Join the call")
async def call_of_its_own() -> View:
    pair, session = await _pair()
    acts = each(fill("place", "https://meet.example.com/a-room"), press("Keep the link"))
    return View(pair.mentee, f"/session/{session.id}/time", acts)


@state("GET session 200", proof="Widen to three?")
async def no_time_shared_in_two_weeks() -> View:
    return View(*(await _no_shared_time()))


@state("GET session 200", proof="No shared time in three weeks.")
async def no_time_shared_in_three_weeks() -> View:
    who, at = await _no_shared_time()
    return View(who, f"{at}?weeks=3")


async def _no_shared_time() -> tuple[Person, str]:
    pair, session = await _pair()
    _an_hour_after(session)
    await AvailabilityBlock.filter(person_id=pair.mentor.id).update(start_minute=0, end_minute=30)
    return pair.mentee, f"/session/{session.id}"


async def _pair() -> tuple[Pair, Session]:
    pair = await factories.active_match()
    await with_goal(pair)
    return pair, await booked(pair)


def _an_hour_after(session: Session) -> None:
    clock.move(session.ends_at - clock.now() + timedelta(hours=1))
