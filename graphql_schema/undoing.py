"""The way back from one's own acts, as long as nobody was told of them: ten seconds."""

from __future__ import annotations

from uuid import UUID

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import key_of
from graphql_schema.matches import MatchPayload
from graphql_schema.mutations import ById, perform
from graphql_schema.programs import EnrollmentPayload
from graphql_schema.sessions import SessionPayload
from server.journey.leaving.actions import undo_decision
from server.journey.meeting.actions import undo_change
from server.kernel.actor import Actor
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.sessions.actions import undo_session_change


@strawberry.type
class UndoingMutation:
    @strawberry.mutation(description="Take back the last refusal, withdrawal, pause, resumption or end of a match.")
    async def undo_match_change(self, info: Info, input: ById) -> MatchPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Match", input.id)
            if not await undo_change(actor, key):
                raise Conflict(_("It is too late to undo this. It stays as it is."), kind="told")
            return key

        return await perform(info, MatchPayload, input, act)

    @strawberry.mutation(description="Take part as before, after you left a programme or said no to its invitation.")
    async def undo_leaving(self, info: Info, input: ById) -> EnrollmentPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Enrollment", input.id)
            if not await undo_decision(actor, key):
                raise Conflict(_("It is too late to undo this. You can join the next group."), kind="told")
            return key

        return await perform(info, EnrollmentPayload, input, act)

    @strawberry.mutation(description="Give a session its time back, or book it again; with those of its series.")
    async def undo_session_change(self, info: Info, input: ById) -> SessionPayload:
        async def act(actor: Actor) -> UUID:
            key = key_of("Session", input.id)
            await undo_session_change(actor, key)
            return key

        return await perform(info, SessionPayload, input, act)
