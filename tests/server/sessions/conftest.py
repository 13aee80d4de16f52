"""A Sunday morning, a pair, and their session on Tuesday: where the tests of what became of a session begin."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from server.kernel import clock
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import drain
from server.sessions import actions
from server.sessions.models import Session
from tests.factories import Pair, active_match

SUNDAY = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def sunday_morning() -> Iterator[None]:
    with clock.at(SUNDAY):
        yield


async def booked() -> tuple[Pair, Session]:
    pair = await active_match()
    return pair, await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY)


async def held() -> tuple[Pair, Session]:
    pair, session = await booked()
    clock.move(TUESDAY + timedelta(hours=1) - SUNDAY)
    await drain()
    return pair, session


async def told(kind: str) -> int:
    """Facts of a kind that were not taken back."""
    return await OutboxEvent.filter(kind=kind, withdrawn_at=None).count()
