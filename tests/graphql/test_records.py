"""The pair record through GraphQL: the console's own, with no word of the two, at a cost that is counted."""

from __future__ import annotations

from graphql_schema.cost import BUDGET
from server.goals.models import Goal
from server.journey.record.queries import pair_record
from server.messaging.actions import send_message
from tests import factories
from tests.graphql.ask import ask, gid, refusal, send
from tests.graphql.everything import everything
from tests.queries import queries_run

WHOLE = """query ($id: ID!) { pairRecord(matchId: $id) {
  standing heldSessions plannedSessions lastHeldAt nextSessionAt messages match { id state }
  events { at action byId byName count } plans { dueAt rule } } }"""


async def test_it_tells_what_the_console_tells_and_no_word(db: object) -> None:
    found = await everything()
    pair, manager = found.pair, found.pair.manager_actor
    for words in ("Canary one", "Canary two"):
        await send_message(pair.mentor_actor, pair.match.id, words)
    answer = await ask(manager, WHOLE, id=gid(pair.match))
    shown, record = answer["pairRecord"], await pair_record(manager, pair.match.id)
    assert (shown["standing"], shown["messages"], shown["heldSessions"]) == ("ACTIVE", 2, 0)
    assert shown["match"] == {"id": gid(pair.match), "state": "ACTIVE"}
    assert [(one["action"], one["count"]) for one in shown["events"]] == [
        (one.action, one.count) for one in record.events
    ]
    wrote = next(one for one in shown["events"] if one["action"] == "message.written")
    assert (wrote["byName"], wrote["byId"], wrote["count"]) == (pair.mentor.full_name, gid(pair.mentor), 2)
    assert {"session.book", "goal.save", "survey.answer"} <= {one["action"] for one in shown["events"]}
    assert [one["rule"] for one in shown["plans"]] == [one.rule for one in record.plans]
    said = str(answer)
    for row in await Goal.filter(organization_id=pair.organization.id):
        assert row.want not in said
    for secret in ("Canary", "Slow.", "Three reviews held", "Watch a review"):
        assert secret not in said


async def test_neither_of_the_two_nor_anybody_else_reads_it(db: object) -> None:
    pair = await factories.active_match()
    other = factories.manager_of(pair.manager, await factories.program(pair.organization))
    for actor in (pair.mentor_actor, pair.mentee_actor, pair.line_manager_actor, pair.stranger_actor, other):
        refused = await refusal(actor, WHOLE, id=gid(pair.match))
        assert refused["extensions"]["code"] == "NOT_FOUND"


async def test_a_long_history_costs_no_more_statements_and_stays_in_the_budget(db: object) -> None:
    found = await everything()
    pair, counts = found.pair, []
    for more in (1, 12):
        for number in range(more):
            await send_message(pair.mentee_actor, pair.match.id, f"Word {number}")
        with queries_run() as ran:
            answer = (await send(pair.manager_actor, WHOLE, id=gid(pair.match))).json()
        counts.append(len(ran))
    assert counts[0] == counts[1]
    assert 300 < answer["extensions"]["cost"]["asked"] < BUDGET
