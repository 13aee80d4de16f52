"""Who finds the words of a goal, face by face and role by role, at each of its levels."""

import pytest

from graphql_schema.ids import global_id
from server.access.models import RoleGrant
from server.access.queries import actor_for
from server.access.states import Role
from server.goals.actions import add_milestone
from server.goals.models import Goal
from server.goals.states import GoalPrivacy
from server.people.models import Person
from server.programs.models import Program
from tests import factories
from tests.factories import Pair
from tests.graphql.ask import ask
from tests.server.goals.said import a_goal
from tests.web.conftest import ClientOf, booked

WORD = "haberdashery"
"""Stands in the goal and nowhere else."""
EVERYWHERE = """query Everything($goal: ID!, $match: ID!) {
  goal: node(id: $goal) { ... on Goal { want milestones { title } versions { want } } }
  match: node(id: $match) { ... on Match { goals { want } } }
}"""
READERS = {
    GoalPrivacy.PRIVATE: {"author"}, GoalPrivacy.PAIR: {"author", "partner"},
    GoalPrivacy.MANAGERS: {"author", "partner", "manager", "admin"},
}


async def _roles(pair: Pair) -> dict[str, Person]:
    """Everybody who could come near, in the roles that they have."""
    other = await factories.active_match(pair.organization, pair.program, pair.cohort)
    apart = await factories.active_match(pair.organization)
    admin = await factories.person(pair.organization, given_name="Ines")
    for someone, role, program in (
        (pair.manager, Role.PROGRAM_MANAGER, pair.program.id), (apart.manager, Role.PROGRAM_MANAGER, apart.program.id),
        (admin, Role.GLOBAL_ADMIN, None),
    ):
        await RoleGrant.create(organization_id=pair.organization.id, person=someone, role=role, program_id=program)
    return {
        "author": pair.mentee, "partner": pair.mentor, "manager": pair.manager, "admin": admin,
        "line manager": pair.line_manager, "participant": other.mentee, "mentor of another": other.mentor,
        "manager of another": apart.manager,
    }


async def test_the_words_of_a_goal_reach_whom_its_level_names_and_nobody_else(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    roles, session = await _roles(pair), await booked(pair)
    goal = await a_goal(pair, f"lead a {WORD}")
    await add_milestone(pair.mentee_actor, goal.id, f"Visit a {WORD}")
    pages = [
        "/", "/you/kept", f"/session/{session.id}", "/team", f"/goal/{goal.id}/revision",
        f"/console/matching/{pair.match.id}",
    ]
    clients = {role: await client_of(someone) for role, someone in roles.items()}
    ids = {"goal": global_id("Goal", goal.id), "match": global_id("Match", pair.match.id)}
    widest = READERS[GoalPrivacy.MANAGERS]
    for level, readers in READERS.items():
        await Goal.filter(id=goal.id).update(privacy=level)
        near = roles if readers == widest else widest
        on_pages = {
            role for role in near if WORD in "".join([(await clients[role].get(one)).text for one in pages])
        }
        over_the_api = {
            role for role in near if WORD in str(await ask(await actor_for(roles[role]), EVERYWHERE, **ids))
        }
        assert (on_pages, over_the_api) == (readers, readers), level


@pytest.mark.parametrize(("level", "words"), [
    (GoalPrivacy.PRIVATE, "Only you see this."), (GoalPrivacy.PAIR, "Only you and Idris see this."),
    (GoalPrivacy.MANAGERS, "You, Idris and who runs this programme see this."),
])
async def test_the_owner_is_told_who_sees_it_before_and_after(
    client_of: ClientOf, level: GoalPrivacy, words: str
) -> None:
    pair = await factories.active_match()
    levels = {"levels": ["PRIVATE", "PAIR", "MANAGERS"], "usual": "PRIVATE"}
    await Program.filter(id=pair.program.id).update(goal_privacy=levels)
    client = await client_of(pair.mentee)
    asked = await client.get(f"/enrollment/{pair.mentee_enrollment.id}/goal")
    assert words in asked.text
    typed = {"want": "write", "measure": "two", "due_on": factories.in_days(60).isoformat(), "privacy": level.value}
    lacking = await client.post(f"/enrollment/{pair.mentee_enrollment.id}/goal", data={**typed, "want": ""})
    assert f'value="{level.value}" id="privacy-{list(GoalPrivacy).index(level) + 1}" checked' in lacking.text
    await client.post(f"/enrollment/{pair.mentee_enrollment.id}/goal", data=typed)
    goal = await Goal.get()
    assert goal.privacy is level
    assert words in (await client.get("/")).text
    await Program.filter(id=pair.program.id).update(goal_privacy={"levels": [level.value], "usual": level.value})
    alone = (await client.get(f"/goal/{goal.id}/revision")).text
    assert ('name="privacy"' in alone, words in alone) == (False, True)
