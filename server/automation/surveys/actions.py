"""What people do themselves to be asked."""

from uuid import UUID

from server.automation.surveys.queries import linked_form
from server.kernel.actor import Actor
from server.surveys.forms.actions import ask_form
from server.surveys.forms.queries import LINKED
from server.surveys.models import FormInvitation


async def open_linked_form(actor: Actor, program_id: UUID, key: str) -> FormInvitation:
    """Open a form by its link. Once for each match: again it is the same invitation, also when it is over.

    Raises:
        NotFound: no form in force has this link, or it asks nobody like the actor now.
    """
    found = await linked_form(actor, program_id, key)
    return await ask_form(actor, found.match.id, found.person_id, found.form, LINKED)
