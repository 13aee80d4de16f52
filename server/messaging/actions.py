"""What happens in a thread: a word, and that it was read."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.matches.company import members_now
from server.matches.models import Match
from server.matches.queries import visible_match
from server.matches.rules import can_decide
from server.messaging import queries, rules
from server.messaging.models import ReadMark, Thread, ThreadMessage
from server.programs.steps import withdraw

BODY_LETTERS = 5_000


async def send_message(
    actor: Actor, match_id: UUID, body: str, *, undo_within: timedelta = timedelta()
) -> ThreadMessage:
    """Write to the other members of a match. What the actor had not read counts as read now.

    The thread begins with its first word. A form that is sent twice is caught by its key, at the face. Nobody is told
    for `undo_within`; until then `take_back_words` takes it back.

    Raises:
        NotFound: absent, or the actor is no member.
        Refused: the programme lets nobody write in the actor's role.
        Invalid: no words, or more than BODY_LETTERS.
        Conflict: the match is over (`kind="closed"`).
    """
    async with unit_of_work(actor) as unit:
        match = await _open_match(actor, match_id)
        words = _checked(body)
        thread = await _thread(match)
        message = await ThreadMessage.create(
            organization_id=match.organization_id, thread=thread, author_id=actor.person_id, body=words,
            sent_at=_after(thread.last_at),
        )
        thread.last_at = message.sent_at
        await thread.save(update_fields=["last_at"])
        kept = {"had_read_at": await queries.read_at(actor, thread.id)} if undo_within else {}
        await _read_up_to(actor, thread, message.sent_at)
        await unit.audit("message.send", message, match_id=match.id)
        await unit.publish(
            "message.sent", subject_id=thread.id, thread_id=thread.id, match_id=match.id, author_id=actor.person_id,
            message_id=message.id, hold=undo_within, **kept,
        )
        return message


async def take_back_words(actor: Actor, match_id: UUID) -> str:
    """Take back what was written with an act on a match that is being undone, as if it never was.

    Returns the words to whoever wrote them. "" for somebody else, when nothing was written with it, and when the
    others were told of it already.

    Raises:
        NotFound: no match that the actor may see.
        Refused: somebody else wrote it, and the actor does not run the programme.
        Conflict: somebody has read it (`kind="read"`).
    """
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        thread = await queries.thread_row(match)
        fact = await queries.held_word(actor, thread.id) if thread else None
        if thread is None or fact is None:
            return ""
        message = await ThreadMessage.get(organization_id=actor.organization_id, id=fact.payload["message_id"])
        require(message.author_id == actor.person_id or can_decide(actor, match), _("take back what somebody wrote"))
        if await queries.is_read(message):
            raise Conflict(_("Your last message has been read already. It stays as it is."), kind="read")
        if not await withdraw(fact):
            return ""
        await unit.audit("message.take_back", message, match_id=match.id)
        await _unwrite(thread, message, datetime.fromisoformat(fact.payload["had_read_at"]))
        return message.body if message.author_id == actor.person_id else ""


async def reword_message(actor: Actor, message_id: UUID, body: str) -> bool:
    """Put other words in the place of one's own that nobody else has read. False: somebody has, and nothing changed.

    For a form whose answer got lost, and which was changed and sent again: its last wording holds. The same words again
    change nothing.

    Raises:
        NotFound: absent, or not the actor's own.
        Refused, Invalid, Conflict: as `send_message`.
    """
    async with unit_of_work(actor) as unit:
        message = await queries.own_message(actor, message_id)
        match, words = await _open_match(actor, message.thread.match_id), _checked(body)
        if message.body == words:
            return True
        if await queries.is_read(message):
            return False
        message.body = words
        await message.save(update_fields=["body"])
        await unit.audit("message.reword", message, match_id=match.id)
        return True


async def mark_read(actor: Actor, match_id: UUID) -> int:
    """Mark everything in a thread as read by the actor; returns how many words were new to them. Twice is harmless.

    Silent in the trail: reading is no act that anybody needs to look up.

    Raises:
        NotFound: absent, or the actor is no member.
    """
    async with unit_of_work(actor):
        match = await queries.own_match(actor, match_id)
        thread = await queries.thread_row(match)
        if thread is None or thread.last_at is None:
            return 0
        unread = await queries.unread_in(actor, thread.id)
        if unread:
            await _read_up_to(actor, thread, thread.last_at)
        return unread


async def follow_members(actor: Actor, match_id: UUID) -> None:
    """Bring a thread in line with who is in the match: whoever came later reads it too, from its first word, and owes
    no answer to what was said before; who left a circle reads it no more. Twice is harmless, and silent in the trail.

    Raises:
        NotFound: no such match.
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("say who reads a thread"))
    async with unit_of_work(actor):
        match = await visible_match(actor, match_id, lock=True)
        thread = await queries.thread_row(match)
        if thread is None:
            return
        marks = ReadMark.filter(organization_id=actor.organization_id, thread_id=thread.id)
        known, there = {mark.person_id for mark in await marks}, {one.person_id for one in members_now(match)}
        await marks.filter(person_id__in=list(known - there)).delete()
        await _mark(thread, sorted(there - known), thread.last_at or clock.now())


async def _open_match(actor: Actor, match_id: UUID) -> Match:
    match = await queries.own_match(actor, match_id, lock=True)
    if not rules.is_open(match):
        raise Conflict(_("This match is over. Its messages stay readable."), kind="closed")
    require(rules.is_allowed(match, actor.person_id), _("write messages in this programme"))
    return match


def _checked(body: str) -> str:
    problems: dict[str, str] = {}
    words = typed(problems, "body", body, at_most=BODY_LETTERS, needed=_("Write a few words."))
    check(problems)
    return words


async def _thread(match: Match) -> Thread:
    """The match's thread; the first one brings a mark for every member. The match is locked by the caller."""
    known = await queries.thread_row(match)
    if known is not None:
        return known
    thread = await Thread.create(organization_id=match.organization_id, match=match)
    beginning = datetime.fromtimestamp(0, tz=clock.now().tzinfo)
    await _mark(thread, [member.person_id for member in members_now(match)], beginning)
    return thread


async def _mark(thread: Thread, person_ids: Iterable[UUID], read_at: datetime) -> None:
    for person_id in person_ids:
        await ReadMark.create(
            organization_id=thread.organization_id, thread=thread, person_id=person_id, read_at=read_at
        )


def _after(last_at: datetime | None) -> datetime:
    """Now, but after the last word: two words never share a moment."""
    moment = clock.now()
    return moment if last_at is None or moment > last_at else last_at + datetime.resolution


async def _unwrite(thread: Thread, message: ThreadMessage, had_read_at: datetime) -> None:
    """The thread as it was before a word; without any other word there is none."""
    await message.delete()
    words = ThreadMessage.filter(organization_id=thread.organization_id, thread_id=thread.id)
    marks = ReadMark.filter(organization_id=thread.organization_id, thread_id=thread.id)
    last = await words.order_by("-sent_at").first()
    if last is None:
        await marks.delete()
        await thread.delete()
        return
    thread.last_at = last.sent_at
    await thread.save(update_fields=["last_at"])
    await marks.filter(person_id=message.author_id).update(read_at=had_read_at)


async def _read_up_to(actor: Actor, thread: Thread, moment: datetime) -> None:
    mark = ReadMark.filter(
        organization_id=actor.organization_id, thread_id=thread.id, person_id=actor.person_id, read_at__lt=moment
    )
    await mark.update(read_at=moment)
