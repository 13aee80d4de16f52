"""Shortlists for a whole cohort at once, so that nobody is advertised beyond what they can give.

Lists drawn up one by one all begin with the same few people. Here they are one flow of least cost: each person who
looks gets up to LISTED others, nobody stands in more lists than EXPOSURE for each free place, and whoever has a place
stands in some list wherever that is possible (the idea of a least exposure is FairRec's, Patro et al. 2020).
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from server.matchmaking.engine.columns import Side
from server.matchmaking.engine.result import Candidate, MatchingResult

LISTED = 5
"""So many people one compares before choosing; three to five is what helps (matching.md section 1)."""
EXPOSURE = 5
"""Lists in which somebody stands for each free place: with as many places as people who look, every list is full."""
LEAST_LISTS = 1
"""Lists in which whoever has a place stands at least, if rules let anybody meet them."""
SCALE = 10_000
"""Worth in ten-thousandths of a perfect fit: costs stay whole numbers."""
NEXT_PLACE = 2
"""What an earlier place of a list is worth over the next one, in perfect fits: short lists are filled up first."""

Rows = NDArray[np.int64]


class Choices(NamedTuple):
    """Who could be shown to whom: rows of those who look, rows of those who are shown, and what each is worth (0 to 1).

    `seats` are the free places of those who are shown; `lookers` is how many look. `kept` choices were named before:
    they are shown again wherever the first rule allows.
    """

    looks: Rows
    shown: Rows
    worth: NDArray[np.float64]
    seats: Rows
    lookers: int
    kept: NDArray[np.bool_] | None = None


class Shortlists(NamedTuple):
    """For each id of a person their list, the best first."""

    of_mentees: Mapping[str, list[Candidate]]
    of_mentors: Mapping[str, list[Candidate]]


def balanced(
    choices: Choices, *, listed: int = LISTED, exposure: int = EXPOSURE, least: int = LEAST_LISTS
) -> NDArray[np.bool_]:
    """Which choices are shown: the most worth under three rules, the first of which is never broken.

    1. Nobody stands in more lists than `exposure` times their free places, and no list holds more than `listed`.
    2. Whoever has a free place stands in `least` lists, as far as that is possible for all of them together.
    3. Lists are as evenly long as that allows.

    The same choices in the same order give the same lists.

    Raises:
        ArithmeticError: the solver did not finish; it has no such case on these graphs.
    """
    if not len(choices.looks):
        return np.zeros(0, np.bool_)
    flow = SimpleMinCostFlow()
    arcs = _network(flow, choices, listed, exposure, least)
    if flow.solve() != flow.OPTIMAL:
        raise ArithmeticError("The shortlists did not finish")
    taken: NDArray[np.bool_] = np.asarray(flow.flows(arcs)) > 0
    return taken


def shortlists(result: MatchingResult, named: Mapping[str, Collection[str]] | None = None) -> Shortlists:
    """The lists of everybody in a result's pool, both ways; each from the candidates that the engine listed.

    `named` holds for an id the persons whom somebody named: they stay in that list.
    """
    arcs, columns = result.arcs, result.market.columns
    e, m, worth = arcs.e.astype(np.int64), arcs.m.astype(np.int64), result.appeal(np.arange(len(arcs)))
    mentees, mentors = (
        Choices(
            looks, shown, worth, others.capacity.astype(np.int64), len(lookers),
            _kept(looks, shown, lookers, others, named or {}),
        )
        for looks, shown, lookers, others in (
            (e, m, columns.mentees, columns.mentors), (m, e, columns.mentors, columns.mentees),
        )
    )
    return Shortlists(
        _lists(result, mentees, columns.mentees, mentors=True), _lists(result, mentors, columns.mentors, mentors=False)
    )


def _lists(result: MatchingResult, choices: Choices, lookers: Side, *, mentors: bool) -> dict[str, list[Candidate]]:
    taken = np.flatnonzero(balanced(choices))
    order = taken[np.lexsort((choices.shown[taken], -choices.worth[taken], choices.looks[taken]))]
    found: dict[str, list[Candidate]] = {}
    for at, one in zip(order, result.candidates(order, mentors=mentors), strict=True):
        found.setdefault(lookers.people[choices.looks[at]].id, []).append(one)
    return found


def _kept(
    looks: Rows, shown: Rows, lookers: Side, others: Side, named: Mapping[str, Collection[str]]
) -> NDArray[np.bool_]:
    rows = others.by_person
    wanted = {
        (row, rows[who]) for row, one in enumerate(lookers.people) for who in named.get(one.id, ()) if who in rows
    }
    return np.fromiter(((e, m) in wanted for e, m in zip(looks.tolist(), shown.tolist(), strict=True)), np.bool_)


def _network(flow: SimpleMinCostFlow, choices: Choices, listed: int, exposure: int, least: int) -> Rows:
    """From a source through those who look and those who are shown to a sink; returns the arcs of the choices."""
    n, others = choices.lookers, len(choices.seats)
    source, sink = n + others, n + others + 1
    lookers, shown = np.arange(n), n + np.arange(others)
    for place in range(listed):
        _add(flow, source, lookers, 1, -SCALE * NEXT_PLACE * (listed - place))
    first = np.minimum(choices.seats, 1) * min(least, exposure)
    _add(flow, shown, sink, first, -SCALE * NEXT_PLACE * listed * (n + others + 1))
    _add(flow, shown, sink, choices.seats * exposure - first, 0)
    most = n * listed
    _add(flow, np.array([source]), sink, most, 0)
    flow.set_nodes_supplies(np.array([source, sink]), np.array([most, -most]))
    worth = choices.worth if choices.kept is None else choices.worth + choices.kept * NEXT_PLACE * (listed + 1)
    cost = -np.round(worth * SCALE).astype(np.int64)
    ones = np.ones(len(cost), np.int64)
    return np.asarray(flow.add_arcs_with_capacity_and_unit_cost(choices.looks, choices.shown + n, ones, cost))


def _add(flow: SimpleMinCostFlow, tails: Rows | int, heads: Rows | int, room: Rows | int, cost: int) -> None:
    flow.add_arcs_with_capacity_and_unit_cost(*np.broadcast_arrays(*(np.asarray(one, np.int64) for one in (
        tails, heads, room, cost,
    ))))
