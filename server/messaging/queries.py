"""Reading threads. Only members of the match find them: not who runs the programme, not the product's own jobs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import F, Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.kernel.facts import OutboxEvent
from server.matches.company import belongs
from server.matches.models import Match
from server.matches.queries import my_matches, own_matches, visible_match
from server.matches.rules import can_review
from server.matches.states import MatchState
from server.messaging.models import ReadMark, Thread, ThreadMessage
from server.messaging.rules import WRITABLE

PAGE = 50
READABLE = WRITABLE | {MatchState.COMPLETED, MatchState.CONCLUDED}
"""A thread begins with the match and stays readable after it."""


@dataclass(frozen=True)
class Writing:
    """That and when people write to each other: who wrote at which moment, the latest first. Never a word."""

    count: int
    moments: list[tuple[UUID, datetime]]


@dataclass(frozen=True)
class ThreadSummary:
    """One line of the list of threads. `last` and `thread` are None before the first word."""

    match: Match
    thread: Thread | None
    last: ThreadMessage | None
    unread: int


@dataclass(frozen=True)
class ThreadPage:
    """One thread beside the list of all. `words` are oldest first; `marks` say how far each member has read, by person.

    `is_latest` is False where the page ends before the last word.
    """

    here: ThreadSummary
    lines: list[ThreadSummary]
    words: list[ThreadMessage]
    marks: dict[UUID, ReadMark]
    has_earlier: bool
    is_latest: bool


def messages(actor: Actor) -> QuerySet[ThreadMessage]:
    """The words of the actor's own threads: every member, and nobody else, has a mark from the first word on. Whoever
    left a circle reads none from that moment, even before a job has taken their mark."""
    return ThreadMessage.filter(
        organization_id=actor.organization_id, thread__read_marks__person_id=actor.person_id,
        thread__match_id__in=own_matches(actor),
    )


async def own_match(actor: Actor, match_id: UUID, *, lock: bool = False) -> Match:
    """A match that has a thread, for one of its members.

    Raises:
        NotFound: absent, or the actor is no member, or it never began.
    """
    match = await visible_match(actor, match_id, lock=lock)
    if not belongs(match, actor.person_id) or match.state not in READABLE:
        raise NotFound
    return match


async def threads_of(actor: Actor) -> list[ThreadSummary]:
    """Every thread of the actor, the latest word first, wordless ones last; each match with members and people."""
    matches = [match for match in await my_matches(actor, READABLE) if belongs(match, actor.person_id)]
    threads = await Thread.filter(
        organization_id=actor.organization_id, match_id__in=[match.id for match in matches]
    )
    by_match = {thread.match_id: thread for thread in threads}
    ids = [thread.id for thread in threads]
    last, unread = await _last_messages(actor, ids), await _unread(actor, ids)
    found = [
        ThreadSummary(match, thread, last.get(thread.id), unread.get(thread.id, 0))
        if (thread := by_match.get(match.id)) else ThreadSummary(match, None, None, 0)
        for match in matches
    ]
    return sorted(found, key=lambda line: line.last.sent_at.timestamp() if line.last else 0, reverse=True)


async def thread_page(
    actor: Actor, match_id: UUID, before: UUID | None = None, limit: int = PAGE
) -> ThreadPage:
    """The latest words of a thread; with `before`, the latest before that word, where there are any.

    Raises:
        NotFound: absent, or the actor is no member, or it never began.
    """
    lines = await threads_of(actor)
    here = next((line for line in lines if line.match.id == match_id), None)
    if here is None:
        raise NotFound
    found = await _words(actor, here.thread, before, limit + 1)
    if before and not found:    # nothing stands before it, or nobody wrote it: the latest is better than nothing
        before, found = None, await _words(actor, here.thread, None, limit + 1)
    return ThreadPage(
        here, lines, found[-limit:], await _marks(actor, here.thread), len(found) > limit, is_latest=before is None
    )


async def last_words(actor: Actor, match_ids: Collection[UUID]) -> dict[UUID, ThreadMessage]:
    """The latest word in the actor's own threads of some matches, by match; wordless ones are left out."""
    threads = await Thread.filter(
        organization_id=actor.organization_id, match_id__in=list(match_ids), read_marks__person_id=actor.person_id
    )
    last = await _last_messages(actor, [thread.id for thread in threads])
    return {thread.match_id: last[thread.id] for thread in threads if thread.id in last}


async def thread_row(match: Match) -> Thread | None:
    """The thread of a match that the caller has fetched for a member."""
    return await Thread.filter(organization_id=match.organization_id, match_id=match.id).first()


async def is_written_since(actor: Actor, match_id: UUID, moment: datetime) -> bool:
    """Whether anybody wrote in a match since a moment (aware); the words are not read from the table."""
    words = ThreadMessage.filter(organization_id=actor.organization_id, thread__match_id=match_id)
    return await words.filter(sent_at__gt=moment).exists()


async def word_in(actor: Actor, match_id: UUID, *, first: bool) -> ThreadMessage | None:
    """The first or the last word of a match, for the product: who wrote, and when."""
    words = ThreadMessage.filter(organization_id=actor.organization_id, thread__match_id=match_id)
    return await words.order_by("sent_at" if first else "-sent_at").only("id", "author_id", "sent_at").first()


async def held_word(actor: Actor, thread_id: UUID) -> OutboxEvent | None:
    """What tells of the last word in a thread, as long as it can be taken back and nobody was told."""
    held = OutboxEvent.filter(
        organization_id=actor.organization_id, subject_id=thread_id, kind="message.sent", delivered_at=None,
        withdrawn_at=None, not_before__gt=clock.now(),
    )
    return await held.order_by("-at", "-id").first()


async def read_at(actor: Actor, thread_id: UUID) -> datetime:
    """How far the actor has read a thread of theirs (aware)."""
    mark = await ReadMark.get(
        organization_id=actor.organization_id, thread_id=thread_id, person_id=actor.person_id
    )
    return mark.read_at


async def is_read(message: ThreadMessage) -> bool:
    """Whether anybody but its author has read a word."""
    others = ReadMark.filter(
        organization_id=message.organization_id, thread_id=message.thread_id, read_at__gte=message.sent_at
    )
    return await others.exclude(person_id=message.author_id).exists()


async def unread_count(actor: Actor) -> int:
    """How many words to the actor are unread, over all threads that are still readable. One query: every page asks."""
    return await _newer(actor).filter(thread__match__state__in=list(READABLE)).count()


async def writing_in(actor: Actor, match: Match, limit: int = 200) -> Writing:
    """That the members of a match write, for who runs its programme. The words are not even read from the table.

    Raises:
        NotFound: the actor does not run the programme.
    """
    if not can_review(actor, match):
        raise NotFound
    written = ThreadMessage.filter(organization_id=actor.organization_id, thread__match_id=match.id)
    rows = await written.order_by("-sent_at").limit(limit).values_list("author_id", "sent_at")
    return Writing(await written.count(), [(author_id, sent_at) for author_id, sent_at in rows])


async def own_message(actor: Actor, message_id: UUID) -> ThreadMessage:
    """One word that the actor wrote, with its thread.

    Raises:
        NotFound: absent, or somebody else's.
    """
    found = await messages(actor).select_related("thread").get_or_none(id=message_id, author_id=actor.person_id)
    if found is None:
        raise NotFound
    return found


async def unread_in(actor: Actor, thread_id: UUID) -> int:
    """How many words of others in one thread the actor has not read."""
    return (await _unread(actor, [thread_id])).get(thread_id, 0)


async def _words(actor: Actor, thread: Thread | None, before: UUID | None, limit: int) -> list[ThreadMessage]:
    if thread is None:
        return []
    found = messages(actor).filter(thread_id=thread.id)
    if before is not None:
        mark = await found.filter(id=before).first()
        if mark is None:
            return []
        found = found.filter(Q(sent_at__lt=mark.sent_at) | Q(sent_at=mark.sent_at, id__lt=mark.id))
    return (await found.order_by("-sent_at", "-id").limit(limit))[::-1]


async def _marks(actor: Actor, thread: Thread | None) -> dict[UUID, ReadMark]:
    if thread is None:
        return {}
    rows = await ReadMark.filter(organization_id=actor.organization_id, thread_id=thread.id)
    return {mark.person_id: mark for mark in rows}


async def _last_messages(actor: Actor, thread_ids: Collection[UUID]) -> dict[UUID, ThreadMessage]:
    newest = ThreadMessage.filter(
        thread__organization_id=actor.organization_id, thread_id__in=list(thread_ids), sent_at=F("thread__last_at")
    )  # the condition on the thread is what joins it: F alone does not upstream
    return {message.thread_id: message for message in await newest.order_by("id")}


async def _unread(actor: Actor, thread_ids: Collection[UUID]) -> dict[UUID, int]:
    newer = _newer(actor).filter(thread_id__in=list(thread_ids))
    rows = await newer.annotate(n=Count("id")).group_by("thread_id").values_list("thread_id", "n")
    return {thread_id: int(count) for thread_id, count in rows}


def _newer(actor: Actor) -> QuerySet[ThreadMessage]:
    """Words after the actor's mark: of others, because writing moves one's own. Only members have a mark, and
    keep it while they are members."""
    return ThreadMessage.filter(
        organization_id=actor.organization_id, thread__read_marks__person_id=actor.person_id,
        thread__match_id__in=own_matches(actor), sent_at__gt=F("thread__read_marks__read_at"),
    )
