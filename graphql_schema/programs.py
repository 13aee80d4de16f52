"""Programmes, their cohorts, and who takes part in them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import Node, global_id, key_of
from graphql_schema.mutations import Payload
from graphql_schema.pagination import Connection, Order, Window, page_of
from graphql_schema.people import PersonType
from graphql_schema.permissions import ProgramPermissionsType
from graphql_schema.terms import ProgramTermType
from graphql_schema.training import Trained
from server.goals.levels.setup import levels_of
from server.goals.states import GoalPrivacy
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.programs import queries
from server.programs.rules import can_edit_program, circle_size, is_among_peers
from server.programs.states import (
    Approvals,
    AskedFirst,
    Cadence,
    Circles,
    EnrollmentState,
    Pairing,
    ParticipantRole,
    ProgramState,
    ProgramType,
)

if TYPE_CHECKING:
    from tortoise.queryset import QuerySet

    from server.programs.models import Cohort, Enrollment, Program

for enum in (
    Approvals, AskedFirst, Cadence, Circles, EnrollmentState, Pairing, ParticipantRole, ProgramState, ProgramType,
):
    strawberry.enum(enum)

BY_NAME = Order(("name", "id"))
BY_INVITATION = Order(("invited_at", "id"), newest_first=True)


@strawberry.type(name="Program", description="A mentoring programme of your organisation.")
class ProgramNode(Node):
    program_key: strawberry.Private[UUID]
    link: strawberry.Private[str]
    key: str = strawberry.field(description="Its key in addresses.")
    name: str
    type: ProgramType
    state: ProgramState
    cadence: Cadence
    approvals: Approvals = strawberry.field(description="Whose yes a match needs.")
    duration_days: int
    sessions_per_month: int
    session_minutes: int
    answer_within_days: int
    places_max: int = strawberry.field(description="How many mentees a mentor may take at most.")
    admin_approves_matches: bool
    admin_approves_admission: bool
    asked_first: AskedFirst = strawberry.field(description="Where both must say yes: who is asked before the other.")
    mentees_may_ask: bool = strawberry.field(description="Whether mentees, or peers, may ask for a match themselves.")
    mentors_may_ask: bool = strawberry.field(description="Whether mentors may ask for a match themselves.")
    mentees_may_wish: bool = strawberry.field(description="Whether mentees, or peers, may name whom they would like.")
    mentors_may_wish: bool = strawberry.field(description="Whether mentors may name whom they would like.")
    permissions: ProgramPermissionsType = strawberry.field(description="What its people may do by themselves.")
    pause_moves_end: bool = strawberry.field(description="Whether a pause moves the last day of a match.")
    note_prompts: list[str]
    terms: list[ProgramTermType] = strawberry.field(description="What it calls otherwise than is usual.")
    goal_levels: list[GoalPrivacy] = strawberry.field(description="Who may read goals: what people choose from.")
    usual_goal_level: GoalPrivacy = strawberry.field(description="What a goal has where nobody chose.")
    pairing: Pairing | None = strawberry.field(description="How peers are put together; null where there are none.")
    cycles_apart: int | None = strawberry.field(
        description="After how many rounds of the draw two peers may meet again; null is never."
    )
    circles: Circles = strawberry.field(description="Whether a programme of pairs has circles too, and for whom.")
    circle_size: int = strawberry.field(description="How many members a circle is to have, besides who leads it.")

    @classmethod
    def of(cls, row: Program) -> Self:
        """The programme of a row."""
        return cls(
            program_key=row.id, link=row.meeting_url, id=global_id("Program", row.id), key=row.key,
            name=row.name, type=row.type, state=row.state, cadence=row.cadence,
            approvals=row.approvals, duration_days=row.duration_days,
            sessions_per_month=row.sessions_per_month, session_minutes=row.session_minutes,
            answer_within_days=row.answer_within_days, places_max=row.places_max,
            admin_approves_matches=row.admin_approves_matches, admin_approves_admission=row.admin_approves_admission,
            asked_first=row.asked_first, mentees_may_ask=row.mentees_may_ask, mentors_may_ask=row.mentors_may_ask,
            mentees_may_wish=row.mentees_may_wish, mentors_may_wish=row.mentors_may_wish,
            permissions=ProgramPermissionsType.of(row), pause_moves_end=row.pause_moves_end,
            note_prompts=row.note_prompts,
            terms=ProgramTermType.all(row), goal_levels=list(levels_of(row.goal_privacy).levels),
            usual_goal_level=levels_of(row.goal_privacy).usual,
            pairing=Pairing(row.rules.get("pairing", Pairing.BEST)) if is_among_peers(row) else None,
            cycles_apart=row.rules.get("cycles_apart"), circles=row.circles, circle_size=circle_size(row.rules),
        )

    @strawberry.field(
        description="Where its calls take place, \"\" for nowhere in particular. Null unless you run it: "
        "whoever takes part finds it at the session."
    )
    def meeting_url(self, info: Info) -> str | None:
        return self.link if can_edit_program(info.context.actor, self.program_key) else None

    @strawberry.field(description="Its cohorts, the newest first.")
    async def cohorts(self, info: Info) -> list[CohortType]:
        return [CohortType.of(row) for row in await info.context.many(cohorts_by_program, self.program_key)]


@strawberry.type(name="Cohort", description="One run of a programme, with its own dates and people.")
class CohortType(Node):
    key: str = strawberry.field(description="Its key in addresses.")
    name: str
    state: ProgramState
    starts_on: date
    ends_on: date | None
    enrol_by_on: date | None = strawberry.field(description="The last day to join.")
    announce_on: date | None = strawberry.field(description="The day on which its people hear of their matches.")
    next_opens_on: date | None
    hear_by_on: date | None
    program: ProgramNode

    @classmethod
    def of(cls, row: Cohort) -> Self:
        """The cohort of a row; its programme must have been fetched."""
        return cls(
            id=global_id("Cohort", row.id), key=row.key, name=row.name, state=row.state, starts_on=row.starts_on,
            ends_on=row.ends_on, enrol_by_on=row.enrol_by_on, announce_on=row.announce_on, hear_by_on=row.hear_by_on,
            next_opens_on=row.next_opens_on, program=ProgramNode.of(row.program))


@strawberry.type(name="Enrollment", description="A person in a cohort in a role.")
class EnrollmentType(Trained, Node):
    role: ParticipantRole
    state: EnrollmentState
    capacity: int = strawberry.field(description="How many open matches it may hold.")
    invited_at: datetime
    expires_at: datetime | None
    submitted_at: datetime | None
    active_at: datetime | None
    ended_at: datetime | None
    paused_until: date | None
    place_asked_at: datetime | None = strawberry.field(description="When a mentor was last asked for one more place.")
    place_given: bool | None = strawberry.field(description="Whether they gave it; null while they have not answered.")
    person: PersonType
    program: ProgramNode
    cohort: CohortType

    @classmethod
    def of(cls, row: Enrollment) -> Self:
        """The enrolment of a row; person, programme and cohort must have been fetched."""
        row.cohort.program = row.program
        return cls(
            key=row.id, id=global_id("Enrollment", row.id), role=row.role, state=row.state, capacity=row.capacity,
            invited_at=row.invited_at, expires_at=row.expires_at, submitted_at=row.submitted_at,
            active_at=row.active_at, ended_at=row.ended_at, paused_until=row.paused_until,
            place_asked_at=row.place_asked_at, place_given=row.place_given,
            person=PersonType.of(row.person), program=ProgramNode.of(row.program), cohort=CohortType.of(row.cohort),
        )

    @strawberry.field(description="The place in the waiting list, from 1; null when it does not wait.")
    async def waitlist_place(self, info: Info) -> int | None:
        return await info.context.one(queries.waitlist_places, self.key)


@strawberry.type
class ProgramsViewer:
    @strawberry.field(description="Everything you take part in, the latest invitation first.")
    async def enrollments(
        self, info: Info, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[EnrollmentType]:
        actor = info.context.actor
        rows = _whole(queries.visible_enrollments(actor)).filter(person_id=actor.person_id)
        return await page_of(rows, BY_INVITATION, Window.of(first, after, last, before), EnrollmentType.of)


@strawberry.type
class ProgramsQuery:
    @strawberry.field(description="The programmes of your organisation, by name.")
    async def programs(
        self, info: Info, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[ProgramNode]:
        rows = queries.programs(info.context.actor)
        return await page_of(rows, BY_NAME, Window.of(first, after, last, before), ProgramNode.of)

    @strawberry.field(
        description="Who takes part in a cohort, the latest invitation first: everybody if you run it, else yourself."
    )
    async def enrollments(
        self, info: Info, *, cohort_id: strawberry.ID, role: ParticipantRole | None = None,
        states: list[EnrollmentState] | None = None, first: int | None = None, after: str | None = None,
        last: int | None = None, before: str | None = None,
    ) -> Connection[EnrollmentType]:
        found = queries.visible_enrollments(info.context.actor).filter(cohort_id=key_of("Cohort", cohort_id))
        rows = _whole(found if role is None else found.filter(role=role))
        rows = rows if states is None else rows.filter(state__in=states)
        return await page_of(rows, BY_INVITATION, Window.of(first, after, last, before), EnrollmentType.of)

    @strawberry.field(description="A programme by the key in its address.")
    async def program(self, info: Info, key: str) -> ProgramNode | None:
        return ProgramNode.of(await queries.program_by_key(info.context.actor, key))


@strawberry.type
class ProgramPayload(Payload):
    program: ProgramNode | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The programme as it stands now."""
        return cls(program=ProgramNode.of(await queries.program_by_id(context.actor, keys[0])))


@strawberry.type
class CohortPayload(Payload):
    cohort: CohortType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The cohort as it stands now."""
        return cls(cohort=CohortType.of(await queries.cohort_by_id(context.actor, keys[0])))


@strawberry.type
class EnrollmentPayload(Payload):
    enrollment: EnrollmentType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The enrolment as it stands now; none where it was an invitation that is taken back."""
        with suppress(NotFound):
            return cls(enrollment=EnrollmentType.of(await queries.visible_enrollment(context.actor, keys[0])))
        return cls()


async def programs_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, Program]:
    """Programmes of the organisation."""
    return {row.id: row for row in await queries.programs(actor).filter(id__in=ids)}


async def cohorts_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, Cohort]:
    """Cohorts of the organisation, each with its programme."""
    return {row.id: row for row in await queries.cohorts(actor).filter(id__in=ids).select_related("program")}


async def cohorts_by_program(actor: Actor, ids: list[UUID]) -> dict[UUID, list[Cohort]]:
    """The cohorts of some programmes, the newest first."""
    found: dict[UUID, list[Cohort]] = {}
    for row in await queries.cohorts_of(actor, ids):
        found.setdefault(row.program_id, []).append(row)
    return found


async def enrollments_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, Enrollment]:
    """The visible ones among some enrolments, whole."""
    return {row.id: row for row in await _whole(queries.visible_enrollments(actor)).filter(id__in=ids)}


def _whole(rows: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    return rows.select_related("person", "program", "cohort")
