"""A pair with things ahead of it, which a break or an end takes with it."""

from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.jobs import drain
from server.matches.states import MatchState
from server.programs.states import ParticipantRole
from server.sessions.actions import book_session
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Pair


@pytest.fixture
async def pair(db: object) -> Pair:
    """A pair with a session that both know of, and a request that waits for the mentor."""
    made = await factories.active_match()
    slot = (await slots_for_match(made.mentee_actor, made.match.id, 1))[0]
    await book_session(made.mentee_actor, made.match.id, slot.starts_at)
    another = await factories.enrollment(made.cohort, made.stranger, ParticipantRole.MENTEE)
    await factories.match(made.mentor_enrollment, another, state=MatchState.AWAITING_MENTOR)
    clock.move(timedelta(minutes=1))
    await drain(strict=False)
    return made
