"""The real people, against a dense exact assignment of the same score matrix."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from server.matchmaking.engine import (
    MatchingResult,
    Participant,
    Pool,
    RuleSet,
    Standing,
    rescaled,
    run,
    run_matching,
    weights_for,
)
from server.matchmaking.engine.candidates import scores
from server.programs.states import ParticipantRole, ProgramType
from tests.chance import LONG
from tests.server.matchmaking.engine import checker
from tests.server.matchmaking.people import DataAbsent, real_people, shared_out, synthetic_people

WEIGHTS = weights_for(ProgramType.ONE_TO_ONE)
RULES = RuleSet(grade_gap=(0, 6), common_language=True, wait_bonus=0.0)


@dataclass(frozen=True)
class Exact:
    """The dense optimum: what it is worth with 1 for each person placed, and its plain fit."""

    value: float
    fit: float
    placed: int


def dense_optimum(result: MatchingResult) -> Exact:
    """Hungarian method over every mentee and every single seat; a forbidden pair is worth less than going without."""
    columns = result.market.columns
    ground = run.Ground(result.market, result.factors, run.Steering(np.zeros(len(columns.mentees), np.float32), None))
    table = scores(ground, np.arange(len(columns.mentees))).astype(np.float64)
    seats = np.repeat(np.arange(len(columns.mentors)), columns.mentors.capacity)
    worth = np.where(np.isfinite(table), table + 1, 0.0)[:, seats]
    rows, places = linear_sum_assignment(worth, maximize=True)
    taken = worth[rows, places] > 0
    total = float(worth[rows, places][taken].sum())
    return Exact(total, total - int(taken.sum()), int(taken.sum()))


@pytest.fixture(scope="module")
def people() -> tuple[Participant, ...]:
    try:
        return real_people()
    except DataAbsent as absent:
        pytest.skip(str(absent))


def test_the_real_people_are_matched_as_well_as_is_possible_and_no_rule_is_broken(
    people: tuple[Participant, ...],
) -> None:
    """Volunteers for everybody who wishes, and people of the lists for each other; in `make chaos` every list there is
    (5,690)."""
    everybody = real_people(160, 5690) if LONG else people
    for pool in (Pool(everybody), Pool(shared_out(everybody))):
        result = run_matching(pool, RULES, WEIGHTS)
        at = {(one.role, one.id): one for one in pool.participants}
        for pair in result.pairs:
            mentor, mentee = at[ParticipantRole.MENTOR, pair.mentor], at[ParticipantRole.MENTEE, pair.mentee]
            assert checker.broken(Pool((mentor, mentee)), RULES, mentor, mentee) == []
        assert checker.over_full(pool, RULES, [(pair.mentor, pair.mentee) for pair in result.pairs]) == []
        exact = dense_optimum(result)
        assert len(result.pairs) == exact.placed
        assert result.certificate.value >= 0.9999 * exact.value
        assert result.certificate.total_fit >= 0.9999 * exact.fit
        assert exact.value <= result.certificate.upper_bound + 1e-3
        assert len(result.pairs) + len(result.waitlist) == len(result.market.columns.mentees)


def test_few_candidates_and_prices_come_to_the_same_as_every_pair(
    people: tuple[Participant, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    tight = tuple(
        Participant(**{name: getattr(one, name) for name in one.__slots__} | {"capacity": 1}) for one in people
    )
    monkeypatch.setattr(run, "EVERY_PAIR_UP_TO", 0)
    result = run_matching(Pool(tight), RULES, WEIGHTS, candidates=5)
    exact = dense_optimum(result)
    assert len(result.pairs) == exact.placed
    assert result.certificate.rounds > 0, "five candidates were not enough, so prices had to call for more"
    assert result.certificate.value >= 0.9999 * exact.value
    assert exact.value <= result.certificate.upper_bound + 1e-4, "the bound covers pairs that were no candidates"


def test_two_thousand_people_with_few_candidates_reach_the_exact_optimum() -> None:
    people = synthetic_people(1000, 1000, seed=3)
    rules = RuleSet(grade_gap=(1, 5), common_language=True, min_overlap_half_hours=4, wait_bonus=0.0)
    result = run_matching(Pool(people), rules, WEIGHTS)
    exact = dense_optimum(result)
    assert result.certificate.matched == exact.placed
    assert result.certificate.value >= 0.9999 * exact.value
    assert result.certificate.upper_bound >= exact.value - 1e-3
    assert result.certificate.gap <= 1e-3
    assert result.certificate.violations == 0


def test_scarce_mentors_leave_a_fair_queue() -> None:
    people = synthetic_people(40, 100, seed=5)
    result = run_matching(Pool(people), RuleSet(), WEIGHTS)
    seats = sum(one.capacity for one in people if one.role is ParticipantRole.MENTOR)
    assert len(result.pairs) == min(seats, 100)
    mentees = {one.id: one for one in people}
    order = [(-mentees[one.mentee].waited_cycles, mentees[one.mentee].enrolled_on) for one in result.waitlist]
    assert order == sorted(order)
    assert len(result.pairs) + len(result.waitlist) == 100


def test_two_programmes_rank_the_same_people_differently_and_leave_each_other_alone(
    people: tuple[Participant, ...],
) -> None:
    pool, mentee = Pool(people), next(one.id for one in people if one.role is ParticipantRole.MENTEE)
    goals = rescaled({name: 1.0 for name in WEIGHTS.shares if name == "GOALS"}, ProgramType.ONE_TO_ONE, "goals only")
    fresh = rescaled({name: 1.0 for name in WEIGHTS.shares if name == "STAGE"}, ProgramType.ONE_TO_ONE, "stage only")
    first = run_matching(pool, RULES, goals).candidates_of_mentee(mentee)
    second = run_matching(pool, RULES, fresh).candidates_of_mentee(mentee)
    again = run_matching(pool, RULES, goals).candidates_of_mentee(mentee)
    assert [one.id for one in first] != [one.id for one in second]
    assert first == again


def test_one_newcomer_leaves_all_current_pairs_alone(people: tuple[Participant, ...]) -> None:
    newcomer = next(one for one in people if one.role is ParticipantRole.MENTEE)
    earlier = run_matching(Pool(tuple(one for one in people if one is not newcomer)), RULES, WEIGHTS)
    current = frozenset((pair.mentor, pair.mentee) for pair in earlier.pairs)
    later = run_matching(Pool(people), RULES, WEIGHTS, standing=Standing(current=current))
    pairs = {(pair.mentor, pair.mentee) for pair in later.pairs}
    assert current <= pairs
    assert {mentee for _, mentee in pairs - current} <= {newcomer.id}
