"""Peers between two runs: two put together by hand, and a partner for whom nothing of the last run is left."""

from uuid import UUID

import pytest

from server.journey.byhand.actions import pair_by_hand
from server.journey.byhand.queries import free_people, tried
from server.kernel.errors import Conflict
from server.matches.models import Match, MatchOverride, Proposal
from server.matches.states import MatchOrigin, MatchState, OverrideKind
from server.matchmaking import stored
from server.matchmaking.engine import RuleCode
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.queries import locked_matches
from server.matchmaking.queue.actions import suggest_next
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.states import RunKind
from server.people.models import Person
from server.programs.models import Program
from tests import factories
from tests.graphql.ask import ask, gid
from tests.server.matchmaking.peers import Peers, a_group_of_peers, drafts, names

TRIED = """query ($group: ID!, $one: ID!, $other: ID!) {
  pairTried(cohortId: $group, mentorEnrollmentId: $one, menteeEnrollmentId: $other) {
    fit reasons { title } reasonsBack { title } broken
  }
}"""


@pytest.fixture
async def peers(db: object) -> Peers:
    return await a_group_of_peers()


def ids(peers: Peers, *given: str) -> list[UUID]:
    return [next(row.id for row in peers.rows if row.person.given_name == name) for name in given]


async def test_two_peers_are_seen_both_ways_and_put_together(peers: Peers) -> None:
    noor, idris = ids(peers, "Noor", "Idris")
    one, other = [await tried(peers.manager, peers.cohort.id, *pair) for pair in ((noor, idris), (idris, noor))]
    assert (one.mentor.id, one.fit, one.broken) == (other.mentor.id, other.fit, []), "whoever is named first"
    assert one.told_back is not None
    assert one.told.names != one.told_back.names
    told = (await ask(peers.manager, TRIED, group=gid(peers.cohort), one=gid(peers.rows[0]), other=gid(peers.rows[1])))
    assert told["pairTried"]["reasonsBack"]
    assert told["pairTried"]["fit"] == one.fit
    made = await pair_by_hand(peers.manager, noor, idris, reason="They asked me")
    assert (made.origin, made.state, made.fit) == (MatchOrigin.MANAGER, MatchState.DRAFT, round(one.fit))
    assert stored.turned(made.explanation), "each of the two will read what the other brings"
    assert await locked_matches(peers.manager, peers.cohort.id) == {made.id}
    proposal = await Proposal.get(match_id=made.id)
    assert (proposal.mentor_enrollment_id, proposal.propensity) == (one.mentor.id, None)
    assert [row.reason for row in await MatchOverride.filter(kind=OverrideKind.PIN)] == ["They asked me"]
    await run_matching(peers.manager, peers.cohort.id)
    assert names(await drafts(peers)) == {frozenset({"Noor", "Idris"}), frozenset({"Mei", "Rui"})}
    assert await Match.filter(id=made.id, state=MatchState.DRAFT).exists(), "a run leaves it as it is"
    free = await free_people(peers.manager, peers.cohort.id)
    assert [[row.person.given_name for row in side] for side in (free.mentors, free.mentees)] == [["Kofi"], ["Kofi"]]


async def test_rules_of_peers_hold_by_hand(peers: Peers) -> None:
    noor, idris, mei = ids(peers, "Noor", "Idris", "Mei")
    with pytest.raises(Conflict) as refusal:
        await pair_by_hand(peers.manager, noor, noor)
    assert refusal.value.kind == "same"
    boss = (await factories.person(await peers.program.organization)).id
    await Person.filter(enrollments__id__in=[noor, idris]).update(line_manager_id=boss)
    await Person.filter(enrollments__id=idris).update(seniority=9)
    await Program.filter(id=peers.program.id).update(rules={"grade_gap": [-1, 1]})
    found = await tried(peers.manager, peers.cohort.id, noor, idris)
    assert set(found.broken) == {RuleCode.SAME_TEAM, RuleCode.GRADE_GAP}, "a gap forbids what neither way round is in"
    with pytest.raises(Conflict) as refusal:
        await pair_by_hand(peers.manager, noor, idris)
    assert refusal.value.kind == "rule"
    assert not await Match.all().count()
    await Person.filter(enrollments__id=idris).update(seniority=6)
    await Program.filter(id=peers.program.id).update(rules={"grade_gap": [1, 2], "same_team": False})
    assert (await tried(peers.manager, peers.cohort.id, noor, idris)).mentor.id == idris, "as the gap asks for"
    assert (await tried(peers.manager, peers.cohort.id, noor, mei)).broken == [RuleCode.GRADE_GAP]


async def test_for_a_peer_without_stored_partners_somebody_is_found_anew(peers: Peers) -> None:
    await run_matching(peers.manager, peers.cohort.id)
    (kofi,), (other,) = ids(peers, "Kofi"), [one for one in await drafts(peers) if "Noor" in next(iter(names([one])))]
    assert await suggest_next(peers.manager, kofi) is None, "everybody else is in a pair"
    await Match.filter(id=other.id).update(state=MatchState.CANCELLED)
    await MatchSuggestion.filter(organization_id=peers.program.organization_id).delete()
    made = await suggest_next(peers.manager, kofi)
    assert made is not None
    assert "Kofi" in next(iter(names(await match_members(made))))
    assert stored.turned(made.explanation)
    run = await MatchRun.get(id=made.run_id)
    assert (run.kind, run.result["matched"], run.result["violations"]) == (RunKind.SINGLE, 1, 0)
    assert await suggest_next(peers.manager, kofi) is None, "twice is harmless"
    assert len(await drafts(peers)) == 2


async def test_nobody_is_found_anew_whom_a_no_or_the_draw_keeps_away(peers: Peers) -> None:
    run = await run_matching(peers.manager, peers.cohort.id)
    (kofi,) = ids(peers, "Kofi")
    await Match.filter(run_id=run.id).update(state=MatchState.CANCELLED)
    await MatchSuggestion.filter(run_id=run.id).delete()
    for row in peers.rows[:-1]:
        await factories.match(row, peers.rows[-1], state=MatchState.DECLINED)
    assert await suggest_next(peers.manager, kofi) is None
    await Match.filter(state=MatchState.DECLINED).delete()
    await Program.filter(id=peers.program.id).update(rules={"pairing": "random"})
    assert await suggest_next(peers.manager, kofi) is None, "the next draw decides"


async def match_members(made: Match) -> list[Match]:
    await made.fetch_related("members__person")
    return [made]
