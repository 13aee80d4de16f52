"""The people file: choose it, see what it would do, mend what it can't, and apply it."""

from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.importing import actions, queries
from server.journey.importing.report import Report
from server.journey.roster.queries import latest_imports
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.people.states import ImportState
from server.people.tables import BYTES_MAX
from web.bodies import ENVELOPE_BYTES
from web.console import import_words as words
from web.forms import Errors, read_form, ticked, upload
from web.render import go_to, page
from web.toast import Toast

HERE = "/console/people/import"
CSV = "text/csv; charset=utf-8"
SHOWN = 100
"""So many rows of one list stand on the page; refused ones beyond them are mended in the downloaded file."""


async def choose(request: Request) -> Response:
    """Choose a file; it is read and checked, nothing of it is written."""
    errors, complete = Errors(), False
    recent = await latest_imports(request.state.actor)
    if request.method == "POST":
        form = await read_form(request)
        file, complete = upload(form, "file"), ticked(form, "complete")
        if file is None:
            errors.add("file", _("Choose a file first."))
        else:
            try:
                run = await actions.preview_import(
                    request.state.actor, file.filename or "", await file.read(), complete
                )
                return go_to(request, f"{HERE}/{run.id}")
            except Invalid as refusal:
                errors.add("file", " ".join(refusal.fields.values()))
    return page(
        request, "console/import.html", status=422 if errors else 200, errors=errors, complete=complete,
        recent=[words.recent(run) for run in recent],
    )


async def show(request: Request) -> Response:
    """What the file would do, or did."""
    return await _show(request, request.path_params["id"], Errors())


async def mend(request: Request) -> Response:
    """Take what was typed into refused rows, and check everything again."""
    run_id, form = request.path_params["id"], await read_form(request)
    report = await queries.import_report(request.state.actor, run_id)
    try:
        await actions.correct_rows(request.state.actor, run_id, _typed(report, form))
    except (Invalid, Conflict) as refusal:
        return await _show(request, run_id, Errors({"": refusal.message}))
    left = len((await queries.import_report(request.state.actor, run_id)).refused)
    return go_to(request, f"{HERE}/{run_id}", toast=Toast(words.of_mending(len(report.refused) - left, left)))


async def apply(request: Request) -> Response:
    """Write what the page showed. An interrupted one goes on where it stopped."""
    run_id, form = request.path_params["id"], await read_form(request)
    try:
        await actions.apply_import(request.state.actor, run_id, confirmed=ticked(form, "confirmed"))
    except Conflict as refusal:
        return await _show(request, run_id, Errors({"confirmed" if refusal.kind == "confirm" else "": refusal.message}))
    return go_to(request, f"{HERE}/{run_id}")


async def refused_rows(request: Request) -> Response:
    """The refused rows as a file to mend."""
    content = await queries.refused_rows_file(request.state.actor, request.path_params["id"])
    return Response(content, media_type=CSV, headers={"Content-Disposition": 'attachment; filename="refused-rows.csv"'})


async def _show(request: Request, run_id: UUID, errors: Errors) -> Response:
    report = await queries.import_report(request.state.actor, run_id)
    here = f"{HERE}/{run_id}"
    chosen = words.chosen(report, request.query_params.get("rows", ""))
    return page(
        request, "console/import_run.html", status=422 if errors else 200, errors=errors, report=report, here=here,
        is_preview=report.state is ImportState.PREVIEWED, is_done=report.state is ImportState.DONE,
        title=words.title(report), briefing=words.briefing(report), counts_shown=words.counts(report, here, chosen),
        chosen=chosen.value, refused=words.refused(report.refused[:SHOWN]),
        changed=words.changed(report.changed[:SHOWN]),
        new=words.rows(report.created[:SHOWN]), same=words.rows(report.unchanged[:SHOWN]), shown_most=SHOWN,
        total=report.counts.get(chosen, 0), form_facts=words.form(report), effects=words.effects(report),
        main_words=words.main_button(report),
    )


def _typed(report: Report, form: FormData) -> dict[int, dict[str, str]]:
    """Row -> column -> value, of those cells whose value is another than the one that was shown."""
    cells: dict[int, dict[str, str]] = {}
    for row in report.refused:
        for problem in row.problems:
            typed = form.get(words.cell_name(row.number, problem.column))
            if isinstance(typed, str) and typed.strip() != problem.value:
                cells.setdefault(row.number, {})[problem.column] = typed.strip()
    return cells


MOST = BYTES_MAX + ENVELOPE_BYTES

routes = [
    Route(HERE, choose, methods=["GET", "POST"], name="console-import", max_body_size=MOST),
    Route(f"{HERE}/{{id:uuid}}", show, name="console-import-run"),
    Route(f"{HERE}/{{id:uuid}}/rows", mend, methods=["POST"], name="console-import-rows"),
    Route(f"{HERE}/{{id:uuid}}/application", apply, methods=["POST"], name="console-import-application"),
    Route(f"{HERE}/{{id:uuid}}/refused-rows.csv", refused_rows, name="console-import-refused"),
]
