"""Reading who asked to be told, always within the actor's organisation."""

from uuid import UUID

from tortoise.queryset import QuerySet

from server.kernel.actor import Actor
from server.programs.models import OpeningWish


def wishes(actor: Actor) -> QuerySet[OpeningWish]:
    """Every wish of the actor's organisation that nobody has answered yet."""
    return OpeningWish.filter(organization_id=actor.organization_id, told_at=None)


async def my_wish(actor: Actor, program_id: UUID) -> OpeningWish | None:
    """The actor's own wish to be told about a programme, while it waits."""
    return await wishes(actor).get_or_none(program_id=program_id, person_id=actor.person_id)


async def waiting_wishes(actor: Actor, program_id: UUID) -> list[OpeningWish]:
    """Who waits to hear that a programme takes people in, the first to ask first."""
    return await wishes(actor).filter(program_id=program_id).order_by("asked_at", "id")
