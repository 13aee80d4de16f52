"""Two people of a group whom whoever runs the programme keeps apart, for good or until it is lifted."""

from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.facts import OutboxEvent
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.matches import queries
from server.matches.actions.drafting import PAIRED, discard_match
from server.matches.actions.undoing import undo_change
from server.matches.models import Match, MatchOverride
from server.matches.states import MatchKind, OverrideKind
from server.matches.steps import UNDO_ONE
from server.programs.models import Enrollment
from server.programs.queries import cohort_by_id, visible_enrollment
from server.programs.states import ParticipantRole
from server.programs.steps import withdraw

REASON_LETTERS = 500


async def ban_pair(
    actor: Actor, one_id: UUID, other_id: UUID, *, reason: str, undo_within: timedelta = UNDO_ONE
) -> MatchOverride:
    """Never bring two enrolments of a group together, in whatever order they are named. Twice is harmless.

    Their drafts go at once; once it can no longer be undone, each who is left of a pair gets the next best, and a
    circle waits for the next run. Every other draft stays byte for byte as it is. `reason` is read by the programme's
    staff alone; `undo_ban` takes it back.

    Raises:
        Invalid: no reason, or one longer than REASON_LETTERS.
        NotFound: one of the two is not here, or nobody whom the actor may see.
        Refused: the actor does not run the programme.
        Conflict: they are no two who could be a match, or have one that is open (`kind="open"`).
    """
    problems: dict[str, str] = {}
    words = typed(
        problems, "reason", reason, at_most=REASON_LETTERS,
        needed=_("Say in a few words why. The reason stays with the programme’s staff."),
    )
    check(problems)
    async with unit_of_work(actor) as unit:
        mentor, mentee = await _locked(actor, one_id, other_id)
        known = await queries.ban_of(actor, mentor.id, mentee.id)
        if known is not None:
            return known
        if await queries.open_match_of(actor, mentor.id, mentee.id):
            raise Conflict(_("These two have a match. End it first, then keep them apart."), kind="open")
        ban = await MatchOverride.create(
            organization_id=actor.organization_id, cohort_id=mentor.cohort_id, mentor_enrollment_id=mentor.id,
            mentee_enrollment_id=mentee.id, kind=OverrideKind.BAN, reason=words, decided_by=actor.id,
        )
        drafts = await queries.drafts_between(actor, mentor.id, mentee.id)
        for draft in drafts:
            await discard_match(actor, draft.id, reason="banned", undo_within=undo_within)
        await unit.audit("match.ban", ban, drafts=len(drafts))
        await _tell(unit, ban, drafts, undo_within)
        return ban


async def undo_ban(actor: Actor, ban_id: UUID) -> bool:
    """Take a ban back as if it had never been: the drafts that went with it stand again. False when it is too late,
    or it was lifted.

    Raises:
        NotFound: no such ban, or of a programme whose matches the actor may not read.
        Refused: the actor does not run the programme.
    """
    async with unit_of_work(actor) as unit:
        ban = await _locked_ban(actor, ban_id, _("take this back"))
        untold = OutboxEvent.filter(
            organization_id=actor.organization_id, subject_id=ban.id, kind="match.banned", delivered_at=None,
            withdrawn_at=None, not_before__gt=clock.now(),
        )
        fact = await untold.first()
        if ban.lifted_at is not None or fact is None or not await withdraw(fact):
            return False
        await _lift(actor, ban)
        for draft_id in fact.payload["drafts"]:
            await undo_change(actor, UUID(draft_id))
        await unit.audit("match.undo_ban", ban)
        return True


async def lift_ban(actor: Actor, ban_id: UUID) -> MatchOverride:
    """Let two people be brought together again, by the next run or by hand. It stays on record. Twice is harmless.

    Raises:
        NotFound: no such ban, or of a programme whose matches the actor may not read.
        Refused: the actor does not run the programme.
    """
    async with unit_of_work(actor) as unit:
        ban = await _locked_ban(actor, ban_id, _("lift this"))
        if ban.lifted_at is not None:
            return ban
        await _lift(actor, ban)
        await unit.audit("match.lift_ban", ban)
        await unit.publish("match.ban_lifted", subject_id=ban.id, cohort_id=ban.cohort_id)
        return ban


async def _locked(actor: Actor, one_id: UUID, other_id: UUID) -> tuple[Enrollment, Enrollment]:
    """The two, mentor first, with their group and their rows locked: no run and no draft comes in between."""
    one, other = await visible_enrollment(actor, one_id), await visible_enrollment(actor, other_id)
    require(actor.may(Permission.PROGRAM_MATCHES_DECIDE, one.program_id), _("keep two people apart"))
    first, second = sorted((one, other), key=lambda row: row.role is not ParticipantRole.MENTOR)
    could_be = (
        one.cohort_id == other.cohort_id and one.person_id != other.person_id and (first.role, second.role) in PAIRED
    )
    if not could_be:
        raise Conflict(_("Choose two people of one group who could be a match."))
    await cohort_by_id(actor, one.cohort_id, lock=True)
    await queries.lock_enrollments(actor, {one.id, other.id})
    return first, second


async def _locked_ban(actor: Actor, ban_id: UUID, act: str) -> MatchOverride:
    ban = await queries.decisions(actor).filter(id=ban_id, kind=OverrideKind.BAN).select_for_update(no_key=True).first()
    if ban is None:
        raise NotFound
    cohort = await cohort_by_id(actor, ban.cohort_id)
    require(actor.may(Permission.PROGRAM_MATCHES_DECIDE, cohort.program_id), act)
    return ban


async def _lift(actor: Actor, ban: MatchOverride) -> None:
    ban.lifted_at, ban.lifted_by = clock.now(), actor.id
    await ban.save(update_fields=["lifted_at", "lifted_by"])


async def _tell(unit: Unit, ban: MatchOverride, drafts: list[Match], hold: timedelta) -> None:
    pairs = [draft for draft in drafts if draft.kind is MatchKind.PAIR]
    left = {member.enrollment_id for draft in pairs for member in queries.learners(draft)}
    await unit.publish(
        "match.banned", subject_id=ban.id, hold=hold, cohort_id=ban.cohort_id, drafts=[draft.id for draft in drafts],
        left=sorted(left),
    )
