"""The nine statuses of glossary section 4, in one world that goes through them."""

from datetime import timedelta
from typing import Any

from server.journey.reporting.queries import my_team
from server.journey.reporting.states import ReportStatus
from server.journey.reporting.team import team_of
from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.factories import Pair, active_match, actor_of, match, person

S, E, R = MatchState, EnrollmentState, ReportStatus
STORY = (
    (E.INVITED, None, R.NOT_REGISTERED), (E.PENDING_APPROVAL, None, R.NOT_REGISTERED),
    (E.EXPIRED, None, R.NOT_REGISTERED), (E.DECLINED, None, None), (E.DEPROVISIONED, None, None),
    (E.WAITLISTED, S.CANCELLED, R.UNMATCHED), (E.ACTIVE, S.DRAFT, R.UNMATCHED), (E.ACTIVE, S.DECLINED, R.UNMATCHED),
    (E.ACTIVE, S.AWAITING_BOTH, R.WAITING_2_APPROVALS), (E.ACTIVE, S.AWAITING_MENTOR, R.WAITING_MENTOR_APPROVAL),
    (E.ACTIVE, S.AWAITING_MENTEE, R.WAITING_MENTEE_APPROVAL), (E.ACTIVE, S.AWAITING_ADMIN, R.WAITING_ADMIN_APPROVAL),
    (E.ACTIVE, S.ACTIVE, R.MATCHED_ACTIVE), (E.PAUSED, S.PAUSED, R.MATCHED_ACTIVE),
    (E.ACTIVE, S.DURATION_COMPLETED, R.MATCHED_DURATION_COMPLETED),
    (E.COMPLETED, S.COMPLETED, R.MATCHED_DURATION_COMPLETED), (E.ACTIVE, S.CONCLUDED, R.CONCLUDED),
    (E.REMOVED, S.CANCELLED, R.CONCLUDED), (E.COMPLETED, S.EXPIRED, R.UNMATCHED),
)


async def rows(pair: Pair) -> list[Any]:
    return await team_of(system_actor(pair.organization.id), pair.line_manager.id)


async def test_each_status_is_told_and_no_other_person(db: object) -> None:
    pair = await active_match(active_at=clock.now())
    await Program.filter(id=pair.program.id).update(reports={"line_managers": True})
    for enrolled, matched, status in STORY:
        await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=enrolled)
        await Match.filter(id=pair.match.id).update(state=matched or S.CANCELLED)
        found = [(row.person.id, row.status) for row in await rows(pair)]
        assert found == ([(pair.mentee.id, status)] if status else []), (enrolled, matched)
        told = {row.matched_at is not None for row in await rows(pair)}
        assert told <= {status in (R.MATCHED_ACTIVE, R.MATCHED_DURATION_COMPLETED)}
    for their in (pair.stranger, pair.mentor):
        assert await my_team(actor_of(their)) == []
    await Program.filter(id=pair.program.id).update(reports={})
    assert await my_team(actor_of(pair.line_manager)) == []


async def test_requests_that_lack_two_answers_are_one_row_and_meetings_are_counted(db: object) -> None:
    pair = await active_match(active_at=clock.now())
    await Program.filter(id=pair.program.id).update(reports={"line_managers": True})
    hours = {-48: SessionState.HELD, -24: SessionState.CANCELLED, 24: SessionState.SCHEDULED, 48: SessionState.PROPOSED}
    for ahead, state in hours.items():
        starts = clock.now() + timedelta(hours=ahead)
        await Session.create(
            organization_id=pair.organization.id, match=pair.match, state=state, starts_at=starts,
            ends_at=starts + timedelta(hours=1),
        )
    [row] = await rows(pair)
    assert (row.upcoming, row.completed) == (1, 1)
    for lacking in (0, 2, 4):
        waits = [one for one in await rows(pair) if one.status is R.WAITING_2_APPROVALS]
        assert [one.lacking for one in waits] == {0: [], 2: [0], 4: [4]}[lacking]
        other = await Enrollment.create(
            organization_id=pair.organization.id, program=pair.program, cohort=pair.cohort,
            person=await person(pair.organization), role="MENTOR", state=E.ACTIVE,
        )
        await match(other, pair.mentee_enrollment, state=S.AWAITING_BOTH, active_at=None)
