"""What the log teaches is what the engine learns of the same pairs; models are plain numbers; runs go by them."""

import json
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from server.kernel import clock
from server.matchmaking.engine import Pool, rescaled
from server.matchmaking.engine.features import feature_names
from server.matchmaking.engine.learning.examples import Examples, prior_pairs, read_examples
from server.matchmaking.engine.learning.learn import learn_from
from server.matchmaking.engine.learning.model import LEVELLED, Line, Linear, Model, Steps
from server.matchmaking.engine.pool import PastPair
from server.matchmaking.engine.score import Stage
from server.matchmaking.engine.weights import Category
from server.matchmaking.learned import numbers
from server.matchmaking.learned.lessons import examples_of
from server.matchmaking.learned.lived import Lived, Taught
from server.matchmaking.learned.teaching import teach
from server.programs.states import ProgramType
from tests.server.matchmaking import worlds
from tests.server.matchmaking.worlds import WEIGHTS

MENTORS, A_CYCLE, CYCLES = 40, 150, 3


class Firm(NamedTuple):
    """A firm that lived through some cycles, and its log as the product would have kept it."""

    people: Pool
    examples: Examples
    log: list[Lived]
    taught: Taught


@pytest.fixture(scope="module")
def firm() -> Firm:
    world = worlds.world(MENTORS, seed=5)
    cohorts = [world.newcomers(40, cycle) for cycle in range(CYCLES)]
    past = [one for cycle in range(CYCLES) for one in worlds.at_random(world, cohorts[cycle], A_CYCLE, cycle)]
    pool = Pool((*world.mentors, *worlds.resting([one for cohort in cohorts for one in cohort])), history=tuple(past))
    examples = read_examples(pool, WEIGHTS)
    log = logged(examples, past)
    return Firm(pool, examples, log, teach(log, pool, WEIGHTS, clock.now()))


def logged(examples: Examples, past: list[PastPair]) -> list[Lived]:
    """Each pair with the features that were known then, in an order of its own."""
    of_pair = {(one.cycle, one.mentor, one.mentee): one for one in past}
    rows = zip(examples.cycle, examples.sides[1].who, examples.sides[0].who, examples.values, strict=True)
    made = [
        Lived(of_pair[examples.cycles[at], mentor, mentee], {
            name: value for name, value in zip(examples.names, values.tolist(), strict=True) if not np.isnan(value)
        })
        for at, mentor, mentee, values in rows
    ]
    return made[::-1]


def test_the_log_played_again_is_what_happened(firm: Firm) -> None:
    again = examples_of(firm.log, WEIGHTS)
    assert again.names == firm.examples.names == feature_names()
    assert np.array_equal(again.values, firm.examples.values, equal_nan=True)
    assert (again.cycle.tolist(), again.cycles) == (firm.examples.cycle.tolist(), firm.examples.cycles)
    for stage in Stage:
        assert np.array_equal(again.labels[stage], firm.examples.labels[stage], equal_nan=True)
    assert np.allclose(again.scores, firm.examples.scores, atol=1e-6)


def test_acceptance_is_learned_and_the_report_says_how_well(firm: Firm) -> None:
    stages = {one["stage"]: one for one in firm.taught.report["stages"]}
    assert stages["ACCEPT"]["in_force"] in ("levelled weights", "logistic regression")
    latest = stages["ACCEPT"]["latest_pairs"]
    assert latest["in_force"]["log_loss"] < latest["prior"]["log_loss"]
    assert all(one["low"] <= one["happened"] <= one["high"] for one in latest["in_force"]["bins"])
    assert firm.taught.report["data"]["learned_from"] == firm.taught.based_on == A_CYCLE * CYCLES
    assert "words" not in json.dumps(firm.taught.report), "codes alone: a page says it in its reader's language"


def test_models_are_plain_numbers_and_read_back_to_the_last_digit(firm: Firm) -> None:
    stored = json.loads(json.dumps(firm.taught.models))
    assert stored
    kept = numbers.load(stored)
    rows, prior = examples_of(firm.log, WEIGHTS), prior_pairs(firm.people, WEIGHTS)
    fresh = learn_from(rows, prior, known=0, with_trees=False).outlook.models
    assert kept.keys() == fresh.keys()
    for stage, model in kept.items():
        assert np.allclose(model.probability(firm.examples.values), fresh[stage].probability(firm.examples.values))


def test_weights_set_right_follow_the_programme_and_steps_are_kept() -> None:
    names = feature_names()
    coefficients = np.zeros(len(names))
    coefficients[:9] = 2 * np.array(WEIGHTS.vector)
    flat = np.ones(len(names))
    levelled = Model(Linear(names, flat * 0.6, flat, coefficients, -0.5, LEVELLED), "none", Line(1.0, 0.0))
    stepped = replace(levelled, calibration="isotonic", correction=Steps(np.array([-1.0, 1.0]), np.array([-2.0, 2.0])))
    stored = numbers.dump({Stage.ACCEPT: levelled, Stage.MEET: stepped})
    goals_alone = rescaled({Category.GOALS: 1.0}, ProgramType.ONE_TO_ONE, "own")
    read = {stage: model.by(goals_alone) for stage, model in numbers.load(stored).items()}
    assert read[Stage.ACCEPT].scorer.coefficients[:9].tolist() == pytest.approx([2.0, *[0.0] * 8])
    assert read[Stage.MEET].correction(np.array([1.0])).tolist() == [2.0]
    stored["ACCEPT"]["names"] = stored["ACCEPT"]["names"][1:]
    assert numbers.load(stored).keys() == {Stage.MEET}, "an engine with other features makes a model useless"


def test_what_teaches_nothing_is_counted(firm: Firm) -> None:
    first, second, third = firm.log[:3]
    others = [
        first._replace(features={}), second._replace(past=replace(second.past, by_manager=True)),
        third._replace(past=replace(third.past, accepted=None)),
    ]
    found = examples_of([*firm.log[3:], *others], WEIGHTS)
    assert (len(found), tuple(found.left_out)) == (A_CYCLE * CYCLES - 3, (1, 1, 1))
    assert teach([], Pool(()), WEIGHTS, clock.now())._asdict().items() >= {"models": {}, "based_on": 0}.items()
