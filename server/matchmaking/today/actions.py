"""Telling people of each other, once the hard rules of the programme were asked again on today's facts.

A rule is broken by nobody, whoever asks: what breaks one by now stays a draft, held back, until the facts are others.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from server.kernel.actor import Actor, require, system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match
from server.matches.rules import can_decide, member_of
from server.matches.states import AWAITING_PARTICIPANTS, RUNNING, MatchKind, MatchState
from server.matches.steps import UNDO_ONE
from server.matchmaking.circles.queries import rule_on_joining
from server.matchmaking.engine.constraints import RuleCode
from server.matchmaking.today.queries import ALREADY_ASKED, Bar, bars_of
from server.programs.training.queries import untrained


@dataclass(frozen=True, slots=True)
class Published:
    """What became of drafts that were to be approved: `stale` no longer fit, `held` are held back by a rule."""

    approved: list[Match]
    stale: list[UUID]
    held: Mapping[UUID, Bar] = field(default_factory=dict)


async def publish_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = UNDO_ONE) -> Match:
    """`matches.actions.publish_match` for a draft that breaks no hard rule today. One that does is held back.

    Raises:
        NotFound, Refused, Conflict: as there; Conflict too where a rule keeps them apart by now (`kind="rule"`).
    """
    async with unit_of_work(actor):
        bars = await _hold_back_barred(actor, [match_id])
        if not bars:
            return await matches.publish_match(actor, match_id, undo_within=undo_within)
    raise Conflict(_("It is held back: %(why)s") % {"why": _against(bars[match_id])}, kind="rule")


async def publish_matches(actor: Actor, match_ids: Iterable[UUID]) -> Published:
    """Approve many drafts, with ten minutes to undo. What breaks a hard rule today is held back, the others go.

    Raises:
        NotFound, Refused: one is not of a programme that the actor runs; then none is approved.
    """
    ids = set(match_ids)
    async with unit_of_work(actor):
        bars = await _hold_back_barred(actor, ids)
        approved, stale = await matches.publish_matches(actor, ids - bars.keys())
        return Published(approved, stale, bars)


async def approve_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = UNDO_ONE) -> Match:
    """`matches.actions.approve_match` for two who break no hard rule today.

    Raises:
        NotFound, Refused, Conflict: as there; Conflict too where a rule keeps them apart by now (`kind="rule"`).
    """
    async with unit_of_work(actor):
        bars = await _locked_bars(actor, [match_id], [MatchState.AWAITING_ADMIN], but=ALREADY_ASKED)
        if bars:
            match = await match_queries.visible_match(actor, match_id)
            require(can_decide(actor, match), _("approve this match"))
            raise Conflict(_against(bars[match_id]), kind="rule")
        return await matches.approve_match(actor, match_id, undo_within=undo_within)


async def accept_match(actor: Actor, match_id: UUID, *, undo_within: timedelta = timedelta()) -> Match:
    """`matches.actions.accept_match` for people whom no hard rule keeps apart today.

    Where one does by now, the match goes back to whoever runs the programme: it comes back as `is_parted` says, and the
    caller tells the person kindly. Training that one of them has to finish first sends nothing back.

    Raises:
        NotFound, Conflict: as there; Conflict too while one of them has training to finish (`kind="training"`).
    """
    async with unit_of_work(actor):
        code = await _rule_before_a_yes(actor, match_id)
        if code is RuleCode.TRAINING:
            raise Conflict(await _training_first(actor, match_id), kind="training")
        if code is not None:
            return await matches.send_back(actor, match_id, code=code)
        return await matches.accept_match(actor, match_id, undo_within=undo_within)


async def _rule_before_a_yes(actor: Actor, match_id: UUID) -> RuleCode | None:
    """The rule that keeps the people apart of a match that waits for a yes; in a circle that has begun, who is asked
    from the others. People themselves may not read the facts of each other: the product does."""
    product = system_actor(actor.organization_id)
    bars = await _locked_bars(product, [match_id], AWAITING_PARTICIPANTS, but=ALREADY_ASKED)
    if match_id in bars:
        return bars[match_id].code
    begun = match_queries.matches(product).filter(id=match_id, kind=MatchKind.CIRCLE, state__in=list(RUNNING))
    circle = await begun.prefetch_related("members").first()
    me = member_of(circle, actor) if circle else None
    return await rule_on_joining(product, circle, me.enrollment_id) if circle and me else None


def _against(bar: Bar) -> str:
    if bar.code is RuleCode.TRAINING:
        return bar.words
    return _("A rule of the programme keeps them apart by now. %(rule)s") % {"rule": bar.words}


async def _training_first(actor: Actor, match_id: UUID) -> str:
    match = await match_queries.visible_match(actor, match_id)
    me = member_of(match, actor)
    if me and await untrained(actor, match.program, [me.enrollment]):
        return _("Finish your training first. It stands on your first page. Then say yes.")
    return _("Somebody has training to finish first. You can say yes after that.")


async def _hold_back_barred(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Bar]:
    bars = await _locked_bars(actor, ids, [MatchState.DRAFT])
    for match_id, bar in sorted(bars.items()):
        await matches.hold_back(actor, match_id, True, code=bar.code)
    return bars


async def _locked_bars(
    actor: Actor, ids: Collection[UUID], states: Collection[MatchState], *, but: Collection[RuleCode] = ()
) -> dict[UUID, Bar]:
    """The enrolments are locked before the facts are read, as by whoever keeps two of them apart: who comes first is
    seen by who comes second."""
    await match_queries.lock_members(actor, ids)
    found = match_queries.matches(actor).filter(id__in=list(ids), state__in=list(states))
    return await bars_of(actor, await found.prefetch_related("members"), but=but)

