"""A group closes: nothing in it waits or runs any more, and everybody's part in it is complete.

The order of locks is that of leaving: the roster, the enrolments, their matches.
"""

from itertools import chain
from uuid import UUID

from server.journey.closing.queries import ever_matched, had_their_time
from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require, system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.queries import last_day, lock_enrollments, partner_enrollments, visible_match
from server.matches.states import OPEN_MATCHES, ClosureReason, MatchState
from server.programs import actions as programs
from server.programs.models import Cohort, Enrollment
from server.programs.queries import cohort_by_id, enrollments
from server.programs.rules import can_edit_program, is_drawn, roles_in
from server.programs.states import (
    LEADING,
    OPEN_ENROLLMENTS,
    OVER_PROGRAMS,
    TAKING_PART,
    EnrollmentState,
    ProgramState,
)
from server.programs.steps import CLOSE_AFTER, begins

LOOKING = (EnrollmentState.ACTIVE, EnrollmentState.WAITLISTED)
"""Whoever is on a break waits for nobody."""


async def move_cohort(actor: Actor, cohort_id: UUID, state: ProgramState) -> Cohort:
    """Take a group to its next state; to CLOSED as `close_cohort` does. Twice is harmless.

    Raises:
        NotFound: no such cohort.
        Refused: the actor does not run the programme.
        Conflict: that is not its next state.
    """
    if state is ProgramState.CLOSED:
        return await close_cohort(actor, cohort_id)
    return await programs.move_cohort(actor, cohort_id, state)


async def close_cohort(actor: Actor, cohort_id: UUID) -> Cohort:
    """Close a group that is in its closing phase (`cohort_end`). Twice is harmless.

    What waited is taken back, what ran has run its time, whoever took part has completed it, and who never came to
    take part is taken off the roster.

    Raises:
        NotFound: no such cohort.
        Refused: the actor does not run the programme.
        Conflict: it is not in its closing phase.
    """
    async with unit_of_work(actor):
        cohort = await cohort_by_id(actor, cohort_id, lock=True)
        require(can_edit_program(actor, cohort.program_id), _("close this group"))
        if cohort.state in OVER_PROGRAMS:
            return cohort
        if cohort.state is not ProgramState.CLOSING:
            raise Conflict(_("That is not the next step of this group."))
        there = await enrollments(actor).filter(cohort_id=cohort_id, state__in=list(OPEN_ENROLLMENTS)).order_by("id")
        await lock_enrollments(actor, [row.id for row in there])
        await _count_cycle(cohort, there)
        await matches.complete_matches(actor, cohort_id)
        for row in sorted(there, key=lambda one: one.state in TAKING_PART):  # no seat is free for who still waits
            await _complete(actor, row)
        return await programs.move_cohort(actor, cohort_id, ProgramState.CLOSED)


async def _count_cycle(cohort: Cohort, there: list[Enrollment]) -> None:
    """A group that closes is a cycle for whoever looked for somebody in it, or waited for a place, and never had a
    match. For who had one the waiting is over. Counted with the product's rights, whoever closes the group."""
    product = system_actor(cohort.organization_id)
    matched = await ever_matched(product, [row.id for row in there])
    looked = [row for row in there if row.role is roles_in(cohort.program)[-1] and row.state in LOOKING]
    await programs.wait_another_cycle(product, [row.id for row in looked if row.id not in matched])
    await programs.end_waiting(product, matched)


async def reach_cohort_end(actor: Actor, cohort_id: UUID) -> Cohort:
    """The last day of a group is CLOSE_AFTER ago: it closes, unless a match was extended beyond it; then later.

    Raises:
        NotFound: no such cohort.
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("close a group by its date"))
    async with unit_of_work(actor) as unit:
        cohort = await programs.advance_cohort(actor, cohort_id, ProgramState.CLOSING)
        latest = await last_day(actor, cohort_id)
        closes = await begins(actor, latest) + CLOSE_AFTER if latest is not None else clock.now()
        if closes > clock.now():
            await unit.schedule("cohort.close", cohort, closes, key=closes.isoformat())
            return cohort
        return await close_cohort(actor, cohort_id)


async def complete_learners(actor: Actor, match_id: UUID) -> None:
    """A match is over, or somebody left it. For those of its mentees, or of two peers, who had their time in this or
    another one the group is over too (glossary section 2, COMPLETED).

    Not while another match of theirs, a circle too, goes on or is still to be closed, and not where the next draw
    brings them together with somebody else. A circle that ran beside the pairs leaves whoever still looks for a mentor
    in line. Mentors stay: their place is free for somebody else. Twice is harmless.

    Raises:
        NotFound: no such match.
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("end this for somebody else"))
    async with unit_of_work(actor):
        match = await visible_match(actor, match_id)
        done = await had_their_time(actor, [one.enrollment_id for one in match.members if one.role not in LEADING])
        if not done or is_drawn(match.program):
            return
        await cohort_by_id(actor, match.cohort_id, lock=True)
        drafted = [await partner_enrollments(actor, one, [MatchState.DRAFT]) for one in done]
        locked = await lock_enrollments(actor, {*done, *chain.from_iterable(drafted)})
        for row in [locked[one] for one in sorted(await had_their_time(actor, done))]:
            going_on = await partner_enrollments(actor, row.id, OPEN_MATCHES | {MatchState.DURATION_COMPLETED})
            if row.state in TAKING_PART and not going_on:
                await matches.release_matches(actor, row.id, ClosureReason.DURATION)
                await programs.end_waiting(actor, [row.id])
                await _complete(actor, row)


async def _complete(actor: Actor, enrollment: Enrollment) -> None:
    if enrollment.state in TAKING_PART:
        await programs.end_enrollment(actor, enrollment.id, EnrollmentState.COMPLETED, act="cohort_end")
    else:
        await programs.end_enrollment(actor, enrollment.id, EnrollmentState.REMOVED)
