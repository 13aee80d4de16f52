"""What a run finds, made ready to be stored: off the event loop, without the database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from server.kernel.db import Json
from server.matches.actions import CircleDraft, Draft
from server.matchmaking import stored
from server.matchmaking.circles.forming import CirclesFound, find_circles, narrowed, persons, seat_the_rest
from server.matchmaking.circles.queries import Beside, WithRoom
from server.matchmaking.engine import MatchingResult, Outlook, RuleSet, Step, Watch, Weights, run_matching
from server.matchmaking.engine.fairness import parity_among
from server.matchmaking.engine.living.incremental import match_newcomers
from server.matchmaking.engine.result import Candidate
from server.matchmaking.gather import Gathered
from server.matchmaking.learned.evidence import Pair, evidence_now, stored_evidence
from server.matchmaking.models import MatchSuggestion
from server.matchmaking.runs.records import dump_parity, groups_of, record_of
from server.matchmaking.runs.telling import told
from server.programs.states import ParticipantRole

KEPT_CANDIDATES = 8
"""Suggestions stored for each mentee: what "Choose another" offers, and where the next one comes from."""


class Findings(NamedTuple):
    """The record of a run, its pairs as drafts, the best candidates of each mentee, not yet of any run, and circles."""

    record: Json
    drafts: list[Draft]
    suggestions: list[MatchSuggestion]
    circles: tuple[CircleDraft, ...] = ()


def find(
    gathered: Gathered, rules: RuleSet, weights: Weights, *, seed: int, watch: Watch, outlook: Outlook | None = None,
    newcomers: bool = False,
) -> Findings:
    """Match a pool, and say why. Minutes for the largest pools: call it in a thread. With `newcomers` the pool was
    gathered around drafts, and only those without a mentor have rows of their own. Without `outlook` the prior stands.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    if newcomers:
        result = match_newcomers(
            gathered.pool, rules, weights, standing=gathered.standing, placed=gathered.placed, seed=seed, watch=watch,
            outlook=outlook,
        )
    else:
        result = run_matching(
            gathered.pool, rules, weights, standing=gathered.standing, seed=seed, watch=watch, outlook=outlook
        )
    watch.begin(Step.EXPLAINING)
    drafts, suggestions = describe(result)
    watch.look()
    return Findings({**record_of(result, gathered.standing), **told(result)}, drafts, suggestions)


@dataclass(frozen=True)
class Circling:
    """How circles are formed in a run: of about `size`, beside the pairs of a programme where it has any, and with the
    seats that circles which stand have to spare, where they have any."""

    size: int
    beside: Beside | None
    room: WithRoom | None


def circles_alone(
    gathered: Gathered, rules: RuleSet, weights: Weights, *, circling: Circling, seed: int, watch: Watch,
    newcomers: bool = False,  # noqa: ARG001  # called as `find` is: who sits in a circle is in no pool around drafts
    outlook: Outlook | None = None,  # noqa: ARG001  # nothing is learned of circles
) -> Findings:
    """Form the circles of a programme of circles.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    found = _circles_of(gathered, rules, weights, circling, seed, watch)
    record = {"matched": 0, "waiting": found.record["waiting"], "waitlist": found.record["waitlist"]}
    return Findings({**record, "circles": found.record}, [], [], tuple(found.drafts))


def pairs_and_circles(
    gathered: Gathered, rules: RuleSet, weights: Weights, *, circling: Circling, seed: int, watch: Watch, **how: Any
) -> Findings:
    """Make the pairs of a programme, then the circles of whoever waits, or of everybody.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    pairs = find(gathered, rules, weights, seed=seed, watch=watch, **how)
    beside = circling.beside
    assert beside is not None, "asked for where circles stand beside pairs"
    who = persons(gathered.pool)
    made = {(who[str(one.mentor_enrollment_id)], who[str(one.mentee_enrollment_id)]) for one in pairs.drafts}
    waiting = frozenset(str(one["enrollment_id"]) for one in pairs.record["waitlist"] if one["position"])
    people = narrowed(beside.gathered, beside.pairs | made, waiting if beside.only_waiting else None)
    found = _circles_of(people, rules, weights, circling, seed, watch)
    return pairs._replace(record={**pairs.record, "circles": found.record}, circles=tuple(found.drafts))


def _circles_of(
    people: Gathered, rules: RuleSet, weights: Weights, circling: Circling, seed: int, watch: Watch
) -> CirclesFound:
    """The circles of some people, with how their groups fared; then seats for who is left."""
    found = find_circles(people, rules, weights, size=circling.size, seed=seed, watch=watch)
    looking = [one for one in people.pool.participants if one.role is ParticipantRole.MENTEE and one.capacity > 0]
    parity = [parity_among(looking, found.helped, name, of) for name, of in groups_of(people.pool).items()]
    found.record["parity"] = dump_parity(parity)
    if circling.room:
        watch.look()
        seat_the_rest(found, people, circling.room, rules, weights, seed)
    return found


def describe(result: MatchingResult) -> tuple[list[Draft], list[MatchSuggestion]]:
    """The chosen pairs, and the best candidates of each mentee with whoever was chosen, each with its explanation."""
    kept = {(pair.mentor, pair.mentee) for pair in result.pairs}
    suggestions = _suggestions(result, kept)
    told, known = (of(result, [(pair.mentor, pair.mentee) for pair in result.pairs]) for of in (_told, stored_evidence))
    ranks, shown = _shown(suggestions)
    drafts = []
    for pair, explanation, evidence in zip(result.pairs, told, known, strict=True):
        ids = UUID(pair.mentor), UUID(pair.mentee)
        basis = replace(
            evidence_now(result, evidence, pair.fit, pair.confidence),
            rank_for_mentee=ranks.get(ids), shown=shown.get(ids[1], ()),
        )
        drafts.append(Draft(*ids, round(pair.fit), pair.confidence, explanation, basis))
    return drafts, suggestions


def _suggestions(result: MatchingResult, kept: set[Pair]) -> list[MatchSuggestion]:
    ranked = list(_ranked(result, kept))
    pairs = [(one.id, mentee) for one, mentee, _rank in ranked]
    told = zip(ranked, _told(result, pairs), stored_evidence(result, pairs), strict=True)
    return [
        MatchSuggestion(
            mentor_enrollment_id=UUID(one.id), mentee_enrollment_id=UUID(mentee), rank=rank,
            chosen=(one.id, mentee) in kept, fit=one.fit, confidence=one.confidence, factors=explanation,
            evidence=evidence,
        )
        for (one, mentee, rank), explanation, evidence in told
    ]


def _told(result: MatchingResult, pairs: Sequence[Pair]) -> Iterator[Json]:
    return map(stored.dump, result.explain_many(pairs))


def _shown(suggestions: Iterable[MatchSuggestion]) -> tuple[dict[tuple[UUID, UUID], int], dict[UUID, tuple[UUID, ...]]]:
    """The rank of each stored pair for its mentee, from 1, and the mentors among whom each mentee's was chosen."""
    ranks, shown = {}, dict[UUID, tuple[UUID, ...]]()
    for one in suggestions:
        ranks[one.mentor_enrollment_id, one.mentee_enrollment_id] = one.rank + 1
        shown[one.mentee_enrollment_id] = (*shown.get(one.mentee_enrollment_id, ()), one.mentor_enrollment_id)
    return ranks, shown


def _ranked(result: MatchingResult, kept: set[Pair]) -> Iterator[tuple[Candidate, str, int]]:
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
