"""What a message speaks of, as it stands now: fetched when it is sent, so that a letter never tells old news."""

from dataclasses import dataclass
from uuid import UUID

from server.kernel.actor import Actor
from server.matches.models import Match
from server.matches.queries import visible_match
from server.messaging.models import Thread
from server.notifications import queries
from server.notifications.models import Message
from server.people.models import Organization, Person
from server.people.queries import organization_of, profile_of, visible_person
from server.programs.models import Cohort, Enrollment, Program
from server.programs.queries import visible_enrollment, waitlist_place
from server.sessions.models import Session
from server.surveys.models import SurveyInvitation


@dataclass(frozen=True, slots=True)
class Scene:
    """The recipient and everything around the subject of a message. What does not belong to it is None or empty."""

    message: Message
    person: Person
    organization: Organization
    is_muted: bool = False
    enrollment: Enrollment | None = None
    place: int | None = None
    match: Match | None = None
    held: Session | None = None
    booked: Session | None = None
    session: Session | None = None
    knows: bool = False
    survey: SurveyInvitation | None = None
    thread: Thread | None = None
    unread: int = 0

    @property
    def program(self) -> Program:
        """The programme it is about."""
        about = self.enrollment or self.match
        assert about is not None, "every message of ours is about an enrolment or a match"
        return about.program

    @property
    def cohort(self) -> Cohort:
        """The group it is about."""
        about = self.enrollment or self.match
        assert about is not None, "every message of ours is about an enrolment or a match"
        return about.cohort

    @property
    def partner(self) -> Person:
        """The other person of the match."""
        assert self.match is not None, "only messages about a match speak of a partner"
        return next(member.person for member in self.match.members if member.person_id != self.person.id)

    @property
    def language(self) -> str:
        """The person's language, else the organisation's."""
        return self.person.language or self.organization.language


async def scene_of(actor: Actor, message: Message) -> Scene:
    """Everything that `message` speaks of.

    Raises:
        NotFound: the recipient or the subject is gone.
    """
    ids = {name: UUID(str(value)) for name, value in message.facts.items() if name.endswith("_id")}
    person = await visible_person(actor, message.recipient_id)
    profile = await profile_of(actor, person.id)
    enrollment = await visible_enrollment(actor, ids["enrollment_id"]) if "enrollment_id" in ids else None
    match = await visible_match(actor, ids["match_id"]) if "match_id" in ids else None
    thread = await queries.thread_of_match(actor, match.id) if match and message.kind == "A02" else None
    return Scene(
        message=message,
        person=person,
        organization=await organization_of(actor),
        is_muted=message.kind in profile.muted_kinds,
        enrollment=enrollment,
        place=await waitlist_place(actor, enrollment) if enrollment else None,
        match=match,
        held=await queries.held_time(actor, match.id) if match else None,
        booked=await queries.next_booked(actor, match.id) if match else None,
        session=await queries.session_by_id(actor, ids["session_id"]) if "session_id" in ids else None,
        knows=await queries.was_told(actor, message),
        survey=await queries.survey_by_id(actor, ids["invitation_id"]) if "invitation_id" in ids else None,
        thread=thread,
        unread=await queries.unread_words(actor, thread.id, person.id) if thread else 0,
    )
