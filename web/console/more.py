"""More: what is needed once in a while: the competency framework, and courses that people completed."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.reviewing.queries import managed_programs
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.people import rules
from server.people.actions import import_framework
from server.people.courses.actions import import_courses
from server.people.courses.queries import count_courses
from server.people.courses.words import left_out, stored_words
from server.people.frameworks import FrameworkReport
from server.people.queries import competencies
from server.people.tables import BYTES_MAX
from server.programs.rules import can_edit_program, can_set_up_programs
from web.bodies import ENVELOPE_BYTES
from web.forms import Errors, read_form, upload
from web.render import go_to, page
from web.toast import Toast

HERE = "/console/more"


async def show(request: Request) -> Response:
    """The rest of the console."""
    return await _show(request, Errors())


async def take_framework(request: Request) -> Response:
    """Take over a competency framework; what the file lacks stays."""
    file, errors = upload(await read_form(request), "file"), Errors()
    problems: list[str] = []
    if file is None:
        errors.add("file", _("Choose a file first."))
    else:
        try:
            report = await import_framework(request.state.actor, await file.read(), file.filename or "")
            return go_to(request, HERE, toast=Toast(_words(report)))
        except Invalid as refusal:
            problems = list(refusal.fields.values())
            errors.add("file", problems[0])
    return await _show(request, errors, problems=problems[1:])


async def take_courses(request: Request) -> Response:
    """Take over completed courses; whom and what nobody here knows is named on the page, all else is stored."""
    file, errors = upload(await read_form(request), "courses"), Errors()
    unknown: list[str] = []
    if file is None:
        errors.add("courses", _("Choose a file first."))
        return await _show(request, errors)
    try:
        report = await import_courses(request.state.actor, await file.read(), file.filename or "")
    except Invalid as refusal:
        places = [text if place == "file" else f"{place}: {text}" for place, text in refusal.fields.items()]
        errors.add("courses", places[0])
        unknown = places[1:]
    else:
        if not (left := left_out(report)):
            return go_to(request, HERE, toast=Toast(stored_words(report)))
        unknown = [stored_words(report), *left]
    return await _show(request, errors, unknown=unknown)


async def _show(
    request: Request, errors: Errors, *, problems: Sequence[str] = (), unknown: Sequence[str] = ()
) -> Response:
    actor = request.state.actor
    programs = await managed_programs(actor)
    return page(
        request, "console/more.html", status=422 if errors else 200, errors=errors, problems=problems,
        programs=programs, skills=await competencies(actor), may_edit=rules.can_edit_competencies(actor),
        may_import=rules.can_import_people(actor), may_word=rules.can_edit_organization(actor), unknown=unknown,
        courses=await count_courses(actor), editable={one.id for one in programs if can_edit_program(actor, one.id)},
        may_begin=can_set_up_programs(actor),
    )


def _words(report: FrameworkReport) -> str:
    fresh, changed = len(report.created), len(report.changed)
    if not fresh and not changed:
        return _("Nothing new in this file.")
    added = ngettext("%(num)d skill added", "%(num)d skills added", fresh) % {"num": fresh}
    return _("%(added)s, %(changed)s changed.") % {"added": added, "changed": changed}


routes = [
    Route(HERE, show, name="console-more"),
    Route(
        f"{HERE}/framework", take_framework, methods=["POST"], name="console-framework",
        max_body_size=BYTES_MAX + ENVELOPE_BYTES,
    ),
    Route(
        f"{HERE}/courses", take_courses, methods=["POST"], name="console-courses",
        max_body_size=BYTES_MAX + ENVELOPE_BYTES,
    ),
]
