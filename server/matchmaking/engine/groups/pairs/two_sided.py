"""Pairs of peers told as pairs of two sides, so that whatever reads a run of mentors and mentees reads theirs too.

Everybody stands on both sides, and each pair stands there both ways round.
"""

from dataclasses import replace

import numpy as np

from server.matchmaking.engine.candidates import Arcs, single_threaded
from server.matchmaking.engine.constraints import RuleSet
from server.matchmaking.engine.groups.both_ways import BothWays, Floats, Rows
from server.matchmaking.engine.groups.pairs.peers import PeersResult, allowed
from server.matchmaking.engine.learning.outlook import untaught
from server.matchmaking.engine.pool import Pool
from server.matchmaking.engine.result import Certificate, MatchedPair, MatchingResult
from server.matchmaking.engine.watch import Step, Watch
from server.matchmaking.engine.weights import Weights

LISTED = 50
"""Partners listed for each person, as many as mentors for a mentee where places are many."""


def two_sided(
    result: PeersResult, pool: Pool, rules: RuleSet, weights: Weights, *, seed: int = 0, watch: Watch | None = None
) -> MatchingResult:
    """The same pairs both ways round, with the best partners of each person listed by what both bring each other.

    The certificate is that of the peers: it counts each pair once.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    people, watch = result.people, watch or Watch()
    both = Pool((*people.market.columns.mentors.people, *people.people), pool.managers, pool.history, pool.conflicts)
    market = replace(people.market, columns=replace(people.market.columns, pool=both))
    outlook = untaught(pool)
    return MatchingResult(
        pairs=tuple(sorted((one for pair in result.pairs for one in (pair, _turned(pair))), key=_by_mentee)),
        waitlist=result.waitlist,
        refused_pins=result.refused_pins,
        certificate=Certificate(
            value=result.value, upper_bound=result.upper_bound, gap=result.gap,
            total_fit=sum(pair.fit for pair in result.pairs) / 100, matched=len(result.pairs),
            violations=result.violations, rounds=1,
        ),
        outlook=outlook,
        weights=weights,
        seed=seed,
        market=market,
        factors=people.ground.factors,
        arcs=_listed(people, rules, watch),
        seat_prices=np.zeros(len(people.people)),
    )


def _turned(pair: MatchedPair) -> MatchedPair:
    return pair._replace(mentor=pair.mentee, mentee=pair.mentor)


def _by_mentee(pair: MatchedPair) -> tuple[str, str]:
    return pair.mentee, pair.mentor


def _listed(people: BothWays, rules: RuleSet, watch: Watch) -> Arcs:
    """The best LISTED partners of each person whom no rule forbids, in the order of rows."""
    watch.begin(Step.EXPLAINING)
    open_ = np.array([row for row, one in enumerate(people.people) if one.capacity > 0], np.intp)
    e, m, score = [], [], []
    with single_threaded():
        worth = allowed(people, rules, open_, people.mutual)
        for rows in people.blocks():
            watch.look()
            value = worth(rows)
            at, partner = _best(value)
            e.append(rows[at])
            m.append(partner)
            score.append(value[at, partner])
    joined = np.concatenate(score) if score else np.zeros(0)
    return Arcs(_joined(e), _joined(m), joined, joined)


def _best(value: Floats) -> tuple[Rows, Rows]:
    order = np.sort(np.argsort(-value, axis=1, kind="stable")[:, :LISTED], axis=1)
    at = np.repeat(np.arange(len(value)), order.shape[1])
    partner = order.ravel()
    can = np.isfinite(value[at, partner])
    return at[can], partner[can]


def _joined(parts: list[Rows]) -> Rows:
    return np.concatenate(parts).astype(np.intp) if parts else np.zeros(0, np.intp)
