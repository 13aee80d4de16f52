"""A run from the first tap to its drafts: asked for here, carried out by a job, stopped by who waits for it."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import Json, unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.actions import CircleDraft, Draft
from server.matchmaking import queries
from server.matchmaking.circles.queries import beside_pairs, circles_with_room
from server.matchmaking.engine import ENGINE_VERSION, Stopped, Watch
from server.matchmaking.gather import Gathered, gather, rules_from, weights_from, weights_of
from server.matchmaking.learned.queries import outlook_for
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.runs import places
from server.matchmaking.runs.findings import Circling, Findings, circles_alone, find, pairs_and_circles
from server.matchmaking.states import RunKind, RunState
from server.programs import queries as programs
from server.programs.models import Cohort, Program
from server.programs.queries import cohort_by_id
from server.programs.rules import circle_size, has_circles, is_among_peers, is_drawn, is_of_circles
from server.programs.states import ParticipantRole

LOOK_EVERY_S = 0.5
"""How often a run writes down how far it is, and hears that it was cancelled: often enough for a bar that moves."""
MOST_SEED = 2_147_483_647
"""The largest seed that the column of a run holds, and GraphQL's Int."""
MOST_S = 3_000
"""A run that takes longer is given up, before its job is cut off (`LONG_S`) and all of it would begin anew."""


class GaveUp(Exception):
    """The engine came to no result, and would come to none tomorrow; the message is a code."""


async def start_run(
    actor: Actor, cohort_id: UUID, *, seed: int | None = None, kind: RunKind = RunKind.FULL, after: UUID | None = None
) -> MatchRun:
    """Ask for everybody of a cohort who waits to be matched, into drafts for review; a job does it.

    Once it is done locked drafts stay as they are, those of two whom it pairs again stay with what it says of them, and
    others are replaced; a run for newcomers replaces none, and a preview makes none. While one run is under way, asking
    again gives that one. The same people and `seed` come to the same pairs; without a seed a programme that draws them
    draws anew, and others have 0.

    Raises:
        NotFound: no such cohort.
        Refused: the actor does not run the programme.
        Invalid: the seed is no number that a run can have (`seed`).
    """
    if seed is not None and not 0 <= seed <= MOST_SEED:
        raise Invalid({"seed": _("Choose a number from 0 to %(most)d.") % {"most": MOST_SEED}})
    async with unit_of_work(actor) as unit:
        cohort = await cohort_by_id(actor, cohort_id, lock=True)
        require(actor.may(Permission.PROGRAM_MATCHING_RUN, cohort.program_id), _("run the matching"))
        newest = await queries.newest_run(actor, cohort_id)
        if newest is not None and newest.state is RunState.RUNNING:
            return newest
        weights = weights_of(cohort.program)
        run = await MatchRun.create(
            organization_id=actor.organization_id, program_id=cohort.program_id, cohort_id=cohort.id,
            seed=_next_seed(cohort.program, newest) if seed is None else seed,
            engine_version=ENGINE_VERSION, weights_version=weights.version, rules=dict(cohort.program.rules),
            weights={name.value: share for name, share in weights.shares.items()}, started_by=actor.id,
            started_at=clock.now(), kind=kind, after_id=after,
        )
        await unit.audit("matching.start", run)
        await unit.publish("matching.requested", subject_id=run.id, run_id=run.id)
        return run


def _next_seed(program: Program, newest: MatchRun | None) -> int:
    """The seed of a run for which nobody chose one: one that the cohort's last draw did not have."""
    return (newest.seed + 1) % (MOST_SEED + 1) if newest and is_drawn(program) else 0


async def run_matching(actor: Actor, cohort_id: UUID, *, seed: int | None = None) -> MatchRun:
    """Ask for a run and carry it out at once, for whoever can wait for it. The job then finds it done.

    Raises:
        NotFound, Refused, Invalid: as `start_run`.
    """
    return await carry_out(actor, (await start_run(actor, cohort_id, seed=seed)).id)


async def carry_out(actor: Actor, run_id: UUID) -> MatchRun:
    """Do what a run was asked for. A run that is over stays as it is, so that doing it twice is harmless.

    The engine computes outside any transaction; the record and its drafts are then stored together or not at all.
    It goes by what was learned for the type of programme.

    Raises:
        NotFound: no such run.
        Refused: the actor does not run the programme.
        GaveUp: the engine came to no result; `fail_run` notes it.
    """
    run = await queries.visible_run(actor, run_id)
    cohort = await cohort_by_id(actor, run.cohort_id)
    require(actor.may(Permission.PROGRAM_MATCHING_RUN, cohort.program_id), _("run the matching"))
    if run.state is RunState.RUNNING:
        around = run.kind is RunKind.NEWCOMERS
        gathered = await gather(actor, cohort, around_drafts=around)
        circling = await _circling(actor, run, cohort)
        with suppress(Stopped):
            began = time.monotonic()
            found = await _watched(actor, run, cohort, gathered, circling)
            found.record["seconds"] = round(time.monotonic() - began, 2)
            await _store(actor, run, cohort, gathered, found)
    return await queries.visible_run(actor, run_id)


async def cancel_run(actor: Actor, run_id: UUID) -> MatchRun:
    """Stop a run that is under way; every draft stays as it was. Twice is harmless.

    Raises:
        NotFound: no such run.
        Refused: the actor does not run the programme.
        Conflict: it is done already.
    """
    async with unit_of_work(actor) as unit:
        run = await queries.visible_run(actor, run_id, lock=True)
        require(actor.may(Permission.PROGRAM_MATCHING_RUN, run.program_id), _("stop the matching"))
        if run.state is RunState.CANCELLED:
            return run
        if run.state is not RunState.RUNNING:
            raise Conflict(_("This run is over already."))
        run.state, run.finished_at = RunState.CANCELLED, clock.now()
        await run.save(update_fields=["state", "finished_at"])
        await unit.audit("matching.cancel", run)
        return run


async def fail_run(actor: Actor, run_id: UUID, code: str) -> None:
    """Note that the engine gave up on a run, and why; every draft stays as it was.

    Raises:
        NotFound: no such run.
        Refused: the actor does not run the programme.
    """
    async with unit_of_work(actor) as unit:
        run = await queries.visible_run(actor, run_id, lock=True)
        require(actor.may(Permission.PROGRAM_MATCHING_RUN, run.program_id), _("note that the matching failed"))
        if run.state is RunState.RUNNING:
            run.state, run.finished_at, run.result = RunState.FAILED, clock.now(), {"failed": code}
            await run.save(update_fields=["state", "finished_at", "result"])
            await unit.audit("matching.fail", run, code=code)


async def _circling(actor: Actor, run: MatchRun, cohort: Cohort) -> Circling | None:
    """How a run forms circles, by the size that was set when it was asked for; None where there are none."""
    around = run.kind is RunKind.NEWCOMERS
    if not has_circles(cohort.program):
        return None
    return Circling(
        circle_size(run.rules), await beside_pairs(actor, cohort, around_drafts=around),
        await circles_with_room(actor, cohort, around_drafts=around),
    )


def _way_of(program: Program, circling: Circling | None) -> Callable[..., Findings]:
    if circling:
        return partial(circles_alone if is_of_circles(program) else pairs_and_circles, circling=circling)
    if not is_among_peers(program):
        return find
    from server.matchmaking.runs.peers import find_peers  # noqa: PLC0415  # its solver: only who pairs peers loads it

    return partial(find_peers, by_draw=is_drawn(program))


async def _watched(
    actor: Actor, run: MatchRun, cohort: Cohort, gathered: Gathered, circling: Circling | None
) -> Findings:
    """Compute in a thread, and meanwhile write down how far it is. Ends the thread when this is cut off.

    Weights and rules are those that the programme had when the run was asked for, whatever was set meanwhile.
    """
    watch, until, kind = Watch(), time.monotonic() + MOST_S, cohort.program.type
    rules, weights = rules_from(kind, run.rules), weights_from(kind, run.weights, run.weights_version)
    room = await places.room_left(actor, cohort, rules, around_drafts=run.kind is RunKind.NEWCOMERS)
    outlook = await outlook_for(actor, cohort.program)
    work = asyncio.create_task(asyncio.to_thread(
        _way_of(cohort.program, circling), gathered, replace(rules, max_pairs=room), weights, seed=run.seed,
        watch=watch, outlook=outlook, newcomers=run.kind is RunKind.NEWCOMERS,
    ))
    try:
        while not (await asyncio.wait([work], timeout=LOOK_EVERY_S))[0]:
            if not await _tell(actor, run, watch):
                watch.stop()
            if time.monotonic() > until:
                raise GaveUp("too_long")
        return _result(work)
    finally:
        watch.stop()
        work.add_done_callback(_heard)


def _result(work: asyncio.Task[Findings]) -> Findings:
    """What the thread found; whatever it stumbled over, other than being stopped, it would stumble over again."""
    try:
        return work.result()
    except Stopped:
        raise
    except Exception as error:
        raise GaveUp(type(error).__name__) from error


def _heard(work: asyncio.Task[Findings]) -> None:
    """A thread that was left ends as `Stopped`: asyncio would complain that nobody asked."""
    if not work.cancelled():
        work.exception()


async def _tell(actor: Actor, run: MatchRun, watch: Watch) -> bool:
    """Write down how far a run is; whether it is still wanted."""
    async with unit_of_work(actor):
        mine = MatchRun.filter(organization_id=actor.organization_id, id=run.id, state=RunState.RUNNING)
        return bool(await mine.update(step=watch.step, percent=int(100 * watch.share)))


async def _store(actor: Actor, run: MatchRun, cohort: Cohort, gathered: Gathered, found: Findings) -> None:
    async with unit_of_work(actor) as unit:
        await cohort_by_id(actor, cohort.id, lock=True)
        run = await queries.visible_run(actor, run.id, lock=True)
        if run.state is not RunState.RUNNING:
            return
        around = run.kind is RunKind.NEWCOMERS
        drafts = await places.still_possible(actor, cohort, found.drafts, around_drafts=around)
        groups = await places.circles_still_possible(
            actor, cohort, list(found.circles), around_drafts=around
        ) if found.circles else []
        run.state, run.finished_at, run.pool_digest = RunState.DONE, clock.now(), gathered.digest
        run.result = {**found.record, "left_out": len(found.drafts) - len(drafts)}
        if run.kind is RunKind.NEWCOMERS and run.after_id and _counts_newcomers(cohort.program):
            run.result["came"] = await _came(actor, cohort.id, run.after_id)
        await run.save()
        for one in found.suggestions:
            one.organization_id, one.run_id = actor.organization_id, run.id
        await MatchSuggestion.bulk_create(found.suggestions, batch_size=500)
        await _put_in_queue(actor, run, drafts, groups)
        await unit.audit("matching.run", run, matched=len(drafts), waiting=run.result["waiting"], kind=run.kind)
        await unit.publish("matching.finished", subject_id=run.id, run_id=run.id, cohort_id=cohort.id)


def _counts_newcomers(program: Program) -> bool:
    return not is_among_peers(program) and not is_of_circles(program)


async def _came(actor: Actor, cohort_id: UUID, after_id: UUID) -> Json:
    """How many mentees and mentors began to take part since the run before."""
    came = await programs.came_since(actor, cohort_id, (await queries.visible_run(actor, after_id)).started_at)
    return {"mentees": came[ParticipantRole.MENTEE], "mentors": came[ParticipantRole.MENTOR]}


async def _put_in_queue(actor: Actor, run: MatchRun, drafts: list[Draft], groups: list[CircleDraft]) -> None:
    """A run's drafts beside those that stay: all of them for newcomers, the locked ones and those of the same two for
    everybody. A preview touches nothing."""
    if run.kind is RunKind.PREVIEW:
        return
    if run.kind is RunKind.FULL:
        await places.replace_unlocked(actor, run.cohort_id, run.id, drafts)
    else:
        await matches.suggest_matches(actor, run.cohort_id, run.id, drafts)
    await matches.suggest_circles(actor, run.cohort_id, run.id, groups)
