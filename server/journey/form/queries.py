"""A form with what it is about, for the person who is asked: signed in, or by the link of a mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.access.models import Ticket
from server.access.queries import actor_for, people_with_role
from server.access.states import Role, TicketPurpose
from server.access.tickets.queries import ticket_by_secret
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.matches.company import Company, company_of
from server.matches.models import Match
from server.people.models import Organization, Person
from server.people.queries import organization_of
from server.surveys.forms.form import Question, one_question, one_tap, questions_of
from server.surveys.forms.queries import LINKED, answer_to_form, my_forms, visible_form
from server.surveys.models import FormAnswer, FormInvitation
from server.surveys.states import InvitationState, SurveyKind


@dataclass(frozen=True)
class SurveyPage:
    """One invitation: what it asks and about whom, the answer with a name if there is one, and who reads it."""

    invitation: FormInvitation
    questions: tuple[Question, ...]
    partner: Company
    answer: FormAnswer | None
    reader: Person | None

    @property
    def only_question(self) -> Question | None:
        """The question, where it is one, words besides."""
        return one_question(self.questions)

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody can ever tell whose answer it is."""
        return self.invitation.form.anonymous

    @property
    def is_answered(self) -> bool:
        """Whether an answer is in."""
        return self.invitation.state is InvitationState.ANSWERED

    @property
    def is_open(self) -> bool:
        """Whether it takes an answer now, or a changed one."""
        closed = self.invitation.state is InvitationState.EXPIRED or self.invitation.closes_at <= clock.now()
        return not closed and not (self.is_answered and self.is_anonymous)



@dataclass(frozen=True, slots=True)
class Waiting:
    """A form that somebody can answer now, as their first page has it."""

    invitation: FormInvitation
    match: Match
    partner: Company

    @property
    def tapped(self) -> Question | None:
        """The question, where one tap answers it."""
        return one_tap(questions_of(self.invitation.form.questions))


@dataclass(frozen=True, slots=True)
class Held:
    """The link of a mail: who answers by it, what, and whether it was used or is too old."""

    person: Person
    organization: Organization
    shown: SurveyPage
    is_spent: bool

    @property
    def language(self) -> str:
        """In which the page speaks: the person's, else the organisation's."""
        return self.person.language or self.organization.language


async def survey_page(actor: Actor, invitation_id: UUID) -> SurveyPage:
    """What the page of a form shows.

    Raises:
        NotFound: not the actor's invitation.
    """
    invitation = await visible_form(actor, invitation_id)
    managers = await people_with_role(actor, Role.PROGRAM_MANAGER, invitation.program_id)
    return SurveyPage(
        invitation, questions_of(invitation.form.questions), company_of(invitation.match, actor.person_id),
        await answer_to_form(invitation), next(iter(managers), None),
    )


def session_at(invitation: FormInvitation) -> datetime | None:
    """When the session ended that a form is about."""
    after_session = invitation.form.kind is SurveyKind.POST_SESSION and invitation.occasion != LINKED
    return datetime.fromisoformat(invitation.occasion.partition(":")[2]) if after_session else None


async def asked_now(actor: Actor, own: Iterable[Match]) -> list[Waiting]:
    """The forms that the actor can answer now about matches of their own, with members and programme fetched; the one
    that closes first on top."""
    known = {match.id: match for match in own}
    return [
        Waiting(one, match, company_of(match, actor.person_id))
        for one in await my_forms(actor) if (match := known.get(one.match_id))
    ]


async def survey_ticket(secret: str) -> Ticket:
    """The ticket of a link that answers a form.

    Raises:
        NotFound: none, for something else, or its person has left.
    """
    ticket = await ticket_by_secret(secret)
    if ticket.purpose is not TicketPurpose.ANSWER_SURVEY:
        raise NotFound
    return ticket


async def look(secret: str) -> Held:
    """What a link of a mail answers. Looking changes nothing, however often.

    Raises:
        NotFound: no such link, or its person has left.
    """
    ticket = await survey_ticket(secret)
    actor = await actor_for(ticket.person)
    spent = ticket.spent_at is not None or clock.now() >= ticket.expires_at
    return Held(ticket.person, await organization_of(actor), await survey_page(actor, ticket.subject_id), spent)
