"""Opening a guide: it is counted, and by whom is not."""

from uuid import UUID

from tortoise.expressions import F

from server.journey.guiding.queries import GuidePage, guide_page
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.programs.models import GuideUse
from server.programs.states import Guide


async def open_guide(actor: Actor, match_id: UUID, guide: Guide | None = None) -> GuidePage:
    """Open a guide in a match of one's own; None: the one that helps now.

    Raises:
        NotFound: not the actor's match, or not announced.
    """
    shown = await guide_page(actor, match_id, guide)
    of = {"program_id": shown.match.program_id, "guide": shown.guide, "side": shown.side.value}
    async with unit_of_work(actor):
        await GuideUse.bulk_create([GuideUse(organization_id=actor.organization_id, **of)], ignore_conflicts=True)
        await GuideUse.filter(organization_id=actor.organization_id, **of).update(opened=F("opened") + 1)
    return shown
