"""Before the day on which a group hears of its matches no door tells a name: every address that a person may ask for,
and every field of GraphQL that leads to a match, so that a new one of each is tried the day it appears."""

import re
from datetime import timedelta

import pytest
from starlette.routing import Route

from graphql_schema.ids import global_id
from server.asgi import all_routes
from server.kernel import clock
from server.kernel.ids import new_id
from server.matches import actions
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.models import Cohort, Program
from server.programs.states import Approvals
from tests import factories
from tests.graphql.ask import ask, gid, send
from tests.graphql.test_isolation import ANYTHING, BY_ID
from tests.web.conftest import ClientOf

MINE = """{ viewer { matches { edges { node { members { person { name } } } } } threads { match { id } }
  nextSessions { id } actionItems { id } surveys { totalCount } checkIns { totalCount } unreadCount } }"""
NOTHING = {
    "matches": {"edges": []}, "threads": [], "nextSessions": [], "actionItems": [], "surveys": {"totalCount": 0},
    "checkIns": {"totalCount": 0}, "unreadCount": 0,
}
NOT_OF_PEOPLE = {"graphql", "healthz", "readyz", "sign-out"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_door_tells_a_name_before_the_day(client_of: ClientOf) -> None:
    pair = await factories.active_match(state=MatchState.DRAFT)
    day, name = clock.today("UTC") + timedelta(days=9), pair.mentor.first_name
    await Program.filter(id=pair.program.id).update(approvals=Approvals.NONE, reports={"line_managers": True})
    await Cohort.filter(id=pair.cohort.id).update(announce_on=day, starts_on=clock.today("UTC"), ends_on=None)
    await actions.publish_match(pair.manager_actor, pair.match.id)
    clock.move(timedelta(hours=1))
    mentee, browser = pair.mentee_actor, await client_of(pair.mentee)
    pages = {path: await browser.get(path) for path in _paths(
        str(pair.match.id), str(pair.mentee_enrollment.id), pair.program.key)}
    assert [path for path, page in pages.items() if name in page.text] == []
    assert sum(page.status_code == 200 for page in pages.values()) > 20
    team = (await (await client_of(pair.line_manager)).get("/team")).text
    assert (pair.mentee.family_name in team, name in team, "none yet" in team) == (True, False, True)
    for document, kind in [(ANYTHING, "Match"), *BY_ID.values()]:
        if kind == "Match":
            absent = await send(mentee, document, id=global_id("Match", new_id()))
            assert (await send(mentee, document, id=gid(pair.match))).content == absent.content, document
    assert await ask(mentee, MINE) == {"viewer": NOTHING}
    match = await Match.get(id=pair.match.id)
    assert match.published_at is not None
    clock.move(match.published_at - clock.now())
    assert name in (await (await client_of(pair.mentee)).get("/")).text
    assert name in str(await ask(mentee, MINE))


def _paths(*keys: str) -> list[str]:
    """Every address that answers a GET, with each of some keys where it has a place for one."""
    found = [one.path for one in all_routes() if isinstance(one, Route) and "GET" in (one.methods or {"GET"})
             and one.name not in NOT_OF_PEOPLE]
    return sorted({re.sub(r"\{[^}]*\}", key, path) for path in found for key in keys})
