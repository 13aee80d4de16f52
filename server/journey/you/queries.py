"""Everything a person may see and set about themselves."""

from dataclasses import dataclass

from server.access.models import UserSession
from server.access.queries import my_sessions
from server.journey.join.queries import stands
from server.kernel.actor import Actor
from server.matchmaking.said.queries import kept_words
from server.matchmaking.states import PreferenceKind
from server.people import queries as people
from server.people.facts import is_zone
from server.people.models import AvailabilityBlock, Competency, Consent, ConsentText, Person, Profile
from server.people.states import ConsentPurpose, SkillSide
from server.programs.models import Enrollment
from server.programs.queries import my_enrollments, with_people
from server.programs.states import OPEN_ENROLLMENTS, READS_TALENT, ParticipantRole
from server.sessions.models import Session
from server.sessions.queries import my_next_sessions

SKILLS_SHOWN = 16
"""Skills to choose from at a glance, besides one's own; the rest is found by name."""


@dataclass(frozen=True, slots=True)
class Consents:
    """What one is asked to agree to. `history` holds every answer, the latest first, each with its wording."""

    texts: dict[ConsentPurpose, ConsentText]
    history: list[Consent]

    @property
    def held(self) -> dict[ConsentPurpose, Consent]:
        """The last answer about each purpose."""
        return {consent.purpose: consent for consent in reversed(self.history)}

    @property
    def agreed(self) -> set[ConsentPurpose]:
        """What a yes stands for, to the wording in force."""
        return {purpose for purpose, text in self.texts.items() if stands(self.held.get(purpose), text)}

    @property
    def needed(self) -> set[ConsentPurpose]:
        """What one agreed to and needs to take part: to take one of these back is explained before it counts."""
        return {purpose for purpose in self.agreed if self.texts[purpose].required}


@dataclass(frozen=True, slots=True)
class Times:
    """Where one is, and when one usually has time. `ahead`: what is booked, for whoever has just changed their zone."""

    person: Person
    blocks: list[AvailabilityBlock]
    ahead: list[Session]


@dataclass(frozen=True, slots=True)
class YouPage:
    """One's own facts, words and choices."""

    person: Person
    profile: Profile
    times: Times
    competencies: list[Competency]
    offered: list[Competency]
    wanted: list[Competency]
    consents: Consents
    sessions: list[UserSession]
    taking_part: list[Enrollment]
    has_said: bool = False
    """Whether they keep somebody in mind, or set somebody aside."""

    @property
    def is_mentor(self) -> bool:
        """Whether they mentor in some programme."""
        return any(row.role is ParticipantRole.MENTOR for row in self.taking_part)

    def to_choose(self, own: list[Competency]) -> list[Competency]:
        """Skills to choose from: one's own first, then others of the framework."""
        shown = {one.id: one for one in [*own, *self.competencies]}
        return list(shown.values())[: SKILLS_SHOWN + len(own)]


async def my_consents(actor: Actor) -> Consents:
    """What the person who acts agrees to.

    Raises:
        NotFound: the actor is a machine.
    """
    person = await people.person_of(actor)
    return await _consents(actor, person, await my_enrollments(actor))


async def my_times(actor: Actor, was: str = "") -> Times:
    """The times of the person who acts; with what is booked where `was` is another zone than theirs is now.

    Raises:
        NotFound: the actor is a machine.
    """
    return await _times(actor, await people.person_of(actor), was)


async def you_page(actor: Actor, was: str = "") -> YouPage:
    """The page of the person who acts; `was` as in `my_times`.

    Raises:
        NotFound: the actor is a machine.
    """
    person = await people.person_of(actor)
    own = [row for row in await my_enrollments(actor) if row.state in OPEN_ENROLLMENTS]
    return YouPage(
        person=person, profile=await people.profile_of(actor, person.id),
        times=await _times(actor, person, was),
        competencies=await people.competencies(actor),
        offered=(await people.skills_of(actor, [person.id], SkillSide.OFFERED))[person.id],
        wanted=(await people.skills_of(actor, [person.id], SkillSide.WANTED))[person.id],
        consents=await _consents(actor, person, own),
        sessions=await my_sessions(actor), taking_part=own,
        has_said=bool(await kept_words(actor, [row.id for row in own])),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody whom one keeps in mind, or set aside, in one of one's groups."""

    enrollment: Enrollment
    about: Enrollment
    is_aside: bool


async def my_people(actor: Actor) -> list[Kept]:
    """Whom the person who acts keeps in mind or set aside, the latest first; of groups they are in now."""
    own = {row.id: row for row in await my_enrollments(actor) if row.state in OPEN_ENROLLMENTS}
    said = await kept_words(actor, own)
    about = await with_people(actor, [one.about_enrollment_id for one in said])
    return [
        Kept(own[one.enrollment_id], there, one.kind is PreferenceKind.NOT_FOR_ME)
        for one in said if (there := about.get(one.about_enrollment_id))
    ]


async def _consents(actor: Actor, person: Person, rows: list[Enrollment]) -> Consents:
    """Everything there is a wording for; about talent data only who was asked already, or is where it may count."""
    texts, history = await people.consent_texts(actor), await people.consent_history(actor, person.id)
    asked = {one.purpose for one in history}
    if any(row.program.type in READS_TALENT and row.state in OPEN_ENROLLMENTS for row in rows):
        asked.add(ConsentPurpose.TALENT)
    shown = {one: text for one, text in texts.items() if one is not ConsentPurpose.TALENT or one in asked}
    return Consents(shown, history)


async def _times(actor: Actor, person: Person, was: str) -> Times:
    blocks = (await people.availability_of(actor, [person.id]))[person.id]
    moved = is_zone(was) and was != person.zone
    return Times(person, blocks, await my_next_sessions(actor) if moved else [])
