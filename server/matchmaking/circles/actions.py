"""What a manager changes about a circle by hand, with a reason: everybody else's draft stays byte for byte as it is."""

from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match, MatchOverride
from server.matches.rules import can_decide
from server.matches.states import MatchKind, MatchState, OverrideKind
from server.matchmaking.circles.queries import circle_of, with_newcomer
from server.programs.models import Enrollment
from server.programs.queries import enrollments

REASON_MAX = 500


async def move_into(actor: Actor, match_id: UUID, enrollment_id: UUID, reason: str) -> Match:
    """Put somebody into a circle: who waits, who leads none yet, or a member of another drafted circle, who leaves it.

    The rules of the programme hold for a manager too. A circle that somebody was moved into or out of is locked while
    it is a draft, so that no later run takes it apart.

    Raises:
        NotFound: no such circle or enrolment.
        Refused: the actor does not run the programme.
        Invalid: no reason was given.
        Conflict: a rule keeps them from this circle (`kind="rule"`), it is full, led already or over, they have no
            place, or somebody else came in or left meanwhile (`kind="stale"`).
    """
    words = _reason(reason)
    match, row = await _both(actor, match_id, enrollment_id)
    among = {one.enrollment_id for one in match_queries.in_order(match)}
    against, explanation = await with_newcomer(actor, match, row)
    if against:
        told = _("A rule of the programme keeps them from this circle. %(rule)s") % {"rule": against}
        raise Conflict(told, kind="rule")
    async with unit_of_work(actor):
        held = await circle_of(actor, row)
        if held is not None and held.id != match.id and held.state is MatchState.DRAFT:
            await matches.take_out(actor, held.id, row.id)
            await _noted(actor, held, row, words)
        moved = await matches.put_in(actor, match.id, row.id, among=among, explanation=explanation)
        await _noted(actor, moved, row, words)
        return moved


async def take_out_of(actor: Actor, match_id: UUID, enrollment_id: UUID, reason: str) -> Match:
    """Take somebody out of a circle; they wait for the next run. Twice is harmless.

    Raises:
        NotFound: no such circle or enrolment.
        Refused: the actor does not run the programme.
        Invalid: no reason was given.
        Conflict: the circle is over.
    """
    words = _reason(reason)
    match, row = await _both(actor, match_id, enrollment_id)
    async with unit_of_work(actor):
        left = await matches.take_out(actor, match.id, row.id)
        await _noted(actor, left, row, words)
        return left


def _reason(reason: str) -> str:
    words = clean(reason)[:REASON_MAX]
    if not words:
        raise Invalid({"reason": _("Say in a few words why. The reason stays with the programme's staff.")})
    return words


async def _both(actor: Actor, match_id: UUID, enrollment_id: UUID) -> tuple[Match, Enrollment]:
    match = await match_queries.visible_match(actor, match_id)
    found = enrollments(actor).filter(id=enrollment_id, cohort_id=match.cohort_id)
    row = await found.select_related("person", "program", "cohort").first()
    if row is None or match.kind is not MatchKind.CIRCLE:
        raise NotFound
    require(can_decide(actor, match), _("change this circle"))
    return match, row


async def _noted(actor: Actor, match: Match, row: Enrollment, words: str) -> None:
    """Keep the reason, and a drafted circle of people through later runs. Both override rows name two of the circle."""
    there = match_queries.in_order(match)
    first = next((one.enrollment_id for one in there if one.enrollment_id != row.id), row.id)
    await MatchOverride.create(
        organization_id=actor.organization_id, cohort_id=match.cohort_id, match_id=match.id,
        mentor_enrollment_id=first, mentee_enrollment_id=row.id, kind=OverrideKind.PIN, reason=words,
        decided_by=actor.id,
    )
    if match.state is MatchState.DRAFT and len(there) > 1:
        await matches.lock_pair(actor, match.id)
