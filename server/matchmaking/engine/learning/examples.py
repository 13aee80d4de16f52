"""Past pairs as rows to learn from: what was known of a pair before its cycle, and what it came to at each stage."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.columns import build
from server.matchmaking.engine.factor import build_factors, score
from server.matchmaking.engine.features import Numbers, pair_features
from server.matchmaking.engine.learning.judging import Side
from server.matchmaking.engine.pool import Participant, PastPair, Pool
from server.matchmaking.engine.score import Stage
from server.matchmaking.engine.weights import Weights
from server.programs.states import ParticipantRole

MET, SATISFIED_FROM, GOAL_FROM = 2, 4, 0.5
"""Two sessions held, four of five points, half of the goals: from there on a stage counts as reached (matching.md,
section 5; the share of goals is ours)."""
MOST_CYCLES = 20
"""Beyond so many, cycles are taken together until each holds its share of the pairs."""
PRIOR_PAIRS, SAMPLED_PEOPLE = 1000, 400
"""How many pairs carry the prior's opinion, drawn among how many people of each side."""


class LeftOut(NamedTuple):
    """Past pairs that taught nothing, and why."""

    unknown_people: int
    chosen_by_managers: int
    without_answer: int


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of pairs in the order of cycle, mentor and mentee.

    `values` holds the features (NaN: not known), `scores` the fit by the programme's own `weights` (0 to 1), `labels` 1
    or 0 for each stage and NaN for a pair that never came to be asked. `cycle` counts from 0, `cycles` names them.
    `sides` are the mentees and the mentors with their audit groups, which judge a model and never enter one.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    values: Numbers
    scores: Numbers
    labels: dict[Stage, Numbers]
    cycle: NDArray[np.intp]
    cycles: tuple[str, ...]
    sides: tuple[Side, Side]
    left_out: LeftOut

    def __len__(self) -> int:
        return len(self.scores)


class PriorPairs(NamedTuple):
    """Pairs of the pool that stand for the prior wherever nobody has tried: features and scores."""

    values: Numbers
    scores: Numbers


def read_examples(pool: Pool, weights: Weights) -> Examples:
    """The past pairs of a pool of which an answer is known, each seen as before its own cycle.

    A person's record is made of earlier cycles alone, or a pair would be predicted by its own outcome. Everything else
    about people is what the pool says of them now.
    """
    sides = [{one.who: one for one in pool.participants if one.role is role} for role in _SIDES]
    known = [past for past in pool.history if past.mentor in sides[0] and past.mentee in sides[1]]
    free = [past for past in known if not past.by_manager]
    told = sorted((past for past in free if past.accepted is not None), key=order_of)
    cycle, cycles = cycles_of(told)
    seen = [_seen(told, cycle, at, sides, weights) for at in range(len(cycles))]
    return Examples(
        names=seen[0].names if seen else (),
        weights=weights.vector,
        values=np.vstack([one.values for one in seen]) if seen else np.zeros((0, 0)),
        scores=np.concatenate([one.scores for one in seen]) if seen else np.zeros(0),
        labels={stage: np.array([label_of(past, stage) for past in told], np.float64) for stage in Stage},
        cycle=cycle,
        cycles=cycles,
        sides=(_side(told, sides[1], "mentee"), _side(told, sides[0], "mentor")),
        left_out=LeftOut(len(pool.history) - len(known), len(known) - len(free), len(free) - len(told)),
    )


def prior_pairs(pool: Pool, weights: Weights) -> PriorPairs:
    """Pairs drawn over the whole pool, also such as no run would propose: there the prior keeps its say.

    The draw depends on ids alone, never on the order of rows.
    """
    people = [_sampled(pool, role) for role in _SIDES]
    columns = build(Pool((*people[0], *people[1]), history=pool.history))
    factors = build_factors(columns, weights)
    dice = np.random.default_rng(0)
    e, m = (dice.integers(0, max(1, len(side)), PRIOR_PAIRS) for side in (columns.mentees, columns.mentors))
    return PriorPairs(pair_features(columns, factors, e, m).values, score(factors.fits(e, m), weights))


def cycle_order(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts names of cycles by the numbers in them: cycle 2 before cycle 10, 2025-H2 before 2026-H1."""
    return [
        (0, *_by_size(part)) if part.isdecimal() else (1, 0, part.casefold())
        for part in re.split(r"(\d+)", name.strip()) if part
    ]


def _by_size(digits: str) -> tuple[int, str]:
    """A key that sorts whole numbers, also such as are too long to be one for Python."""
    told = digits.lstrip("0")
    return len(told), told


_SIDES = (ParticipantRole.MENTOR, ParticipantRole.MENTEE)


class _Seen(NamedTuple):
    names: tuple[str, ...]
    values: Numbers
    scores: Numbers


def order_of(past: PastPair) -> tuple[object, ...]:
    """A key that sorts past pairs by cycle, mentor and mentee."""
    return cycle_order(past.cycle or ""), past.cycle or "", past.mentor, past.mentee, repr(past)


def cycles_of(told: Sequence[PastPair]) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """The cycle of each pair as a number from 0, and what cycles are called; pairs come in the order of their cycles.

    Where each day or pair has a cycle of its own, neighbours are taken together: each cycle costs a model.
    """
    sizes = Counter(past.cycle or "" for past in told)
    least = len(told) / MOST_CYCLES if len(sizes) > MOST_CYCLES else 0
    joined: list[list[str]] = []
    held = least
    for name, size in sizes.items():
        if held >= least:
            joined.append([])
            held = 0
        joined[-1].append(name)
        held += size
    number = {name: at for at, names in enumerate(joined) for name in names}
    called = tuple(names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}" for names in joined)
    return np.array([number[past.cycle or ""] for past in told], np.intp), called


def _seen(
    told: Sequence[PastPair], cycle: NDArray[np.intp], now_at: int, sides: Sequence[dict[str, Participant]],
    weights: Weights,
) -> _Seen:
    """The pairs of one cycle, with the records that people had before it."""
    now = [past for past, at in zip(told, cycle, strict=True) if at == now_at]
    before = tuple(past for past, at in zip(told, cycle, strict=True) if at < now_at)
    mentors, mentees = ({getattr(past, side) for past in now} for side in ("mentor", "mentee"))
    people = [*(sides[0][name] for name in mentors), *(sides[1][name] for name in mentees)]
    columns = build(Pool(tuple(people), history=before))
    factors = build_factors(columns, weights)
    row_e, row_m = columns.mentees.by_person, columns.mentors.by_person
    e, m = np.array([row_e[past.mentee] for past in now]), np.array([row_m[past.mentor] for past in now])
    features = pair_features(columns, factors, e, m)
    return _Seen(features.names, features.values, score(factors.fits(e, m), weights))


def label_of(past: PastPair, stage: Stage) -> float:
    """1 or 0 for a stage that a past pair reached or not, NaN where it was never asked or nobody knows."""
    met = past.accepted and past.sessions_held is not None and past.sessions_held >= MET
    reached = {
        Stage.ACCEPT: past.accepted,
        Stage.MEET: met if past.accepted and past.sessions_held is not None else None,
        Stage.SATISFIED: past.satisfaction >= SATISFIED_FROM if met and past.satisfaction is not None else None,
        Stage.GOAL: past.goals_achieved >= GOAL_FROM if met and past.goals_achieved is not None else None,
    }[stage]
    return np.nan if reached is None else float(reached)


def _side(told: Iterable[PastPair], people: dict[str, Participant], name: str) -> Side:
    who = tuple(getattr(past, name) for past in told)
    return Side(who, tuple(people[one].audit_group or "" for one in who))


def _sampled(pool: Pool, role: ParticipantRole) -> list[Participant]:
    people = sorted((one for one in pool.participants if one.role is role), key=lambda one: one.id)
    dice = np.random.default_rng(1)
    chosen = dice.permutation(len(people))[:SAMPLED_PEOPLE]
    return [replace(people[at], capacity=1) for at in sorted(chosen)]
