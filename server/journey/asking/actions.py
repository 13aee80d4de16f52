"""Choosing among the people whom one was shown: asking one of them, naming wishes, keeping in mind, setting aside."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from server.journey.asking.queries import Choice, choices_of
from server.kernel.actor import Actor, require, system_actor
from server.kernel.db import Json, once
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matches.actions import request_match
from server.matches.models import Match
from server.matches.queries import enrollments_by_ids, open_match_of, visible_match
from server.matchmaking.learned.evidence import chosen_by_hand
from server.matchmaking.runs.places import room_left
from server.matchmaking.said.queries import apart_from, own_words
from server.matchmaking.said.rules import may_wish
from server.matchmaking.stored import turned
from server.matchmaking.today.rules import require_allowed
from server.matchmaking.wishes import actions as saying
from server.programs.models import Enrollment
from server.programs.queries import cohort_by_id, visible_enrollment
from server.programs.states import ParticipantRole


async def ask_for_match(
    actor: Actor, enrollment_id: UUID, partner_enrollment_id: UUID, *, key: str = ""
) -> Match:
    """`matches.actions.request_match`, with what the engine says of the two: who is asked reads why they fit. The same
    key again changes nothing. The engine works before the unit opens; the hard rules are asked again within it.

    Raises:
        NotFound, Refused, Conflict: as `request_match`; Conflict too where a rule keeps the two apart today, or one of
            them set the other aside (`kind="apart"`), and where the group has as many pairs as it may have (`"full"`).
    """
    own = await visible_enrollment(actor, enrollment_id)
    offered = {one.partner.id: one for one in await choices_of(actor, enrollment_id)}
    choice = offered.get(partner_enrollment_id)
    scored: dict[str, Any] = {} if choice is None else {
        "fit": round(choice.fit), "confidence": choice.confidence, "explanation": _as_asked(own, choice),
        "evidence": chosen_by_hand(choice.evidence, offered),
    }
    if choice is None:
        await _require_not_aside(actor, own, partner_enrollment_id)

    async def act() -> Json:
        await require_allowed(actor, enrollment_id, partner_enrollment_id)
        await _require_room(actor, own, partner_enrollment_id)
        return {"match_id": (await request_match(actor, enrollment_id, partner_enrollment_id, **scored)).id}

    return await visible_match(actor, UUID((await once(actor, key, act))["match_id"]))


async def wish(actor: Actor, enrollment_id: UUID, about_ids: Sequence[UUID]) -> Enrollment:
    """Name some of the people whom one was shown as wishes, the first wish first, in the place of earlier ones.

    Raises:
        NotFound: not the actor's own enrolment, or somebody whom they were not shown.
        Refused, Invalid, Conflict: as `wishes.actions.name_wishes`.
    """
    shown = {one.partner.id for one in await choices_of(actor, enrollment_id)}
    own = await visible_enrollment(actor, enrollment_id)
    require(may_wish(own.program, own.role), _("name wishes in this programme"))
    known = set((await own_words(actor, enrollment_id)).wishes)
    if set(about_ids) - shown - known:
        raise NotFound
    return await saying.name_wishes(actor, enrollment_id, about_ids)


def _as_asked(own: Enrollment, choice: Choice) -> Json:
    """The explanation with the two as the match has them: of peers whoever asks stands first."""
    return turned(choice.explanation) if own.role is ParticipantRole.PEER else choice.explanation


async def _require_room(actor: Actor, own: Enrollment, partner_id: UUID) -> None:
    """The limit of a group counts open pairs and locked drafts: drafts that a manager may never use stop nobody."""
    reader = system_actor(actor.organization_id)
    is_full = await room_left(reader, await cohort_by_id(reader, own.cohort_id)) == 0
    if is_full and await open_match_of(reader, own.id, partner_id) is None:
        raise Conflict(_("This group has as many pairs as it may have."), kind="full")


async def _require_not_aside(actor: Actor, own: Enrollment, partner_id: UUID) -> None:
    """Said as of any two whom a rule keeps apart: nobody learns that they were set aside."""
    partner = (await enrollments_by_ids(actor, [partner_id])).get(partner_id)
    apart = await apart_from(system_actor(actor.organization_id), own.person_id)
    if partner is not None and partner.cohort_id == own.cohort_id and partner.person_id in apart:
        raise Conflict(_("You two can't be matched in this programme."), kind="apart")
