"""What a device may keep of one's journey, by one's choice: words without forms, for when there is no network.

The page and the switch on it are the server's; what is kept is kept by the browser alone (web/static/js/keep.js).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.goals.states import MilestoneState
from server.journey.today.journeys import Life
from server.journey.today.queries import home
from server.kernel import clock
from server.sessions.queries import agenda_of
from web.guides import guides_of
from web.items import Step, StepState
from web.render import page

if TYPE_CHECKING:
    from server.sessions.models import Session


async def kept(request: Request) -> Response:
    """The journey and the next session as they are now, dated, and the switch that keeps them on this device."""
    shown = await home(request.state.actor)
    journeys = shown.running
    ahead = next(iter(sorted(_booked(journeys), key=lambda one: one.starts_at)), None)
    topics = await agenda_of(request.state.actor, ahead.id) if ahead else []
    return page(
        request, "you/kept.html", block="kept", journeys=[(one, _steps(one)) for one in journeys],
        ahead=ahead, topics=topics, guides=guides_of(journeys), at=clock.now(),
    )


def _booked(journeys: Sequence[Life]) -> list[Session]:
    return [one.session for one in journeys if one.session is not None and one.is_booked]


def _steps(one: Life) -> list[Step]:
    """The milestones of the goal in focus, to be read."""
    ahead = next((step.id for step in one.steps if step.state is MilestoneState.TODO), None)
    return [Step(step.title, state=_state(step.state, step.id == ahead)) for step in one.steps]


def _state(state: MilestoneState, is_next: bool) -> StepState:
    if state is MilestoneState.DONE:
        return "done"
    return "now" if is_next else ""


routes = [Route("/you/kept", kept, name="you-kept")]
