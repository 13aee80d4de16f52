"""A programme with its groups and what can be done next, in a fixed number of statements."""

from dataclasses import dataclass
from uuid import UUID

from tortoise.functions import Count

from server.journey.reviewing.queries import managed_programs
from server.kernel.actor import Actor, require
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.programs.models import Cohort, Program
from server.programs.queries import cohorts_of, enrollments
from server.programs.rules import can_edit_program
from server.programs.states import (
    OPEN_ENROLLMENTS,
    OVER_PROGRAMS,
    TAKING_PART,
    EnrollmentState,
    ProgramState,
    phase_after,
)


@dataclass(frozen=True, slots=True)
class Group:
    """A cohort, how many take part in it, how many are on their way in, and its next state."""

    cohort: Cohort
    taking_part: int
    coming: int
    next: ProgramState | None


@dataclass(frozen=True, slots=True)
class ProgramPage:
    """A programme, its groups with the newest first, and its next state."""

    program: Program
    groups: list[Group]
    next: ProgramState | None

    @property
    def taking_part(self) -> int:
        """How many take part in all groups."""
        return sum(group.taking_part for group in self.groups)

    @property
    def is_held(self) -> bool:
        """Whether its next step waits for its groups."""
        is_open = any(group.cohort.state not in OVER_PROGRAMS for group in self.groups)
        return self.next is ProgramState.CLOSED and is_open


async def program_page(actor: Actor, program_id: UUID) -> ProgramPage:
    """One programme with its groups.

    Raises:
        NotFound: the actor runs no programme, or not this one.
        Refused: the actor reads it, but may not change it.
    """
    program = next((one for one in await managed_programs(actor) if one.id == program_id), None)
    if program is None:
        raise NotFound
    require(can_edit_program(actor, program.id), _("change this programme"))
    counts = await _counts(actor, program.id)
    groups = [_group(cohort, counts) for cohort in await cohorts_of(actor, [program.id])]
    return ProgramPage(program, groups, phase_after(program.state, program.cadence))


def _group(cohort: Cohort, counts: dict[tuple[UUID, EnrollmentState], int]) -> Group:
    def count(states: frozenset[EnrollmentState]) -> int:
        return sum(counts.get((cohort.id, state), 0) for state in states)

    after = phase_after(cohort.state, cohort.program.cadence)
    return Group(cohort, count(TAKING_PART), count(OPEN_ENROLLMENTS - TAKING_PART), after)


async def _counts(actor: Actor, program_id: UUID) -> dict[tuple[UUID, EnrollmentState], int]:
    rows = await (
        enrollments(actor).filter(program_id=program_id).annotate(n=Count("id")).group_by("cohort_id", "state")
        .values_list("cohort_id", "state", "n")
    )
    return {(cohort_id, EnrollmentState(state)): int(count) for cohort_id, state, count in rows}
