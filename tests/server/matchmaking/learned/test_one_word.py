"""Of two people the product says one thing wherever it says it: what was learned, and what became of them, is known
to every act, list, preview and plan alike."""

import os
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from random import Random
from statistics import fmean
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.journey.asking.queries import choices_of
from server.journey.byhand.queries import tried
from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches import actions as matches
from server.matches.models import MatchMember
from server.matches.states import MatchState
from server.matchmaking.engine.features import feature_names
from server.matchmaking.engine.learning.model import Line, Linear, Model
from server.matchmaking.engine.score import Stage
from server.matchmaking.engine.weights import CATEGORIES, weights_for
from server.matchmaking.learned import numbers
from server.matchmaking.learned.queries import outlook_for
from server.matchmaking.models import LearnedModel, MatchRun, MatchSuggestion, ShortlistEntry
from server.matchmaking.queue import actions as queue
from server.matchmaking.runs.actions import carry_out, run_matching
from server.matchmaking.states import RunState
from server.matchmaking.supply.planning import Plan
from server.matchmaking.supply.queries import places
from server.matchmaking.weighing.queries import preview
from server.matchmaking.weighing.settings import settings_of
from server.matchmaking.wishes.actions import make_shortlists
from server.programs.models import Program
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.web.console.market import Market, drafts_of, market

EXAMPLES = 20 if os.environ.get("ITHACA_CHAOS") else 1
ENDS = ("turned down", "never met", "met")
Word = tuple[tuple[UUID, UUID], float, float | None]
"""Two people, with the fit and the confidence that some place gives them."""


async def a_past(found: Market, lived: Iterable[tuple[int, int, str]]) -> None:
    """What became of pairs of an earlier programme, told with all its traces."""
    program = await factories.program(found.organization, key="earlier")
    then = clock.now() - timedelta(days=200)
    for mentor, mentee, end in lived:
        other = await factories.cohort(program)
        one, two = found.mentors[mentor], found.mentees[mentee]
        rows = [await factories.enrollment(other, row.person, row.role) for row in (one, two)]
        state = MatchState.DECLINED if end == "turned down" else MatchState.CONCLUDED
        pair = await factories.match(rows[0], rows[1], state=state)
        pair.active_at, pair.ended_at = None if end == "turned down" else then, then + timedelta(days=90)
        await pair.save()
        await Session.bulk_create([
            Session(organization_id=pair.organization_id, match_id=pair.id, state=SessionState.HELD,
                    starts_at=then + timedelta(days=day), ends_at=then + timedelta(days=day, hours=1))
            for day in (range(1, 5) if end == "met" else ())
        ])


async def a_lesson(found: Market, seed: int) -> None:
    """A learning that stands, with numbers nobody would guess."""
    dice, names = np.random.default_rng(seed), feature_names()
    known = np.arange(len(names)) < len(CATEGORIES)
    models = {
        stage: Model(
            Linear(names, 0.5 * known, np.ones(len(names)), dice.normal(size=len(names)) * known, 0.3), "none",
            Line(1.0, 0.0),
        ) for stage in (Stage.ACCEPT, Stage.MEET)
    }
    await LearnedModel.create(
        organization_id=found.organization.id, program_type=found.program.type, number=1, state=RunState.DONE,
        models=numbers.dump(models), calibrated=True, based_on=120, started_by="test", finished_at=clock.now(),
    )


async def said_by_run(run: MatchRun) -> list[Word]:
    rows = await MatchSuggestion.filter(run_id=run.id)
    return [((one.mentor_enrollment_id, one.mentee_enrollment_id), one.fit, one.confidence) for one in rows]


async def everywhere(found: Market) -> AsyncIterator[tuple[str, list[Word]]]:
    """What each place says of which people. Nothing that it does on the way changes what there is to say."""
    manager, product = factories.manager_of(found.manager, found.program), system_actor(found.organization.id)
    mentee = found.mentees[0]
    for mentor in found.mentors:
        by_hand = await tried(manager, found.cohort.id, mentor.id, mentee.id)
        yield "by hand", [((mentor.id, mentee.id), by_hand.fit, by_hand.confidence)]
    own = await choices_of(factories.actor_of(mentee.person), mentee.id)
    yield "one person's list", [((one.partner.id, mentee.id), one.fit, one.confidence) for one in own]
    await make_shortlists(product, found.cohort.id, wanted_at=clock.now())
    listed = await ShortlistEntry.filter(cohort_id=found.cohort.id)
    yield "lists", [((one.about_enrollment_id, one.enrollment_id), one.fit, one.confidence) for one in listed]
    shown = await carry_out(manager, (await queue.preview_matching(manager, found.cohort.id)).id)
    yield "preview", await said_by_run(shown)
    run = await run_matching(manager, found.cohort.id)
    yield "run", await said_by_run(run)
    trial = (await preview(manager, found.program, settings_of(found.program))).trial
    assert trial is not None
    both = [((UUID(one.who[1]), UUID(one.who[0])), one.fit, None) for one in trial.now.together]
    yield "weights", both
    chosen = [one.fit for one in await MatchSuggestion.filter(run_id=run.id, chosen=True)]
    planned = (await places(manager, found.cohort.id, Plan())).now
    assert planned.mean == pytest.approx(fmean(chosen), abs=1e-3), "the plan goes by other figures"
    theirs = await MatchMember.get(enrollment_id=mentee.id, match__state=MatchState.DRAFT)
    await matches.discard_match(manager, theirs.match_id)
    yield "newcomers", await said_by_run(
        await carry_out(manager, (await queue.match_newcomers(manager, found.cohort.id)).id)
    )
    for draft in await drafts_of(found):
        await matches.discard_match(manager, draft.id)
    await MatchSuggestion.filter(organization_id=found.organization.id).delete()
    one_more = await queue.suggest_next(manager, mentee.id)
    assert one_more is not None
    yield "the next one", await said_by_run(await MatchRun.get(id=one_more.run_id))


pasts = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from(ENDS)), max_size=3, unique_by=lambda one: one[:2]
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lived=pasts, seed=st.integers(0, 99))
@example(lived=[(0, 1, "met"), (1, 2, "turned down"), (2, 1, "never met")], seed=7)
async def test_of_two_people_every_place_says_the_same(
    db: object, lived: list[tuple[int, int, str]], seed: int
) -> None:
    found = await market(mentors=4, mentees=4, capacity=Random(seed).choice((1, 2)))
    await Program.filter(id=found.program.id).update(mentees_may_wish=True)
    await a_past(found, lived)
    await a_lesson(found, seed)
    goes_by = await outlook_for(factories.manager_of(found.manager, found.program), found.program)
    assert (set(goes_by.models), goes_by.usual) == ({Stage.ACCEPT, Stage.MEET}, weights_for(found.program.type))
    told: dict[tuple[UUID, UUID], dict[str, tuple[float, float | None]]] = {}
    async for place, words in everywhere(found):
        assert words, f"{place} says nothing"
        for pair, fit, confidence in words:
            told.setdefault(pair, {})[place] = fit, confidence
    for said in told.values():
        fits = {place: fit for place, (fit, _) in said.items()}
        assert max(fits.values()) - min(fits.values()) < 0.01, fits
        sure = {place: confidence for place, (_, confidence) in said.items() if confidence is not None}
        assert max(sure.values(), default=0) - min(sure.values(), default=0) < 1e-4, sure
    assert max(map(len, told.values())) == 8, "some two people are spoken of everywhere"
    assert len({round(said["run"][1] or 0, 3) for said in told.values() if "run" in said}) > 1, "and not of all"
