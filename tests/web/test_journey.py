"""The first page of mentees and mentors, and what can be done from it."""

import re
from datetime import timedelta

import pytest

from server.goals import actions as goals
from server.goals.models import Goal, GoalVersion, Milestone
from server.goals.states import MilestoneState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import fresh_key
from server.matches.states import MatchState
from server.messaging import actions as messaging
from server.people.courses.actions import import_courses
from server.programs.actions import configure_program
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions import actions as sessions
from server.sessions.models import ActionItem, Session
from server.sessions.states import SessionState
from server.sessions.times import slots_for_match
from server.surveys.actions import plan_check_in
from tests import factories
from tests.factories import Pair
from tests.queries import queries_run
from tests.web.conftest import HTMX, ClientOf


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def a_goal(pair: Pair, steps: int = 2) -> Goal:
    goal = await goals.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="lead a product review from start to decision",
        measure="I have run two reviews", due_on=factories.in_days(120),
    )
    for number in range(steps):
        await goals.add_milestone(pair.mentee_actor, goal.id, f"Step number {number}", factories.in_days(30))
    return goal


async def booked(pair: Pair) -> Session:
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id))[0]
    return await sessions.book_session(pair.mentee_actor, pair.match.id, slot.starts_at)


async def test_a_new_pair_is_shown_the_way_to_its_first_time(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentee)
    answer = await client.get("/")
    assert f'href="/match/{pair.match.id}"' in answer.text
    assert "ready to begin" in answer.text


async def test_the_voyage_says_progress_by_milestones(client_of: ClientOf, pair: Pair) -> None:
    await a_goal(pair, steps=3)
    first = (await Milestone.all().order_by("position"))[0]
    await goals.tick_milestone(pair.mentee_actor, first.id, True)
    client = await client_of(pair.mentee)
    assert "One of three milestones behind you" in (await client.get("/")).text


async def test_the_next_session_shows_both_clocks(client_of: ClientOf, pair: Pair) -> None:
    session = await booked(pair)
    client = await client_of(pair.mentee)
    answer = await client.get("/")
    assert f'href="/session/{session.id}"' in answer.text
    assert "for Idris." in answer.text


async def test_ticking_a_step_swaps_the_journey_and_says_so(client_of: ClientOf, pair: Pair) -> None:
    await a_goal(pair)
    step = (await Milestone.all().order_by("position"))[0]
    client = await client_of(pair.mentee)
    answer = await client.post(f"/milestone/{step.id}", data={"done": "1"}, headers=HTMX)
    assert "<html" not in answer.text
    assert "One step nearer" in answer.text
    assert (await Milestone.get(id=step.id)).state is MilestoneState.DONE


async def test_without_scripts_a_tick_comes_back_to_the_page(client_of: ClientOf, pair: Pair) -> None:
    await a_goal(pair)
    step = (await Milestone.all().order_by("position"))[0]
    client = await client_of(pair.mentee)
    assert (await client.post(f"/milestone/{step.id}", data={"done": "1"})).status_code == 303


async def test_a_step_whose_answer_got_lost_is_added_once_and_another_one_beside_it(
    client_of: ClientOf, pair: Pair
) -> None:
    goal = await a_goal(pair, steps=1)
    client, key = await client_of(pair.mentee), fresh_key()
    for title in ("Watch a review", "Watch a review", "Lead one"):
        await client.post(f"/goal/{goal.id}/milestone", data={"step": title, "form_key": key})
    assert [step.title for step in await Milestone.all().order_by("position")][1:] == ["Watch a review", "Lead one"]


async def test_a_mentor_cannot_tick_the_mentees_step(client_of: ClientOf, pair: Pair) -> None:
    await a_goal(pair)
    step = (await Milestone.all().order_by("position"))[0]
    client = await client_of(pair.mentor)
    assert (await client.post(f"/milestone/{step.id}", data={"done": "1"})).status_code == 403
    assert "None of two milestones." in (await client.get("/")).text


async def test_a_revised_goal_keeps_its_old_wording_and_the_mentor_nods(client_of: ClientOf, pair: Pair) -> None:
    goal = await a_goal(pair)
    mentee, mentor = await client_of(pair.mentee), await client_of(pair.mentor)
    typed = {
        "want": "lead three product reviews alone", "measure": "three decisions were made",
        "due_on": factories.in_days(150).isoformat(), "why": "It went faster.", "form_key": fresh_key(),
    }
    assert (await mentee.post(f"/goal/{goal.id}/revision", data=typed)).status_code == 303
    assert "Changed once" in (await mentee.get("/")).text
    assert "changed the goal" in (await mentor.get("/")).text
    await mentor.post(f"/goal/{goal.id}/agreement")
    assert (await GoalVersion.get(goal_id=goal.id)).partner_agreed_at is not None


async def test_a_bad_date_keeps_what_was_typed(client_of: ClientOf, pair: Pair) -> None:
    goal = await a_goal(pair)
    client = await client_of(pair.mentee)
    typed = {"want": "lead three reviews", "measure": "three decisions", "due_on": "31 February", "why": "Faster."}
    answer = await client.post(f"/goal/{goal.id}/revision", data=typed)
    assert answer.status_code == 422
    assert "three decisions" in answer.text
    assert "31 February" in answer.text
    assert "Faster." in answer.text


async def test_a_step_is_added_and_an_empty_one_is_not(client_of: ClientOf, pair: Pair) -> None:
    goal = await a_goal(pair, steps=0)
    client = await client_of(pair.mentee)
    assert (await client.post(f"/goal/{goal.id}/milestone", data={"step": " "})).status_code == 422
    await client.post(f"/goal/{goal.id}/milestone", data={"step": "Watch two reviews", "due_on": ""})
    assert [step.title for step in await Milestone.all()] == ["Watch two reviews"]


async def test_a_completed_course_brings_a_step_to_take_or_change(client_of: ClientOf, pair: Pair) -> None:
    goal = await a_goal(pair, steps=1)
    skill = await factories.competency(pair.organization, "Negotiation")
    await Goal.filter(id=goal.id).update(competency_id=skill.id)
    await import_courses(
        system_actor(pair.organization.id),
        f"employee_id,course,completed_on\n{pair.mentee.employee_id},Negotiation at sea,2026-01-31\n".encode(), "d.csv",
    )
    page = (await (await client_of(pair.mentee)).get("/")).text
    assert 'value="Use what “Negotiation at sea” taught you at work"' in page
    assert "You completed “Negotiation at sea”." in page
    assert "Negotiation at sea" not in (await (await client_of(pair.mentor)).get("/")).text


async def test_a_promise_is_kept_from_the_page(client_of: ClientOf, pair: Pair) -> None:
    session = await booked(pair)
    made = await sessions.promise(pair.mentee_actor, session.id, pair.mentee.id, "Send the one-pager", None)
    client = await client_of(pair.mentee)
    assert "Send the one-pager" in (await client.get("/")).text
    await client.post(f"/promise/{made.id}", data={"done": "1"})
    assert (await ActionItem.get(id=made.id)).done_at is not None


async def test_a_mentor_sees_what_needs_them_and_their_places(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentor)
    answer = await client.get("/")
    assert "One thing needs you" in answer.text
    assert "1 of 2 places taken" in answer.text


async def test_an_invitation_and_a_request_stand_first(client_of: ClientOf, pair: Pair) -> None:
    newcomer = await factories.enrollment(pair.cohort, pair.stranger, ParticipantRole.MENTEE)
    asked = await factories.match(pair.mentor_enrollment, newcomer, state=MatchState.AWAITING_MENTOR, active_at=None)
    client = await client_of(pair.mentor)
    assert f'href="/match/{asked.id}"' in (await client.get("/")).text
    other = await factories.person(pair.organization)
    await factories.enrollment(pair.cohort, other, ParticipantRole.MENTEE, state=EnrollmentState.INVITED)
    assert f'href="/join/{pair.program.key}"' in (await (await client_of(other)).get("/")).text


async def test_nobody_in_no_programme_gets_a_kind_empty_page(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.stranger)
    assert "You take part in no programme yet" in (await client.get("/")).text


async def test_a_due_check_in_is_on_the_page(client_of: ClientOf, pair: Pair) -> None:
    await plan_check_in(system_actor(pair.organization.id), pair.match.id)
    clock.move(timedelta(days=95))
    client = await client_of(pair.mentee)
    assert "/checkin/" in (await client.get("/")).text


@pytest.mark.usefixtures("clock_stands")
async def test_the_call_is_the_next_thing_from_ten_minutes_before(client_of: ClientOf, pair: Pair) -> None:
    link = "https://meet.example.com/a-room"
    await configure_program(pair.manager_actor, pair.program.id, meeting_url=link)
    starts_at = (await booked(pair)).starts_at
    for minutes, expected in ((11, 0), (10, 1), (-44, 1), (-45, 0)):
        clock.move(starts_at - timedelta(minutes=minutes) - clock.now())
        for who in (pair.mentee, pair.mentor):
            shown = (await (await client_of(who)).get("/")).text
            assert shown.count(f'href="{link}"') == expected, (minutes, who.given_name)


async def test_the_next_session_is_booked_from_free_times(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentee)
    shown = await client.get(f"/match/{pair.match.id}/session")
    slot = shown.text.split('name="slot" value="')[1].split('"')[0]
    await client.post(f"/match/{pair.match.id}/session", data={"slot": slot})
    assert (await Session.get(match_id=pair.match.id)).state is SessionState.SCHEDULED


async def test_the_page_costs_the_same_for_one_and_for_many(client_of: ClientOf, pair: Pair) -> None:
    await a_goal(pair, steps=1)
    client = await client_of(pair.mentor)
    await client.get("/")
    with queries_run() as one:
        await client.get("/")
    for _ in range(6):
        person = await factories.person(pair.organization)
        row = await factories.enrollment(pair.cohort, person, ParticipantRole.MENTEE)
        made = await factories.match(pair.mentor_enrollment, row)
        await messaging.send_message(factories.actor_of(person), made.id, "Hello")
        await goals.save_goal(
            factories.actor_of(person), row.id, want="learn to lead reviews", measure="two reviews led",
            due_on=factories.in_days(90),
        )
    await messaging.send_message(pair.mentee_actor, pair.match.id, "Hello")
    with queries_run() as many:
        await client.get("/")
    assert abs(len(many) - len(one)) <= 2, (len(one), len(many))  # the two reads of a first thread


async def test_a_first_time_and_a_time_after_a_silence_are_booked_in_one_tap(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentee)
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id, 1))[0]
    page = (await client.get("/")).text
    assert "Idris is free on" in page
    assert f'name="slot" value="{slot.starts_at.isoformat()}"' in page
    await client.post(f"/match/{pair.match.id}", data={"slot": slot.starts_at.isoformat(), "form_key": fresh_key()})
    assert (await Session.get()).state is SessionState.PROPOSED
    await Session.filter(match_id=pair.match.id).update(state=SessionState.CANCELLED)
    ended = clock.now() - timedelta(days=25)
    await Session.create(
        organization_id=pair.organization.id, match=pair.match, starts_at=ended - timedelta(minutes=45), ends_at=ended,
        state=SessionState.HELD, booked_at=ended, held_at=ended,
    )
    quiet = (await client.get("/")).text
    assert "It’s been a while" in quiet
    await client.post(f"/match/{pair.match.id}/session", data={"slot": slot.starts_at.isoformat()})
    assert await Session.filter(state=SessionState.SCHEDULED, starts_at=slot.starts_at).count() == 1


async def test_a_quiet_pair_pauses_for_a_month_in_one_tap(client_of: ClientOf, pair: Pair) -> None:
    await type(pair.match).filter(id=pair.match.id).update(active_at=clock.now() - timedelta(days=22))
    client = await client_of(pair.mentee)
    until = re.search(r'name="until" value="([^"]+)"', (await client.get("/")).text)
    assert until
    assert until[1] == factories.in_days(30).isoformat()
    await client.post(f"/match/{pair.match.id}/pause", data={"until": until[1]})
    assert (await type(pair.match).get(id=pair.match.id)).state is MatchState.PAUSED
    page = (await client.get("/")).text
    assert "are on a pause" in page
    assert "is free on" not in page
