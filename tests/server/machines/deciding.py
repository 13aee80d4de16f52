"""What managers decide before anybody is asked, by number: drafts, locks, who is held back or kept apart; and what must
hold of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.matches import actions
from server.matches.models import Match, MatchMember, MatchOverride
from server.matches.queries import pairs
from server.matches.states import OPEN_MATCHES, MatchState, OverrideKind
from server.matches.steps import UNDO_ONE
from server.programs.models import Program
from tests.server.machines.record import Record

if TYPE_CHECKING:
    from tests.server.machines.world import Act, Numbers, World


async def _draft(world: World, numbers: Numbers) -> object:
    """A draft in the queue, of which nobody hears yet."""
    manager, mentor, mentee = await world.two(numbers)
    return await actions.suggest_match(manager, mentor.id, mentee.id)


def _of_a_draft(act: Callable[[Actor, UUID], Awaitable[object]]) -> Act:
    async def done(world: World, numbers: Numbers) -> object:
        known = Match.filter(organization_id=world.organization_id, state=MatchState.DRAFT).order_by("-id")
        drafts = await known.limit(6)
        if not drafts:
            raise NotFound
        draft = drafts[numbers[0] % len(drafts)]
        return await act(await world.manager(await Program.get(id=draft.program_id)), draft.id)

    return done


async def _approve_all(world: World, numbers: Numbers) -> object:
    """Every draft of a group that is not held back."""
    cohort = await world.cohort(numbers[0])
    drafts = Match.filter(cohort_id=cohort.id, state=MatchState.DRAFT, held_back=False).values_list("id", flat=True)
    return await actions.publish_matches(await world.manager(cohort.program), list(await drafts))


async def _keep_apart(world: World, numbers: Numbers) -> object:
    manager, mentor, mentee = await world.two(numbers)
    return await actions.ban_pair(manager, mentee.id, mentor.id, reason="They share a flat.")


def _of_a_ban(act: Callable[[Actor, UUID], Awaitable[object]]) -> Act:
    async def done(world: World, numbers: Numbers) -> object:
        bans = MatchOverride.filter(organization_id=world.organization_id, kind=OverrideKind.BAN)
        ban = await bans.order_by("-id").first()
        if ban is None:
            raise NotFound
        program = await Program.filter(cohorts__id=ban.cohort_id).first()
        assert program is not None
        return await act(await world.manager(program), ban.id)

    return done


ON_ONE: dict[str, Act] = {
    "lock": _of_a_draft(actions.lock_pair), "unlock": _of_a_draft(actions.unlock_pair),
    "hold back": _of_a_draft(partial(actions.hold_back, held=True)),
    "let in": _of_a_draft(partial(actions.hold_back, held=False)),
    "throw away": _of_a_draft(partial(actions.discard_match, undo_within=UNDO_ONE)),
}
"""Decisions about one draft, which leave every other match byte for byte as it is (F9)."""
DECISIONS: dict[str, Act] = {
    **ON_ONE, "draft": _draft, "approve one": _of_a_draft(actions.publish_match), "approve all": _approve_all,
    "keep apart": _keep_apart, "undo apart": _of_a_ban(actions.undo_ban), "lift apart": _of_a_ban(actions.lift_ban),
}


async def stored(organization_id: UUID) -> dict[UUID, list[object]]:
    """Every match with its members, as the rows are."""
    found: dict[UUID, list[object]] = {
        row["id"]: [row] for row in await Match.filter(organization_id=organization_id).values()
    }
    for row in await MatchMember.filter(organization_id=organization_id).order_by("id").values():
        found[row["match_id"]].append(row)
    return found


def check(record: Record) -> None:
    """Everything that must hold."""
    standing = [one for one in record.decisions if one.lifted_at is None]
    locks = Counter(one.match_id for one in standing if one.kind is OverrideKind.LOCK)
    assert set(locks.values()) <= {1}, "a draft is locked twice"
    bans = {
        frozenset((one.mentor_enrollment_id, one.mentee_enrollment_id))
        for one in standing if one.kind is OverrideKind.BAN
    }
    for match in record.matches:
        two = {frozenset((one.enrollment_id, other.enrollment_id)) for one, other in pairs(match)}
        stands = match.state in OPEN_MATCHES | {MatchState.DRAFT}
        assert not (stands and two & bans), "two who are kept apart are a match"
        assert not match.held_back or match.state not in OPEN_MATCHES, "held back, and people were asked"
