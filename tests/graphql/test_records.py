"""The pair record through GraphQL: the console's own, with no word of the two, at a cost that is counted."""

from __future__ import annotations

from graphql_schema.cost import BUDGET
from server.goals.models import Goal
from server.journey.record.queries import pair_record
from server.kernel.facts import ActionState, ScheduledAction
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


COURSE = """query ($match: ID!, $person: ID!) {
  match: messagesOfMatch(matchId: $match) { ...all } person: messagesOfPerson(personId: $person) { ...all } }
fragment all on MessageCourse {
  coming { id kind name toId needlessWhen isSkipped skippedBy stays } past { kind toId state reason skippedBy } }"""
SKIP = """mutation ($id: ID!) { %s(input: {id: $id}) { message { id isSkipped } errors { code kind } } }"""


async def test_what_comes_next_is_told_with_why_and_one_of_it_is_skipped_and_planned_again(db: object) -> None:
    found = await everything()
    pair, manager, planned = found.pair, found.pair.manager_actor, found.id("PlannedMessage")
    done = (await ask(manager, SKIP % "skipMessage", id=planned))["skipMessage"]
    assert done == {"message": {"id": planned, "isSkipped": True}, "errors": []}
    told = await ask(manager, COURSE, match=gid(pair.match), person=gid(pair.mentee))
    assert told["match"]["coming"] == told["person"]["coming"] == [{
        "id": planned, "kind": "F01", "name": "A first time", "toId": gid(pair.mentee), "isSkipped": True,
        "needlessWhen": "a time is booked", "skippedBy": pair.manager.full_name, "stays": None,
    }]
    again = (await ask(manager, SKIP % "skipMessage", id=planned))["skipMessage"]["errors"]
    assert again == [{"code": "CONFLICT", "kind": "not_waiting"}]
    done = (await ask(manager, SKIP % "unskipMessage", id=planned))["unskipMessage"]
    assert done["message"] == {"id": planned, "isSkipped": False}
    await ScheduledAction.filter(rule="message.F01").update(state=ActionState.SKIPPED, reason="they have met")
    told = await ask(manager, COURSE, match=gid(pair.match), person=gid(pair.mentee))
    assert told["match"] == {"coming": [], "past": [{
        "kind": "F01", "toId": gid(pair.mentee), "state": "SUPPRESSED", "reason": "they have met", "skippedBy": None,
    }]}


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
