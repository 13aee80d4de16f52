"""Reading check-ins: one's own, and for who runs the programme. The other member and the line manager never do."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, Permission
from server.kernel.errors import NotFound
from server.matches.models import MatchMember
from server.matches.queries import visible_match
from server.matches.states import RUNNING
from server.people.queries import person_of
from server.surveys import rules
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import AT_THE_END, InvitationState

WITH = ("match__members__person", "match__program")


def own_invitations(actor: Actor) -> QuerySet[SurveyInvitation]:
    """What the actor was, is or will be asked; the product sees every invitation of its organisation."""
    found = SurveyInvitation.filter(organization_id=actor.organization_id)
    return found if actor.kind is ActorKind.SYSTEM else found.filter(person_id=actor.person_id)


async def my_invitations(actor: Actor) -> list[SurveyInvitation]:
    """What the actor can answer now, the one that closes first on top, with match, members, people and programme."""
    now = clock.now()
    waiting = own_invitations(actor).filter(
        Q(match__state__in=list(RUNNING)) | Q(kind__in=list(AT_THE_END)),
        state__in=[InvitationState.PLANNED, InvitationState.OPEN], opens_at__lte=now, closes_at__gt=now,
    )
    return await waiting.order_by("closes_at", "id").prefetch_related(*WITH)


async def answered_check_ins(actor: Actor) -> list[SurveyInvitation]:
    """The check-ins that the actor answered, the latest first, with match, members, people and programme."""
    given = own_invitations(actor).filter(state=InvitationState.ANSWERED).order_by("-answered_at", "-id")
    return await given.prefetch_related(*WITH)


async def last_check_in(actor: Actor, match_id: UUID) -> SurveyInvitation | None:
    """What asks the actor how a match was that is over, as long as it can be answered."""
    return next((one for one in await my_invitations(actor) if one.match_id == match_id), None)


async def visible_invitation(actor: Actor, invitation_id: UUID, *, lock: bool = False) -> SurveyInvitation:
    """An invitation of the actor's own, with match, members, people and programme.

    Raises:
        NotFound: absent, of another organisation, or somebody else's.
    """
    found = own_invitations(actor).filter(id=invitation_id)
    invitation = await (found.select_for_update(no_key=True) if lock else found).first()
    if invitation is None:
        raise NotFound
    await invitation.fetch_related(*WITH)
    return invitation


async def answer_to(invitation: SurveyInvitation) -> SurveyAnswer | None:
    """The answer to an invitation that the caller has fetched for whom it asks."""
    return await SurveyAnswer.filter(
        organization_id=invitation.organization_id, invitation_id=invitation.id
    ).first()


async def own_answers(actor: Actor, invitation_ids: Iterable[UUID]) -> dict[UUID, SurveyAnswer]:
    """What the actor answered, by invitation; those without an answer are left out."""
    rows = SurveyAnswer.filter(
        organization_id=actor.organization_id, invitation_id__in=list(invitation_ids),
        invitation__person_id=actor.person_id,
    )
    return {row.invitation_id: row for row in await rows}


async def next_check_in(actor: Actor, match_id: UUID) -> date | None:
    """The day of the actor's next check-in about a match, where they are: the planned one, or else the last day.

    Raises:
        NotFound: not the actor's match.
    """
    match = await visible_match(actor, match_id)
    zone = ZoneInfo((await person_of(actor)).zone)
    planned = own_invitations(actor).filter(match_id=match_id, opens_at__gt=clock.now())
    invitation = await planned.order_by("opens_at").first()
    if invitation is not None:
        return invitation.opens_at.astimezone(zone).date()
    today = clock.now().astimezone(zone).date()
    return match.ends_on if match.state in RUNNING and match.ends_on and match.ends_on > today else None


async def invitations_about(actor: Actor, match_id: UUID) -> list[SurveyInvitation]:
    """Whom a match's check-ins ask and when, without any answer: for who runs the programme; others find none."""
    found = SurveyInvitation.filter(organization_id=actor.organization_id, match_id=match_id)
    scope = actor.programs_with(Permission.PROGRAM_MATCHES_READ)
    return await (found if scope is None else found.filter(program_id__in=list(scope))).order_by("opens_at", "id")


def answers(actor: Actor, program_ids: Collection[UUID] | None = None) -> QuerySet[SurveyAnswer]:
    """The answers that the actor may read as who runs the programme, in all of their programmes or in some.

    Not those about a match the actor is in: whoever mentors in the programme they run reads none of their own mentee.
    """
    found = SurveyAnswer.filter(organization_id=actor.organization_id)
    scope = actor.programs_with(Permission.PROGRAM_CHECKINS_READ)
    allowed = program_ids if scope is None else scope if program_ids is None else scope & set(program_ids)
    if allowed is not None:
        found = found.filter(invitation__program_id__in=list(allowed))
    if actor.person_id is None:
        return found
    own = MatchMember.filter(organization_id=actor.organization_id, person_id=actor.person_id)
    return found.exclude(invitation__match_id__in=Subquery(own.values("match_id")))


async def answers_in(actor: Actor, program_ids: Collection[UUID] | None = None) -> list[SurveyAnswer]:
    """The readable answers, newest first, with invitation, match, members and people."""
    return await _whole(answers(actor, program_ids).order_by("-answered_at", "-id"))


async def answers_to_handle(actor: Actor, program_ids: Collection[UUID] | None = None) -> list[SurveyAnswer]:
    """The readable answers that wait for a person, oldest first, with invitation, match, members and people.

    An answer that asks for nobody is handled as it arrives, so these are those without a mark.
    """
    return await _whole(answers(actor, program_ids).filter(handled_at=None).order_by("answered_at", "id"))


async def visible_answer(actor: Actor, answer_id: UUID, *, lock: bool = False) -> SurveyAnswer:
    """An answer that the actor may read as who runs the programme.

    Raises:
        NotFound: absent, of another organisation, of a programme they don't run, or about a match of their own.
    """
    found = answers(actor).filter(id=answer_id)
    answer = await (found.select_for_update(no_key=True, of=("survey_answer",)) if lock else found).first()
    if answer is None:
        raise NotFound
    await answer.fetch_related("invitation")
    return answer


def is_answerable(invitation: SurveyInvitation) -> bool:
    """Whether the form is open now."""
    now = clock.now()
    return rules.has_opened(invitation, now) and not rules.has_closed(invitation, now)


async def _whole(found: QuerySet[SurveyAnswer]) -> list[SurveyAnswer]:
    return await found.select_related("invitation").prefetch_related("invitation__match__members__person")
