"""Goals: worded, made ready, revised with their history, settled; by their owner, before the partner's eyes."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from server.goals import actions, queries
from server.goals.models import Goal, GoalVersion
from server.goals.states import GoalState, MilestoneState
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.states import EnrollmentState
from tests.factories import Pair, active_match, competency, in_days
from tests.races import at_once
from tests.server.goals.said import MEASURE, WANT, a_goal, facts, revised


async def test_a_sentence_with_measure_and_date_is_active_and_in_focus(db: object) -> None:
    pair = await active_match()
    skill = await competency(pair.organization)
    goal = await a_goal(pair, competency_id=skill.id)
    assert (goal.state, goal.in_focus, goal.match_id) == (GoalState.ACTIVE, True, pair.match.id)
    assert await facts() == ["goal.activated"]
    assert [entry.action for entry in await AuditEvent.all()] == ["goal.save"]


async def test_a_half_sentence_saves_as_a_draft_that_is_written_on(db: object) -> None:
    pair = await active_match()
    draft = await a_goal(pair, measure="", due_on=None)
    assert draft.state is GoalState.DRAFT
    goal = await a_goal(pair, "lead a review")
    assert (goal.id, goal.state, goal.want) == (draft.id, GoalState.ACTIVE, "lead a review")
    assert await GoalVersion.all().count() == 0


async def test_saving_twice_makes_one_goal(db: object) -> None:
    pair = await active_match()
    first, second = await a_goal(pair), await a_goal(pair)
    assert first.id == second.id
    assert await facts() == ["goal.activated"]


async def test_two_drafts_saved_at_once_become_one(db: object) -> None:
    pair = await active_match()
    await at_once(*(a_goal(pair, measure="", due_on=None) for _ in range(4)))
    assert await Goal.all().count() == 1


async def test_a_fourth_goal_waits_for_one_of_the_three(db: object) -> None:
    pair = await active_match()
    first, second, _third = [await a_goal(pair, f"lead review number {n}") for n in range(3)]
    with pytest.raises(Conflict) as refusal:
        await a_goal(pair, "one more")
    assert refusal.value.kind == "goals_full"
    await actions.settle_goal(pair.mentee_actor, first.id, GoalState.ACHIEVED)
    await a_goal(pair, "one more")
    assert [goal.in_focus for goal in await queries.goals_of(pair.mentee_actor, pair.mentee_enrollment.id)] == [
        True, False, False, False,
    ]
    assert (await Goal.get(id=second.id)).in_focus


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"want": " \x00 "}, "want"),
        ({"want": "x" * 301}, "want"),
        ({"measure": "x" * 301}, "measure"),
        ({"due_on": in_days(-1)}, "due_on"),
        ({"due_on": date(9999, 12, 31)}, "due_on"),
        ({"competency_id": new_id()}, "competency_id"),
    ],
)
async def test_a_problem_is_told_at_its_field_and_nothing_is_stored(
    db: object, said: dict[str, Any], field: str
) -> None:
    pair = await active_match()
    with pytest.raises(Invalid) as refusal:
        await a_goal(pair, **said)
    assert list(refusal.value.fields) == [field]
    assert not await Goal.all().exists()


async def test_all_problems_are_told_at_once(db: object) -> None:
    pair = await active_match()
    with pytest.raises(Invalid) as refusal:
        await a_goal(pair, "", due_on=in_days(0))
    assert refusal.value.fields == {"want": "Say what you want to do.", "due_on": "Choose a day after today."}


async def test_a_skill_of_another_organization_is_unknown(db: object) -> None:
    pair, other = await active_match(), await active_match()
    skill = await competency(other.organization)
    with pytest.raises(Invalid):
        await a_goal(pair, competency_id=skill.id)


async def test_a_revision_keeps_who_when_and_why_and_every_step(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    step = await actions.add_milestone(pair.mentee_actor, goal.id, "Watch two reviews", in_days(10))
    await actions.tick_milestone(pair.mentee_actor, step.id, True)
    await revised(pair.mentee_actor, goal, due_on=in_days(200), why=" Reviews moved \x07to June ")
    seen = await queries.visible_goal(pair.mentor_actor, goal.id)
    (old,) = queries.history_of(seen)
    assert (seen.want, seen.version, seen.state) == ("lead a review", 2, GoalState.ACTIVE)
    assert (old.want, old.measure, old.due_on, old.version) == (WANT, MEASURE, in_days(180), 1)
    assert (old.why, old.changed_by_id) == ("Reviews moved to June", pair.mentee.id)
    assert [step.state for step in queries.steps_of(seen)] == [MilestoneState.DONE]
    assert "goal.revised" in await facts()


async def test_an_unchanged_wording_makes_no_version(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    await revised(pair.mentee_actor, goal, goal.want)
    assert await GoalVersion.all().count() == 0
    assert "goal.revised" not in await facts()


async def test_a_draft_changes_without_history(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair, due_on=None)
    await revised(pair.mentee_actor, goal)
    assert await GoalVersion.all().count() == 0


async def test_an_active_goal_keeps_its_measure_and_date(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    with pytest.raises(Invalid) as refusal:
        await revised(pair.mentee_actor, goal, measure=" ", due_on=None)
    assert set(refusal.value.fields) == {"measure", "due_on"}


async def test_a_date_that_has_passed_may_stay_while_the_words_change(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    await Goal.filter(id=goal.id).update(due_on=in_days(-3))
    assert (await revised(pair.mentee_actor, goal, due_on=in_days(-3))).want == "lead a review"
    with pytest.raises(Invalid):
        await revised(pair.mentee_actor, goal, due_on=in_days(-2))


async def test_two_revisions_at_once_both_stay_in_the_history(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    await at_once(*(revised(pair.mentee_actor, goal, f"wording {n}") for n in range(3)))
    assert [row.version for row in await GoalVersion.all().order_by("version")] == [1, 2, 3]
    assert (await Goal.get(id=goal.id)).version == 4


async def test_the_partner_nods_once_and_never_blocks(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    with pytest.raises(Conflict):
        await actions.agree_revision(pair.mentor_actor, goal.id)
    await revised(pair.mentee_actor, goal)
    await revised(pair.mentee_actor, goal, "lead one review")
    with pytest.raises(Refused):
        await actions.agree_revision(pair.mentee_actor, goal.id)
    await actions.agree_revision(pair.mentor_actor, goal.id)
    await actions.agree_revision(pair.mentor_actor, goal.id)
    rows = await GoalVersion.all().order_by("version")
    assert [row.partner_agreed_at is not None for row in rows] == [False, True]
    assert (await facts()).count("goal.agreed") == 1


async def test_the_partner_reads_and_changes_nothing(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    step = await actions.add_milestone(pair.mentee_actor, goal.id, "Watch a review")
    acts = [
        revised(pair.mentor_actor, goal),
        actions.focus_goal(pair.mentor_actor, goal.id),
        actions.settle_goal(pair.mentor_actor, goal.id, GoalState.ACHIEVED),
        actions.undo_settle_goal(pair.mentor_actor, goal.id),
        actions.add_milestone(pair.mentor_actor, goal.id, "Mine"),
        actions.change_milestone(pair.mentor_actor, step.id, "Mine", None),
        actions.tick_milestone(pair.mentor_actor, step.id, True),
        actions.drop_milestone(pair.mentor_actor, step.id),
        actions.undo_drop_milestone(pair.mentor_actor, step.id),
    ]
    for act in acts:
        with pytest.raises(Refused):
            await act


async def test_a_step_is_ticked_once_and_can_be_taken_back(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    step = await actions.add_milestone(pair.mentee_actor, goal.id, "Watch a review", in_days(0))
    for done in (True, True, False, False):
        step = await actions.tick_milestone(pair.mentee_actor, step.id, done)
    assert (step.state, step.done_at) == (MilestoneState.TODO, None)
    assert (await facts())[1:] == ["goal.milestone_dated", "goal.milestone_done", "goal.milestone_reopened"]


async def test_six_steps_are_enough_and_a_dropped_one_makes_room(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    steps = [await actions.add_milestone(pair.mentee_actor, goal.id, f"Step {n}") for n in range(6)]
    with pytest.raises(Conflict) as refusal:
        await actions.add_milestone(pair.mentee_actor, goal.id, "Step 6")
    assert refusal.value.kind == "steps_full"
    await actions.drop_milestone(pair.mentee_actor, steps[0].id)
    await actions.drop_milestone(pair.mentee_actor, steps[0].id)
    await actions.add_milestone(pair.mentee_actor, goal.id, "Step 6")
    seen = await queries.visible_goal(pair.mentee_actor, goal.id)
    assert [step.title for step in queries.steps_of(seen)] == [f"Step {n}" for n in range(1, 7)]
    with pytest.raises(Conflict):
        await actions.tick_milestone(pair.mentee_actor, steps[0].id, True)


@pytest.mark.parametrize(("title", "due_on", "field"), [(" ", None, "title"), ("x" * 201, None, "title"),
                                                        ("Watch", in_days(-2), "due_on"),
                                                        ("Watch", date(9999, 12, 31), "due_on")])
async def test_a_step_needs_a_name_and_a_day_ahead(db: object, title: str, due_on: date | None, field: str) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    with pytest.raises(Invalid) as refusal:
        await actions.add_milestone(pair.mentee_actor, goal.id, title, due_on)
    assert list(refusal.value.fields) == [field]


async def test_a_step_is_reworded_and_redated(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    step = await actions.add_milestone(pair.mentee_actor, goal.id, "Watch a review", in_days(3))
    changed = await actions.change_milestone(pair.mentee_actor, step.id, "Watch two reviews", in_days(5))
    await actions.change_milestone(pair.mentee_actor, step.id, "Watch two reviews", in_days(5))
    assert (changed.title, changed.due_on) == ("Watch two reviews", in_days(5))
    assert await AuditEvent.filter(action="goal.change_milestone").count() == 1


async def test_open_goals_come_into_the_match_once_it_is_active(db: object) -> None:
    pair = await active_match()
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_MENTOR)
    goal = await a_goal(pair)
    assert goal.match_id is None
    assert len(await actions.attach_goals(pair.manager_actor, pair.match.id)) == 0, "a manager reads no goals"
    product = system_actor(pair.organization.id)
    assert [moved.id for moved in await actions.attach_goals(product, pair.match.id)] == [goal.id]
    assert await actions.attach_goals(product, pair.match.id) == []
    assert (await Goal.get(id=goal.id)).match_id == pair.match.id


async def test_only_an_own_open_enrolment_takes_a_goal(db: object) -> None:
    pair = await active_match()
    for actor in (pair.mentor_actor, pair.manager_actor, pair.stranger_actor, pair.line_manager_actor):
        with pytest.raises(NotFound):
            await actions.save_goal(actor, pair.mentee_enrollment.id, want=WANT)
    await pair.mentee_enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.WITHDRAWN)
    with pytest.raises(NotFound):
        await a_goal(pair)


async def outsiders(pair: Pair) -> list[Actor]:
    """Everybody to whom a goal looks absent: another organisation, a stranger, the boss, the programme's manager."""
    other = await active_match()
    return [other.mentee_actor, pair.stranger_actor, pair.line_manager_actor, pair.manager_actor]


async def test_to_everybody_else_a_goal_looks_like_none(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    step = await actions.add_milestone(pair.mentee_actor, goal.id, "Watch a review")
    for actor in await outsiders(pair):
        for id_, step_id in ((goal.id, step.id), (new_id(), new_id())):
            for act in _every_act(actor, id_, step_id):
                with pytest.raises(NotFound) as refusal:
                    await act
                assert str(refusal.value) == str(NotFound())
        assert await queries.goals_of(actor, pair.mentee_enrollment.id) == []
        assert await queries.goals_by_match(actor, [pair.match.id]) == {}
        assert await queries.milestones_by_goal(actor, [goal.id]) == {}


def _every_act(actor: Actor, goal_id: UUID, step_id: UUID) -> list[Any]:
    return [
        queries.visible_goal(actor, goal_id),
        actions.revise_goal(actor, goal_id, want="x", measure="y", competency_id=None, due_on=in_days(9)),
        actions.agree_revision(actor, goal_id),
        actions.focus_goal(actor, goal_id),
        actions.settle_goal(actor, goal_id, GoalState.ACHIEVED),
        actions.undo_settle_goal(actor, goal_id),
        actions.add_milestone(actor, goal_id, "x"),
        actions.change_milestone(actor, step_id, "x", None),
        actions.tick_milestone(actor, step_id, True),
        actions.drop_milestone(actor, step_id),
        actions.undo_drop_milestone(actor, step_id),
    ]


async def test_what_people_wrote_is_unreadable_in_the_database(db: Any) -> None:
    pair = await active_match()
    goal = await a_goal(pair, "canary want", measure="canary measure")
    await actions.add_milestone(pair.mentee_actor, goal.id, "canary step")
    await revised(pair.mentee_actor, goal, "other", why="canary why")
    for table in ("goal", "goal_version", "milestone", "audit_event", "outbox_event"):
        _, rows = await db.connections.get("default").execute_query(f'SELECT * FROM "{table}"')
        assert rows
        assert not [row for row in rows if "canary" in repr(dict(row))]


