"""Reading forms that have a link: on a poster or a slide, as an address and a code to scan."""

from dataclasses import dataclass
from uuid import UUID

from server.automation.surveys.schedule import whom
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.matches.models import Match
from server.matches.queries import my_matches
from server.matches.states import RUNNING
from server.surveys.forms.form import Form, forms_of
from server.surveys.forms.queries import LINKED, asked_already
from server.surveys.models import FormInvitation
from server.surveys.states import Moment


@dataclass(frozen=True, slots=True)
class Linked:
    """A form that has a link, the actor's match that it asks about, and their invitation once they opened it."""

    form: Form
    match: Match
    person_id: UUID
    invitation: FormInvitation | None


async def linked_form(actor: Actor, program_id: UUID, key: str) -> Linked:
    """The form of a programme that a link leads the actor to, about their newest match that it asks about.

    Raises:
        NotFound: no form in force has this link, or it asks nobody like the actor now.
    """
    for match in await my_matches(actor, RUNNING):
        asked = forms_of(match.program) if match.program_id == program_id else []
        form = next((one for one in asked if one.key == key and one.when is Moment.BY_LINK), None)
        person = next((one for one in whom(form, match) if one.id == actor.person_id), None) if form else None
        if form and person:
            known = await asked_already(actor, match.id, person.id, form.key, LINKED)
            return Linked(form, match, person.id, known)
    raise NotFound
