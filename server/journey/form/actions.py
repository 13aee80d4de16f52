"""Answering a form from the link of a mail: the ticket proves who answers; nobody need be signed in."""

from collections.abc import Sequence

from server.access.queries import actor_for
from server.access.tickets.actions import spend_ticket
from server.journey.form.queries import survey_ticket
from server.kernel.db import unit_of_work
from server.surveys.forms.actions import answer_form
from server.surveys.models import FormInvitation


async def answer_by_link(secret: str, *, numbers: Sequence[int | None], words: str = "") -> FormInvitation:
    """Answer a form, and use its link up. What cannot be taken leaves the link as it was.

    Raises:
        NotFound: no such link, or its person has left.
        Invalid: a question without an answer, an unknown choice, too many words.
        Conflict: the link was used or is too old, or the form is closed.
    """
    ticket = await survey_ticket(secret)
    actor = await actor_for(ticket.person)
    async with unit_of_work(actor):
        await spend_ticket(actor, ticket.id)
        return await answer_form(actor, ticket.subject_id, numbers=numbers, words=words)
