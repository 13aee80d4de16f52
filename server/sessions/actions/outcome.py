"""What a session leaves behind: notes and promises."""

import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from server.goals.wording import is_too_far
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.matches.company import members_now
from server.matches.states import RUNNING, MatchState
from server.sessions import queries, rules, steps
from server.sessions.models import ActionItem, Session, SessionNote
from server.sessions.states import NoteVisibility, Seen, SessionState, mark_of

NOTE_LETTERS = 20_000
PROMISE_LETTERS = 300
WRITABLE = RUNNING | {MatchState.DURATION_COMPLETED}


async def write_note(
    actor: Actor, session_id: UUID, visibility: NoteVisibility, bodies: Mapping[int, str], *, seen: Seen | None = None
) -> list[SessionNote]:
    """Write the actor's own note, by prompt number; prompts left out stay. Words already there change nothing.

    With `seen`, what was written meanwhile on another page stays beside it, one version under the other, and what this
    page did not change stays as it is. Without, the words replace all that stands there.

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
        written = [note for note in own.values() if note.words]
        _check_visibility(written, visibility)
        tells = not written or written[0].visibility is not visibility
        for note in own.values():
            if note.visibility is not visibility:
                note.visibility = visibility
                await note.save(update_fields=["visibility"])
        for prompt, body in texts.items():
            own[prompt] = await _write(own.get(prompt) or _blank(actor, session, prompt, visibility), body, seen)
        if tells and (written or any(texts.values())):
            await unit.audit("session.write_note", session, visibility=visibility)
        if any(texts.values()) and not written and visibility is NoteVisibility.SHARED:
            await steps.tell(unit, "session.noted", session)
        if any(texts.values()):
            await steps.confirm(unit, session)
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
        owner = next((one.person for one in members_now(session.match) if one.person_id == owner_id), None)
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
        if due_on:
            await steps.tell(unit, "session.promised", session, action_item_id=item.id)
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


async def _write(note: SessionNote, body: str, seen: Seen | None) -> SessionNote:
    others = _besides(note, body, seen)
    if others is not None and (note.body, note.versions) != (body, others):
        note.body, note.others = body, json.dumps(others) if others else ""
        note.page, note.updated_at = seen.page if seen else None, clock.now()
        await note.save()
    return note


def _besides(note: SessionNote, body: str, seen: Seen | None) -> dict[str, str] | None:
    """The versions that stay beside `body`; None where the page changed nothing, so that what is there stays."""
    known = seen.marks.get(note.prompt) if seen else None
    if seen is None or known is None or mark_of(note.words) == known:
        return {}
    if note.page == seen.page:
        return note.versions
    if mark_of(body) == known:
        return None
    versions = {note.page or "": note.body, **note.versions}
    return {page: words for page, words in versions.items() if words and page != seen.page and words not in body}
