"""What a device may keep of a journey: words alone, dated on their reader's clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.goals import actions as goals
from server.kernel import clock
from server.programs.states import ParticipantRole
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.states import NoteVisibility
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair
from tests.web.conftest import HTMX, ClientOf, booked

TUESDAY = datetime(2026, 11, 24, 7, 40, tzinfo=UTC)
TOPIC = "Name one decider for each change."


async def _pair() -> Pair:
    pair = await factories.active_match()
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    session = await sessions.book_session(pair.mentee_actor, pair.match.id, slot.starts_at)
    await sessions.add_topic(pair.mentee_actor, session.id, TOPIC)
    await sessions.write_note(pair.mentee_actor, session.id, NoteVisibility.PRIVATE, {0: "canary"})
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="lead a product review", measure="two reviews led",
        due_on=factories.in_days(120),
    )
    await goals.add_milestone(pair.mentee_actor, goal.id, "Watch two reviews")
    return pair


async def test_it_is_dated_on_its_readers_clock(client_of: ClientOf) -> None:
    with clock.at(TUESDAY):
        pair = await factories.active_match()
        answer = await (await client_of(pair.mentor)).get("/you/kept", headers=HTMX)
    assert pair.mentor.zone == "Africa/Nairobi"
    assert "As it was on Tuesday at 10:40" in answer.text


async def test_both_find_the_next_session_its_topics_and_the_goal_and_no_word_of_a_note(client_of: ClientOf) -> None:
    pair = await _pair()
    for person, partner in ((pair.mentee, pair.mentor), (pair.mentor, pair.mentee)):
        answer = await (await client_of(person)).get("/you/kept")
        words = answer.text.partition('id="journey-kept"')[2]
        assert f"Next session with {partner.first_name}" in words
        for one in (TOPIC, "Lead a product review", "Watch two reviews"):
            assert one in words
        assert "canary" not in words
        assert "<form" not in words


async def test_who_takes_part_in_nothing_keeps_nothing(client_of: ClientOf) -> None:
    answer = await (await client_of((await factories.active_match()).stranger)).get("/you/kept")
    assert "Nothing is under way yet." in answer.text


async def test_of_several_pairs_the_topics_are_those_of_the_session_that_comes_first(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    other = await factories.enrollment(pair.cohort, pair.stranger, ParticipantRole.MENTEE)
    beside = await factories.match(pair.mentor_enrollment, other)
    held = [await booked(pair), await booked(replace(pair, match=beside))]
    client = await client_of(pair.mentor)
    for one in held:
        await sessions.add_topic(pair.mentor_actor, one.id, f"Topic {one.id}")
    for soon, late in (held, held[::-1]):
        await Session.filter(id=soon.id).update(starts_at=clock.now() + timedelta(days=1))
        await Session.filter(id=late.id).update(starts_at=clock.now() + timedelta(days=3))
        words = (await client.get("/you/kept")).text
        assert f"Topic {soon.id}" in words
        assert f"Topic {late.id}" not in words
