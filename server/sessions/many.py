"""What several sessions hold, read at once and by their members alone; sessions without any are left out."""

from collections.abc import Iterable
from uuid import UUID

from tortoise.expressions import Q

from server.kernel.actor import Actor
from server.matches.queries import own_matches
from server.sessions.models import Absence, ActionItem, AgendaItem, Session, SessionNote
from server.sessions.queries import sessions
from server.sessions.states import TOOK_PLACE, NoteVisibility


async def agendas(actor: Actor, session_ids: Iterable[UUID]) -> dict[UUID, list[AgendaItem]]:
    """The topics of some sessions of the actor's own matches, in their order."""
    rows = AgendaItem.filter(
        organization_id=actor.organization_id, session_id__in=list(session_ids),
        session__match_id__in=own_matches(actor),
    )
    found: dict[UUID, list[AgendaItem]] = {}
    for row in await rows.order_by("position", "id"):
        found.setdefault(row.session_id, []).append(row)
    return found


async def notes(actor: Actor, session_ids: Iterable[UUID]) -> dict[UUID, list[SessionNote]]:
    """What the actor wrote in some sessions of their own matches and what others shared, by prompt, own first.

    Private notes of others are read by nobody: not by staff, not by the product.
    """
    own_or_shared = Q(author_id=actor.person_id) | Q(visibility=NoteVisibility.SHARED)
    rows = await SessionNote.filter(
        own_or_shared, organization_id=actor.organization_id, session_id__in=list(session_ids),
        session__match_id__in=own_matches(actor),
    )
    found: dict[UUID, list[SessionNote]] = {}
    for row in sorted(rows, key=lambda note: (note.prompt, note.author_id != actor.person_id, str(note.author_id))):
        found.setdefault(row.session_id, []).append(row)
    return found


async def action_items(actor: Actor, session_ids: Iterable[UUID]) -> dict[UUID, list[ActionItem]]:
    """What was promised in some sessions of the actor's own matches, in the order it was written."""
    ids, found = list(session_ids), dict[UUID, list[ActionItem]]()
    if not ids:
        return found
    rows = ActionItem.filter(
        organization_id=actor.organization_id, session_id__in=ids, match_id__in=own_matches(actor)
    )
    for row in await rows.order_by("created_at", "id"):
        if row.session_id:
            found.setdefault(row.session_id, []).append(row)
    return found


async def away(actor: Actor, session_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Which persons do not come to some meetings of the actor's own circles, or were not there."""
    rows = Absence.filter(
        organization_id=actor.organization_id, session_id__in=list(session_ids),
        session__match_id__in=own_matches(actor),
    )
    found: dict[UUID, list[UUID]] = {}
    for row in await rows.order_by("said_at", "id"):
        found.setdefault(row.session_id, []).append(row.person_id)
    return found


async def last_held(actor: Actor, match_ids: Iterable[UUID]) -> dict[UUID, Session]:
    """The session of each match that took place last; matches without any are left out."""
    took_place = sessions(actor).filter(match_id__in=list(match_ids), state__in=list(TOOK_PLACE))
    return {session.match_id: session for session in await took_place.order_by("ends_at")}
