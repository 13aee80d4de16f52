"""The way back from an act, one's own or a manager's, as long as nobody was told of it: ten seconds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import strawberry

from graphql_schema.context import Info
from graphql_schema.goals import GoalPayload
from graphql_schema.ids import key_of
from graphql_schema.matches import MatchPayload
from graphql_schema.mutations import ById, P, perform, perform_on
from graphql_schema.programs import EnrollmentPayload
from graphql_schema.sessions import SessionPayload
from graphql_schema.surveys import AnswerPayload
from server.goals.actions import undo_settle_goal
from server.journey.leaving.actions import undo_break, undo_decision
from server.journey.meeting.actions import undo_change
from server.journey.reviewing.actions import undo_approval
from server.kernel.actor import Actor
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.programs.actions import undo_eligibility
from server.sessions.actions import undo_session_change
from server.surveys.actions import undo_handle


@strawberry.type
class UndoingMutation:
    @strawberry.mutation(description="Take back the last answer to a match, or its last change.")
    async def undo_match_change(self, info: Info, input: ById) -> MatchPayload:
        return await _back(info, MatchPayload, input, "Match", _undo_change)

    @strawberry.mutation(description="Take back that you approved a match: it waits for your word as before.")
    async def undo_approval(self, info: Info, input: ById) -> MatchPayload:
        return await _back(info, MatchPayload, input, "Match", undo_approval)

    @strawberry.mutation(description="Take part as before, after you left a programme or said no to its invitation.")
    async def undo_leaving(self, info: Info, input: ById) -> EnrollmentPayload:
        late = _("It is too late to undo this. You can join the next group.")
        return await _back(info, EnrollmentPayload, input, "Enrollment", undo_decision, late)

    @strawberry.mutation(description="Take back that you began a break, chose another day for it, or came back.")
    async def undo_break(self, info: Info, input: ById) -> EnrollmentPayload:
        return await _back(info, EnrollmentPayload, input, "Enrollment", undo_break)

    @strawberry.mutation(
        description="Take back that you admitted somebody, turned them down, took them out or invited them. Of a first "
        "invitation nothing is left: then there is no enrollment. Only for who runs it."
    )
    async def undo_decision(self, info: Info, input: ById) -> EnrollmentPayload:
        return await _back(info, EnrollmentPayload, input, "Enrollment", undo_decision)

    @strawberry.mutation(description="Take back that somebody's part will end, or that the conditions hold again.")
    async def undo_eligibility(self, info: Info, input: ById) -> EnrollmentPayload:
        return await _back(info, EnrollmentPayload, input, "Enrollment", undo_eligibility)

    @strawberry.mutation(description="Open a goal again that you closed, or closed otherwise, while nobody was told.")
    async def undo_settle_goal(self, info: Info, input: ById) -> GoalPayload:
        return await _back(info, GoalPayload, input, "Goal", undo_settle_goal)

    @strawberry.mutation(description="Give a session its time back, or book it again; with those of its series.")
    async def undo_session_change(self, info: Info, input: ById) -> SessionPayload:
        return await perform_on(info, SessionPayload, input, "Session", undo_session_change)

    @strawberry.mutation(description="Let an answer wait for somebody to see to it again.")
    async def undo_handle_check_in_answer(self, info: Info, input: ById) -> AnswerPayload:
        return await perform_on(info, AnswerPayload, input, "CheckInAnswer", undo_handle)


async def _undo_change(actor: Actor, match_id: UUID) -> bool:
    return (await undo_change(actor, match_id)).done


async def _back(
    info: Info, payload: type[P], given: ById, kind: str, undo: Callable[[Actor, UUID], Awaitable[object]],
    late: str = "",
) -> P:
    """Take an act back; that it was too late is a conflict like any other. `undo` says whether it did."""

    async def act(actor: Actor) -> UUID:
        key = key_of(kind, given.id)
        if not await undo(actor, key):
            raise Conflict(late or _("It is too late to undo this. It stays as it is."), kind="told")
        return key

    return await perform(info, payload, given, act)
