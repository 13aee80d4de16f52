"""Where the partners of mentors come from, in two statements however many there are."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from tortoise.expressions import Q, Subquery

from server.kernel.actor import Actor
from server.matches.models import MatchMember
from server.matches.states import OPEN_MATCHES, MatchKind
from server.programs.states import ParticipantRole


@dataclass(frozen=True, slots=True)
class Partners:
    """How many people a mentor was paired with, or is to be, by the department they are in and the manager they have
    today."""

    departments: Counter[str] = field(default_factory=Counter)
    managers: Counter[str] = field(default_factory=Counter)


async def partners_of_mentors(actor: Actor, person_ids: Collection[UUID]) -> dict[UUID, Partners]:
    """The partners of some mentors, each counted once; mentors without any are left out."""
    led = MatchMember.filter(
        Q(match__active_at__isnull=False) | Q(match__state__in=list(OPEN_MATCHES)),
        organization_id=actor.organization_id, person_id__in=list(person_ids), role=ParticipantRole.MENTOR,
        match__kind=MatchKind.PAIR,
    )
    mentor_of = dict(await led.values_list("match_id", "person_id"))
    members = MatchMember.filter(
        organization_id=actor.organization_id, match_id__in=Subquery(led.values("match_id")),
        role=ParticipantRole.MENTEE,
    )
    met = {
        (mentor_of[match_id], mentee): (department, manager)
        for match_id, mentee, department, manager in await members.values_list(
            "match_id", "person_id", "person__department", "person__line_manager_id"
        ) if match_id in mentor_of
    }
    found: dict[UUID, Partners] = {}
    for (mentor, _mentee), (department, manager) in met.items():
        counted = found.setdefault(mentor, Partners())
        counted.departments.update([department] if department else [])
        counted.managers.update([str(manager)] if manager else [])
    return found
