"""A mail server that really listens, a gate that is open, and a pair whose life messages tell of."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.notifications.channels import gate
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.factories import Pair, active_match
from tests.server.notifications.mail_server import MailServer, mail_server

BEGUN = datetime(2026, 9, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def open_gate() -> None:
    gate.SMTP_GATE.passed()


@pytest.fixture
async def mailbox() -> AsyncGenerator[MailServer, None]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def pair(db: object) -> Pair:
    """They began long before the days at which tests hold the clock, whenever these run."""
    return await active_match(published_at=BEGUN, active_at=BEGUN)


async def happened(pair: Pair, kind: str, hold: timedelta = timedelta(), **ids: Any) -> None:
    """Publish a fact of the pair's match, or of what the ids name."""
    about = {"match_id": pair.match.id, "program_id": pair.program.id, "cohort_id": pair.cohort.id, **ids}
    async with unit_of_work(system_actor(pair.organization.id)) as unit:
        await unit.publish(kind, subject_id=pair.match.id, hold=hold, **about)


async def session_of(pair: Pair, starts_at: datetime | None = None, **values: Any) -> Session:
    """A booked session of the pair, the day after tomorrow unless told otherwise."""
    starts = starts_at or (clock.now() + timedelta(days=2)).replace(microsecond=0)
    plain: dict[str, Any] = {"state": SessionState.SCHEDULED, "place": "https://meet.example/room-7"}
    return await Session.create(
        organization_id=pair.organization.id, match=pair.match, starts_at=starts,
        ends_at=starts + timedelta(minutes=45), **{**plain, **values},
    )
