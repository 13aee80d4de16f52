"""What a run gives back: pairs, queue and proof, and answers about any other pair."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.candidates import Arcs
from server.matchmaking.engine.constraints import Market, RuleCode, broken_rules
from server.matchmaking.engine.explain import Explanation, explain_pairs
from server.matchmaking.engine.factor import Factors
from server.matchmaking.engine.learning.outlook import Outlook
from server.matchmaking.engine.lessons.taught import Taught
from server.matchmaking.engine.pool import Participant
from server.matchmaking.engine.score import Calibration, expect_from_score
from server.matchmaking.engine.waitlist import Waiting
from server.matchmaking.engine.weights import Weights


class Origin(StrEnum):
    """How a pair came about."""

    SOLVED = "SOLVED"
    PINNED = "PINNED"
    CURRENT = "CURRENT"


class MatchedPair(NamedTuple):
    """A pair of the result. `fit` and `fits` (in the order of CATEGORIES) are 0 to 100, probabilities 0 to 1."""

    mentor: str
    mentee: str
    fit: float
    p_accept: float
    confidence: float
    fits: tuple[float, ...]
    origin: Origin


class Candidate(NamedTuple):
    """Somebody who could be paired with a person: `fit` 0 to 100, `confidence` 0 to 1."""

    id: str
    fit: float
    confidence: float


class RefusedPin(NamedTuple):
    """A pin that a hard rule forbids, and which."""

    mentor: str
    mentee: str
    code: RuleCode


class Certificate(NamedTuple):
    """How good the result is: its total utility, what no assignment can exceed, and the difference as a share.

    `total_fit` is the plain sum of fit / 100 over the pairs solved; `violations` counts hard rules broken by the
    pairs this run made. `over_all` tells that the bound holds for every allowed pair of the pool, not only for those
    that were listed.
    """

    value: float
    upper_bound: float
    gap: float
    total_fit: float
    matched: int
    violations: int
    rounds: int
    over_all: bool = True


@dataclass(frozen=True, slots=True)
class MatchingResult:
    """Pairs in the order of mentee ids, the queue, the proof, and the means to ask about any candidate. Of each mentor
    in `held_back` one place was held back for newcomers."""

    pairs: tuple[MatchedPair, ...]
    waitlist: tuple[Waiting, ...]
    refused_pins: tuple[RefusedPin, ...]
    certificate: Certificate
    outlook: Outlook
    weights: Weights
    seed: int
    market: Market = field(repr=False)
    factors: Factors = field(repr=False)
    arcs: Arcs = field(repr=False)
    seat_prices: NDArray[np.float64] = field(repr=False)
    taught: Taught | None = field(default=None, repr=False)
    held_back: tuple[str, ...] = ()

    @property
    def calibration(self) -> Calibration:
        """Whether the probabilities were checked against outcomes, and on how many pairs they rest."""
        return self.outlook.calibration

    def candidates_of_mentee(self, mentee: str, k: int = 20) -> list[Candidate]:
        """The best mentors found for a mentee, best first; also those whose places this run has filled."""
        arcs, columns = self.arcs, self.market.columns
        row = columns.mentees.rows[mentee]
        start, stop = np.searchsorted(arcs.e, [row, row + 1])
        return self._listed(np.arange(start, stop), columns.mentors.people, arcs.m, k)

    def candidates_of_mentor(self, mentor: str, k: int = 20) -> list[Candidate]:
        """The best mentees found for a mentor, best first, among those in whose lists the mentor is."""
        columns = self.market.columns
        at = np.flatnonzero(self.arcs.m == columns.mentors.rows[mentor])
        return self._listed(at, columns.mentees.people, self.arcs.e, k)

    def candidates(self, at: NDArray[np.intp], *, mentors: bool) -> list[Candidate]:
        """The mentors, or the mentees, of some arcs, in their order."""
        columns, arcs = self.market.columns, self.arcs
        side, rows = (columns.mentors, arcs.m) if mentors else (columns.mentees, arcs.e)
        return self._candidates(at, side.people, rows)

    def appeal(self, at: NDArray[np.intp]) -> NDArray[np.float64]:
        """By what arcs are put in order for the people themselves: their score (0 to 1), and what noes taught."""
        taught = 0.0 if self.taught is None else self.taught.worth(self.factors, self.arcs.e[at], self.arcs.m[at])
        found: NDArray[np.float64] = self.arcs.score[at] + taught
        return found

    def explain(self, mentor: str, mentee: str) -> Explanation:
        """Three reasons, at most one caution and nine factor rows for any pair of the pool, chosen or not."""
        return next(self.explain_many([(mentor, mentee)]))

    def explain_many(self, pairs: Sequence[tuple[str, str]]) -> Iterator[Explanation]:
        """The same for many (mentor id, mentee id) at once, in their order: ten times faster than one by one."""
        columns = self.market.columns
        e = np.array([columns.mentees.rows[mentee] for _, mentee in pairs], np.intp)
        m = np.array([columns.mentors.rows[mentor] for mentor, _ in pairs], np.intp)
        return explain_pairs(columns, self.factors, e, m)

    def confidence_of(self, mentor: str, mentee: str) -> float:
        """The probability (0 to 1) that any pair of the pool is accepted and meets twice."""
        columns = self.market.columns
        rows = np.array([columns.mentees.rows[mentee]]), np.array([columns.mentors.rows[mentor]])
        return float(self.outlook.expect(columns, self.factors, *rows).confidence[0])

    def rules_against(self, mentor: str, mentee: str) -> list[RuleCode]:
        """Which hard rules forbid a pair; none means that others were worth more (see `price_of`)."""
        columns = self.market.columns
        return broken_rules(self.market, columns.mentees.rows[mentee], columns.mentors.rows[mentor])

    def price_of(self, mentor: str) -> float:
        """What one more place with a mentor would add to the whole result, in fit / 100; 0 with places to spare."""
        return float(self.seat_prices[self.market.columns.mentors.rows[mentor]])

    def _listed(
        self, at: NDArray[np.intp], people: Sequence[Participant], other: NDArray[np.intp], k: int
    ) -> list[Candidate]:
        return self._candidates(at[np.lexsort((other[at], -self.appeal(at)))][:k], people, other)

    def _candidates(
        self, at: NDArray[np.intp], people: Sequence[Participant], other: NDArray[np.intp]
    ) -> list[Candidate]:
        return [
            Candidate(people[other[arc]].id, float(self.arcs.score[arc]) * 100, float(p))
            for arc, p in zip(at, self._sure(at), strict=True)
        ]

    def _sure(self, at: NDArray[np.intp]) -> NDArray[np.float64]:
        """Confidence in arcs; by the prior it follows from their score, so that long lists stay cheap."""
        if not self.outlook.models:
            return expect_from_score(self.arcs.score[at]).confidence
        return self.outlook.expect(self.market.columns, self.factors, self.arcs.e[at], self.arcs.m[at]).confidence
