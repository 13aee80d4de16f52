"""Learning from past pairs: what it gains where the truth is known, and what it must never do."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from threadpoolctl import threadpool_limits

from server.matchmaking.engine import MatchingResult, Outlook, Participant, PastPair, Pool, run, run_matching
from server.matchmaking.engine.features import pair_features
from server.matchmaking.engine.learning import examples as examples_module
from server.matchmaking.engine.learning import learn as learning
from server.matchmaking.engine.learning.examples import Examples, cycle_order, read_examples
from server.matchmaking.engine.learning.judging import Verdict
from server.matchmaking.engine.learning.learn import PRIOR_KIND, Learned, StageReport, Trial, learn
from server.matchmaking.engine.learning.model import LEVELLED, LINEAR, TREES, Linear
from server.matchmaking.engine.score import Calibration, Stage, logistic
from tests.server.matchmaking import worlds
from tests.server.matchmaking.engine.populations import mentee, mentor
from tests.server.matchmaking.worlds import RULES, WEIGHTS, World

MENTORS, A_CYCLE, CYCLES = 80, 300, 4


class Firm(NamedTuple):
    """A firm after some cycles of pairs made at random, with newcomers who wait."""

    world: World
    pool: Pool
    learned: Learned


@pytest.fixture(scope="module")
def firm() -> Firm:
    world = worlds.world(MENTORS, seed=5)
    cohorts = [world.newcomers(60, cycle) for cycle in range(CYCLES + 1)]
    past = [one for cycle in range(CYCLES) for one in worlds.at_random(world, cohorts[cycle], A_CYCLE, cycle)]
    earlier = worlds.resting([one for cohort in cohorts[:-1] for one in cohort])
    pool = Pool((*world.mentors, *cohorts[-1], *earlier), history=tuple(past))
    return Firm(world, pool, learn(pool, WEIGHTS))


def linear(learned: Learned, stage: Stage = Stage.ACCEPT) -> Linear:
    scorer = learned.outlook.models[stage].scorer
    assert isinstance(scorer, Linear)
    return scorer


def verdicts(learned: Learned) -> dict[Stage, list[Verdict]]:
    return {one.stage: [trial.verdict for trial in one.trials] for one in learned.stages}


def decider(learned: Learned, stage: Stage = Stage.ACCEPT) -> Trial:
    """The last trial that put a model in force."""
    return next(one for one in reversed(report_on(learned, stage).trials) if one.verdict is Verdict.CHAMPION)


def report_on(learned: Learned, stage: Stage = Stage.ACCEPT) -> StageReport:
    return next(one for one in learned.stages if one.stage is stage)


def told(learned: Learned) -> str:
    """Everything learned, to the last digit."""
    np.set_printoptions(floatmode="unique", threshold=100_000)
    return repr((learned.outlook, learned.stages, learned.confidence))


def test_acceptance_is_learned_and_pairs_are_worth_more_for_it(firm: Firm) -> None:
    assert linear(firm.learned).kind == LINEAR
    trial = decider(firm.learned)
    assert trial.old
    assert trial.new
    assert trial.old.auc
    assert trial.new.auc
    assert (trial.kind, trial.against, trial.new.n) == (LINEAR, LEVELLED, A_CYCLE)
    assert trial.new.auc > trial.old.auc + 0.02
    assert trial.new.log_loss < trial.old.log_loss - 0.005
    report = report_on(firm.learned)
    assert report.latest
    assert report.latest_by_prior
    assert report.latest.auc
    assert report.latest_by_prior.auc
    assert report.latest.auc > report.latest_by_prior.auc + 0.03
    assert report.latest.log_loss < report.latest_by_prior.log_loss - 0.05
    by_weights = worlds.measure(firm.world, run_matching(firm.pool, RULES, WEIGHTS))
    by_outcomes = worlds.measure(firm.world, run_matching(firm.pool, RULES, WEIGHTS, outlook=firm.learned.outlook))
    assert by_outcomes.share_of_best > max(0.88, by_weights.share_of_best + 0.02)


def test_probabilities_come_close_to_the_truth(firm: Firm) -> None:
    examples = read_examples(firm.pool, WEIGHTS)
    people = {one.id: one for one in firm.pool.participants}
    true = np.array([
        firm.world.truth([people[m]], [people[e]])[Stage.ACCEPT][0, 0]
        for e, m in zip(examples.sides[0].who, examples.sides[1].who, strict=True)
    ])
    foretold = firm.learned.outlook.models[Stage.ACCEPT].probability(examples.values)
    assert worlds.calibration_error(foretold, true) < 0.05
    assert worlds.calibration_error(logistic(0.1 + 5 * (examples.scores - 0.6)), true) > 0.1
    assert firm.learned.outlook.calibration == Calibration(calibrated=True, based_on=A_CYCLE * CYCLES)


def test_what_was_learned_is_what_the_truth_holds(firm: Firm) -> None:
    loudest = dict(linear(firm.learned).loudest(40))
    assert loudest["same_department"] - loudest["fit_organisation"] > 0.2
    assert loudest["grade_gap_squared"] < -0.15
    assert sum(loudest[name] for name in ("goal_similarity", "fit_goals", "shared_goal_tags")) > 0.15


def test_the_order_of_rows_and_the_number_of_threads_change_nothing(firm: Firm) -> None:
    people, history = list(firm.pool.participants), list(firm.pool.history)
    Random(3).shuffle(people)
    Random(4).shuffle(history)
    with threadpool_limits(1):
        again = learn(Pool(tuple(people), history=tuple(history)), WEIGHTS)
    assert told(again) == told(firm.learned)


def test_the_pairs_of_the_prior_are_the_same_in_any_order(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples_module, "SAMPLED_PEOPLE", 20)
    turned = replace(firm.pool, participants=firm.pool.participants[::-1])
    one, other = (examples_module.prior_pairs(pool, WEIGHTS) for pool in (firm.pool, turned))
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert np.array_equal(one.scores, other.scores)


def test_the_audit_group_is_never_a_feature(firm: Firm) -> None:
    """Groups judge a model; whatever they are called and whoever is in them, the numbers learned are the same."""
    others = tuple(replace(one, audit_group=str(at % 3)) for at, one in enumerate(firm.pool.participants))
    again = learn(replace(firm.pool, participants=others), WEIGHTS)
    without = learn(replace(firm.pool, participants=tuple(replace(one, audit_group=None) for one in others)), WEIGHTS)
    assert repr(again.outlook) == repr(without.outlook) == repr(firm.learned.outlook)
    assert not [name for name in linear(again).names if "group" in name]


def test_a_model_that_sets_groups_apart_is_refused(firm: Firm) -> None:
    """The groups are the mentors whom the model likes, and the others."""
    model = firm.learned.outlook.models[Stage.ACCEPT]
    liked = dict.fromkeys((one.id for one in firm.world.mentors), 0.0)
    examples = read_examples(firm.pool, WEIGHTS)
    foretold = model.probability(examples.values)
    for who, share in zip(examples.sides[1].who, foretold, strict=True):
        liked[who] += share
    middle = np.median(list(liked.values()))
    split = tuple(
        replace(one, audit_group="x" if liked[one.id] > middle else "y") if one.id in liked else one
        for one in firm.pool.participants
    )
    judged = learn(replace(firm.pool, participants=split), WEIGHTS)
    refused = [one for one in report_on(judged).trials if one.verdict is Verdict.WIDER_GAP]
    assert refused
    assert Verdict.WIDER_GAP not in verdicts(firm.learned)[Stage.ACCEPT]
    assert refused[0].kind not in {
        one.kind for one in report_on(judged).trials
        if one.cycles == refused[0].cycles and one.verdict is Verdict.CHAMPION
    }
    old, new = refused[0].gaps[1]
    assert old is not None
    assert new is not None
    assert new > old


def test_choices_of_managers_teach_nothing(firm: Firm) -> None:
    chosen = tuple(replace(past, by_manager=True, accepted=not past.accepted) for past in firm.pool.history[::3])
    with_them = learn(replace(firm.pool, history=(*firm.pool.history, *chosen)), WEIGHTS)
    assert with_them.examples.left_out.chosen_by_managers == len(chosen)
    assert np.array_equal(with_them.examples.values, firm.learned.examples.values, equal_nan=True)
    assert len(with_them.examples) == len(firm.learned.examples)


def a_history(*pairs: PastPair, people: Sequence[Participant] = ()) -> Examples:
    return read_examples(Pool(tuple(people) or (mentor("m"), mentee("e"), mentee("f")), history=pairs), WEIGHTS)


def test_no_pair_is_foretold_by_its_own_outcome() -> None:
    first = PastPair("m", "e", accepted=True, sessions_held=6, satisfaction=5.0, goals_achieved=1.0, cycle="1")
    bad = replace(first, sessions_held=0, satisfaction=1.0, goals_achieved=0.0)
    after = PastPair("m", "f", accepted=True, cycle="2")
    good_then, bad_then = a_history(first, after), a_history(bad, after)
    at = good_then.names.index("mentor_record")
    assert np.array_equal(good_then.values[0], bad_then.values[0], equal_nan=True)
    assert good_then.values[1, at] > bad_then.values[1, at]


def test_each_stage_is_asked_of_those_who_reached_the_one_before() -> None:
    lives = [
        PastPair("m", "e", accepted=False),
        PastPair("m", "e", accepted=True),
        PastPair("m", "e", accepted=True, sessions_held=1, satisfaction=5.0, goals_achieved=1.0),
        PastPair("m", "e", accepted=True, sessions_held=2, satisfaction=4.0, goals_achieved=0.4),
        PastPair("m", "e", accepted=True, sessions_held=9, satisfaction=3.5, goals_achieved=0.5),
    ]
    found = [a_history(one).labels for one in lives]
    asked = [[None if np.isnan(labels[stage][0]) else int(labels[stage][0]) for stage in Stage] for labels in found]
    assert asked == [[0, None, None, None], [1, None, None, None], [1, 0, None, None], [1, 1, 1, 0], [1, 1, 0, 1]]


def test_people_who_are_not_there_and_pairs_without_an_answer_are_counted_and_left_out() -> None:
    examples = a_history(
        PastPair("m", "e", accepted=True), PastPair("gone", "e", accepted=True), PastPair("m", "f", sessions_held=3),
        PastPair("m", "f", accepted=True, by_manager=True),
    )
    assert len(examples) == 1
    assert examples.left_out == (1, 1, 1)


def test_cycles_stand_in_the_order_of_their_numbers() -> None:
    names = ["10", "2", "", "1"]
    assert sorted(names, key=cycle_order) == ["", "1", "2", "10"]
    assert sorted(["2026-H1", "2025-H2", "Spring 2025"], key=cycle_order) == ["2025-H2", "2026-H1", "Spring 2025"]
    assert sorted(["cohort 12", "Cohort 3"], key=cycle_order) == ["Cohort 3", "cohort 12"]


def test_a_cycle_for_each_day_is_taken_together_with_its_neighbours(firm: Firm) -> None:
    by_day = tuple(
        replace(past, cycle=f"2025-{1 + at // 100:02}-{1 + at % 28:02}") for at, past in enumerate(firm.pool.history)
    )
    learned = learn(replace(firm.pool, history=by_day), WEIGHTS)
    sizes = np.bincount(learned.examples.cycle)
    assert len(learned.examples.cycles) == len(sizes) <= 20
    assert sizes[:-1].min() >= A_CYCLE * CYCLES / 20
    assert learned.examples.cycles[0].startswith("2025-01-01 … 2025-01-")
    assert learned.outlook.models


def test_names_that_sort_alike_stay_in_one_order() -> None:
    names = ["cycle 1", "Cycle 1", "cycle 01", "CYCLE 1"]
    lived = [PastPair("m", "e", accepted=True, cycle=name) for name in names]
    assert a_history(*lived).cycles == a_history(*lived[::-1]).cycles == tuple(sorted(names))


def few(pool: Pool, cycles: Sequence[int], each: int) -> Pool:
    kept = [past for cycle in cycles for past in [one for one in pool.history if one.cycle == str(cycle)][:each]]
    return replace(pool, history=tuple(kept))


@pytest.mark.parametrize(
    ("cycles", "each", "verdict"),
    [((), 0, Verdict.TOO_FEW), ((0, 1), 40, Verdict.TOO_FEW), ((2,), 300, Verdict.ONE_CYCLE)],
)
def test_with_too_little_the_prior_stays(firm: Firm, cycles: Sequence[int], each: int, verdict: Verdict) -> None:
    pool = few(firm.pool, cycles, each)
    learned = learn(pool, WEIGHTS)
    assert verdicts(learned)[Stage.ACCEPT] == [verdict]
    assert learned.outlook == Outlook(Calibration(False, len(cycles) * each))
    assert run_matching(pool, RULES, WEIGHTS).pairs == run_matching(pool, RULES, WEIGHTS, outlook=learned.outlook).pairs


def test_outcomes_without_a_cycle_are_the_earliest(firm: Firm) -> None:
    nameless = tuple(replace(past, cycle=None if past.cycle != "3" else "3") for past in firm.pool.history)
    learned = learn(replace(firm.pool, history=nameless), WEIGHTS)
    assert learned.examples.cycles == ("", "3")
    assert [one.cycles for one in report_on(learned).trials] == [("3",), ("3",)]
    assert linear(learned).kind in (LEVELLED, LINEAR)


def test_models_are_judged_on_whole_cycles_with_enough_in_them_and_before_them() -> None:
    def of(*sizes: int) -> list[tuple[int, int]]:
        return learning.windows(np.repeat(np.arange(len(sizes)), sizes))

    assert of(300, 300, 300, 300) == [(1, 2), (2, 3), (3, 4)]
    assert of(300, 300, 300, 20) == [(1, 2), (2, 4)]
    assert of(60, 60, 60) == [(2, 3)]
    assert of(100, 20, 20, 9) == of(600) == of(90, 60) == of() == []
    assert of(100, 20, 20, 10) == [(1, 4)]


def test_outcomes_that_are_all_alike_are_no_trouble(firm: Firm) -> None:
    alike = tuple(PastPair(past.mentor, past.mentee, accepted=True, cycle=past.cycle) for past in firm.pool.history)
    learned = learn(replace(firm.pool, history=alike), WEIGHTS)
    report = report_on(learned)
    assert report.successes == report.outcomes == len(alike)
    assert report.trials[0].new is not None
    assert report.trials[0].new.auc is None


def test_trees_stand_only_with_thousands_and_must_win_too(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    assert TREES not in {trial.kind for trial in report_on(firm.learned).trials}
    monkeypatch.setattr(learning, "TREES_FROM", 2 * A_CYCLE)
    challenged = report_on(learn(firm.pool, WEIGHTS))
    grown = [trial for trial in challenged.trials if trial.kind == TREES]
    assert [trial.cycles for trial in grown] == [("2",), ("3",)]
    assert challenged.model is not None
    wins = [trial.kind for trial in challenged.trials if trial.verdict is Verdict.CHAMPION]
    assert challenged.model.scorer.kind == wins[-1]


LADDER = (PRIOR_KIND, LEVELLED, LINEAR, TREES)


def test_who_wins_is_in_force_and_only_what_can_tell_more_may_challenge(firm: Firm) -> None:
    in_force = PRIOR_KIND
    for trial in report_on(firm.learned).trials:
        assert trial.against == in_force
        assert LADDER.index(trial.kind) > LADDER.index(in_force)
        if trial.verdict is Verdict.CHAMPION:
            in_force = trial.kind
    assert linear(firm.learned).kind == in_force


def test_when_the_past_no_longer_tells_confidence_is_called_uncalibrated(firm: Firm) -> None:
    """In the last cycle nobody accepts any more."""
    last = tuple(replace(past, accepted=past.accepted and past.cycle != "3") for past in firm.pool.history)
    learned = learn(replace(firm.pool, history=last), WEIGHTS)
    assert learned.outlook.models
    assert learned.confidence is not None
    assert learned.confidence.calibration_error > 0.05
    assert learned.outlook.calibration == Calibration(calibrated=False, based_on=A_CYCLE * CYCLES)


NUMBERS = st.one_of(st.just(np.nan), st.floats(-50, 50))


@settings(max_examples=25, deadline=None)
@given(arrays(np.float64, (3, 4), elements=NUMBERS), arrays(np.float64, 4, elements=st.floats(-3, 3)))
def test_contributions_add_up_to_the_logit_and_the_unknown_adds_nothing(
    values: np.ndarray, coefficients: np.ndarray
) -> None:
    model = Linear(("a", "b", "c", "d"), np.array([0.5, -1, 0, 3]), np.ones(4), coefficients, 0.25)
    parts = model.contributions(values)
    assert parts.sum(axis=1) == pytest.approx(model.logit(values), abs=1e-6)
    assert np.all(parts[:, :4][np.isnan(values)] == 0)
    assert np.all(parts[:, 4] == 0.25)


def test_contributions_of_a_learned_pair_add_up_to_the_logit_of_its_probability(firm: Firm) -> None:
    model, examples = firm.learned.outlook.models[Stage.ACCEPT], firm.learned.examples
    logit = model.correction(linear(firm.learned).contributions(examples.values).sum(axis=1))
    p = model.probability(examples.values)
    assert np.log(p / (1 - p)) == pytest.approx(logit, abs=1e-6)


def test_a_run_takes_its_probabilities_from_the_outlook_and_fit_stays_fit(firm: Firm) -> None:
    result = run_matching(firm.pool, RULES, WEIGHTS, outlook=firm.learned.outlook)
    plain = run_matching(firm.pool, RULES, WEIGHTS)
    assert result.calibration == firm.learned.outlook.calibration
    assert result.certificate.over_all
    assert result.certificate.violations == 0
    assert result.certificate.gap < 1e-3
    for pair, logit in zip(result.pairs, shown_logits(result, firm), strict=True):
        assert pair.p_accept == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-6)
        assert 0 <= pair.confidence <= pair.p_accept <= 1
        assert pair.fit == pytest.approx(plain.explain(pair.mentor, pair.mentee).fit, abs=1e-6)
    first = result.pairs[0]
    moved = {(pair.mentor, pair.mentee): pair.p_accept for pair in result.pairs}
    before = {(pair.mentor, pair.mentee): pair.p_accept for pair in plain.pairs}
    assert all(abs(moved[one] - before[one]) > 1e-4 for one in moved.keys() & before.keys())
    listed = {one.id: one.confidence for one in result.candidates_of_mentee(first.mentee, MENTORS)}
    assert listed[first.mentor] == pytest.approx(first.confidence, abs=1e-9)
    assert result.explain(first.mentor, first.mentee).reasons


def shown_logits(result: MatchingResult, firm: Firm) -> np.ndarray:
    """The sum of what each feature adds to the logit of acceptance, corrected as outcomes asked."""
    columns, model = result.market.columns, firm.learned.outlook.models[Stage.ACCEPT]
    e = np.array([columns.mentees.rows[pair.mentee] for pair in result.pairs])
    m = np.array([columns.mentors.rows[pair.mentor] for pair in result.pairs])
    values = pair_features(columns, result.factors, e, m).values
    return np.asarray(model.correction(linear(firm.learned).contributions(values).sum(axis=1)))


def test_where_not_every_pair_is_listed_models_choose_within_the_lists(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run_matching(firm.pool, RULES, WEIGHTS, outlook=firm.learned.outlook)
    monkeypatch.setattr(run, "EVERY_PAIR_UP_TO", 0)
    listed = run_matching(firm.pool, RULES, WEIGHTS, outlook=firm.learned.outlook, candidates=20)
    assert not listed.certificate.over_all
    assert 0.8 * whole.certificate.value < listed.certificate.value <= whole.certificate.value
    assert len(listed.pairs) == len(whole.pairs)
