"""Pairs within one side so that the whole is worth most: exact, and proven over every pair there is.

A flow in which everybody is mentor and mentee at once bounds the whole and prices everybody. Only pairs whose price is
near their worth can be part of the best choice; among these few the choice is made exactly, by branch and cut. When any
pair left out would cost more than the bound leaves open, nothing better exists; else the bound says how much might.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from server.matchmaking.engine import assign
from server.matchmaking.engine.candidates import Arcs
from server.matchmaking.engine.groups.both_ways import Floats, Rows

EVERY_PAIR_UP_TO, LISTED = 640, 50
"""Up to this many people all their pairs are priced; beyond, the best of each person."""
NEAREST, MOST_PAIRS = (8, 24, 72), 60_000
"""Pairs of each person among which the choice is made: a wider one where it is not proven yet and not too many."""
CLOSE_ENOUGH = 1e-6


class Worth(NamedTuple):
    """What pairing each of some rows with everybody is worth, minus infinity where it may not be, a block at a time."""

    of: Callable[[Rows], Floats]
    blocks: Callable[[], Iterable[Rows]]
    people: int


class Chosen(NamedTuple):
    """Rows of pairs, what they are worth together with the placing of both, and what no choice can exceed."""

    first: Rows
    second: Rows
    value: float
    upper_bound: float


class Duals(NamedTuple):
    """What each person would get at these prices, what each costs, and what no choice can exceed."""

    gains: Floats
    prices: Floats
    upper_bound: float


def best_pairs(worth: Worth, open_: Rows, most: int, placement: float) -> Chosen:
    """The best pairs among `open_` people, at most `most` of them; each pair placed is worth `placement` besides.

    Raises:
        ArithmeticError: the solver did not finish; it has no such case on these graphs.
    """
    nobody = np.zeros(0, np.intp)
    most = min(most, len(open_) // 2)
    if most <= 0:
        return Chosen(nobody, nobody, 0.0, 0.0)
    duals = _duals(worth, open_, most, placement)
    for nearest in (NEAREST[0], *(k for k in NEAREST[1:] if k * worth.people <= MOST_PAIRS)):
        pairs, left_out = _near(worth, duals, placement, nearest)
        chosen = _exactly(pairs, worth.people, most, placement)
        missing = duals.upper_bound - chosen.value
        if missing <= max(left_out, CLOSE_ENOUGH):
            return chosen
    return chosen._replace(upper_bound=duals.upper_bound)


def _duals(worth: Worth, open_: Rows, most: int, placement: float) -> Duals:
    needs = _needs(worth.people, open_, most, placement)
    arcs = _listed(worth)
    prices = assign.prices(arcs, assign.solve(arcs, needs), needs)
    gains = np.zeros(worth.people)
    for rows in worth.blocks():
        gains[rows] = np.maximum((worth.of(rows) + placement - prices[None, :]).max(axis=1, initial=0.0), 0)
    cohort = float(prices[open_].min())
    paid = float((prices[open_] - cohort).sum()) + cohort * 2 * most
    return Duals(gains, prices, (float(gains.sum()) + paid) / 2)


def _needs(people: int, open_: Rows, most: int, placement: float) -> assign.Needs:
    wanted = np.zeros(people, np.int64)
    wanted[open_] = 1
    return assign.Needs(wanted, wanted, np.zeros(people, np.bool_), 2 * most, placement)


def _listed(worth: Worth) -> Arcs:
    """The best partners of each person, and that person among theirs."""
    k = worth.people if worth.people <= EVERY_PAIR_UP_TO else LISTED
    found: list[tuple[Rows, Rows, Floats]] = []
    for rows in worth.blocks():
        value = worth.of(rows)
        floor = -np.sort(-np.partition(value, -k, axis=1)[:, -k:], axis=1)[:, -1:] if k < worth.people else -np.inf
        e, m = np.nonzero((value >= floor) & np.isfinite(value))
        found.append((rows[e], m, value[e, m]))
    e, m, value = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _once(np.r_[e, m], np.r_[m, e], np.r_[value, value], worth.people)


def _once(e: Rows, m: Rows, value: Floats, people: int) -> Arcs:
    """The same pairs in order, each once."""
    keys, first = np.unique(e.astype(np.int64) * people + m, return_index=True)
    rows, columns = np.divmod(keys, people)
    return Arcs(rows.astype(np.intp), columns.astype(np.intp), value[first], value[first])


def _near(worth: Worth, duals: Duals, placement: float, nearest: int) -> tuple[Arcs, float]:
    """For each person the pairs that cost least above their worth, each once; and the least that any other costs."""
    found: list[tuple[Rows, Rows, Floats]] = []
    half, everybody, left_out = (duals.gains + duals.prices) / 2, np.arange(worth.people), np.inf
    k = min(nearest, worth.people)
    for rows in worth.blocks():
        value = worth.of(rows)
        # Equals are taken from those who come next, so that many who are alike do not all name the same few.
        turn = ((everybody[None, :] - rows[:, None]) % worth.people) * (CLOSE_ENOUGH / worth.people)
        short = half[rows, None] + half[None, :] - value - placement + turn
        ranked = np.sort(np.partition(short, k - 1, axis=1)[:, :k], axis=1)
        outside = short > ranked[:, -1:]
        left_out = min(left_out, float(short[outside & np.isfinite(value)].min(initial=np.inf)))
        e, m = np.nonzero(~outside & np.isfinite(value))
        found.append((rows[e], m, value[e, m]))
    e, m, value = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _once(np.minimum(e, m), np.maximum(e, m), value, worth.people), left_out - CLOSE_ENOUGH


def _exactly(pairs: Arcs, people: int, most: int, placement: float) -> Chosen:
    """The best choice among these pairs: nobody twice, at most `most`, and no more than half of any odd island."""
    if not len(pairs):
        return Chosen(pairs.e, pairs.m, 0.0, 0.0)
    each, arcs = np.arange(len(pairs)), len(pairs)
    ones = np.ones(arcs)
    nobody_twice = csr_array((np.r_[ones, ones], (np.r_[pairs.e, pairs.m], np.r_[each, each])), shape=(people, arcs))
    graph = csr_array((ones, (pairs.e, pairs.m)), shape=(people, people))
    _, island = connected_components(graph, directed=False)
    sizes = np.bincount(island)
    halves = csr_array((ones, (island[pairs.e], each)), shape=(len(sizes), arcs))
    found = milp(
        -(pairs.utility + placement),
        integrality=ones,
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(nobody_twice, -np.inf, 1),
            LinearConstraint(halves, -np.inf, sizes // 2),
            LinearConstraint(csr_array(ones[None, :]), -np.inf, most),
        ],
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None or found.status != 0:
        raise ArithmeticError("The pairing did not finish")
    taken = found.x > 0.5
    value = float((pairs.utility[taken] + placement).sum())
    return Chosen(pairs.e[taken], pairs.m[taken], value, value)
