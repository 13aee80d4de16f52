"""What people write about themselves, and what they agree to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import keys_of
from graphql_schema.mutations import Input, Payload, perform
from graphql_schema.people import CompetencyType, PersonType
from server.journey.moving.actions import set_person_facts
from server.kernel.actor import Actor
from server.people import actions, queries
from server.people.states import ConsentPurpose, DayPart, DepartmentWish, Look, SkillSide, Style
from server.people.ways.actions import set_ways

if TYPE_CHECKING:
    from server.people.models import AvailabilityBlock, Competency, Consent, ConsentText, Profile

for enum in (ConsentPurpose, DayPart, DepartmentWish, Look, SkillSide):
    strawberry.enum(enum)
strawberry.enum(Style, name="WorkingStyle")


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
    styles: list[Style] = strawberry.field(description="How you like to work. Partners read what you both chose.")
    pref_department: DepartmentWish = strawberry.field(description="From where you would like the other to come.")

    @classmethod
    def of(cls, row: Profile) -> Self:
        """The own profile of a row."""
        return cls(
            person_key=row.person_id, goal_text=row.goal_text, life_stage=row.life_stage, look=row.look,
            muted_kinds=row.muted_kinds, styles=[Style(way) for way in row.styles], pref_department=row.pref_department,
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


@strawberry.type
class ProfilesViewer:
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
class ProfilesQuery:
    @strawberry.field(description="What your organisation asks people to agree to: the wordings in force.")
    async def consent_texts(self, info: Info) -> list[ConsentTextType]:
        texts = await queries.consent_texts(info.context.actor)
        return [ConsentTextType.of(row) for row in texts.values()]


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


@strawberry.input(description="At most one way of each question. What is left out stays as it is.")
class SetWaysInput(Input):
    styles: list[Style] | None = None
    pref_department: DepartmentWish | None = None


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
class ProfilesMutation:
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
            lambda actor: set_person_facts(
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

    @strawberry.mutation(description="Say how you like to work, and from where you would like the other to come.")
    async def set_ways(self, info: Info, input: SetWaysInput) -> ProfilePayload:
        return await perform(
            info, ProfilePayload, input, lambda actor: set_ways(actor, input.styles, input.pref_department)
        )

    @strawberry.mutation(description="Choose the colours you see.")
    async def set_look(self, info: Info, input: SetLookInput) -> ProfilePayload:
        return await perform(info, ProfilePayload, input, lambda actor: actions.set_look(actor, input.look))

    @strawberry.mutation(description="Choose what not to get: a kind, or one channel of a kind (R01:push) or class.")
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


async def skills_offered(actor: Actor, ids: list[UUID]) -> dict[UUID, list[Competency]]:
    """What people offer."""
    return await queries.skills_of(actor, ids, SkillSide.OFFERED)


async def skills_wanted(actor: Actor, ids: list[UUID]) -> dict[UUID, list[Competency]]:
    """What people want."""
    return await queries.skills_of(actor, ids, SkillSide.WANTED)


async def _own_profile(context: Context) -> OwnProfileType:
    person = await queries.person_of(context.actor)
    return OwnProfileType.of(await queries.profile_of(context.actor, person.id))
