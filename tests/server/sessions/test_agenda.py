"""Three topics drawn from what the two said, in the right order; then the members' own changes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.goals import actions as goals
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.kernel.text import use_language
from server.sessions import actions, queries
from server.sessions.agenda import Facts, compose, share_minutes
from server.sessions.models import ActionItem, AgendaItem, Session
from server.sessions.states import NoteVisibility, SessionState, TopicSource
from server.sessions.times import slots_for_match
from tests.circles import WORDS, lived
from tests.factories import Pair, active_match, in_days
from tests.races import at_once

SUNDAY = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
WANT = "lead a product review"
KNOWN = Facts(
    want=WANT, measure="two reviews", goal_ready=True, step="Watch two reviews", step_due_on=date(2026, 12, 11),
    promises=("send the one-pager", "ask Mei"), note="The group needs one decider",
    message="Who loses if you’re right?",
)


def sources(facts: Facts) -> list[TopicSource]:
    return [topic.source for topic in compose(facts, 45)]


def test_promise_message_and_note_come_before_milestone_and_goal() -> None:
    assert sources(KNOWN) == [TopicSource.PROMISE, TopicSource.MESSAGE, TopicSource.NOTE]
    quiet = Facts(want=WANT, measure="x", goal_ready=True, step="Watch", promises=("send it",))
    assert sources(quiet) == [TopicSource.PROMISE, TopicSource.MILESTONE, TopicSource.GOAL]


def test_their_own_words_are_quoted_and_each_topic_asks_one_thing() -> None:
    first, second, third = compose(KNOWN, 45)
    assert first.text == "How it went: “send the one-pager”"
    assert second.text == "“Who loses if you’re right?”"
    assert third.text == "Since last time: “The group needs one decider”"
    assert all(topic.question.count("?") == 1 for topic in (first, second, third))


def test_a_circle_is_asked_to_finish_nobodys_goal() -> None:
    open_goal = Facts(in_circle=True, first=True)
    assert sources(open_goal) == [TopicSource.START] * 3
    shared = Facts(in_circle=True, want="Negotiation", goal_ready=True)
    assert compose(shared, 60)[0].text == "On the way to the goal: “Negotiation”"


def test_a_milestone_names_its_day() -> None:
    topic = compose(Facts(want=WANT, measure="x", goal_ready=True, step="Watch", step_due_on=date(2026, 12, 11)), 45)[0]
    assert topic.question == "It is due on 11 December. What could get in the way?"


def test_a_language_nobody_knows_is_no_reason_to_fail() -> None:
    with use_language("x-klingon"):
        test_a_milestone_names_its_day()


def test_a_goal_that_is_not_ready_comes_first() -> None:
    for want, measure, question in (
        ("", "", "What would you like to be able to do at the end?"),
        (WANT, "", "How would you both know it worked?"),
        (WANT, "two reviews", "By when would you like to be there?"),
    ):
        topic = compose(Facts(want=want, measure=measure, promises=("send it",)), 45)[0]
        assert (topic.source, topic.question) == (TopicSource.GOAL, question)


def test_at_the_first_meeting_people_come_before_matters() -> None:
    first = compose(Facts(first=True, want=WANT, measure="x", goal_ready=True, step="Watch"), 45)
    assert [topic.source for topic in first] == [TopicSource.START, TopicSource.START, TopicSource.MILESTONE]


def test_knowing_nothing_still_gives_three_different_topics() -> None:
    topics = compose(Facts(goal_ready=True, want=WANT), 45)
    assert len({topic.text for topic in topics}) == 3


@pytest.mark.parametrize(
    ("minutes", "shares"), [(45, [10, 15, 15]), (30, [5, 10, 10]), (60, [15, 20, 20]), (15, [5, 5, 5])]
)
def test_minutes_are_shared_in_fives(minutes: int, shares: list[int]) -> None:
    assert share_minutes(minutes) == shares


words = st.text(max_size=400)


facts_known = st.builds(
    Facts, st.booleans(), words, words, st.booleans(), words, st.none() | st.dates(), st.lists(words, max_size=3),
    words, words, st.booleans(),
)


@given(facts_known, st.integers(10, 240))
def test_whatever_people_wrote_there_are_three_topics_that_fit(facts: Facts, minutes: int) -> None:
    topics = compose(facts, minutes)
    assert len(topics) == 3
    assert sum(topic.minutes for topic in topics) <= max(minutes, 15)
    assert all(len(topic.text) <= 200 and topic.question for topic in topics)


@pytest.fixture
def sunday_morning() -> Any:
    with clock.at(SUNDAY):
        yield


async def a_session(pair: Pair, starts_at: datetime = FRIDAY) -> Session:
    return await actions.book_session(pair.mentee_actor, pair.match.id, starts_at)


async def topics_of(pair: Pair, session: Session) -> list[str]:
    return [item.topic for item in await queries.agenda_of(pair.mentor_actor, session.id)]


@pytest.mark.usefixtures("sunday_morning")
class TestStoredAgenda:
    """The agenda of a real session."""

    async def test_it_is_there_with_the_booking_and_draws_on_the_goal(self, db: object) -> None:
        pair = await active_match()
        await goals.save_goal(pair.mentee_actor, pair.mentee_enrollment.id, want=WANT)
        session = await a_session(pair)
        items = await queries.agenda_of(pair.mentor_actor, session.id)
        assert [item.source for item in items] == ["goal", "start", "start"]
        assert items[0].topic == f"Finish the goal: “{WANT}”"
        assert [(item.position, item.minutes) for item in items] == [(0, 10), (1, 15), (2, 15)]

    async def test_private_notes_never_reach_the_agenda_and_shared_ones_do(self, db: object) -> None:
        pair = await active_match()
        goal = await goals.save_goal(
            pair.mentee_actor, pair.mentee_enrollment.id, want=WANT, measure="two", due_on=in_days(90)
        )
        await goals.add_milestone(pair.mentee_actor, goal.id, "Watch two reviews")
        past = await a_session(pair, SUNDAY + timedelta(hours=1))
        await actions.write_note(pair.mentee_actor, past.id, NoteVisibility.PRIVATE, {1: "canary"})
        await actions.write_note(pair.mentor_actor, past.id, NoteVisibility.SHARED, {0: "Well", 1: "Ask Mei to decide"})
        await actions.promise(pair.mentee_actor, past.id, pair.mentee.id, "Send the one-pager", in_days(3))
        clock.move(timedelta(hours=2))
        await drain()
        session = await a_session(pair)
        assert await topics_of(pair, session) == [
            "How it went: “Send the one-pager”", "Since last time: “Ask Mei to decide”",
            "Next milestone: “Watch two reviews”",
        ]
        assert not [item for item in await AgendaItem.all() if "canary" in item.topic]

    async def test_two_days_before_it_is_drawn_again_unless_somebody_touched_it(self, db: object) -> None:
        pair = await active_match()
        session, touched = await a_session(pair), await a_session(pair, FRIDAY + timedelta(hours=2))
        first = (await queries.agenda_of(pair.mentee_actor, touched.id))[0]
        await actions.remove_topic(pair.mentee_actor, first.id)
        await actions.move_session(pair.mentee_actor, touched.id, FRIDAY + timedelta(hours=3))
        await goals.save_goal(pair.mentee_actor, pair.mentee_enrollment.id, want=WANT)
        clock.move(FRIDAY - SUNDAY - timedelta(hours=44))
        await drain()
        assert (await topics_of(pair, session))[0] == f"Finish the goal: “{WANT}”"
        assert await topics_of(pair, touched) == ["Get to know each other", "How you want to work together"]

    async def test_the_members_own_topics_stay_when_it_is_drawn_again(self, db: object) -> None:
        pair = await active_match()
        session = await a_session(pair)
        await actions.add_topic(pair.mentor_actor, session.id, "The budget round")
        again = await actions.prepare_agenda(pair.mentee_actor, session.id, message="One question for Thursday")
        assert [item.topic for item in again][-1] == "The budget round"
        assert await topics_of(pair, session) == [item.topic for item in again]
        assert len(again) == 4

    async def test_it_speaks_the_mentees_language_whoever_books(self, db: object) -> None:
        pair = await active_match()
        await pair.mentee.filter(id=pair.mentee.id).update(language="pt-PT")
        goal = await goals.save_goal(
            pair.mentee_actor, pair.mentee_enrollment.id, want=WANT, measure="two", due_on=in_days(90)
        )
        await goals.add_milestone(pair.mentee_actor, goal.id, "Watch two reviews", date(2026, 12, 11))
        session = await actions.book_session(pair.mentor_actor, pair.match.id, FRIDAY)
        assert "11 de dezembro" in (await queries.agenda_of(pair.mentee_actor, session.id))[2].question

    async def test_topics_are_added_moved_ticked_and_taken_out(self, db: object) -> None:
        pair = await active_match()
        session = await a_session(pair)
        item = await actions.add_topic(pair.mentor_actor, session.id, " Budget ", question="How much?", minutes=5)
        assert (item.topic, item.position, item.added_by_id) == ("Budget", 3, pair.mentor.id)
        for places, expected in ((-1, 2), (-9, 0), (1, 1), (9, 3)):
            order = [row.id for row in await actions.move_topic(pair.mentee_actor, item.id, places)]
            assert order.index(item.id) == expected
            assert [row.id for row in await queries.agenda_of(pair.mentee_actor, session.id)] == order
        for _ in range(2):
            assert (await actions.tick_topic(pair.mentee_actor, item.id, True)).talked_about
        assert len(await actions.remove_topic(pair.mentee_actor, item.id)) == 3
        assert not await ScheduledAction.filter(rule="session.agenda", state="PLANNED").exists()

    async def test_talked_about_are_these_and_no_others(self, db: object) -> None:
        pair = await active_match()
        session = await a_session(pair)
        first, second, _third = await queries.agenda_of(pair.mentee_actor, session.id)
        await actions.set_talked_about(pair.mentee_actor, session.id, [first.id, new_id()])
        await actions.set_talked_about(pair.mentee_actor, session.id, [second.id])
        items = await queries.agenda_of(pair.mentee_actor, session.id)
        assert [item.talked_about for item in items] == [False, True, False]

    async def test_moving_at_once_keeps_every_place_once(self, db: object) -> None:
        pair = await active_match()
        session = await a_session(pair)
        items = await queries.agenda_of(pair.mentee_actor, session.id)
        await at_once(*(actions.move_topic(pair.mentee_actor, item.id, 1) for item in [*items, *items]))
        positions = [item.position for item in await queries.agenda_of(pair.mentee_actor, session.id)]
        assert positions == [0, 1, 2]

    @pytest.mark.parametrize(
        ("given", "field"),
        [({"topic": " "}, "topic"), ({"topic": "x" * 201}, "topic"), ({"question": "x" * 201}, "question"),
         ({"minutes": 0}, "minutes"), ({"minutes": 121}, "minutes")],
    )
    async def test_a_topic_needs_words_and_minutes(self, db: object, given: dict[str, Any], field: str) -> None:
        pair = await active_match()
        session = await a_session(pair)
        with pytest.raises(Invalid) as refusal:
            await actions.add_topic(pair.mentee_actor, session.id, **{"topic": "Budget", **given})
        assert list(refusal.value.fields) == [field]

    async def test_ten_topics_are_enough(self, db: object) -> None:
        pair = await active_match()
        session = await a_session(pair)
        for number in range(7):
            await actions.add_topic(pair.mentee_actor, session.id, f"Topic {number}")
        with pytest.raises(Conflict) as refusal:
            await actions.add_topic(pair.mentee_actor, session.id, "One more")
        assert refusal.value.kind == "agenda_full"

    async def test_a_session_that_was_called_off_keeps_its_agenda(self, db: object) -> None:
        pair = await active_match()
        session = await a_session(pair)
        (first, *_rest) = await queries.agenda_of(pair.mentee_actor, session.id)
        await actions.cancel_session(pair.mentee_actor, session.id)
        for act in (
            actions.add_topic(pair.mentee_actor, session.id, "x"),
            actions.remove_topic(pair.mentee_actor, first.id),
            actions.prepare_agenda(pair.mentee_actor, session.id),
        ):
            with pytest.raises(Conflict):
                await act

    async def test_only_members_prepare_and_outsiders_find_nothing(self, db: object) -> None:
        pair, other = await active_match(), await active_match()
        session = await a_session(pair)
        (first, *_rest) = await queries.agenda_of(pair.mentee_actor, session.id)
        for actor, error in ((pair.manager_actor, Refused), (pair.stranger_actor, NotFound),
                             (pair.line_manager_actor, NotFound), (other.mentee_actor, NotFound)):
            acts: list[Any] = [
                actions.prepare_agenda(actor, session.id), actions.add_topic(actor, session.id, "x"),
                actions.move_topic(actor, first.id, 1), actions.remove_topic(actor, first.id),
                actions.tick_topic(actor, first.id, True), actions.set_talked_about(actor, session.id, []),
            ]
            for act in acts:
                with pytest.raises(error):
                    await act
        assert len(await actions.prepare_agenda(system_actor(pair.organization.id), session.id)) == 3
        assert (await Session.get(id=session.id)).state is SessionState.SCHEDULED


async def test_a_circles_agenda_quotes_no_goal_of_one_and_no_promise_of_who_left(db: object) -> None:
    found = await lived()
    leads, at = found.circle.facilitator_actor, found.circle.match.id
    await ActionItem.filter(id=found.keys["promise"]).update(owner_id=found.outside["left"].id)
    slot = (await slots_for_match(leads, at, 1))[0]
    session = await actions.book_session(leads, at, slot.starts_at)
    topics = [item.topic for item in await queries.agenda_of(leads, session.id)]
    assert "Ask before you answer." in repr(topics)
    assert not [words for words in (WORDS["goal"], WORDS["promise"], "Find a goal") if words in repr(topics)]
