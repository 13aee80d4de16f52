"""A manager's word: drafts approved, with time to undo, and matches that need a last word."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matches import days, queries, rules
from server.matches.circles import steps as circles
from server.matches.models import Match, MatchMember
from server.matches.states import (
    AWAITING,
    OPEN_MATCHES,
    RUNNING,
    Approval,
    MatchKind,
    MatchState,
)
from server.matches.steps import (
    ANNOUNCED,
    UNDO_ONE,
    ask_many_by,
    close,
    met_already,
    next_state,
    require_free,
    start,
    start_many,
    tell_many,
    who_answers,
    withdraw_facts,
)

UNDO_MANY = timedelta(minutes=10)
"""How long approvals of many can be taken back; nobody is told before (decision 6 of the design)."""
WRITTEN = ["state", "published_at", "held_back", "answer_by", "active_at", "ends_on"]
"""What an approval changes of a match."""


async def publish_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = UNDO_ONE) -> Match:
    """Approve a draft: its people are asked, once the approval can no longer be undone. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it is no draft any more, somebody left, or a seat is gone (`kind="seat_taken"`).
    """
    async with unit_of_work(actor) as unit:
        published, refused = await _publish(unit, [match_id], undo_within)
        for refusal in refused.values():
            raise refusal
        return published[0]


async def publish_matches(actor: Actor, match_ids: Iterable[UUID]) -> tuple[list[Match], list[UUID]]:
    """Approve many drafts, with ten minutes to undo. Returns what was approved, and the ids that no longer fit.

    Raises:
        NotFound, Refused: one is not of a programme that the actor runs; then none is approved.
    """
    async with unit_of_work(actor) as unit:
        published, refused = await _publish(unit, match_ids, UNDO_MANY)
        return published, list(refused)


@dataclass(frozen=True)
class _Standing:
    """Open matches around some drafts: how many seats of each kind people have taken, and who of a cohort is in one
    together. What is approved is counted at once, for the next draft."""

    taken: dict[MatchKind, Counter[UUID]]
    together: set[tuple[UUID, frozenset[UUID]]]

    def require_room(self, match: Match) -> None:
        """Refuse a draft whose people have no seat, or meet in another match."""
        if queries.is_circle(match):
            circles.require_whole(match)
        require_free(match, self.taken[match.kind])
        if self.together & self.two(match):
            raise met_already(match)

    def count(self, match: Match) -> None:
        """Take the seats of a match that is open now."""
        self.taken[match.kind].update(one.enrollment_id for one in queries.in_order(match))
        self.together.update(self.two(match))

    def two(self, match: Match) -> set[tuple[UUID, frozenset[UUID]]]:
        """Any two people of a match, with its cohort."""
        return {(match.cohort_id, frozenset((one.person_id, other.person_id))) for one, other in queries.pairs(match)}


async def _publish(
    unit: Unit, match_ids: Iterable[UUID], hold: timedelta
) -> tuple[list[Match], dict[UUID, Conflict]]:
    """Approve drafts in the order of their ids, in a few statements for all of them: those that are approved now or
    were before, and why others cannot be."""
    found, refused = await _locked(unit.actor, match_ids), dict[UUID, Conflict]()
    drafts = [match for match in found if match.state is MatchState.DRAFT]
    standing, fresh = await _standing(unit.actor, drafts), list[Match]()
    for match in found:
        require(rules.can_decide(unit.actor, match), _("approve this match"))
        if match.state in AWAITING | RUNNING:
            continue
        try:
            if match.state is not MatchState.DRAFT:
                raise Conflict(_("This match is no draft any more."))
            standing.require_room(match)
        except Conflict as refusal:
            refused[match.id] = refusal
            continue
        standing.count(match)
        fresh.append(match)
    await _approve(unit, fresh, hold)
    return [match for match in found if match.id not in refused], refused


async def _locked(actor: Actor, match_ids: Iterable[UUID]) -> list[Match]:
    """Some matches as `queries.visible_match` gives and locks one, by id.

    Raises:
        NotFound: one of them is not the actor's to see.
    """
    ids = sorted(set(match_ids))
    await queries.lock_members(actor, ids)
    rows = queries.matches(actor).filter(id__in=ids).order_by("id").select_for_update(no_key=True)
    found = await rows.prefetch_related("members__person", "members__enrollment", "program", "cohort")
    if len(found) != len(ids) or not all(rules.can_see(actor, match) for match in found):
        raise NotFound
    return found


async def _standing(actor: Actor, drafts: Sequence[Match]) -> _Standing:
    """The open matches of everybody in some drafts."""
    there = [member for match in drafts for member in queries.in_order(match)]
    seats = {
        kind: Counter(await queries.seats_taken(actor, {member.enrollment_id for member in there}, kind))
        for kind in {match.kind for match in drafts}
    }
    standing = _Standing(seats, set())
    others = queries.matches(actor).filter(
        cohort_id__in=list({match.cohort_id for match in drafts}), state__in=list(OPEN_MATCHES),
        members__person_id__in=list({member.person_id for member in there}), members__left_at=None,
    ).distinct()
    for other in await others.prefetch_related("members") if drafts else ():
        standing.together.update(standing.two(other))
    return standing


async def _approve(unit: Unit, fresh: Sequence[Match], hold: timedelta) -> None:
    """Ask the people of drafts that can be approved, or begin where nobody is asked."""
    if not fresh:
        return
    for match in fresh:
        who_answers(match)
        match.held_back, match.state, soonest = False, next_state(match), clock.now() + hold
        match.published_at = max(days.announced_at(match) or soonest, soonest)
    members = [member for match in fresh for member in match.members]
    await MatchMember.bulk_update(members, ["approval"], batch_size=500)
    for state in sorted({match.state for match in fresh}):
        await unit.audit_many("match.publish", [match for match in fresh if match.state is state], now=state)
    running = [match for match in fresh if match.state in RUNNING]
    await tell_many(unit, [match for match in fresh if match not in running], "published", hold=hold)
    for until, told in days.held(running, hold):
        await tell_many(unit, told, "published", hold=until)
    if running:
        await start_many(unit, running, hold=hold)
    await ask_many_by(unit, {
        match: match.published_at for match in fresh if match.state not in RUNNING and match.published_at
    })
    await Match.bulk_update(fresh, WRITTEN, batch_size=500)


async def undo_publish(actor: Actor, match_ids: Iterable[UUID]) -> list[Match]:
    """Take approvals back while nobody was told. What is past that moment stays approved.

    Returns the matches that are drafts again.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
    """
    undone: list[Match] = []
    async with unit_of_work(actor) as unit:
        for match_id in sorted(match_ids):
            match = await queries.visible_match(actor, match_id, lock=True)
            require(rules.can_decide(actor, match), _("take this approval back"))
            if match.state not in AWAITING | RUNNING or rules.is_announced(match):
                continue  # over meanwhile, because somebody left, or too late
            if not await withdraw_facts(unit, match, *ANNOUNCED) and match.state is not MatchState.AWAITING_ADMIN:
                continue  # told; who runs the programme may know of one that waits for their word
            await unit.unschedule(match.id, reason="undone")
            for member in queries.in_order(match):
                if queries.is_circle(match) and member.approval is Approval.ACCEPTED:
                    continue  # said yes before, when somebody else was to lead it
                member.approval = Approval.PENDING
                await member.save(update_fields=["approval"])
            match.state, match.published_at, match.answer_by, match.active_at = MatchState.DRAFT, None, None, None
            match.ends_on = None
            await match.save()
            await unit.audit("match.undo_publish", match)
            undone.append(match)
    return undone


async def approve_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = timedelta()) -> Match:
    """The manager's yes after the participants' (`admin_approves`). Twice is harmless.

    Nobody is told for `undo_within`; until then `undo_approve` takes it back.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it does not wait for a manager.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("approve this match"))
        if match.state in RUNNING:
            return match
        if match.state is not MatchState.AWAITING_ADMIN:
            raise Conflict(_("This match does not wait for you."))
        was, match.state = match.state, MatchState.ACTIVE
        await unit.audit("match.admin_approve", match)
        await start(unit, match, hold=undo_within, was=was)
        await match.save()
        return match


async def cancel_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = timedelta()) -> Match:
    """Whoever asked, or the manager, takes a request back. Twice is harmless. Who was not told of it never is.

    A request that nobody had to agree to began at once; whoever asked takes it back while nobody was told.
    Who was told of it hears of its end after `undo_within`; until then `undo_change` takes it back.

    Raises:
        NotFound: not visible to the actor.
        Refused: seen, but the actor neither asked for it nor runs the programme.
        Conflict: it runs already, or is closed.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_take_back(actor, match), _("take this match back"))
        if match.state is MatchState.CANCELLED:
            return match
        one_sided = not any(one.answered_at for one in match.members if not rules.is_requester(match, one.person_id))
        began_untold = one_sided and match.state is MatchState.ACTIVE and await withdraw_facts(unit, match, "activated")
        if match.state not in AWAITING and not began_untold:
            raise Conflict(_("Only a waiting match can be taken back."))
        never_told = await withdraw_facts(unit, match, "published")
        return await close(
            unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="taken_back", by_id=actor.person_id,
            hold=timedelta() if never_told or began_untold else undo_within,
        )
