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


async def show(request: Request) -> Response:
    """The people whom the actor manages, each with how they stand."""
    rows, viewer = await my_team(request.state.actor), request.state.viewer
    people = len({row.person.id for row in rows})
    shown = [(row.person.full_name, _facts(row, viewer)) for row in rows]
    return page(request, "team/team.html", people=people, rows=shown)


def _facts(row: TeamRow, viewer: Viewer) -> list[tuple[str, str]]:
    """The columns of a row, each under its name."""
    return [
        (_("Matching status"), words.status_words(row)), (_("Programme"), row.program),
        (_("Upcoming meetings"), str(row.upcoming)), (_("Completed meetings"), str(row.completed)),
        (_("With"), words.other_words(row)), (_("Where"), words.unit_of(row, viewer.organization_name)),
        (_("Mail address"), row.person.email),
        (_("Registered"), in_numbers(row.registered_at, viewer.zone) if row.registered_at else _("not yet")),
        (_("Match date"), in_numbers(row.matched_at, viewer.zone) if row.matched_at else _("none yet")),
    ]


routes = [Route("/team", show, name="team")]
