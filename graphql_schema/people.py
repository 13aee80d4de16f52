"""People as colleagues and staff see them, their organisation and its competency framework."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import Node, global_id
from graphql_schema.pagination import Connection, Order, Window, page_of, page_of_list
from server.journey.roster.queries import people_found
from server.kernel.actor import Actor
from server.kernel.text import clean
from server.people import queries
from server.people.states import PersonStatus

if TYPE_CHECKING:
    from server.people.models import Competency, Organization, Person

strawberry.enum(PersonStatus)

BY_NAME = Order(("family_name", "given_name", "id"))
BY_COMPETENCY = Order(("name", "id"))


@strawberry.type(name="Competency", description="A skill of the organisation's own framework.")
class CompetencyType(Node):
    key: str = strawberry.field(description="Its key in the framework's file.")
    name: str
    description: str
    aliases: list[str] = strawberry.field(description="Other words for it.")
    parent_id: strawberry.ID | None = strawberry.field(description="The competency it belongs to.")
    retired_at: datetime | None = strawberry.field(description="Since when it is no longer offered.")

    @classmethod
    def of(cls, row: Competency) -> Self:
        """The competency of a row."""
        return cls(
            id=global_id("Competency", row.id), key=row.key, name=row.name, description=row.description,
            aliases=row.aliases, parent_id=global_id("Competency", row.parent_id) if row.parent_id else None,
            retired_at=row.retired_at,
        )


@strawberry.type(name="PersonRecord", description="What the record system knows. For staff, and for oneself.")
class PersonRecordType:
    employee_id: str
    email: str
    given_name: str
    family_name: str
    business_unit: str
    company: str
    country: str
    job_family: str
    seniority: int | None
    hire_date: date | None
    role_start_date: date | None
    end_date: date | None
    status: PersonStatus
    language: str
    languages: list[str]
    line_manager_id: strawberry.ID | None

    @classmethod
    def of(cls, row: Person) -> Self:
        """The record of a row."""
        return cls(
            employee_id=row.employee_id, email=row.email, given_name=row.given_name, family_name=row.family_name,
            business_unit=row.business_unit, company=row.company, country=row.country, job_family=row.job_family,
            seniority=row.seniority, hire_date=row.hire_date, role_start_date=row.role_start_date,
            end_date=row.end_date, status=row.status, language=row.language, languages=row.languages,
            line_manager_id=global_id("Person", row.line_manager_id) if row.line_manager_id else None,
        )


@strawberry.type(name="Person", description="Somebody as colleagues see them. Addresses are in the record alone.")
class PersonType(Node):
    key: strawberry.Private[UUID]
    name: str = strawberry.field(description="Both names, the preferred one first.")
    first_name: str = strawberry.field(description="What to call them.")
    title: str
    department: str
    location: str
    zone: str = strawberry.field(description="IANA time zone.")

    @classmethod
    def of(cls, row: Person) -> Self:
        """The person of a row."""
        return cls(
            key=row.id, id=global_id("Person", row.id), name=row.full_name, first_name=row.first_name,
            title=row.title, department=row.department, location=row.location, zone=row.zone,
        )

    @strawberry.field(description="What the record system knows; null unless you are staff, or it is you.")
    async def record(self, info: Info) -> PersonRecordType | None:
        row = await info.context.one(visible_people, self.key)
        return PersonRecordType.of(row) if row else None


@strawberry.type(name="Organization", description="Your organisation.")
class OrganizationType(Node):
    name: str
    zone: str
    language: str

    @classmethod
    def of(cls, row: Organization) -> Self:
        """The organisation of a row."""
        return cls(id=global_id("Organization", row.id), name=row.name, zone=row.zone, language=row.language)

    @strawberry.field(description="The competency framework in use, by name.")
    async def competencies(
        self, info: Info, *, first: int | None = None, after: str | None = None, last: int | None = None,
        before: str | None = None,
    ) -> Connection[CompetencyType]:
        rows = await queries.competencies(info.context.actor)
        return page_of_list(rows, BY_COMPETENCY, Window.of(first, after, last, before), CompetencyType.of)


@strawberry.type
class PeopleQuery:
    @strawberry.field(description="Your organisation.")
    async def organization(self, info: Info) -> OrganizationType:
        return OrganizationType.of(await queries.organization_of(info.context.actor))

    @strawberry.field(description="Everybody you may look up, by family name. Only yourself unless you are staff.")
    async def people(
        self, info: Info, *, search: str = "", status: PersonStatus | None = None, first: int | None = None,
        after: str | None = None, last: int | None = None, before: str | None = None,
    ) -> Connection[PersonType]:
        rows = people_found(info.context.actor, clean(search), status)
        return await page_of(rows, BY_NAME, Window.of(first, after, last, before), PersonType.of)


async def visible_people(actor: Actor, ids: list[UUID]) -> dict[UUID, Person]:
    """Those whom the actor may look up."""
    return {row.id: row for row in await queries.all_people(actor).filter(id__in=ids)}


async def own_organization(actor: Actor, ids: list[UUID]) -> dict[UUID, Organization]:
    """The actor's own organisation, if it is the one that is asked for."""
    own = await queries.organization_of(actor)
    return {key: own for key in ids if key == own.id}


async def competencies_by_ids(actor: Actor, ids: list[UUID]) -> dict[UUID, Competency]:
    """Competencies of the framework, retired ones too."""
    wanted = set(ids)
    return {row.id: row for row in await queries.framework(actor) if row.id in wanted}
