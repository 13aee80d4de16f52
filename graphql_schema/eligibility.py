"""A programme's conditions that no longer hold for somebody, with a grace."""

from __future__ import annotations

from functools import partial

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import key_of
from graphql_schema.mutations import ById, perform, perform_on
from graphql_schema.programs import EnrollmentPayload
from server.matches.steps import UNDO_ONE
from server.programs import actions


@strawberry.input
class LoseEligibilityInput(ById):
    grace_days: int = strawberry.field(
        default=actions.GRACE_DAYS, description="In so many days their part ends, unless the conditions hold again."
    )


@strawberry.type
class EligibilityMutation:
    @strawberry.mutation(description="Let somebody's part in a programme end after a grace. Only for who runs it.")
    async def lose_eligibility(self, info: Info, input: LoseEligibilityInput) -> EnrollmentPayload:
        return await perform(
            info, EnrollmentPayload, input,
            lambda actor: actions.lose_eligibility(
                actor, key_of("Enrollment", input.id), grace_days=input.grace_days, undo_within=UNDO_ONE
            ),
        )

    @strawberry.mutation(description="The conditions hold again: nothing ends.")
    async def keep_eligible(self, info: Info, input: ById) -> EnrollmentPayload:
        return await perform_on(
            info, EnrollmentPayload, input, "Enrollment", partial(actions.keep_eligible, undo_within=UNDO_ONE)
        )
