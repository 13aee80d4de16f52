"""What forming circles asks about people: who helps whom, who wants the same, who may not sit together, and when.

Every table has one row and column more than there are people: an empty seat, which helps nobody and bars nobody, so
that circles of any size are rows of equal length.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.candidates import single_threaded
from server.matchmaking.engine.columns import Masks, Side
from server.matchmaking.engine.constraints import RuleCode, active_pair_rules, is_broken
from server.matchmaking.engine.groups.both_ways import DIGITS, BothWays, Floats, Rows
from server.matchmaking.engine.pool import HALF_HOURS_A_WEEK
from server.matchmaking.engine.weights import Category

Mask = NDArray[np.bool_]
MEETING_HALF_HOURS = 2
"""A circle meets for an hour: two half hours in a row that all share."""
GOAL_IN_COMMON_WORTH, NOT_TOLD = 0.5, 0.25
"""Sharing a goal counts half as much as being helped with one (measured: engineering/matching.md section 3), in the
weight that the programme gives to goals; who told no goal shares a quarter of one with everybody."""
EVERYTHING = np.uint64(2**64 - 1)


@dataclass(frozen=True, slots=True)
class Common:
    """What people share, as bits: hours at which a meeting could begin, half hours of the week, and languages.

    Who told nothing shares everything.
    """

    starts: Masks
    times: Masks
    languages: Masks

    def of(self, rows: Rows) -> "Common":
        """What several people have in common, along the last axis but one of `rows`."""
        return Common(*(np.bitwise_and.reduce(mask[rows], axis=-2) for mask in self.masks))

    def rows(self, rows: Rows) -> "Common":
        """The same for some people only."""
        return Common(*(mask[rows] for mask in self.masks))

    @property
    def masks(self) -> tuple[Masks, Masks, Masks]:
        """All three, in a fixed order."""
        return self.starts, self.times, self.languages

    def suits(self, other: "Common", half_hours: int) -> Mask:
        """Whether there is an hour to meet, enough time a week, and a language, in common with others."""
        met: Mask = ((self.starts & other.starts) != 0).any(axis=-1)
        met &= ((self.languages & other.languages) != 0).any(axis=-1)
        if half_hours > MEETING_HALF_HOURS:
            met &= np.bitwise_count(self.times & other.times).sum(axis=-1) >= half_hours
        return met


@dataclass(frozen=True, slots=True)
class Room:
    """Tables about `size` people and the empty seat behind them.

    `help[a, b]` is what b brings to a (0 to 1), `kin[a, b]` what the nearness of their goals adds. `half_hours` a week
    must be free for all members of a circle.
    """

    people: BothWays
    help: Floats
    kin: Floats
    barred: Mask
    common: Common
    half_hours: int

    @property
    def size(self) -> int:
        """How many people there are; also the row of the empty seat."""
        return len(self.people.people)

    def may_join(self, circle: list[int], others: Rows) -> Mask:
        """Which of some people could sit in a circle as it is."""
        members = np.array(circle)
        free: Mask = ~np.any(self.barred[np.ix_(members, others)], axis=0)
        return free & self.common.of(members).suits(self.common.rows(others), self.half_hours)

    def gains(self, circle: list[int], others: Rows) -> Floats:
        """What each of some people would add to a circle: what they get there and what they bring."""
        total, members = np.zeros(len(others)), np.array(circle)
        for table in (self.help, self.kin):
            best = table[np.ix_(members, members)].max(axis=1)
            brought = np.maximum(table[np.ix_(members, others)] - best[:, None], 0).sum(axis=0)
            total += brought + table[np.ix_(others, members)].max(axis=1)
        return total

    def value(self, circle: list[int]) -> float:
        """The sum over members of how well their best helper fits them and what the nearest goal inside adds."""
        pairs = np.ix_(np.array(circle), np.array(circle))
        return float(self.help[pairs].max(axis=1).sum() + self.kin[pairs].max(axis=1).sum())


def open_room(people: BothWays) -> Room:
    """All tables of a one-sided market."""
    size, rules, side = len(people.people), people.market.rules, people.market.columns.mentees
    worth = GOAL_IN_COMMON_WORTH * people.ground.factors.weights.shares[Category.GOALS]
    with single_threaded():
        help_, kin = np.zeros((size + 1, size + 1)), np.zeros((size + 1, size + 1))
        for rows in people.blocks():
            help_[rows, :size] = people.help(rows)
        kin[:size, :size] = (worth * _kin(side)).round(DIGITS)
    np.fill_diagonal(help_, 0)
    np.fill_diagonal(kin, 0)
    return Room(people, help_, kin, _barred(people), _common(side), rules.min_overlap_half_hours)


def _kin(side: Side) -> Floats:
    """How near the goals of any two people are, 0 to 1: a tag in common is 1, texts as near as their words."""
    vectors = side.goal_vectors.astype(np.float64)
    near = np.clip(vectors @ vectors.T, 0, 1).round(6)
    told = vectors.any(axis=1)
    near[~told] = near[:, ~told] = NOT_TOLD
    shared = (side.goals @ side.goals.T).tocoo()
    near[shared.row, shared.col] = 1.0
    return near


def _barred(people: BothWays) -> Mask:
    """Whom a rule about two people keeps apart."""
    size, market = len(people.people), people.market
    barred = np.zeros((size + 1, size + 1), np.bool_)
    barred[:size, :size] = market.named.toarray()
    everybody = np.arange(size)[None, :]
    for code in active_pair_rules(market.rules):
        if code not in (RuleCode.LANGUAGE, RuleCode.OVERLAP):
            barred[:size, :size] |= is_broken(market, code, everybody.T, everybody)
    return barred


def _common(side: Side) -> Common:
    times = np.where(side.has_times[:, None], side.availability, EVERYTHING)
    languages = np.where(side.speaks[:, None], side.languages, EVERYTHING)
    starts = np.where(side.has_times[:, None], _starts(side.availability), EVERYTHING)
    return Common(*(np.vstack([mask, np.full((1, mask.shape[1]), EVERYTHING)]) for mask in (starts, times, languages)))


def _starts(availability: Masks) -> Masks:
    """The half hours after which the next one is free too; Sunday night runs into Monday."""
    octets = availability.astype("<u8").view(np.uint8)
    bits = np.unpackbits(octets, axis=1, bitorder="little", count=HALF_HOURS_A_WEEK)
    both = bits & np.roll(bits, -1, axis=1)
    padded = np.zeros((len(bits), availability.shape[1] * 64), np.uint8)
    padded[:, :HALF_HOURS_A_WEEK] = both
    masks: Masks = np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)
    return masks
