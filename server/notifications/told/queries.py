"""What one was told lately, whatever way it went, or though it could go none: the app always has it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor
from server.matches.models import Match
from server.matches.queries import matches_by_ids
from server.notifications.catalogue import CATALOGUE
from server.notifications.catalogue.kinds import DEAD, MUTED, NO_ADDRESS
from server.notifications.deciding.actions import RETURNED, TOGETHER
from server.notifications.models import Message
from server.notifications.states import MessageState
from server.programs.models import Program
from server.programs.queries import programs_by_ids

KEPT = timedelta(days=90)
SHOWN = 50
WENT = (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED)
BY_NO_WAY = (MUTED, NO_ADDRESS, DEAD, TOGETHER, RETURNED)
"""Why a message did not go by itself although it was true and due."""
TRIED = "test"
"""What somebody sent to themselves, to see what others would get."""
NOT_LISTED = ("Y01", "Y01-moved")
"""A code and a link that sign in work once, and for minutes."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that somebody was told. `match`: the one it is about, if it is about one that they may see; `program`:
    the one that it belongs to, None for what is about none."""

    message: Message
    match: Match | None
    program: Program | None = None

    @property
    def at(self) -> datetime:
        """When; what waits to go another way, until now."""
        return self.message.sent_at or min(self.message.due_at, clock.now())

    @property
    def is_new(self) -> bool:
        """Whether they have not seen it here, nor opened it from where it reached them."""
        return self.message.read_at is None and self.message.tapped_at is None


async def what_i_was_told(actor: Actor) -> list[Told]:
    """What the person who acts was told lately, the newest first."""
    found = [one for one in await told(actor).order_by("-due_at", "-id").limit(SHOWN) if one.kind in CATALOGUE]
    ids = {one.id: UUID(str(one.facts["match_id"])) for one in found if one.facts.get("match_id")}
    matches = await matches_by_ids(actor, set(ids.values())) if ids else {}
    programs = await programs_by_ids(actor, {one.program_id for one in found if one.program_id})
    listed = [
        Told(
            one, matches.get(ids[one.id]) if one.id in ids else None,
            programs.get(one.program_id) if one.program_id else None,
        )
        for one in found
    ]
    return sorted(listed, key=lambda one: one.at, reverse=True)


def told(actor: Actor) -> QuerySet[Message]:
    """Messages to the person who acts that are news to them, or were."""
    own = Message.filter(organization_id=actor.organization_id, recipient_id=actor.person_id)
    mine = own.filter(created_at__gte=clock.now() - KEPT).exclude(Q(kind__in=NOT_LISTED) | Q(trigger=TRIED))
    went = Q(state__in=WENT) | Q(fallback__isnull=False)    # once more is not the first time
    return mine.filter(went | Q(state=MessageState.SUPPRESSED, reason__in=BY_NO_WAY))


async def unseen_count(actor: Actor) -> int:
    """How much of it they have not seen."""
    return await told(actor).filter(read_at=None, tapped_at=None).count()
