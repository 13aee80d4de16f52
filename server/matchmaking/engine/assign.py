"""The best assignment of a whole pool as a flow of least cost, and the prices of places that prove it.

Mentees send what they need either through a pair to a mentor, whose places end in one arc of the cohort, or past
everybody at no gain. Places are capacities, never copies, so a mentor of three costs no more than a mentor of one.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from server.matchmaking.engine.candidates import Arcs, rank_within

Ints = NDArray[np.int64]
SCALE = 1_000_000
"""Costs are whole millionths of a perfect fit: finer than any weight, coarse enough to be exact in 64 bits."""
PRICE_ROUNDS = 400
"""Longest chain of one person making room for the next that prices are carried along; the bound holds at any length."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What is to be filled: pairs still wanted by each mentee, places of each mentor, who has somebody already,
    the pairs the cohort may still get (None: no limit), what placing somebody is worth, and what each further place
    of one mentor costs."""

    wanted: Ints
    places: Ints
    placed: NDArray[np.bool_]
    limit: int | None
    placement: float
    seat_step: float = 0.0


def solve(arcs: Arcs, needs: Needs) -> NDArray[np.bool_]:
    """Which arcs are taken so that total utility is greatest. Exact for these arcs, and always possible.

    Raises:
        ArithmeticError: the solver did not finish; it has no such case on these graphs.
    """
    if not len(arcs):
        return np.zeros(0, np.bool_)
    flow = SimpleMinCostFlow()
    pairs = flow.add_arcs_with_capacity_and_unit_cost(*_network(arcs, needs, flow))
    if flow.solve() != flow.OPTIMAL:
        raise ArithmeticError("The assignment did not finish")
    taken: NDArray[np.bool_] = np.asarray(flow.flows(pairs)) > 0
    return taken


def value(arcs: Arcs, taken: NDArray[np.bool_], needs: Needs) -> float:
    """Total utility of the pairs taken, places filled for the first time and further places of a mentor included."""
    held = np.bincount(arcs.m[taken], minlength=len(needs.places))
    newly = np.unique(arcs.e[taken])
    first_places = needs.placement * np.count_nonzero(~needs.placed[newly])
    return float(arcs.utility[taken].sum() + first_places - needs.seat_step * (held * (held - 1) / 2).sum())


def prices(arcs: Arcs, taken: NDArray[np.bool_], needs: Needs) -> NDArray[np.float64]:
    """What a place with each mentor is worth to others: the least prices at which nobody would rather swap.

    The price of a limited cohort is part of each. Any prices of 0 and more give a valid bound; these give a tight one.
    """
    held = np.bincount(arcs.m[taken], minlength=len(needs.places))
    full = held >= needs.places
    at_limit = needs.limit is not None and int(taken.sum()) >= needs.limit
    price = np.zeros(len(needs.places))
    if len(arcs) and (full.any() or at_limit):
        made, rivals = _made(arcs, taken, needs), _rivals(arcs, taken, len(price))
        for _ in range(PRICE_ROUNDS):
            raised = _raise(price, needs, made, rivals)
            if at_limit:
                raised = np.maximum(raised, raised[~full].max(initial=0.0))
            if np.all(raised <= price + 0.5 / SCALE):
                break
            price = raised
    return price


def best_nets(arcs: Arcs, price: NDArray[np.float64], needs: Needs) -> NDArray[np.float64]:
    """For each mentee the best differences of utility and price, best first, as many as anybody wants pairs."""
    depth = max(1, min(int(needs.wanted.max(initial=1)), len(needs.places)))
    place = rank_within(arcs.e)
    table = np.full((len(needs.wanted), max(depth, place.max(initial=0) + 1)), np.inf)
    table[arcs.e, place] = price[arcs.m] - arcs.utility
    return -np.sort(table, axis=1)[:, :depth]


def bound(net: NDArray[np.float64], price: NDArray[np.float64], needs: Needs) -> float:
    """No assignment of this pool can be worth more: what everybody would get at these prices, and the prices paid.

    `net` holds for each mentee the best differences of utility and price over all pairs, best first.
    """
    open_prices = price[needs.places > 0]
    is_limited = needs.limit is not None and needs.limit < needs.places.sum()
    cohort = float(open_prices.min()) if is_limited else 0.0
    paid = float(((open_prices - cohort) * needs.places[needs.places > 0]).sum()) + cohort * (needs.limit or 0)
    gains = net + np.where(needs.placed, 0.0, needs.placement)[:, None] * (np.arange(net.shape[1]) == 0)
    wanted = np.arange(net.shape[1])[None, :] < needs.wanted[:, None]
    return paid + float(np.where(wanted, np.maximum(gains, 0), 0).sum())


class Made(NamedTuple):
    """Arcs that were taken; what going without brings each mentee who could have more (infinite: nobody could)."""

    e: NDArray[np.intp]
    m: NDArray[np.intp]
    utility: NDArray[np.float64]
    without: NDArray[np.float64]


class Rivals(NamedTuple):
    """Arcs that were not taken, sorted by mentor; the mentors in them, and where the arcs of each begin."""

    e: NDArray[np.intp]
    utility: NDArray[np.float64]
    mentors: NDArray[np.intp]
    starts: NDArray[np.intp]


def _made(arcs: Arcs, taken: NDArray[np.bool_], needs: Needs) -> Made:
    held = np.bincount(arcs.e[taken], minlength=len(needs.wanted))
    without = np.where((held == 0) & ~needs.placed, -needs.placement, 0.0)
    return Made(arcs.e[taken], arcs.m[taken], arcs.utility[taken], np.where(held < needs.wanted, without, np.inf))


def _rivals(arcs: Arcs, taken: NDArray[np.bool_], n_mentors: int) -> Rivals:
    # Codes as short as they can be are put in order several times as fast.
    order = np.argsort(arcs.m[~taken].astype(np.min_scalar_type(n_mentors)), kind="stable")
    m = arcs.m[~taken][order]
    starts = np.flatnonzero(np.diff(m, prepend=-1))
    return Rivals(arcs.e[~taken][order], arcs.utility[~taken][order], m[starts], starts)


def _raise(price: NDArray[np.float64], needs: Needs, made: Made, rivals: Rivals) -> NDArray[np.float64]:
    """Each price raised to what the best-off rival would pay, given what rivals have now."""
    offers = rivals.utility - _least_content(price, made)[rivals.e]
    raised = price.copy()
    if len(offers):
        raised[rivals.mentors] = np.maximum(price[rivals.mentors], np.maximum.reduceat(offers, rivals.starts))
    raised[needs.places == 0] = 0.0
    return raised


def _least_content(price: NDArray[np.float64], made: Made) -> NDArray[np.float64]:
    """What the worst of each mentee's units brings: a pair less its price, or going without."""
    content = made.without.copy()
    np.minimum.at(content, made.e, made.utility - price[made.m])
    return content


def _network(arcs: Arcs, needs: Needs, flow: SimpleMinCostFlow) -> tuple[Ints, Ints, Ints, Ints]:
    """Everything but the pairs goes into `flow`; the pairs come back as its arguments, in the order of `arcs`."""
    n_e, n_m = len(needs.wanted), len(needs.places)
    mentors, hub, sink = n_e + np.arange(n_m), n_e + n_m, n_e + n_m + 1
    mentees = np.arange(n_e)
    total = int(needs.wanted.sum())
    first = np.minimum(needs.wanted, 1)
    missed = np.where(needs.placed, 0, round(needs.placement * SCALE))
    _add(flow, mentees, sink, first, missed)
    _add(flow, mentees, sink, needs.wanted - first, 0)
    for place in range(int(needs.places.max(initial=0)) if needs.seat_step else 0):
        _add(flow, mentors, hub, (needs.places > place).astype(np.int64), round(place * needs.seat_step * SCALE))
    if not needs.seat_step:
        _add(flow, mentors, hub, needs.places, 0)
    _add(flow, np.array([hub]), sink, total if needs.limit is None else min(needs.limit, total), 0)
    nodes = np.arange(sink + 1)
    flow.set_nodes_supplies(nodes, np.r_[needs.wanted, np.zeros(n_m + 1, np.int64), -total])
    cost = -np.round(arcs.utility * SCALE).astype(np.int64)
    return arcs.e.astype(np.int64), arcs.m.astype(np.int64) + n_e, np.ones(len(arcs), np.int64), cost


def _add(flow: SimpleMinCostFlow, tails: NDArray[np.int64], head: int, capacity: Ints | int, cost: Ints | int) -> None:
    ends = np.broadcast_to(np.int64(head), tails.shape)
    room, price = (np.broadcast_to(np.asarray(what, np.int64), tails.shape) for what in (capacity, cost))
    flow.add_arcs_with_capacity_and_unit_cost(tails, ends, room, price)
