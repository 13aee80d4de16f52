"""Who could be paired with whom: every pair is scored once, in blocks, and each mentee keeps the best.

No index: at these sizes an exact product is faster than building one (figures in benchmarks/matching.py).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from os import cpu_count

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # comes without types

from server.matchmaking.engine.columns import Columns, Floats
from server.matchmaking.engine.constraints import (
    Market,
    Mask,
    Rows,
    RuleCode,
    active_pair_rules,
    broken_with_anyone,
    too_little_overlap,
)
from server.matchmaking.engine.factor import Factors, Tile
from server.matchmaking.engine.lessons.taught import Taught
from server.matchmaking.engine.watch import Watch

BLOCK_CELLS = 1_000_000
"""Scores worked on at a time by one thread: 4 MB, near the size of a processor's cache."""
NEVER = np.float32(-np.inf)
AS_IT_IS_OR_NEVER = np.array([0, NEVER])
"""What is added to the score of a pair that no rule forbids, and of one that a rule does."""


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
    """What is added to a score to make its utility: for each mentee, for single pairs, and by what noes taught."""

    waiting: Floats
    kept: csr_array
    taught: Taught | None = None


def nothing_added(columns: Columns) -> Steering:
    """Utility that is the score alone."""
    shape = len(columns.mentees), len(columns.mentors)
    return Steering(np.zeros(shape[0], np.float32), csr_array(shape, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Ground:
    """All that is asked about a pair: whether it may be, how well it fits, what speaks for it besides."""

    market: Market
    factors: Factors
    steering: Steering


@dataclass(frozen=True, slots=True)
class Found:
    """The best pairs of some mentees, what they are worth after paying, and the best score of any mentor at all.

    `net` holds for each mentee the best differences of utility and price, best first, as many as were looked for;
    `best` is minus infinity for a mentee whom rules keep from every mentor.
    """

    arcs: Arcs
    net: NDArray[np.float64]
    best: NDArray[np.float64]


def search(ground: Ground, rows: Rows, k: int, prices: Floats, watch: Watch) -> Found:
    """For each mentee of `rows` the best `k` mentors by utility less price.

    A mentor with an infinite price has no place left and is in nobody's list.
    Exact: no pair is left unlooked at. The result does not depend on the number of threads. `watch` hears of every
    block of mentees.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    n_m = len(prices)
    if not len(rows) or not n_m:
        nothing = np.zeros(0)
        none = Arcs(nothing.astype(np.intp), nothing.astype(np.intp), nothing, nothing)
        return Found(none, np.full((len(rows), max(1, k)), -np.inf), np.full(len(rows), -np.inf))
    step = max(1, BLOCK_CELLS // n_m)
    with single_threaded(), ThreadPoolExecutor(cpu_count()) as threads:
        blocks = [rows[at : at + step] for at in range(0, len(rows), step)]
        found = []
        spread = threads.map if len(blocks) > 1 else map     # a thread costs more than a small search
        for one in spread(lambda block: _block(ground, block, k, prices, watch), blocks):
            found.append(one)
            watch.advance(1 / len(blocks))
    arcs = Arcs(*(np.concatenate([getattr(one.arcs, name) for one in found]) for name in Arcs.__slots__))
    return Found(arcs, np.vstack([one.net for one in found]), np.concatenate([one.best for one in found]))


def union(left: Arcs, right: Arcs, n_mentors: int) -> Arcs:
    """The pairs of both, each once, in order."""
    keys = np.concatenate([arcs.e.astype(np.int64) * n_mentors + arcs.m for arcs in (left, right)])
    _, first = np.unique(keys, return_index=True)
    return Arcs(*(np.concatenate([getattr(left, name), getattr(right, name)])[first] for name in Arcs.__slots__))


def scores(ground: Ground, rows: Rows) -> Floats:
    """Scores (0 to 1) of mentees with every mentor; minus infinity where a rule forbids the pair."""
    tile = ground.factors.tile(rows)
    named = ground.market.named[rows].tocoo()
    tile.scores[named.row, named.col] = NEVER
    tile.scores[:] += AS_IT_IS_OR_NEVER.take(_forbidden(ground.market, rows, tile).view(np.uint8))
    if ground.market.rules.min_fit > 0:
        tile.scores[tile.scores < ground.market.rules.min_fit / 100] = NEVER
    return tile.scores


@contextmanager
def single_threaded() -> Iterator[None]:
    """Products within are worked out by one thread each, so that they round alike on any machine."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    """The numeric libraries of this process; looking for them takes longer than a small search."""
    return ThreadpoolController()


def _forbidden(market: Market, rows: Rows, tile: Tile) -> Mask:
    """Where a rule that compares columns is broken."""
    e, m = rows[:, None], np.arange(len(market.columns.mentors))[None, :]
    found: Mask = np.tile(market.columns.mentors.capacity == 0, (len(rows), 1))
    for code in active_pair_rules(market.rules):
        if code is RuleCode.OVERLAP:
            found |= too_little_overlap(market, tile.overlap, e, m)
        else:
            found |= broken_with_anyone(market, code, rows)
    return found


def _block(ground: Ground, rows: Rows, k: int, prices: Floats, watch: Watch) -> Found:
    watch.look()
    allowed = scores(ground, rows)
    net = allowed + ground.steering.waiting[rows, None]
    net -= prices[None, :]
    if ground.steering.kept.nnz:
        kept = ground.steering.kept[rows].tocoo()
        net[kept.row, kept.col] += kept.data
    if ground.steering.taught is not None:
        net += ground.steering.taught.tile(ground.factors, rows)
    row, m, ranked = best_of_rows(net, min(k, net.shape[1]))
    arcs = _arcs(ground, rows[row], m, allowed[row, m])
    return Found(arcs, ranked.astype(np.float64), allowed.max(axis=1).astype(np.float64))


def best_of_rows(net: Floats, k: int) -> tuple[Rows, Rows, Floats]:
    """The `k` best cells of each row that are not NEVER: rows and columns in their order, and their values, best first.

    The k-th best of the maxima of many groups of columns is a value that k cells at least reach, and few more do: to
    look for them costs a tenth of sorting out whole rows.
    """
    width = net.shape[1]
    groups = max(k, min(8 * k, width // 4))
    highest = net[:, : width // groups * groups].reshape(len(net), -1, groups).max(axis=1)
    reached = np.partition(highest, groups - k, axis=1)[:, groups - k, None]
    row, m = np.divmod(np.flatnonzero(net >= np.maximum(reached, np.finfo(np.float32).min)), width)
    rank = rank_within(row)
    ranked = np.full((len(net), max(k, rank.max(initial=0) + 1)), NEVER)
    ranked[row, rank] = net[row, m]
    ranked = -np.sort(-ranked, axis=1)[:, :k]
    among = _is_among(row, net[row, m], ranked)
    return row[among], m[among], ranked


def _is_among(row: Rows, net: Floats, ranked: Floats) -> NDArray[np.bool_]:
    """Which pairs are among the best of their row; of those that equal the last of them, the first ones."""
    last = ranked[row, -1]
    among: NDArray[np.bool_] = net > last
    tied = net == last
    room = ranked.shape[1] - np.bincount(row[among], minlength=len(ranked))
    among[tied] = rank_within(row[tied]) < room[row[tied]]
    return among


def _arcs(ground: Ground, e: Rows, m: Rows, scores: Floats) -> Arcs:
    score = scores.astype(np.float64).round(6)
    utility = score + ground.steering.waiting[e]
    if ground.steering.kept.nnz:
        utility += np.asarray(ground.steering.kept[e, m]).ravel()
    if ground.steering.taught is not None:
        utility += ground.steering.taught.worth(ground.factors, e, m)
    return Arcs(e, m, score, utility)


def rank_within(groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """0, 1, 2 ... within each run of equal values."""
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if len(groups) else np.zeros(0, np.intp)
    lengths = np.diff(np.r_[starts, len(groups)])
    ranks: NDArray[np.intp] = np.arange(len(groups)) - np.repeat(starts, lengths)
    return ranks
