"""How people of a programme meet, over the API: circles that a run formed, changed by hand; settings in the draft."""

from typing import Any

from server.access.queries import actor_for
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.matches.models import Match
from server.matches.queries import facilitator_of
from server.matchmaking.models import MatchRun
from server.programs.models import Program
from server.programs.rules import circle_size, target_role
from server.programs.states import CIRCLE_USUAL, Circles, ParticipantRole, ProgramType
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
SEEN = "query ($id: ID!) { programAudience(programId: $id) { seen } }"
SET = """mutation ($input: ConfigureProgramInput!) { configureProgram(input: $input) {
  errors { field code } plan { draft { digest changes { path now } } } } }"""
STEP = """mutation ($id: ID!, $seen: String!) { %s(input: {id: $id, seen: $seen}) {
  errors { message } plan { draft { digest } } } }"""
INVITE = """mutation ($group: ID!, $who: ID!, $role: ParticipantRole!) {
  invite(input: {cohortId: $group, personId: $who, role: $role}) { errors { field message } enrollment { role state } }
}"""


async def configure(actor: Actor, program: Program, **said: Any) -> Json:
    """Write settings into the draft."""
    seen = (await ask(actor, SEEN, id=gid(program)))["programAudience"]["seen"]
    told: Json = (await ask(actor, SET, input={"id": gid(program), "seen": seen, **said}))["configureProgram"]
    return told


async def put_in_force(actor: Actor, program: Program, told: Json) -> Program:
    for step in ("sendToReview", "makeLive"):
        done = (await ask(actor, STEP % step, id=gid(program), seen=told["plan"]["draft"]["digest"]))[step]
        assert done["errors"] == []
    return await Program.get(id=program.id)


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


async def test_who_runs_a_programme_says_in_its_draft_how_large_circles_are(db: object) -> None:
    pair = await factories.active_match()
    wrong = await configure(pair.manager_actor, pair.program, circleSize=9)
    assert wrong["errors"] == [{"field": "circleSize", "code": "INVALID"}]
    kept = await configure(pair.manager_actor, pair.program, circleSize=5, circles="WAITING")
    changes = {one["path"]: one["now"] for one in kept["plan"]["draft"]["changes"]}
    assert changes == {"circles": '"WAITING"', "circle_size": "5"}
    held = await Program.get(id=pair.program.id)
    assert (circle_size(held.rules), held.circles) == (CIRCLE_USUAL, Circles.NONE), "nothing holds before it is live"
    live = await put_in_force(pair.manager_actor, pair.program, kept)
    assert (circle_size(live.rules), live.circles) == (5, Circles.WAITING)


async def test_peers_are_drawn_by_lot_once_that_is_in_force_and_have_no_circles(db: object) -> None:
    pair = await factories.active_match()
    peers = await factories.program(pair.organization, type=ProgramType.PEER)
    manager = factories.manager_of(pair.manager, peers)
    refused = await configure(manager, peers, circleSize=5)
    assert refused["errors"] == [{"field": "circleSize", "code": "INVALID"}]
    drawn = await configure(manager, peers, pairing="RANDOM", cyclesApart=2)
    live = await put_in_force(manager, peers, drawn)
    assert (live.rules["pairing"], live.rules["cycles_apart"]) == ("random", 2)
    anew = await configure(manager, live, cyclesApart=None)
    live = await put_in_force(manager, live, anew)
    assert (live.rules["pairing"], live.rules.get("cycles_apart")) == ("random", None), "null is never, not as it was"
    group = await factories.cohort(peers)
    asked = await ask(manager, INVITE, group=gid(group), who=gid(pair.stranger), role="PEER")
    assert asked["invite"] == {"errors": [], "enrollment": {"role": "PEER", "state": "INVITED"}}


async def test_a_programme_for_high_potentials_leads_to_a_role_of_the_framework(db: object) -> None:
    pair = await factories.active_match()
    role = await factories.competency(pair.organization, key="trade")
    high = await factories.program(pair.organization, type=ProgramType.HIGH_POTENTIAL)
    manager = factories.manager_of(pair.manager, high)
    unknown = await configure(manager, high, targetRole="nowhere")
    assert unknown["errors"] == [{"field": "targetRole", "code": "INVALID"}]
    live = await put_in_force(manager, high, await configure(manager, high, targetRole="trade"))
    assert target_role(live.rules) == role.id
    live = await put_in_force(manager, live, await configure(manager, live, targetRole=""))
    assert target_role(live.rules) is None


async def test_circles_beside_pairs_are_set_by_who_runs_the_programme(db: object) -> None:
    pair = await factories.active_match()
    told = await configure(pair.manager_actor, pair.program, circles="WAITING")
    hidden = await ask(factories.actor_of(pair.mentee), SET, input={
        "id": gid(pair.program), "seen": told["plan"]["draft"]["digest"], "circles": "NONE"})
    assert len(hidden["configureProgram"]["errors"]) == 1
    await put_in_force(pair.manager_actor, pair.program, told)
    asked = await ask(
        pair.manager_actor, INVITE, group=gid(pair.cohort), who=gid(pair.stranger), role="FACILITATOR"
    )
    assert asked["invite"] == {"errors": [], "enrollment": {"role": "FACILITATOR", "state": "INVITED"}}
    off = await configure(pair.manager_actor, pair.program, circles="NONE")
    assert (await put_in_force(pair.manager_actor, pair.program, off)).circles is Circles.NONE
