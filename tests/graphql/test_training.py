"""Reading one's training through GraphQL, and finishing a step of it."""

from __future__ import annotations

from graphql_schema.ids import global_id
from tests import factories
from tests.graphql.ask import ask
from tests.trained import asks_for, step

MINE = "{ viewer { enrollments { edges { node { training { key required done: doneAt } } } } } }"
DONE = "mutation ($id: ID!, $step: String!) { finishTraining(input: {id: $id, step: $step}) { errors { code } } }"


async def test_a_step_is_read_and_finished(db: object) -> None:
    pair = await factories.active_match()
    await asks_for(pair.program, step(), step("second", required=False), step("other", to="LEADERS"))
    mine, row = pair.mentee_actor, global_id("Enrollment", pair.mentee_enrollment.id)
    for key, errors in (("first", []), ("first", []), ("other", [{"code": "NOT_FOUND"}])):
        assert (await ask(mine, DONE, id=row, step=key))["finishTraining"] == {"errors": errors}
    done = await ask(pair.manager_actor, DONE, id=row, step="second")
    assert done["finishTraining"] == {"errors": [{"code": "NOT_FOUND"}]}
    (found,) = (await ask(mine, MINE))["viewer"]["enrollments"]["edges"]
    assert [(one["key"], one["required"], one["done"] is not None) for one in found["node"]["training"]] == [
        ("first", True, True), ("second", False, False)]
