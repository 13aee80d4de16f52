"""Pairs of peers: two people of one side who help each other, the best pairs of a pool, or pairs by the draw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.candidates import single_threaded
from server.matchmaking.engine.constraints import RuleCode, RuleSet, active_pair_rules, broken_rules, is_broken
from server.matchmaking.engine.explain import Explanation, explain_pairs
from server.matchmaking.engine.factor import score
from server.matchmaking.engine.groups.both_ways import BothWays, Floats, Rows, both_ways
from server.matchmaking.engine.groups.pairs.draw import chances
from server.matchmaking.engine.groups.pairs.pairing import Chosen, Worth, best_pairs
from server.matchmaking.engine.pool import Pool, Standing
from server.matchmaking.engine.result import MatchedPair, Origin, RefusedPin
from server.matchmaking.engine.score import expect_from_score
from server.matchmaking.engine.waitlist import WaitCode, Waiting, as_wait_code, in_turn
from server.matchmaking.engine.weights import Weights

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PeersResult:
    """Pairs in the order of their ids, who waits and why, and the proof.

    Of a pair the one named as `mentor` is who brings the other more, or who a gap in grades asks for; fit and fits are
    the mean of both directions. `value` is the utility of the pairs made, `upper_bound` what no choice of pairs can
    exceed; they are equal where the choice is proven best of all.
    """

    pairs: tuple[MatchedPair, ...]
    waitlist: tuple[Waiting, ...]
    refused_pins: tuple[RefusedPin, ...]
    value: float
    upper_bound: float
    violations: int
    people: BothWays

    @property
    def gap(self) -> float:
        """The part of the bound that is not reached, 0 where nothing better exists."""
        return max(0.0, 1 - self.value / self.upper_bound) if self.upper_bound else 0.0

    def explain(self, mentor: str, mentee: str) -> Explanation:
        """What one peer brings the other; ask both ways round for both."""
        columns = self.people.market.columns
        e, m = (np.array([side.rows[name]]) for side, name in ((columns.mentees, mentee), (columns.mentors, mentor)))
        return next(explain_pairs(columns, self.people.ground.factors, e, m))


class Frozen(NamedTuple):
    """Pairs of rows (mentor side first) that stand before the choice, which of them were pinned, and pins refused."""

    pairs: list[tuple[int, int]]
    pinned: set[tuple[int, int]]
    refused: list[RefusedPin]


def pair_peers(
    pool: Pool,
    rules: RuleSet,
    weights: Weights,
    *,
    standing: Standing | None = None,
    seed: int = 0,
    by_draw: bool = False,
) -> PeersResult:
    """The best pairs among everybody of a pool, whatever their roles; each person is in one pair at most.

    Pins and current pairs stay as they are. With `by_draw` pairs are drawn instead of chosen: as many as there can be,
    none that a rule or the past forbids, and another draw for another seed. The same input gives the same result,
    whatever the order of people. A gap in grades need hold one way round only.

    Raises:
        ValueError: a pin names somebody who is not in the pool.
    """
    decided = standing or Standing()
    with single_threaded():
        people = both_ways(pool, pool.participants, rules, weights, decided.bans, seed)
        frozen = _freeze(people, rules, decided)
        taken = {row for pair in frozen.pairs for row in pair}
        looking = [row for row, one in enumerate(people.people) if one.capacity > 0]
        open_ = np.array([row for row in looking if row not in taken], np.intp)
        most = len(looking) if rules.max_pairs is None else max(0, rules.max_pairs - len(frozen.pairs))
        utility = chances(people.keys, seed) if by_draw else _mutual_utility(people, rules)
        worth = Worth(allowed(people, rules, open_, utility), people.blocks, len(people.people))
        placement = float(len(looking)) if by_draw else rules.placement
        chosen = best_pairs(worth, open_, most, placement)
    return _result(people, rules, frozen, _turned(people, rules, chosen.first, chosen.second), chosen)


def best_partner(
    pool: Pool, rules: RuleSet, weights: Weights, peer: str, *, standing: Standing | None = None, seed: int = 0
) -> str | None:
    """Who of a pool suits one of its people best, whomever else that person would suit; None if rules leave nobody.

    Raises:
        KeyError: the person is not in the pool.
    """
    with single_threaded():
        people = both_ways(pool, pool.participants, rules, weights, (standing or Standing()).bans, seed)
        open_ = np.array([row for row, one in enumerate(people.people) if one.capacity > 0], np.intp)
        here = np.array([people.market.columns.mentees.rows[peer]], np.intp)
        (worth,) = allowed(people, rules, open_, _mutual_utility(people, rules))(here)
    best = int(worth.argmax())
    return people.people[best].id if np.isfinite(worth[best]) else None


def unpaired(pool: Pool, rules: RuleSet, weights: Weights, *, standing: Standing | None = None) -> PeersResult:
    """Everybody of a pool with nobody paired: for asking who suits whom."""
    with single_threaded():
        people = both_ways(pool, pool.participants, rules, weights, (standing or Standing()).bans, 0)
    nobody = np.zeros(0, np.intp)
    return _result(people, rules, Frozen([], set(), []), [], Chosen(nobody, nobody, 0.0, 0.0))


def put_together(
    pool: Pool, rules: RuleSet, weights: Weights, *, standing: Standing | None = None
) -> tuple[PeersResult, list[RuleCode]]:
    """The two people of a pool as a pair, whatever keeps them apart, and the rules that do.

    Raises:
        ValueError: they are not two.
    """
    if len({one.who for one in pool.participants}) != 2:
        raise ValueError("A pair is of two people")
    with single_threaded():
        people = both_ways(pool, pool.participants, rules, weights, (standing or Standing()).bans, 0)
        made = _turned(people, rules, np.array([0]), np.array([1]))
        worth = float(people.mutual(np.array([0]))[0, 1])
    chosen = Chosen(np.array([0]), np.array([1]), worth, worth)
    return _result(people, rules, Frozen([], set(), []), made, chosen), _codes(people, rules, *made[0])


def _freeze(people: BothWays, rules: RuleSet, standing: Standing) -> Frozen:
    """Pins that no rule forbids, then current pairs; each person is held by the first of them. A ban undoes both."""
    frozen, taken = Frozen([], set(), []), set[int]()
    rows = people.market.columns.mentees.rows
    for mentor, mentee in sorted(standing.pins):
        if mentor not in rows or mentee not in rows:
            raise ValueError(f"The pin {mentor}, {mentee} names somebody who is not in the pool")
        pair = rows[mentor], rows[mentee]
        codes = _codes(people, rules, *pair) or [RuleCode.CAPACITY] * (not _free(people, taken, pair))
        if codes:
            frozen.refused.append(RefusedPin(mentor, mentee, codes[0]))
        else:
            _hold(frozen, taken, pair)
            frozen.pinned.add(pair)
    undone = standing.bans | {ban[::-1] for ban in standing.bans} | standing.pins
    for mentor, mentee in sorted(standing.current - undone):
        if mentor in rows and mentee in rows and _free(people, taken, pair := (rows[mentor], rows[mentee])):
            _hold(frozen, taken, pair)
    return frozen


def _codes(people: BothWays, rules: RuleSet, mentor: int, mentee: int) -> list[RuleCode]:
    codes = broken_rules(people.market, mentee, mentor)
    wrong = _gap_broken(people, rules, np.array([mentor]), np.array([mentee]))[0]
    return codes + [RuleCode.GRADE_GAP] * bool(wrong)


def _free(people: BothWays, taken: set[int], pair: tuple[int, int]) -> bool:
    return pair[0] != pair[1] and taken.isdisjoint(pair) and all(people.people[row].capacity for row in pair)


def _hold(frozen: Frozen, taken: set[int], pair: tuple[int, int]) -> None:
    frozen.pairs.append(pair)
    taken.update(pair)


def _mutual_utility(people: BothWays, rules: RuleSet) -> Callable[[Rows], Floats]:
    """What both bring each other, and the cycles both have waited."""
    waiting = rules.wait_bonus * np.minimum(people.market.columns.mentees.waited, rules.wait_cap)

    def of(rows: Rows) -> Floats:
        value = people.mutual(rows)
        value[value < rules.min_fit / 100] = -np.inf
        value += (waiting[rows, None] + waiting[None, :]) / 2
        return value

    return of


def allowed(
    people: BothWays, rules: RuleSet, open_: Rows, utility: Callable[[Rows], Floats]
) -> Callable[[Rows], Floats]:
    """The same utility, minus infinity where a rule forbids the pair or somebody has no open place."""
    closed = np.ones(len(people.people), np.bool_)
    closed[open_] = False
    everybody = np.arange(len(closed))[None, :]

    def of(rows: Rows) -> Floats:
        value, here = utility(rows), rows[:, None]
        forbidden = closed[None, :] | closed[rows, None]
        forbidden |= _gap_broken(people, rules, here, everybody) & _gap_broken(people, rules, everybody, here)
        for code in (*people.market.listed, *active_pair_rules(people.market.rules)):
            forbidden |= is_broken(people.market, code, here, everybody)
        value[forbidden] = -np.inf
        return value

    return of


def _gap_broken(people: BothWays, rules: RuleSet, mentor: Rows, mentee: Rows) -> Mask:
    """Where the gap in grades does not hold with these as mentors and mentees."""
    grade = people.market.columns.mentees.grade
    least, most = rules.grade_gap or (-10, 10)
    gap = grade[mentor] - grade[mentee]
    wrong: Mask = ((gap < least) | (gap > most)) & (grade[mentor] > 0) & (grade[mentee] > 0)
    return wrong


def _turned(people: BothWays, rules: RuleSet, first: Rows, second: Rows) -> list[tuple[int, int]]:
    """Pairs with the one first who brings more, unless the gap in grades wants the other."""
    factors = people.ground.factors
    brings, gets = (score(factors.fits(e, m), factors.weights) for e, m in ((second, first), (first, second)))
    turned = (gets > brings) | _gap_broken(people, rules, first, second)
    turned &= ~_gap_broken(people, rules, second, first)
    pairs = np.where(turned[:, None], np.stack([second, first], axis=1), np.stack([first, second], axis=1))
    return [(one, other) for one, other in pairs.tolist()]


def _result(
    people: BothWays, rules: RuleSet, frozen: Frozen, made: Sequence[tuple[int, int]], chosen: Chosen
) -> PeersResult:
    pairs = [*frozen.pairs, *made]
    placed = {row for pair in pairs for row in pair}
    at_limit = rules.max_pairs is not None and len(pairs) >= rules.max_pairs
    return PeersResult(
        pairs=_pairs(people, pairs, frozen),
        waitlist=tuple(_queue(people, rules, placed, at_limit=at_limit)),
        refused_pins=tuple(frozen.refused),
        value=chosen.value,
        upper_bound=chosen.upper_bound,
        violations=sum(len(_codes(people, rules, *pair)) for pair in made) + 2 * len(pairs) - len(placed),
        people=people,
    )


def _pairs(people: BothWays, pairs: Sequence[tuple[int, int]], frozen: Frozen) -> tuple[MatchedPair, ...]:
    m, e = np.array(pairs, np.intp).reshape(-1, 2).T
    factors = people.ground.factors
    fits = (factors.fits(e, m) + factors.fits(m, e)) / 2
    whole = score(fits, factors.weights)
    expected = expect_from_score(whole)
    origins = {pair: Origin.PINNED if pair in frozen.pinned else Origin.CURRENT for pair in frozen.pairs}
    found = [
        MatchedPair(
            mentor=people.people[pair[0]].id,
            mentee=people.people[pair[1]].id,
            fit=float(whole[at] * 100),
            p_accept=float(expected.p_accept[at]),
            confidence=float(expected.confidence[at]),
            fits=tuple((fits[at] * 100).tolist()),
            origin=origins.get(pair, Origin.SOLVED),
        )
        for at, pair in enumerate(pairs)
    ]
    return tuple(sorted(found, key=lambda pair: (pair.mentee, pair.mentor)))


def _queue(people: BothWays, rules: RuleSet, placed: set[int], *, at_limit: bool) -> list[Waiting]:
    """Who waits, in turn and with the reason, then who has no open place."""
    left = [row for row in range(len(people.people)) if row not in placed]
    looking = in_turn(people.people, [row for row in left if people.people[row].capacity])
    idle = [people.people[row].id for row in left if not people.people[row].capacity]
    waiting = [
        Waiting(people.people[row].id, position, WaitCode.COHORT_LIMIT if at_limit else _why(people, rules, row))
        for position, row in enumerate(looking, 1)
    ]
    return waiting + [Waiting(name, None, WaitCode.NOT_LOOKING) for name in sorted(idle)]


def _why(people: BothWays, rules: RuleSet, row: int) -> WaitCode:
    """Everybody who fits is paired; or the rule that keeps most people away, where rules keep all of them."""
    here, others = np.array([row]), np.delete(np.arange(len(people.people)), row)
    masks = {
        code: is_broken(people.market, code, here, others)
        for code in (*people.market.listed, *active_pair_rules(people.market.rules))
    }
    masks[RuleCode.GRADE_GAP] = _gap_broken(people, rules, here, others) & _gap_broken(people, rules, others, here)
    if not len(others) or not np.logical_or.reduce(list(masks.values())).all():
        return WaitCode.NO_PARTNER
    return as_wait_code(max(masks, key=lambda code: int(masks[code].sum())))
