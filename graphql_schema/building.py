"""A programme's configuration as one document: in force, its draft, its versions, and what is done with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.mutations import ById, Input, Payload, perform
from server.automation.building import actions, moving
from server.automation.building.queries import Plan, Version, plan_of, versions_of
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.programs.actions import unarchive_program, wind_down
from server.programs.plans.files import in_words, parsed, written
from server.programs.states import PlanState

if TYPE_CHECKING:
    from server.programs.plans.content import Change

strawberry.enum(PlanState)


@strawberry.type(description="A setting that two configurations have otherwise.")
class SettingChange:
    path: str = strawberry.field(description="Its table and name in the file.")
    was: str = strawberry.field(description="As a file of TOML has it.")
    now: str

    @classmethod
    def of(cls, one: Change) -> Self:
        """One setting."""
        return cls(path=one.path, was=in_words(one.was), now=in_words(one.now))


@strawberry.type(description="What is prepared for a programme. Nobody notices it before it is made live.")
class ProgramDraft:
    number: int
    state: PlanState
    digest: str = strawberry.field(description="Whoever changes, reviews or makes it live says which one they saw.")
    file: str = strawberry.field(description="The whole configuration as JSON.")
    made_at: datetime
    restores: int | None = strawberry.field(description="The version it brings back.")
    overtaken: bool = strawberry.field(description="What is in force was changed since: take it over first.")
    changes: list[SettingChange] = strawberry.field(description="What it sets otherwise than what is in force.")


@strawberry.type(name="ProgramVersion", description="What was in force in a programme, and from when.")
class PastVersion:
    number: int
    state: PlanState
    digest: str
    live_at: datetime | None
    live_by_id: strawberry.ID | None = strawberry.field(description="Null where it was set on other pages.")
    restores: int | None

    @classmethod
    def of(cls, found: Version) -> Self:
        """One version."""
        row = found.row
        return cls(
            number=row.number, state=row.state, digest=row.digest, live_at=row.live_at, restores=row.restores,
            live_by_id=global_id("Person", found.live_by.id) if found.live_by else None,
        )


@strawberry.type(description="The configuration of a programme. Only for who runs it.")
class ProgramPlan:
    program_id: strawberry.ID
    file: str = strawberry.field(description="What is in force, as JSON.")
    draft: ProgramDraft | None
    versions: list[PastVersion] = strawberry.field(description="The latest 30, the newest first.")

    @classmethod
    def of(cls, plan: Plan, versions: list[Version]) -> Self:
        """What is in force, prepared, and was."""
        return cls(
            program_id=global_id("Program", plan.program.id), file=written(plan.live, as_json=True),
            draft=_draft(plan), versions=[PastVersion.of(one) for one in versions],
        )


@strawberry.type
class BuildingQuery:
    @strawberry.field(description="The configuration of a programme: in force, prepared, and its versions.")
    async def program_plan(self, info: Info, program_id: strawberry.ID) -> ProgramPlan:
        return await _plan(info.context, key_of("Program", program_id))


@strawberry.input
class BeginDraftInput(ById):
    restores: int | None = strawberry.field(default=None, description="An earlier version that is to come back.")


@strawberry.input
class SeenDraftInput(ById):
    seen: str = strawberry.field(description="The digest of the draft that was looked at.")


@strawberry.input
class ChangeDraftInput(SeenDraftInput):
    file: str = strawberry.field(description="The whole configuration, as JSON.")


@strawberry.input
class ImportProgramInput(Input):
    key: str = strawberry.field(description="The programme's key; where there is none, a new programme is made.")
    file: str = strawberry.field(description="The whole configuration, as JSON.")
    live: bool = strawberry.field(default=False, description="In force at once, instead of as a draft.")


@strawberry.input
class DuplicateProgramInput(ById):
    key: str = strawberry.field(description="The key of the copy.")
    name: str = strawberry.field(description="The name of the copy.")


@strawberry.type
class ProgramPlanPayload(Payload):
    plan: ProgramPlan | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The programme's configuration now."""
        return cls(plan=await _plan(context, keys[0]))


async def on_plan(info: Info, given: ById, act: Callable[[Actor, UUID], Awaitable[object]]) -> ProgramPlanPayload:
    """Do something with a programme, and show its configuration as it stands then."""
    async def done(actor: Actor) -> UUID:
        key = key_of("Program", given.id)
        await act(actor, key)
        return key

    return await perform(info, ProgramPlanPayload, given, done)


async def write_part(info: Info, given: SeenDraftInput, said: Json) -> ProgramPlanPayload:
    """Write some settings of the document into the draft that was seen."""
    return await on_plan(info, given, lambda actor, key: actions.change_part(actor, key, said, seen=given.seen))


@strawberry.type
class BuildingMutation:
    @strawberry.mutation(description="Begin a draft of what is in force, or of an earlier version.")
    async def begin_draft(self, info: Info, input: BeginDraftInput) -> ProgramPlanPayload:
        return await on_plan(info, input, lambda actor, key: actions.begin_draft(actor, key, of=input.restores))

    @strawberry.mutation(description="Write a whole configuration into the draft.")
    async def change_draft(self, info: Info, input: ChangeDraftInput) -> ProgramPlanPayload:
        return await on_plan(
            info, input, lambda actor, key: actions.change_draft(actor, key, _read(input.file), seen=input.seen)
        )

    @strawberry.mutation(description="Begin the draft again from what is in force by now, with what it changed.")
    async def take_over_draft(self, info: Info, input: SeenDraftInput) -> ProgramPlanPayload:
        return await on_plan(info, input, lambda actor, key: actions.take_over(actor, key, seen=input.seen))

    @strawberry.mutation(description="Say that the draft is ready to be looked at.")
    async def send_to_review(self, info: Info, input: SeenDraftInput) -> ProgramPlanPayload:
        return await on_plan(info, input, lambda actor, key: actions.send_to_review(actor, key, seen=input.seen))

    @strawberry.mutation(description="Put what is in review in force, all of it or nothing.")
    async def make_live(self, info: Info, input: SeenDraftInput) -> ProgramPlanPayload:
        return await on_plan(info, input, lambda actor, key: actions.make_live(actor, key, seen=input.seen))

    @strawberry.mutation(description="Drop the draft. What is in force stays.")
    async def discard_draft(self, info: Info, input: ById) -> ProgramPlanPayload:
        return await on_plan(info, input, actions.discard_draft)

    @strawberry.mutation(description="Bring a configuration to the programme of a key, as its draft or in force.")
    async def import_program(self, info: Info, input: ImportProgramInput) -> ProgramPlanPayload:
        return await perform(
            info, ProgramPlanPayload, input,
            lambda actor: moving.bring(actor, input.key, _read(input.file), live=input.live),
        )

    @strawberry.mutation(description="Set up a programme like another one, without its groups and people.")
    async def duplicate_program(self, info: Info, input: DuplicateProgramInput) -> ProgramPlanPayload:
        return await perform(
            info, ProgramPlanPayload, input,
            lambda actor: moving.duplicate_program(
                actor, key_of("Program", input.id), key=input.key, name=input.name),
        )

    @strawberry.mutation(description="Let a programme end in its own time, for good: nobody new joins it.")
    async def wind_down_program(self, info: Info, input: ById) -> ProgramPlanPayload:
        return await on_plan(info, input, wind_down)

    @strawberry.mutation(description="Bring an archived programme back to sight: it is closed, as before.")
    async def unarchive_program(self, info: Info, input: ById) -> ProgramPlanPayload:
        return await on_plan(info, input, unarchive_program)


async def _plan(context: Context, program_id: UUID) -> ProgramPlan:
    actor = context.actor
    return ProgramPlan.of(await plan_of(actor, program_id), await versions_of(actor, program_id))


def _draft(plan: Plan) -> ProgramDraft | None:
    row = plan.draft
    if row is None:
        return None
    return ProgramDraft(
        number=row.number, state=row.state, digest=row.digest, file=written(plan.content, as_json=True),
        made_at=row.made_at, restores=row.restores, overtaken=plan.overtaken,
        changes=[SettingChange.of(one) for one in plan.changes],
    )


def _read(file: str) -> Json:
    return parsed(file, as_json=True)
