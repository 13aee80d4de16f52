"""A new programme: a template to begin from, its name, its first day. What comes of it goes on in the builder."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building.moving import begin_from
from server.automation.building.queries import templates
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.programs.templates.shelf import Template, title, told
from web.forms import Errors, choice, day, read_form, text
from web.render import go_to, page
from web.toast import Toast

HERE = "/console/programs/new"
NAME_LETTERS = 120
FIELDS = ("template", "name", "starts_on")


async def show(request: Request) -> Response:
    """The templates, each with what it is for."""
    return await _page(request, Errors(), {})


async def begin(request: Request) -> Response:
    """Set up a programme from the chosen template; nobody is invited by it."""
    form, errors = await read_form(request), Errors()
    template = choice(Template, form, "template")
    if template is None:
        errors.add("template", _("Choose what to begin from."))
    name = text(form, "name", NAME_LETTERS, errors, required=_("Give it a name."))
    starts_on = day(form, "starts_on", errors)
    if template and not errors:
        try:
            made = await begin_from(request.state.actor, template, name=name, starts_on=starts_on)
        except Invalid as refusal:
            errors.take(refusal)
        else:
            return go_to(request, f"/console/programs/{made.id}/build/dates", toast=Toast(
                _("%s is set up. Nobody is invited yet.") % made.name
            ))
    return await _page(request, errors, {field: str(form.get(field, "")) for field in FIELDS})


async def _page(request: Request, errors: Errors, typed: Mapping[str, str]) -> Response:
    return page(
        request, "console/begin.html", status=422 if errors else 200, errors=errors,
        typed={field: typed.get(field, "") for field in FIELDS},
        templates=[(one.value, title(one), told(one)) for one in await templates(request.state.actor)],
    )


routes = [
    Route(HERE, show, name="console-program-new"),
    Route(HERE, begin, methods=["POST"], name="console-program-begin"),
]
