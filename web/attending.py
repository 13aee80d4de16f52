"""Who comes to a meeting of a circle, said kindly; and one's own word about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel import clock
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.ids import parse_id
from server.kernel.text import gettext as _
from server.matches.company import members_now
from server.sessions import actions as sessions
from server.sessions.rules import NO_SHOW_WITHIN
from web.forms import read_form, text
from web.render import go_to
from web.toast import Toast

if TYPE_CHECKING:
    from uuid import UUID

    from server.journey.talk.queries import SessionPage
    from server.matches.models import MatchMember

COMES, AWAY = "comes", "away"


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of a circle, and what a press on their button says."""

    name: str
    is_away: bool
    value: str


@dataclass(frozen=True, slots=True)
class Coming:
    """Who comes, in words; `mine` is one's own word, `others` everybody whom the viewer may say it for."""

    count: str
    away: str
    mine: Somebody | None
    others: list[Somebody]


def coming_words(shown: SessionPage, viewer_id: UUID) -> Coming:
    """Who comes to a meeting, or came, for one of its people."""
    people = members_now(shown.match)
    away = [one.person.first_name for one in people if one.person_id in shown.away]
    counts = {"count": len(people) - len(away), "all": len(people)}
    count = _("%(count)s of %(all)s were there") if shown.is_over else _("%(count)s of %(all)s come")
    near = clock.now() - shown.session.ends_at <= NO_SHOW_WITHIN
    me = next(one for one in people if one.person_id == viewer_id)
    return Coming(
        count % counts, _("Without %(names)s this time.") % {"names": ", ".join(away)} if away else "",
        _somebody(me, shown) if near and not shown.is_over and not shown.sets_times else None,
        [_somebody(one, shown) for one in people if one is not me and near and shown.is_over and shown.sets_times],
    )


def _somebody(member: MatchMember, shown: SessionPage) -> Somebody:
    is_away = member.person_id in shown.away
    return Somebody(member.person.full_name, is_away, f"{COMES if is_away else AWAY}-{member.person_id}")


async def attendance(request: Request) -> Response:
    """Take the word that somebody comes, or does not."""
    session_id, said = request.path_params["id"], text(await read_form(request), "attendance", 60)
    word, _dash, who = said.partition("-")
    person_id = parse_id(who)
    if person_id is None or word not in (COMES, AWAY):
        raise NotFound
    try:
        await sessions.set_attendance(request.state.actor, session_id, person_id, comes=word == COMES)
    except (Conflict, Invalid) as refusal:
        words = refusal.message if isinstance(refusal, Conflict) else next(iter(refusal.fields.values()))
        return go_to(request, f"/session/{session_id}", toast=Toast(words))
    words = _("Noted. You are expected.") if word == COMES else _("Noted. The meeting stays where it is.")
    mine = person_id == request.state.person.id
    return go_to(request, f"/session/{session_id}", toast=Toast(words if mine else _("Saved.")))


routes = [Route("/session/{id:uuid}/attendance", attendance, methods=["POST"], name="session-attendance")]
