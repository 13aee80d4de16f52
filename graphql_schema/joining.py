"""How people come into a programme, as its draft has it: who joins by themselves, in which order people are
invited, and the templates from which a new programme begins."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import strawberry

from graphql_schema.building import ProgramPlanPayload, SeenDraftInput, write_part
from graphql_schema.context import Info
from graphql_schema.ids import key_of
from graphql_schema.mutations import ById, Input, perform
from graphql_schema.programs import CohortPayload
from server.automation.building.moving import begin_from
from server.automation.building.queries import plan_of, templates
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.matches.announcing.actions import set_announcement_day
from server.programs.actions import set_last_day_to_join
from server.programs.states import ParticipantRole, ProgramType
from server.programs.templates.shelf import Template, document, title, told
from server.programs.triggers.entries import Entry, entries
from server.programs.triggers.states import When, Where

strawberry.enum(When, name="JoiningMoment", description="What happens to somebody in the employer's records.")
strawberry.enum(Where, name="JoiningPlace", description="By what a group is chosen for somebody.")


@strawberry.type(description="A rule by which people are invited by themselves.")
class JoiningRule:
    when: When
    days: int = strawberry.field(description="So many days later.")
    role: ParticipantRole
    places: int
    course: str

    @classmethod
    def of(cls, one: Entry) -> Self:
        """One rule."""
        return cls(when=one.when, days=one.days, role=one.role, places=one.places, course=one.course)


@strawberry.type(description="Into which group somebody comes: the first line that holds decides.")
class JoiningGroup:
    group: str = strawberry.field(description="The key of the group.")
    where: Where
    is_: list[str] = strawberry.field(name="is")


@strawberry.type(description="How people come into a programme, as it is prepared or else in force.")
class ProgramJoining:
    seen: str = strawberry.field(description="The digest of the draft, or of what is in force: `setJoining` takes it.")
    rules: list[JoiningRule]
    groups: list[JoiningGroup]
    grace_days: int | None
    mentees_later_days: int
    newcomers: bool | None = strawberry.field(
        description="A draft for whoever joins a group that was matched; null: where people come at any time."
    )


@strawberry.type(description="A ready programme to begin from.")
class ProgramTemplate:
    key: str
    title: str
    words: str
    type: ProgramType

    @classmethod
    def of(cls, one: Template) -> Self:
        """One template."""
        return cls(key=one.value, title=title(one), words=told(one), type=ProgramType(document(one)["type"]))


@strawberry.type
class JoiningQuery:
    @strawberry.field(description="How people come into a programme. Only for who runs it.")
    async def program_joining(self, info: Info, program_id: strawberry.ID) -> ProgramJoining:
        plan = await plan_of(info.context.actor, key_of("Program", program_id))
        triggers, intake = plan.content["triggers"], plan.content["intake"]
        return ProgramJoining(
            seen=plan.seen, rules=[JoiningRule.of(one) for one in entries(triggers)],
            groups=[
                JoiningGroup(group=one["group"], where=Where(one["where"]), is_=one["is"]) for one in triggers["groups"]
            ],
            grace_days=triggers["grace_days"], mentees_later_days=intake["mentees_later_days"],
            newcomers=intake["newcomers"],
        )

    @strawberry.field(description="What a new programme can begin from. Only for who sets programmes up.")
    async def program_templates(self, info: Info) -> list[ProgramTemplate]:
        return [ProgramTemplate.of(one) for one in await templates(info.context.actor)]


@strawberry.input
class JoiningRuleInput:
    when: When
    role: ParticipantRole
    days: int = 0
    places: int = 1
    course: str = ""


@strawberry.input
class JoiningGroupInput:
    group: str
    where: Where
    is_: list[str] = strawberry.field(name="is")


@strawberry.input
class SetJoiningInput(SeenDraftInput):
    rules: list[JoiningRuleInput]
    groups: list[JoiningGroupInput] = strawberry.field(default_factory=list)
    grace_days: int | None = None
    mentees_later_days: int = 0
    newcomers: bool | None = None


@strawberry.input
class BeginProgramInput(Input):
    template: str = strawberry.field(description="The key of a template (`programTemplates`).")
    name: str
    key: str = strawberry.field(default="", description="Its name makes one where there is none.")
    starts_on: date | None = strawberry.field(default=None, description="From when its first group runs.")


@strawberry.input
class SetLastDayToJoinInput(ById):
    day: date | None = strawberry.field(default=None, description="Null: as long as the group takes people in.")


@strawberry.input
class SetAnnouncementDayInput(ById):
    day: date | None = strawberry.field(default=None, description="Null: each match is told at once.")


@strawberry.type
class JoiningMutation:
    @strawberry.mutation(description="Say in the draft how people come into a programme.")
    async def set_joining(self, info: Info, input: SetJoiningInput) -> ProgramPlanPayload:
        return await write_part(info, input, _document(input))

    @strawberry.mutation(description="Set up a programme from a template: a draft, and its first group.")
    async def begin_program(self, info: Info, input: BeginProgramInput) -> ProgramPlanPayload:
        async def act(actor: Actor) -> object:
            if input.template not in set(Template):
                names = ", ".join(one.value for one in Template)
                raise Invalid({"template": _("Write one of these: %s.") % names})
            return await begin_from(
                actor, Template(input.template), key=input.key, name=input.name, starts_on=input.starts_on
            )

        return await perform(info, ProgramPlanPayload, input, act)

    @strawberry.mutation(description="Say until which day people can join a group. Who has not hears two days before.")
    async def set_last_day_to_join(self, info: Info, input: SetLastDayToJoinInput) -> CohortPayload:
        return await perform(
            info, CohortPayload, input,
            lambda actor: set_last_day_to_join(actor, key_of("Cohort", input.id), input.day),
        )

    @strawberry.mutation(
        description="Say on which day a group hears who is matched with whom. Until then nobody sees a name."
    )
    async def set_announcement_day(self, info: Info, input: SetAnnouncementDayInput) -> CohortPayload:
        return await perform(
            info, CohortPayload, input,
            lambda actor: set_announcement_day(actor, key_of("Cohort", input.id), input.day),
        )


def _document(given: SetJoiningInput) -> Json:
    """Both parts as a document holds them."""
    rules: list[dict[str, Any]] = [
        {"when": one.when.value, "days": one.days, "role": one.role.value, "places": one.places, "course": one.course}
        for one in given.rules
    ]
    groups = [{"group": one.group, "where": one.where.value, "is": one.is_} for one in given.groups]
    return {
        "triggers": {"enrol": rules, "groups": groups, "grace_days": given.grace_days},
        "intake": {"mentees_later_days": given.mentees_later_days, "newcomers": given.newcomers},
    }
