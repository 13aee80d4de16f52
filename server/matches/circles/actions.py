"""Circles as drafts of a run, and what a manager changes about one: who is in it, and who leads it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import Json, unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.announcing.steps import follow_its_people
from server.matches.circles import steps
from server.matches.models import Match, MatchMember
from server.matches.states import AWAITING, RUNNING, Approval, MatchKind, MatchState
from server.matches.steps import ASKED, ask_by, tell
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole

CHANGES_IN = AWAITING | RUNNING | {MatchState.DRAFT}


@dataclass(frozen=True)
class CircleDraft:
    """A circle for the review queue: enrolments, and what the engine says of it. Nobody may lead it yet."""

    facilitator_enrollment_id: UUID | None
    member_enrollment_ids: tuple[UUID, ...]
    fit: int
    explanation: dict[str, Any]

    @property
    def people(self) -> tuple[UUID, ...]:
        """Every enrolment in it, who leads it first."""
        leading = self.facilitator_enrollment_id
        return (leading, *self.member_enrollment_ids) if leading else self.member_enrollment_ids


async def suggest_circles(actor: Actor, cohort_id: UUID, run_id: UUID, drafts: list[CircleDraft]) -> list[Match]:
    """Put the circles of a run into the review queue; one that nobody leads is held back.

    Raises:
        NotFound: an enrolment is not here.
        Refused: the actor does not run the programme.
        Conflict: somebody does not take part in this cohort now, or stands in two places of one circle.
    """
    async with unit_of_work(actor) as unit:
        found = await queries.enrollments_by_ids(actor, {one for draft in drafts for one in draft.people})
        made, members = [], []
        for draft in drafts:
            rows = [found[one] for one in draft.people if one in found]
            if len(rows) != len(draft.people):
                raise NotFound
            require(actor.may(Permission.PROGRAM_MATCHING_RUN, rows[0].program_id), _("suggest a circle"))
            _check_circle(cohort_id, rows)
            match = Match(
                organization_id=actor.organization_id, program_id=rows[0].program_id, cohort_id=cohort_id,
                kind=MatchKind.CIRCLE, run_id=run_id, fit=draft.fit, explanation=draft.explanation,
                held_back=draft.facilitator_enrollment_id is None,
            )
            made.append(match)
            members += [_member(match, row) for row in rows]
        await Match.bulk_create(made, batch_size=200)
        await MatchMember.bulk_create(members, batch_size=500)
        await unit.audit_many("match.suggest", made, run_id=run_id)
        return made


async def put_in(
    actor: Actor, match_id: UUID, enrollment_id: UUID, *, among: Collection[UUID] | None = None,
    explanation: Json | None = None,
) -> Match:
    """Put somebody into a circle, as its member or, where nobody leads it, to lead it. Who is in it stays as they are.

    In a circle that was proposed they are asked as everybody was, with as much time. Rules of the programme are
    looked at by the caller, who names the enrolments `among` which they hold, and what the circle is with them.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: the circle is over or full, it is led already, they take no part now, or have no place; or others
            are in it than those `among` whom the rules were looked at (`kind="stale"`).
    """
    async with unit_of_work(actor) as unit:
        match = await _locked(actor, match_id, enrollment_id)
        there = {one.enrollment_id for one in queries.in_order(match)}
        if enrollment_id in there:
            return match
        if among is not None and there != set(among):
            raise Conflict(_("Somebody was faster. Look again."), kind="stale")
        row = (await queries.enrollments_by_ids(actor, [enrollment_id])).get(enrollment_id)
        if row is None:
            raise NotFound
        await _require_seat(actor, match, row)
        member = await _enter(match, row)
        if explanation is not None:
            match.explanation = explanation
            await match.save(update_fields=["explanation"])
        await unit.audit("match.put_in", match, enrollment_id=enrollment_id)
        await tell(unit, match, "member_put_in", person_id=row.person_id, role=row.role)
        if member.approval is Approval.PENDING and match.state is not MatchState.DRAFT:
            await unit.unschedule(match.id, "match.expire", reason="somebody is asked")
            await ask_by(unit, match, clock.now())
            await match.save(update_fields=["answer_by"])
        match = await queries.visible_match(actor, match_id)
        await follow_its_people(unit, [match])
        return match


async def take_out(
    actor: Actor, match_id: UUID, enrollment_id: UUID, *, undo_within: timedelta = timedelta()
) -> Match:
    """Take somebody out of a circle, which goes on without them. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: the circle is over.
    """
    async with unit_of_work(actor) as unit:
        match = await _locked(actor, match_id, enrollment_id)
        found = [one for one in queries.in_order(match) if one.enrollment_id == enrollment_id]
        for member in found:
            await unit.audit("match.take_out", match, enrollment_id=enrollment_id)
            await steps.fall_out(unit, match, member, "moved", hold=undo_within)
        return match


async def _locked(actor: Actor, match_id: UUID, enrollment_id: UUID) -> Match:
    match = await queries.visible_match(actor, match_id)
    ids = {one.enrollment_id for one in match.members} | {enrollment_id}
    await queries.lock_enrollments(actor, ids)
    match = await queries.visible_match(actor, match_id, lock=True)
    require(rules.can_decide(actor, match), _("change this circle"))
    if not queries.is_circle(match) or match.state not in CHANGES_IN:
        raise Conflict(_("This circle cannot be changed any more."), kind="closed")
    return match


async def _require_seat(actor: Actor, match: Match, row: Enrollment) -> None:
    leads = row.role is ParticipantRole.FACILITATOR
    if leads and queries.facilitator_of(match):
        raise Conflict(_("Somebody leads this circle already. Take them out first."), kind="led")
    if not leads and len(queries.learners(match)) >= steps.MOST:
        raise Conflict(_("This circle is full."), kind="full")
    _check_circle(match.cohort_id, [row])
    placed = (await queries.placed_seats(actor, match.cohort_id, MatchKind.CIRCLE))[row.id]
    if placed >= queries.places_of(row, MatchKind.CIRCLE):
        raise Conflict(_("They are in another circle. Take them out of it first."), kind="seat_taken")


async def _enter(match: Match, row: Enrollment) -> MatchMember:
    """A member again, or for the first time: nobody has two rows in one circle. Who need not answer is in from now."""
    asked = row.role in ASKED[match.program.approvals]
    approval = Approval.PENDING if asked or match.state is MatchState.DRAFT else Approval.NOT_NEEDED
    member = next((one for one in match.members if one.person_id == row.person_id), None) or _member(match, row)
    member.update_from_dict({
        "enrollment_id": row.id, "role": row.role, "approval": approval, "left_at": None, "decline_reason": None,
        "answered_at": clock.now() if approval is Approval.NOT_NEEDED else None,
    })
    await member.save()
    return member


def _member(match: Match, row: Enrollment) -> MatchMember:
    return MatchMember(
        organization_id=match.organization_id, match_id=match.id, enrollment_id=row.id, person_id=row.person_id,
        role=row.role,
    )


def _check_circle(cohort_id: UUID, rows: list[Enrollment]) -> None:
    roles = (ParticipantRole.MENTEE, ParticipantRole.FACILITATOR)
    there = all(
        row.cohort_id == cohort_id and row.role in roles and row.state is EnrollmentState.ACTIVE for row in rows
    )
    if not there or len({row.person_id for row in rows}) != len(rows):
        raise Conflict(_("A circle needs people who take part in this group now, each of them once."))
