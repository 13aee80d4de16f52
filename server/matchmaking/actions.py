"""A manager's decisions about single suggestions; runs are in `runs/actions.py`."""

from collections.abc import Iterable
from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match, MatchOverride
from server.matches.states import MatchOrigin, MatchState, OverrideKind
from server.matchmaking import queries
from server.matchmaking.learned.evidence import chosen_by_hand, evidence_then
from server.matchmaking.models import MatchSuggestion

REASON_MAX = 500


async def choose_another(actor: Actor, match_id: UUID, mentor_enrollment_id: UUID, reason: str) -> Match:
    """Give a draft's mentee another mentor, with a reason; no later run replaces it. Every other draft stays byte for
    byte as it is.

    Raises:
        NotFound: no such draft or mentor.
        Refused: the actor does not run the programme.
        Invalid: no reason was given.
        Conflict: the mentor has no place left beside the other drafts (`kind="seat_taken"`), or it is no draft.
    """
    words = _reason(reason)
    async with unit_of_work(actor) as unit:
        draft = await match_queries.visible_match(actor, match_id, lock=True)
        choice, offered = await _choice(actor, draft, mentor_enrollment_id)
        if not choice.has_place:
            name = choice.mentor.person.full_name
            raise Conflict(_("%(name)s has no free place any more.") % {"name": name}, kind="seat_taken")
        await matches.discard_match(actor, match_id, reason="override")
        return await _decide(unit, draft, await _found(actor, draft, mentor_enrollment_id), words, offered)


async def trade_mentors(
    actor: Actor, match_id: UUID, mentor_enrollment_id: UUID, other_id: UUID, reason: str
) -> Match:
    """Give a draft's mentee a mentor who is full, and the mentee of the draft that has this mentor the first one's, as
    `queries.alternatives` offers it, with a reason. Both are locked; every other draft stays byte for byte as it is.

    Returns the new draft of the first mentee.

    Raises:
        NotFound: no such draft or mentor.
        Refused: the actor does not run the programme.
        Invalid: no reason was given.
        Conflict: one of the two is no draft any more, or the exchange is not possible any more (`kind="stale"`).
    """
    words = _reason(reason)
    async with unit_of_work(actor) as unit:
        await match_queries.lock_members(actor, [match_id, other_id])
        first, second = sorted((match_id, other_id))
        locked = {one: await match_queries.visible_match(actor, one, lock=True) for one in (first, second)}
        draft, other = locked[match_id], locked[other_id]
        choice, offered = await _choice(actor, draft, mentor_enrollment_id)
        trade = choice.trade
        if choice.has_place or trade is None or trade.draft.id != other.id:
            raise Conflict(_("These two cannot be exchanged any more. Look again."), kind="stale")
        for gone in (draft, other):
            await matches.discard_match(actor, gone.id, reason="override")
        made = await _decide(unit, draft, await _found(actor, draft, mentor_enrollment_id), words, offered)
        await _decide(unit, other, trade.one, words, [trade.one.mentor_enrollment_id])
        return made


def _reason(reason: str) -> str:
    words = clean(reason)[:REASON_MAX]
    if not words:
        raise Invalid({"reason": _("Say in a few words why. The reason stays with the programme's staff.")})
    return words


async def _choice(
    actor: Actor, draft: Match, mentor_enrollment_id: UUID
) -> tuple[queries.Alternative, list[UUID]]:
    """The mentor who is chosen, and all who were offered."""
    if draft.state is not MatchState.DRAFT:
        raise Conflict(_("This match is no draft any more."))
    offered = {one.mentor.id: one for one in await queries.alternatives(actor, draft)}
    choice = offered.get(mentor_enrollment_id)
    if choice is None:
        raise NotFound
    return choice, list(offered)


async def _found(actor: Actor, draft: Match, mentor_enrollment_id: UUID) -> MatchSuggestion:
    """What the run of a draft stored of its mentee and another mentor."""
    assert draft.run_id is not None, "alternatives are those of a run"
    stored = queries.suggestions(actor, await queries.visible_run(actor, draft.run_id))
    mentee_id = match_queries.sides(draft)[1].enrollment_id
    return await stored.get(mentor_enrollment_id=mentor_enrollment_id, mentee_enrollment_id=mentee_id)


async def _decide(
    unit: Unit, instead: Match, one: MatchSuggestion, reason: str, offered: Iterable[UUID]
) -> Match:
    """Make a draft of what a run stored, in the place of one that is gone, and keep it through later runs."""
    actor, run = unit.actor, await queries.visible_run(unit.actor, one.run_id)
    await MatchOverride.create(
        organization_id=actor.organization_id, cohort_id=instead.cohort_id, match_id=instead.id,
        mentor_enrollment_id=one.mentor_enrollment_id, mentee_enrollment_id=one.mentee_enrollment_id,
        kind=OverrideKind.PIN, reason=reason, decided_by=actor.id,
    )
    made = await matches.suggest_match(
        actor, one.mentor_enrollment_id, one.mentee_enrollment_id, origin=MatchOrigin.MANAGER, run_id=one.run_id,
        fit=round(one.fit), confidence=one.confidence, explanation=one.factors,
        evidence=chosen_by_hand(evidence_then(run, one), offered),
    )
    await matches.lock_pair(actor, made.id)
    await unit.audit("match.override", made, instead_of=instead.id)
    return made
