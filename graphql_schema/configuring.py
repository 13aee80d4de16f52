"""Setting programmes and their cohorts up, and taking them to their next state."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import strawberry

from graphql_schema.building import ProgramPlanPayload, SeenDraftInput, write_part
from graphql_schema.context import Info
from graphql_schema.ids import key_of
from graphql_schema.mutations import ById, Input, perform
from graphql_schema.programs import CohortPayload, ProgramPayload
from server.journey.closing import actions as closing
from server.kernel.db import Json
from server.programs import actions
from server.programs.states import Approvals, AskedFirst, Cadence, Circles, Pairing, ProgramState, ProgramType

ABOUT = frozenset({"id", "seen", "idempotency_key"})
"""What an input says besides settings."""


@strawberry.input
class CreateProgramInput(Input):
    key: str
    name: str
    type: ProgramType
    cadence: Cadence = Cadence.COHORT
    approvals: Approvals = Approvals.BOTH
    admin_approves_matches: bool = False
    admin_approves_admission: bool = False


@strawberry.input
class OpenCohortInput(Input):
    program_id: strawberry.ID
    key: str
    name: str
    starts_on: date
    ends_on: date | None = None


@strawberry.input(description="What is left out stays as it is.")
class ConfigureProgramInput(SeenDraftInput):
    approvals: Approvals | None = None
    asked_first: AskedFirst | None = None
    admin_approves_matches: bool | None = None
    admin_approves_admission: bool | None = None
    mentees_may_ask: bool | None = None
    mentors_may_ask: bool | None = None
    mentees_may_wish: bool | None = None
    mentors_may_wish: bool | None = None
    pause_moves_end: bool | None = None
    meeting_url: str | None = strawberry.field(
        default=None, description="Where calls take place, an https link; \"\" for nowhere in particular."
    )
    circles: Circles | None = strawberry.field(
        default=None, description="Whether a programme of mentors and mentees has circles too, and for whom."
    )
    circle_size: int | None = strawberry.field(default=None, description="How many members a circle has, 4 to 8.")
    pairing: Pairing | None = strawberry.field(
        default=None, description="How peers are put together: by fit, or drawn by lot."
    )
    cycles_apart: int | None = strawberry.field(
        default=strawberry.UNSET, description="After how many rounds of the draw two may meet again; null is never."
    )
    target_role: str | None = strawberry.field(
        default=None, description="The key of the competency to which a programme for high potentials leads; "
        "\"\" for none."
    )

    @property
    def said(self) -> Json:
        """As the document has it."""
        given = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in ABOUT}
        kept = {name: value for name, value in given.items() if value not in (None, strawberry.UNSET)}
        never_again = {"cycles_apart": None} if self.cycles_apart is None else {}
        return {name: getattr(value, "value", value) for name, value in kept.items()} | never_again


@strawberry.input
class MoveInput(ById):
    state: ProgramState = strawberry.field(description="The state that comes next.")


@strawberry.type
class ProgramsMutation:
    @strawberry.mutation(description="Set up a programme.")
    async def create_program(self, info: Info, input: CreateProgramInput) -> ProgramPayload:
        return await perform(
            info, ProgramPayload, input,
            lambda actor: actions.create_program(
                actor, key=input.key, name=input.name, type=input.type, cadence=input.cadence,
                approvals=input.approvals, admin_approves_matches=input.admin_approves_matches,
                admin_approves_admission=input.admin_approves_admission,
            ),
        )

    @strawberry.mutation(
        description="Say in the draft who may ask for a match, whose yes it needs, what a pause does, and how people "
        "meet. Nobody notices before it is made live."
    )
    async def configure_program(self, info: Info, input: ConfigureProgramInput) -> ProgramPlanPayload:
        return await write_part(info, input, input.said)

    @strawberry.mutation(description="Take a programme to its next state.")
    async def move_program(self, info: Info, input: MoveInput) -> ProgramPayload:
        return await perform(
            info, ProgramPayload, input,
            lambda actor: actions.move_program(actor, key_of("Program", input.id), input.state),
        )

    @strawberry.mutation(description="Take a cohort to its next state. Closing it ends what still runs in it.")
    async def move_cohort(self, info: Info, input: MoveInput) -> CohortPayload:
        return await perform(
            info, CohortPayload, input,
            lambda actor: closing.move_cohort(actor, key_of("Cohort", input.id), input.state),
        )

    @strawberry.mutation(description="Open a run of a programme for enrolment.")
    async def open_cohort(self, info: Info, input: OpenCohortInput) -> CohortPayload:
        return await perform(
            info, CohortPayload, input,
            lambda actor: actions.open_cohort(
                actor, key_of("Program", input.program_id), key=input.key, name=input.name,
                starts_on=input.starts_on, ends_on=input.ends_on,
            ),
        )
