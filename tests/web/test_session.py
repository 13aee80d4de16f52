"""The Session screen: agenda, notes that are never lost, and the next time."""

from datetime import timedelta

import pytest

from server.goals import actions as goals
from server.goals.models import Milestone
from server.goals.states import MilestoneState
from server.kernel import clock
from server.kernel.db import fresh_key
from server.matches.models import Match
from server.matches.states import MatchState
from server.sessions import actions as sessions
from server.sessions.models import ActionItem, AgendaItem, Session, SessionNote
from server.sessions.states import NoteVisibility, SessionState
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair
from tests.web.conftest import HTMX, ClientOf
from tests.web.drawing import broken_references, one, read


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


@pytest.fixture
async def session(pair: Pair) -> Session:
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    return await sessions.book_session(pair.mentee_actor, pair.match.id, slot.starts_at)


def form(**values: str) -> dict[str, str]:
    return {"do": "save", "visibility": "SHARED", "next": "none", "form_key": fresh_key(), **values}


async def next_time(client_of: ClientOf, pair: Pair, session: Session) -> str:
    page = await (await client_of(pair.mentee)).get(f"/session/{session.id}")
    return page.text.split('name="next" value="')[1].split('"')[0]


async def test_the_agenda_is_prepared(client_of: ClientOf, pair: Pair, session: Session) -> None:
    client = await client_of(pair.mentee)
    answer = await client.get(f"/session/{session.id}")
    topics = await AgendaItem.filter(session_id=session.id)
    assert len(topics) == 3
    assert "Session 1 with Idris" in answer.text


async def test_one_act_saves_all_and_books_the_next_one(client_of: ClientOf, pair: Pair, session: Session) -> None:
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="lead a product review", measure="two reviews led",
        due_on=factories.in_days(120),
    )
    step = await goals.add_milestone(pair.mentee_actor, goal.id, "Watch two reviews")
    chosen = await next_time(client_of, pair, session)
    client = await client_of(pair.mentee)
    topic = await AgendaItem.filter(session_id=session.id).first()
    assert topic is not None
    data = form(
        **{"note-0": "Name one decider.", "note-1": "Ask Mei."}, topic=str(topic.id), milestone=str(step.id),
        milestone_done="1", promise="Send the one-pager", next=chosen,
    )
    for _ in range(2):
        assert (await client.post(f"/session/{session.id}", data=data)).status_code == 303
    assert [note.body for note in await SessionNote.all().order_by("prompt")] == ["Name one decider.", "Ask Mei."]
    assert (await Milestone.get(id=step.id)).state is MilestoneState.DONE
    assert (await AgendaItem.get(id=topic.id)).talked_about
    assert [item.text for item in await ActionItem.all()] == ["Send the one-pager"]
    following = await Session.filter(match_id=pair.match.id).exclude(id=session.id)
    assert [one.starts_at.isoformat() for one in following] == [chosen]


async def test_a_taken_next_time_keeps_everything_that_was_typed(
    client_of: ClientOf, pair: Pair, session: Session
) -> None:
    chosen = await next_time(client_of, pair, session)
    start = clock.now().fromisoformat(chosen)
    other = await factories.active_match(pair.organization, pair.program, pair.cohort)
    await factories.match(
        pair.mentor_enrollment, await factories.enrollment(pair.cohort, pair.stranger, other.mentee_enrollment.role)
    )
    busy = await factories.match(pair.mentor_enrollment, other.mentee_enrollment)
    await Session.create(
        organization_id=busy.organization_id, match=busy, starts_at=start, ends_at=start + timedelta(minutes=45),
        state=SessionState.SCHEDULED, booked_at=clock.now(),
    )
    client = await client_of(pair.mentee)
    answer = await client.post(f"/session/{session.id}", data=form(**{"note-0": "Long words typed."}, next=chosen))
    assert answer.status_code == 422
    assert "Long words typed." in answer.text
    assert not await SessionNote.all().exists()


async def test_a_note_is_saved_while_it_is_written(client_of: ClientOf, pair: Pair, session: Session) -> None:
    client = await client_of(pair.mentee)
    data = {"visibility": "PRIVATE", "note-0": "Half a thought"}
    answer = await client.post(f"/session/{session.id}/notes", data=data, headers=HTMX)
    assert "Saved" in answer.text
    note = await SessionNote.get(session_id=session.id)
    assert (note.visibility, note.body) == (NoteVisibility.PRIVATE, "Half a thought")


async def test_a_private_note_is_seen_by_its_author_alone(client_of: ClientOf, pair: Pair, session: Session) -> None:
    await sessions.write_note(pair.mentee_actor, session.id, NoteVisibility.PRIVATE, {0: "canary-note"})
    assert "canary-note" in (await (await client_of(pair.mentee)).get(f"/session/{session.id}")).text
    assert "canary-note" not in (await (await client_of(pair.mentor)).get(f"/session/{session.id}")).text


@pytest.mark.parametrize("over", ["the match", "the session"])
async def test_ones_own_notes_stay_readable_when_nothing_can_be_written_any_more(
    client_of: ClientOf, pair: Pair, session: Session, over: str
) -> None:
    await sessions.write_note(pair.mentee_actor, session.id, NoteVisibility.PRIVATE, {0: "canary-note"})
    await sessions.write_note(pair.mentor_actor, session.id, NoteVisibility.SHARED, {0: "shared words"})
    if over == "the match":
        await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    else:
        await sessions.cancel_session(pair.mentee_actor, session.id)
    mentee, mentor = [
        (await (await client_of(person)).get(f"/session/{session.id}")).text for person in (pair.mentee, pair.mentor)
    ]
    assert "You, What became clearer?" in mentee
    assert "canary-note" in mentee
    assert "Idris, What became clearer?" in mentee
    assert "<textarea" not in mentee
    assert "shared words" in mentor
    assert "canary-note" not in mentor


async def test_a_shared_note_is_seen_by_the_other_one(client_of: ClientOf, pair: Pair, session: Session) -> None:
    await sessions.write_note(pair.mentee_actor, session.id, NoteVisibility.SHARED, {0: "shared words"})
    assert "shared words" in (await (await client_of(pair.mentor)).get(f"/session/{session.id}")).text


async def test_nobody_else_opens_a_session(client_of: ClientOf, pair: Pair, session: Session) -> None:
    for person in (pair.stranger, pair.line_manager, pair.manager):
        assert (await (await client_of(person)).get(f"/session/{session.id}")).status_code == 404


async def test_topics_are_added_ordered_and_removed_without_losing_notes(
    client_of: ClientOf, pair: Pair, session: Session
) -> None:
    client = await client_of(pair.mentor)
    await client.post(
        f"/session/{session.id}", data=form(do="topic", new_topic="Who decides?", **{"note-0": "Typed before"})
    )
    added = (await AgendaItem.filter(session_id=session.id).order_by("position"))[-1]
    assert added.topic == "Who decides?"
    assert (await SessionNote.get(session_id=session.id)).body == "Typed before"
    await client.post(f"/session/{session.id}", data=form(do=f"up-{added.id}"))
    order = [one.id for one in await AgendaItem.filter(session_id=session.id).order_by("position")]
    assert order.index(added.id) == len(order) - 2
    await client.post(f"/session/{session.id}", data=form(do=f"remove-{added.id}"))
    assert not await AgendaItem.filter(id=added.id).exists()


async def test_moving_offers_free_times_and_keeps_the_session(
    client_of: ClientOf, pair: Pair, session: Session
) -> None:
    client = await client_of(pair.mentor)
    shown = await client.get(f"/session/{session.id}/time")
    slot = shown.text.split('name="slot" value="')[2].split('"')[0]
    await client.post(f"/session/{session.id}/time", data={"slot": slot})
    assert (await Session.get(id=session.id)).starts_at.isoformat() == slot


async def test_a_session_is_called_off_without_blame(client_of: ClientOf, pair: Pair, session: Session) -> None:
    client = await client_of(pair.mentee)
    assert (await client.post(f"/session/{session.id}/cancellation")).status_code == 303
    assert (await Session.get(id=session.id)).state is SessionState.CANCELLED


async def test_the_bar_leads_to_the_next_session_or_says_there_is_none(
    client_of: ClientOf, pair: Pair, session: Session
) -> None:
    client = await client_of(pair.mentee)
    assert (await client.get("/session")).headers["location"] == f"/session/{session.id}"
    other = await client_of(pair.stranger)
    assert "No session is booked" in (await other.get("/session")).text


async def test_an_hour_later_the_same_page_asks_for_notes(client_of: ClientOf, pair: Pair, session: Session) -> None:
    clock.move(session.ends_at - clock.now() + timedelta(hours=1))
    client = await client_of(pair.mentee)
    answer = await client.get(f"/session/{session.id}")
    assert "Before you close" in answer.text
    assert f"/session/{session.id}/time" not in answer.text


@pytest.mark.parametrize("sent", [
    {"do": "save", "promise": "Ask Mei", "promise_due_on": "1999-01-01"}, {"do": "save", "promise_due_on": "soon"},
    {"do": "save", "promise": "x" * 301}, {"do": "save", "next": "2020-01-01T09:00:00+00:00"},
    {"do": "save", "note-0": "x" * 10_001}, {"do": "topic", "new_topic": ""}, {"do": "topic", "new_topic": "x" * 201},
])
async def test_every_problem_leads_to_its_field(
    client_of: ClientOf, pair: Pair, session: Session, sent: dict[str, str]
) -> None:
    client = await client_of(pair.mentee)
    answer = await client.post(f"/session/{session.id}", data=form(**sent))
    tree = read(answer.text)
    assert answer.status_code == 422
    leads = [link.get("href", "").removeprefix("#") for link in one(tree, ".//*[@id='error-summary']").iter("a")]
    assert leads
    assert set(leads) <= {element.get("id") for element in tree.iter()}
    assert broken_references(tree) == []


async def test_another_topic_does_not_cost_the_promise_that_was_typed(
    client_of: ClientOf, pair: Pair, session: Session
) -> None:
    client = await client_of(pair.mentee)
    sent = form(do="topic", new_topic="How to say no", promise="Ask Mei", promise_due_on="2031-05-31")
    answer = await client.post(f"/session/{session.id}", data=sent)
    assert answer.text.count("How to say no") > 0
    assert 'value="Ask Mei"' in answer.text
    assert 'value="2031-05-31"' in answer.text
    again = await client.post(f"/session/{session.id}", data=form(do="topic", new_topic="And yes"))
    assert again.status_code == 303


async def test_a_topic_whose_answer_got_lost_is_added_once_and_another_one_beside_it(
    client_of: ClientOf, pair: Pair, session: Session
) -> None:
    client, path = await client_of(pair.mentee), f"/session/{session.id}"
    sent = form(do="topic")
    for topic in ("Who decides?", "Who decides?", "And who pays?"):
        await client.post(path, data={**sent, "new_topic": topic})
    topics = await AgendaItem.filter(session_id=session.id).order_by("position")
    assert [one.topic for one in topics][3:] == ["Who decides?", "And who pays?"]
    for _time in range(2):
        await client.post(path, data={**sent, "do": f"up-{topics[-1].id}"})
    moved = await AgendaItem.filter(session_id=session.id).order_by("position")
    assert [one.topic for one in moved][3:] == ["And who pays?", "Who decides?"]
    assert (await client.post(path, data={**sent, "do": "save"})).status_code == 303


async def test_a_page_drawn_again_beside_a_promise_acts_anew_and_saves_over_its_own_notes(
    client_of: ClientOf, pair: Pair, session: Session
) -> None:
    client, path = await client_of(pair.mentee), f"/session/{session.id}"
    sent = {**hidden((await client.get(path)).text), **form(promise="Ask Mei"), "note-0": "First", "new_topic": "No"}
    again = hidden((await client.post(path, data={**sent, "do": "topic"})).text)
    assert again["form_key"] != sent["form_key"]
    await client.post(path, data={**sent, **again, "do": "save", "note-0": "First and second"})
    assert [note.words for note in await SessionNote.filter(session_id=session.id, prompt=0)] == ["First and second"]


async def test_of_notes_sent_again_the_last_wording_holds_and_the_promise_is_made_once(
    client_of: ClientOf, pair: Pair, session: Session
) -> None:
    client, path = await client_of(pair.mentee), f"/session/{session.id}"
    sent = {**hidden((await client.get(path)).text), **form(promise="Ask Mei")}
    for words in ("First", "Last", "Last"):
        await client.post(path, data={**sent, "note-0": words})
    assert [note.words for note in await SessionNote.filter(session_id=session.id, prompt=0)] == ["Last"]
    assert await ActionItem.all().count() == 1


async def test_a_field_that_nobody_drew_is_left_alone(client_of: ClientOf, pair: Pair, session: Session) -> None:
    client = await client_of(pair.mentee)
    answer = await client.post(f"/session/{session.id}", data=form(**{"note-²": "?", "note-": "?", "note-x": "?"}))
    assert answer.status_code == 303


async def test_two_windows_of_one_person_take_no_words_from_each_other(
    client_of: ClientOf, pair: Pair, session: Session
) -> None:
    client, path = await client_of(pair.mentee), f"/session/{session.id}"
    phone, laptop = [hidden((await client.get(path)).text) for _window in range(2)]
    await client.post(f"{path}/notes", data={**phone, "visibility": "SHARED", "note-0": "From the phone"})
    await client.post(f"{path}/notes", data={**laptop, "visibility": "SHARED", "note-0": "From the laptop"})
    await client.post(path, data={**phone, "do": "save", "visibility": "SHARED", "next": "none", "note-0": "By phone"})
    shown = read((await client.get(path)).text)
    assert one(shown, './/textarea[@name="note-0"]').text == "By phone\n\nFrom the laptop"
    theirs = read((await (await client_of(pair.mentor)).get(path)).text)
    assert [line.text for line in theirs.findall(".//blockquote/p")][-2:] == ["By phone", "From the laptop"]


def hidden(html: str) -> dict[str, str]:
    """The key and the marks of a page's form."""
    fields = one(read(html), './/form[@id="session"]').findall('.//input[@type="hidden"]')
    return {field.get("name", ""): field.get("value", "") for field in fields}
