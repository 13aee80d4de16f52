"""What a session leaves behind: that it took place, notes, promises."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from server.goals.wording import is_too_far
from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.matches.queries import visible_match
from server.matches.rules import member_of
from server.matches.states import RUNNING, MatchState
from server.sessions import queries, rules
from server.sessions.models import ActionItem, Session, SessionNote
from server.sessions.states import TOOK_PLACE, NoteVisibility, SessionState

NO_SHOW_WITHIN = timedelta(days=7)
"""How long after its end either side may say that a session did not take place (glossary section 5)."""
LOG_WITHIN = timedelta(days=366)
NOTE_LETTERS = 20_000
PROMISE_LETTERS = 300
MINUTES = range(5, 481)
WRITABLE = RUNNING | {MatchState.DURATION_COMPLETED}


async def mark_held(actor: Actor, session_id: UUID) -> Session:
    """Record that a booked session's end has passed: it is presumed held (F63). Twice is harmless.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is not the product.
        Conflict: it was called off, or is not over (`kind="not_over"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(actor.kind is ActorKind.SYSTEM, _("record this session"))
        if session.state is SessionState.HELD:
            return session
        if session.state is not SessionState.SCHEDULED or session.ends_at > clock.now():
            raise Conflict(_("This session is not over yet, or was called off."), kind="not_over")
        session.state, session.held_at = SessionState.HELD, clock.now()
        await session.save(update_fields=["state", "held_at"])
        await unit.audit("session.mark_held", session, match_id=session.match_id)
        await _tell(unit, "session.held", session)
        return session


async def report_no_show(actor: Actor, session_id: UUID) -> Session:
    """Say that a session did not take place, without saying whose doing it was. Twice is harmless.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: it is not over, was called off, or ended more than NO_SHOW_WITHIN ago (`kind="too_late"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.is_member(actor, session), _("change this session"))
        if session.state is SessionState.NO_SHOW:
            return session
        over = session.state in (SessionState.HELD, SessionState.SCHEDULED) and session.ends_at <= clock.now()
        if not over:
            raise Conflict(_("This session is not over yet, or was called off."), kind="not_over")
        if clock.now() - session.ends_at > NO_SHOW_WITHIN:
            raise Conflict(_("That was more than a week ago. It stays as it is."), kind="too_late")
        session.state, session.ended_at = SessionState.NO_SHOW, clock.now()
        await session.save(update_fields=["state", "ended_at"])
        await unit.unschedule(session.id, "session.held", reason="did not take place")
        await unit.audit("session.no_show", session, match_id=session.match_id)
        await _tell(unit, "session.no_show", session)
        return session


async def log_session(actor: Actor, match_id: UUID, starts_at: datetime, minutes: int | None = None) -> Session:
    """Enter a session that was held outside the product. The same start again changes nothing.

    Raises:
        NotFound: not the actor's match.
        Invalid: not past, more than LOG_WITHIN ago, before the match began, or not 5 to 480 minutes.
        Conflict: the match is not running.
    """
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        if member_of(match, actor) is None:
            raise NotFound
        same = await queries.sessions(actor).filter(
            match_id=match_id, starts_at=starts_at, state__in=list(TOOK_PLACE)
        ).first()
        if same is not None:
            return same
        if match.state not in WRITABLE:
            raise Conflict(_("This match is over."), kind="closed")
        length = match.program.session_minutes if minutes is None else minutes
        _check_past(starts_at, length, match.active_at)
        session = await Session.create(
            organization_id=match.organization_id, match=match, state=SessionState.LOGGED, starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=length), proposed_by_id=actor.person_id, held_at=clock.now(),
            booked_at=clock.now(), number=await queries.number_of_next(match),
        )
        await unit.audit("session.log", session, match_id=match.id, starts_at=starts_at)
        await _tell(unit, "session.logged", session)
        return session


async def write_note(
    actor: Actor, session_id: UUID, visibility: NoteVisibility, bodies: Mapping[int, str]
) -> list[SessionNote]:
    """Write the actor's own note, by prompt number; prompts left out stay. Words already there change nothing.

    Who reads it is chosen before the first word. Afterwards a shared note can become private until the other side has
    read it, and a private one stays private. The trail keeps that a note exists, and no save in between.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Invalid: an unknown prompt, or more than NOTE_LETTERS.
        Conflict: it was called off, the match is over, or the note cannot change its readers (`kind="visibility"`).
    """
    async with unit_of_work(actor) as unit:
        session = await _writable(actor, session_id)
        texts = _checked_bodies(session, bodies)
        own = await queries.own_notes(actor, session)
        written = [note for note in own.values() if note.body]
        _check_visibility(written, visibility)
        tells = not written or written[0].visibility is not visibility
        for note in own.values():
            if note.visibility is not visibility:
                note.visibility = visibility
                await note.save(update_fields=["visibility"])
        for prompt, body in texts.items():
            own[prompt] = await _write(own.get(prompt) or _blank(actor, session, prompt, visibility), body)
        if tells and (written or any(texts.values())):
            await unit.audit("session.write_note", session, visibility=visibility)
        if any(texts.values()) and not written and visibility is NoteVisibility.SHARED:
            await _tell(unit, "session.noted", session)
        return [own[prompt] for prompt in sorted(own)]


async def read_notes(actor: Actor, session_id: UUID) -> int:
    """Mark what others shared in a session as read by the actor; returns how many were new.

    Silent in the trail: reading is no act that anybody needs to look up.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
    """
    async with unit_of_work(actor):
        session = await queries.visible_session(actor, session_id)
        require(rules.is_member(actor, session), _("read these notes"))
        unread = SessionNote.filter(
            organization_id=actor.organization_id, session_id=session.id, visibility=NoteVisibility.SHARED, read_at=None
        )
        return await unread.exclude(author_id=actor.person_id).update(read_at=clock.now())


async def promise(
    actor: Actor, session_id: UUID, owner_id: UUID, text: str, due_on: date | None = None
) -> ActionItem:
    """Write down what a member will do. The same words of the same owner again change nothing.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Invalid: no words, too many, a past or too distant day, or an owner who is no member.
        Conflict: it was called off, or the match is over.
    """
    async with unit_of_work(actor) as unit:
        session = await _writable(actor, session_id)
        problems: dict[str, str] = {}
        words = typed(problems, "text", text, at_most=PROMISE_LETTERS, needed=_("Say what will be done."))
        owner = next((member.person for member in session.match.members if member.person_id == owner_id), None)
        if owner is None:
            problems["owner_id"] = _("Choose one of you.")
        elif due_on and due_on < clock.today(owner.zone):
            problems["due_on"] = _("Choose today or a later day.")
        elif due_on and is_too_far(due_on):
            problems["due_on"] = _("Choose a day within five years.")
        check(problems)
        for known in await queries.action_items_in(session):
            if (known.owner_id, known.text, known.due_on) == (owner_id, words, due_on):
                return known
        item = await ActionItem.create(
            organization_id=session.organization_id, match_id=session.match_id, session=session, owner_id=owner_id,
            text=words, due_on=due_on,
        )
        await unit.audit("session.promise", session, item_id=item.id, owner_id=owner_id, due_on=due_on)
        return item


async def keep_promise(actor: Actor, action_item_id: UUID, done: bool) -> ActionItem:
    """Say that the actor's own promise is kept, or take that back. Twice is harmless.

    Raises:
        NotFound: absent, or of a match the actor is no member of.
        Refused: somebody else's promise.
    """
    async with unit_of_work(actor) as unit:
        item = await queries.visible_action_item(actor, action_item_id)
        require(item.owner_id == actor.person_id, _("tick somebody else's promise"))
        if (item.done_at is not None) != done:
            item.done_at = clock.now() if done else None
            await item.save(update_fields=["done_at"])
            await unit.audit("session.keep_promise", item, done=done)
        return item


async def _writable(actor: Actor, session_id: UUID) -> Session:
    session = await queries.visible_session(actor, session_id, lock=True)
    require(rules.is_member(actor, session), _("write in this session"))
    if session.state in (SessionState.PROPOSED, SessionState.CANCELLED):
        raise Conflict(_("This session is not booked."), kind="not_booked")
    if session.match.state not in WRITABLE:
        raise Conflict(_("This match is over. Its notes stay as they are."), kind="closed")
    return session


def _check_past(starts_at: datetime, minutes: int, active_at: datetime | None) -> None:
    problems: dict[str, str] = {}
    if minutes not in MINUTES:
        problems["minutes"] = _("Choose from 5 minutes to 8 hours.")
    if starts_at + timedelta(minutes=minutes) > clock.now():
        problems["starts_at"] = _("Choose a time that has passed.")
    elif active_at is None or starts_at < max(active_at - timedelta(days=1), clock.now() - LOG_WITHIN):
        problems["starts_at"] = _("Choose a time since you became a match.")
    check(problems)


def _checked_bodies(session: Session, bodies: Mapping[int, str]) -> dict[int, str]:
    problems: dict[str, str] = {}
    if set(bodies) - set(range(len(queries.prompts_of(session)))):
        raise Invalid({"": _("This question is not part of the notes any more.")})
    texts = {
        prompt: typed(problems, f"note-{prompt}", body, at_most=NOTE_LETTERS) for prompt, body in bodies.items()
    }
    check(problems)
    return texts


def _check_visibility(written: list[SessionNote], visibility: NoteVisibility) -> None:
    """Only towards more private, and only until the other side has read it."""
    if not written or written[0].visibility is visibility:
        return
    if visibility is NoteVisibility.SHARED:
        raise Conflict(_("This note is yours alone and stays so."), kind="visibility")
    if any(note.read_at for note in written):
        raise Conflict(_("This note was read already, so it stays shared."), kind="visibility")


def _blank(actor: Actor, session: Session, prompt: int, visibility: NoteVisibility) -> SessionNote:
    return SessionNote(
        organization_id=session.organization_id, session=session, author_id=actor.person_id, prompt=prompt,
        visibility=visibility,
    )


async def _write(note: SessionNote, body: str) -> SessionNote:
    if note.body != body:
        note.body, note.updated_at = body, clock.now()
        await note.save()
    return note


async def _tell(unit: Unit, event: str, session: Session) -> None:
    await unit.publish(
        event, subject_id=session.id, session_id=session.id, match_id=session.match_id, by_id=unit.actor.person_id
    )
