"""Asking to be told, taking it back, and having been told."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.programs.models import OpeningWish, Program
from server.programs.openings import queries
from server.programs.queries import program_by_key


async def ask_for_opening(actor: Actor, program_key: str) -> OpeningWish:
    """Ask to be told when a programme takes people in again. Twice is harmless; asked again after being told, it waits.

    Raises:
        NotFound: no such programme here, or the actor is not a person.
    """
    async with unit_of_work(actor) as unit:
        program = await program_by_key(actor, program_key)
        if actor.person_id is None:
            raise NotFound
        wish, made = await OpeningWish.get_or_create(
            organization_id=actor.organization_id, program_id=program.id, person_id=actor.person_id
        )
        if wish.told_at is None and not made:
            return wish
        wish.asked_at, wish.told_at = clock.now(), None
        await wish.save(update_fields=["asked_at", "told_at"])
        await unit.audit("opening.ask", wish, program_id=program.id)
        return wish


async def forget_opening(actor: Actor, program_key: str) -> Program:
    """Take the wish back; returns what it was for. Twice is harmless.

    Raises:
        NotFound: no such programme here.
    """
    async with unit_of_work(actor) as unit:
        program = await program_by_key(actor, program_key)
        wish = await queries.my_wish(actor, program.id)
        if wish is not None:
            await unit.audit("opening.forget", wish, program_id=program.id)
            await wish.delete()
        return program


async def note_told(actor: Actor, wish_id: UUID) -> None:
    """Note that somebody is told: one wish, one letter. Twice is harmless.

    Raises:
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("answer for somebody else"))
    async with unit_of_work(actor) as unit:
        wish = await queries.wishes(actor).get_or_none(id=wish_id)
        if wish is not None:
            wish.told_at = clock.now()
            await wish.save(update_fields=["told_at"])
            await unit.audit("opening.tell", wish, program_id=wish.program_id)
