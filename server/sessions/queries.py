"""Reading sessions. That they are is seen by members and by who runs the programme; words are read by members alone."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, Permission
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.matches.models import Match
from server.matches.queries import in_order, own_matches, whole_matches
from server.sessions import rules
from server.sessions.models import Absence, ActionItem, AgendaItem, Session, SessionNote
from server.sessions.slots import (
    Span,
)
from server.sessions.states import TAKES_TIME, TOOK_PLACE, NoteVisibility, SessionState

UNWRITTEN_DAYS = 14
"""How long a session without a note is brought to mind: after two weeks the next one matters more."""


def sessions(actor: Actor) -> QuerySet[Session]:
    """The sessions the actor may know of: where every query about sessions starts."""
    found = Session.filter(organization_id=actor.organization_id)
    if actor.kind is ActorKind.SYSTEM:
        return found
    scope = actor.programs_with(Permission.PROGRAM_MATCHES_READ)
    if scope is None:
        return found
    mine = Q(match_id__in=own_matches(actor))
    return found.filter(mine | Q(match__program_id__in=list(scope)) if scope else mine)


async def visible_session(
    actor: Actor, session_id: UUID, *, lock: bool = False, match: Match | None = None
) -> Session:
    """A session with its match, members, their people and enrolments, the programme and the cohort.

    A whole `match` that the caller has already is not read again, if it is the session's.

    Raises:
        NotFound: absent, of another organisation, or not the actor's to know of.
    """
    found = sessions(actor).filter(id=session_id)
    session = await (found.select_for_update(no_key=True, of=("session",)) if lock else found).first()
    if session is None:
        raise NotFound
    known = match if match and match.id == session.match_id else None
    session.match = known or await whole_matches(actor).get(id=session.match_id)
    return session


async def own_session(actor: Actor, session_id: UUID, *, lock: bool = False) -> Session:
    """As `visible_session`, for a member of its match alone.

    Raises:
        NotFound: absent, or the actor is no member.
    """
    session = await visible_session(actor, session_id, lock=lock)
    if not rules.is_member(actor, session):
        raise NotFound
    return session


async def sessions_of(actor: Actor, match_id: UUID) -> list[Session]:
    """The sessions of a match that were ever booked or logged, in the order of time."""
    found = sessions(actor).filter(match_id=match_id).exclude(booked_at=None)
    return await found.order_by("starts_at", "id")


async def rest_of_series(actor: Actor, session: Session) -> list[Session]:
    """A session of a series and those after it that are booked and not over, in their order, with what they need."""
    found = sessions(actor).filter(
        series_id=session.series_id, state=SessionState.SCHEDULED, ends_at__gt=clock.now(),
        occurs_at__gte=session.occurs_at,
    )
    rows = await found.select_for_update(no_key=True, of=("session",)).order_by("occurs_at", "id")
    for row in rows:
        row.match = session.match
    return rows


async def series_booked_at(actor: Actor, match_id: UUID, starts_at: datetime) -> list[Session]:
    """The series of a match whose first session was given a time, as far as it is booked."""
    first = await sessions(actor).filter(
        match_id=match_id, state=SessionState.SCHEDULED, occurs_at=starts_at
    ).first()
    if first is None:
        return []
    whole = sessions(actor).filter(series_id=first.series_id, state=SessionState.SCHEDULED)
    return await whole.order_by("occurs_at", "id")


async def sessions_by_ids(actor: Actor, ids: Collection[UUID]) -> list[Session]:
    """Those among some sessions that the actor may know of, in the order of time, with match and programme."""
    found = sessions(actor).filter(id__in=list(ids)).select_related("match__program")
    return await found.order_by("starts_at", "id")


async def next_session(actor: Actor, match_id: UUID) -> Session | None:
    """The session of a match that is booked and not over, or else the time that is held for it."""
    ahead = await _ahead(actor).filter(match_id=match_id)
    booked = (session for session in ahead if session.state is SessionState.SCHEDULED)
    return next(booked, None) or next(iter(ahead), None)


async def first_booked_at(actor: Actor, match_id: UUID) -> datetime | None:
    """When a session of a match was booked first, of those that are booked or took place."""
    stand = sessions(actor).filter(match_id=match_id, state__in=[SessionState.SCHEDULED, *TOOK_PLACE])
    first = await stand.filter(booked_at__isnull=False).order_by("booked_at").first()
    return first.booked_at if first else None


async def hold_of(actor: Actor, match_id: UUID) -> Session | None:
    """The time that one side chose and the other has not agreed to yet, still ahead."""
    held = _ahead(actor).filter(match_id=match_id, state=SessionState.PROPOSED, starts_at__gt=clock.now())
    session = await held.first()
    if session is not None:
        await session.fetch_related("match__members__person", "match__members__enrollment", "match__program")
    return session


async def my_next_sessions(actor: Actor) -> list[Session]:
    """What is booked or held in the actor's own matches and not over, soonest first, with match, members and people."""
    own = _ahead(actor).filter(match_id__in=own_matches(actor))
    return await own.prefetch_related("match__members__person", "match__program")


async def sessions_ahead(actor: Actor, match_ids: Collection[UUID]) -> list[Session]:
    """What is booked or held in some matches and not over, soonest first, for whoever has the matches already."""
    return await _ahead(actor).filter(match_id__in=list(match_ids))


async def my_unwritten(actor: Actor) -> list[Session]:
    """Sessions of the actor that took place in the last two weeks and have no note of theirs, newest first."""
    since = clock.now() - timedelta(days=UNWRITTEN_DAYS)
    held = sessions(actor).filter(
        match_id__in=own_matches(actor), ends_at__gt=since, ends_at__lte=clock.now(),
        state__in=[SessionState.SCHEDULED, SessionState.HELD, SessionState.LOGGED],
    )
    found = await held.order_by("-starts_at", "-id")
    if not found:
        return []
    written = await SessionNote.filter(
        organization_id=actor.organization_id, author_id=actor.person_id, session_id__in=[one.id for one in found]
    ).values_list("session_id", flat=True)
    return [session for session in found if session.id not in set(written)]


async def held_counts(actor: Actor, match_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many sessions of some matches took place (held or logged); matches without any are left out."""
    return {match_id: len(ends) for match_id, ends in (await held_ends(actor, match_ids)).items()}


async def held_ends(actor: Actor, match_ids: Collection[UUID]) -> dict[UUID, list[datetime]]:
    """When the sessions of some matches that took place (held or logged) ended, the latest last."""
    found: dict[UUID, list[datetime]] = {}
    took_place = sessions(actor).filter(match_id__in=list(match_ids), state__in=list(TOOK_PLACE))
    for session in await took_place.order_by("ends_at").only("id", "match_id", "ends_at"):
        found.setdefault(session.match_id, []).append(session.ends_at)
    return found


async def held_sessions(actor: Actor, match_id: UUID) -> list[Session]:
    """The sessions of a match that took place (held or logged), the first one first."""
    took_place = sessions(actor).filter(match_id=match_id, state__in=list(TOOK_PLACE))
    return await took_place.order_by("starts_at", "id")


async def agenda_of(actor: Actor, session_id: UUID) -> list[AgendaItem]:
    """The topics of a session in their order.

    Raises:
        NotFound: absent, or the actor is no member.
    """
    session = await own_session(actor, session_id)
    return await agenda_items(session)


async def agenda_items(session: Session) -> list[AgendaItem]:
    """The topics of a session that the caller has fetched for a member or for the product."""
    rows = AgendaItem.filter(organization_id=session.organization_id, session_id=session.id)
    return await rows.order_by("position", "id")


async def notes_of(actor: Actor, session_id: UUID) -> list[SessionNote]:
    """What the actor wrote in a session and what others shared, by prompt, the actor's own first.

    Private notes of others are read by nobody: not by staff, not by the product.

    Raises:
        NotFound: absent, or the actor is no member.
    """
    return await notes_in(actor, await own_session(actor, session_id))


async def notes_in(actor: Actor, session: Session) -> list[SessionNote]:
    """As `notes_of`, in a session that the caller has fetched for a member."""
    own_or_shared = Q(author_id=actor.person_id) | Q(visibility=NoteVisibility.SHARED)
    rows = await SessionNote.filter(own_or_shared, organization_id=actor.organization_id, session_id=session.id)
    return sorted(rows, key=lambda note: (note.prompt, note.author_id != actor.person_id, str(note.author_id)))


def prompts_of(session: Session) -> list[str]:
    """The questions over the note fields: the programme's own, or two that fit any conversation."""
    return list(session.match.program.note_prompts) or [_("What became clearer?"), _("What will you do next?")]


async def action_items_of(actor: Actor, session_id: UUID) -> list[ActionItem]:
    """What both promised in a session, in the order it was written.

    Raises:
        NotFound: absent, or the actor is no member.
    """
    return await action_items_in(await own_session(actor, session_id))


async def action_items_in(session: Session) -> list[ActionItem]:
    """As `action_items_of`, in a session that the caller has fetched for a member."""
    rows = ActionItem.filter(organization_id=session.organization_id, session_id=session.id)
    return await rows.order_by("created_at", "id")


async def open_action_items(actor: Actor, match_id: UUID | None = None) -> list[ActionItem]:
    """What the actor promised and has not done, the earliest date first, those without a date last."""
    own = ActionItem.filter(organization_id=actor.organization_id, owner_id=actor.person_id, done_at=None)
    rows = await (own.filter(match_id=match_id) if match_id else own).order_by("due_on", "created_at", "id")
    return sorted(rows, key=lambda item: item.due_on is None)


async def visible_action_item(actor: Actor, action_item_id: UUID) -> ActionItem:
    """A promise made in one of the actor's own matches.

    Raises:
        NotFound: absent, or of a match the actor is no member of.
    """
    found = ActionItem.filter(organization_id=actor.organization_id, id=action_item_id)
    item = await found.filter(match_id__in=own_matches(actor)).first()
    if item is None:
        raise NotFound
    return item


async def promise_with_match(actor: Actor, action_item_id: UUID) -> ActionItem:
    """A promise with the session in which it was made, its match, members and their people: for the product, which
    brings it to mind.

    Raises:
        NotFound: absent, of another organisation, or its session is.
    """
    made = Subquery(sessions(actor).values("id"))
    found = ActionItem.filter(organization_id=actor.organization_id, id=action_item_id, session_id__in=made)
    item = await found.select_related("session__match").first()
    if item is None or item.session is None:
        raise NotFound
    await item.session.match.fetch_related("members__person", "members__enrollment")
    return item


async def absent_from(session: Session) -> set[UUID]:
    """Who of a circle said that they cannot come to a fetched session, or were not there."""
    rows = Absence.filter(organization_id=session.organization_id, session_id=session.id)
    return {row.person_id for row in await rows}


async def session_of_topic(actor: Actor, item_id: UUID) -> UUID:
    """The session a topic belongs to; the caller then asks whether the actor may see it.

    Raises:
        NotFound: absent, or another organisation's.
    """
    item = await AgendaItem.filter(organization_id=actor.organization_id, id=item_id).first()
    if item is None:
        raise NotFound
    return item.session_id


async def own_notes(actor: Actor, session: Session) -> dict[int, SessionNote]:
    """What the actor wrote in a session, by prompt."""
    rows = SessionNote.filter(
        organization_id=actor.organization_id, session_id=session.id, author_id=actor.person_id
    )
    return {note.prompt: note for note in await rows}


async def have_met(match: Match) -> bool:
    """Whether a session of a match took place."""
    took_place = Session.filter(organization_id=match.organization_id, match_id=match.id, state__in=list(TOOK_PLACE))
    return await took_place.exists()


async def is_prepared(session: Session) -> bool:
    """Whether somebody has put a topic of their own on the agenda of a session."""
    topics = AgendaItem.filter(organization_id=session.organization_id, session_id=session.id)
    return await topics.filter(added_by_id__isnull=False).exists()


async def has_written(session: Session, person_id: UUID) -> bool:
    """Whether somebody has kept something of a session: a note or a promise of theirs."""
    notes = SessionNote.filter(organization_id=session.organization_id, session_id=session.id, author_id=person_id)
    promises = ActionItem.filter(organization_id=session.organization_id, session_id=session.id, owner_id=person_id)
    return await notes.exists() or await promises.exists()


async def open_promises(match: Match) -> list[str]:
    """What the members of a fetched match promised and have not done: the earliest date first, those without a date
    last."""
    there = [one.person_id for one in in_order(match)]
    rows = ActionItem.filter(
        organization_id=match.organization_id, match_id=match.id, done_at=None, owner_id__in=there
    )
    items = await rows.order_by("due_on", "created_at", "id")
    return [item.text for item in sorted(items, key=lambda item: item.due_on is None)]


async def last_shared_words(match: Match) -> str:
    """What stands under the last prompt of the latest shared note of a match; "" if none was shared."""
    shared = SessionNote.filter(
        organization_id=match.organization_id, session__match_id=match.id, visibility=NoteVisibility.SHARED
    )
    notes = await shared.order_by("-session__starts_at", "-prompt", "-updated_at").limit(10)
    return next((note.words for note in notes if note.words), "")


async def logged_at(actor: Actor, match_id: UUID, starts_at: datetime) -> Session | None:
    """The session of a match that took place and began at a moment."""
    known = sessions(actor).filter(match_id=match_id, starts_at=starts_at, state__in=list(TOOK_PLACE))
    return await known.first()


async def meets_another(actor: Actor, match_id: UUID, span: Span) -> bool:
    """Whether a session of a match, booked or past, lies within a time."""
    start, end = span
    counted = [SessionState.SCHEDULED, *TOOK_PLACE]
    return await sessions(actor).filter(
        match_id=match_id, state__in=counted, starts_at__lt=end, ends_at__gt=start
    ).exists()


async def number_of_next(match: Match) -> int:
    """The number a session booked now gets: one more than the highest that is booked and not cancelled.

    No two of them share a number; calling off one in the middle leaves a gap rather than renaming what was told.
    """
    counted = Session.filter(organization_id=match.organization_id, match_id=match.id).exclude(booked_at=None)
    last = await counted.exclude(state=SessionState.CANCELLED).order_by("-number").first()
    return last.number + 1 if last else 1


def _ahead(actor: Actor) -> QuerySet[Session]:
    waiting = sessions(actor).filter(state__in=list(TAKES_TIME), ends_at__gt=clock.now())
    return waiting.order_by("starts_at", "id")
