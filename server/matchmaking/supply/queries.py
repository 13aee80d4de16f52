"""The places of a group as its manager reads them, and what a plan for more would come to. Nothing is stored.

Drafts that are not locked take no place here: the next run gives their places away anew.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from math import floor
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from server.matchmaking.gather import gather_seats, places_left, rules_of, stopped, weights_of
from server.matchmaking.learned.queries import outlook_for
from server.matchmaking.queries import SkillSupply, supply_by_skill
from server.matchmaking.supply.planning import MENTOR, Ground, Plan, Planned, bounds, carried_out
from server.matchmaking.weighing.sampling import few, willing
from server.people.states import PersonStatus
from server.programs import queries as programs
from server.programs.models import Cohort, Enrollment
from server.programs.states import OPEN_ENROLLMENTS, EnrollmentState, ProgramType

SKILLS_SHOWN = 12
LOOKED_AT = 1_000
"""Of a larger group so many people are looked at, both roles by their share."""
ASKED_APART = timedelta(weeks=8)
"""Whoever did not say yes to a programme is not asked for it again before: once in a cycle of most programmes."""
NOT_YES = (EnrollmentState.INVITED, EnrollmentState.DECLINED, EnrollmentState.EXPIRED)


@dataclass(frozen=True)
class Asked:
    """How invited mentors answered in a programme: `yes` of `answered`."""

    yes: int
    answered: int

    def expected(self, asked: int) -> int:
        """How many of so many would say yes, rounded down; 0 while nobody ever answered."""
        return floor(asked * self.yes / self.answered) if self.answered else 0


@dataclass(frozen=True)
class Places:
    """A group with its supply by skill, its history, what can be done, and what was planned beside what is."""

    cohort: Cohort
    skills: list[SkillSupply]
    asked: Asked
    past: int
    raisable: int
    looked_at: int
    of: int
    now: Planned
    planned: Planned
    may_ask: bool


async def places(actor: Actor, cohort_id: UUID, plan: Plan) -> Places:
    """The places of a group, and a plan carried out on it in thought.

    Raises:
        NotFound: no such cohort, or of a programme that the actor does not run.
        Conflict: its people are no mentors and mentees (`kind="not_pairs"`).
        Invalid: a number of the plan is out of its bounds.
    """
    _require_bounds(plan)
    cohort = await programs.cohort_by_id(actor, cohort_id)
    if not actor.may(Permission.PROGRAM_MATCHES_READ, cohort.program_id):
        raise NotFound
    if cohort.program.type in (ProgramType.CIRCLE, ProgramType.PEER):
        raise Conflict(
            _("For circles and peers there are no places to plan: a run seats whoever can sit together."),
            kind="not_pairs",
        )
    everybody = await willing(actor, cohort)
    rows, before = few(everybody, LOOKED_AT), await past_mentors(actor, cohort)
    asked = await _answers(actor, cohort)
    free = await places_left(actor, cohort)
    ground = await _ground(actor, cohort, rows, before, free)
    wanted = replace(plan, past=asked.expected(min(plan.past, len(before))))
    held = {row.id: row.capacity - free[row.id] for row in everybody}
    return Places(
        cohort, await supply_by_skill(actor, cohort_id, SKILLS_SHOWN, held=held), asked, len(before),
        len(ground.raisable), len(rows), len(everybody), await asyncio.to_thread(carried_out, ground, Plan()),
        await asyncio.to_thread(carried_out, ground, wanted),
        may_ask=actor.may(Permission.PROGRAM_ENROLLMENTS_EDIT, cohort.program_id),
    )


def _require_bounds(plan: Plan) -> None:
    problems = {
        name: _("Choose a number from %(least)s to %(most)s.") % {"least": bounds(name)[0], "most": bounds(name)[1]}
        for name, value in vars(plan).items() if not bounds(name)[0] <= value <= bounds(name)[1]
    }
    if problems:
        raise Invalid(problems)


async def _ground(
    actor: Actor, cohort: Cohort, rows: list[Enrollment], before: list[Enrollment], free: dict[UUID, int]
) -> Ground:
    """The group with the places that are free now; full mentors stand in it with none."""
    known = await gather_seats(
        actor, cohort, [(row, 1) for row in rows if row.role is MENTOR or free[row.id]] + [(row, 1) for row in before]
    )
    people, weights = {one.id: one for one in known.pool.participants}, weights_of(cohort.program)
    here = tuple(replace(people[str(row.id)], capacity=free[row.id]) for row in rows if str(row.id) in people)
    return Ground(
        replace(known.pool, participants=here), known.standing, rules_of(cohort.program), weights,
        outlook=await outlook_for(actor, cohort.program, weights),
        whole={str(row.id): row.capacity for row in rows},
        raisable=frozenset(
            str(row.id) for row in rows if row.role is MENTOR and row.capacity < cohort.program.places_max
        ),
        past=tuple(replace(people[str(row.id)], capacity=row.capacity) for row in before),
    )


async def past_mentors(actor: Actor, cohort: Cohort) -> list[Enrollment]:
    """Mentors of earlier groups of the programme who can be asked for this one, whoever mentored last first: who work
    here still, want to be matched, have no part in this group, never said no to it, and were not asked in vain within
    ASKED_APART."""
    mentors = programs.enrollments(actor).filter(program_id=cohort.program_id, role=MENTOR)
    theirs = mentors.filter(active_at__isnull=False, person__status=PersonStatus.ACTIVE).exclude(cohort_id=cohort.id)
    in_vain = mentors.filter(state__in=list(NOT_YES), invited_at__gt=clock.now() - ASKED_APART)
    here = programs.enrollments(actor).filter(cohort_id=cohort.id)
    taken = {
        *await here.filter(state__in=list(OPEN_ENROLLMENTS)).values_list("person_id", flat=True),
        *await here.filter(role=MENTOR).values_list("person_id", flat=True),
        *await in_vain.values_list("person_id", flat=True),
    }
    latest: dict[UUID, Enrollment] = {}
    for row in await theirs.order_by("-active_at", "id").select_related("person"):
        if row.person_id not in taken:
            latest.setdefault(row.person_id, row)
    silent = await stopped(actor, latest.values())
    return [row for row in latest.values() if row.person_id not in silent][:LOOKED_AT]


async def _answers(actor: Actor, cohort: Cohort) -> Asked:
    """How mentors who were invited to the programme answered; who has not answered yet tells nothing."""
    invited = programs.enrollments(actor).filter(program_id=cohort.program_id, role=MENTOR)
    answered = invited.exclude(state__in=[EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS])
    return Asked(await answered.filter(active_at__isnull=False).count(), await answered.count())
