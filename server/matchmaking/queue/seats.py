"""Whom a run found a seat for in a circle that stands; a manager puts them in."""

from uuid import UUID

from server.kernel.actor import Actor
from server.matches import queries as matches
from server.matches.circles.steps import MOST
from server.matches.models import Match
from server.matches.states import MatchKind
from server.matchmaking.circles.queries import WITH_ROOM, by_name
from server.matchmaking.queries import latest_run
from server.programs.models import Enrollment
from server.programs.queries import enrollments_in
from server.programs.states import EnrollmentState, ParticipantRole


async def seats_found(actor: Actor, match: Match) -> list[Enrollment]:
    """Whom the last run of the group found a seat for in a circle, as long as they sit in none and it has one."""
    run = await latest_run(actor, match.cohort_id)
    waited = run.result.get("circles", {}).get("waitlist", []) if run else []
    named = {UUID(one["enrollment_id"]) for one in waited if one.get("match") == str(match.id)}
    if not named or match.state not in WITH_ROOM or len(matches.learners(match)) >= MOST:
        return []
    rows = await enrollments_in(
        actor, match.cohort_id, role=ParticipantRole.MENTEE, states=[EnrollmentState.ACTIVE]
    )
    placed = await matches.placed_seats(actor, match.cohort_id, MatchKind.CIRCLE)
    return by_name(row for row in rows if row.id in named and not placed[row.id])
