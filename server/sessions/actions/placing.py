"""Where one session takes place, when it is not where the programme's calls do."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.typed import check, web_link
from server.sessions import queries, rules, steps
from server.sessions.models import Session
from server.sessions.states import SessionState

LINK_LETTERS = 500


async def place_session(actor: Actor, session_id: UUID, link: str) -> Session:
    """Give a booked session a call of its own, or with "" the programme's. The same again changes nothing.

    Both get it into their calendars once it cannot be undone any more (`undo_session_change`).

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor does not choose its times.
        Invalid: it is no https link, or too long.
        Conflict: it is not booked, or over (`kind="over"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.can_set_times(actor, session.match), _("change where this session takes place"))
        if session.state is not SessionState.SCHEDULED or session.ends_at <= clock.now():
            raise Conflict(_("This session is over. Book another one."), kind="over")
        problems: dict[str, str] = {}
        place = web_link(problems, "place", link, at_most=LINK_LETTERS) or session.match.program.meeting_url
        check(problems)
        if place == session.place:
            return session
        was, session.place = session.place, place
        session.sequence += 1
        await session.save(update_fields=["place", "sequence"])
        await unit.audit("session.place", session, match_id=session.match_id, has_link=bool(place))
        await steps.tell(
            unit, "session.placed", session, hold=steps.UNDO, was_place=was, sequence=session.sequence
        )
        return session
