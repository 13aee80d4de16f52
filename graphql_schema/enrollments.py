"""What becomes of people in programmes: invited, admitted, away, gone."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import key_of
from graphql_schema.mutations import ById, Input, perform, perform_on
from graphql_schema.programs import EnrollmentPayload
from server.journey.leaving import actions as leaving
from server.kernel.actor import Actor
from server.matches.steps import UNDO_ONE
from server.programs import actions
from server.programs.inviting.actions import invite_colleague
from server.programs.states import ParticipantRole
from server.programs.training.actions import finish_step


@strawberry.input
class InviteInput(Input):
    cohort_id: strawberry.ID
    person_id: strawberry.ID
    role: ParticipantRole
    capacity: int = 1


@strawberry.input
class InviteColleagueInput(ById):
    address: str = strawberry.field(description="Their address at work.")
    role: ParticipantRole = strawberry.field(description="As what they would take part.")


@strawberry.input
class RejectAdmissionInput(ById):
    reason: str = strawberry.field(default="", description="A few words for the person; none is fine.")


@strawberry.input
class RemoveFromProgramInput(ById):
    eligibility_lost: bool = strawberry.field(
        default=False, description="Because the programme's conditions no longer hold: then the person is told so."
    )


@strawberry.input
class TakeBreakInput(ById):
    until: date


@strawberry.input
class FinishTrainingInput(ById):
    step: str = strawberry.field(description="The key of the step.")


@strawberry.type
class EnrollmentsMutation:
    @strawberry.mutation(
        description="Invite somebody into a cohort: they are told after ten seconds, and until then `undoDecision` "
        "takes it back. Again returns the enrolment as it is."
    )
    async def invite(self, info: Info, input: InviteInput) -> EnrollmentPayload:
        return await perform(
            info, EnrollmentPayload, input,
            lambda actor: actions.invite(
                actor, key_of("Cohort", input.cohort_id), key_of("Person", input.person_id), input.role,
                input.capacity, undo_within=UNDO_ONE,
            ),
        )

    @strawberry.mutation(
        description="Invite a colleague into your own group, where its programme lets you. Whether they could take "
        "part is not told. Returns your own enrolment."
    )
    async def invite_colleague(self, info: Info, input: InviteColleagueInput) -> EnrollmentPayload:
        return await perform(
            info, EnrollmentPayload, input,
            lambda actor: invite_colleague(
                actor, key_of("Enrollment", input.id), input.address, input.role, undo_within=UNDO_ONE
            ),
        )

    @strawberry.mutation(description="Say no to your invitation.")
    async def decline_invitation(self, info: Info, input: ById) -> EnrollmentPayload:
        return await perform_on(
            info, EnrollmentPayload, input, "Enrollment", partial(actions.decline_invitation, undo_within=UNDO_ONE)
        )

    @strawberry.mutation(description="Admit an applicant.")
    async def approve_admission(self, info: Info, input: ById) -> EnrollmentPayload:
        return await perform_on(
            info, EnrollmentPayload, input, "Enrollment", partial(actions.approve_admission, undo_within=UNDO_ONE)
        )

    @strawberry.mutation(description="Turn an application down, with a few words for the person or without.")
    async def reject_admission(self, info: Info, input: RejectAdmissionInput) -> EnrollmentPayload:
        return await perform(
            info, EnrollmentPayload, input,
            lambda actor: actions.reject_admission(
                actor, key_of("Enrollment", input.id), input.reason, undo_within=UNDO_ONE
            ),
        )

    @strawberry.mutation(description="Invite somebody again who let the invitation pass or said no.")
    async def reinvite(self, info: Info, input: ById) -> EnrollmentPayload:
        again = partial(actions.reinvite, undo_within=UNDO_ONE)
        return await perform_on(info, EnrollmentPayload, input, "Enrollment", again)

    @strawberry.mutation(description="Say that you have done a step of your training. Again changes nothing.")
    async def finish_training(self, info: Info, input: FinishTrainingInput) -> EnrollmentPayload:
        async def act(actor: Actor) -> UUID:
            return (await finish_step(actor, key_of("Enrollment", input.id), input.step)).enrollment_id

        return await perform(info, EnrollmentPayload, input, act)

    @strawberry.mutation(description="Step out of a programme, or say no to its invitation. No reason is asked.")
    async def leave_program(self, info: Info, input: ById) -> EnrollmentPayload:
        return await perform_on(
            info, EnrollmentPayload, input, "Enrollment", partial(leaving.leave_program, undo_within=UNDO_ONE)
        )

    @strawberry.mutation(description="Take somebody out of a programme. Only for who runs it.")
    async def remove_from_program(self, info: Info, input: RemoveFromProgramInput) -> EnrollmentPayload:
        return await perform(
            info, EnrollmentPayload, input,
            lambda actor: leaving.remove_from_program(
                actor, key_of("Enrollment", input.id), eligibility_lost=input.eligibility_lost, undo_within=UNDO_ONE
            ),
        )

    @strawberry.mutation(description="Take a break until a day; your matches rest with you.")
    async def take_break(self, info: Info, input: TakeBreakInput) -> EnrollmentPayload:
        return await perform(
            info, EnrollmentPayload, input,
            lambda actor: leaving.take_break(
                actor, key_of("Enrollment", input.id), input.until, undo_within=UNDO_ONE
            ),
        )

    @strawberry.mutation(description="End your break before its day.")
    async def come_back(self, info: Info, input: ById) -> EnrollmentPayload:
        return await perform_on(
            info, EnrollmentPayload, input, "Enrollment", partial(leaving.come_back, undo_within=UNDO_ONE)
        )
