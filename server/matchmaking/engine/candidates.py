"""Who could be paired with whom: every pair is scored once, in blocks, and each mentee keeps the best.

No index: at these sizes an exact product is faster than building one (figures in benchmarks/matching.py).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from server.matchmaking.engine.columns import Floats
from server.matchmaking.engine.constraints import (
    Market,
    Mask,
    RuleCode,
    active_pair_rules,
    is_broken,
    too_little_overlap,
)
from server.matchmaking.engine.factor import Factors

BLOCK_CELLS = 2_000_000
"""Scores worked on at a time by one thread: 8 MB, near the size of a processor's cache."""
NEVER = np.float32(-np.inf)


@dataclass(frozen=True, slots=True)
class Arcs:
    """Pairs that break no rule, in the order of mentee and mentor rows, with their score (0 to 1) and utility."""

    e: NDArray[np.intp]
    m: NDArray[np.intp]
    score: NDArray[np.float64]
    utility: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.e)


@dataclass(frozen=True, slots=True)
class Steering:
    """What is added to a score to make its utility: for each mentee, and for single pairs."""

    waiting: Floats
    kept: csr_array


@dataclass(frozen=True, slots=True)
class Ground:
    """All that is asked about a pair: whether it may be, how well it fits, what speaks for it besides."""

    market: Market
    factors: Factors
    steering: Steering


@dataclass(frozen=True, slots=True)
class Found:
    """The best pairs of each mentee, the best differences of utility and price, and the best score of any mentor.

    `best` is minus infinity for a mentee whom rules keep from every mentor.
    """

    arcs: Arcs
    surplus: NDArray[np.float64]
    best: NDArray[np.float64]


def search(ground: Ground, k: int, prices: Floats, depth: int = 1) -> Found:
    """For each mentee the best `k` mentors by utility less price, and the best `depth` differences, best first.

    A mentor with an infinite price has no place left and is in nobody's list.
    Exact: no pair is left unlooked at. The result does not depend on the number of threads.
    """
    n_e, n_m = len(ground.market.columns.mentees), len(ground.market.columns.mentors)
    if not n_e or not n_m:
        nothing = np.zeros(0)
        none = Arcs(nothing.astype(np.intp), nothing.astype(np.intp), nothing, nothing)
        return Found(none, np.zeros((n_e, 0)), np.full(n_e, -np.inf))
    step = max(1, BLOCK_CELLS // n_m)
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(cpu_count()) as threads:
        starts = range(0, n_e, step)
        found = list(threads.map(lambda at: _block(ground, (at, min(at + step, n_e)), k, prices, depth), starts))
    arcs = Arcs(*(np.concatenate([getattr(one.arcs, name) for one in found]) for name in Arcs.__slots__))
    return Found(arcs, np.vstack([one.surplus for one in found]), np.concatenate([one.best for one in found]))


def union(left: Arcs, right: Arcs, n_mentors: int) -> Arcs:
    """The pairs of both, each once, in order."""
    keys = np.concatenate([arcs.e.astype(np.int64) * n_mentors + arcs.m for arcs in (left, right)])
    _, first = np.unique(keys, return_index=True)
    return Arcs(*(np.concatenate([getattr(left, name), getattr(right, name)])[first] for name in Arcs.__slots__))


def best_per_mentor(arcs: Arcs, k: int) -> NDArray[np.intp]:
    """Positions of the best `k` arcs of each mentor by score, mentor by mentor, best first."""
    order = np.lexsort((arcs.e, -arcs.score, arcs.m))
    return order[_rank_within(arcs.m[order]) < k]


def best_per_mentee(arcs: Arcs, k: int) -> NDArray[np.intp]:
    """Positions of the best `k` arcs of each mentee by score, mentee by mentee, best first."""
    order = np.lexsort((arcs.m, -arcs.score, arcs.e))
    return order[_rank_within(arcs.e[order]) < k]


def scores(ground: Ground, start: int, stop: int) -> Floats:
    """Scores (0 to 1) of a block of mentees with every mentor; minus infinity where a rule forbids the pair."""
    market, tile = ground.market, ground.factors.tile(start, stop)
    n_m = len(market.columns.mentors)
    for keys in market.listed.values():
        part = keys[np.searchsorted(keys, start * n_m) : np.searchsorted(keys, stop * n_m)]
        tile[part // n_m - start, part % n_m] = NEVER
    for forbidden in _forbidden(ground, start, stop):
        np.copyto(tile, NEVER, where=forbidden)
    if market.rules.min_fit > 0:
        tile[tile < market.rules.min_fit / 100] = NEVER
    return tile


def _forbidden(ground: Ground, start: int, stop: int) -> Iterator[Mask]:
    """Where in a block a rule that compares columns is broken."""
    market = ground.market
    e, m = np.arange(start, stop)[:, None], np.arange(len(market.columns.mentors))[None, :]
    yield market.columns.mentors.capacity[m] == 0
    for code in active_pair_rules(market.rules):
        if code is RuleCode.OVERLAP:
            yield too_little_overlap(market, ground.factors.overlap(start, stop), e, m)
        else:
            yield is_broken(market, code, e, m)


def _block(ground: Ground, rows: tuple[int, int], k: int, prices: Floats, depth: int) -> Found:
    tile = scores(ground, *rows)
    net = tile + ground.steering.waiting[slice(*rows), None] - prices[None, :]
    kept = ground.steering.kept[slice(*rows)].tocoo()
    net[kept.row, kept.col] += kept.data
    best = _top(net, max(k, depth))
    values = np.take_along_axis(net, best, axis=1)
    surplus = -np.sort(-values, axis=1)[:, :depth].astype(np.float64)
    return Found(_arcs(ground, rows[0], tile, best, values), surplus, tile.max(axis=1).astype(np.float64))


def _top(net: Floats, k: int) -> NDArray[np.intp]:
    """Columns of the `k` largest of each row, in column order."""
    if k >= net.shape[1]:
        return np.broadcast_to(np.arange(net.shape[1]), net.shape)
    return np.sort(np.argpartition(net, net.shape[1] - k, axis=1)[:, -k:], axis=1)


def _arcs(ground: Ground, start: int, tile: Floats, best: NDArray[np.intp], values: Floats) -> Arcs:
    row, place = np.nonzero(values > NEVER)
    e, m = row + start, best[row, place]
    score = tile[row, m].astype(np.float64).round(6)
    utility = score + ground.steering.waiting[e]
    if ground.steering.kept.nnz:
        utility += np.asarray(ground.steering.kept[e, m]).ravel()
    return Arcs(e, m, score, utility)


def _rank_within(groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """0, 1, 2 ... within each run of equal values."""
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if len(groups) else np.zeros(0, np.intp)
    lengths = np.diff(np.r_[starts, len(groups)])
    ranks: NDArray[np.intp] = np.arange(len(groups)) - np.repeat(starts, lengths)
    return ranks
