"""The log of proposals: whole, written with the match, and never changed."""

import pytest
from tortoise.exceptions import IntegrityError

from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.matches import actions
from server.matches.models import Match, Proposal
from server.matches.proposals import Evidence
from server.matches.states import MatchOrigin, MatchState
from server.programs.models import Program
from tests import factories
from tests.factories import Pair

KNOWN = Evidence(
    engine_version="1", model_version="prior.2", weights_version="factory.1", fit=81.25, confidence=0.5,
    features={"fit_goals": 0.75}, based_on=12, rank_for_mentor=2, rank_for_mentee=1, propensity=1.0, seed=7,
)


@pytest.fixture
async def apart(db: object) -> Pair:
    """Two people who could be matched: the match they had is over."""
    return await factories.active_match(state=MatchState.CANCELLED)


async def suggested(pair: Pair) -> Match:
    return await actions.suggest_match(
        system_actor(pair.organization.id), pair.mentor_enrollment.id, pair.mentee_enrollment.id,
        evidence=KNOWN, fit=81,
    )


async def test_a_draft_and_its_row_of_the_log_are_stored_together_or_not_at_all(apart: Pair) -> None:
    actor = system_actor(apart.organization.id)
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work(actor):
            await suggested(apart)
            raise ZeroDivisionError
    assert await Proposal.all().count() == 0
    match = await suggested(apart)
    row = await Proposal.get(match_id=match.id)
    assert (row.origin, row.decided_by, row.features) == (MatchOrigin.ENGINE, "system", {"fit_goals": 0.75})
    assert (row.fit, row.confidence, row.rank_for_mentor, row.rank_for_mentee) == (81.25, 0.5, 2, 1)
    assert (row.propensity, row.seed, row.cohort_id) == (1.0, 7, apart.cohort.id)
    assert (match.calibrated_on, match.based_on) == (0, 12), "not yet calibrated, based on twelve pairs"


async def test_who_asks_and_a_manager_who_pairs_by_hand_are_in_the_log_too(apart: Pair) -> None:
    await Program.filter(id=apart.program.id).update(mentees_may_ask=True)
    asked = await actions.request_match(
        apart.mentee_actor, apart.mentee_enrollment.id, apart.mentor_enrollment.id, evidence=KNOWN
    )
    row = await Proposal.get(match_id=asked.id)
    assert (row.origin, row.decided_by) == (MatchOrigin.MENTEE, str(apart.mentee.id))
    assert row.mentor_enrollment_id == apart.mentor_enrollment.id
    by_hand = await actions.suggest_match(
        apart.manager_actor, apart.mentor_enrollment.id, apart.mentee_enrollment.id, origin=MatchOrigin.MANAGER
    )
    row = await Proposal.get(match_id=by_hand.id)
    assert (row.origin, row.decided_by, row.features, row.fit) == (
        MatchOrigin.MANAGER, str(apart.manager.id), {}, None)


async def test_the_database_refuses_to_change_a_row_and_lets_it_go_with_its_match(apart: Pair) -> None:
    match = await suggested(apart)
    row = await Proposal.get(match_id=match.id)
    for changed in (Proposal.filter(id=row.id).update(fit=99), _saved(row)):
        with pytest.raises(IntegrityError):
            await changed
    assert (await Proposal.get(id=row.id)).fit == 81.25
    await Match.filter(id=match.id).delete()
    assert await Proposal.all().count() == 0, "erasing the match erases what was noted of it"


async def _saved(row: Proposal) -> None:
    row.fit = 99.0
    await row.save()
