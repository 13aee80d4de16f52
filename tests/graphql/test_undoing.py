"""Ten seconds to take an act back through GraphQL, one's own or a manager's; too late is said as data."""

from __future__ import annotations

from datetime import timedelta

import pytest

from graphql_schema.ids import global_id
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.actions import book_session
from server.sessions.models import Session
from server.sessions.times import slots_for_match
from server.surveys.models import SurveyAnswer
from tests import factories
from tests.factories import Pair
from tests.graphql.ask import ask, gid
from tests.graphql.everything import open_check_in

pytestmark = pytest.mark.usefixtures("clock_stands")

ACT = "mutation ($id: ID!) { %s(input: {id: $id}) { errors { code kind } } }"


async def done(actor: Actor, name: str, row: object) -> list[dict[str, str]]:
    errors: list[dict[str, str]] = (await ask(actor, ACT % name, id=gid(row)))[name]["errors"]
    return errors


async def test_a_no_leaving_and_a_cancellation_are_taken_back(db: object) -> None:
    pair = await factories.active_match()
    asked = await factories.active_match(state=MatchState.AWAITING_BOTH)
    over = await factories.active_match(state=MatchState.DURATION_COMPLETED)
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id, 1))[0]
    session = await book_session(pair.mentee_actor, pair.match.id, slot.starts_at)
    for actor, act, undo, row in (
        (asked.mentee_actor, "declineMatch", "undoMatchChange", asked.match),
        (pair.mentee_actor, "cancelSession", "undoSessionChange", session),
        (pair.mentee_actor, "pauseMatch", "undoMatchChange", pair.match),
        (pair.mentor_actor, "leaveProgram", "undoLeaving", pair.mentor_enrollment),
        (over.mentee_actor, "closeMatch", "undoMatchChange", over.match),
    ):
        for name in (act, undo):
            assert await done(actor, name, row) == [], name
        assert [one["kind"] for one in await done(actor, undo, row)] == ["told"], "only once"
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_BOTH
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE
    assert (await Match.get(id=over.match.id)).state is MatchState.DURATION_COMPLETED
    assert (await Session.get(id=session.id)).sequence == 0
    assert (await Enrollment.get(id=pair.mentor_enrollment.id)).state is EnrollmentState.ACTIVE


async def test_too_late_is_said(db: object) -> None:
    pair = await factories.active_match()
    assert await done(pair.mentor_actor, "leaveProgram", pair.mentor_enrollment) == []
    clock.move(timedelta(seconds=11))
    assert await done(pair.mentor_actor, "undoLeaving", pair.mentor_enrollment) == [
        {"code": "CONFLICT", "kind": "told"}
    ]


async def back_and_forth(pair: Pair, act: str, undo: str, row: Enrollment | Match) -> None:
    """A manager's act, its undo, and the undo once more: the row is as it was after the first."""
    before = await type(row).filter(id=row.id).values()
    assert await done(pair.manager_actor, act, row) == [], act
    assert await type(row).filter(id=row.id).values() != before, f"{act} did nothing"
    assert await done(pair.manager_actor, undo, row) == [], act
    assert await type(row).filter(id=row.id).values() == before, act
    assert [one["kind"] for one in await done(pair.manager_actor, undo, row)] == ["told"], "only once"


async def test_a_managers_word_on_somebody_is_taken_back(db: object) -> None:
    pair = await factories.active_match()
    asks = await factories.enrollment(
        pair.cohort, pair.stranger, ParticipantRole.MENTOR, state=EnrollmentState.PENDING_APPROVAL, active_at=None
    )
    await back_and_forth(pair, "approveAdmission", "undoDecision", asks)
    await back_and_forth(pair, "rejectAdmission", "undoDecision", asks)
    await back_and_forth(pair, "removeFromProgram", "undoDecision", pair.mentee_enrollment)
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


async def test_a_managers_word_on_a_pair_is_taken_back(db: object) -> None:
    pair = await factories.active_match()
    both_agreed = await factories.active_match(
        pair.organization, pair.program, pair.cohort, state=MatchState.AWAITING_ADMIN
    )
    await back_and_forth(pair, "approveMatch", "undoApproval", both_agreed.match)
    await back_and_forth(pair, "cancelMatch", "undoMatchChange", both_agreed.match)
    await back_and_forth(pair, "pauseMatch", "undoMatchChange", pair.match)
    assert await done(pair.manager_actor, "pauseMatch", pair.match) == []
    clock.move(timedelta(minutes=1))
    await back_and_forth(pair, "resumeMatch", "undoMatchChange", pair.match)


async def test_an_end_is_taken_back_by_who_runs_the_programme_and_by_nobody_else(db: object) -> None:
    pair = await factories.active_match()
    end = "mutation ($id: ID!) { endMatch(input: {id: $id, reason: SCHEDULE}) { errors { code } } }"
    assert (await ask(pair.manager_actor, end, id=gid(pair.match)))["endMatch"]["errors"] == []
    refused = await done(pair.mentee_actor, "undoMatchChange", pair.match)
    assert [one["code"] for one in refused] == ["FORBIDDEN"]
    assert await done(pair.manager_actor, "undoMatchChange", pair.match) == []
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE


async def test_what_was_seen_to_waits_again(db: object) -> None:
    pair = await factories.active_match()
    asked = global_id("CheckIn", (await open_check_in(pair)).id)
    answer = """mutation ($id: ID!) {
      answerCheckIn(input: {id: $id, usefulness: 2, goalDistance: 3}) { errors { code } } }"""
    assert (await ask(pair.mentee_actor, answer, id=asked))["answerCheckIn"]["errors"] == []
    row = await SurveyAnswer.get(organization_id=pair.organization.id)
    for name, seen in (("handleCheckInAnswer", True), ("undoHandleCheckInAnswer", False)):
        found = await ask(pair.manager_actor, ACT % name, id=global_id("CheckInAnswer", row.id))
        assert found[name]["errors"] == []
        assert ((await SurveyAnswer.get(id=row.id)).handled_at is not None) is seen


async def test_a_break_and_its_end_are_taken_back_and_so_is_a_word_on_the_conditions(db: object) -> None:
    pair = await factories.active_match()
    at, own = gid(pair.mentee_enrollment), pair.mentee_actor
    rest = "mutation ($id: ID!, $until: Date!) { takeBreak(input: {id: $id, until: $until}) { errors { code } } }"
    for act, until in ((rest, factories.in_days(9)), (rest, factories.in_days(12)), ("comeBack", None)):
        before = await Enrollment.filter(id=pair.mentee_enrollment.id).values()
        if until:
            found = await ask(own, act, id=at, until=until.isoformat())
            assert found["takeBreak"]["errors"] == []
        else:
            assert await done(own, act, pair.mentee_enrollment) == []
        assert await done(own, "undoBreak", pair.mentee_enrollment) == []
        assert await Enrollment.filter(id=pair.mentee_enrollment.id).values() == before
        if until:
            await ask(own, act, id=at, until=until.isoformat())
    assert await done(pair.manager_actor, "loseEligibility", pair.mentee_enrollment) == []
    assert await done(pair.manager_actor, "undoEligibility", pair.mentee_enrollment) == []
    late = await done(pair.manager_actor, "undoEligibility", pair.mentee_enrollment)
    assert [one["kind"] for one in late] == ["told"]
