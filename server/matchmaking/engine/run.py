"""One matching run from people to pairs, with the proof that no other choice would have been worth more."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from server.matchmaking.engine import assign
from server.matchmaking.engine.candidates import (
    BLOCK_CELLS,
    Arcs,
    Ground,
    Steering,
    scores,
    search,
    union,
)
from server.matchmaking.engine.columns import Columns, build
from server.matchmaking.engine.constraints import (
    Market,
    RuleCode,
    RuleSet,
    broken_rules,
    mark_paired,
    open_market,
    over_capacity,
    violations,
)
from server.matchmaking.engine.factor import build_factors, score
from server.matchmaking.engine.learning.outlook import Outlook, untaught
from server.matchmaking.engine.lessons.taught import taught
from server.matchmaking.engine.pool import Pool, Standing
from server.matchmaking.engine.result import Certificate, MatchedPair, MatchingResult, Origin, RefusedPin
from server.matchmaking.engine.waitlist import queue
from server.matchmaking.engine.watch import Step, Watch
from server.matchmaking.engine.weights import Shape, Weights

__all__ = ["ENGINE_VERSION", "MatchingResult", "run_matching"]

ENGINE_VERSION = "6"
EVERY_PAIR_UP_TO = 400_000
"""Up to this many pairs all of them are candidates; beyond, the best of each mentee, and who prices then call for."""
CANDIDATES, WHEN_TIGHT, NEWCOMERS, MAX_ROUNDS = 50, 100, 10, 3
"""Mentors listed for each mentee: more where places nearly equal the wish for them, since there a longer list costs
less than another round (matching.md section 2; benchmarks/matching.py). A round adds NEWCOMERS where in doubt."""
GOOD_ENOUGH_GAP, ROUNDING = 2e-5, 1e-9


class Frozen(NamedTuple):
    """Pairs that stand before the run begins: rows of mentees and mentors, and whether each was pinned."""

    e: NDArray[np.intp]
    m: NDArray[np.intp]
    pinned: NDArray[np.bool_]
    refused: tuple[RefusedPin, ...]


class Solved(NamedTuple):
    """What the rounds came to."""

    arcs: Arcs
    taken: NDArray[np.bool_]
    best: NDArray[np.float64]
    price: NDArray[np.float64]
    value: float
    upper_bound: float
    rounds: int
    over_all: bool


def run_matching(
    pool: Pool,
    rules: RuleSet,
    weights: Weights,
    *,
    standing: Standing | None = None,
    seed: int = 0,
    candidates: int | None = None,
    watch: Watch | None = None,
    outlook: Outlook | None = None,
) -> MatchingResult:
    """Match a whole pool. The same input gives the same result, whatever the order of people and number of threads.

    `candidates` is how many mentors are listed for each mentee; None lets the engine choose, which lists all of them in
    pools of up to EVERY_PAIR_UP_TO pairs. `watch` tells others how far it is, and lets them stop it. `outlook` is what
    `learn` made of past pairs: where it holds models, pairs are chosen by what they are expected to come to, and
    otherwise by fit.

    Raises:
        ValueError: a pin names somebody who is not in the pool.
        Stopped: `watch` was asked to stop.
    """
    return match_columns(
        build(pool, seed), rules, weights, standing or Standing(), seed=seed, candidates=candidates, watch=watch,
        outlook=outlook, reserve=rules.reserve,
    )


def match_columns(
    columns: Columns,
    rules: RuleSet,
    weights: Weights,
    decided: Standing,
    *,
    seed: int,
    placed: NDArray[np.bool_] | None = None,
    candidates: int | None = None,
    watch: Watch | None = None,
    outlook: Outlook | None = None,
    reserve: float = 0.0,
) -> MatchingResult:
    """The same for people who are in columns already. `placed` tells which mentees have somebody elsewhere; of so many
    mentors (`reserve`) one place is held back, and the certificate is one on the places that are left.

    Raises:
        ValueError, Stopped: as `run_matching`.
    """
    watch, pool = watch or Watch(), columns.pool
    factors = build_factors(columns, weights)
    market = open_market(columns, rules, decided)
    frozen = _freeze(market, decided)
    outlook = outlook or untaught(pool)
    needs, steering = _needs(market, frozen, outlook), _steering(columns, rules, decided, weights.shape)
    if placed is not None:
        needs = replace(needs, placed=needs.placed | placed)
    held = _held_back(needs, reserve)
    needs.places[held] -= 1
    ground = Ground(mark_paired(market, *_with_mirrors(columns, frozen.e, frozen.m)), factors, steering)
    solved = first = _solve(ground, needs, outlook, candidates, watch)
    while len(clash := _mirrored(columns, solved)):
        ground = replace(ground, market=mark_paired(ground.market, solved.arcs.e[clash], solved.arcs.m[clash]))
        solved = _solve(ground, needs, outlook, candidates, watch)
    return _result(ground, frozen, needs.placed, solved._replace(upper_bound=first.upper_bound), outlook, seed, held)


def _held_back(needs: assign.Needs, share: float) -> NDArray[np.intp]:
    """Mentors of whom one place is held back: never more than the share of those who have any, whoever has most places
    first, so that few are left without one, and among equals as they stand."""
    having = np.flatnonzero(needs.places > 0)
    return having[np.argsort(-needs.places[having], kind="stable")][: int(share * len(having) + ROUNDING)]


def _freeze(market: Market, standing: Standing) -> Frozen:
    """Pins that no rule forbids, then current pairs as far as places reach. A ban undoes both, and no two people stand
    in two pairs, one each way round."""
    columns, mirror = market.columns, MirrorFinder(market.columns)
    room_e, room_m = columns.mentees.capacity.copy(), columns.mentors.capacity.copy()
    kept: list[tuple[int, int, bool]] = []
    refused: list[RefusedPin] = []
    stand: set[tuple[int, int]] = set()
    for mentor, mentee in sorted(standing.pins):
        e, m = _rows(columns, mentor, mentee)
        codes = broken_rules(market, e, m) or [RuleCode.PAIRED] * (mirror(e, m) in stand)
        codes = codes or ([] if room_e[e] and room_m[m] else [RuleCode.CAPACITY])
        if codes:
            refused.append(RefusedPin(mentor, mentee, codes[0]))
        else:
            _take(kept, room_e, room_m, (e, m, True))
            stand.add((e, m))
    known = (pair for pair in sorted(standing.current - standing.bans - standing.pins) if _is_known(columns, *pair))
    for mentor, mentee in known if standing.keep_bonus is None else ():
        e, m = _rows(columns, mentor, mentee)
        if room_e[e] > 0 and room_m[m] > 0 and mirror(e, m) not in stand:
            _take(kept, room_e, room_m, (e, m, False))
            stand.add((e, m))
    table = np.array(kept, np.intp).reshape(-1, 3)
    return Frozen(table[:, 0], table[:, 1], table[:, 2].astype(np.bool_), tuple(refused))


def _take(
    kept: list[tuple[int, int, bool]], room_e: NDArray[np.int32], room_m: NDArray[np.int32], pair: tuple[int, int, bool]
) -> None:
    kept.append(pair)
    room_e[pair[0]] -= 1
    room_m[pair[1]] -= 1


def _rows(columns: Columns, mentor: str, mentee: str) -> tuple[int, int]:
    if not _is_known(columns, mentor, mentee):
        raise ValueError(f"The pin {mentor}, {mentee} names somebody who is not in the pool")
    return columns.mentees.rows[mentee], columns.mentors.rows[mentor]


def _is_known(columns: Columns, mentor: str, mentee: str) -> bool:
    return mentor in columns.mentors.rows and mentee in columns.mentees.rows


def _needs(market: Market, frozen: Frozen, outlook: Outlook) -> assign.Needs:
    """What is to be filled. Placing somebody counts as much as the best pair there could be."""
    columns, rules = market.columns, market.rules
    held_e = np.bincount(frozen.e, minlength=len(columns.mentees))
    held_m = np.bincount(frozen.m, minlength=len(columns.mentors))
    limit = None if rules.max_pairs is None else max(0, rules.max_pairs - len(frozen.e))
    return assign.Needs(
        wanted=np.maximum(columns.mentees.capacity.astype(np.int64) - held_e, 0),
        places=np.maximum(columns.mentors.capacity.astype(np.int64) - held_m, 0),
        placed=held_e > 0,
        limit=limit,
        placement=rules.placement * outlook.most,
        seat_step=rules.seat_step,
    )


def _steering(columns: Columns, rules: RuleSet, standing: Standing, wanted: Shape) -> Steering:
    waiting = (rules.wait_bonus * np.minimum(columns.mentees.waited, rules.wait_cap)).astype(np.float32)
    moving = standing.current if standing.keep_bonus is not None else ()
    pairs = np.array([_rows(columns, *pair) for pair in moving if _is_known(columns, *pair)], np.intp).reshape(-1, 2)
    bonus = np.full(len(pairs), standing.keep_bonus or 0, np.float32)
    shape = (len(columns.mentees), len(columns.mentors))
    lessons = taught(columns, wanted)
    return Steering(
        waiting, csr_array((bonus, (pairs[:, 0], pairs[:, 1])), shape=shape), None if lessons.is_nothing else lessons
    )


def _solve(ground: Ground, needs: assign.Needs, outlook: Outlook, candidates: int | None, watch: Watch) -> Solved:
    """Assign, price the places, find who would want to swap at these prices, and add their pairs, until proven.

    Models are asked about listed pairs only: where not every pair is listed, they choose within the lists and the
    bound is one on the lists.
    """
    n_e, n_m = len(needs.wanted), len(needs.places)
    everybody, looking = np.arange(n_e), np.flatnonzero(ground.market.columns.mentees.capacity > 0)
    asked = everybody if n_e * n_m <= EVERY_PAIR_UP_TO else looking
    wanted = candidates or (WHEN_TIGHT if outlook.models else _listed(needs))
    every = candidates is None and len(asked) * n_m <= EVERY_PAIR_UP_TO
    k = n_m if every else min(wanted, n_m)
    closed = np.where(needs.places > 0, 0, np.inf).astype(np.float32)
    watch.begin(Step.SEARCHING)
    found = search(ground, asked, k, closed, watch)
    watch.begin(Step.ASSIGNING)
    arcs = _by_worth(ground, found.arcs, outlook) if outlook.models else found.arcs
    best, unlisted = np.full((2, n_e), -np.inf)
    best[asked] = found.best
    if k < n_m and not outlook.models:
        unlisted[asked] = found.net[:, -1]
    for rounds in range(MAX_ROUNDS + 1):
        watch.look()
        taken = assign.solve(arcs, needs)
        price = assign.prices(arcs, taken, needs)
        reached = assign.value(arcs, taken, needs)
        net = assign.best_nets(arcs, price, needs)
        doubtful = np.flatnonzero(unlisted - price[needs.places > 0].min(initial=np.inf) > net[:, -1])
        wider_k = min(n_m, max(NEWCOMERS, net.shape[1]))
        swaps = search(ground, doubtful, wider_k, price.astype(np.float32) + closed, watch)
        net[doubtful] = swaps.net[:, : net.shape[1]]
        ceiling = max(reached, assign.bound(net, price, needs))
        wider = union(arcs, swaps.arcs, n_m)
        if ceiling - reached <= GOOD_ENOUGH_GAP * ceiling or len(wider) == len(arcs) or rounds == MAX_ROUNDS:
            break
        arcs = wider
    return Solved(arcs, taken, best, price, reached, ceiling, rounds, k >= n_m or not outlook.models)


def _by_worth(ground: Ground, arcs: Arcs, outlook: Outlook) -> Arcs:
    """Arcs with what they are expected to come to in the place of their fit; what speaks for them besides remains."""
    worth = outlook.worth(ground.market.columns, ground.factors, arcs.e, arcs.m).round(6)
    return replace(arcs, utility=worth + (arcs.utility - arcs.score))


def _listed(needs: assign.Needs) -> int:
    is_tight = 2 / 3 <= needs.places.sum() / max(1, needs.wanted.sum()) <= 3 / 2
    return WHEN_TIGHT if is_tight else CANDIDATES


def _with_mirrors(columns: Columns, e: NDArray[np.intp], m: NDArray[np.intp]) -> tuple[NDArray[np.intp], ...]:
    """The pairs given and, where both people hold both roles, the same two the other way round."""
    mirrors = [pair for pair in map(MirrorFinder(columns), e, m) if pair is not None]
    turned = np.array(mirrors, np.intp).reshape(-1, 2)
    return np.r_[e, turned[:, 0]], np.r_[m, turned[:, 1]]


def _mirrored(columns: Columns, solved: Solved) -> NDArray[np.intp]:
    """Arcs taken although the same two people got a better pair the other way round: two people hold one match."""
    mirror = MirrorFinder(columns)
    at = {(int(solved.arcs.e[arc]), int(solved.arcs.m[arc])): arc for arc in np.flatnonzero(solved.taken)}
    turned = {pair: mirror(*pair) for pair in at}
    lesser = [
        at[pair]
        for pair, other in turned.items()
        if other in at and (solved.arcs.score[at[pair]], pair) < (solved.arcs.score[at[other]], other)
    ]
    return np.array(lesser, np.intp)


class MirrorFinder:
    """Finds the pair of the same two people with roles exchanged, if both hold both roles."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.mentors, self.mentees = columns.mentors.by_person, columns.mentees.by_person

    def __call__(self, e: int, m: int) -> tuple[int, int] | None:
        mentee, mentor = self.columns.mentees.people[e].who, self.columns.mentors.people[m].who
        if mentor in self.mentees and mentee in self.mentors:
            return self.mentees[mentor], self.mentors[mentee]
        return None


def _result(
    ground: Ground, frozen: Frozen, placed: NDArray[np.bool_], solved: Solved, outlook: Outlook, seed: int,
    held: NDArray[np.intp],
) -> MatchingResult:
    market, factors, columns = ground.market, ground.factors, ground.market.columns
    new_e, new_m = solved.arcs.e[solved.taken], solved.arcs.m[solved.taken]
    e, m = np.r_[frozen.e, new_e], np.r_[frozen.m, new_m]
    origins = [Origin.PINNED if pinned else Origin.CURRENT for pinned in frozen.pinned]
    origins += [Origin.SOLVED] * len(new_e)
    fits = factors.fits(e, m)
    broken = {*violations(market, new_e, new_m), *over_capacity(columns, e, m)}
    unplaced = np.setdiff1d(np.flatnonzero(~placed), e)
    limit = market.rules.max_pairs
    at_limit = limit is not None and len(e) >= limit
    short = solved.upper_bound - solved.value
    gap = short / solved.upper_bound if short > ROUNDING else 0.0
    certificate = Certificate(
        value=solved.value,
        upper_bound=solved.upper_bound,
        gap=gap,
        total_fit=float(score(fits, factors.weights)[len(frozen.e) :].sum()),
        matched=len(e),
        violations=len(broken),
        rounds=solved.rounds,
        over_all=solved.over_all,
    )
    return MatchingResult(
        pairs=_pairs(ground, outlook, e, m, fits, origins),
        waitlist=tuple(queue(market, solved.best, unplaced, at_limit, _would_fit(ground, unplaced, held))),
        refused_pins=frozen.refused,
        certificate=certificate,
        outlook=outlook,
        weights=factors.weights,
        seed=seed,
        market=market,
        factors=factors,
        arcs=solved.arcs,
        seat_prices=solved.price,
        taught=ground.steering.taught,
        held_back=tuple(sorted(columns.mentors.people[row].id for row in held)),
    )


def _would_fit(ground: Ground, unplaced: NDArray[np.intp], held: NDArray[np.intp]) -> set[int]:
    """Those without a pair whom no rule keeps from a place that is held back."""
    step = max(1, BLOCK_CELLS // max(1, len(ground.market.columns.mentors)))
    blocks = [unplaced[at : at + step] for at in range(0, len(unplaced), step)] if len(held) else []
    return {int(row) for rows in blocks for row in rows[(scores(ground, rows)[:, held] >= 0).any(axis=1)]}


def _pairs(
    ground: Ground,
    outlook: Outlook,
    e: NDArray[np.intp],
    m: NDArray[np.intp],
    fits: NDArray[np.float64],
    origins: Sequence[Origin],
) -> tuple[MatchedPair, ...]:
    columns, weights = ground.market.columns, ground.factors.weights
    expected = outlook.expect(columns, ground.factors, e, m)
    whole = score(fits, weights) * 100
    made = [
        MatchedPair(
            mentor=columns.mentors.people[m[at]].id,
            mentee=columns.mentees.people[e[at]].id,
            fit=float(whole[at]),
            p_accept=float(expected.p_accept[at]),
            confidence=float(expected.confidence[at]),
            fits=tuple((fits[at] * 100).tolist()),
            origin=origins[at],
        )
        for at in range(len(e))
    ]
    return tuple(sorted(made, key=lambda pair: (pair.mentee, pair.mentor)))
