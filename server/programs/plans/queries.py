"""Reading the versions of a programme, always within the actor's organisation."""

from uuid import UUID

from tortoise.queryset import QuerySet

from server.kernel.actor import Actor
from server.kernel.db import Json
from server.kernel.errors import NotFound
from server.programs.models import Program, ProgramVersion
from server.programs.states import PlanState

OPEN = (PlanState.DRAFT, PlanState.REVIEW)


def versions(actor: Actor, program_id: UUID) -> QuerySet[ProgramVersion]:
    """The versions of a programme, the newest first."""
    return ProgramVersion.filter(organization_id=actor.organization_id, program_id=program_id).order_by("-number")


async def draft_of(actor: Actor, program_id: UUID) -> ProgramVersion | None:
    """What somebody prepares for a programme, in review or not yet."""
    return await versions(actor, program_id).filter(state__in=OPEN).first()


async def live_of(actor: Actor, program_id: UUID) -> ProgramVersion | None:
    """What was in force when somebody last looked; None before anybody planned here."""
    return await versions(actor, program_id).filter(state=PlanState.LIVE).first()


async def version(actor: Actor, program_id: UUID, number: int) -> ProgramVersion:
    """One version by its number.

    Raises:
        NotFound: none.
    """
    found = await versions(actor, program_id).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


async def messages_of(actor: Actor, program_id: UUID) -> Json:
    """What a programme says of its messages itself (`telling.own`)."""
    program = await Program.filter(organization_id=actor.organization_id, id=program_id).only("messages").first()
    return program.messages if program else {}


async def messages_prepared(actor: Actor, program_id: UUID) -> Json:
    """The same as somebody prepares it, where there is a draft."""
    draft = await draft_of(actor, program_id)
    prepared: Json = draft.content.get("messages", {}) if draft else await messages_of(actor, program_id)
    return prepared
