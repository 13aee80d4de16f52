"""Reading forms: those that ask oneself, and what came of them for who runs the programme."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, Permission
from server.kernel.errors import NotFound
from server.matches.models import MatchMember
from server.surveys.forms.form import questions_of
from server.surveys.forms.results import Given, Result, Written, result
from server.surveys.models import FormAnswer, FormBallot, FormInvitation, SurveyForm
from server.surveys.states import InvitationState

LINKED = "0:link"
"""The occasion of whoever opened a form by its link: one for each match."""
WITH = ("form", "match__members__person", "match__members__enrollment", "match__program", "match__cohort")


def own_forms(actor: Actor) -> QuerySet[FormInvitation]:
    """What the actor was and is asked by forms; the product sees every invitation of its organisation."""
    found = FormInvitation.filter(organization_id=actor.organization_id)
    return found if actor.kind is ActorKind.SYSTEM else found.filter(person_id=actor.person_id)


def open_forms(actor: Actor) -> QuerySet[FormInvitation]:
    """What the actor can answer now."""
    return own_forms(actor).filter(state=InvitationState.OPEN, closes_at__gt=clock.now())


async def my_forms(actor: Actor) -> list[FormInvitation]:
    """What the actor can answer now, the one that closes first on top, with its form."""
    return await open_forms(actor).order_by("closes_at", "id").select_related("form")


async def visible_form(actor: Actor, invitation_id: UUID, *, lock: bool = False) -> FormInvitation:
    """An invitation of the actor's own, with form, match, members, people and programme.

    Raises:
        NotFound: absent, of another organisation, or somebody else's.
    """
    found = own_forms(actor).filter(id=invitation_id)
    invitation = await (found.select_for_update(no_key=True) if lock else found).first()
    if invitation is None:
        raise NotFound
    await invitation.fetch_related(*WITH)
    return invitation


async def asked_already(
    actor: Actor, match_id: UUID, person_id: UUID, form_key: str, occasion: str
) -> FormInvitation | None:
    """The invitation of an occasion, if it was sent."""
    return await FormInvitation.get_or_none(
        organization_id=actor.organization_id, match_id=match_id, person_id=person_id, form_key=form_key,
        occasion=occasion,
    )


async def asked_since(actor: Actor, match_id: UUID, person_id: UUID, form_key: str, since: datetime) -> bool:
    """Whether somebody was asked a form about a match from a moment (aware) on, on any occasion."""
    return await FormInvitation.filter(
        organization_id=actor.organization_id, match_id=match_id, person_id=person_id, form_key=form_key,
        opened_at__gte=since,
    ).exists()


async def answer_to_form(invitation: FormInvitation) -> FormAnswer | None:
    """The answer with a name to an invitation that the caller has fetched for whom it asks."""
    return await FormAnswer.get_or_none(organization_id=invitation.organization_id, invitation_id=invitation.id)


async def own_form_answers(actor: Actor, invitation_ids: Iterable[UUID]) -> dict[UUID, FormAnswer]:
    """What the actor answered with a name, by invitation; those without an answer are left out."""
    rows = FormAnswer.filter(
        organization_id=actor.organization_id, invitation_id__in=list(invitation_ids),
        invitation__person_id=actor.person_id,
    )
    return {row.invitation_id: row for row in await rows}


async def named_answers(actor: Actor) -> list[FormAnswer]:
    """All that the actor answered with a name, the latest first, with form, match, members, people and programme."""
    rows = FormAnswer.filter(organization_id=actor.organization_id, invitation__person_id=actor.person_id)
    return await rows.order_by("-answered_at", "-id").prefetch_related(
        "invitation__form", "invitation__match__program", "invitation__match__members__person"
    )


async def answered_with_name(actor: Actor, person_id: UUID) -> list[UUID]:
    """The invitations that somebody answered with a name. The caller knows why the actor may ask."""
    rows = FormAnswer.filter(organization_id=actor.organization_id, invitation__person_id=person_id)
    return [found for (found,) in await rows.values_list("invitation_id")]


async def answered_by_nobody(actor: Actor) -> int:
    """How many anonymous forms the actor answered. Which answers are theirs nobody can find."""
    return await own_forms(actor).filter(form__anonymous=True, state=InvitationState.ANSWERED).count()


async def lock_wording(form: SurveyForm) -> None:
    """Let nobody else put an anonymous answer into the box of a form until this transaction is over."""
    locked = SurveyForm.filter(organization_id=form.organization_id, id=form.id)
    await locked.select_for_update().only("id").first()


async def results_of(actor: Actor, program_id: UUID) -> list[Result]:
    """What came of the forms of a programme, each form in its latest words, the latest form first.

    Numbers alone, for who runs the programme; words with a name are not those about a match of their own.

    Raises:
        NotFound: the actor does not read the surveys of this programme.
    """
    if not actor.may(Permission.PROGRAM_CHECKINS_READ, program_id):
        raise NotFound
    wordings: dict[str, list[SurveyForm]] = {}
    found = SurveyForm.filter(organization_id=actor.organization_id, program_id=program_id)
    for form in await found.order_by("-created_at", "-id"):
        wordings.setdefault(form.key, []).append(form)
    sent = FormInvitation.filter(organization_id=actor.organization_id, program_id=program_id)
    asked, answered = await _counts(sent), await _counts(sent.filter(state=InvitationState.ANSWERED))
    ids = [form.id for forms in wordings.values() for form in forms]
    named, cast = await _named(actor, ids), await _cast(actor, ids)
    return [
        result(
            forms[0], asked.get(key, 0), answered.get(key, 0),
            [Given(questions_of(form.questions), one) for form in forms
             for one in (cast if form.anonymous else named).get(form.id, [])],
        )
        for key, forms in wordings.items()
    ]


async def _counts(rows: QuerySet[FormInvitation]) -> Mapping[str, int]:
    found = await rows.annotate(many=Count("id")).group_by("form_key").values_list("form_key", "many")
    return {str(key): int(many) for key, many in found}


async def _named(actor: Actor, form_ids: Collection[UUID]) -> dict[UUID, list[Written]]:
    rows = FormAnswer.filter(organization_id=actor.organization_id, invitation__form_id__in=list(form_ids))
    if actor.person_id is not None:
        own = MatchMember.filter(organization_id=actor.organization_id, person_id=actor.person_id)
        rows = rows.exclude(invitation__match_id__in=Subquery(own.values("match_id")))
    found, times = dict[UUID, list[Written]](), await _times(actor, form_ids)
    for row in await rows.select_related("invitation").prefetch_related("invitation__match__members__person"):
        asked = row.invitation
        by = next((one.person for one in asked.match.members if one.person_id == asked.person_id), None)
        written = Written(row.numbers, row.words, by=by.full_name if by else "", time=times[asked.id])
        found.setdefault(asked.form_id, []).append(written)
    return found


async def _times(actor: Actor, form_ids: Collection[UUID]) -> dict[UUID, int]:
    """For which time each invitation asks the same person about the same match."""
    sent = FormInvitation.filter(organization_id=actor.organization_id, form_id__in=list(form_ids))
    before, times = Counter[tuple[UUID, UUID, str]](), dict[UUID, int]()
    columns = ("id", "match_id", "person_id", "form_key")
    for invitation_id, *same in await sent.order_by("opened_at", "id").values_list(*columns):
        before[tuple(same)] += 1
        times[invitation_id] = before[tuple(same)]
    return times


async def _cast(actor: Actor, form_ids: Collection[UUID]) -> dict[UUID, list[Written]]:
    """Those whose box is full."""
    rows = FormBallot.filter(organization_id=actor.organization_id, form_id__in=list(form_ids), week__not_isnull=True)
    found: dict[UUID, list[Written]] = {}
    for row in await rows:
        found.setdefault(row.form_id, []).append(Written(row.numbers, row.words, week=row.week))
    return found
