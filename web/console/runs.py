"""A run of the matching: can it be trusted, was it fair, and what differs from another run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matchmaking.queries import visible_run
from server.matchmaking.queue import actions as queue_actions
from server.matchmaking.queue.queries import unmet_wishes
from server.matchmaking.runs import actions, export, queries
from server.matchmaking.states import RunKind, RunState
from web.console import audit_words, circle_words, compare_words, learning, moved_words, quality_words, run_words
from web.console.matches import address
from web.render import go_to, is_fragment, page
from web.toast import Toast

if TYPE_CHECKING:
    from server.matchmaking.models import MatchRun

HERE = "/console/matches/runs"
CSV, JSON = "text/csv; charset=utf-8", "application/json"
RUNS_LISTED, CHANGES_SHOWN, WISHES_SHOWN = 10, 200, 50


async def show(request: Request) -> Response:
    """One run."""
    actor = request.state.actor
    record = await queries.run_record(actor, request.path_params["id"])
    latest = await queries.runs_of(actor, record.cohort.id, RUNS_LISTED)
    here = f"{HERE}/{record.run.id}"
    return page(
        request, "console/run.html", here=here, preview=run_words.preview_of(record.run), runs_at=HERE,
        queue=address(record.cohort.id), title=run_words.title(record),
        eyebrow=run_words.group_name(record), briefing=run_words.briefing(record),
        missing=run_words.without_audit(record),
        circles_alone=bool(record.circles and not record.proof),
        facts_shown=[*audit_words.facts(record.audit, record.proof, run_words.pair_name(record.lowest)),
                     *run_words.time_taken(record.run)] if record.audit and record.proof else [],
        foretold=run_words.foretold_rows(record),
        against=compare_words.against_last(record.against, record.run) if record.against else [],
        all_changes=f"{here}/against/{record.against.last.id}" if record.against else "",
        circles_shown=circle_words.facts(record.circles) if record.circles else [], fair=run_words.fairness(record),
        circled=circle_words.fairness(record.circled), quality=quality_words.of_run(record),
        best=run_words.pair_rows(record.best), weakest=run_words.pair_rows(record.weakest),
        waiting=run_words.waiting_rows(record), alone=run_words.alone(record),
        unmet=run_words.unmet_rows(await unmet_wishes(actor, record.run, limit=WISHES_SHOWN)),
        confidence=run_words.confidence(record), may_repeat=record.may_repeat,
        run=record.run, calibrated=record.calibrated,
        learned=learning.address(record.cohort.program.type), made=run_words.made(record),
        runs=run_words.run_rows(here, record.run, latest),
    )


async def progress(request: Request) -> Response:
    """How far a run is; once it is over, the queue with what came of it."""
    run = await visible_run(request.state.actor, request.path_params["id"])
    queue = address(run.cohort_id)
    if run.state is not RunState.RUNNING:
        return go_to(request, _seen_at(run), toast=Toast(run_words.outcome(run)))
    if not is_fragment(request):
        return go_to(request, queue)
    return page(request, "console/matches.html", block="state", run=run, queue=queue, doing=run_words.doing(run))


async def use(request: Request) -> Response:
    """Put the pairs of a preview into the queue."""
    actor, run_id = request.state.actor, request.path_params["id"]
    try:
        run = await queue_actions.use_run(actor, run_id)
    except Conflict as refusal:
        run = await visible_run(actor, run_id)
        return go_to(request, address(run.cohort_id), toast=Toast(refusal.message))
    return go_to(request, address(run.cohort_id), toast=Toast(run_words.outcome(run)))


async def cancel(request: Request) -> Response:
    """Stop a run; the queue stays as it was. One that is over by now is shown with what came of it."""
    actor, run_id = request.state.actor, request.path_params["id"]
    try:
        run = await actions.cancel_run(actor, run_id)
    except Conflict:
        run = await visible_run(actor, run_id)
    return go_to(request, address(run.cohort_id), toast=Toast(run_words.outcome(run)))


async def compare(request: Request) -> Response:
    """Two runs of one group: whose mentor or circle changed, and why."""
    one, other = _both(request)
    try:
        shown = await queries.compared(request.state.actor, one, other)
    except Conflict as refusal:
        return page(request, "console/run_compare.html", status=409, shown=None, preview=None, back=f"{HERE}/{one}",
                    title=_("These two cannot be compared"), refused=refusal.message)
    return page(
        request, "console/run_compare.html", shown=shown, preview=run_words.preview_of(shown.later, shown.earlier),
        runs_at=HERE, back=f"{HERE}/{one}", here=f"{HERE}/{one}/against/{other}",
        title=compare_words.changed_title(shown), same=compare_words.same_words(shown),
        figures=compare_words.figures(shown), settings=compare_words.settings(shown),
        changes=compare_words.change_rows(shown, CHANGES_SHOWN),
        heads=compare_words.change_heads(shown), all_the_same=compare_words.all_the_same(shown),
        moved=moved_words.rows(shown.circles, shown.people, CHANGES_SHOWN) if shown.circles else [],
        moved_heads=moved_words.heads(),
    )


async def pairs_file(request: Request) -> Response:
    """The pairs of a run as a table."""
    pairs = await queries.run_pairs(request.state.actor, request.path_params["id"])
    return download(await asyncio.to_thread(export.pairs_csv, pairs), CSV, "pairs.csv")


async def circles_file(request: Request) -> Response:
    """The circles of a run as a table."""
    circles = await queries.run_circles(request.state.actor, request.path_params["id"])
    return download(await asyncio.to_thread(export.circles_csv, circles), CSV, "circles.csv")


async def run_file(request: Request) -> Response:
    """A run whole, as JSON."""
    actor, run_id = request.state.actor, request.path_params["id"]
    run, pairs = await visible_run(actor, run_id), await queries.run_pairs(actor, run_id)
    quality = await queries.quality_of(actor, run_id)
    return download(await asyncio.to_thread(export.run_json, run, pairs, quality), JSON, "run.json")


async def changes_file(request: Request) -> Response:
    """What differs between two runs, as a table."""
    found = await queries.compared(request.state.actor, *_both(request))
    return download(await asyncio.to_thread(export.changes_csv, found), CSV, "changes.csv")


def download(content: bytes, kind: str, name: str) -> Response:
    """A file to keep."""
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _seen_at(run: MatchRun) -> str:
    """Where to read what came of a run: a preview beside the run before it, any other in the queue."""
    if run.kind is not RunKind.PREVIEW or run.state is not RunState.DONE:
        return address(run.cohort_id)
    beside = run.after_id and queries.are_comparable(run)
    return f"{HERE}/{run.id}/against/{run.after_id}" if beside else f"{HERE}/{run.id}"


def _both(request: Request) -> tuple[UUID, UUID]:
    return request.path_params["id"], request.path_params["other"]


routes = [
    Route(f"{HERE}/{{id:uuid}}", show, name="console-run"),
    Route(f"{HERE}/{{id:uuid}}/progress", progress, name="console-run-progress"),
    Route(f"{HERE}/{{id:uuid}}/cancel", cancel, methods=["POST"], name="console-run-cancel"),
    Route(f"{HERE}/{{id:uuid}}/use", use, methods=["POST"], name="console-run-use"),
    Route(f"{HERE}/{{id:uuid}}/pairs.csv", pairs_file, name="console-run-pairs"),
    Route(f"{HERE}/{{id:uuid}}/circles.csv", circles_file, name="console-run-circles"),
    Route(f"{HERE}/{{id:uuid}}/run.json", run_file, name="console-run-json"),
    Route(f"{HERE}/{{id:uuid}}/against/{{other:uuid}}", compare, name="console-run-compare"),
    Route(f"{HERE}/{{id:uuid}}/against/{{other:uuid}}/changes.csv", changes_file, name="console-run-changes"),
]
