"""A programme for peers in the product: each brings the other something, and everybody is in one pair at most."""

from datetime import timedelta
from uuid import UUID

import pytest

from server.kernel import clock
from server.kernel.errors import Conflict, Invalid
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match
from server.matches.states import Approval, ClosureReason, DeclineReason, MatchState
from server.matchmaking import actions, queries, stored
from server.matchmaking.engine.wording import Reader
from server.matchmaking.learned.quality import Measure
from server.matchmaking.models import MatchRun
from server.matchmaking.queue.actions import offer_place, preview_matching
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.runs.queries import compared, quality_of, run_record
from server.matchmaking.states import RunState
from server.programs import actions as programs
from server.programs.models import Enrollment, Program
from server.programs.states import Approvals, AskedFirst, EnrollmentState, ParticipantRole
from tests import factories
from tests.server.matchmaking.peers import PEER, Peers, a_group_of_peers, actor_in, drafts, names


@pytest.fixture
async def peers(db: object) -> Peers:
    return await a_group_of_peers()


async def test_a_peer_has_no_place_to_offer(peers: Peers) -> None:
    await run_matching(peers.manager, peers.cohort.id)
    before = [one.id for one in await drafts(peers)]
    assert await offer_place(peers.manager, peers.rows[-1].id) is None
    assert [one.id for one in await drafts(peers)] == before


async def test_each_is_put_with_who_brings_what_they_want_and_the_odd_one_waits(peers: Peers) -> None:
    run = await run_matching(peers.manager, peers.cohort.id)
    made = await drafts(peers)
    assert names(made) == {frozenset({"Noor", "Idris"}), frozenset({"Mei", "Rui"})}
    assert all(member.role is PEER for match in made for member in match.members)
    assert (run.result["matched"], run.result["waiting"], run.result["violations"], run.result["gap"]) == (2, 1, 0, 0)
    queue = await queries.review_queue(peers.manager, peers.cohort.id)
    assert [(one.enrollment.id, one.position) for one in queue.unmatched] == [(peers.rows[-1].id, 1)]


async def test_each_of_the_two_reads_what_the_other_brings(peers: Peers) -> None:
    await run_matching(peers.manager, peers.cohort.id)
    pair = next(match for match in await drafts(peers) if "Noor" in {one.person.given_name for one in match.members})
    for name, other in (("Noor", "Idris"), ("Idris", "Noor")):
        explanation, called, reader = stored.told_to(pair, actor_in(pair, name).person_id)
        assert explanation is not None
        assert (called.mentor, called.mentee, reader) == (other, name, Reader.MENTEE)
        shared = next(one for one in explanation.reasons if "tags" in one.params or "skills" in one.params)
        assert {"Noor": "Negotiation", "Idris": "Python"}[name] in str(shared.params)
    back = stored.told_back(pair)
    assert back is not None
    assert back.names == called or back.names == called._replace(mentor=called.mentee, mentee=called.mentor)


async def test_the_record_counts_each_pair_once_and_the_audit_everybody(peers: Peers) -> None:
    first = await run_matching(peers.manager, peers.cohort.id)
    record = await run_record(peers.manager, first.id)
    assert record.audit is not None
    assert (record.audit.mentees, record.audit.violations) == (5, ())
    assert len(record.best) == 2
    second = await run_matching(peers.manager, peers.cohort.id)
    found = (await compared(peers.manager, first.id, second.id)).comparison
    assert (found.same, found.changes) == (4, ())


async def test_both_are_asked_together_and_the_second_yes_begins_it(peers: Peers) -> None:
    await Program.filter(id=peers.program.id).update(approvals=Approvals.BOTH, asked_first=AskedFirst.MENTOR)
    await run_matching(peers.manager, peers.cohort.id)
    pair = next(match for match in await drafts(peers) if "Noor" in {one.person.given_name for one in match.members})
    asked = await matches.publish_match(peers.manager, pair.id, undo_within=timedelta())
    assert asked.state is MatchState.AWAITING_BOTH
    first, second = match_queries.sides(asked)
    half = await matches.accept_match(factories.actor_of(first.person), pair.id)
    assert half.state is MatchState.AWAITING_MENTEE  # the second one's side
    whole = await matches.accept_match(factories.actor_of(second.person), pair.id)
    assert whole.state is MatchState.ACTIVE
    assert {one.approval for one in whole.members} == {Approval.ACCEPTED}


async def test_a_no_puts_somebody_else_before_the_manager_where_there_is_somebody(peers: Peers) -> None:
    await run_matching(peers.manager, peers.cohort.id)
    pair = next(match for match in await drafts(peers) if "Noor" in {one.person.given_name for one in match.members})
    await matches.publish_match(peers.manager, pair.id, undo_within=timedelta())
    await matches.decline_match(actor_in(pair, "Noor"), pair.id, DeclineReason.TIMES)
    await drain()
    following = [match for match in await drafts(peers) if match.id != pair.id]
    offered = {one for one in names(following) if "Kofi" in one}
    assert len(offered) == 1, "one of the two gets the odd one, the other waits"
    again = await run_matching(peers.manager, peers.cohort.id)
    assert again.result["violations"] == 0
    assert frozenset({"Noor", "Idris"}) not in names(await drafts(peers))


async def test_another_peer_is_chosen_and_no_other_draft_changes(peers: Peers) -> None:
    await run_matching(peers.manager, peers.cohort.id)
    pair = next(match for match in await drafts(peers) if "Noor" in {one.person.given_name for one in match.members})
    other = next(match for match in await drafts(peers) if match.id != pair.id)
    before = await Match.filter(id=other.id).values()
    offered = await queries.alternatives(peers.manager, pair)
    assert [(one.mentor.id, one.has_place) for one in offered if one.has_place] == [(peers.rows[-1].id, True)]
    made = await actions.choose_another(peers.manager, pair.id, peers.rows[-1].id, "They asked for it")
    assert {one.role for one in await made.members.all()} == {PEER}
    assert await Match.filter(id=other.id).values() == before


async def ran(peers: Peers, *, ends: bool = True) -> set[frozenset[str]]:
    """One round: drawn, published, begun at once and, unless told otherwise, ended."""
    await run_matching(peers.manager, peers.cohort.id)
    made = await drafts(peers)
    for match in made:
        await matches.publish_match(peers.manager, match.id, undo_within=timedelta())
        if ends:
            await matches.end_match(peers.manager, match.id, ClosureReason.NO_FAULT)
    return names(made)


async def test_the_draw_brings_nobody_together_twice_within_its_cycles(peers: Peers) -> None:
    drawn = {"pairing": "random", "cycles_apart": 2}
    await Program.filter(id=peers.program.id).update(rules=drawn, approvals=Approvals.NONE)
    rounds = []
    for _round in range(4):
        clock.move(timedelta(days=14))
        rounds.append(await ran(peers))
    assert all(len(one) == 2 for one in rounds), rounds
    for at, one in enumerate(rounds):
        assert not one & set().union(*rounds[max(0, at - 2):at])
    assert not await drafts(peers), "who parts waits for the next draw"


async def test_a_draw_again_draws_anew_and_the_same_seed_draws_the_same(peers: Peers) -> None:
    await Program.filter(id=peers.program.id).update(rules={"pairing": "random"})
    seeds, draws = [], []
    for _again in range(5):
        seeds.append((await run_matching(peers.manager, peers.cohort.id)).seed)
        draws.append(names(await drafts(peers)))
    assert seeds == [0, 1, 2, 3, 4]
    assert len(set(map(frozenset, draws))) > 1, "five draws of fifteen possible ones"
    again = await run_matching(peers.manager, peers.cohort.id, seed=3)
    assert (again.seed, again.result["by_draw"]) == (3, True)
    third = (await quality_of(peers.manager, again.id))[2]
    assert (third.measure, third.value) == (Measure.OPTIMUM, None), "a draw looks for no best total"
    assert names(await drafts(peers)) == draws[3]
    assert (await preview_matching(peers.manager, peers.cohort.id)).seed == 4
    with pytest.raises(Invalid):
        await run_matching(peers.manager, peers.cohort.id, seed=-1)
    await Program.filter(id=peers.program.id).update(rules={})
    await MatchRun.filter(state=RunState.RUNNING).update(state=RunState.CANCELLED)
    assert (await run_matching(peers.manager, peers.cohort.id)).seed == 0, "elsewhere nothing is drawn"


async def test_who_was_drawn_stays_for_the_next_draw_and_who_was_chosen_has_completed(peers: Peers) -> None:
    await Program.filter(id=peers.program.id).update(approvals=Approvals.NONE, duration_days=1)
    await ran(peers, ends=False)
    for drawn, expected in ((True, EnrollmentState.ACTIVE), (False, EnrollmentState.COMPLETED)):
        await Program.filter(id=peers.program.id).update(rules={"pairing": "random"} if drawn else {})
        match = (await Match.filter(state=MatchState.ACTIVE).order_by("id"))[0]
        await Match.filter(id=match.id).update(state=MatchState.DURATION_COMPLETED)
        await matches.close_match(peers.manager, match.id)
        await drain()
        held = await Enrollment.filter(memberships__match_id=match.id)
        assert {one.state for one in held} == {expected}


async def test_peers_are_invited_among_peers_only(peers: Peers) -> None:
    someone = await factories.person(await peers.program.organization)
    other = await factories.cohort(await factories.program(await peers.program.organization))
    for cohort, role in ((peers.cohort, ParticipantRole.MENTEE), (other, PEER)):
        manager = factories.manager_of(await factories.person(await peers.program.organization), peers.program)
        manager = factories.manager_of(await factories.person(await peers.program.organization), await cohort.program)
        with pytest.raises(Conflict) as refusal:
            await programs.invite(manager, cohort.id, someone.id, role)
        assert refusal.value.kind == "role"
    assert await programs.invite(peers.manager, peers.cohort.id, someone.id, PEER)


async def test_a_cohort_of_one_peer_has_nobody_to_pair(peers: Peers) -> None:
    keep: UUID = peers.rows[0].id
    await Enrollment.exclude(id=keep).update(state=EnrollmentState.WITHDRAWN)
    run = await run_matching(peers.manager, peers.cohort.id)
    assert (run.result["matched"], run.result["waiting"]) == (0, 1)
    await Enrollment.filter(id=keep).update(state=EnrollmentState.WITHDRAWN)
    empty = await run_matching(peers.manager, peers.cohort.id)
    assert (empty.result["matched"], empty.result["waiting"]) == (0, 0)
