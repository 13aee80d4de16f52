"""The review queue: drafts put in and taken out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.models import Match, MatchMember, MatchOverride, Proposal
from server.matches.proposals import Evidence, proposal_of, rests_on
from server.matches.states import MatchKind, MatchOrigin, MatchState, OverrideKind
from server.matches.steps import close, tell
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole

PAIRED = {
    (ParticipantRole.MENTOR, ParticipantRole.MENTEE), (ParticipantRole.PEER, ParticipantRole.PEER),
}
"""The roles of two who can be a match."""
SAID_ANEW = ("run_id", "fit", "confidence", "explanation", "calibrated_on", "based_on")
"""What a later run says anew of a draft that it keeps."""


async def suggest_match(
    actor: Actor, mentor_enrollment_id: UUID, mentee_enrollment_id: UUID, *,
    origin: MatchOrigin = MatchOrigin.ENGINE, evidence: Evidence | None = None, **scored: Any,
) -> Match:
    """Put a draft into the review queue. `scored` are columns of Match: run_id, fit, confidence, explanation.

    `evidence` is what the log of proposals keeps; None where the engine said nothing of the two.

    Raises:
        NotFound: one of the enrolments is not here.
        Refused: the actor does not run the programme.
        Conflict: they are not two active people of one cohort, or are kept apart (`kind="apart"`).
    """
    async with unit_of_work(actor) as unit:
        found = await queries.lock_enrollments(actor, {mentor_enrollment_id, mentee_enrollment_id})
        if len(found) != 2:
            raise NotFound
        mentor, mentee = found[mentor_enrollment_id], found[mentee_enrollment_id]
        require(actor.may(Permission.PROGRAM_MATCHING_RUN, mentor.program_id), _("suggest a match"))
        _check_pair(mentor, mentee)
        if await queries.ban_of(actor, mentor.id, mentee.id):
            raise Conflict(_("These two are kept apart in this group."), kind="apart")
        match = await Match.create(
            organization_id=actor.organization_id, program_id=mentor.program_id, cohort_id=mentor.cohort_id,
            origin=origin, **rests_on(evidence), **scored,
        )
        for enrollment in (mentor, mentee):
            await MatchMember.create(
                organization_id=actor.organization_id, match=match, person_id=enrollment.person_id,
                enrollment=enrollment, role=enrollment.role,
            )
        await proposal_of(actor, match, mentor.id, mentee.id, evidence).save()
        await unit.audit("match.suggest", match, origin=origin, fit=match.fit)
        await tell(unit, match, "suggested")
        return match


@dataclass(frozen=True)
class Draft:
    """A pair for the review queue, with what the engine says of it (columns of Match), and what the log keeps."""

    mentor_enrollment_id: UUID
    mentee_enrollment_id: UUID
    fit: int
    confidence: float
    explanation: dict[str, Any]
    evidence: Evidence

    @property
    def two(self) -> tuple[UUID, UUID]:
        """The enrolments of its people, in order."""
        return self.mentor_enrollment_id, self.mentee_enrollment_id


async def suggest_matches(actor: Actor, cohort_id: UUID, run_id: UUID, drafts: list[Draft]) -> list[Match]:
    """Put a whole run into the review queue, a handful of statements for any number of drafts.

    Raises:
        NotFound: an enrolment is not here.
        Refused: the actor does not run the programme.
        Conflict: a pair is not two active people of the cohort.
    """
    async with unit_of_work(actor) as unit:
        ids = {one for draft in drafts for one in (draft.mentor_enrollment_id, draft.mentee_enrollment_id)}
        found = await queries.enrollments_by_ids(actor, ids)
        if len(found) != len(ids):
            raise NotFound
        made: list[Match] = []
        for draft in drafts:
            mentor, mentee = found[draft.mentor_enrollment_id], found[draft.mentee_enrollment_id]
            require(actor.may(Permission.PROGRAM_MATCHING_RUN, mentor.program_id), _("suggest a match"))
            _check_pair(mentor, mentee)
            made.append(Match(
                organization_id=actor.organization_id, program_id=mentor.program_id, cohort_id=cohort_id,
                run_id=run_id, fit=draft.fit, confidence=draft.confidence, explanation=draft.explanation,
                **rests_on(draft.evidence),
            ))
        pairs = list(zip(made, drafts, strict=True))
        members = [
            MatchMember(
                organization_id=actor.organization_id, match_id=match.id, enrollment_id=row.id,
                person_id=row.person_id, role=row.role,
            )
            for match, draft in pairs
            for row in (found[draft.mentor_enrollment_id], found[draft.mentee_enrollment_id])
        ]
        await Match.bulk_create(made, batch_size=200)
        await MatchMember.bulk_create(members, batch_size=500)
        log = [
            proposal_of(actor, match, draft.mentor_enrollment_id, draft.mentee_enrollment_id, draft.evidence)
            for match, draft in pairs
        ]
        await Proposal.bulk_create(log, batch_size=200)
        await unit.audit_many("match.suggest", made, run_id=run_id)
        return made


async def replace_drafts(
    actor: Actor, cohort_id: UUID, run_id: UUID, drafts: list[Draft], *, keep: frozenset[UUID]
) -> list[Match]:
    """Put a whole run into the review queue in the place of what is there, but for the drafts to `keep`.

    Two whom the run brings together again keep their draft: its id, its history, whether it is held back. What the run
    says of them now is what it shows; what was said first stays in the log, what is said now stands with the run.

    Raises:
        NotFound, Refused, Conflict: as `suggest_matches` and `discard_drafts`.
    """
    async with unit_of_work(actor) as unit:
        said = {draft.two: draft for draft in drafts}
        again = [(row, said[two]) for row, two in await _drafted(actor, cohort_id, keep) if two in said]
        kept = [_said_anew(row, draft, run_id) for row, draft in again]
        for row in kept[:1]:
            require(rules.can_decide(actor, row), _("suggest a match"))
        await discard_drafts(actor, cohort_id, keep=keep | {row.id for row in kept}, reason="new_run")
        if kept:
            await Match.bulk_update(kept, [*SAID_ANEW], batch_size=200)
            await unit.audit_many("match.suggest_again", kept, run_id=run_id)
        new = [draft for draft in drafts if draft.two not in {old.two for _row, old in again}]
        return [*kept, *await suggest_matches(actor, cohort_id, run_id, new)]


async def _drafted(actor: Actor, cohort_id: UUID, keep: Collection[UUID]) -> list[tuple[Match, tuple[UUID, UUID]]]:
    """The drafts of two of a cohort, but for some, locked, with the enrolments of their people in order."""
    found = queries.matches(actor).filter(cohort_id=cohort_id, state=MatchState.DRAFT, kind=MatchKind.PAIR)
    rows = await found.order_by("id").select_for_update(no_key=True).prefetch_related("members")
    both = [(row, queries.sides(row)) for row in rows if row.id not in keep]
    return [(row, (one.enrollment_id, other.enrollment_id)) for row, (one, other) in both]


def _said_anew(row: Match, draft: Draft, run_id: UUID) -> Match:
    said = {"run_id": run_id, "fit": draft.fit, "confidence": draft.confidence, "explanation": draft.explanation}
    row.update_from_dict(said | rests_on(draft.evidence))
    return row


async def discard_drafts(actor: Actor, cohort_id: UUID, *, keep: frozenset[UUID], reason: str) -> int:
    """Clear a cohort's queue for a new run, all drafts but those to `keep`. Returns how many went.

    Raises:
        Refused: the actor does not run the programme.
    """
    async with unit_of_work(actor) as unit:
        drafts = await queries.matches_in(actor, cohort_id, [MatchState.DRAFT])
        gone = [match for match in drafts if match.id not in keep]
        for match in gone[:1]:
            require(rules.can_decide(actor, match), _("clear the queue"))
        await queries.matches(actor).filter(id__in=[match.id for match in gone]).update(
            state=MatchState.CANCELLED, ended_at=clock.now()
        )
        await unit.audit_many("match.discard", gone, reason=reason)
        return len(gone)


async def discard_match(
    actor: Actor, match_id: UUID, *, reason: str = "", undo_within: timedelta = timedelta()
) -> Match:
    """Take a draft out of the queue. Other drafts are untouched. Twice is harmless. Undo as in `end_match`.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it is no draft any more.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("discard this match"))
        if match.state is MatchState.CANCELLED:
            return match
        if match.state is not MatchState.DRAFT:
            raise Conflict(_("This match is no draft any more."))
        return await close(
            unit, match, MatchState.CANCELLED, "discard", "discarded", hold=undo_within, by_id=actor.person_id,
            code=reason,
        )


async def hold_back(actor: Actor, match_id: UUID, held: bool, *, code: str = "") -> Match:
    """Keep a draft out of bulk approval, or let it in again. `code`: the hard rule for which it is held back.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it is no draft any more.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("hold this match back"))
        if match.state is not MatchState.DRAFT:
            raise Conflict(_("This match is no draft any more."))
        if match.held_back is not held:
            match.held_back = held
            await match.save(update_fields=["held_back"])
            await unit.audit("match.hold_back", match, held=held, **({"code": code} if code else {}))
        return match


async def lock_pair(actor: Actor, match_id: UUID, *, reason: str = "") -> MatchOverride:
    """Make a draft survive every later run; a circle with everybody in it. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: a circle of one.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("lock this match"))
        if len(queries.in_order(match)) == 1:
            raise Conflict(_("There is one person in it. Put somebody in first, or discard it."))
        mentor, mentee = queries.sides(match)
        for override in await queries.overrides(actor, match.cohort_id, OverrideKind.LOCK):
            if override.match_id == match.id:
                return override
        override = await MatchOverride.create(
            organization_id=actor.organization_id, cohort_id=match.cohort_id, match_id=match.id,
            mentor_enrollment_id=mentor.enrollment_id, mentee_enrollment_id=mentee.enrollment_id,
            kind=OverrideKind.LOCK, reason=reason, decided_by=actor.id,
        )
        await unit.audit("match.lock", match)
        return override


async def unlock_pair(actor: Actor, match_id: UUID) -> Match:
    """Let the next run replace a draft again. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("unlock this match"))
        for override in await queries.overrides(actor, match.cohort_id, OverrideKind.LOCK):
            if override.match_id == match.id:
                override.lifted_at, override.lifted_by = clock.now(), actor.id
                await override.save(update_fields=["lifted_at", "lifted_by"])
                await unit.audit("match.unlock", match)
        return match


def _check_pair(mentor: Enrollment, mentee: Enrollment) -> None:
    fits = (
        mentor.cohort_id == mentee.cohort_id
        and mentor.person_id != mentee.person_id
        and (mentor.role, mentee.role) in PAIRED
        and mentor.state is mentee.state is EnrollmentState.ACTIVE
    )
    if not fits:
        raise Conflict(_("A match needs a mentor and a mentee, or two peers, who both take part now."))
