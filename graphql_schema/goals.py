"""Goals with their steps and earlier wordings. Their owner reads them, and the partner while they share a match."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import Node, global_id, key_of
from graphql_schema.mutations import ById, Input, Payload, TickInput, perform, perform_on
from graphql_schema.people import CompetencyType
from server.goals import actions, queries
from server.goals.states import GoalPrivacy, GoalState, MilestoneState
from server.kernel.actor import Actor

if TYPE_CHECKING:
    from server.goals.models import Goal, GoalVersion, Milestone

for enum in (GoalPrivacy, GoalState, MilestoneState):
    strawberry.enum(enum)


@strawberry.type(name="Milestone", description="A dated step of a goal.")
class MilestoneType:
    id: strawberry.ID
    title: str
    due_on: date | None
    state: MilestoneState
    done_at: datetime | None

    @classmethod
    def of(cls, row: Milestone) -> Self:
        """The step of a row."""
        return cls(
            id=global_id("Milestone", row.id), title=row.title, due_on=row.due_on, state=row.state,
            done_at=row.done_at,
        )


@strawberry.type(name="GoalVersion", description="A wording as it was before a change.")
class GoalVersionType:
    version: int
    want: str
    measure: str
    due_on: date | None
    why: str = strawberry.field(description="Why it was changed.")
    changed_at: datetime
    partner_agreed_at: datetime | None

    @classmethod
    def of(cls, row: GoalVersion) -> Self:
        """The wording of a row."""
        return cls(
            version=row.version, want=row.want, measure=row.measure, due_on=row.due_on, why=row.why,
            changed_at=row.changed_at, partner_agreed_at=row.partner_agreed_at,
        )


@strawberry.type(name="Goal", description="One sentence in four parts, as it stands now.")
class GoalType(Node):
    owner_id: strawberry.ID
    state: GoalState
    privacy: GoalPrivacy = strawberry.field(
        description="Who reads it besides its owner: nobody, the partner of a pair, or who runs the programme too."
    )
    in_focus: bool
    want: str
    measure: str
    competency: CompetencyType | None
    due_on: date | None
    version: int
    created_at: datetime
    settled_at: datetime | None
    milestones: list[MilestoneType] = strawberry.field(description="Its steps in their order, without dropped ones.")
    versions: list[GoalVersionType] = strawberry.field(description="Earlier wordings, the latest change first.")

    @classmethod
    def of(cls, row: Goal) -> Self:
        """The goal of a row; competency, steps and versions must have been fetched."""
        return cls(
            id=global_id("Goal", row.id), owner_id=global_id("Person", row.person_id), state=row.state,
            privacy=row.privacy, in_focus=row.in_focus, want=row.want, measure=row.measure,
            due_on=row.due_on, version=row.version,
            competency=CompetencyType.of(row.competency) if row.competency else None, created_at=row.created_at,
            settled_at=row.settled_at, milestones=[MilestoneType.of(step) for step in queries.steps_of(row)],
            versions=[GoalVersionType.of(version) for version in queries.history_of(row)],
        )


@strawberry.input(description="The sentence: what you want, how you will know, for which skill, until when.")
class SaveGoalInput(Input):
    enrollment_id: strawberry.ID
    want: str
    measure: str = ""
    competency_id: strawberry.ID | None = None
    due_on: date | None = None
    privacy: GoalPrivacy | None = strawberry.field(
        default=None, description="One that the programme offers; null is as the programme usually has it."
    )


@strawberry.input(description="The whole sentence anew, and why.")
class ReviseGoalInput(ById):
    want: str
    measure: str = ""
    competency_id: strawberry.ID | None = None
    due_on: date | None = None
    why: str = ""
    privacy: GoalPrivacy | None = strawberry.field(default=None, description="Null leaves it as it is.")


@strawberry.input
class SettleGoalInput(ById):
    state: GoalState = strawberry.field(description="ACHIEVED, ABANDONED or CARRIED_OVER.")


@strawberry.input
class AddMilestoneInput(Input):
    goal_id: strawberry.ID
    title: str
    due_on: date | None = None


@strawberry.input
class ChangeMilestoneInput(ById):
    title: str
    due_on: date | None = None


@strawberry.type
class GoalPayload(Payload):
    goal: GoalType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The goal as it stands now."""
        return cls(goal=GoalType.of(await queries.visible_goal(context.actor, keys[0])))


@strawberry.type
class GoalsMutation:
    @strawberry.mutation(description="Save the sentence of your enrolment; with measure and date it is active.")
    async def save_goal(self, info: Info, input: SaveGoalInput) -> GoalPayload:
        return await perform(
            info, GoalPayload, input,
            lambda actor: actions.save_goal(
                actor, key_of("Enrollment", input.enrollment_id), want=input.want, measure=input.measure,
                competency_id=_competency(input.competency_id), due_on=input.due_on, privacy=input.privacy,
            ),
        )

    @strawberry.mutation(description="Change your goal. An active one keeps its former wording.")
    async def revise_goal(self, info: Info, input: ReviseGoalInput) -> GoalPayload:
        return await perform(
            info, GoalPayload, input,
            lambda actor: actions.revise_goal(
                actor, key_of("Goal", input.id), want=input.want, measure=input.measure,
                competency_id=_competency(input.competency_id), due_on=input.due_on, why=input.why,
                privacy=input.privacy,
            ),
        )

    @strawberry.mutation(description="Nod to the latest change of your partner's goal.")
    async def agree_goal_revision(self, info: Info, input: ById) -> GoalPayload:
        return await perform_on(info, GoalPayload, input, "Goal", actions.agree_revision)

    @strawberry.mutation(description="Put one open goal first.")
    async def focus_goal(self, info: Info, input: ById) -> GoalPayload:
        return await perform_on(info, GoalPayload, input, "Goal", actions.focus_goal)

    @strawberry.mutation(description="Close a goal: achieved, abandoned or carried over.")
    async def settle_goal(self, info: Info, input: SettleGoalInput) -> GoalPayload:
        return await perform(
            info, GoalPayload, input, lambda actor: actions.settle_goal(actor, key_of("Goal", input.id), input.state)
        )

    @strawberry.mutation(description="Put a step at the end of your goal.")
    async def add_milestone(self, info: Info, input: AddMilestoneInput) -> GoalPayload:
        return await perform(
            info, GoalPayload, input,
            lambda actor: _goal_of(
                actor, actions.add_milestone(actor, key_of("Goal", input.goal_id), input.title, input.due_on)
            ),
        )

    @strawberry.mutation(description="Reword or redate a step.")
    async def change_milestone(self, info: Info, input: ChangeMilestoneInput) -> GoalPayload:
        return await perform(
            info, GoalPayload, input,
            lambda actor: _goal_of(
                actor, actions.change_milestone(actor, key_of("Milestone", input.id), input.title, input.due_on)
            ),
        )

    @strawberry.mutation(description="Say that a step is done, or take that back.")
    async def tick_milestone(self, info: Info, input: TickInput) -> GoalPayload:
        return await perform(
            info, GoalPayload, input,
            lambda actor: _goal_of(actor, actions.tick_milestone(actor, key_of("Milestone", input.id), input.done)),
        )

    @strawberry.mutation(description="Take a step out.")
    async def drop_milestone(self, info: Info, input: ById) -> GoalPayload:
        return await perform(
            info, GoalPayload, input,
            lambda actor: _goal_of(actor, actions.drop_milestone(actor, key_of("Milestone", input.id))),
        )

    @strawberry.mutation(description="Put a step back that you took out.")
    async def undo_drop_milestone(self, info: Info, input: ById) -> GoalPayload:
        return await perform(
            info, GoalPayload, input,
            lambda actor: _goal_of(actor, actions.undo_drop_milestone(actor, key_of("Milestone", input.id))),
        )


async def goals_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, Goal]:
    """The readable ones among some goals, whole."""
    rows = queries.goals(actor).filter(id__in=ids).select_related("competency")
    return {row.id: row for row in await rows.prefetch_related("milestones", "versions")}


async def _goal_of(actor: Actor, changed: Awaitable[Milestone]) -> Goal:
    return await queries.visible_goal(actor, (await changed).goal_id)


def _competency(given: strawberry.ID | None) -> UUID | None:
    return None if given is None else key_of("Competency", given)
