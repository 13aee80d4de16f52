"""A made-up firm in which it is known how likely each pair is to accept, to meet, to be satisfied and to get there.

The truth is written in facts about people, never in the engine's own numbers, and holds two things no engine can see:
how good a mentor is, and chance. It disagrees with the factory weights where firms do: people like their own
department, and three grades between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array

from server.matchmaking.engine import Participant, PastPair, RuleSet, weights_for
from server.matchmaking.engine.candidates import Ground, Steering, scores
from server.matchmaking.engine.result import MatchingResult
from server.matchmaking.engine.score import Stage, logistic
from server.programs.states import ProgramType
from tests.server.matchmaking.people import synthetic_people

Table = NDArray[np.float64]
WEIGHTS = weights_for(ProgramType.ONE_TO_ONE)
RULES = RuleSet(grade_gap=(0, 6), common_language=True, min_overlap_half_hours=4, wait_bonus=0.0, repeat=False)
DEPARTMENTS = 6


@dataclass(frozen=True)
class World:
    """Mentors who stay, mentees who come anew each cycle, and the truth about any two of them."""

    mentors: tuple[Participant, ...]
    quality: dict[str, float]
    level: float
    dice: np.random.Generator

    def newcomers(self, count: int, cycle: int) -> tuple[Participant, ...]:
        """The mentees of one cycle."""
        made = synthetic_people(0, count, seed=10_000 + cycle)
        return tuple(_placed(replace(one, id=f"c{cycle}{one.id}", manager=None, prefers=(), avoids=()))
                     for one in made)

    def truth(self, mentors: Sequence[Participant], mentees: Sequence[Participant]) -> dict[Stage, Table]:
        """The chance of each stage, mentee by mentor."""
        hours = np.array([[(e.availability & m.availability).bit_count() / 2 for m in mentors] for e in mentees])
        near = np.stack([e.goal_vector for e in mentees]) @ np.stack([m.skill_vector for m in mentors]).T
        shared = np.array([[len(set(e.goal_tags) & set(m.skill_tags)) for m in mentors] for e in mentees])
        gap = np.array([[m.grade - e.grade for m in mentors] for e in mentees])
        home = np.array([[e.department == m.department for m in mentors] for e in mentees])
        able, answers, missed = (np.array([of(m) for m in mentors])[None, :] for of in (
            lambda m: self.quality[m.id], lambda m: m.response_rate, lambda m: m.noshow_rate,
        ))
        help_given = 2.5 * np.clip(near, 0, 0.8) + 0.8 * (shared > 0)
        free, apart = np.minimum(hours, 6), (gap - 3.0) ** 2
        return {
            Stage.ACCEPT: logistic(
                self.level - 1.6 + help_given + 0.25 * free - 0.15 * apart + 0.9 * home + 2 * (answers - 0.8) + able
            ),
            Stage.MEET: logistic(-0.6 + 0.35 * free + 0.4 * help_given - 5 * missed + 0.5 * able),
            Stage.SATISFIED: logistic(-0.3 + help_given + able + 0.5 * home),
            Stage.GOAL: logistic(-0.8 + help_given + 0.5 * able),
        }

    def lived(self, pairs: Sequence[tuple[Participant, Participant]], cycle: int) -> list[PastPair]:
        """What pairs (mentor, mentee) came to, chance included."""
        return [self._lived(one, other, str(cycle)) for one, other in pairs]

    def _lived(self, mentor: Participant, mentee: Participant, cycle: str) -> PastPair:
        share = {stage: float(table[0, 0]) for stage, table in self.truth([mentor], [mentee]).items()}
        happened = {stage: bool(self.dice.random() < share[stage]) for stage in Stage}
        if not happened[Stage.ACCEPT]:
            return PastPair(mentor.id, mentee.id, accepted=False, cycle=cycle)
        sessions = int(self.dice.integers(2, 8)) if happened[Stage.MEET] else int(self.dice.integers(0, 2))
        return PastPair(
            mentor.id, mentee.id, accepted=True, sessions_held=sessions, cycle=cycle,
            satisfaction=float(self.dice.integers(4, 6) if happened[Stage.SATISFIED] else self.dice.integers(1, 4)),
            goals_achieved=float(happened[Stage.GOAL]),
        )


def world(mentors: int, seed: int, level: float = 0.0) -> World:
    """A firm of its own for each seed; `level` is added to the logit of acceptance."""
    dice = np.random.default_rng(seed)
    made = synthetic_people(mentors, 0, seed=seed)
    staff = tuple(_placed(replace(one, id=f"m{one.id}", manager=None, prefers=(), avoids=())) for one in made)
    return World(staff, {one.id: float(dice.normal(0, 0.4)) for one in staff}, level, dice)


def _placed(one: Participant) -> Participant:
    number = int(str(one.department).split()[-1]) % DEPARTMENTS
    return replace(one, department=f"Department {number}")


def at_random(found: World, mentees: Sequence[Participant], count: int, cycle: int) -> list[PastPair]:
    """Pairs drawn at random, as a firm without any engine makes them."""
    picks = found.dice.choice(len(found.mentors) * len(mentees), count, replace=False)
    pairs = [(found.mentors[at % len(found.mentors)], mentees[at // len(found.mentors)]) for at in picks]
    return found.lived(pairs, cycle)


def resting(people: Sequence[Participant]) -> list[Participant]:
    """Mentees of earlier cycles: known, and looking for nobody now."""
    return [replace(one, capacity=0) for one in people]


@dataclass(frozen=True)
class Measured:
    """What a result is worth in truth, as a share of the best possible, and how true its probabilities are."""

    share_of_best: float
    foretold: dict[str, Table]
    true: dict[str, Table]


def measure(found: World, result: MatchingResult) -> Measured:
    """Hold a result against the truth."""
    columns = result.market.columns
    truth = found.truth(columns.mentors.people, columns.mentees.people)
    accept, meet = truth[Stage.ACCEPT], truth[Stage.ACCEPT] * truth[Stage.MEET]
    e = np.array([columns.mentees.rows[pair.mentee] for pair in result.pairs])
    m = np.array([columns.mentors.rows[pair.mentor] for pair in result.pairs])
    return Measured(
        share_of_best=float(meet[e, m].sum()) / best_possible(result, meet),
        foretold={
            "p_accept": np.array([pair.p_accept for pair in result.pairs]),
            "confidence": np.array([pair.confidence for pair in result.pairs]),
        },
        true={"p_accept": accept[e, m], "confidence": meet[e, m]},
    )


def best_possible(result: MatchingResult, truth: Table) -> float:
    """The most that any assignment within the rules could be worth, by somebody who knows the truth."""
    columns = result.market.columns
    nothing = csr_array(truth.shape, dtype=np.float32)
    steering = Steering(np.zeros(len(columns.mentees), np.float32), nothing)
    allowed = np.isfinite(scores(Ground(result.market, result.factors, steering), np.arange(len(columns.mentees))))
    looking = np.flatnonzero(columns.mentees.capacity > 0)
    seats = np.repeat(np.arange(len(columns.mentors)), columns.mentors.capacity)
    worth = np.where(allowed, truth, 0.0)[np.ix_(looking, seats)]
    return float(worth[linear_sum_assignment(worth, maximize=True)].sum())


def calibration_error(foretold: Table, true: Table, bins: int = 10) -> float:
    """The mean distance of ten equal bins from the true chance in them."""
    parts = np.array_split(np.argsort(foretold, kind="stable"), bins)
    apart = sum(abs(foretold[rows].mean() - true[rows].mean()) * len(rows) for rows in parts)
    return float(apart / len(foretold))
