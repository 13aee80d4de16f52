"""People, what they write about themselves, the competency framework and consents."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import Node, global_id, keys_of
from graphql_schema.mutations import Input, Payload, perform
from graphql_schema.pagination import Connection, Order, Window, page_of, page_of_list
from server.kernel.actor import Actor
from server.kernel.text import clean
from server.people import actions, queries
from server.people.states import ConsentPurpose, DayPart, Look, PersonStatus, SkillSide

if TYPE_CHECKING:
    from server.people.models import AvailabilityBlock, Competency, Consent, ConsentText, Organization, Person, Profile

for enum in (ConsentPurpose, DayPart, Look, PersonStatus, SkillSide):
    strawberry.enum(enum)

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


@strawberry.type(name="AvailabilityBlock", description="A stretch of a usual week in the person's own zone.")
class AvailabilityBlockType:
    weekday: int = strawberry.field(description="0 is Monday.")
    start_minute: int = strawberry.field(description="Minutes from midnight.")
    end_minute: int = strawberry.field(description="Minutes from midnight.")

    @classmethod
    def of(cls, row: AvailabilityBlock) -> Self:
        """The block of a row."""
        return cls(weekday=row.weekday, start_minute=row.start_minute, end_minute=row.end_minute)


@strawberry.type(name="Profile", description="What somebody writes for the people they are matched with.")
class ProfileType:
    person_key: strawberry.Private[UUID]

    @strawberry.field(description="A few words about them.")
    async def about(self, info: Info) -> str:
        row = await info.context.one(queries.profiles_of, self.person_key)
        return row.about if row else ""

    @strawberry.field(description="What they say to mentees.")
    async def words_for_mentees(self, info: Info) -> str:
        row = await info.context.one(queries.profiles_of, self.person_key)
        return row.words_for_mentees if row else ""

    @strawberry.field(description="What they offer, in their order.")
    async def skills_offered(self, info: Info) -> list[CompetencyType]:
        return [CompetencyType.of(row) for row in await info.context.many(skills_offered, self.person_key)]

    @strawberry.field(description="What they want to learn, in their order.")
    async def skills_wanted(self, info: Info) -> list[CompetencyType]:
        return [CompetencyType.of(row) for row in await info.context.many(skills_wanted, self.person_key)]

    @strawberry.field(description="When they usually have time.")
    async def day_parts(self, info: Info) -> list[DayPart]:
        blocks = await info.context.many(queries.availability_of, self.person_key)
        return sorted(queries.day_parts_of(blocks))


@strawberry.type(name="OwnProfile", description="Your own profile, with what only you see.")
class OwnProfileType(ProfileType):
    goal_text: str
    life_stage: str
    look: Look
    muted_kinds: list[str]

    @classmethod
    def of(cls, row: Profile) -> Self:
        """The own profile of a row."""
        return cls(
            person_key=row.person_id, goal_text=row.goal_text, life_stage=row.life_stage, look=row.look,
            muted_kinds=row.muted_kinds,
        )

    @strawberry.field(description="Your usual week.")
    async def availability(self, info: Info) -> list[AvailabilityBlockType]:
        blocks = await info.context.many(queries.availability_of, self.person_key)
        return [AvailabilityBlockType.of(block) for block in blocks]


@strawberry.type(name="ConsentText", description="The wording that people agree to, for one purpose.")
class ConsentTextType:
    purpose: ConsentPurpose
    version: int
    wording: str
    explanation: str
    required: bool

    @classmethod
    def of(cls, row: ConsentText) -> Self:
        """The wording of a row."""
        return cls(
            purpose=row.purpose, version=row.version, wording=row.wording, explanation=row.explanation,
            required=row.required,
        )


@strawberry.type(name="Consent", description="One yes or no to one purpose.")
class ConsentType:
    purpose: ConsentPurpose
    given: bool
    at: datetime
    channel: str
    text: ConsentTextType

    @classmethod
    def of(cls, row: Consent) -> Self:
        """The answer of a row; its wording must have been fetched."""
        return cls(
            purpose=row.purpose, given=row.given, at=row.at, channel=row.channel, text=ConsentTextType.of(row.text)
        )


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

    @strawberry.field(description="The wordings in force.")
    async def consent_texts(self, info: Info) -> list[ConsentTextType]:
        texts = await queries.consent_texts(info.context.actor)
        return [ConsentTextType.of(row) for row in texts.values()]


@strawberry.type
class PeopleViewer:
    @strawberry.field(description="You.")
    async def person(self, info: Info) -> PersonType:
        return PersonType.of(await queries.person_of(info.context.actor))

    @strawberry.field(description="What you wrote about yourself.")
    async def profile(self, info: Info) -> OwnProfileType:
        return await _own_profile(info.context)

    @strawberry.field(description="Every answer you gave to a consent, the latest first.")
    async def consents(self, info: Info) -> list[ConsentType]:
        actor = info.context.actor
        person = await queries.person_of(actor)
        return [ConsentType.of(row) for row in await queries.consent_history(actor, person.id)]


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
        rows = queries.matching_people(info.context.actor, clean(search), status)
        return await page_of(rows, BY_NAME, Window.of(first, after, last, before), PersonType.of)


@strawberry.input(description="What to write about yourself. What is left out stays as it is.")
class UpdateProfileInput(Input):
    about: str | None = None
    words_for_mentees: str | None = None
    goal_text: str | None = None
    life_stage: str | None = None


@strawberry.input(description="What you know better than the record system. What is left out stays as it is.")
class UpdatePersonInput(Input):
    preferred_name: str | None = None
    zone: str | None = None
    language: str | None = None
    languages: list[str] | None = None


@strawberry.input
class SetDayPartsInput(Input):
    day_parts: list[DayPart]


@strawberry.input
class SetSkillsInput(Input):
    side: SkillSide
    competency_ids: list[strawberry.ID]


@strawberry.input
class SetLookInput(Input):
    look: Look


@strawberry.input
class SetMutedKindsInput(Input):
    kinds: list[str]


@strawberry.input
class ConsentAnswer:
    purpose: ConsentPurpose
    given: bool


@strawberry.input
class RecordConsentsInput(Input):
    answers: list[ConsentAnswer]


@strawberry.input
class PublishConsentTextInput(Input):
    purpose: ConsentPurpose
    wording: str
    explanation: str = ""
    required: bool = False


@strawberry.type
class ProfilePayload(Payload):
    profile: OwnProfileType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:  # noqa: ARG003  # there is only one's own
        """One's own profile as it stands now."""
        return cls(profile=await _own_profile(context))


@strawberry.type
class PersonPayload(Payload):
    person: PersonType | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The person as they stand now."""
        return cls(person=PersonType.of(await queries.visible_person(context.actor, keys[0])))


@strawberry.type
class ConsentsPayload(Payload):
    consents: list[ConsentType] | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:  # noqa: ARG003  # there is only one's own
        """One's own answers in force."""
        person = await queries.person_of(context.actor)
        rows = await queries.consents_of(context.actor, person.id)
        return cls(consents=[ConsentType.of(row) for row in rows.values()])


@strawberry.type
class ConsentTextsPayload(Payload):
    consent_texts: list[ConsentTextType] | None = None

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:  # noqa: ARG003  # all of them are few
        """The wordings in force."""
        texts = await queries.consent_texts(context.actor)
        return cls(consent_texts=[ConsentTextType.of(row) for row in texts.values()])


@strawberry.type
class PeopleMutation:
    @strawberry.mutation(description="Write your own profile.")
    async def update_profile(self, info: Info, input: UpdateProfileInput) -> ProfilePayload:
        texts = {
            "about": input.about, "words_for_mentees": input.words_for_mentees, "goal_text": input.goal_text,
            "life_stage": input.life_stage,
        }
        return await perform(info, ProfilePayload, input, lambda actor: actions.set_profile(actor, **texts))

    @strawberry.mutation(description="Set your name, zone and languages.")
    async def update_person(self, info: Info, input: UpdatePersonInput) -> PersonPayload:
        return await perform(
            info, PersonPayload, input,
            lambda actor: actions.set_person_facts(
                actor, preferred_name=input.preferred_name, zone=input.zone, language=input.language,
                languages=input.languages,
            ),
        )

    @strawberry.mutation(description="Say when you usually have time.")
    async def set_day_parts(self, info: Info, input: SetDayPartsInput) -> ProfilePayload:
        return await perform(info, ProfilePayload, input, lambda actor: actions.set_day_parts(actor, input.day_parts))

    @strawberry.mutation(description="Say which competencies you offer or want, in this order.")
    async def set_skills(self, info: Info, input: SetSkillsInput) -> ProfilePayload:
        return await perform(
            info, ProfilePayload, input,
            lambda actor: actions.set_skills(actor, input.side, keys_of("Competency", input.competency_ids)),
        )

    @strawberry.mutation(description="Choose the colours you see.")
    async def set_look(self, info: Info, input: SetLookInput) -> ProfilePayload:
        return await perform(info, ProfilePayload, input, lambda actor: actions.set_look(actor, input.look))

    @strawberry.mutation(description="Choose which kinds of messages not to get.")
    async def set_muted_kinds(self, info: Info, input: SetMutedKindsInput) -> ProfilePayload:
        return await perform(info, ProfilePayload, input, lambda actor: actions.set_muted_kinds(actor, input.kinds))

    @strawberry.mutation(description="Say yes or no to each purpose, under the wording in force.")
    async def record_consents(self, info: Info, input: RecordConsentsInput) -> ConsentsPayload:
        answers = {answer.purpose: answer.given for answer in input.answers}
        return await perform(
            info, ConsentsPayload, input, lambda actor: actions.record_consents(actor, answers, "graphql")
        )

    @strawberry.mutation(description="Put a new wording in force.")
    async def publish_consent_text(self, info: Info, input: PublishConsentTextInput) -> ConsentTextsPayload:
        return await perform(
            info, ConsentTextsPayload, input,
            lambda actor: actions.publish_consent_text(
                actor, input.purpose, input.wording, input.explanation, required=input.required
            ),
        )


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


async def skills_offered(actor: Actor, ids: list[UUID]) -> dict[UUID, list[Competency]]:
    """What people offer."""
    return await queries.skills_of(actor, ids, SkillSide.OFFERED)


async def skills_wanted(actor: Actor, ids: list[UUID]) -> dict[UUID, list[Competency]]:
    """What people want."""
    return await queries.skills_of(actor, ids, SkillSide.WANTED)


async def _own_profile(context: Context) -> OwnProfileType:
    person = await queries.person_of(context.actor)
    return OwnProfileType.of(await queries.profile_of(context.actor, person.id))
