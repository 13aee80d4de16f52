"""All that a history left, read once for everything that must hold of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from server.goals.models import Goal
from server.kernel.facts import ActionState, AuditEvent, OutboxEvent, ScheduledAction
from server.matches.models import Match, MatchOverride
from server.programs.models import Enrollment
from server.sessions.models import Session


@dataclass(frozen=True)
class Record:
    """The rows of one organisation. `trail`: its entries by what they are about, in order; `told`: how many facts of a
    room are about something."""

    organization_id: UUID
    matches: list[Match]
    places: list[Enrollment]
    sessions: list[Session]
    goals: list[Goal]
    decisions: list[MatchOverride]
    trail: Mapping[UUID | None, list[AuditEvent]]
    told: Counter[tuple[str, UUID | None]]
    planned: list[ScheduledAction]

    @classmethod
    async def of(cls, organization_id: UUID) -> Record:
        """Read it."""
        own = {"organization_id": organization_id}
        trail: defaultdict[UUID | None, list[AuditEvent]] = defaultdict(list)
        for entry in await AuditEvent.filter(**own).order_by("id"):
            trail[entry.target_id].append(entry)
        facts = await OutboxEvent.filter(**own).values_list("kind", "subject_id")
        return cls(
            organization_id,
            await Match.filter(**own).prefetch_related("members__enrollment"),
            await Enrollment.filter(**own).prefetch_related("cohort"),
            await Session.filter(**own).order_by("starts_at", "id"),
            await Goal.filter(**own).prefetch_related("milestones"),
            await MatchOverride.filter(**own),
            trail, Counter((kind.partition(".")[0], subject_id) for kind, subject_id in facts),
            await ScheduledAction.filter(**own, state=ActionState.PLANNED),
        )
