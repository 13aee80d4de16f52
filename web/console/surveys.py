"""What came of a programme's surveys: numbers about eight people at least, and words with a name."""

from io import BytesIO

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building.queries import plan_of
from server.kernel.errors import NotFound
from server.programs.queries import program_by_id
from server.surveys.forms.queries import results_of
from server.surveys.forms.table import result_csv
from server.surveys.states import Moment
from web.console.runs import CSV, download
from web.console.survey_words import card
from web.render import page
from web.survey_open import link_of

CODE_PX = 8
"""Of each of its squares; it scales without loss."""


async def results(request: Request) -> Response:
    """Each survey of a programme, the latest first."""
    actor, program_id = request.state.actor, request.path_params["id"]
    found = await results_of(actor, program_id)
    program = await program_by_id(actor, program_id)
    return page(
        request, "console/surveys.html", program=program, cards=[card(one) for one in found],
        program_page=f"/console/programs/{program_id}",
    )


async def file(request: Request) -> Response:
    """The numbers of one survey as a table."""
    found = await results_of(request.state.actor, request.path_params["id"])
    one = next((one for one in found if one.form.key == request.path_params["key"]), None)
    if one is None:
        raise NotFound
    return download(result_csv(one), CSV, f"{one.form.key}.csv")


async def code(request: Request) -> Response:
    """The link of a survey as a code to scan, black on white, for a poster or a slide."""
    plan, key = await plan_of(request.state.actor, request.path_params["id"]), request.path_params["key"]
    if not any(one["key"] == key and one["when"] == Moment.BY_LINK for one in plan.content["surveys"]):
        raise NotFound
    drawn = BytesIO()
    segno.make_qr(link_of(plan.program.id, key)).save(drawn, kind="svg", scale=CODE_PX, light="white")
    return Response(drawn.getvalue(), media_type="image/svg+xml")


HERE = "/console/programs/{id:uuid}/surveys"
routes = [
    Route(HERE, results, name="console-surveys"),
    Route(f"{HERE}/{{key}}/file", file, name="console-survey-file"),
    Route(f"{HERE}/{{key}}/code", code, name="console-survey-code"),
]
