"""Who comes to a meeting of a circle: one can stay away without moving it for the others."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches.company import belongs
from server.matches.queries import is_circle
from server.sessions import queries, rules
from server.sessions.models import Absence, Session
from server.sessions.states import TOOK_PLACE, SessionState

ATTENDED = TOOK_PLACE | {SessionState.SCHEDULED}


async def set_attendance(actor: Actor, session_id: UUID, person_id: UUID, *, comes: bool) -> Session:
    """Say that somebody comes to a meeting of a circle or does not, was there or was not. Twice is harmless.

    Everybody says it for themselves; who chooses the circle's times for everybody.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member, or says it for somebody else.
        Invalid: that person is not in the circle.
        Conflict: it is no circle, it was called off, or it ended more than rules.NO_SHOW_WITHIN ago (`kind="over"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.can_say_who_comes(actor, session, person_id), _("say who comes"))
        _check(session, person_id)
        known = Absence.filter(organization_id=session.organization_id, session_id=session.id, person_id=person_id)
        if comes == (not await known.exists()):
            return session
        if comes:
            await known.delete()
        else:
            await Absence.create(
                organization_id=session.organization_id, session=session, person_id=person_id,
                said_by_id=actor.person_id,
            )
        await unit.audit("session.set_attendance", session, person_id=person_id, comes=comes)
        return session


def _check(session: Session, person_id: UUID) -> None:
    if not is_circle(session.match):
        raise Conflict(_("Two people move their session instead."), kind="pair")
    if not belongs(session.match, person_id):
        raise Invalid({"person_id": _("Choose one of you.")})
    if session.state not in ATTENDED or clock.now() - session.ends_at > rules.NO_SHOW_WITHIN:
        raise Conflict(_("That meeting was called off, or is too long ago."), kind="over")
