"""What one mentee may know of the matching, and what a preview would put into the queue."""

from dataclasses import dataclass
from itertools import permutations
from uuid import UUID

from server.kernel.actor import Actor, Permission, system_actor
from server.matches import queries as matches
from server.matches.actions import Draft
from server.matches.rules import main_kind
from server.matchmaking import queries
from server.matchmaking.engine import WaitCode
from server.matchmaking.engine.living.advice import Advice
from server.matchmaking.learned.evidence import evidence_then
from server.matchmaking.models import MatchRun
from server.matchmaking.runs.telling import Unmet, advice_of, unmet_of
from server.programs import queries as programs
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole


@dataclass(frozen=True)
class Wish:
    """A mentor whom a mentee asked for and did not get, and why."""

    mentee: Enrollment
    mentor: Enrollment
    why: Unmet


@dataclass(frozen=True)
class Explained:
    """What the last run says to one mentee. `place` in line, from 1, while they wait; `code` why; mentors they asked
    for and did not get, by name; and what they could truthfully add."""

    place: int | None
    code: WaitCode | None
    unmet: list[Wish]
    advice: list[Advice]


async def explanation(actor: Actor, enrollment_id: UUID) -> Explained:
    """What the last run of the group says to a mentee: to themselves, and to whoever runs the programme.

    Raises:
        NotFound: no enrolment that the actor may see.
    """
    return await explanation_of(actor, await programs.visible_enrollment(actor, enrollment_id))


async def explanation_of(actor: Actor, row: Enrollment) -> Explained:
    """The same of an enrolment that the actor may see. While there is a draft for them that nobody approved, a mentee
    hears nothing."""
    reader = system_actor(actor.organization_id)
    latest = await queries.latest_run(reader, row.cohort_id)
    if latest is None or row.role is not ParticipantRole.MENTEE:
        return Explained(None, None, [], [])
    waits = next((one for one in await queries.line(reader, row.cohort_id) if one.enrollment.id == row.id), None)
    may_know = waits or actor.may(Permission.PROGRAM_MATCHES_READ, row.program_id) or await _has_match(reader, row)
    unmet = await unmet_wishes(reader, await queries.run_listing(reader, row) or latest, row.id) if may_know else []
    if waits is None:
        return Explained(None, None, unmet, [])
    return Explained(waits.position, waits.code, unmet, advice_of(latest.result, row.id))


async def _has_match(actor: Actor, row: Enrollment) -> bool:
    return bool(await matches.seats_taken(actor, [row.id], main_kind(row.program)))


async def unmet_wishes(
    actor: Actor, run: MatchRun, mentee_id: UUID | None = None, limit: int | None = None
) -> list[Wish]:
    """Wishes that a visible run did not meet, of people who are still here."""
    found = unmet_of(run.result, mentee_id)[:limit]
    named = {two for one in found for two in (one.mentor, one.mentee)}
    asked = programs.enrollments(actor).filter(id__in=list(named)).select_related("person")
    known = {row.id: row for row in await asked} if found else {}
    return [Wish(known[one.mentee], known[one.mentor], one) for one in found if {one.mentor, one.mentee} <= set(known)]


async def someone_is_needed(actor: Actor, mentee: Enrollment) -> bool:
    """Whether a mentee takes part, has neither an open match nor a draft, and had their time with nobody."""
    cared_for = await queries.cared_for(actor, mentee.cohort_id)
    return mentee.state is EnrollmentState.ACTIVE and mentee.id not in cared_for


async def drafts_of(actor: Actor, run: MatchRun, bans: frozenset[tuple[str, str]]) -> list[Draft]:
    """The pairs that a visible run chose, as drafts, without those that are forbidden by now."""
    return [
        Draft(
            one.mentor_enrollment_id, one.mentee_enrollment_id, round(one.fit), one.confidence, one.factors, evidence
        )
        for one in await queries.suggestions(actor, run).filter(chosen=True)
        if bans.isdisjoint(permutations((str(one.mentor_enrollment_id), str(one.mentee_enrollment_id))))
        and (evidence := evidence_then(run, one))
    ]
