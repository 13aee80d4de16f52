"""A form that was sent to somebody of a pair, for the tests of every face."""

from typing import Any
from uuid import UUID

from server.access.states import TicketPurpose
from server.access.tickets.actions import issue_ticket
from server.kernel.actor import system_actor
from server.kernel.secrets import token
from server.people.models import Person
from server.surveys.forms.actions import answer_form, ask_form
from server.surveys.forms.form import Form
from server.surveys.forms.presets import preset
from server.surveys.models import FormInvitation
from server.surveys.states import SurveyKind
from tests.factories import Pair, actor_of, person


async def sent_form(
    pair: Pair, kind: SurveyKind = SurveyKind.PULSE, to: Person | None = None, **changed: Any
) -> FormInvitation:
    """The usual form of a kind, or a changed one, as it was sent to the mentee or to somebody else."""
    form = Form.of({**preset(kind), **changed})
    actor, person_id = system_actor(pair.organization.id), (to or pair.mentee).id
    return await ask_form(actor, pair.match.id, person_id, form, "0:2026-06-01T09:45:00+00:00")


async def link_to(invitation_id: UUID, to: Person) -> str:
    """The secret of the link in the mail that brought a form."""
    secret, system = token(), system_actor(to.organization_id)
    await issue_ticket(system, to.id, secret, TicketPurpose.ANSWER_SURVEY, invitation_id)
    return secret


async def cast(pair: Pair, kind: SurveyKind, numbers: list[int]) -> None:
    """Anonymous answers, one of a person each."""
    for number in numbers:
        one = await person(pair.organization)
        asked = await sent_form(pair, kind, one)
        await answer_form(actor_of(one), asked.id, numbers=[number], words=f"Because of {number}")
