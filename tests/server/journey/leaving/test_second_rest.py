"""A second break and a second pause end on their day too."""

from datetime import timedelta

from server.journey.leaving import actions
from server.kernel import clock
from server.kernel.jobs import drain
from server.matches.actions import pause_match
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState
from tests import factories


async def pass_days(days: int) -> None:
    clock.move(timedelta(days=days))
    await drain(strict=False)


async def test_a_second_break_ends_by_itself_as_the_first_did(db: object) -> None:
    pair = await factories.active_match()
    for _ in range(2):
        await actions.take_break(pair.mentor_actor, pair.mentor_enrollment.id, factories.in_days(5))
        await pass_days(6)
        assert (await Enrollment.get(id=pair.mentor_enrollment.id)).state is EnrollmentState.ACTIVE
        assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


async def test_a_second_pause_ends_by_itself_as_the_first_did(db: object) -> None:
    pair = await factories.active_match()
    for _ in range(2):
        await pause_match(pair.mentor_actor, pair.match.id, factories.in_days(5))
        await pass_days(6)
        assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE
