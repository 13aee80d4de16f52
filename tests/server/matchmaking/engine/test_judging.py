"""How good probabilities are against what happened, and which model may replace which."""

import numpy as np
import pytest

from server.matchmaking.engine.learning.calibrating import ISOTONIC_FROM, SIGMOID_FROM, Foretold, calibrated
from server.matchmaking.engine.learning.judging import (
    LARGEST_ERROR,
    Side,
    Verdict,
    gap,
    is_wider,
    judge,
    quality,
    wilson,
)
from server.matchmaking.engine.learning.model import Linear
from server.matchmaking.engine.score import logistic

NOBODY = Side((), ())
PLAIN = Linear(("x",), np.zeros(1), np.ones(1), np.ones(1), 0.0)


def drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """True chances, and outcomes drawn from them."""
    dice = np.random.default_rng(seed)
    chance = dice.uniform(0.05, 0.95, n)
    return chance, (dice.random(n) < chance).astype(np.float64)


def test_the_wilson_band_is_the_published_one() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


def test_true_probabilities_have_no_error_beyond_chance() -> None:
    for seed in range(5):
        found = quality(*drawn(400, seed))
        assert found.calibration_error < min(0.04, found.raw_error)
        assert [one.n for one in found.bins] == [100] * 4
        assert found.bins[0].low < found.bins[0].happened < found.bins[0].high


def test_probabilities_that_are_off_are_found_to_be_off_by_as_much() -> None:
    chance, outcomes = drawn(4000)
    found = quality(np.clip(chance * 0.6, 0, 1), outcomes)
    assert found.calibration_error == pytest.approx(0.2, abs=0.02)
    assert len(found.bins) == 10
    assert found.auc == pytest.approx(quality(chance, outcomes).auc)


def test_a_sure_mistake_costs_much_and_not_without_end() -> None:
    found = quality(np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    assert 10 < found.log_loss < 20
    assert found.auc == 0


def test_a_better_and_true_model_is_taken() -> None:
    chance, outcomes = drawn(1000)
    assert judge(chance, np.full(1000, 0.5), outcomes, [NOBODY]) is Verdict.CHAMPION
    assert judge(np.full(1000, 0.5), chance, outcomes, [NOBODY]) is Verdict.NOT_BETTER
    assert judge(chance, chance, outcomes, [NOBODY]) is Verdict.NOT_BETTER


def test_better_by_no_more_than_chance_is_not_better() -> None:
    chance, outcomes = drawn(60)
    nearly = np.clip(chance + np.where(np.arange(60) % 2, 0.004, -0.004), 0.01, 0.99)
    assert {judge(chance, nearly, outcomes, []), judge(nearly, chance, outcomes, [])} <= {
        Verdict.NOT_BETTER, Verdict.CHAMPION,
    }
    assert judge(np.array([0.9]), np.array([0.1]), np.array([1.0]), []) is Verdict.NOT_BETTER


def test_a_better_model_that_is_not_true_is_not_taken() -> None:
    chance, outcomes = drawn(2000)
    too_low = chance * 0.8
    assert quality(too_low, outcomes).calibration_error > LARGEST_ERROR
    assert judge(too_low, np.full(2000, 0.5), outcomes, []) is Verdict.NOT_CALIBRATED


def groups_of(n: int) -> Side:
    return Side(tuple(str(at) for at in range(n)), tuple("a" if at % 2 else "b" for at in range(n)))


def test_a_model_that_sets_groups_apart_is_not_taken() -> None:
    dice = np.random.default_rng(1)
    chance = np.where(np.arange(1000) % 2, 0.75, 0.35)
    outcomes = (dice.random(1000) < chance).astype(np.float64)
    level = np.full(1000, 0.55)
    assert judge(chance, level, outcomes, [NOBODY, groups_of(1000)]) is Verdict.WIDER_GAP
    assert judge(chance, level, outcomes, [NOBODY]) is Verdict.CHAMPION
    assert gap(chance, groups_of(1000).groups) == pytest.approx(0.4)


def test_groups_drawn_by_lot_do_not_stand_in_the_way() -> None:
    chance, _ = drawn(1000)
    lots = [tuple(np.random.default_rng(at).choice(["a", "b"], 1000)) for at in range(60)]
    wider = sum(is_wider(chance, np.full(1000, 0.5), Side(groups_of(1000).who, lot)) for lot in lots)
    assert wider <= 2


def test_the_pairs_of_one_person_count_as_one_chance() -> None:
    """Two mentors differ, each in a hundred pairs: that two people differ says nothing about their groups."""
    who = tuple(str(at // 100) for at in range(2000))
    groups = tuple("a" if at // 100 % 2 else "b" for at in range(2000))
    chance = np.repeat(np.random.default_rng(2).uniform(0.2, 0.8, 20), 100)
    assert not is_wider(chance, np.full(2000, 0.5), Side(who, groups))
    assert is_wider(chance, np.full(2000, 0.5), Side(tuple(map(str, range(2000))), groups))


def test_a_group_of_a_few_is_not_compared() -> None:
    groups = ("a",) * 7 + ("b",) * 20 + ("",) * 30
    assert gap(np.linspace(0, 1, 57), groups) is None


def foretold(logits: np.ndarray, chance: np.ndarray, seed: int = 3) -> Foretold:
    """Two cycles: the first teaches a calibration, the second judges it."""
    outcomes = (np.random.default_rng(seed).random(len(logits)) < chance).astype(np.float64)
    return Foretold(logits, outcomes, (np.arange(len(logits)) >= len(logits) // 2).astype(np.intp))


LOGITS = np.random.default_rng(0).normal(0, 1.5, 2 * ISOTONIC_FROM)


def test_true_logits_are_left_nearly_alone() -> None:
    for seed in range(5):
        model = calibrated(PLAIN, foretold(LOGITS, logistic(LOGITS), seed))
        assert model.probability(LOGITS[:, None]) == pytest.approx(logistic(LOGITS), abs=0.07)


def test_logits_that_are_too_steep_are_straightened() -> None:
    model = calibrated(PLAIN, foretold(3 * LOGITS, logistic(LOGITS - 0.5)))
    assert model.calibration == "sigmoid"
    assert model.probability(3 * LOGITS[:, None]) == pytest.approx(logistic(LOGITS - 0.5), abs=0.1)


def test_with_few_outcomes_a_model_mostly_keeps_its_opinion_and_with_fewer_all_of_it() -> None:
    some = LOGITS[:SIGMOID_FROM]
    model = calibrated(PLAIN, foretold(some, logistic(some - 2)))
    assert model.calibration == "sigmoid"
    assert -1.5 < model.correction(np.zeros(1))[0] < -0.5
    model = calibrated(PLAIN, foretold(some[1:], logistic(some[1:] - 2)))
    assert model.calibration == "none"
    assert model.probability(some[:, None]) == pytest.approx(logistic(some))


STEEP = np.random.default_rng(4).normal(0, 1.5, 3 * ISOTONIC_FROM)


def test_many_outcomes_may_ask_for_any_rising_shape() -> None:
    model = calibrated(PLAIN, foretold(STEEP, np.where(STEEP > 0.5, 0.9, 0.2)))
    assert model.calibration == "isotonic"
    low, high = model.probability(np.array([[-1.0], [1.5]]))
    assert (low, high) == (pytest.approx(0.2, abs=0.06), pytest.approx(0.9, abs=0.06))
    line = model.probability(np.linspace(-9, 9, 200)[:, None])
    assert np.all(np.diff(line) > 0)
    assert 0 < line[0] < line[-1] < 1


def test_one_outcome_short_of_a_thousand_stays_straight() -> None:
    some = STEEP[: 2 * ISOTONIC_FROM - 2]
    assert calibrated(PLAIN, foretold(some, np.where(some > 0.5, 0.9, 0.2))).calibration == "sigmoid"
