"""The pair record: what a manager sees and does, in every state; what is never there, and for whom it is not there."""

from datetime import UTC, datetime, time, timedelta

import httpx2
import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.automation.planning import plan
from server.automation.steps import STEPS
from server.automation.subjects import MATCH
from server.journey.record.queries import PLANS
from server.journey.record.timeline import TOLD, WROTE
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.facts import AuditEvent, ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs import drain, handlers
from server.kernel.jobs.handlers import load_handlers
from server.matches import actions
from server.matches.models import Match, MatchNote
from server.matches.states import ClosureReason, MatchState
from server.people.models import Person
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState
from server.sessions.actions import book_series, book_session, cancel_following, cancel_session
from tests import factories
from tests.factories import Pair
from tests.queries import queries_run
from tests.web.conftest import ClientOf
from tests.web.console.lived import lived
from tests.web.console.market import draft, manager_of, market
from web.console.timeline_words import PLANNED, TELL

HERE = "/console/matches"


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


@pytest.fixture
async def manager(pair: Pair) -> Person:
    return await manager_of(pair.organization, pair.program)


@pytest.fixture
async def browser(client_of: ClientOf, manager: Person) -> httpx2.AsyncClient:
    return await client_of(manager)


def at(match: Match, act: str = "") -> str:
    return f"{HERE}/{match.id}{'/' if act else ''}{act}"


async def now(match: Match) -> Match:
    return await Match.get(id=match.id)


async def test_a_lived_pair_is_told_by_acts_days_and_names(client_of: ClientOf, db: object) -> None:
    found = await lived()
    shown = await (await client_of(found.manager)).get(f"{at(found.pair.match)}?events=all")
    for words in (
        "Noor and Idris", "Idris wrote to Noor", "2 messages.", "First conversation held", "45 minutes.",
        "Noor wrote a shared note", "Goal set", "Goal changed", "Noor ticked a step", "Conversation booked",
        "Noor answered the check-in", "Leading stakeholders", "One of one milestone", "Changed by Noor on",
        "1 of 1", "Session invitation, to Idris", "You see that they write and meet, and when. Never what.",
    ):
        assert words in shown.text, words
    assert "Idris wrote a" not in shown.text
    assert "Managers of this programme read it, nobody else." in shown.text


async def test_what_goes_by_itself_and_what_was_needless_stands_on_the_pages_of_pair_and_person(
    browser: httpx2.AsyncClient, pair: Pair, manager: Person, client_of: ClientOf
) -> None:
    product = system_actor(pair.organization.id)
    await plan(product, MATCH, [STEPS["message.F01"], STEPS["message.F02"]], pair.match.id, clock.now())
    person = f"/console/people/{pair.mentee.id}"
    for page in (at(pair.match), person):
        planned = (await browser.get(page)).text
        assert "A first time, second word" in planned
        assert "nless: a time is booked" in planned
    shown = (await browser.get(at(pair.match))).text
    assert "A first time, second word, to Noor" in shown
    later = datetime.combine(clock.now().date() + timedelta(days=9), time(10), UTC)
    await book_session(pair.mentee_actor, pair.match.id, later)
    clock.move(timedelta(days=6))
    await drain(strict=False)
    later_on = await client_of(manager)
    shown = [(await later_on.get(page)).text for page in (at(pair.match), person)]
    assert "A first time, to Noor" in shown[0]
    for page in shown:
        assert "Held back: a time is booked" in page
        assert "nless: a time is booked" not in page


async def test_a_message_is_skipped_by_one_button_and_planned_again(
    browser: httpx2.AsyncClient, pair: Pair, manager: Person, client_of: ClientOf
) -> None:
    product = system_actor(pair.organization.id)
    await plan(product, MATCH, [STEPS["message.F01"], STEPS["message.F04"]], pair.match.id, clock.now())
    [row] = await ScheduledAction.filter(rule="message.F01")
    for page, part in ((at(pair.match), "planned"), (f"/console/people/{pair.mentee.id}", "coming")):
        given = {"row": str(row.id), "act": "skip"}
        assert "Skip this one" in (await browser.get(page)).text
        went = await browser.post(f"{page}/planned", data=given)
        assert (went.status_code, went.headers["location"]) == (303, f"{page}#{part}")
        shown = (await browser.get(page)).text
        assert f"Skipped by {manager.first_name}" in shown
        assert "Plan it again" in shown
        assert "Skipped. Nobody is told." in shown
        again = await browser.post(f"{page}/planned", data=given)
        assert again.status_code == 409
        assert "It has gone, or is on its way." in again.text
        went = await browser.post(f"{page}/planned", data={**given, "act": "again"})
        assert (await browser.get(page)).text.count("It is planned again.") == 1
    assert "Matches that have not begun, to who runs the programme" in (await browser.get(at(pair.match))).text
    stranger = await client_of(pair.mentor)
    assert (await stranger.post(f"{at(pair.match)}/planned", data=given)).status_code == 404
    assert (await browser.post(f"{at(pair.match)}/planned", data={"row": str(new_id())})).status_code == 404


@pytest.mark.parametrize(("weeks", "rhythm"), [(1, "Every week from"), (2, "Every two weeks"), (4, "Every four weeks")])
async def test_a_series_is_told_as_one_thing(
    browser: httpx2.AsyncClient, pair: Pair, weeks: int, rhythm: str
) -> None:
    start = datetime.combine(clock.now().date() + timedelta(days=7), time(10), UTC)
    made = await book_series(pair.mentee_actor, pair.match.id, start, every_weeks=weeks, times=4)
    shown = (await browser.get(at(pair.match))).text
    assert "4 conversations booked" in shown
    assert rhythm in shown
    assert ">1 event<" in shown
    assert "Nothing was sent yet." in shown
    clock.move(timedelta(seconds=11))
    await drain(strict=False)
    assert "Nothing was sent yet." not in (await browser.get(at(pair.match))).text
    await cancel_session(pair.mentor_actor, made[1].id)
    one_gone = (await browser.get(at(pair.match))).text
    assert "Conversation called off" in one_gone
    assert "of a series" not in one_gone
    await cancel_following(pair.mentee_actor, made[2].id)
    assert "2 conversations of a series called off" in (await browser.get(at(pair.match))).text


def test_every_entry_that_is_told_has_its_words() -> None:
    assert set(TELL) == {*TOLD, WROTE}


def test_every_plan_that_is_told_has_its_words_and_somebody_who_does_it() -> None:
    load_handlers()
    assert set(PLANNED) == set(PLANS) <= handlers._by_rule.keys()


async def test_the_latest_events_stand_open_and_all_have_an_address(client_of: ClientOf, db: object) -> None:
    found = await lived()
    client = await client_of(found.manager)
    short, whole = await client.get(at(found.pair.match)), await client.get(f"{at(found.pair.match)}?events=all")
    assert "Show all" in short.text
    assert "Show all" not in whole.text
    assert whole.text.count('class="when"') > short.text.count('class="when"')


async def test_a_pause_is_done_told_later_and_can_be_undone(browser: httpx2.AsyncClient, pair: Pair) -> None:
    day = factories.in_days(20).isoformat()
    answer = await browser.post(at(pair.match, "pause"), data={"until": day})
    assert (answer.status_code, answer.headers["location"]) == (303, at(pair.match))
    shown = await browser.get(at(pair.match))
    assert "Then they go on by themselves." in shown.text
    assert f'action="{at(pair.match, "undo")}"' in shown.text
    await browser.post(at(pair.match, "undo"))
    assert (await now(pair.match)).state is MatchState.ACTIVE
    await browser.post(at(pair.match, "pause"), data={"until": day})
    clock.move(timedelta(minutes=1))
    await browser.post(at(pair.match, "resumption"))
    assert (await now(pair.match)).state is MatchState.ACTIVE
    assert await AuditEvent.filter(action="match.pause", actor_kind="person").count() == 2


@pytest.mark.parametrize("until", ["", "2020-01-01", "soon", "2999-01-01"])
async def test_a_day_that_cannot_be_is_refused_with_the_form(
    browser: httpx2.AsyncClient, pair: Pair, until: str
) -> None:
    answer = await browser.post(at(pair.match, "pause"), data={"until": until})
    assert answer.status_code == 422
    assert '<details id="rest" open' in answer.text
    assert (await now(pair.match)).state is MatchState.ACTIVE


async def test_an_end_asks_why_and_can_be_undone(browser: httpx2.AsyncClient, pair: Pair) -> None:
    refused = await browser.post(at(pair.match, "closure"))
    assert refused.status_code == 422
    assert "Choose a reason. Only managers see it." in refused.text
    assert 'value="CONDUCT"' in refused.text
    await browser.post(at(pair.match, "closure"), data={"reason": "SCHEDULE"})
    shown = await browser.get(at(pair.match))
    for words in ("Reason: no shared time.", "Noor waits for another mentor", "Idris has 2 free places.", "Ended"):
        assert words in shown.text, words
    await browser.post(at(pair.match, "undo"))
    again = await now(pair.match)
    assert (again.state, again.closure_reason) == (MatchState.ACTIVE, None)
    late = await browser.post(at(pair.match, "undo"), follow_redirects=True)
    assert "Too late to undo: they have been told." in late.text


async def test_another_mentor_ends_what_runs_and_then_shows_what_follows(
    client_of: ClientOf, db: object
) -> None:
    found = await market()
    match = await factories.match(found.mentors[0], found.mentees[0])
    client = await client_of(found.manager)
    answer = await client.post(at(match, "another-mentor"))
    assert answer.headers["location"] == at(match)
    assert (await now(match)).closure_reason is ClosureReason.NO_FAULT
    nobody = await client.post(at(match, "another-mentor"))
    assert nobody.status_code == 409
    assert "Nobody with a free place is left. Match again, or add mentors." in nobody.text
    suggestion = await factories.match(found.mentors[1], found.mentees[0], state=MatchState.DRAFT)
    shown = await client.get(at(match))
    assert "Noor has a new suggestion: Ottoline." in shown.text
    follow = await client.post(at(match, "another-mentor"))
    assert follow.headers["location"] == f"{HERE}?pair={suggestion.id}"


@pytest.mark.parametrize(("values", "words"), [
    ({"state": MatchState.AWAITING_MENTOR}, "Waits for Idris"),
    ({"state": MatchState.DECLINED, "ended_at": clock.now()}, "One of the two said no"),
    ({"state": MatchState.EXPIRED, "ended_at": clock.now()}, "Nobody answered in time."),
    ({"state": MatchState.CANCELLED, "ended_at": clock.now()}, "Taken back on"),
    ({"state": MatchState.DURATION_COMPLETED}, "Closing"),
    ({"active_at": clock.now() - timedelta(days=60)}, "Gone quiet"),
])
async def test_every_state_has_its_sentence(
    client_of: ClientOf, db: object, values: dict[str, object], words: str
) -> None:
    pair = await factories.active_match(**values)
    shown = await (await client_of(await manager_of(pair.organization, pair.program))).get(at(pair.match))
    assert shown.status_code == 200
    assert words in shown.text


async def test_who_is_away_without_a_day_is_named(browser: httpx2.AsyncClient, pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(state=MatchState.PAUSED)
    await Enrollment.filter(id=pair.mentor_enrollment.id).update(state=EnrollmentState.PAUSED)
    assert "Idris is away, and no day of return is known." in (await browser.get(at(pair.match))).text
    refused = await browser.post(at(pair.match, "resumption"))
    assert refused.status_code == 409


@pytest.mark.parametrize("state", [MatchState.DRAFT, MatchState.AWAITING_ADMIN])
async def test_what_waits_for_a_word_is_read_in_the_queue(client_of: ClientOf, db: object, state: MatchState) -> None:
    found = await market()
    match = await draft(found)
    await Match.filter(id=match.id).update(state=state)
    answer = await (await client_of(found.manager)).get(at(match))
    assert answer.headers["location"] == f"{HERE}?pair={match.id}"


async def test_the_note_is_kept_and_never_written_over_unread(
    client_of: ClientOf, browser: httpx2.AsyncClient, pair: Pair, manager: Person
) -> None:
    await browser.post(at(pair.match, "note"), data={"words": "Call both.", "version": "0"})
    shown = await browser.get(at(pair.match))
    assert "Call both." in shown.text
    assert f"Last changed: {manager.full_name}" in shown.text
    colleague = await client_of(await manager_of(pair.organization, pair.program))
    stale = await colleague.post(at(pair.match, "note"), data={"words": "Mine.", "version": "0"})
    assert stale.status_code == 422
    assert "Somebody else changed this note meanwhile." in stale.text
    assert "Call both." in stale.text
    assert "Mine." in stale.text
    long = await browser.post(at(pair.match, "note"), data={"words": "x" * 5001, "version": "1"})
    assert long.status_code == 422
    assert (await MatchNote.get(match_id=pair.match.id)).words == "Call both."


async def test_the_administrator_and_the_two_have_no_note(client_of: ClientOf, pair: Pair) -> None:
    await actions.write_note(pair.manager_actor, pair.match.id, "Call both.", version=0)
    await grant_role(system_actor(pair.organization.id), pair.mentor.id, Role.PROGRAM_MANAGER, pair.program.id)
    for person in (await manager_of(pair.organization, None), pair.mentor):
        client = await client_of(person)
        shown = await client.get(at(pair.match))
        assert shown.status_code == 200
        assert "Call both." not in shown.text
        assert "Managers’ note" not in shown.text
        assert (await client.post(at(pair.match, "note"), data={"words": "", "version": "1"})).status_code == 403


@pytest.mark.parametrize("act", ["", "pause", "resumption", "closure", "another-mentor", "undo", "note"])
async def test_nobody_else_finds_it(client_of: ClientOf, pair: Pair, act: str) -> None:
    elsewhere = await manager_of(pair.organization, await factories.program(pair.organization))
    for person in (pair.stranger, pair.line_manager, elsewhere, (await market()).admin):
        client = await client_of(person)
        data = {"until": factories.in_days(9).isoformat(), "reason": "NO_FAULT", "words": "x", "version": "0"}
        answer = await (client.post(at(pair.match, act), data=data) if act else client.get(at(pair.match)))
        assert answer.status_code == 404, person.full_name
    assert (await now(pair.match)).state is MatchState.ACTIVE


async def test_a_pair_that_is_not_there(browser: httpx2.AsyncClient) -> None:
    assert (await browser.get(f"{HERE}/{new_id()}")).status_code == 404


async def test_a_long_history_costs_no_more_statements(client_of: ClientOf, db: object) -> None:
    found = await lived()
    client, counts = await client_of(found.manager), []
    for _ in range(2):
        with queries_run() as ran:
            assert (await client.get(at(found.pair.match))).status_code == 200
        counts.append(len(ran))
        for row in await AuditEvent.filter(target_id=found.session.id):
            row.id = new_id()
            await row.save(force_create=True)
    assert counts[0] == counts[1]
