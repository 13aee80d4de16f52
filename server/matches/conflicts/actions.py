"""Declaring that two people have a conflict of interest, and lifting it."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.matches import queries as matches
from server.matches.actions.banning import REASON_LETTERS
from server.matches.conflicts import queries
from server.matches.models import ConflictOfInterest
from server.matches.states import OPEN_MATCHES
from server.programs.queries import enrollments


async def declare_conflict(actor: Actor, one_id: UUID, other_id: UUID, *, reason: str) -> ConflictOfInterest:
    """Never bring two people together in any programme of the organisation. Twice is harmless.

    What was only suggested stays a draft that nobody can approve. `reason` is read by who runs a programme of both,
    never by the two.

    Raises:
        Invalid: no reason, or one longer than REASON_LETTERS.
        NotFound: one of the two takes part in no programme whose matches the actor decides about, or is the actor.
        Conflict: they are one person, or have a match there that is open (`kind="open"`).
    """
    problems: dict[str, str] = {}
    words = typed(
        problems, "reason", reason, at_most=REASON_LETTERS,
        needed=_("Say in a few words why. The two never read it."),
    )
    check(problems)
    one, other = sorted((one_id, other_id))
    async with unit_of_work(actor) as unit:
        if await queries.may_decide_about(actor, {one, other}) != {one, other}:
            raise NotFound
        if one == other:
            raise Conflict(_("Choose two different people."), kind="same")
        await _lock(actor, one, other)
        known = await queries.conflict_between(actor, one, other)
        if known is not None:
            return known
        await _require_no_match(actor, one, other)
        declared = await ConflictOfInterest.create(
            organization_id=actor.organization_id, one_id=one, other_id=other, reason=words, declared_by=actor.id,
        )
        await unit.audit("conflict.declare", declared)
        return declared


async def lift_conflict(actor: Actor, conflict_id: UUID) -> ConflictOfInterest:
    """Let two people be brought together again. It stays on record. Twice is harmless.

    Raises:
        NotFound: no such conflict, or of somebody about whom the actor may not decide.
    """
    async with unit_of_work(actor) as unit:
        declared = await queries.visible_conflict(actor, conflict_id, lock=True)
        if declared.lifted_at is None:
            declared.lifted_at, declared.lifted_by = clock.now(), actor.id
            await declared.save(update_fields=["lifted_at", "lifted_by"])
            await unit.audit("conflict.lift", declared)
        return declared


async def _lock(actor: Actor, one_id: UUID, other_id: UUID) -> None:
    """Every enrolment of the two: an approval that is under way comes before this, or sees it."""
    theirs = enrollments(actor).filter(person_id__in=[one_id, other_id])
    await matches.lock_enrollments(actor, {row["id"] for row in await theirs.values("id")})


async def _require_no_match(actor: Actor, one_id: UUID, other_id: UUID) -> None:
    """A match of the two that the actor may see goes on or is asked for: it is ended first, knowingly."""
    own = matches.reviewable_matches(actor).filter(
        members__person_id=one_id, members__left_at=None, state__in=list(OPEN_MATCHES)
    )
    for match in await own.prefetch_related("members"):
        if other_id in {member.person_id for member in matches.in_order(match)}:
            raise Conflict(_("These two have a match. End it first, then declare this."), kind="open")
