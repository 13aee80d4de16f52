"""Whom somebody may ask for a match, and where their requests stand.

The people come from the latest run of the engine; where it says nothing of this person, the engine is asked about them
alone. Nothing of it is stored.
"""

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from server.kernel.actor import Actor, system_actor
from server.kernel.db import Json
from server.kernel.errors import NotFound
from server.matches import queries as matches
from server.matches.models import Match
from server.matches.proposals import Evidence
from server.matches.rules import is_requester, may_ask
from server.matches.states import AWAITING, OPEN_MATCHES, MatchState, OverrideKind
from server.matchmaking import stored
from server.matchmaking.engine import run_matching
from server.matchmaking.gather import gather, rules_of, stopped, weights_of
from server.matchmaking.learned.evidence import evidence_now, evidence_then, stored_evidence
from server.matchmaking.queries import latest_run, suggestions
from server.people.queries import profiles_of
from server.programs.models import Enrollment
from server.programs.queries import enrollments_in, visible_enrollment
from server.programs.rules import is_self
from server.programs.states import EnrollmentState, ParticipantRole

FEW = 5
"""People shown at once: as many as one reads before choosing."""
OTHER_SIDE = {ParticipantRole.MENTEE: ParticipantRole.MENTOR, ParticipantRole.MENTOR: ParticipantRole.MENTEE}
PASSED = (MatchState.DECLINED, MatchState.EXPIRED)


class Asking(StrEnum):
    """What somebody can do on the page."""

    OPEN = "OPEN"
    """Ask one of the people shown."""
    FULL = "FULL"
    """Every place of theirs is taken, by matches or by requests that wait."""
    NOT_NOW = "NOT_NOW"
    """They are on a break, in line, or not admitted yet."""
    NOT_HERE = "NOT_HERE"
    """In this programme one does not ask oneself."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who can be asked: how well the two fit (0 to 100), and what the engine says of it, as it is stored.

    `evidence` is for the log, should this one be asked.
    """

    partner: Enrollment
    fit: float
    confidence: float
    explanation: Json
    words: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class AskingPage:
    """The page of one's own enrolment. `waiting`: requests of one's own that nobody has answered yet. `passed`: those
    that were turned down or not answered, the latest first. `taken` of the places are."""

    enrollment: Enrollment
    asking: Asking
    choices: list[Choice]
    waiting: list[Match]
    passed: list[Match]
    taken: int

    @property
    def is_mentor(self) -> bool:
        """Whether the person asks as a mentor."""
        return self.enrollment.role is ParticipantRole.MENTOR


async def asking_page(actor: Actor, enrollment_id: UUID) -> AskingPage:
    """Whom the actor may ask in a group of theirs, and what became of whom they asked.

    Raises:
        NotFound: not the actor's own enrolment.
    """
    own = await _own(actor, enrollment_id)
    mine = [
        match for match in await matches.my_matches(actor, OPEN_MATCHES | set(PASSED))
        if any(member.enrollment_id == own.id for member in match.members)
    ]
    asked = [match for match in mine if is_requester(match, actor.person_id)]
    taken = sum(match.state in OPEN_MATCHES for match in mine)
    asking = _asking(own, taken)
    return AskingPage(
        enrollment=own, asking=asking, taken=taken,
        choices=await choices_of(actor, own.id) if asking is Asking.OPEN else [],
        waiting=[match for match in asked if match.state in AWAITING],
        passed=[match for match in asked if match.state in PASSED],
    )


async def choices_of(actor: Actor, enrollment_id: UUID) -> list[Choice]:
    """The people of the other side who fit somebody best and can be asked, the best first; at most FEW.

    Raises:
        NotFound: not the actor's own enrolment.
    """
    own = await _own(actor, enrollment_id)
    if _asking(own, 0) is not Asking.OPEN:
        return []
    system = system_actor(actor.organization_id)
    there = await _askable(system, own)
    found = await _from_the_run(system, own, there) or await _found_now(system, own, there)
    best = found[:FEW]
    said = await profiles_of(system, [one.partner.person_id for one in best])
    return [
        replace(one, words=profile.words_for_mentees) if (profile := said.get(one.partner.person_id)) else one
        for one in best
    ]


async def _own(actor: Actor, enrollment_id: UUID) -> Enrollment:
    own = await visible_enrollment(actor, enrollment_id)
    if not is_self(actor, own):
        raise NotFound
    return own


def _asking(own: Enrollment, taken: int) -> Asking:
    if not may_ask(own.program, own.role):
        return Asking.NOT_HERE
    if own.state is not EnrollmentState.ACTIVE:
        return Asking.NOT_NOW
    return Asking.FULL if taken >= own.capacity else Asking.OPEN


async def _askable(system: Actor, own: Enrollment) -> dict[UUID, Enrollment]:
    """Who of the other side has a place, wants to be matched, and was neither asked before nor kept apart."""
    rows = await enrollments_in(
        system, own.cohort_id, role=OTHER_SIDE[own.role], states=[EnrollmentState.ACTIVE]
    )
    taken = await matches.seats_taken(system, [row.id for row in rows])
    silent = await stopped(system, rows)
    bans = await matches.overrides(system, own.cohort_id, OverrideKind.BAN)
    apart = {(one.mentor_enrollment_id, one.mentee_enrollment_id) for one in bans}
    apart |= await matches.tried_pairs(system, own.cohort_id)
    without = {one for pair in apart if own.id in pair for one in pair}
    return {
        row.id: row for row in rows
        if row.id not in without and row.person_id not in silent and row.person_id != own.person_id
        and taken.get(row.id, 0) < row.capacity
    }


async def _from_the_run(system: Actor, own: Enrollment, there: dict[UUID, Enrollment]) -> list[Choice]:
    run = await latest_run(system, own.cohort_id)
    if run is None:
        return []
    mentors = own.role is ParticipantRole.MENTOR
    mine = {"mentor_enrollment_id" if mentors else "mentee_enrollment_id": own.id}
    found = await suggestions(system, run).filter(**mine)
    partners = [(one.mentee_enrollment_id if mentors else one.mentor_enrollment_id, one) for one in found]
    known = [
        Choice(there[partner_id], one.fit, one.confidence, one.factors, evidence=evidence_then(run, one))
        for partner_id, one in partners if partner_id in there
    ]
    return sorted(known, key=lambda one: -one.fit)


async def _found_now(system: Actor, own: Enrollment, there: dict[UUID, Enrollment]) -> list[Choice]:
    """The engine's word about this person alone, among those who can be asked."""
    gathered = await gather(system, own.cohort)
    among = {str(own.id), *map(str, there)}
    pool = replace(gathered.pool, participants=tuple(one for one in gathered.pool.participants if one.id in among))
    if len(pool.participants) < 2 or str(own.id) not in {one.id for one in pool.participants}:
        return []
    result = await asyncio.to_thread(
        run_matching, pool, rules_of(own.program), weights_of(own.program), standing=gathered.standing
    )
    mentors = own.role is ParticipantRole.MENTOR
    found = (result.candidates_of_mentor if mentors else result.candidates_of_mentee)(str(own.id), FEW)
    pairs = [(str(own.id), one.id) if mentors else (one.id, str(own.id)) for one in found]
    told = zip(found, result.explain_many(pairs), stored_evidence(result, pairs), strict=True)
    return [
        Choice(
            there[UUID(one.id)], one.fit, one.confidence, stored.dump(why),
            evidence=evidence_now(result, known, one.fit, one.confidence),
        )
        for one, why, known in told
    ]
