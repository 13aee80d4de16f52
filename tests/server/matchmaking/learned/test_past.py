"""What became of earlier pairs, as a run goes by it: how long ago it was, and the same where two people are judged."""

from datetime import timedelta
from itertools import pairwise

import pytest

from server.journey.byhand.queries import tried
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import Conflict
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchKind, MatchState
from server.matchmaking.learned.actions import start_learning
from server.matchmaking.learned.past import history_of, pairs_lived
from server.matchmaking.learned.queries import learning_page
from server.matchmaking.models import MatchSuggestion
from server.matchmaking.runs.actions import start_run
from server.matchmaking.today.queries import rules_broken
from server.matchmaking.weighing.queries import preview
from server.matchmaking.weighing.settings import settings_of
from server.programs.models import Enrollment, Program
from server.programs.states import Approvals, ProgramType
from tests import factories
from tests.server.matchmaking.peers import a_group_of_peers
from tests.web.console.market import Market, market


@pytest.fixture
async def found(db: object) -> Market:
    return await market()


def manager_of(found: Market) -> Actor:
    return factories.manager_of(found.manager, found.program)


async def run_by_job(actor: Actor, cohort_id: object) -> list[Match]:
    """A run as the product does it, with its drafts."""
    await start_run(actor, cohort_id)
    await drain()
    return await match_queries.matches_in(actor, cohort_id, [MatchState.DRAFT])


async def ended(mentor: Enrollment, mentee: Enrollment, days: int) -> Match:
    """A pair of another group that ended so many days ago."""
    then = clock.now() - timedelta(days=days)
    pair = await factories.match(mentor, mentee, state=MatchState.CONCLUDED)
    await Match.filter(id=pair.id).update(active_at=then - timedelta(days=90), ended_at=then)
    return pair


async def test_who_was_paired_long_enough_ago_can_be_paired_again_by_the_job_too(found: Market) -> None:
    other = await factories.cohort(await factories.program(found.organization))
    mentor, mentee = found.mentors[0], found.mentees[0]
    again = [await factories.enrollment(other, row.person, row.role) for row in (mentor, mentee)]
    pair = await ended(again[0], again[1], days=150)
    (past,) = await history_of(manager_of(found), {mentor.person_id})
    assert past.months_ago == pytest.approx(150 / 30.44, abs=0.05)
    await Program.filter(id=found.program.id).update(rules={"repeat_months": 6})
    together = {mentor.id, mentee.id}
    first = await run_by_job(manager_of(found), found.cohort.id)
    assert together not in [{one.enrollment_id for one in draft.members} for draft in first]
    await Program.filter(id=found.program.id).update(rules={"repeat_months": 3})
    second = await run_by_job(manager_of(found), found.cohort.id)
    assert together in [{one.enrollment_id for one in draft.members} for draft in second]
    await Match.filter(id=pair.id).update(kind=MatchKind.CIRCLE)
    assert await history_of(manager_of(found), {mentor.person_id}) == (), "who met in a circle is no pair"


async def test_a_run_and_whoever_asks_the_rules_again_know_of_the_same_pairs(found: Market) -> None:
    other = await factories.cohort(await factories.program(found.organization))
    mentor, mentee = found.mentors[0], found.mentees[0]
    again = [await factories.enrollment(other, row.person, row.role) for row in (mentor, mentee)]
    pair, two = await factories.match(*again), {mentor.person_id, mentee.person_id}
    for values in (
        {"state": MatchState.ACTIVE}, {"state": MatchState.DECLINED, "active_at": None},
        {"state": MatchState.CANCELLED, "active_at": clock.now()}, {"state": MatchState.EXPIRED, "active_at": None},
    ):
        await Match.filter(id=pair.id).update(**values)
        told, lived = await history_of(manager_of(found), two), await pairs_lived(manager_of(found), two)
        assert {(one.mentor, one.mentee) for one in told} == {(one.mentor, one.mentee) for one in lived}
        broken = await rules_broken(manager_of(found), found.cohort, [(mentor.id, mentee.id)])
        assert bool(broken) is bool(told) is (values["state"] in (MatchState.ACTIVE, MatchState.DECLINED))


async def test_two_people_are_judged_by_hand_as_in_a_run(found: Market) -> None:
    other = await factories.cohort(await factories.program(found.organization))
    mentor, mentee = found.mentors[0], found.mentees[0]
    (one, two) = [await factories.enrollment(other, row.person, row.role) for row in (mentor, found.mentees[1])]
    before = await tried(manager_of(found), found.cohort.id, mentor.id, mentee.id)
    await factories.match(one, two, state=MatchState.DECLINED)
    by_hand = await tried(manager_of(found), found.cohort.id, mentor.id, mentee.id)
    assert by_hand.fit < before.fit, "somebody turned them down before"
    await run_by_job(manager_of(found), found.cohort.id)
    in_a_run = await MatchSuggestion.get(mentor_enrollment_id=mentor.id, mentee_enrollment_id=mentee.id)
    assert (by_hand.fit, by_hand.confidence) == pytest.approx((in_a_run.fit, in_a_run.confidence), abs=0.01)


async def test_the_draw_counts_its_cycles_in_the_job_too(db: object) -> None:
    peers = await a_group_of_peers()
    drawn = {"pairing": "random", "cycles_apart": 1}
    await Enrollment.filter(id__in=[row.id for row in peers.rows[3:]]).delete()
    await Program.filter(id=peers.program.id).update(rules=drawn, approvals=Approvals.NONE)
    met = []
    for _round in range(5):
        clock.move(timedelta(days=14))
        drafts = await run_by_job(peers.manager, peers.cohort.id)
        met += [frozenset(one.enrollment_id for one in match.members) for match in drafts]
        for match in drafts:
            await matches.publish_match(peers.manager, match.id, undo_within=timedelta())
            await matches.end_match(peers.manager, match.id, ClosureReason.NO_FAULT)
    assert len(met) == 5, "three people have three pairs: the first two meet again"
    assert all(one != other for one, other in pairwise(met))


async def test_weights_of_peers_are_previewed_on_their_people(db: object) -> None:
    peers = await a_group_of_peers()
    found = await preview(peers.manager, peers.program, settings_of(peers.program))
    assert found.trial is not None
    assert (found.trial.now.placed, len(found.trial.now.together), found.trial.moved) == (4, 2, 0)


async def test_of_peers_nothing_is_learned_and_whoever_asks_for_it_hears_so(db: object) -> None:
    peers = await a_group_of_peers()
    with pytest.raises(Conflict) as refusal:
        await start_learning(peers.manager, ProgramType.PEER)
    assert refusal.value.kind == "untaught"
    assert not (await learning_page(peers.manager, ProgramType.PEER)).may_start
