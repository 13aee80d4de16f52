"""What a run finds, made ready to be stored: off the event loop, without the database."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from server.kernel.db import Json
from server.matches.actions import Draft
from server.matchmaking import stored
from server.matchmaking.engine import MatchingResult, RuleSet, Step, Watch, Weights, run_matching
from server.matchmaking.engine.result import Candidate
from server.matchmaking.gather import Gathered
from server.matchmaking.models import MatchSuggestion
from server.matchmaking.runs.records import record_of

KEPT_CANDIDATES = 8
"""Suggestions stored for each mentee: what "Choose another" offers, and where the next one comes from."""


class Findings(NamedTuple):
    """The record of a run, its pairs as drafts, and the best candidates of each mentee, not yet of any run."""

    record: Json
    drafts: list[Draft]
    suggestions: list[MatchSuggestion]


def find(gathered: Gathered, rules: RuleSet, weights: Weights, *, seed: int, watch: Watch) -> Findings:
    """Match a pool, and say why. Minutes for the largest pools: call it in a thread.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    result = run_matching(gathered.pool, rules, weights, standing=gathered.standing, seed=seed, watch=watch)
    watch.begin(Step.EXPLAINING)
    drafts, suggestions = _describe(result)
    watch.look()
    return Findings(record_of(result, gathered.standing), drafts, suggestions)


def _describe(result: MatchingResult) -> tuple[list[Draft], list[MatchSuggestion]]:
    """The chosen pairs, and the best candidates of each mentee with whoever was chosen, each with its explanation."""
    chosen = [(pair.mentor, pair.mentee) for pair in result.pairs]
    kept = set(chosen)
    ranked = list(_ranked(result, kept))
    told = iter(result.explain_many([*chosen, *((one.id, mentee) for one, mentee, _rank in ranked)]))
    drafts = [
        Draft(
            UUID(pair.mentor), UUID(pair.mentee), round(pair.fit), pair.confidence, result.calibration.based_on,
            stored.dump(next(told)),
        )
        for pair in result.pairs
    ]
    suggestions = [
        MatchSuggestion(
            mentor_enrollment_id=UUID(one.id), mentee_enrollment_id=UUID(mentee), rank=rank,
            chosen=(one.id, mentee) in kept, fit=one.fit, confidence=one.confidence, factors=stored.dump(next(told)),
        )
        for one, mentee, rank in ranked
    ]
    return drafts, suggestions


def _ranked(result: MatchingResult, kept: set[tuple[str, str]]) -> Iterator[tuple[Candidate, str, int]]:
    """The best candidates of each mentee with their rank from 0, and the chosen one however far down."""
    mentors: dict[str, list[str]] = {}
    for mentor, mentee in kept:
        mentors.setdefault(mentee, []).append(mentor)
    for one in result.market.columns.mentees.people:
        best = result.candidates_of_mentee(one.id, KEPT_CANDIDATES)
        yield from ((candidate, one.id, rank) for rank, candidate in enumerate(best))
        if set(mentors.get(one.id, ())) - {candidate.id for candidate in best}:
            rest = result.candidates_of_mentee(one.id, len(result.arcs))[KEPT_CANDIDATES:]
            yield from (
                (candidate, one.id, rank)
                for rank, candidate in enumerate(rest, KEPT_CANDIDATES)
                if candidate.id in mentors[one.id]
            )
