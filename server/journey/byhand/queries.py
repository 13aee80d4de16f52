"""Whom a facilitator can put together, and what the engine says of two of them. Nothing of it is stored."""

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from server.kernel.actor import Actor, Permission
from server.kernel.db import Json
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matches.proposals import Evidence
from server.matches.queries import placed_seats
from server.matchmaking import stored
from server.matchmaking.engine import Outlook, RuleCode, RuleSet, run_matching
from server.matchmaking.engine.constraints import active_pair_rules
from server.matchmaking.engine.wording import Names, Reader
from server.matchmaking.gather import Gathered, gather, places_left, rules_of, weights_of
from server.matchmaking.learned.evidence import evidence_now, stored_evidence
from server.matchmaking.learned.queries import outlook_for
from server.matchmaking.runs.places import room_left
from server.matchmaking.stored import Told
from server.programs.models import Cohort, Enrollment, Program
from server.programs.queries import cohort_by_id, enrollments_in
from server.programs.rules import is_among_peers, roles_in
from server.programs.states import EnrollmentState, ParticipantRole

ALWAYS = (RuleCode.REPORTING_LINE, RuleCode.BLOCKED, RuleCode.REPEAT, RuleCode.BANNED)
"""Rules that every programme has; the others are switched on for each."""


@dataclass(frozen=True, slots=True)
class Free:
    """The active people of a cohort who can be put together: mentors with places, mentees without match or draft.
    Peers stand on both sides."""

    cohort: Cohort
    mentors: list[Enrollment]
    mentees: list[Enrollment]


@dataclass(frozen=True, slots=True)
class Tried:
    """Two people as a pair: fit 0 to 100, confidence 0 to 1, why (as it is stored), and which of the hard rules they
    break. Of two peers the one who brings more stands as mentor."""

    mentor: Enrollment
    mentee: Enrollment
    fit: float
    confidence: float
    explanation: Json
    evidence: Evidence
    rules: list[RuleCode]
    broken: list[RuleCode]

    @property
    def told(self) -> Told:
        """Why the two, for whoever runs the programme."""
        return Told(stored.load(self.explanation), Names(*self._names), Reader.MANAGER)

    @property
    def told_back(self) -> Told | None:
        """Of two peers, what the second brings the first; None of mentor and mentee."""
        back = stored.turned(self.explanation)
        return Told(stored.load(back), Names(*self._names[::-1]), Reader.MANAGER) if back else None

    @property
    def _names(self) -> tuple[str, str]:
        return self.mentor.person.first_name, self.mentee.person.first_name

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
    sides = [
        sorted(
            (row for row in await enrollments_in(actor, cohort_id, role=role, states=[EnrollmentState.ACTIVE])
             if places.get(row.id, 0) and drafted[row.id] < row.capacity),
            key=lambda row: (row.person.full_name, row.id),
        )
        for role in roles_in(cohort.program)
    ]
    return Free(cohort, sides[0], sides[-1])


async def tried(actor: Actor, cohort_id: UUID, mentor_id: UUID, mentee_id: UUID) -> Tried:
    """What the engine says of two people, whatever keeps them apart: as a run would, by what was learned and by what
    became of their earlier pairs.

    Raises:
        NotFound: no such cohort, or of a programme that the actor does not run, or one of the two is not in it.
        Conflict: one of the two has no place left (`kind="seat_taken"`), or they are one person (`kind="same"`).
    """
    free = await free_people(actor, cohort_id)
    roles = roles_in(free.cohort.program)
    mentor = await _one(actor, free.cohort, free.mentors, mentor_id, roles[0])
    mentee = await _one(actor, free.cohort, free.mentees, mentee_id, roles[-1])
    if mentor.person_id == mentee.person_id:
        raise Conflict(_("Choose two different people."), kind="same")
    gathered = await gather(actor, free.cohort)
    outlook = await outlook_for(actor, free.cohort.program)
    both = {str(mentor.id), str(mentee.id)}
    two = tuple(one for one in gathered.pool.participants if one.id in both)
    alone = replace(gathered, pool=replace(gathered.pool, participants=two))
    judged = _judged_peers if is_among_peers(free.cohort.program) else _judged
    found = await asyncio.to_thread(judged, alone, free.cohort.program, outlook, mentor, mentee)
    return found if await room_left(actor, free.cohort, around_drafts=True) != 0 else replace(
        found, broken=[*found.broken, RuleCode.COHORT_LIMIT])


def _judged(two: Gathered, program: Program, outlook: Outlook, mentor: Enrollment, mentee: Enrollment) -> Tried:
    rules, pair = rules_of(program), (str(mentor.id), str(mentee.id))
    result = run_matching(
        two.pool, replace(rules, min_fit=0.0), weights_of(program), standing=two.standing, outlook=outlook
    )
    told, confidence = result.explain(*pair), result.confidence_of(*pair)
    (known,) = stored_evidence(result, [pair])
    evidence = replace(evidence_now(result, known, told.fit, confidence), propensity=None)
    broken = result.rules_against(*pair)
    return Tried(mentor, mentee, told.fit, confidence, stored.dump(told), evidence, _rules(rules), broken)


def _judged_peers(
    two: Gathered, program: Program, _outlook: Outlook, one: Enrollment, other: Enrollment
) -> Tried:
    """Nothing is learned of peers: there the prior stands."""
    from server.matchmaking.runs.peers import try_peers  # noqa: PLC0415  # its solver: only who pairs peers loads it

    rules = rules_of(program)
    draft, broken = try_peers(two, rules, weights_of(program))
    first, second = (one, other) if draft.mentor_enrollment_id == one.id else (other, one)
    evidence = replace(draft.evidence, propensity=None)
    return Tried(
        first, second, draft.evidence.fit, draft.confidence, draft.explanation, evidence, _rules(rules), broken
    )


def _rules(rules: RuleSet) -> list[RuleCode]:
    limit = [] if rules.max_pairs is None else [RuleCode.COHORT_LIMIT]
    return list(dict.fromkeys([*ALWAYS, *active_pair_rules(rules), *limit]))


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
