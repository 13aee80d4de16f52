"""Asking through GraphQL to be told when a programme takes people in again."""

from __future__ import annotations

from server.programs.models import OpeningWish
from tests import factories
from tests.graphql.ask import ask

ACT = "mutation ($key: String!) { %s(input: {programKey: $key}) { program { key } errors { code } } }"
WAITS = "{ viewer { awaitedPrograms { name } } }"


async def test_a_wish_is_made_seen_and_taken_back(db: object) -> None:
    pair = await factories.active_match()
    mine, key = pair.stranger_actor, pair.program.key
    for _twice in range(2):
        done = (await ask(mine, ACT % "askForOpening", key=key))["askForOpening"]
        assert done == {"program": {"key": key}, "errors": []}
    assert await OpeningWish.all().count() == 1
    assert (await ask(mine, WAITS))["viewer"]["awaitedPrograms"] == [{"name": pair.program.name}]
    assert (await ask(pair.mentee_actor, WAITS))["viewer"]["awaitedPrograms"] == []
    for _twice in range(2):
        done = (await ask(mine, ACT % "forgetOpening", key=key))["forgetOpening"]
        assert done == {"program": {"key": key}, "errors": []}
    assert (await ask(mine, WAITS))["viewer"]["awaitedPrograms"] == []


async def test_a_programme_of_another_organisation_is_no_programme(db: object) -> None:
    pair, elsewhere = await factories.active_match(), await factories.active_match()
    for name in ("askForOpening", "forgetOpening"):
        for key in (elsewhere.program.key, "\u0000"):
            done = (await ask(pair.stranger_actor, ACT % name, key=key))[name]
            assert done == {"program": None, "errors": [{"code": "NOT_FOUND"}]}
