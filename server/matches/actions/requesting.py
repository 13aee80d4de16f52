"""A participant asks for a match: one act of one person, answered by whom the programme says (glossary section 3)."""

from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.models import Match, MatchMember
from server.matches.proposals import Evidence, proposal_of, rests_on
from server.matches.states import RUNNING, Approval, MatchOrigin, MatchState
from server.matches.steps import UNDO_ONE, ask_by, next_state, require_seats, start, tell, who_answers
from server.people.queries import line_of
from server.programs.models import Enrollment
from server.programs.queries import visible_enrollment
from server.programs.rules import is_self
from server.programs.states import EnrollmentState, ParticipantRole

OTHER_SIDE = {
    ParticipantRole.MENTEE: ParticipantRole.MENTOR, ParticipantRole.MENTOR: ParticipantRole.MENTEE,
    ParticipantRole.PEER: ParticipantRole.PEER,
}
"""Among whom somebody may ask."""


async def request_match(
    actor: Actor, enrollment_id: UUID, partner_enrollment_id: UUID, *, evidence: Evidence | None = None, **scored: Any
) -> Match:
    """Ask for a match with somebody of the other side of one's group, or with another peer. It holds a seat of both
    until it is answered. Of two peers who asked stands first.

    Where nobody's yes is needed it begins at once. Asking again returns what was asked; `cancel_match` takes it back.
    `scored` are columns of Match: fit, confidence, explanation; `evidence` is what the log of proposals keeps.

    Raises:
        NotFound: not the actor's enrolment, or no such person takes part in the group now.
        Refused: in this programme one does not ask oneself.
        Conflict: a seat is gone (`kind="seat_taken"`), the two have an open match, one of them said no before, they
            report to each other, or who runs the programme keeps them apart.
    """
    async with unit_of_work(actor) as unit:
        mine = await visible_enrollment(actor, enrollment_id)
        found = await queries.lock_enrollments(actor, {enrollment_id, partner_enrollment_id})
        own, partner = found.get(enrollment_id), found.get(partner_enrollment_id)
        if own is None or partner is None or not is_self(actor, own) or not _are_of_one_group(own, partner):
            raise NotFound
        require(rules.may_ask(mine.program, own.role), _("ask for a match in this programme"))
        known = await queries.open_match_of(actor, own.id, partner.id)
        if known is not None and rules.is_requester(known, actor.person_id):
            return await queries.visible_match(actor, known.id)
        if known is not None:
            raise Conflict(_("These two have an open match already."), kind="open")
        await _require_apart(actor, own, partner)
        return await _ask(unit, own, partner, evidence, scored)


async def _ask(
    unit: Unit, own: Enrollment, partner: Enrollment, evidence: Evidence | None, scored: dict[str, Any]
) -> Match:
    match = await Match.create(
        organization_id=own.organization_id, program_id=own.program_id, cohort_id=own.cohort_id,
        origin=MatchOrigin(own.role.value), published_at=clock.now(), **rests_on(evidence), **scored,
    )
    for one in (own, partner):
        await MatchMember.create(
            organization_id=own.organization_id, match=match, person_id=one.person_id, enrollment=one, role=one.role
        )
    mentor, mentee = (partner, own) if own.role is ParticipantRole.MENTEE else (own, partner)
    await proposal_of(unit.actor, match, mentor.id, mentee.id, evidence).save()
    await match.fetch_related("members__person", "members__enrollment", "program", "cohort")
    await require_seats(unit.actor, match)
    who_answers(match)
    for member in match.members:
        if member.enrollment_id == own.id:
            member.approval, member.answered_at = Approval.ACCEPTED, clock.now()
        elif member.approval is Approval.LATER:
            member.approval = Approval.PENDING  # who asks has answered first
        await member.save(update_fields=["approval", "answered_at"])
    match.state = next_state(match)
    await unit.audit("match.request", match, role=own.role, now=match.state)
    await tell(unit, match, "published", hold=UNDO_ONE, by_id=own.person_id)
    if match.state in RUNNING:
        await start(unit, match, hold=UNDO_ONE)
    else:
        await ask_by(unit, match, clock.now())
    await match.save()
    return match


def _are_of_one_group(own: Enrollment, partner: Enrollment) -> bool:
    return (
        own.cohort_id == partner.cohort_id
        and own.person_id != partner.person_id
        and partner.role is OTHER_SIDE.get(own.role)
        and own.state is partner.state is EnrollmentState.ACTIVE
    )


async def _require_apart(actor: Actor, own: Enrollment, partner: Enrollment) -> None:
    """What no wish overrules: a line of management, a manager's word, and a no that was said."""
    apart = Conflict(_("You two can't be matched in this programme."), kind="apart")
    for low, high in ((own, partner), (partner, own)):
        if high.person_id in {one.id for one in await line_of(actor, low.person_id)}:
            raise apart
    if await queries.ban_of(actor, own.id, partner.id):
        raise apart
    refused = queries.matches(actor).filter(members__enrollment_id=own.id, state=MatchState.DECLINED)
    for match in await refused.prefetch_related("members"):
        if partner.id in {member.enrollment_id for member in match.members}:
            raise apart
