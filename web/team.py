"""Who of somebody's own people takes part: what their letter every second Tuesday says, and nothing else."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.reporting import words
from server.journey.reporting.queries import my_team
from server.journey.reporting.team import TeamRow
from server.kernel.dates import in_numbers
from server.kernel.text import gettext as _
from web.render import page
from web.viewer import Viewer

Cells = list[str | tuple[str, str]]


async def show(request: Request) -> Response:
    """The people whom the actor manages, each with how they stand."""
    rows = await my_team(request.state.actor)
    people = len({row.person.id for row in rows})
    viewer: Viewer = request.state.viewer
    return page(request, "team/team.html", people=people, lines=[_cells(row, viewer) for row in rows])


def _cells(row: TeamRow, viewer: Viewer) -> Cells:
    """One row: a cell of two lines is a pair."""
    return [
        (row.person.full_name, row.person.email), words.status_words(row),
        (row.program, words.unit_of(row, viewer.organization_name)),
        (_("%(num)s upcoming") % {"num": row.upcoming}, _("%(num)s completed") % {"num": row.completed}),
        words.other_words(row),
        in_numbers(row.registered_at, viewer.zone) if row.registered_at else _("not yet"),
        in_numbers(row.matched_at, viewer.zone) if row.matched_at else _("none yet"),
    ]


routes = [Route("/team", show, name="team")]
