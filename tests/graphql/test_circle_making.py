"""Circles over the API: what a run formed and what each has in common, changed by hand, and where there are any."""

from server.access.queries import actor_for
from server.matches.models import Match
from server.matches.queries import facilitator_of
from server.matchmaking.models import MatchRun
from server.programs.models import Program
from server.programs.states import Circles, ParticipantRole, ProgramType
from tests import factories
from tests.graphql.ask import ask, gid
from tests.web.console.circles import formed, ring

CHANGE = """mutation ($id: ID!, $who: ID!, $why: String!) {
  %s(input: {id: $id, enrollmentId: $who, reason: $why}) { errors { field code } match { id } } }"""
PUT, TAKE = CHANGE % "putIntoCircle", CHANGE % "takeOutOfCircle"
LIVED = """query ($run: ID!, $match: ID!) {
  run: node(id: $run) { ... on MatchRun { circles {
    circles seated waiting violations withHour withoutFacilitator seatsFound
    parity { dimension mentors { group } } } } }
  match: node(id: $match) { ... on Match { kind circle { times { halfHours } } } }
  matchRunChanges(runId: $run, otherId: $run) { same circles { same changes { why before { fit } } } } }"""
SIZE = """mutation ($id: ID!, $size: Int!) {
  setCircleSize(input: {id: $id, size: $size}) { errors { field code } program { circleSize } } }"""
DRAW = """mutation ($id: ID!) {
  setPairing(input: {id: $id, pairing: RANDOM}) { errors { field code } program { pairing } } }"""
INVITE = """mutation ($group: ID!, $who: ID!, $role: ParticipantRole!) {
  invite(input: {cohortId: $group, personId: $who, role: $role}) { errors { field message } enrollment { role state } }
}"""
SET = "mutation ($id: ID!, $for: Circles!) { setCircles(input: {id: $id, circles: $for}) { errors { field code } } }"


async def test_a_run_tells_of_its_circles_and_a_manager_changes_one(db: object) -> None:
    found = await ring()
    led, alone = await formed(found)
    actor, run = await actor_for(found.manager), await MatchRun.get(id=led.run_id)
    told = await ask(actor, LIVED, run=gid(run), match=gid(led))
    assert told["run"]["circles"] == {
        "circles": 2, "seated": 8, "waiting": 0, "violations": 0, "withHour": 1.0, "withoutFacilitator": 1,
        "seatsFound": 0, "parity": [{"dimension": "PLACE", "mentors": []}],
    }
    assert told["match"]["kind"] == "CIRCLE"
    assert told["match"]["circle"]["times"]
    assert told["matchRunChanges"] == {"same": 0, "circles": {"same": 8, "changes": []}}
    mei = await factories.enrollment(found.cohort, found.late, ParticipantRole.FACILITATOR)
    unsaid = await ask(actor, PUT, id=gid(alone), who=gid(mei), why=" ")
    assert unsaid["putIntoCircle"]["errors"] == [{"field": "reason", "code": "INVALID"}]
    await ask(actor, PUT, id=gid(alone), who=gid(mei), why="She offered")
    now = {one.id: one for one in await found.drafts()}
    leads = facilitator_of(now[alone.id])
    assert leads
    assert leads.enrollment_id == mei.id
    await ask(actor, TAKE, id=gid(alone), who=gid(mei), why="She is away")
    assert await Match.filter(id=alone.id, members__enrollment_id=mei.id, members__left_at=None).count() == 0
    stranger = factories.actor_of(found.late)
    hidden = await ask(stranger, TAKE, id=gid(led), who=gid(found.leads), why="No")
    assert [one["code"] for one in hidden["takeOutOfCircle"]["errors"]] == ["NOT_FOUND"]


async def test_who_runs_a_programme_says_how_large_circles_are(db: object) -> None:
    pair = await factories.active_match()
    wrong = await ask(pair.manager_actor, SIZE, id=gid(pair.program), size=9)
    assert wrong["setCircleSize"]["errors"] == [{"field": "size", "code": "INVALID"}]
    kept = await ask(pair.manager_actor, SIZE, id=gid(pair.program), size=5)
    assert kept["setCircleSize"]["program"] == {"circleSize": 5}
    peers = await factories.program(pair.organization, type=ProgramType.PEER)
    manager = factories.manager_of(pair.manager, peers)
    refused = await ask(manager, SIZE, id=gid(peers), size=5)
    assert [one["code"] for one in refused["setCircleSize"]["errors"]] == ["CONFLICT"]
    drawn = await ask(manager, DRAW, id=gid(peers))
    assert drawn["setPairing"] == {"errors": [], "program": {"pairing": "RANDOM"}}
    group = await factories.cohort(peers)
    asked = await ask(manager, INVITE, group=gid(group), who=gid(pair.stranger), role="PEER")
    assert asked["invite"] == {"errors": [], "enrollment": {"role": "PEER", "state": "INVITED"}}


async def test_circles_beside_pairs_are_set_by_who_runs_the_programme(db: object) -> None:
    pair = await factories.active_match()
    await ask(pair.manager_actor, SET, id=gid(pair.program), **{"for": "WAITING"})
    assert (await Program.get(id=pair.program.id)).circles is Circles.WAITING
    asked = await ask(
        pair.manager_actor, INVITE, group=gid(pair.cohort), who=gid(pair.stranger), role="FACILITATOR"
    )
    assert asked["invite"] == {"errors": [], "enrollment": {"role": "FACILITATOR", "state": "INVITED"}}
    hidden = await ask(factories.actor_of(pair.mentee), SET, id=gid(pair.program), **{"for": "NONE"})
    assert len(hidden["setCircles"]["errors"]) == 1
    assert (await Program.get(id=pair.program.id)).circles is Circles.WAITING
    off = await ask(pair.manager_actor, SET, id=gid(pair.program), **{"for": "NONE"})
    assert off["setCircles"]["errors"] == []
    assert (await Program.get(id=pair.program.id)).circles is Circles.NONE
