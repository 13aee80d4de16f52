"""Reading who asked to be told, always within the actor's organisation."""

from datetime import datetime
from uuid import UUID

from tortoise.queryset import QuerySet

from server.kernel.actor import Actor
from server.programs.models import OpeningWish, Program
from server.programs.queries import enrollments
from server.programs.states import OPEN_ENROLLMENTS


def wishes(actor: Actor) -> QuerySet[OpeningWish]:
    """Every wish of the actor's organisation that nobody has answered yet."""
    return OpeningWish.filter(organization_id=actor.organization_id, told_at=None)


async def my_wish(actor: Actor, program_id: UUID) -> OpeningWish | None:
    """The actor's own wish to be told about a programme, while it waits."""
    return await wishes(actor).get_or_none(program_id=program_id, person_id=actor.person_id)


async def awaited_programs(actor: Actor) -> list[Program]:
    """The programmes that the actor waits to hear of, by name."""
    own = wishes(actor).filter(person_id=actor.person_id)
    return [wish.program for wish in await own.order_by("program__name", "id").select_related("program")]


async def comes_again(actor: Actor, program_id: UUID, person_id: UUID) -> bool:
    """Whether somebody waits to hear that a programme takes people in, or takes part in it, or is asked to."""
    there = enrollments(actor).filter(program_id=program_id, person_id=person_id, state__in=list(OPEN_ENROLLMENTS))
    return await wishes(actor).filter(program_id=program_id, person_id=person_id).exists() or await there.exists()


async def waiting_wishes(actor: Actor, program_id: UUID) -> list[OpeningWish]:
    """Who waits to hear that a programme takes people in, the first to ask first."""
    return await wishes(actor).filter(program_id=program_id).order_by("asked_at", "id")


async def told_wishes(actor: Actor, program_id: UUID, since: datetime) -> list[OpeningWish]:
    """Who was told since then (aware) that a programme takes people in, whether or not they came."""
    told = OpeningWish.filter(organization_id=actor.organization_id, program_id=program_id, told_at__gte=since)
    return await told.order_by("told_at", "id")
