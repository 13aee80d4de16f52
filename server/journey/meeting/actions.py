"""One act of a person, one transaction, however many rooms it touches."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from server.goals import actions as goals
from server.kernel.actor import Actor
from server.kernel.db import Json, once, outcome_of, unit_of_work
from server.matches import actions as matches
from server.matches.queries import visible_match
from server.matches.states import DeclineReason, MatchState
from server.matchmaking.today.actions import accept_match
from server.matchmaking.today.rules import is_parted
from server.messaging import actions as messaging
from server.sessions import actions as sessions
from server.sessions import queries as session_queries
from server.sessions.models import Session
from server.sessions.states import NoteVisibility, Seen


@dataclass(frozen=True)
class Outcome:
    """What became of an answer: the match's state, and the session that came of it, if any."""

    match_id: UUID
    state: MatchState
    session_id: UUID | None = None
    booked: bool = False


@dataclass(frozen=True)
class Undone:
    """What came of an undo; `words` is the thanks that it took back, for whoever wrote them alone."""

    done: bool
    words: str


@dataclass(frozen=True)
class Wrapped:
    """What a session left behind. `notes` by prompt number; `next_at` of None books nothing."""

    visibility: NoteVisibility
    notes: Mapping[int, str] = field(default_factory=dict)
    seen: Seen | None = None
    talked_about: Collection[UUID] = ()
    milestones_done: Collection[UUID] = ()
    promise: str = ""
    promise_due_on: date | None = None
    next_at: datetime | None = None


async def accept_and_book(
    actor: Actor, match_id: UUID, starts_at: datetime | None, *, key: str = "", undo_within: timedelta = timedelta()
) -> Outcome:
    """Say yes and choose the first conversation in one act. The same key again changes nothing. Nobody is told for
    `undo_within`; until then `undo_change` takes both back.

    The first side's choice is a hold; whoever answers second turns it into a booking by choosing the same time, or
    puts another time before the first. A match whose last seat went meanwhile comes back CANCELLED, with nothing held;
    one whose people a hard rule keeps apart by now as a DRAFT, before whoever runs the programme.

    Raises:
        NotFound: not the actor's match.
        Conflict: closed (`kind="closed"`), or the time was just taken (`kind="slot_taken"`); then nothing changed.
    """

    async def act() -> Json:
        match = await accept_match(actor, match_id, undo_within=undo_within)
        if is_parted(match, actor):
            return {"match_id": match.id, "state": MatchState.DRAFT}
        if match.state is MatchState.CANCELLED:
            return {"match_id": match.id, "state": match.state}
        session = await _choose_time(actor, match_id, match.state, starts_at)
        booked = bool(session and session.booked_at)
        return {
            "match_id": match.id, "state": match.state, "session_id": session.id if session else None,
            "booked": booked,
        }

    return _outcome(await once(actor, key, act))


async def choose_time(actor: Actor, match_id: UUID, starts_at: datetime, *, key: str = "") -> Outcome:
    """Choose the first conversation after both said yes: agree with the time on the table, or put another there.

    Raises:
        NotFound: not the actor's match.
        Conflict: the time was just taken (`kind="slot_taken"`), or the match is not open.
    """

    async def act() -> Json:
        match = await visible_match(actor, match_id, lock=True)
        session = await _choose_time(actor, match_id, match.state, starts_at)
        return {
            "match_id": match.id, "state": match.state, "session_id": session.id if session else None,
            "booked": bool(session and session.booked_at),
        }

    return _outcome(await once(actor, key, act))


async def decline(
    actor: Actor, match_id: UUID, reason: DeclineReason, *, key: str = "", undo_within: timedelta = timedelta()
) -> Outcome:
    """Say no, and give back the time that was held. The other person never sees why. Nobody is told for
    `undo_within`; until then `undo_change` takes it back.

    Raises:
        NotFound: not the actor's match.
        Conflict: it runs already, or is closed.
    """

    async def act() -> Json:
        match = await matches.decline_match(actor, match_id, reason, undo_within=undo_within)
        await sessions.release_hold(actor, match_id)
        return {"match_id": match.id, "state": match.state}

    return _outcome(await once(actor, key, act))


async def undo_change(actor: Actor, match_id: UUID, *, key: str = "") -> Undone:
    """`matches.undo_change`; a time that one chose with a yes is taken back with it, one that was held when one said no
    is held again, if it is still free, and a word of thanks that went with an end is taken back. The same key again
    brings back the same words.

    Raises:
        NotFound, Refused, Conflict: as `matches.undo_change`; the other booked a time meanwhile (`kind="answered"`), or
            the word of thanks was read already (`kind="read"`).
    """

    async def act() -> Json:
        if not await matches.undo_change(actor, match_id):
            return {"done": False, "words": ""}
        await sessions.undo_first_time(actor, match_id)
        await sessions.restore_hold(actor, match_id)
        return {"done": True, "words": await messaging.take_back_words(actor, match_id)}

    return Undone(**await once(actor, key, act))


async def save_and_book_next(actor: Actor, session_id: UUID, wrapped: Wrapped, *, key: str = "") -> Json:
    """Keep what a session brought and book the next one, all or nothing. The same key again books and promises nothing
    more; of the notes the last wording holds, since a form whose answer got lost may be changed and sent again.

    Returns {"session_id", "next_session_id"}.

    Raises:
        NotFound: not a session of the actor's.
        Invalid: a field is too long, a promise without words.
        Conflict: the next time was just taken (`kind="slot_taken"`); then nothing was kept, and the form is.
    """

    async def act() -> Json:
        session = await session_queries.visible_session(actor, session_id, lock=True)
        await _keep_notes(actor, session_id, wrapped)
        if wrapped.promise and actor.person_id:
            await sessions.promise(actor, session_id, actor.person_id, wrapped.promise, wrapped.promise_due_on)
        following = None
        if wrapped.next_at is not None:
            following = await sessions.book_session(actor, session.match_id, wrapped.next_at)
        return {"session_id": session_id, "next_session_id": following.id if following else None}

    if await outcome_of(actor, key):
        await _keep_notes(actor, session_id, wrapped)
    return await once(actor, key, act)


async def _keep_notes(actor: Actor, session_id: UUID, wrapped: Wrapped) -> None:
    """What may be kept again and again: words and ticks."""
    async with unit_of_work(actor):
        await sessions.write_note(actor, session_id, wrapped.visibility, wrapped.notes, seen=wrapped.seen)
        await sessions.set_talked_about(actor, session_id, wrapped.talked_about)
        for milestone_id in wrapped.milestones_done:
            await goals.tick_milestone(actor, milestone_id, True)


async def _choose_time(
    actor: Actor, match_id: UUID, state: MatchState, starts_at: datetime | None
) -> Session | None:
    hold = await session_queries.hold_of(actor, match_id)
    theirs = hold is not None and hold.proposed_by_id != actor.person_id
    if starts_at is None:
        return hold
    if hold is not None and theirs and hold.starts_at == starts_at:
        return await sessions.confirm_hold(actor, match_id) if state is MatchState.ACTIVE else hold
    return await sessions.hold_slot(actor, match_id, starts_at)


def _outcome(values: Json) -> Outcome:
    session_id = values.get("session_id")
    return Outcome(
        UUID(values["match_id"]), MatchState(values["state"]), UUID(session_id) if session_id else None,
        bool(values.get("booked")),
    )
