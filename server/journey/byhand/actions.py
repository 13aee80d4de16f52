"""A pair that somebody who knows the people puts together."""

from uuid import UUID

from server.journey.byhand.queries import free_people, tried
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.models import Match, MatchOverride
from server.matches.queries import enrollments_by_ids
from server.matches.states import MatchOrigin, OverrideKind
from server.matchmaking.actions import REASON_MAX
from server.matchmaking.runs.places import room_left
from server.programs.queries import cohort_by_id
from server.programs.rules import can_see_enrollment


async def pair_by_hand(
    actor: Actor, mentor_enrollment_id: UUID, mentee_enrollment_id: UUID, *, reason: str = ""
) -> Match:
    """Put two people who have no match into the review queue as a draft, locked, so that no run replaces it. Every
    other draft stays as it is.

    A hard rule is never broken, whoever asks; what only speaks against a pair is theirs to weigh. `reason` stays with
    the programme's staff. The engine works before the unit opens.

    Raises:
        NotFound: one of the two is not here, or not for the actor to see.
        Refused: the actor does not run the programme.
        Conflict: a hard rule keeps them apart (`kind="rule"`), one of them has no place left (`kind="seat_taken"`), or
            they are not two active people of one cohort, or are one person (`kind="same"`).
    """
    found = await enrollments_by_ids(actor, [mentor_enrollment_id, mentee_enrollment_id])
    visible = {id for id, row in found.items() if can_see_enrollment(actor, row)}
    if visible != {mentor_enrollment_id, mentee_enrollment_id}:
        raise NotFound
    mentor = found[mentor_enrollment_id]
    require(actor.may(Permission.PROGRAM_MATCHING_RUN, mentor.program_id), _("suggest a match"))
    pair = await tried(actor, mentor.cohort_id, mentor_enrollment_id, mentee_enrollment_id)
    first, second = pair.mentor.id, pair.mentee.id
    if not pair.may_be:
        raise Conflict(_("A rule of this programme keeps these two apart."), kind="rule")
    async with unit_of_work(actor) as unit:
        await cohort_by_id(actor, mentor.cohort_id, lock=True)
        still = await free_people(actor, mentor.cohort_id)
        is_full = await room_left(actor, still.cohort, around_drafts=True) == 0
        if is_full or {first, second} - {row.id for row in (*still.mentors, *still.mentees)}:
            raise Conflict(_("Somebody was faster. Look again."), kind="seat_taken")
        made = await matches.suggest_match(
            actor, first, second, origin=MatchOrigin.MANAGER, fit=round(pair.fit), confidence=pair.confidence,
            explanation=pair.explanation, evidence=pair.evidence,
        )
        await MatchOverride.create(
            organization_id=actor.organization_id, cohort_id=mentor.cohort_id, match_id=made.id,
            mentor_enrollment_id=first, mentee_enrollment_id=second, kind=OverrideKind.PIN,
            reason=clean(reason)[:REASON_MAX], decided_by=actor.id,
        )
        await matches.lock_pair(actor, made.id)
        await unit.audit("match.by_hand", made)
        return made
