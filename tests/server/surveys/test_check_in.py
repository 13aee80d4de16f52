"""The half-way check-in: asked of both in their own morning, answered once, read by who runs the programme alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.models import Person
from server.surveys import actions, queries
from server.surveys.actions import half_way
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import Help, InvitationState, SurveyKind
from tests.factories import Pair, active_match, enrollment, manager_of, match, person
from tests.queries import queries_run
from tests.races import at_once

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WELL: dict[str, Any] = {"usefulness": 4, "goal_distance": 3}


@pytest.fixture(autouse=True)
def monday_morning() -> Any:
    with clock.at(MONDAY):
        yield


async def planned(pair: Pair) -> dict[Any, SurveyInvitation]:
    product = system_actor(pair.organization.id)
    return {row.person_id: row for row in await actions.plan_check_in(product, pair.match.id)}


async def opened(**values: Any) -> tuple[Pair, SurveyInvitation]:
    """A pair half-way, and what the mentee was asked."""
    pair = await active_match(**values)
    asked = (await planned(pair))[pair.mentee.id]
    clock.move(asked.opens_at - clock.now() + timedelta(hours=1))
    await actions.open_check_in(system_actor(pair.organization.id), asked.id)
    return pair, asked


async def facts(kind: str) -> list[dict[str, Any]]:
    return [fact.payload for fact in await OutboxEvent.filter(kind=kind)]


@pytest.mark.parametrize(
    ("begins", "ends", "middle"),
    [("2026-11-23", "2027-05-24", "2027-02-22"), ("2026-11-23", "2026-11-24", "2026-11-23")],
)
def test_half_way_is_the_middle_day(begins: str, ends: str, middle: str) -> None:
    assert half_way(date.fromisoformat(begins), date.fromisoformat(ends)) == date.fromisoformat(middle)


async def test_both_are_asked_half_way_at_nine_where_they_are(db: object) -> None:
    pair = await active_match()
    asked = await planned(pair)
    for one in (pair.mentee, pair.mentor):
        local = asked[one.id].opens_at.astimezone(ZoneInfo(one.zone))
        assert (local.date(), local.hour, local.minute) == (date(2027, 2, 22), 9, 0)
        assert asked[one.id].closes_at - asked[one.id].opens_at == timedelta(days=21)
    due = await ScheduledAction.filter(state="PLANNED")
    assert sorted(action.rule for action in due) == ["survey.close"] * 2 + ["survey.open"] * 2


async def test_planning_twice_or_at_once_asks_once(db: object) -> None:
    pair = await active_match()
    await at_once(*(planned(pair) for _ in range(4)))
    assert await SurveyInvitation.all().count() == 2
    assert await ScheduledAction.all().count() == 4


async def test_the_whole_life_runs_by_itself(db: object) -> None:
    pair = await active_match()
    await OutboxEvent.create(
        organization_id=pair.organization.id, kind="match.activated", subject_id=pair.match.id,
        payload={"match_id": str(pair.match.id), "program_id": str(pair.program.id)},
    )
    await drain()
    assert await queries.my_invitations(pair.mentee_actor) == []
    clock.move(timedelta(days=91, hours=3))
    await drain()
    (asked,) = await queries.my_invitations(pair.mentee_actor)
    assert asked.state is InvitationState.OPEN
    assert len(await facts("survey.opened")) == 2
    await actions.answer_check_in(pair.mentee_actor, asked.id, **WELL)
    clock.move(timedelta(days=22))
    await drain()
    states = {row.person_id: row.state for row in await SurveyInvitation.all()}
    assert states == {pair.mentee.id: InvitationState.ANSWERED, pair.mentor.id: InvitationState.EXPIRED}


async def test_about_a_match_that_is_over_nobody_is_asked(db: object) -> None:
    pair = await active_match()
    asked = await planned(pair)
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    clock.move(timedelta(days=92))
    await drain()
    assert {row.state for row in await SurveyInvitation.all()} == {InvitationState.EXPIRED}
    assert await facts("survey.opened") == []
    with pytest.raises(Conflict):
        await actions.answer_check_in(pair.mentee_actor, asked[pair.mentee.id].id, **WELL)
    with pytest.raises(Conflict):
        await planned(pair)


async def test_an_answer_is_stored_with_its_trail_and_fact(db: object) -> None:
    pair, asked = await opened()
    answer = await actions.answer_check_in(
        pair.mentee_actor, asked.id, usefulness=5, goal_distance=4,
        help_wanted=[Help.CHANGE_GOAL, Help.MEET_MORE], words=" Thank you \x00",
    )
    assert (answer.usefulness, answer.goal_distance, answer.words) == (5, 4, "Thank you")
    assert answer.help_wanted == ["MEET_MORE", "CHANGE_GOAL"]
    assert (await SurveyInvitation.get(id=asked.id)).state is InvitationState.ANSWERED
    assert await facts("survey.answered") == [{
        "invitation_id": str(asked.id), "match_id": str(pair.match.id), "program_id": str(pair.program.id),
        "person_id": str(pair.mentee.id), "answer_id": str(answer.id), "needs_a_person": False,
        "another_mentor": False,
    }]
    assert await AuditEvent.filter(action="survey.answer").count() == 1


async def test_sent_twice_or_at_once_there_is_one_answer(db: object) -> None:
    pair, asked = await opened()
    sent = [actions.answer_check_in(pair.mentee_actor, asked.id, **WELL) for _ in range(4)]
    assert len({answer.id for answer in await at_once(*sent)}) == 1
    assert await SurveyAnswer.all().count() == 1
    assert len(await facts("survey.answered")) == 1


async def test_an_answer_may_change_until_it_closes(db: object) -> None:
    pair, asked = await opened()
    first = await actions.answer_check_in(pair.mentee_actor, asked.id, **WELL)
    changed = await actions.answer_check_in(pair.mentee_actor, asked.id, usefulness=1, goal_distance=3)
    assert (changed.id, changed.usefulness, changed.handled_at) == (first.id, 1, None)
    clock.move(timedelta(days=22))
    with pytest.raises(Conflict) as refusal:
        await actions.answer_check_in(pair.mentee_actor, asked.id, **WELL)
    assert refusal.value.kind == "closed"
    kept = await queries.answer_to(await queries.visible_invitation(pair.mentee_actor, asked.id))
    assert kept is not None
    assert kept.usefulness == 1


async def test_before_its_day_it_says_so_and_from_then_on_it_is_open_even_if_the_job_is_late(db: object) -> None:
    pair = await active_match()
    asked = (await planned(pair))[pair.mentee.id]
    assert not queries.is_answerable(asked)
    with pytest.raises(Conflict) as refusal:
        await actions.answer_check_in(pair.mentee_actor, asked.id, **WELL)
    assert refusal.value.kind == "not_open"
    clock.move(asked.opens_at - clock.now())
    assert [row.id for row in await queries.my_invitations(pair.mentee_actor)] == [asked.id]
    await actions.answer_check_in(pair.mentee_actor, asked.id, **WELL)
    await drain()
    assert (await SurveyInvitation.get(id=asked.id)).state is InvitationState.ANSWERED


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"usefulness": None}, "usefulness"), ({"usefulness": 0}, "usefulness"), ({"usefulness": 6}, "usefulness"),
        ({"goal_distance": None}, "goal_distance"), ({"goal_distance": -1}, "goal_distance"),
        ({"help_wanted": ["A_RISE"]}, "help_wanted"), ({"words": "x" * 2001}, "words"),
    ],
)
async def test_a_problem_is_told_at_its_question(db: object, given: dict[str, Any], field: str) -> None:
    pair, asked = await opened()
    with pytest.raises(Invalid) as refusal:
        await actions.answer_check_in(pair.mentee_actor, asked.id, **{**WELL, **given})
    assert list(refusal.value.fields) == [field]
    assert not await SurveyAnswer.all().exists()


@pytest.mark.parametrize(
    ("given", "waits"),
    [
        ({}, False), ({"usefulness": 2}, True), ({"goal_distance": 1}, True), ({"usefulness": 3}, False),
        ({"help_wanted": [Help.ANOTHER_MENTOR]}, True), ({"help_wanted": [Help.MEET_LESS]}, False),
    ],
)
async def test_low_steps_and_another_mentor_wait_for_a_person(db: object, given: dict[str, Any], waits: bool) -> None:
    pair, asked = await opened()
    await actions.answer_check_in(pair.mentee_actor, asked.id, **{**WELL, **given})
    assert bool(await queries.answers_to_handle(pair.manager_actor)) is waits
    assert len(await queries.answers_in(pair.manager_actor, [pair.program.id])) == 1


async def test_seen_to_once_it_leaves_the_list(db: object) -> None:
    pair, asked = await opened()
    answer = await actions.answer_check_in(pair.mentee_actor, asked.id, usefulness=1, goal_distance=1)
    for _ in range(2):
        handled = await actions.handle_answer(pair.manager_actor, answer.id)
    assert handled.handled_by_id == pair.manager.id
    assert await queries.answers_to_handle(pair.manager_actor) == []
    assert await AuditEvent.filter(action="survey.handle").count() == 1
    for _ in range(2):
        again = await actions.undo_handle(pair.manager_actor, answer.id)
    assert (again.handled_at, again.handled_by_id) == (None, None)
    assert [one.id for one in await queries.answers_to_handle(pair.manager_actor)] == [answer.id]
    assert await AuditEvent.filter(action="survey.undo_handle").count() == 1
    with pytest.raises(NotFound):
        await actions.undo_handle(pair.mentor_actor, answer.id)


async def test_nobody_but_the_asked_person_finds_an_invitation(db: object) -> None:
    pair, asked = await opened()
    other = await active_match()
    for actor in (pair.mentor_actor, pair.manager_actor, pair.line_manager_actor, pair.stranger_actor,
                  other.mentee_actor, other.manager_actor):
        for invitation_id in (asked.id, new_id()):
            for act in (queries.visible_invitation(actor, invitation_id),
                        actions.answer_check_in(actor, invitation_id, **WELL)):
                with pytest.raises(NotFound) as refusal:
                    await act
                assert str(refusal.value) == str(NotFound())
    with pytest.raises(Refused):
        await actions.answer_check_in(system_actor(pair.organization.id), asked.id, **WELL)


async def test_answers_are_read_by_who_runs_that_programme_alone(db: object) -> None:
    pair, asked = await opened()
    answer = await actions.answer_check_in(pair.mentee_actor, asked.id, usefulness=1, goal_distance=1, words="canary")
    other = await active_match()
    elsewhere = await active_match(org=pair.organization)
    for actor in (pair.mentor_actor, pair.mentee_actor, pair.line_manager_actor, pair.stranger_actor,
                  other.manager_actor, elsewhere.manager_actor):
        assert await queries.answers_to_handle(actor, [pair.program.id]) == []
        assert await queries.answers_in(actor) == []
        with pytest.raises(NotFound):
            await actions.handle_answer(actor, answer.id)
    assert [found.words for found in await queries.answers_in(pair.manager_actor)] == ["canary"]
    assert await queries.answers_in(pair.manager_actor, [elsewhere.program.id]) == []


async def test_a_manager_who_mentors_reads_no_answer_about_their_own_match(db: object) -> None:
    pair, asked = await opened()
    await actions.answer_check_in(pair.mentee_actor, asked.id, usefulness=1, goal_distance=1)
    assert await queries.answers_in(manager_of(pair.mentor, pair.program)) == []


async def test_only_the_product_plans_opens_and_closes(db: object) -> None:
    pair, asked = await opened()
    for act in (
        actions.plan_check_in(pair.manager_actor, pair.match.id),
        actions.open_check_in(pair.mentee_actor, asked.id),
        actions.close_check_in(pair.mentee_actor, asked.id),
    ):
        with pytest.raises(Refused):
            await act
    with pytest.raises(Conflict):
        await actions.close_check_in(system_actor(pair.organization.id), asked.id)


async def test_opening_twice_asks_once_and_never_before_the_day(db: object) -> None:
    pair = await active_match()
    asked, product = (await planned(pair))[pair.mentee.id], system_actor(pair.organization.id)
    with pytest.raises(Conflict) as refusal:
        await actions.open_check_in(product, asked.id)
    assert refusal.value.kind == "not_open"
    clock.move(asked.opens_at - clock.now())
    for _ in range(2):
        assert (await actions.open_check_in(product, asked.id)).state is InvitationState.OPEN
    assert len(await facts("survey.opened")) == 1


async def test_closing_twice_tells_once_and_leaves_an_answer_alone(db: object) -> None:
    pair, asked = await opened()
    product = system_actor(pair.organization.id)
    clock.move(timedelta(days=22))
    for _ in range(2):
        assert (await actions.close_check_in(product, asked.id)).state is InvitationState.EXPIRED
    assert len(await facts("survey.expired")) == 1
    other, second = await opened()
    await actions.answer_check_in(other.mentee_actor, second.id, **WELL)
    clock.move(timedelta(days=22))
    closed = await actions.close_check_in(system_actor(other.organization.id), second.id)
    assert closed.state is InvitationState.ANSWERED


async def test_the_next_check_in_is_the_planned_one_then_the_last_day(db: object) -> None:
    pair = await active_match()
    await planned(pair)
    assert await queries.next_check_in(pair.mentee_actor, pair.match.id) == date(2027, 2, 22)
    clock.move(timedelta(days=100))
    assert await queries.next_check_in(pair.mentee_actor, pair.match.id) == pair.match.ends_on
    clock.move(timedelta(days=100))
    assert await queries.next_check_in(pair.mentee_actor, pair.match.id) is None


async def test_words_are_unreadable_in_the_database(db: Any) -> None:
    pair, asked = await opened()
    await actions.answer_check_in(pair.mentee_actor, asked.id, **WELL, words="canary")
    for table in ("survey_answer", "audit_event", "outbox_event"):
        _, rows = await db.connections.get("default").execute_query(f'SELECT * FROM "{table}"')
        assert rows
        assert not [row for row in rows if "canary" in repr(dict(row))]


@pytest.mark.parametrize("count", [1, 30])
async def test_the_lists_cost_the_same_for_one_and_for_thirty(db: object, count: int) -> None:
    pair = await active_match()
    for _ in range(count):
        mentee = await person(pair.organization)
        made = await match(pair.mentor_enrollment, await enrollment(pair.cohort, mentee, pair.mentee_enrollment.role))
        await answered(pair, made, mentee)
    with queries_run() as ran:
        assert len(await queries.answers_to_handle(pair.manager_actor)) == count
    assert len(ran) == 5


async def answered(pair: Pair, made: Match, mentee: Person) -> None:
    asked = await SurveyInvitation.create(
        organization_id=pair.organization.id, kind=SurveyKind.CHECK_IN, match=made, program_id=pair.program.id,
        person_id=mentee.id, state=InvitationState.ANSWERED, opens_at=MONDAY, closes_at=MONDAY + timedelta(days=21),
    )
    await SurveyAnswer.create(
        organization_id=pair.organization.id, invitation=asked, usefulness=1, goal_distance=2, words="Hm"
    )
