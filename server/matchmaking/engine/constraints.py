"""Hard rules. Each is one vectorised question about pairs, asked by the engine and again by the checker of its result.

Rows of mentees `e` and mentors `m` may be of any shapes that numpy broadcasts: two lists are pairs, a column and a row
are a whole table. What is not known breaks no rule.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from server.matchmaking.engine.columns import UNKNOWN, Columns, Side
from server.matchmaking.engine.pool import Standing
from server.programs.states import ProgramType

HalfHours = NDArray[np.integer[Any] | np.floating[Any]]
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]
Keys = NDArray[np.int64]


class RuleCode(StrEnum):
    """Why a pair, or a set of pairs, must not be."""

    SELF = "SELF"
    REPORTING_LINE = "REPORTING_LINE"
    SAME_TEAM = "SAME_TEAM"
    BLOCKED = "BLOCKED"
    CONFLICT = "CONFLICT"
    REPEAT = "REPEAT"
    BANNED = "BANNED"
    PAIRED = "PAIRED"
    COMPANY = "COMPANY"
    LANGUAGE = "LANGUAGE"
    OVERLAP = "OVERLAP"
    GRADE_GAP = "GRADE_GAP"
    CAPACITY = "CAPACITY"
    COHORT_LIMIT = "COHORT_LIMIT"
    TRAINING = "TRAINING"
    """Asked outside the engine: nobody with a required step open comes into a pool."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The hard rules of one programme, and what its whole pool is steered by.

    `reporting_depth` counts levels of management (None: any depth). `repeat_months` of None means never again.
    `min_overlap_half_hours` is per week. `grade_gap` is the least and most of mentor minus mentee. `min_fit` (0 to
    100) is the fit below which waiting is better. `placement` is what placing one more person is worth, in units of
    the best pair there could be: from 1 on, none is worth leaving somebody out. Each cycle waited adds `wait_bonus`
    (fit / 100) up to `wait_cap` cycles, so that waiting counts and a bad pair is still not made; each further place of
    one mentor costs `seat_step`, which spreads load.
    `reserve` is the share of mentors with a place of whom one is held back in a run of everybody, for newcomers.
    """

    reporting_line: bool = True
    reporting_depth: int | None = None
    same_team: bool = True
    repeat: bool = True
    repeat_months: float | None = None
    company: Literal["same", "different"] | None = None
    common_language: bool = False
    min_overlap_half_hours: int = 0
    grade_gap: tuple[int, int] | None = None
    max_pairs: int | None = None
    min_fit: float = 0.0
    placement: float = 1.0
    wait_bonus: float = 0.02
    wait_cap: int = 5
    seat_step: float = 0.0
    reserve: float = 0.0


def rules_for(kind: ProgramType) -> RuleSet:
    """The factory setting of a programme type; a programme changes what it wants of it, within `held_to`.

    The mentor of a reverse programme stands below the mentee, that of a succession programme above; a newcomer's guide
    may be from the same team; a flash question may go to the same person again after three months; across companies
    nobody meets their own.
    """
    return _FACTORY.get(kind, RuleSet())


BELOW = (-9, -1)
"""The gap of levels in which every mentor stands below the mentee."""
_FACTORY: Mapping[ProgramType, RuleSet] = {
    ProgramType.REVERSE: RuleSet(grade_gap=BELOW),
    ProgramType.ONBOARDING: RuleSet(same_team=False),
    ProgramType.FLASH: RuleSet(repeat_months=3),
    ProgramType.HIGH_POTENTIAL: RuleSet(grade_gap=(1, 9)),
    ProgramType.CROSS_COMPANY: RuleSet(company="different"),
}


def held_to(kind: ProgramType, rules: RuleSet) -> RuleSet:
    """The same rules with what a type of programme cannot be without: who sets rules asks for more, never for less.

    Peers are never of one team; no circle holds a line of command, at any depth; across companies nobody meets their
    own; the mentor of a reverse programme stands below the mentee, and a gap that knows no such pair is the type's own.
    """
    match kind:
        case ProgramType.PEER:
            return replace(rules, same_team=True)
        case ProgramType.CIRCLE:
            return replace(rules, reporting_line=True, reporting_depth=None)
        case ProgramType.CROSS_COMPANY:
            return replace(rules, company="different")
        case ProgramType.REVERSE:
            return replace(rules, grade_gap=_below(rules.grade_gap))
        case _:
            return rules


def _below(gap: tuple[int, int] | None) -> tuple[int, int]:
    if gap is None or gap[0] > BELOW[1]:
        return BELOW
    return gap[0], min(gap[1], BELOW[1])


class Violation(NamedTuple):
    """A rule that a result breaks; the mentor is empty when it is about the mentee or the whole result."""

    code: RuleCode
    mentee: str
    mentor: str


@dataclass(frozen=True, slots=True)
class Market:
    """Columns with the rules of one run. `listed` are pairs named one by one, as sorted keys; see `pair_keys`.

    `named` is all of them together, one row for each mentee.
    """

    columns: Columns
    rules: RuleSet
    listed: Mapping[RuleCode, Keys]
    named: csr_array


def open_market(columns: Columns, rules: RuleSet, standing: Standing) -> Market:
    """Work out once which pairs are forbidden by name."""
    named = {
        RuleCode.SELF: _same_person(columns),
        RuleCode.REPORTING_LINE: _reporting_lines(columns, rules) if rules.reporting_line else (),
        RuleCode.BLOCKED: _avoided(columns),
        RuleCode.CONFLICT: _between(columns, ((*pair, True) for pair in columns.pool.conflicts)),
        RuleCode.REPEAT: _past(columns, rules) if rules.repeat else (),
        RuleCode.BANNED: _named_pairs(columns, standing.bans),
        RuleCode.PAIRED: (),
    }
    return _market(columns, rules, {code: np.unique(pair_keys(columns, pairs)) for code, pairs in named.items()})


def mark_paired(market: Market, e: Rows, m: Rows) -> Market:
    """The same market with pairs that stand already, or whose two people meet with roles exchanged."""
    keys = e.astype(np.int64) * len(market.columns.mentors) + m
    paired = np.union1d(market.listed[RuleCode.PAIRED], keys)
    return _market(market.columns, market.rules, {**market.listed, RuleCode.PAIRED: paired})


def _market(columns: Columns, rules: RuleSet, listed: Mapping[RuleCode, Keys]) -> Market:
    shape = len(columns.mentees), len(columns.mentors)
    keys = np.unique(np.concatenate(list(listed.values())))
    rows, places = np.divmod(keys, max(1, shape[1]))
    return Market(columns, rules, listed, csr_array((np.ones(len(keys), np.bool_), (rows, places)), shape=shape))


def pair_keys(columns: Columns, pairs: Iterable[tuple[int, int]]) -> Keys:
    """One number for each (mentee row, mentor row)."""
    found = np.array(list(pairs), np.int64).reshape(-1, 2)
    keys: Keys = found[:, 0] * len(columns.mentors) + found[:, 1]
    return keys


def is_broken(market: Market, code: RuleCode, e: Rows, m: Rows) -> Mask:
    """Where a rule about single pairs is broken."""
    if code in market.listed:
        return _in(market.listed[code], e.astype(np.int64) * len(market.columns.mentors) + m)
    return PAIR_RULES[code](market, e, m)


def broken_with_anyone(market: Market, code: RuleCode, rows: Rows) -> Mask:
    """Where mentees break a rule with each of the mentors; those alike in what it looks at are looked at once."""
    looked_at = LOOKED_AT[code](market.columns.mentees)[rows]
    _kinds, first, kind = np.unique(looked_at, return_index=True, return_inverse=True, axis=0)
    mask = PAIR_RULES[code](market, rows[first][:, None], np.arange(len(market.columns.mentors))[None, :])
    alike: Mask = mask[kind.ravel()]
    return alike


def broken_rules(market: Market, e: int, m: int) -> list[RuleCode]:
    """The rules that one pair of rows breaks."""
    codes = (*market.listed, *active_pair_rules(market.rules))
    return [code for code in codes if is_broken(market, code, np.array([e]), np.array([m]))[0]]


def active_pair_rules(rules: RuleSet) -> list[RuleCode]:
    """The rules of a programme that compare columns, cheapest first."""
    switched = {
        RuleCode.SAME_TEAM: rules.same_team,
        RuleCode.COMPANY: rules.company is not None,
        RuleCode.GRADE_GAP: rules.grade_gap is not None,
        RuleCode.LANGUAGE: rules.common_language,
        RuleCode.OVERLAP: rules.min_overlap_half_hours > 0,
    }
    return [code for code, on in switched.items() if on]


def violations(market: Market, e: Rows, m: Rows) -> list[Violation]:
    """Every hard rule that a list of pairs breaks, the places of people and of the cohort included."""
    columns = market.columns
    found = [
        Violation(code, columns.mentees.people[e[at]].id, columns.mentors.people[m[at]].id)
        for code in (*market.listed, *active_pair_rules(market.rules))
        for at in np.flatnonzero(is_broken(market, code, e, m))
    ]
    found += over_capacity(columns, e, m)
    if market.rules.max_pairs is not None and len(e) > market.rules.max_pairs:
        found.append(Violation(RuleCode.COHORT_LIMIT, "", ""))
    return found


def over_capacity(columns: Columns, e: Rows, m: Rows) -> list[Violation]:
    """People with more pairs than places."""
    mentors = [Violation(RuleCode.CAPACITY, "", name) for name in _overfull(columns.mentors, m)]
    return mentors + [Violation(RuleCode.CAPACITY, name, "") for name in _overfull(columns.mentees, e)]


def overlap_half_hours(columns: Columns, e: Rows, m: Rows) -> NDArray[np.int16]:
    """Half hours a week in which both are available."""
    shape = np.broadcast_shapes(e.shape, m.shape)
    total = np.zeros(shape, np.int16)
    for word in range(columns.mentors.availability.shape[1]):
        total += np.bitwise_count(columns.mentees.availability[e, word] & columns.mentors.availability[m, word])
    return total


def too_little_overlap(market: Market, half_hours: HalfHours, e: Rows, m: Rows) -> Mask:
    """Where both told their times and share fewer than the programme asks for."""
    sides = market.columns
    short: Mask = half_hours < market.rules.min_overlap_half_hours
    return short & sides.mentees.has_times[e] & sides.mentors.has_times[m]


def _same_team(market: Market, e: Rows, m: Rows) -> Mask:
    ours = market.columns.mentees.team[e]
    same: Mask = (ours == market.columns.mentors.team[m]) & (ours != UNKNOWN)
    return same


def _company(market: Market, e: Rows, m: Rows) -> Mask:
    ours, theirs = market.columns.mentees.company[e], market.columns.mentors.company[m]
    wrong: Mask = (ours == theirs) if market.rules.company == "different" else (ours != theirs)
    known: Mask = (ours != UNKNOWN) & (theirs != UNKNOWN)
    return wrong & known


def _grade_gap(market: Market, e: Rows, m: Rows) -> Mask:
    least, most = market.rules.grade_gap or (-10, 10)
    ours, theirs = market.columns.mentees.grade[e], market.columns.mentors.grade[m]
    gap = theirs - ours
    outside: Mask = (gap < least) | (gap > most)
    graded: Mask = (ours > 0) & (theirs > 0)
    return outside & graded


def _language(market: Market, e: Rows, m: Rows) -> Mask:
    ours, theirs = market.columns.mentees, market.columns.mentors
    shared = np.zeros(np.broadcast_shapes(e.shape, m.shape), np.bool_)
    for word in range(ours.languages.shape[1]):
        shared |= (ours.languages[e, word] & theirs.languages[m, word]) != 0
    return ~shared & ours.speaks[e] & theirs.speaks[m]


def _overlap(market: Market, e: Rows, m: Rows) -> Mask:
    return too_little_overlap(market, overlap_half_hours(market.columns, e, m), e, m)


PAIR_RULES: Mapping[RuleCode, Callable[[Market, Rows, Rows], Mask]] = {
    RuleCode.SAME_TEAM: _same_team,
    RuleCode.COMPANY: _company,
    RuleCode.GRADE_GAP: _grade_gap,
    RuleCode.LANGUAGE: _language,
    RuleCode.OVERLAP: _overlap,
}


LOOKED_AT: Mapping[RuleCode, Callable[[Side], NDArray[Any]]] = {
    RuleCode.SAME_TEAM: lambda side: side.team,
    RuleCode.COMPANY: lambda side: side.company,
    RuleCode.GRADE_GAP: lambda side: side.grade,
    RuleCode.LANGUAGE: lambda side: np.column_stack([side.languages, side.speaks]),
}
"""What the rules that know few kinds of people look at."""


def _in(keys: Keys, asked: Keys) -> Mask:
    if not len(keys):
        return np.zeros(asked.shape, np.bool_)
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    found: Mask = keys[at] == asked
    return found


def _overfull(side: Side, rows: Rows) -> list[str]:
    held = np.bincount(rows, minlength=len(side))
    return [side.people[row].id for row in np.flatnonzero(held > side.capacity)]


def _between(columns: Columns, named: Iterable[tuple[str, str, bool]]) -> Iterator[tuple[int, int]]:
    """Rows of pairs of persons named as (mentor, mentee, also the other way round)."""
    mentors, mentees = columns.mentors.by_person, columns.mentees.by_person
    for left, right, both_ways in named:
        if left in mentors and right in mentees:
            yield mentees[right], mentors[left]
        if both_ways and right in mentors and left in mentees:
            yield mentees[left], mentors[right]


def _same_person(columns: Columns) -> Iterator[tuple[int, int]]:
    mentors = columns.mentors.by_person
    return ((row, mentors[who]) for who, row in columns.mentees.by_person.items() if who in mentors)


def _avoided(columns: Columns) -> Iterator[tuple[int, int]]:
    return _between(columns, ((one.who, other, True) for one in columns.pool.participants for other in one.avoids))


def _past(columns: Columns, rules: RuleSet) -> Iterator[tuple[int, int]]:
    limit = rules.repeat_months
    recent = (
        (past.mentor, past.mentee, True)
        for past in columns.pool.history
        if not past.again and (limit is None or past.months_ago is None or past.months_ago < limit)
    )
    return _between(columns, recent)


def _named_pairs(columns: Columns, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    for mentor, mentee in pairs:
        if mentor in columns.mentors.rows and mentee in columns.mentees.rows:
            yield columns.mentees.rows[mentee], columns.mentors.rows[mentor]


def _reporting_lines(columns: Columns, rules: RuleSet) -> Iterator[tuple[int, int]]:
    """Who stands above whom: lines are followed only where somebody of the other side leads anybody at all."""
    bosses = {**columns.pool.managers, **{one.who: one.manager for one in columns.pool.participants if one.manager}}
    leading, mentees, mentors = set(bosses.values()), columns.mentees.by_person, columns.mentors.by_person
    for below, above, is_mentor_above in ((mentees, mentors, True), (mentors, mentees, False)):
        heads = leading & above.keys()
        for who, row in below.items() if heads else ():
            for boss in _chain(bosses, who, rules.reporting_depth):
                if boss in heads:
                    yield (row, above[boss]) if is_mentor_above else (above[boss], row)


def _chain(bosses: Mapping[str, str], who: str, depth: int | None) -> Iterator[str]:
    """Managers above somebody, nearest first; ends at an unknown manager and where a circle would begin again."""
    seen = {who}
    boss = bosses.get(who)
    while boss is not None and boss not in seen and (depth is None or len(seen) <= depth):
        yield boss
        seen.add(boss)
        boss = bosses.get(boss)
