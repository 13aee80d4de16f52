"""A manager's decisions about single suggestions; runs are in `runs/actions.py`."""

from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match, MatchOverride
from server.matches.proposals import Evidence
from server.matches.states import MatchOrigin, MatchState, OverrideKind
from server.matchmaking import queries
from server.matchmaking.learned.evidence import chosen_by_hand, evidence_then

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
    words = clean(reason)[:REASON_MAX]
    if not words:
        raise Invalid({"reason": _("Say in a few words why. The reason stays with the programme's staff.")})
    async with unit_of_work(actor) as unit:
        draft = await match_queries.visible_match(actor, match_id, lock=True)
        choice, evidence = await _choice(actor, draft, mentor_enrollment_id)
        _mentor, mentee = match_queries.sides(draft)
        await matches.discard_match(actor, match_id, reason="override")
        await MatchOverride.create(
            organization_id=actor.organization_id, cohort_id=draft.cohort_id, match_id=match_id,
            mentor_enrollment_id=mentor_enrollment_id, mentee_enrollment_id=mentee.enrollment_id,
            kind=OverrideKind.PIN, reason=words, decided_by=actor.id,
        )
        made = await matches.suggest_match(
            actor, mentor_enrollment_id, mentee.enrollment_id, origin=MatchOrigin.MANAGER, run_id=draft.run_id,
            fit=round(choice.fit), confidence=choice.confidence, explanation=choice.explanation, evidence=evidence,
        )
        await matches.lock_pair(actor, made.id)
        await unit.audit("match.override", made, instead_of=match_id)
        return made


async def _choice(
    actor: Actor, draft: Match, mentor_enrollment_id: UUID
) -> tuple[queries.Alternative, Evidence | None]:
    if draft.state is not MatchState.DRAFT:
        raise Conflict(_("This match is no draft any more."))
    offered = {one.mentor.id: one for one in await queries.alternatives(actor, draft)}
    choice = offered.get(mentor_enrollment_id)
    if choice is None:
        raise NotFound
    if not choice.has_place:
        name = choice.mentor.person.full_name
        raise Conflict(_("%(name)s has no free place any more.") % {"name": name}, kind="seat_taken")
    assert draft.run_id is not None, "alternatives are those of a run"
    run = await queries.visible_run(actor, draft.run_id)
    mentee_id = match_queries.sides(draft)[1].enrollment_id
    one = await queries.suggestions(actor, run).get(
        mentor_enrollment_id=mentor_enrollment_id, mentee_enrollment_id=mentee_id
    )
    return choice, chosen_by_hand(evidence_then(run, one), offered)
