"""What keeps a group matched between its runs. Every draft that these acts do not make stays byte for byte as it is."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, Permission, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match
from server.matches.states import OPEN_MATCHES, MatchState
from server.matchmaking import queries
from server.matchmaking.circles.forming import drafts_of as circles_of
from server.matchmaking.circles.forming import proof_of
from server.matchmaking.engine import ENGINE_VERSION, Watch
from server.matchmaking.engine.living.incremental import first_in_line
from server.matchmaking.gather import Gathered, gather, rules_of, weights_of
from server.matchmaking.learned.evidence import evidence_then
from server.matchmaking.learned.queries import outlook_for
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.queue.queries import drafts_of, someone_is_needed
from server.matchmaking.runs import actions as runs
from server.matchmaking.runs import places
from server.matchmaking.runs.findings import Findings, find
from server.matchmaking.states import OF_THE_GROUP, RunKind, RunState
from server.programs import actions as program_actions
from server.programs import queries as programs
from server.programs.models import Cohort
from server.programs.rules import drafts_for_newcomers, is_among_peers, is_drawn, is_of_circles
from server.programs.states import LEADING, EnrollmentState, ParticipantRole

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


async def match_newcomers(actor: Actor, cohort_id: UUID, *, seed: int | None = None) -> MatchRun:
    """Ask for everybody without a mentor to be placed around what stands: whoever came since the last run, and who
    waited then. Only their rows are computed, against places that no match and no draft takes; a job does it. Without
    a `seed` that of the last run stands.

    Raises:
        NotFound, Refused, Invalid: as `start_run`.
        Conflict: the group was never matched (`kind="no_run"`), or has no mentors and mentees.
    """
    async with unit_of_work(actor):
        cohort = await programs.cohort_by_id(actor, cohort_id)
        require(actor.may(Permission.PROGRAM_MATCHING_RUN, cohort.program_id), _("match newcomers"))
        last = await queries.latest_run(actor, cohort_id)
        if last is None:
            raise Conflict(_("This group was never matched. Run the matching first."), kind="no_run")
        return await runs.start_run(
            actor, cohort_id, seed=last.seed if seed is None else seed, kind=RunKind.NEWCOMERS, after=last.id
        )


async def preview_matching(actor: Actor, cohort_id: UUID, *, seed: int | None = None) -> MatchRun:
    """Ask what matching everybody again on today's facts would change. It makes no draft; `use_run` takes it over.

    Without a `seed` that of the last run stands, save where pairs are drawn: there it is another draw.

    Raises:
        NotFound, Refused, Invalid: as `start_run`.
    """
    last = await queries.latest_run(actor, cohort_id)
    if seed is None and last and not is_drawn((await programs.cohort_by_id(actor, cohort_id)).program):
        seed = last.seed
    return await runs.start_run(actor, cohort_id, seed=seed, kind=RunKind.PREVIEW, after=last.id if last else None)


async def use_run(actor: Actor, run_id: UUID) -> MatchRun:
    """Put the pairs of a preview into the queue. Locked drafts stay, and so do those of two whom it pairs again, with
    what it says of them; others are replaced. Whatever was proposed, accepted or runs is not touched. Twice is
    harmless.

    Raises:
        NotFound: no such run.
        Refused: the actor does not run the programme.
        Conflict: it is not done, or people or pairs changed since (`kind="stale"`).
    """
    run = await queries.visible_run(actor, run_id)
    require(actor.may(Permission.PROGRAM_MATCHING_RUN, run.program_id), _("use this run"))
    cohort = await programs.cohort_by_id(actor, run.cohort_id)
    gathered = await gather(actor, cohort)
    circled = proof_of(run.result)
    async with unit_of_work(actor) as unit:
        await programs.cohort_by_id(actor, cohort.id, lock=True)
        run = await queries.visible_run(actor, run_id, lock=True)
        if run.kind is RunKind.FULL and run.state is RunState.DONE:
            return run
        await _require_fresh(actor, run, gathered)
        found = await drafts_of(actor, run, gathered.standing.bans)
        drafts = await places.still_possible(actor, cohort, found)
        await places.replace_unlocked(actor, cohort.id, run.id, drafts)
        if circled:
            groups = await places.circles_still_possible(actor, cohort, circles_of(run.result))
            await matches.suggest_circles(actor, cohort.id, run.id, groups)
        run.kind, run.finished_at = RunKind.FULL, clock.now()
        run.result = {**run.result, "left_out": run.result["matched"] - len(drafts)}
        await run.save(update_fields=["kind", "finished_at", "result"])
        await unit.audit("matching.use", run, matched=len(drafts))
        await unit.publish("matching.finished", subject_id=run.id, run_id=run.id, cohort_id=cohort.id)
        return run


async def suggest_next(
    actor: Actor, mentee_enrollment_id: UUID, *, rematch_of: UUID | None = None
) -> Match | None:
    """The next best mentor for somebody who is left alone, as a draft; None if nobody fits. For after a no, no answer,
    or an end: then `rematch_of` names the match that ended.

    First what the last run stored for this mentee; when nothing of that is possible any more, their row is computed
    anew against the places that are free now; of a peer against everybody who is in no pair. In a group that was never
    matched nothing is suggested by itself, and where peers are drawn the next draw decides.
    Doing it twice is harmless: a mentee with an open match or a draft gets no second one.

    Raises:
        NotFound: no such enrolment.
        Refused: the actor does not run the programme.
    """
    made = await _from_the_last_run(actor, mentee_enrollment_id, rematch_of)
    return made or await _anew(actor, mentee_enrollment_id, rematch_of)


async def offer_place(actor: Actor, mentor_enrollment_id: UUID) -> Match | None:
    """Offer a mentor's free place to the first in line whom no rule keeps from it, as a draft; None if there is no
    place, nobody waits for it, or they are peers, who have no places. Twice is harmless while nobody else waits.

    Raises:
        NotFound: no such enrolment.
        Refused: the actor does not run the programme.
    """
    mentor = await programs.visible_enrollment(actor, mentor_enrollment_id)
    cohort = await programs.cohort_by_id(actor, mentor.cohort_id)
    require(actor.may(Permission.PROGRAM_MATCHING_RUN, cohort.program_id), _("suggest a match"))
    run = await queries.latest_run(actor, cohort.id)
    if run is None:
        return None
    gathered = await gather(
        actor, cohort, around_drafts=True, among=lambda row: row.id == mentor.id or row.role is MENTEE
    )
    weights = weights_of(cohort.program)
    first = await asyncio.to_thread(
        first_in_line, gathered.pool, rules_of(cohort.program), weights, standing=gathered.standing,
        placed=gathered.placed, seed=run.seed, outlook=await outlook_for(actor, cohort.program),
    )
    if first is None:
        return None
    return await _place(actor, cohort, run, _only(gathered, {str(mentor.id), first}), UUID(first), None)


async def fill_gap(actor: Actor, match_id: UUID) -> list[Match]:
    """After the end of a match, in one call: a new draft for the mentee who is left alone, or for each of two peers,
    and the mentor's free place for the first in line. Whatever cannot be filled is left out; twice makes nothing twice.

    Raises:
        NotFound: no such match.
        Refused: the actor does not run the programme.
        Conflict: it goes on, or is still being asked.
    """
    match = await match_queries.visible_match(actor, match_id)
    require(actor.may(Permission.PROGRAM_MATCHING_RUN, match.program_id), _("suggest a match"))
    if match.state in OPEN_MATCHES | {MatchState.DRAFT}:
        raise Conflict(_("This match is not over."), kind="open")
    if match_queries.is_circle(match):
        return []
    left = match_queries.learners(match)
    made = [await suggest_next(actor, one.enrollment_id, rematch_of=match.id) for one in left]
    made += [await offer_place(actor, one.enrollment_id) for one in match_queries.in_order(match) if one not in left]
    return [one for one in made if one]


async def draft_for_newcomer(actor: Actor, enrollment_id: UUID) -> list[Match]:
    """Drafts for somebody who has just come into a group that was matched before, where the programme wants that: the
    next best for whoever learns, and each place of a mentor for the first in line. Nobody else's match changes; twice
    makes nothing twice.

    Raises:
        NotFound: no such enrolment.
        Refused: the actor does not run the programme.
    """
    row = await programs.visible_enrollment(actor, enrollment_id)
    require(actor.may(Permission.PROGRAM_MATCHING_RUN, row.program_id), _("suggest a match"))
    if not drafts_for_newcomers(row.program) or row.state is not EnrollmentState.ACTIVE:
        return []
    if row.role not in LEADING:
        made = await suggest_next(actor, row.id)
        return [made] if made else []
    drafts = list[Match]()
    while len(drafts) < row.capacity and (draft := await offer_place(actor, row.id)):
        drafts.append(draft)
    return drafts


async def count_cycle(actor: Actor, run_id: UUID) -> int:
    """Count one cycle of waiting for everybody whom a run left in line, once its first match was told to its people.

    Once for each run of a group, whatever is tried again; a preview, or a run for one person, leaves nobody behind. Who
    came after the run began did not wait through it. Returns for how many it was counted now.

    Raises:
        NotFound: no such run.
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("count how long somebody waits"))
    async with unit_of_work(actor) as unit:
        run = await queries.visible_run(actor, run_id)
        if run.counted_at is not None or run.kind not in OF_THE_GROUP or run.state is not RunState.DONE:
            return 0
        await programs.cohort_by_id(actor, run.cohort_id, lock=True)
        run = await queries.visible_run(actor, run_id, lock=True)
        if run.counted_at is not None:
            return 0
        left = await queries.left_in_line(actor, run)
        run.counted_at = clock.now()
        await run.save(update_fields=["counted_at"])
        await unit.audit("matching.count", run, waiting=len(left))
        return await program_actions.wait_another_cycle(actor, left)


async def _from_the_last_run(actor: Actor, mentee_enrollment_id: UUID, rematch_of: UUID | None) -> Match | None:
    async with unit_of_work(actor):
        choice = await queries.next_choice(actor, mentee_enrollment_id)
        mentee = await programs.visible_enrollment(actor, mentee_enrollment_id)
        cohort = await programs.cohort_by_id(actor, mentee.cohort_id)
        if choice is None or await places.room_left(actor, cohort, around_drafts=True) == 0:
            return None
        return await matches.suggest_match(
            actor, choice.mentor_enrollment_id, mentee_enrollment_id, run_id=choice.run_id, fit=round(choice.fit),
            confidence=choice.confidence, explanation=choice.factors, rematch_of_id=rematch_of,
            evidence=evidence_then(await queries.visible_run(actor, choice.run_id), choice),
        )


async def _anew(actor: Actor, mentee_enrollment_id: UUID, rematch_of: UUID | None) -> Match | None:
    mentee = await programs.visible_enrollment(actor, mentee_enrollment_id)
    require(actor.may(Permission.PROGRAM_MATCHING_RUN, mentee.program_id), _("suggest a match"))
    run = await queries.latest_run(actor, mentee.cohort_id)
    by_the_next_run = is_drawn(mentee.program) or is_of_circles(mentee.program)
    if run is None or by_the_next_run or not await someone_is_needed(actor, mentee):
        return None
    cohort = await programs.cohort_by_id(actor, mentee.cohort_id)
    if is_among_peers(cohort.program):
        return await _with_a_peer(actor, cohort, run, mentee.id, rematch_of)
    gathered = await gather(
        actor, cohort, around_drafts=True, among=lambda row: row.id == mentee.id or row.role is MENTOR
    )
    return await _place(actor, cohort, run, gathered, mentee.id, rematch_of)


async def _with_a_peer(
    actor: Actor, cohort: Cohort, run: MatchRun, peer_id: UUID, rematch_of: UUID | None
) -> Match | None:
    """Whoever suits a peer best of those who are in no pair. Only the two are stored: nobody else is decided on."""
    from server.matchmaking.engine.groups.pairs.peers import best_partner  # noqa: PLC0415  # its solver: peers alone

    gathered = await gather(actor, cohort, around_drafts=True)
    if str(peer_id) not in {one.id for one in gathered.pool.participants}:
        return None
    partner = await asyncio.to_thread(
        best_partner, gathered.pool, rules_of(cohort.program), weights_of(cohort.program), str(peer_id),
        standing=gathered.standing, seed=run.seed,
    )
    if partner is None:
        return None
    return await _place(actor, cohort, run, _only(gathered, {str(peer_id), partner}), peer_id, rematch_of)


async def _place(
    actor: Actor, cohort: Cohort, after: MatchRun, gathered: Gathered, mentee_id: UUID, rematch_of: UUID | None
) -> Match | None:
    """Compute the row of one mentee outside any transaction; store it as a run of its own with its draft, if any."""
    weights = weights_of(cohort.program)
    found = await asyncio.to_thread(
        _way_of(cohort), gathered, rules_of(cohort.program), weights, seed=after.seed, watch=Watch(), newcomers=True,
        outlook=await outlook_for(actor, cohort.program),
    )
    async with unit_of_work(actor) as unit:
        await programs.cohort_by_id(actor, cohort.id, lock=True)
        mentee = await programs.visible_enrollment(actor, mentee_id)
        drafts = await places.still_possible(actor, cohort, found.drafts, around_drafts=True)
        if not drafts or not await someone_is_needed(actor, mentee):
            return None
        run = await _stored(actor, cohort, after, gathered, found)
        await unit.audit("matching.run", run, matched=len(drafts), kind=run.kind)
        draft = drafts[0]
        return await matches.suggest_match(
            actor, draft.mentor_enrollment_id, draft.mentee_enrollment_id, run_id=run.id, fit=draft.fit,
            confidence=draft.confidence, explanation=draft.explanation, rematch_of_id=rematch_of,
            evidence=draft.evidence,
        )


def _way_of(cohort: Cohort) -> Callable[..., Findings]:
    if not is_among_peers(cohort.program):
        return find
    from server.matchmaking.runs.peers import find_peers  # noqa: PLC0415  # its solver: peers alone

    return find_peers


async def _stored(actor: Actor, cohort: Cohort, after: MatchRun, gathered: Gathered, found: Findings) -> MatchRun:
    weights, now = weights_of(cohort.program), clock.now()
    run = await MatchRun.create(
        organization_id=actor.organization_id, program_id=cohort.program_id, cohort_id=cohort.id, seed=after.seed,
        kind=RunKind.SINGLE, after_id=after.id, state=RunState.DONE, engine_version=ENGINE_VERSION,
        weights_version=weights.version, rules=dict(cohort.program.rules), pool_digest=gathered.digest,
        weights={name.value: share for name, share in weights.shares.items()}, result=found.record,
        started_by=actor.id, started_at=now, finished_at=now,
    )
    for one in found.suggestions:
        one.organization_id, one.run_id = actor.organization_id, run.id
    await MatchSuggestion.bulk_create(found.suggestions, batch_size=500)
    return run


def _only(gathered: Gathered, ids: set[str]) -> Gathered:
    people = tuple(one for one in gathered.pool.participants if one.id in ids)
    return replace(gathered, pool=replace(gathered.pool, participants=people))


async def _require_fresh(actor: Actor, run: MatchRun, gathered: Gathered) -> None:
    newer = await queries.latest_run(actor, run.cohort_id)
    is_done = run.kind is RunKind.PREVIEW and run.state is RunState.DONE
    if not is_done or run.pool_digest != gathered.digest or (newer is not None and newer.started_at > run.started_at):
        raise Conflict(_("Somebody came, left or changed since. Look again at what would change."), kind="stale")
