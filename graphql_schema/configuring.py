"""Setting programmes and their cohorts up, and taking them to their next state."""

from __future__ import annotations

from datetime import date

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import key_of
from graphql_schema.mutations import ById, Input, perform
from graphql_schema.programs import CohortPayload, ProgramPayload
from server.journey.closing import actions as closing
from server.programs import actions
from server.programs.states import Approvals, AskedFirst, Cadence, Circles, Pairing, ProgramState, ProgramType


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


@strawberry.input(description="What is null stays as it is.")
class ConfigureProgramInput(ById):
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


@strawberry.input
class SetPairingInput(ById):
    pairing: Pairing
    cycles_apart: int | None = strawberry.field(
        default=None, description="After how many rounds of the draw two may meet again; null is never."
    )


@strawberry.input
class SetCirclesInput(ById):
    circles: Circles


@strawberry.input
class SetCircleSizeInput(ById):
    size: int = strawberry.field(description="4 to 8.")


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

    @strawberry.mutation(description="Say who may ask for a match, whose yes it needs, and what a pause does.")
    async def configure_program(self, info: Info, input: ConfigureProgramInput) -> ProgramPayload:
        return await perform(
            info, ProgramPayload, input,
            lambda actor: actions.configure_program(
                actor, key_of("Program", input.id), approvals=input.approvals, asked_first=input.asked_first,
                admin_approves_matches=input.admin_approves_matches, mentees_may_ask=input.mentees_may_ask,
                admin_approves_admission=input.admin_approves_admission, mentors_may_ask=input.mentors_may_ask,
                mentees_may_wish=input.mentees_may_wish, mentors_may_wish=input.mentors_may_wish,
                pause_moves_end=input.pause_moves_end, meeting_url=input.meeting_url,
            ),
        )

    @strawberry.mutation(description="Say how the peers of a programme are put together: by fit, or drawn by lot.")
    async def set_pairing(self, info: Info, input: SetPairingInput) -> ProgramPayload:
        return await perform(
            info, ProgramPayload, input,
            lambda actor: actions.set_pairing(
                actor, key_of("Program", input.id), input.pairing, cycles_apart=input.cycles_apart
            ),
        )

    @strawberry.mutation(description="Say whether a programme of mentors and mentees has circles too, and for whom.")
    async def set_circles(self, info: Info, input: SetCirclesInput) -> ProgramPayload:
        return await perform(
            info, ProgramPayload, input,
            lambda actor: actions.set_circles(actor, key_of("Program", input.id), input.circles),
        )

    @strawberry.mutation(description="Say how many members a circle is to have, from the next run on.")
    async def set_circle_size(self, info: Info, input: SetCircleSizeInput) -> ProgramPayload:
        return await perform(
            info, ProgramPayload, input,
            lambda actor: actions.set_circle_size(actor, key_of("Program", input.id), input.size),
        )

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
