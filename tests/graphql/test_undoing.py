"""Ten seconds to take one's own acts back, through GraphQL; too late is said as data."""

from __future__ import annotations

from datetime import timedelta

from server.kernel import clock
from server.kernel.actor import Actor
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState
from server.sessions.actions import book_session
from server.sessions.models import Session
from server.sessions.times import slots_for_match
from tests import factories
from tests.graphql.ask import ask, gid

ACT = "mutation ($id: ID!) { %s(input: {id: $id}) { errors { code kind } } }"


async def done(actor: Actor, name: str, row: object) -> list[dict[str, str]]:
    errors: list[dict[str, str]] = (await ask(actor, ACT % name, id=gid(row)))[name]["errors"]
    return errors


async def test_a_no_leaving_and_a_cancellation_are_taken_back(db: object) -> None:
    pair = await factories.active_match()
    asked = await factories.active_match(state=MatchState.AWAITING_BOTH)
    slot = (await slots_for_match(pair.mentee_actor, pair.match.id, 1))[0]
    session = await book_session(pair.mentee_actor, pair.match.id, slot.starts_at)
    for actor, act, undo, row in (
        (asked.mentee_actor, "declineMatch", "undoMatchChange", asked.match),
        (pair.mentee_actor, "cancelSession", "undoSessionChange", session),
        (pair.mentee_actor, "pauseMatch", "undoMatchChange", pair.match),
        (pair.mentor_actor, "leaveProgram", "undoLeaving", pair.mentor_enrollment),
    ):
        for name in (act, undo):
            assert await done(actor, name, row) == [], name
        assert [one["kind"] for one in await done(actor, undo, row)] == ["told"], "only once"
    assert (await Match.get(id=asked.match.id)).state is MatchState.AWAITING_BOTH
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE
    assert (await Session.get(id=session.id)).sequence == 0
    assert (await Enrollment.get(id=pair.mentor_enrollment.id)).state is EnrollmentState.ACTIVE


async def test_too_late_is_said(db: object) -> None:
    pair = await factories.active_match()
    assert await done(pair.mentor_actor, "leaveProgram", pair.mentor_enrollment) == []
    clock.move(timedelta(seconds=11))
    assert await done(pair.mentor_actor, "undoLeaving", pair.mentor_enrollment) == [
        {"code": "CONFLICT", "kind": "told"}
    ]
