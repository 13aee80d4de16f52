"""What happens to a form: sent, answered, closed."""

from collections.abc import Sequence
from datetime import timedelta
from random import SystemRandom
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.typed import check
from server.matches.models import Match
from server.matches.queries import visible_match
from server.people.queries import visible_person
from server.surveys.forms import queries
from server.surveys.forms.form import Form, checked, questions_of
from server.surveys.forms.results import LEAST
from server.surveys.models import FormAnswer, FormBallot, FormInvitation, SurveyForm
from server.surveys.states import InvitationState, Moment

TOUCHED = 31
"""Among so many others it cannot be told who answered an anonymous form last."""
_random = SystemRandom()


async def ask_form(actor: Actor, match_id: UUID, person_id: UUID, form: Form, occasion: str) -> FormInvitation:
    """Send a form to somebody of a match, or open one that has a link for oneself. The same occasion again is the same
    invitation.

    Raises:
        NotFound: no such match.
        Refused: the actor is not the product, and opens no form for themselves that has a link.
    """
    opens_it = form.when is Moment.BY_LINK and actor.person_id == person_id
    require(opens_it or actor.kind is ActorKind.SYSTEM, _("send a survey"))
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        known = await queries.asked_already(actor, match_id, person_id, form.key, occasion)
        if known is not None:
            return known
        opened_at = clock.now()
        wording = await _wording(actor, match, form)
        invitation = await FormInvitation.create(
            organization_id=actor.organization_id, form=wording, form_key=form.key, match=match,
            program_id=match.program_id, person_id=person_id, occasion=occasion, opened_at=opened_at,
            closes_at=opened_at + timedelta(days=form.open_days),
        )
        await unit.schedule("form.close", invitation, invitation.closes_at)
        if form.reminder_days:
            await unit.schedule("form.remind", invitation, opened_at + timedelta(days=form.reminder_days))
        await unit.audit("form.ask", invitation, match_id=match_id, form=form.key)
        await unit.publish(
            "form.asked", subject_id=invitation.id, form_invitation_id=invitation.id, match_id=match_id,
            program_id=match.program_id, person_id=person_id, when=form.when,
        )
        return invitation


async def answer_form(
    actor: Actor, invitation_id: UUID, *, numbers: Sequence[int | None], words: str = ""
) -> FormInvitation:
    """Answer one's own form: with a name, changed until it closes; anonymously, once and for good.

    Args:
        actor: the person asked.
        invitation_id: the invitation.
        numbers: for each question what `Question.takes`, None for words.
        words: the free text, if it asks for one.

    Raises:
        NotFound: not the actor's.
        Invalid: a question without an answer, an unknown choice, too many words.
        Conflict: closed (`kind="closed"`), or answered anonymously before (`kind="answered"`).
    """
    async with unit_of_work(actor) as unit:
        invitation = await queries.visible_form(actor, invitation_id, lock=True)
        require(invitation.person_id == actor.person_id, _("answer for somebody else"))
        _require_open(invitation)
        problems: dict[str, str] = {}
        given = checked(problems, questions_of(invitation.form.questions), numbers, words)
        check(problems)
        if invitation.form.anonymous:
            await _cast(invitation.form, *given)
            await _mark(invitation)
        else:
            await _keep(unit, invitation, *given)
        return invitation


async def erase_answers(actor: Actor, person_id: UUID) -> list[UUID]:
    """Erase all that a person answered with a name, for good: their own wish, or the product's when it erases a person.
    That they were asked stays, and they are not asked the same again. An anonymous answer is nobody's: none is found.

    Returns:
        The invitations whose answers are gone. Twice is harmless.

    Raises:
        NotFound: no such person.
        Refused: somebody else's answers.
    """
    async with unit_of_work(actor) as unit:
        person = await visible_person(actor, person_id)
        theirs = actor.kind is ActorKind.SYSTEM or actor.person_id == person_id
        require(theirs, _("erase somebody else’s answers"))
        gone = await queries.answered_with_name(actor, person_id)
        if gone:
            organization_id = actor.organization_id
            await FormAnswer.filter(organization_id=organization_id, invitation_id__in=gone).delete()
            asked = FormInvitation.filter(organization_id=organization_id, id__in=gone)
            await asked.update(state=InvitationState.EXPIRED)
            await unit.audit("form.erase", person, count=len(gone))
        return gone


async def close_form(actor: Actor, invitation_id: UUID) -> FormInvitation:
    """Close a form that nobody answered in time. Twice is harmless; an answered one stays answered.

    Raises:
        NotFound: no such invitation.
        Refused: the actor is not the product.
        Conflict: its time is not over.
    """
    require(actor.kind is ActorKind.SYSTEM, _("close a survey"))
    async with unit_of_work(actor) as unit:
        invitation = await queries.visible_form(actor, invitation_id, lock=True)
        if invitation.state is not InvitationState.OPEN:
            return invitation
        if invitation.closes_at > clock.now():
            raise Conflict(_("This survey is still open."), kind="not_over")
        invitation.state = InvitationState.EXPIRED
        await invitation.save(update_fields=["state"])
        await unit.audit("form.expire", invitation, match_id=invitation.match_id)
        return invitation


async def _wording(actor: Actor, match: Match, form: Form) -> SurveyForm:
    """The form as it is worded now, kept once for all whom it asks."""
    own: dict[str, Any] = {"program_id": match.program_id, "key": form.key, "digest": form.digest}
    known = await SurveyForm.get_or_none(organization_id=actor.organization_id, **own)
    return known or await SurveyForm.create(
        organization_id=actor.organization_id, **own, kind=form.kind, name=form.name, anonymous=form.anonymous,
        questions=[
            {"kind": one.kind, "text": one.text, "choices": list(one.choices), "required": one.required}
            for one in form.questions
        ],
    )


def _require_open(invitation: FormInvitation) -> None:
    if invitation.state is InvitationState.EXPIRED or invitation.closes_at <= clock.now():
        raise Conflict(_("This survey is closed. Answers stay as they are."), kind="closed")
    if invitation.state is InvitationState.ANSWERED and invitation.form.anonymous:
        raise Conflict(_("You have answered. Nobody can find your answer to change it."), kind="answered")


async def _keep(unit: Unit, invitation: FormInvitation, numbers: list[int | None], words: str) -> None:
    """An answer with a name: there is only ever one, the last."""
    given: dict[str, Any] = {"numbers": numbers, "words": words, "answered_at": clock.now()}
    before = await queries.answer_to_form(invitation)
    if before is None:
        await FormAnswer.create(organization_id=invitation.organization_id, invitation=invitation, **given)
    else:
        await before.update_from_dict(given).save()
    invitation.state = InvitationState.ANSWERED
    await invitation.save(update_fields=["state"])
    await unit.audit("form.answer", invitation, match_id=invitation.match_id)


async def _cast(form: SurveyForm, numbers: list[int | None], words: str) -> None:
    """Put an anonymous answer into the box, whose answers are written anew in no order; the eighth closes it."""
    await queries.lock_wording(form)
    waiting = FormBallot.filter(organization_id=form.organization_id, form_id=form.id, week=None)
    inside = [(one.numbers, one.words) for one in await waiting] + [(numbers, words)]
    await waiting.delete()
    today = clock.now().date()
    week = today - timedelta(days=today.weekday()) if len(inside) >= LEAST else None
    _random.shuffle(inside)
    await FormBallot.bulk_create([
        FormBallot(organization_id=form.organization_id, form_id=form.id, week=week, numbers=one, words=said)
        for one, said in inside
    ])


async def _mark(invitation: FormInvitation) -> None:
    """Note that somebody answered, and no moment. Others who did are noted anew: in a database, rows and their
    transactions tell which was written last."""
    answered = FormInvitation.filter(
        organization_id=invitation.organization_id, form_id=invitation.form_id, state=InvitationState.ANSWERED
    )
    others = await answered.values_list("id", flat=True)
    touched = [*_random.sample(list(others), min(len(others), TOUCHED)), invitation.id]
    _random.shuffle(touched)
    for one in touched:
        await FormInvitation.filter(organization_id=invitation.organization_id, id=one).update(
            state=InvitationState.ANSWERED
        )
    invitation.state = InvitationState.ANSWERED
