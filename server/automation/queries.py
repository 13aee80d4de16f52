"""What goes by itself, and what was skipped: for whoever runs the programmes of some rows, who knows why these."""

from collections.abc import Collection
from uuid import UUID

from server.automation.protocol import RULES
from server.kernel.actor import Actor
from server.kernel.facts import ActionState, ScheduledAction

SHOWN = 30


async def skipped_steps(
    actor: Actor, subject_ids: Collection[UUID], person_id: UUID | None = None
) -> list[ScheduledAction]:
    """Messages about some rows that were needless when they were due, the latest first; to one person, or to all."""
    about = ScheduledAction.filter(
        organization_id=actor.organization_id, subject_id__in=list(subject_ids), rule__startswith=RULES,
        state=ActionState.SKIPPED,
    )
    theirs = about.filter(recipient_id=person_id) if person_id else about
    return await theirs.order_by("-due_at", "-id").limit(SHOWN)


async def planned_steps(actor: Actor, subject_ids: Collection[UUID], person_id: UUID) -> list[ScheduledAction]:
    """Messages about some rows that will go to a person by themselves, the next one first."""
    theirs = ScheduledAction.filter(
        organization_id=actor.organization_id, recipient_id=person_id, subject_id__in=list(subject_ids),
        rule__startswith=RULES, state=ActionState.PLANNED,
    )
    return await theirs.order_by("due_at", "id").limit(SHOWN)
