"""What happens in a thread: a word, and that it was read."""

from datetime import datetime
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.matches.models import Match
from server.messaging import queries, rules
from server.messaging.models import ReadMark, Thread, ThreadMessage

BODY_LETTERS = 5_000


async def send_message(actor: Actor, match_id: UUID, body: str) -> ThreadMessage:
    """Write to the other members of a match. What the actor had not read counts as read now.

    The thread begins with its first word. A form that is sent twice is caught by its key, at the face.

    Raises:
        NotFound: absent, or the actor is no member.
        Invalid: no words, or more than BODY_LETTERS.
        Conflict: the match is over (`kind="closed"`).
    """
    async with unit_of_work(actor) as unit:
        match = await queries.own_match(actor, match_id, lock=True)
        if not rules.is_open(match):
            raise Conflict(_("This match is over. Its messages stay readable."), kind="closed")
        problems: dict[str, str] = {}
        words = typed(problems, "body", body, at_most=BODY_LETTERS, needed=_("Write a few words."))
        check(problems)
        thread = await _thread(match)
        message = await ThreadMessage.create(
            organization_id=match.organization_id, thread=thread, author_id=actor.person_id, body=words,
            sent_at=_after(thread.last_at),
        )
        thread.last_at = message.sent_at
        await thread.save(update_fields=["last_at"])
        await _read_up_to(actor, thread, message.sent_at)
        await unit.audit("message.send", message, match_id=match.id)
        await unit.publish(
            "message.sent", subject_id=thread.id, thread_id=thread.id, match_id=match.id, author_id=actor.person_id,
            message_id=message.id,
        )
        return message


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


async def _thread(match: Match) -> Thread:
    """The match's thread; the first one brings a mark for every member. The match is locked by the caller."""
    known = await queries.thread_row(match)
    if known is not None:
        return known
    thread = await Thread.create(organization_id=match.organization_id, match=match)
    beginning = datetime.fromtimestamp(0, tz=clock.now().tzinfo)
    for member in match.members:
        await ReadMark.create(
            organization_id=match.organization_id, thread=thread, person_id=member.person_id, read_at=beginning
        )
    return thread


def _after(last_at: datetime | None) -> datetime:
    """Now, but after the last word: two words never share a moment."""
    moment = clock.now()
    return moment if last_at is None or moment > last_at else last_at + datetime.resolution


async def _read_up_to(actor: Actor, thread: Thread, moment: datetime) -> None:
    mark = ReadMark.filter(
        organization_id=actor.organization_id, thread_id=thread.id, person_id=actor.person_id, read_at__lt=moment
    )
    await mark.update(read_at=moment)
