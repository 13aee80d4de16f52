"""What a manager does about suggested matches, alone and together."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from server.journey.reviewing.queries import pairing
from server.kernel.actor import Actor
from server.kernel.db import Json, once, outcome_of
from server.kernel.ids import parse_id
from server.matches import actions as matches
from server.matches.days import announced_at
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking import actions as matchmaking
from server.matchmaking.today import actions as today


class Approvals(NamedTuple):
    """How many drafts were approved, how many no longer fit, and how many a rule holds back; and when the first of
    their people is told, where that is not within minutes."""

    approved: int
    stale: int
    held: int
    told_at: datetime | None = None


async def approve(actor: Actor, match_id: UUID) -> Match:
    """The manager's yes to one match: a draft is published, what both agreed on begins. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it is closed, somebody left, a seat is gone, or a rule keeps them apart by now (`kind="rule"`).
    """
    shown = await pairing(actor, match_id)
    if shown.match.state is MatchState.AWAITING_ADMIN:
        return await today.approve_match(actor, match_id)
    return await today.publish_match(actor, match_id)


async def undo_approval(actor: Actor, match_id: UUID) -> int:
    """Take the yes to one match back while nobody was told: a draft again, or waiting for a manager again.

    Returns how many were taken back: one or none.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
    """
    if await matches.undo_approve(actor, match_id):
        return 1
    return len(await matches.undo_publish(actor, [match_id]))


async def approve_together(actor: Actor, match_ids: Iterable[UUID], *, key: str = "") -> Approvals:
    """Approve many drafts; nobody is told for ten minutes, or before the day of their group. What breaks a hard rule
    today is held back.

    The same `key` again approves nothing more and returns the same.

    Raises:
        NotFound, Refused: one is not of a programme that the actor runs; then none is approved.
    """
    ids = list(match_ids)

    async def act() -> Json:
        done = await today.publish_matches(actor, ids)
        days = [announced_at(match) for match in done.approved]
        first = min((at for at in days if at), default=None) if all(days) else None
        return {
            "approved": [str(match.id) for match in done.approved], "stale": len(done.stale), "held": len(done.held),
            "told_at": first.isoformat() if first else "",
        }

    outcome = await once(actor, key, act)
    told_at = datetime.fromisoformat(outcome["told_at"]) if outcome.get("told_at") else None
    return Approvals(len(outcome["approved"]), int(outcome["stale"]), int(outcome.get("held", 0)), told_at)


async def choose_another(
    actor: Actor, match_id: UUID, mentor_enrollment_id: UUID, reason: str, *, trade_with: UUID | None = None,
    key: str = "",
) -> UUID:
    """Give a draft's mentee another mentor, of one who is full by an exchange with another draft (`trade_with`).

    Returns the new draft's id; the same `key` again returns the same.

    Raises:
        NotFound, Refused, Invalid, Conflict: as `matchmaking.actions.choose_another` and `trade_mentors`.
    """

    async def act() -> Json:
        if trade_with:
            made = await matchmaking.trade_mentors(actor, match_id, mentor_enrollment_id, trade_with, reason)
        else:
            made = await matchmaking.choose_another(actor, match_id, mentor_enrollment_id, reason)
        return {"match_id": str(made.id)}

    return UUID((await once(actor, key, act))["match_id"])


async def undo_approvals(actor: Actor, match_ids: Iterable[UUID], *, key: str = "") -> int:
    """Take approvals back while nobody was told: these, and those that were made under `key`. Returns how many.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
    """
    outcome = await outcome_of(actor, key) or {}
    made = [found for one in outcome.get("approved", []) if (found := parse_id(one))]
    return len(await matches.undo_publish(actor, {*match_ids, *made}))
