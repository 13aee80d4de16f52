"""Who may read a goal: its level is its own, chosen from what the programme offers when it is written."""

import pytest

from server.automation.building.document import content_of
from server.goals import actions, queries
from server.goals.levels.setup import levels_of
from server.goals.lines import goal_lines
from server.goals.models import Goal
from server.goals.states import GoalPrivacy
from server.kernel.actor import system_actor
from server.kernel.errors import Invalid, NotFound, Refused
from server.matches.queries import visible_match
from server.matchmaking.queries import wishes_of
from server.programs.models import Enrollment, Program
from server.sessions.actions.agenda import prepare_agenda
from tests.factories import Pair, active_match, competency, person
from tests.factories import enrollment as enrolled
from tests.server.automation.building.test_program_versions import made_live
from tests.server.goals.said import WANT, a_goal, revised
from tests.web.conftest import booked

PRIVATE, PAIR, MANAGERS = GoalPrivacy
ALL = {"levels": [level.value for level in GoalPrivacy], "usual": "PAIR"}


async def _pair(**levels: object) -> Pair:
    pair = await active_match()
    await Program.filter(id=pair.program.id).update(goal_privacy={**ALL, **levels})
    return pair


async def test_the_programme_says_what_there_is_to_choose_and_what_is_usual(db: object) -> None:
    pair = await _pair(levels=["PRIVATE", "PAIR"], usual="PRIVATE")
    goal = await a_goal(pair)
    assert goal.privacy is PRIVATE
    assert (await revised(pair.mentee_actor, goal)).privacy is PRIVATE, "nobody said anything of it"
    assert (await revised(pair.mentee_actor, goal, privacy=PAIR)).privacy is PAIR
    for act in (revised(pair.mentee_actor, goal, privacy=MANAGERS), a_goal(pair, "lead two", privacy=MANAGERS)):
        with pytest.raises(Invalid) as refused:
            await act
        assert "privacy" in refused.value.fields
    assert await Goal.all().count() == 1
    await Program.filter(id=pair.program.id).update(goal_privacy={"levels": ["PRIVATE"], "usual": "PRIVATE"})
    assert (await revised(pair.mentee_actor, goal, "lead three", privacy=PAIR)).privacy is PAIR, "what it has may stay"


async def test_a_goal_that_runs_keeps_words_and_level_whatever_becomes_of_the_programme(db: object) -> None:
    pair = await active_match()
    goal = await a_goal(pair)
    await actions.add_milestone(pair.mentee_actor, goal.id, "Watch two reviews")
    before = [await model.all().values() for model in (Goal, queries.Milestone)]
    examples = [{"want": "lead a town hall", "measure": "one led", "competency": ""}]
    changed = {"levels": ["PRIVATE", "MANAGERS"], "usual": "MANAGERS"}
    await made_live(pair.manager_actor, pair.program, goal_privacy=changed, goal_examples=examples)
    program = await Program.get(id=pair.program.id)
    assert (await content_of(pair.manager_actor, program))["goal_privacy"] == changed
    assert [await model.all().values() for model in (Goal, queries.Milestone)] == before
    assert levels_of(program.goal_privacy).usual is MANAGERS


@pytest.mark.parametrize(("wrong", "path"), [
    ({"levels": ["PAIR"], "usual": "PRIVATE"}, "goal_privacy.usual"),
    ({"levels": ["PAIR", "PAIR"], "usual": "PAIR"}, "goal_privacy.levels"),
    ({"levels": [], "usual": "PAIR"}, "goal_privacy.levels"),
    ({"levels": ["EVERYBODY"], "usual": "PAIR"}, "goal_privacy.levels[1]"),
])
async def test_what_cannot_be_is_told_by_its_path(db: object, wrong: dict[str, object], path: str) -> None:
    pair = await active_match()
    with pytest.raises(Invalid) as refused:
        await made_live(pair.manager_actor, pair.program, goal_privacy=wrong)
    assert path in refused.value.fields


async def test_a_private_goal_reaches_no_matching_no_agenda_and_no_manager(db: object) -> None:
    pair = await _pair()
    skill = await competency(pair.organization)
    goal = await a_goal(pair, competency_id=skill.id, privacy=PRIVATE)
    system, wish = system_actor(pair.organization.id), [await Enrollment.get(id=pair.mentee_enrollment.id)]
    session = await booked(pair)
    match = await visible_match(pair.manager_actor, pair.match.id)

    async def told() -> tuple[int, int, bool, list[tuple[str, str]]]:
        topics = await prepare_agenda(pair.mentee_actor, session.id)
        return (
            await queries.told_goals(system).count(), sum((await wishes_of(system, wish)).values()),
            any(WANT in f"{topic.topic} {topic.question}" for topic in topics),
            [(line.want, line.skill) for line in await goal_lines(pair.manager_actor, match)],
        )

    assert await told() == (0, 0, False, [("", "")])
    assert await queries.shared_with(system, goal) == []
    await actions.revise_goal(
        pair.mentee_actor, goal.id, want=goal.want, measure=goal.measure, competency_id=skill.id, due_on=goal.due_on,
        privacy=MANAGERS,
    )
    assert await told() == (1, 1, True, [(WANT, skill.name)])


async def test_who_runs_the_programme_reads_what_they_may_and_nods_to_nothing(db: object) -> None:
    pair = await _pair()
    goal = await revised(pair.mentee_actor, await a_goal(pair, privacy=MANAGERS))
    assert (await queries.visible_goal(pair.manager_actor, goal.id)).want == goal.want
    for act in (actions.agree_revision, actions.focus_goal):
        with pytest.raises(Refused):
            await act(pair.manager_actor, goal.id)
    await revised(pair.mentee_actor, goal, "lead another", privacy=PRIVATE)
    for actor in (pair.manager_actor, pair.mentor_actor):
        with pytest.raises(NotFound):
            await queries.visible_goal(actor, goal.id)
    await revised(pair.mentee_actor, goal, "lead another", privacy=MANAGERS)
    other = await active_match(pair.organization)
    await enrolled(pair.cohort, await person(pair.organization), pair.mentee_enrollment.role)
    assert await queries.goals(other.manager_actor).count() == 0
