"""Runs of the engine and a manager's decisions about single suggestions."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import Json, unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.ids import new_id
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.actions import Draft
from server.matches.models import Match, MatchOverride
from server.matches.states import MatchOrigin, MatchState, OverrideKind
from server.matchmaking import queries, stored
from server.matchmaking.engine import run as engine
from server.matchmaking.engine.result import Candidate
from server.matchmaking.engine.run import MatchingResult
from server.matchmaking.engine.weights import Category, Weights, rescaled, weights_for
from server.matchmaking.gather import Gathered, gather, rules_of
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.runs import records
from server.matchmaking.states import RunState
from server.programs.models import Cohort, Program
from server.programs.queries import cohort_by_id

KEPT_CANDIDATES = 8
"""Suggestions stored for each mentee: what "Choose another" offers, and where the next one comes from."""
REASON_MAX = 500


async def run_matching(actor: Actor, cohort_id: UUID, *, seed: int = 0) -> MatchRun:
    """Match everybody of a cohort who waits, into drafts for review. Locked drafts stay, other drafts are replaced.

    The engine computes outside any transaction; the run and its drafts are then stored together or not at all.

    Raises:
        NotFound: no such cohort.
        Refused: the actor does not run the programme.
    """
    cohort = await cohort_by_id(actor, cohort_id)
    require(actor.may(Permission.PROGRAM_MATCHING_RUN, cohort.program_id), _("run the matching"))
    started = clock.now()
    gathered = await gather(actor, cohort)
    weights = weights_of(cohort.program)
    result = await asyncio.to_thread(
        engine.run_matching, gathered.pool, rules_of(cohort.program), weights, standing=gathered.standing, seed=seed
    )
    drafts, suggestions = await asyncio.to_thread(_describe, result)
    record = await asyncio.to_thread(records.record_of, result, gathered.standing)
    async with unit_of_work(actor) as unit:
        await cohort_by_id(actor, cohort_id, lock=True)
        locked = await match_queries.overrides(actor, cohort_id, OverrideKind.LOCK)
        keep = frozenset(override.match_id for override in locked if override.match_id)
        await matches.discard_drafts(actor, cohort_id, keep=keep, reason="new_run")
        run = await MatchRun.create(
            **_header(actor, cohort, gathered, weights), result=record, seed=seed, started_at=started,
            finished_at=clock.now(),
        )
        await _store_suggestions(actor, run, suggestions)
        await matches.suggest_matches(actor, cohort_id, run.id, drafts)
        await unit.audit("matching.run", run, matched=len(drafts), waiting=len(result.waitlist))
        await unit.publish("matching.finished", subject_id=run.id, run_id=run.id, cohort_id=cohort_id)
        return run


async def choose_another(actor: Actor, match_id: UUID, mentor_enrollment_id: UUID, reason: str) -> Match:
    """Give a draft's mentee another mentor, with a reason. Every other draft stays byte for byte as it is.

    Raises:
        NotFound: no such draft or mentor.
        Refused: the actor does not run the programme.
        Invalid: no reason was given.
        Conflict: the mentor has no place left beside the other drafts (`kind="seat_taken"`), or it is no draft.
    """
    words = clean(reason)[:REASON_MAX]
    if not words:
        raise Invalid({"reason": _("Say in a few words why. The reason stays with the programme's staff.")})
    async with unit_of_work(actor) as unit:
        draft = await match_queries.visible_match(actor, match_id, lock=True)
        _mentor, mentee = match_queries.sides(draft)
        choice = await _choice(actor, draft, mentor_enrollment_id)
        await matches.discard_match(actor, match_id, reason="override")
        await MatchOverride.create(
            organization_id=actor.organization_id, cohort_id=draft.cohort_id, match_id=match_id,
            mentor_enrollment_id=mentor_enrollment_id, mentee_enrollment_id=mentee.enrollment_id,
            kind=OverrideKind.PIN, reason=words, decided_by=actor.id,
        )
        made = await matches.suggest_match(
            actor, mentor_enrollment_id, mentee.enrollment_id, origin=MatchOrigin.MANAGER, run_id=draft.run_id,
            fit=round(choice.fit), confidence=choice.confidence, explanation=choice.explanation,
        )
        await unit.audit("match.override", made, instead_of=match_id)
        return made


async def suggest_next(
    actor: Actor, mentee_enrollment_id: UUID, *, rematch_of: UUID | None = None
) -> Match | None:
    """The next best suggestion of the latest run that still fits, as a draft; None if none. For after a no, no answer,
    or an end: then `rematch_of` names the match that ended.

    Doing it twice is harmless: a mentee with an open match or a draft gets no second one.

    Raises:
        NotFound: no such enrolment.
        Refused: the actor does not run the programme.
    """
    async with unit_of_work(actor):
        choice = await queries.next_choice(actor, mentee_enrollment_id)
        if choice is None:
            return None
        return await matches.suggest_match(
            actor, choice.mentor_enrollment_id, mentee_enrollment_id, run_id=choice.run_id, fit=round(choice.fit),
            confidence=choice.confidence, explanation=choice.factors, rematch_of_id=rematch_of,
        )


def weights_of(program: Program) -> Weights:
    """A programme's own weights, or the factory setting of its type."""
    if not program.weights:
        return weights_for(program.type)
    amounts = {Category(name): amount for name, amount in program.weights.items()}
    return rescaled(amounts, program.type, f"program:{program.id.hex}")


async def _choice(actor: Actor, draft: Match, mentor_enrollment_id: UUID) -> queries.Alternative:
    if draft.state is not MatchState.DRAFT:
        raise Conflict(_("This match is no draft any more."))
    offered = {one.mentor.id: one for one in await queries.alternatives(actor, draft)}
    choice = offered.get(mentor_enrollment_id)
    if choice is None:
        raise NotFound
    if not choice.has_place:
        name = choice.mentor.person.full_name
        raise Conflict(_("%(name)s has no free place any more.") % {"name": name}, kind="seat_taken")
    return choice


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


async def _store_suggestions(actor: Actor, run: MatchRun, suggestions: list[MatchSuggestion]) -> None:
    for one in suggestions:
        one.organization_id, one.run_id = actor.organization_id, run.id
    await MatchSuggestion.bulk_create(suggestions, batch_size=500)


def _header(actor: Actor, cohort: Cohort, gathered: Gathered, weights: Weights) -> Json:
    return {
        "id": new_id(), "organization_id": actor.organization_id, "program_id": cohort.program_id,
        "cohort_id": cohort.id, "state": RunState.DONE, "engine_version": engine.ENGINE_VERSION,
        "weights_version": weights.version, "started_by": actor.id, "pool_digest": gathered.digest,
        "weights": {name.value: share for name, share in weights.shares.items()},
        "rules": dict(cohort.program.rules),
    }
