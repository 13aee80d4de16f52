"""Short guides: one link where each is needed, and a small page that it opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.guiding.actions import open_guide
from server.journey.guiding.rules import guide_for
from server.kernel import clock
from server.matches.queries import is_circle
from server.matches.states import RUNNING, MatchState
from server.programs.audience.states import Side, side_of
from server.programs.states import Guide
from web.dates import zone
from web.guide_words import Points, for_whom, points, title
from web.render import page, speak_of

if TYPE_CHECKING:
    from server.journey.talk.queries import SessionPage
    from server.journey.today.journeys import Life
    from server.journey.today.queries import Home
    from server.matches.models import Match, MatchMember

ADDRESSES = {guide: guide.value.lower().replace("_", "-") for guide in Guide}
NAMED = {name: guide for guide, name in ADDRESSES.items()}


@dataclass(frozen=True, slots=True)
class GuideLink:
    """The way to a guide from where it is needed."""

    guide: Guide
    side: Side
    match: Match

    @property
    def href(self) -> str:
        """The guide's address."""
        return f"/match/{self.match.id}/guide?of={ADDRESSES[self.guide]}"

    @property
    def title(self) -> str:
        """What the guide is called."""
        return title(self.guide)

    @property
    def detail(self) -> str:
        """For whom it is, and how long it takes."""
        return for_whom(self.side, in_circle=is_circle(self.match))

    @property
    def points(self) -> Points:
        """What it says."""
        return points(self.guide, self.side)


async def show(request: Request) -> Response:
    """The guide that is asked for, or the one that helps now; opening it is counted."""
    asked = NAMED.get(request.query_params.get("of", ""))
    shown = await open_guide(request.state.actor, request.path_params["id"], asked)
    speak_of(shown.match.program)
    found = {guide: GuideLink(guide, shown.side, shown.match) for guide in Guide}
    return page(
        request, "guides/guide.html", shown=shown, guide=found.pop(shown.guide), others=list(found.values()),
    )


def guide_of(match: Match, me: MatchMember, met: int) -> GuideLink:
    """What helps a member now in a match that has met so often."""
    return GuideLink(guide_for(match, met, clock.today(zone())), side_of(me.role), match)


def before_session(shown: SessionPage, person_id: UUID) -> GuideLink | None:
    """What helps somebody in a session that is still to come."""
    if shown.is_over or not shown.is_open:
        return None
    me = next(one for one in shown.match.members if one.person_id == person_id)
    return guide_of(shown.match, me, shown.session.number - 1)


def closing_guide(match: Match, me: MatchMember) -> GuideLink:
    """What helps a member who is about to finish."""
    return GuideLink(Guide.CLOSING, side_of(me.role), match)


def guides_at_hand(shown: Home) -> list[GuideLink]:
    """What helps where somebody stands in each of their matches; the same guide once."""
    return _each_once((*shown.running, *(one for one in shown.ended if _is_to_close(one.match))))


def guides_of(lives: Iterable[Life]) -> list[GuideLink]:
    """The same of some matches that run."""
    return _each_once(one for one in lives if one.match.state in RUNNING)


def _each_once(lives: Iterable[Life]) -> list[GuideLink]:
    found = [guide_of(one.match, one.me, one.held) for one in lives]
    return list({(one.guide, one.side): one for one in reversed(found)}.values())[::-1]


def _is_to_close(match: Match) -> bool:
    return match.state is MatchState.DURATION_COMPLETED


routes = [Route("/match/{id:uuid}/guide", show, name="guide")]
