"""What came of a group for the people in it: a circle beside the pairs of a programme counts as no match of theirs."""

from collections.abc import Collection
from uuid import UUID

from server.kernel.actor import Actor
from server.matches.models import MatchMember
from server.matches.queries import OF_MAIN_KIND
from server.matches.states import MatchState


async def ever_matched(actor: Actor, enrollment_ids: Collection[UUID]) -> set[UUID]:
    """Those of some enrolments that were in a match which began."""
    began = MatchMember.filter(
        OF_MAIN_KIND, organization_id=actor.organization_id, enrollment_id__in=list(enrollment_ids),
        match__active_at__isnull=False,
    ).exclude(match__state=MatchState.CANCELLED)
    return {one.enrollment_id for one in await began}


async def had_their_time(actor: Actor, enrollment_ids: Collection[UUID]) -> set[UUID]:
    """Those of some enrolments that were in a match which ran its time and was closed."""
    closed = MatchMember.filter(
        OF_MAIN_KIND, organization_id=actor.organization_id, enrollment_id__in=list(enrollment_ids), left_at=None,
        match__state=MatchState.COMPLETED,
    )
    return {one.enrollment_id for one in await closed}
