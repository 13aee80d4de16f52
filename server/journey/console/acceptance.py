"""Groups in which too many people say no to whom they are matched with (F21)."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from server.journey.console.measures import BOUNDS, MeasureKey
from server.journey.reviewing.queries import managed_programs
from server.kernel.actor import Actor
from server.matches.models import Match
from server.matches.queries import reviewable_matches
from server.matches.states import SAID_NO
from server.programs.models import Cohort
from server.programs.queries import cohorts
from server.programs.states import OVER_PROGRAMS

DECIDED_FROM = 20
"""Decisions of a group below which a share says little (F21)."""


@dataclass(frozen=True, slots=True)
class LowAcceptance:
    """A group in which `accepted` of `decided` matches were, which is under the red flag of that measure."""

    cohort: Cohort
    accepted: int
    decided: int

    @property
    def percent(self) -> int:
        """The share, 0 to 100, rounded down: never told as better than it is."""
        return 100 * self.accepted // self.decided


async def refusing(actor: Actor) -> list[LowAcceptance]:
    """Such groups in all programmes that the actor runs.

    Raises:
        NotFound: the actor runs none.
    """
    ids = [one.id for one in await managed_programs(actor)]
    return await low_acceptance(actor, ids, reviewable_matches(actor).filter(program_id__in=ids))


async def low_acceptance(actor: Actor, program_ids: Collection[UUID], pairs: QuerySet[Match]) -> list[LowAcceptance]:
    """The groups of some programmes, of whose `pairs` fewer were accepted than ought to be; the lowest share first.

    It goes away by itself: with more who say yes, or with the end of the group.
    """
    red = BOUNDS[MeasureKey.ACCEPTED].red
    accepted = await _by_cohort(pairs.filter(active_at__isnull=False))
    decided = accepted + await _by_cohort(pairs.filter(state__in=list(SAID_NO), active_at__isnull=True))
    low = [one for one, whole in decided.items() if whole >= DECIDED_FROM and 100 * accepted[one] < red * whole]
    if not low:
        return []
    rows = await cohorts(actor).filter(id__in=low, program_id__in=list(program_ids)).exclude(
        Q(state__in=list(OVER_PROGRAMS)) | Q(program__state__in=list(OVER_PROGRAMS))
    ).select_related("program")
    found = [LowAcceptance(row, accepted[row.id], decided[row.id]) for row in rows]
    return sorted(found, key=lambda one: (one.accepted / one.decided, one.cohort.id))


async def last_no(actor: Actor, cohort_id: UUID) -> datetime | None:
    """When the latest match of a group was turned down or not answered in time (aware); None where none was."""
    said_no = reviewable_matches(actor).filter(cohort_id=cohort_id, state__in=list(SAID_NO), ended_at__isnull=False)
    latest = await said_no.order_by("-ended_at").first()
    return latest.ended_at if latest else None


async def _by_cohort(pairs: QuerySet[Match]) -> Counter[UUID]:
    rows = await pairs.annotate(n=Count("id")).group_by("cohort_id").values_list("cohort_id", "n")
    return Counter({cohort_id: int(count) for cohort_id, count in rows})
