"""Whom a facilitator can put together, and what the engine says of two of them. Nothing of it is stored."""

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from server.kernel.actor import Actor, Permission
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matches.proposals import Evidence
from server.matches.queries import placed_seats
from server.matchmaking.engine import RuleCode, RuleSet, run_matching
from server.matchmaking.engine.constraints import active_pair_rules
from server.matchmaking.engine.explain import Explanation
from server.matchmaking.gather import gather, places_left, rules_of, weights_of
from server.matchmaking.learned.evidence import evidence_now, stored_evidence
from server.programs.models import Cohort, Enrollment
from server.programs.queries import cohort_by_id, enrollments_in
from server.programs.states import EnrollmentState, ParticipantRole

ALWAYS = (RuleCode.REPORTING_LINE, RuleCode.BLOCKED, RuleCode.REPEAT, RuleCode.BANNED)
"""Rules that every programme has; the others are switched on for each."""


@dataclass(frozen=True, slots=True)
class Free:
    """The active people of a cohort who can be put together: mentors with places, mentees without match or draft."""

    cohort: Cohort
    mentors: list[Enrollment]
    mentees: list[Enrollment]


@dataclass(frozen=True, slots=True)
class Tried:
    """Two people as a pair: fit 0 to 100, confidence 0 to 1, why, and which of the hard rules they break."""

    mentor: Enrollment
    mentee: Enrollment
    fit: float
    confidence: float
    explanation: Explanation
    evidence: Evidence
    rules: list[RuleCode]
    broken: list[RuleCode]

    @property
    def may_be(self) -> bool:
        """Whether no hard rule keeps them apart."""
        return not self.broken


async def free_people(actor: Actor, cohort_id: UUID) -> Free:
    """Who can be put together by hand, by name.

    Raises:
        NotFound: no such cohort, or of a programme that the actor does not run.
    """
    cohort = await cohort_by_id(actor, cohort_id)
    if not actor.may(Permission.PROGRAM_MATCHING_RUN, cohort.program_id):
        raise NotFound
    places, drafted = await places_left(actor, cohort), await placed_seats(actor, cohort_id)
    rows = {
        role: await enrollments_in(actor, cohort_id, role=role, states=[EnrollmentState.ACTIVE])
        for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
    }
    mentors, mentees = (
        sorted(
            (row for row in some if places.get(row.id, 0) and drafted[row.id] < row.capacity),
            key=lambda row: (row.person.full_name, row.id),
        )
        for some in rows.values()
    )
    return Free(cohort, mentors, mentees)


async def tried(actor: Actor, cohort_id: UUID, mentor_id: UUID, mentee_id: UUID) -> Tried:
    """What the engine says of two people, whatever keeps them apart.

    Raises:
        NotFound: no such cohort, or of a programme that the actor does not run, or one of the two is not in it.
        Conflict: one of the two has no place left (`kind="seat_taken"`).
    """
    free = await free_people(actor, cohort_id)
    mentor = await _one(actor, free.cohort, free.mentors, mentor_id, ParticipantRole.MENTOR)
    mentee = await _one(actor, free.cohort, free.mentees, mentee_id, ParticipantRole.MENTEE)
    gathered, rules = await gather(actor, free.cohort), rules_of(free.cohort.program)
    both = {(mentor.role, str(mentor.id)), (mentee.role, str(mentee.id))}
    two = tuple(one for one in gathered.pool.participants if (one.role, one.id) in both)
    result = await asyncio.to_thread(
        run_matching, replace(gathered.pool, participants=two), replace(rules, min_fit=0.0),
        weights_of(free.cohort.program), standing=gathered.standing,
    )
    pair = str(mentor.id), str(mentee.id)
    told, confidence = result.explain(*pair), result.confidence_of(*pair)
    (known,) = stored_evidence(result, [pair])
    evidence = replace(evidence_now(result, known, told.fit, confidence), propensity=None)
    return Tried(mentor, mentee, told.fit, confidence, told, evidence, _rules(rules), result.rules_against(*pair))


def _rules(rules: RuleSet) -> list[RuleCode]:
    return list(dict.fromkeys([*ALWAYS, *active_pair_rules(rules)]))


async def _one(
    actor: Actor, cohort: Cohort, free: list[Enrollment], key: UUID, role: ParticipantRole
) -> Enrollment:
    found = next((row for row in free if row.id == key), None)
    if found is not None:
        return found
    rows = await enrollments_in(actor, cohort.id, role=role, states=[EnrollmentState.ACTIVE])
    there = next((row for row in rows if row.id == key), None)
    if there is None:
        raise NotFound
    name = there.person.full_name
    raise Conflict(_("%(name)s has no free place any more.") % {"name": name}, kind="seat_taken")
