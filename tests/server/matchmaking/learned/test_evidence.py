"""What the log of proposals says of a pair, whoever proposed it: the same as the engine said, and nothing protected."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from server.journey.asking.actions import ask_for_match
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches.models import Match, Proposal
from server.matches.queries import sides, visible_match
from server.matches.states import MatchOrigin, MatchState
from server.matchmaking import actions
from server.matchmaking.engine import Pool, RuleSet, run_matching, weights_for
from server.matchmaking.engine.score import PRIOR_VERSION
from server.matchmaking.learned.evidence import stored_evidence
from server.matchmaking.models import MatchSuggestion
from server.matchmaking.runs import actions as runs
from server.programs.models import Program
from server.programs.states import ProgramType
from tests import factories
from tests.server.matchmaking.people import synthetic_people
from tests.web.console.market import Market, drafts_of, market


@pytest.fixture
async def found(db: object) -> Market:
    made = await market(capacity=2)
    await Program.filter(id=made.program.id).update(mentees_may_ask=True)
    await runs.run_matching(system_actor(made.organization.id), made.cohort.id, seed=5)
    return made


async def test_each_draft_of_a_run_is_in_the_log_as_its_suggestion_says(found: Market) -> None:
    log = await Proposal.filter(organization_id=found.organization.id)
    assert {row.match_id for row in log} == {row.id for row in await drafts_of(found)}
    for row in log:
        pair = {"mentor_enrollment_id": row.mentor_enrollment_id, "mentee_enrollment_id": row.mentee_enrollment_id}
        said = await MatchSuggestion.get(run_id=row.run_id, chosen=True, **pair)
        assert row.fit == pytest.approx(said.fit, abs=0.01)
        assert row.confidence == pytest.approx(said.confidence, abs=1e-4)
        assert said.evidence == {"features": row.features, "rank_for_mentor": row.rank_for_mentor}
        assert row.rank_for_mentee == said.rank + 1
        assert set(row.shown) == {str(one.id) for one in found.mentors}
        assert row.shown[said.rank] == str(row.mentor_enrollment_id), "the best first"
        assert (row.model_version, row.seed, row.propensity) == (PRIOR_VERSION, 5, 1.0)
        assert {"fit_goals", "shared_hours", "grade_gap"} <= row.features.keys()


async def test_another_choice_and_the_next_one_keep_what_the_run_said_of_them(found: Market) -> None:
    manager = factories.manager_of(found.manager, found.program)
    first = await visible_match(manager, (await drafts_of(found))[0].id)
    mentor, mentee = sides(first)
    other = next(row for row in found.mentors if row.id != mentor.enrollment_id)
    made = await actions.choose_another(manager, first.id, other.id, "They know each other's field.")
    by_hand = await Proposal.get(match_id=made.id)
    assert (by_hand.origin, by_hand.decided_by) == (MatchOrigin.MANAGER, str(found.manager.id))
    assert (by_hand.propensity, len(by_hand.shown)) == (None, 2)
    await matches.publish_match(manager, made.id, undo_within=timedelta())
    await matches.decline_match(factories.actor_of(await mentee.person), made.id)
    await drain()
    following = await Match.get(state=MatchState.DRAFT, members__enrollment_id=mentee.enrollment_id)
    row = await Proposal.get(match_id=following.id)
    said = await MatchSuggestion.get(
        run_id=row.run_id, mentor_enrollment_id=row.mentor_enrollment_id, mentee_enrollment_id=mentee.enrollment_id
    )
    assert (row.origin, row.decided_by) == (MatchOrigin.ENGINE, "system")
    assert (row.features, row.fit) == ((said.evidence or {})["features"], said.fit)


@pytest.mark.parametrize("after_a_run", [True, False])
async def test_an_own_request_keeps_whom_one_was_shown(found: Market, after_a_run: bool) -> None:
    if not after_a_run:
        await MatchSuggestion.filter(organization_id=found.organization.id).delete()
    own = found.mentees[0]
    asked = await ask_for_match(factories.actor_of(own.person), own.id, found.mentors[1].id)
    row = await Proposal.get(match_id=asked.id)
    assert (row.origin, row.decided_by, row.propensity) == (MatchOrigin.MENTEE, str(own.person_id), None)
    assert set(row.shown) == {str(one.id) for one in found.mentors}
    assert row.features["fit_goals"] < 1
    assert asked.based_on == 0


def test_ranks_for_a_mentor_begin_with_the_best_and_groups_never_enter() -> None:
    people = synthetic_people(12, 30, seed=4)
    plain, grouped = ([replace(one, audit_group=group(at)) for at, one in enumerate(people)]
                      for group in (lambda _at: None, lambda at: "AB"[at % 2]))
    told = [evidence_of_all(Pool(tuple(those))) for those in (plain, grouped)]
    assert told[0] == told[1], "no audit group changes what is noted"
    by_mentor: dict[str, list[tuple[float, int]]] = {}
    for (mentor, _mentee), (score, rank, _features) in told[0].items():
        by_mentor.setdefault(mentor, []).append((score, rank))
    for listed in by_mentor.values():
        assert [rank for _score, rank in sorted(listed, key=lambda one: one[1])] == list(range(1, len(listed) + 1))
        assert sorted(listed, key=lambda one: one[1]) == sorted(listed, key=lambda one: (-one[0], one[1]))
    names = {name for _score, _rank, features in told[0].values() for name in features}
    assert not [name for name in names if any(word in name for word in ("group", "gender", "age_", "birth", "rating"))]


def evidence_of_all(pool: Pool) -> Mapping[tuple[str, str], tuple[float, int, dict[str, float]]]:
    result = run_matching(pool, RuleSet(), weights_for(ProgramType.ONE_TO_ONE))
    columns, arcs = result.market.columns, result.arcs
    pairs = [(columns.mentors.people[m].id, columns.mentees.people[e].id) for e, m in zip(arcs.e, arcs.m, strict=True)]
    kept = stored_evidence(result, pairs)
    return {
        pair: (float(score), one["rank_for_mentor"], one["features"])
        for pair, score, one in zip(pairs, arcs.score, kept, strict=True)
    }
