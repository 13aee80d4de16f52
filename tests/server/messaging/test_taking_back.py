"""A word that went with an act is taken back with it: the thread is as before, unless somebody has read it."""

from datetime import timedelta
from typing import Any

import pytest

from server.journey.leaving.actions import finish_match
from server.journey.meeting.actions import Undone, undo_change
from server.kernel import clock
from server.kernel.errors import Conflict, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.messaging import actions
from server.messaging.models import ReadMark, Thread, ThreadMessage
from server.notifications.models import Message
from tests import factories
from tests.factories import Pair

TEN_SECONDS = timedelta(seconds=10)
pytestmark = pytest.mark.usefixtures("clock_stands")


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def written(pair: Pair) -> list[Any]:
    """The thread, who has read how far, and the words."""
    org = {"organization_id": pair.organization.id}
    return [await table.filter(**org).order_by("id").values() for table in (Thread, ReadMark, ThreadMessage)]


async def finish(pair: Pair, thanks: str = "Thank you for every hour.") -> None:
    await finish_match(pair.mentee_actor, pair.match.id, thanks, undo_within=TEN_SECONDS)


@pytest.mark.parametrize("words", [0, 1, 3])
async def test_the_thread_is_as_before_and_nobody_is_told(pair: Pair, words: int) -> None:
    for number in range(words):
        clock.move(timedelta(hours=1))
        await actions.send_message(pair.mentor_actor, pair.match.id, f"Word {number}")
    clock.move(timedelta(hours=1))
    await drain(strict=False)
    before, told = await written(pair), await Message.all().count()
    await finish(pair)
    assert await written(pair) != before
    assert await undo_change(pair.mentee_actor, pair.match.id) == Undone(done=True, words="Thank you for every hour.")
    assert await written(pair) == before
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE
    assert await AuditEvent.filter(action="message.take_back").count() == 1
    clock.move(timedelta(minutes=1))
    await drain(strict=False)
    assert await Message.all().count() == told


async def test_left_alone_it_is_told(pair: Pair) -> None:
    await finish(pair)
    clock.move(timedelta(minutes=1))
    await drain(strict=False)
    assert await Message.filter(kind="A02", recipient_id=pair.mentor.id).exists()
    assert not (await undo_change(pair.mentee_actor, pair.match.id)).done
    assert not await actions.take_back_words(pair.mentee_actor, pair.match.id)


async def test_what_was_read_stays_and_so_does_the_end(pair: Pair) -> None:
    await finish(pair)
    await actions.mark_read(pair.mentor_actor, pair.match.id)
    before = await written(pair)
    with pytest.raises(Conflict, match="read already"):
        await undo_change(pair.mentee_actor, pair.match.id)
    assert await written(pair) == before
    assert (await Match.get(id=pair.match.id)).state is MatchState.CONCLUDED
    assert not await OutboxEvent.filter(withdrawn_at__isnull=False).exists()


async def test_only_its_author_and_who_runs_the_programme_take_it_back(pair: Pair) -> None:
    await finish(pair)
    with pytest.raises(Refused):
        await actions.take_back_words(pair.mentor_actor, pair.match.id)
    undone = await undo_change(pair.manager_actor, pair.match.id)
    assert undone == Undone(done=True, words=""), "who runs the programme never reads them"
    assert not await ThreadMessage.exists()


async def test_a_plain_word_is_never_taken_back(pair: Pair) -> None:
    await actions.send_message(pair.mentee_actor, pair.match.id, "See you on Monday.")
    assert not await actions.take_back_words(pair.mentee_actor, pair.match.id)
    assert await ThreadMessage.all().count() == 1
