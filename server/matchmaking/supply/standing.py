"""How a programme's newest group stands: who is there on both sides, and whether there are places enough. Counted, not
planned: what would close a gap is worked out in `queries.places`."""

from dataclasses import dataclass

from server.kernel.actor import Actor
from server.matchmaking.supply.queries import has_places
from server.programs.models import Cohort, Program
from server.programs.queries import count_by_state, current_cohort, supply
from server.programs.states import EnrollmentState, ParticipantRole


@dataclass(frozen=True, slots=True)
class Standing:
    """The people of a group by their role, how many more are invited, and the places that its mentors offer."""

    cohort: Cohort
    mentors: int
    mentees: int
    invited_mentors: int
    invited_mentees: int
    places: int

    @property
    def short(self) -> int:
        """How many more mentees than places there are."""
        return max(0, self.mentees - self.places)


async def standing_of(actor: Actor, program: Program) -> Standing | None:
    """How the newest open group of a programme stands; None where there is none, or nobody has places. The caller knows
    why the actor may see it."""
    cohort = await current_cohort(actor, program.id)
    if cohort is None or not has_places(program):
        return None
    counts, there = await count_by_state(actor, cohort.id), await supply(actor, cohort.id)
    mentor, mentee = ParticipantRole.MENTOR, ParticipantRole.MENTEE
    return Standing(
        cohort, counts.get((mentor, EnrollmentState.ACTIVE), 0), there.mentees,
        counts.get((mentor, EnrollmentState.INVITED), 0), counts.get((mentee, EnrollmentState.INVITED), 0), there.seats,
    )
