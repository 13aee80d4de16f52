"""Who left a circle, who has not said yes to it and who is in another one read nothing of it, by any field."""

from __future__ import annotations

from typing import Any

import pytest

from graphql_schema.ids import global_id
from server.kernel.actor import Actor
from server.kernel.errors import Invalid
from server.sessions.actions import promise
from tests import factories
from tests.circles import WORDS, Lived, lived, with_reasons
from tests.graphql.ask import ask, send

ALL = """query ($ids: [ID!]!, $match: ID!) {
  nodes(ids: $ids) { __typename
    ... on Match { circleReasons { reasons { title detail } } }
    ... on Match { goals { want } sessions { agenda { topic } notes { body } actionItems { text } awayPersonIds } }
    ... on Session { agenda { topic } notes { body } actionItems { text } awayPersonIds }
    ... on Goal { want } }
  messages(matchId: $match) { edges { node { body } } }
  viewer { unreadCount threads { match { id } last { body } } nextSessions { id } }
}"""


async def told(who: Actor, found: Lived) -> dict[str, Any]:
    """Everything that a person may ask of a circle."""
    return await ask(who, ALL, **named(found))


def named(found: Lived) -> dict[str, Any]:
    """What of a circle has an id that can be asked for."""
    ids = {kind: global_id(kind, found.keys[kind.lower()]) for kind in ("Match", "Session", "Goal")}
    return {"ids": list(ids.values()), "match": ids["Match"]}


async def test_who_is_not_in_a_circle_reads_none_of_it(db: object) -> None:
    found = await lived()
    for name, who in found.actors.items():
        seen = await told(who, found)
        assert not [words for words in WORDS.values() if words in repr(seen)], name
        assert (seen["viewer"]["unreadCount"], seen["viewer"]["nextSessions"]) == (0, []), name
        assert global_id("Match", found.keys["match"]) not in repr(seen["viewer"]), name
        there = [one["__typename"] for one in seen["nodes"] if one]
        assert there == (["Match"] if name == "not yet in" else []), name    # who is asked sees who asks, no more
        assert global_id("Person", found.circle.members[2].id) not in repr(seen["nodes"]), name


async def test_who_is_in_it_reads_all_but_private_notes_and_the_goals_of_others(db: object) -> None:
    found = await lived()
    chidi, ana = found.circle.member_actors[2], found.circle.member_actors[0]
    for who, hidden in ((chidi, {"private note", "goal"}), (found.circle.facilitator_actor, {"goal"}),
                        (ana, {"private note"})):
        seen = repr(await told(who, found))
        assert {name for name, words in WORDS.items() if words not in seen} == hidden


async def test_who_runs_the_programme_reads_when_and_never_what(db: object) -> None:
    found = await lived()
    document = ALL.replace("viewer { unreadCount threads { match { id } last { body } } nextSessions { id } }", "")
    answer = await send(found.circle.manager_actor, document, **named(found))
    assert "Session" in answer.text
    assert not [words for words in WORDS.values() if words in answer.text]


async def test_nothing_is_promised_for_who_is_not_in_it(db: object) -> None:
    found = await lived()
    for person in found.outside.values():
        with pytest.raises(Invalid):
            await promise(found.circle.facilitator_actor, found.keys["session"], person.id, "Bring the cards")


async def test_what_a_circle_brings_is_read_by_each_of_their_own_and_by_who_runs_it_of_all(db: object) -> None:
    circle = await factories.active_circle()
    await with_reasons(circle)
    document = """query ($id: ID!) { node(id: $id) { ... on Match {
      circleReasons { enrollmentId reasons { category title detail isCaution } } } } }"""

    async def read(who: Actor) -> dict[str, Any]:
        node = (await ask(who, document, id=global_id("Match", circle.match.id)))["node"]
        return {one["enrollmentId"]: one["reasons"] for one in node["circleReasons"]} if node else {}

    ids = [global_id("Enrollment", row.id) for row in circle.enrollments]
    own, all_of_it = await read(circle.member_actors[0]), await read(circle.manager_actor)
    assert (list(own), all_of_it.keys()) == ([ids[0]], {*ids})
    first = circle.members[0].first_name
    assert [one["isCaution"] for one in own[ids[0]]][-1], "nobody offers Law"
    assert first not in repr(own)
    assert first in repr(all_of_it[ids[0]]), "to a manager it says whose"
    assert await read(circle.facilitator_actor) == {}
    assert await read(factories.actor_of(await factories.person(circle.organization))) == {}
