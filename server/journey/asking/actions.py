"""Asking somebody for a match with the reasons that one was shown."""

from typing import Any
from uuid import UUID

from server.journey.asking.queries import choices_of
from server.kernel.actor import Actor
from server.kernel.db import Json, once
from server.matches.actions import request_match
from server.matches.models import Match
from server.matches.queries import visible_match
from server.matchmaking.learned.evidence import chosen_by_hand


async def ask_for_match(
    actor: Actor, enrollment_id: UUID, partner_enrollment_id: UUID, *, key: str = ""
) -> Match:
    """`matches.actions.request_match`, with what the engine says of the two: who is asked reads why they fit. The same
    key again changes nothing. The engine works before the unit opens.

    Raises:
        NotFound, Refused, Conflict: as `request_match`.
    """
    offered = {one.partner.id: one for one in await choices_of(actor, enrollment_id)}
    choice = offered.get(partner_enrollment_id)
    scored: dict[str, Any] = {} if choice is None else {
        "fit": round(choice.fit), "confidence": choice.confidence, "explanation": choice.explanation,
        "evidence": chosen_by_hand(choice.evidence, offered),
    }

    async def act() -> Json:
        return {"match_id": (await request_match(actor, enrollment_id, partner_enrollment_id, **scored)).id}

    return await visible_match(actor, UUID((await once(actor, key, act))["match_id"]))
