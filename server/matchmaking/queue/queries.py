"""Who waits in a group and in what order, and what a preview would put into the queue."""

from server.kernel.actor import Actor
from server.matches import queries as matches
from server.matches.actions import Draft
from server.matchmaking import queries
from server.matchmaking.learned.evidence import evidence_then
from server.matchmaking.models import MatchRun
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState


async def someone_is_needed(actor: Actor, mentee: Enrollment) -> bool:
    """Whether a mentee takes part and has neither an open match nor a draft."""
    placed = await matches.placed_seats(actor, mentee.cohort_id)
    return mentee.state is EnrollmentState.ACTIVE and not placed[mentee.id]


async def drafts_of(actor: Actor, run: MatchRun, bans: frozenset[tuple[str, str]]) -> list[Draft]:
    """The pairs that a visible run chose, as drafts, without those that are forbidden by now."""
    return [
        Draft(
            one.mentor_enrollment_id, one.mentee_enrollment_id, round(one.fit), one.confidence, one.factors, evidence
        )
        for one in await queries.suggestions(actor, run).filter(chosen=True)
        if (str(one.mentor_enrollment_id), str(one.mentee_enrollment_id)) not in bans
        and (evidence := evidence_then(run, one))
    ]
