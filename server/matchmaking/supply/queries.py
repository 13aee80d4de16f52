"""The places of a group as its manager reads them, and what a plan for more would come to. Nothing is stored.

Drafts that are not locked take no place here: the next run gives their places away anew.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import fmean
from uuid import UUID

from tortoise.expressions import Q

from server.kernel import clock
from server.kernel.actor import Actor, Permission
from server.kernel.errors import Invalid, NotFound
from server.kernel.text import gettext as _
from server.matches.queries import seats_taken
from server.matchmaking.gather import gather_seats, places_left, rules_of, stopped, weights_of
from server.matchmaking.learned.queries import outlook_for
from server.matchmaking.supply.forecast import Asked, Coming, Likely
from server.matchmaking.supply.planning import MENTOR, Ground, Plan, Planned, bounds, carried_out
from server.matchmaking.supply.skills import Skills, skills_ahead
from server.matchmaking.supply.together import Suited, circles_found, peers_found, suited
from server.matchmaking.weighing.sampling import few, willing
from server.people.states import PersonStatus
from server.programs import queries as programs
from server.programs.models import Cohort, Enrollment, Program
from server.programs.openings.queries import told_wishes, waiting_wishes
from server.programs.rules import (
    can_be_asked_for_a_place,
    circle_size,
    could_take_one_more,
    is_among_peers,
    is_of_circles,
    is_self,
    roles_in,
)
from server.programs.states import OPEN_ENROLLMENTS, EnrollmentState, ParticipantRole

LOOKED_AT = 1_000
"""Of a larger group so many people are looked at, both roles by their share."""
ASKED_APART = timedelta(weeks=8)
"""Whoever did not say yes to a programme is not asked for it again before: once in a cycle of most programmes."""
UNANSWERED = (EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS)
TO_BE_LET_IN = (EnrollmentState.PENDING_APPROVAL, EnrollmentState.WAITLISTED)
"""The states of somebody who said yes, and waits for somebody else's or for a seat."""
NOT_YES = (EnrollmentState.INVITED, EnrollmentState.DECLINED, EnrollmentState.EXPIRED)


@dataclass(frozen=True)
class CouldGive:
    """Mentors with fewer places than their programme allows whom nobody asked lately, and those of them who are full:
    matches and drafts take all the places they have."""

    everybody: list[Enrollment]
    full: list[Enrollment]


@dataclass(frozen=True)
class PlaceAsked:
    """A mentor who was asked for one more place, with how many of theirs open matches take."""

    enrollment: Enrollment
    taken: int

    @property
    def may_give(self) -> bool:
        """Whether they can say yes now."""
        return not self.enrollment.place_given and could_take_one_more(self.enrollment)

    @property
    def may_take_back(self) -> bool:
        """Whether they gave it, and no match has it."""
        return bool(self.enrollment.place_given) and self.enrollment.capacity > max(1, self.taken)


@dataclass(frozen=True)
class Places:
    """A group with its supply by skill, its history, who may still come, what can be done, and what was planned beside
    what is. `first` of the past mentors would be asked first; `raise_first` are the mentors of whom one more place does
    most; `could_give` can be asked for one, those first, then whoever is full; `suits` is what those who would still
    wait could meet about in a circle. Among peers and in a programme of circles nobody has places to plan: there the
    skills, and everything about mentors, are empty."""

    cohort: Cohort
    skills: Skills
    asked: Asked
    past: int
    raisable: int
    looked_at: int
    of: int
    coming: Coming
    now: Planned
    planned: Planned
    more_yes: Likely
    may_ask: bool
    first: Enrollment | None = None
    raise_first: tuple[Enrollment, ...] = ()
    could_give: tuple[Enrollment, ...] = ()
    suits: Suited | None = None

    @property
    def ahead(self) -> tuple[int, int]:
        """The least and the most places to spare (below 0: missing) as it stands, once who was invited has answered."""
        return self.coming.around(self.now.balance)

    @property
    def with_plan(self) -> tuple[int, int]:
        """The same with the plan, as far as it rests on a yes of past mentors too."""
        low, high = self.coming.around(self.planned.balance)
        return low + self.more_yes.low - self.more_yes.middle, high + self.more_yes.high - self.more_yes.middle


async def usual_plan(actor: Actor, cohort_id: UUID) -> Plan:
    """A plan with nothing in it, with circles as large as the programme wants them.

    Raises:
        NotFound: no such cohort.
    """
    cohort = await programs.cohort_by_id(actor, cohort_id)
    return Plan(size=circle_size(cohort.program.rules))


async def places(actor: Actor, cohort_id: UUID, plan: Plan) -> Places:
    """The places of a group, and a plan carried out on it in thought. Of peers and in a programme of circles, who finds
    partners.

    Raises:
        NotFound: no such cohort, or of a programme that the actor does not run.
        Invalid: a number of the plan is out of its bounds.
    """
    _require_bounds(plan)
    cohort = await programs.cohort_by_id(actor, cohort_id)
    if not actor.may(Permission.PROGRAM_MATCHES_READ, cohort.program_id):
        raise NotFound
    everybody = await willing(actor, cohort)
    rows, asked = few(everybody, LOOKED_AT), await _answers(actor, cohort)
    before = await past_mentors(actor, cohort) if has_places(cohort.program) else []
    free = await places_left(actor, cohort)
    ground = await _ground(actor, cohort, rows, before, free)
    likely = asked.likely(min(plan.past, len(before)))
    wanted = replace(plan, past=likely.middle)
    way = _way_of(cohort.program)
    now, planned = [await asyncio.to_thread(way, ground, one) for one in (Plan(size=plan.size), wanted)]
    held = {row.id: row.capacity - free[row.id] for row in everybody}
    known, coming = {str(row.id): row for row in rows}, await _coming(actor, cohort, asked)
    first = tuple(known[one] for one in planned.raised if one in known)
    return Places(
        cohort=cohort, asked=asked, past=len(before), raisable=len(ground.raisable), looked_at=len(rows),
        of=len(everybody), coming=coming, now=now, planned=planned,
        skills=await skills_ahead(actor, cohort, coming, held) if has_places(cohort.program) else Skills([], 0),
        more_yes=likely.times(fmean(row.capacity for row in before) if before else 1),
        may_ask=actor.may(Permission.PROGRAM_ENROLLMENTS_EDIT, cohort.program_id),
        first=next(iter(before), None), raise_first=first, could_give=await _could_give(actor, cohort, first),
        suits=await asyncio.to_thread(suited, ground, planned.waiting, plan.size)
        if has_places(cohort.program) else None,
    )


async def _could_give(actor: Actor, cohort: Cohort, first: Sequence[Enrollment]) -> tuple[Enrollment, ...]:
    """Who can be asked for one more place: of some first whoever can, then the others who are full."""
    if not has_places(cohort.program):
        return ()
    found = await could_give_a_place(actor, cohort)
    able = {one.id: one for one in found.everybody}
    return tuple({one.id: one for one in (*(able[row.id] for row in first if row.id in able), *found.full)}.values())


async def could_give_a_place(actor: Actor, cohort: Cohort) -> CouldGive:
    """The mentors of a group who could be asked for one more place: fewest places first, then the earliest here."""
    rows = [row for row in await willing(actor, cohort) if row.role is MENTOR]
    for row in rows:
        row.program, row.cohort = cohort.program, cohort
    able = [row for row in rows if can_be_asked_for_a_place(row)]
    free = await places_left(actor, cohort, around_drafts=True)
    ranked = sorted(able, key=lambda row: (row.capacity, row.active_at or row.invited_at, row.id))
    return CouldGive(ranked, [row for row in ranked if not free.get(row.id)])


async def place_asked(actor: Actor, enrollment_id: UUID) -> PlaceAsked:
    """The question that the actor, a mentor, was asked for one of their enrolments.

    Raises:
        NotFound: nobody asked, or it is somebody else's.
    """
    row = await programs.visible_enrollment(actor, enrollment_id)
    if not is_self(actor, row) or row.place_asked_at is None:
        raise NotFound
    return PlaceAsked(row, (await seats_taken(actor, [row.id])).get(row.id, 0))


def has_places(program: Program) -> bool:
    """Whether the people of a programme are mentors and mentees, so that there are places to plan."""
    return not is_among_peers(program) and not is_of_circles(program)


def _way_of(program: Program) -> Callable[[Ground, Plan], Planned]:
    if has_places(program):
        return carried_out
    return peers_found if is_among_peers(program) else circles_found


async def _coming(actor: Actor, cohort: Cohort, asked: Asked) -> Coming:
    """Who may still come to the group: by how people of their role answered in the programme."""
    here = programs.enrollments(actor).filter(cohort_id=cohort.id)
    open_, roles = here.filter(state__in=list(UNANSWERED)), roles_in(cohort.program)
    leads, joins = roles[0], roles[-1]
    people, (hoping, told) = await open_.filter(role=joins).count(), await _hoping_and_told(actor, cohort)
    let_in = await here.filter(role=joins, state__in=list(TO_BE_LET_IN)).count()
    others = await _answers(actor, cohort, joins)
    coming = Coming(
        people, others.likely(people + hoping + told).plus(let_in), hoping=hoping, told=told, let_in=let_in,
        answers=others, known=bool(others.answered) or not people + hoping + told,
    )
    if leads is joins or not has_places(cohort.program):
        return coming
    seats = [row.capacity for row in await open_.filter(role=leads).only("id", "capacity")]
    each = fmean(seats) if seats else 1
    return replace(coming, invited=people + len(seats), places=asked.likely(len(seats)).times(each))


async def _hoping_and_told(actor: Actor, cohort: Cohort) -> tuple[int, int]:
    """How many asked to be told when the programme takes people in, and how many were told of it no longer ago than an
    invitation would stand; all without a part in this group."""
    lately = clock.now() - timedelta(days=cohort.program.invitation_days)
    hoping = {wish.person_id for wish in await waiting_wishes(actor, cohort.program_id)}
    told = {wish.person_id for wish in await told_wishes(actor, cohort.program_id, lately)}
    rows = programs.enrollments(actor).filter(cohort_id=cohort.id, person_id__in=list(hoping | told))
    here = set(await rows.values_list("person_id", flat=True))
    return len(hoping - here), len(told - here)


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
        outlook=await outlook_for(actor, cohort.program),
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


async def _answers(actor: Actor, cohort: Cohort, role: ParticipantRole = MENTOR) -> Asked:
    """How people who were invited to the programme in a role answered; who has not answered yet tells nothing."""
    invited = programs.enrollments(actor).filter(program_id=cohort.program_id, role=role)
    answered = invited.exclude(state__in=list(UNANSWERED))
    yes = answered.filter(Q(active_at__isnull=False) | Q(state__in=list(TO_BE_LET_IN)))
    return Asked(await yes.count(), await answered.count())
