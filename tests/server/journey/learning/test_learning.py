"""A small firm lived through by the real actions: what is learned stands, and runs and people go by it."""

from datetime import timedelta
from random import Random

import pytest

from server.journey.learning.actions import carry_out, learn
from server.journey.learning.queries import lived
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches.models import Match, Proposal
from server.matches.queries import matches_in, sides
from server.matches.states import MatchState
from server.matchmaking.engine.learning import learn as engine_learning
from server.matchmaking.engine.learning import learners
from server.matchmaking.engine.score import PRIOR_VERSION
from server.matchmaking.learned import teaching
from server.matchmaking.learned.actions import fail_learning, start_learning
from server.matchmaking.learned.queries import learnings_of, outlook_for, visible_learning
from server.matchmaking.models import LearnedModel
from server.matchmaking.runs.actions import run_matching, start_run
from server.matchmaking.states import RunState
from server.programs.states import ParticipantRole, ProgramType
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.web.console.market import Market, market

ONE_TO_ONE = ProgramType.ONE_TO_ONE
COHORTS, MENTORS, MENTEES = 3, 6, 18
FEW = 16
"""Outcomes that are enough here, where the product waits for a hundred."""


@pytest.fixture
async def found(db: object) -> Market:
    return await market()


async def a_cycle(made: Market, number: int, dice: Random) -> None:
    """A group that is matched by a run; eight of nine say yes and meet, which the prior would not have thought."""
    actor, day = system_actor(made.organization.id), clock.now().date() + timedelta(days=number)
    cohort = await factories.cohort(made.program, starts_on=day)
    for role, count, capacity in ((ParticipantRole.MENTOR, MENTORS, 3), (ParticipantRole.MENTEE, MENTEES, 1)):
        for _ in range(count):
            someone = await factories.person(made.organization, department=dice.choice("ABC"), location="Lisbon")
            await factories.enrollment(cohort, someone, role, capacity=capacity)
    await run_matching(actor, cohort.id)
    drafts = await matches_in(actor, cohort.id, [MatchState.DRAFT])
    for at, draft in enumerate(drafts):
        await matches.publish_match(actor, draft.id, undo_within=timedelta())
        mentor, mentee = (factories.actor_of(one.person) for one in sides(draft))
        if at % 9 == 4:
            await matches.decline_match(mentee, draft.id)
            continue
        await matches.accept_match(mentor, draft.id)
        await matches.accept_match(mentee, draft.id)
        await Session.bulk_create([
            Session(organization_id=draft.organization_id, match_id=draft.id, state=SessionState.HELD,
                    starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=hours)) for hours in (1, 2)
        ])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_firm_learns_how_often_its_pairs_work_and_says_calibrated(
    found: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LEARN_FROM", "HELD_OUT_FROM", "SAID_FROM"):
        monkeypatch.setattr(engine_learning, name, FEW)
    monkeypatch.setattr(learners, "LEVEL_WEIGHT", 1.0)  # or the prior would outweigh so few
    monkeypatch.setattr(teaching, "LEARN_FROM", FEW)
    actor, dice = system_actor(found.organization.id), Random(4)
    for number in range(COHORTS):
        await a_cycle(found, number, dice)
    log = await lived(actor, ONE_TO_ONE)
    assert len(log) == await Proposal.filter(organization_id=actor.organization_id).count() == COHORTS * MENTEES
    assert {one.past.sessions_held for one in log if one.past.accepted} == {2}
    row = await learn(actor, ONE_TO_ONE)
    assert (row.state, row.number, row.based_on, row.calibrated) == (RunState.DONE, 1, COHORTS * MENTEES, True)
    assert "ACCEPT" in row.models
    run = await run_matching(actor, found.cohort.id)
    assert run.result["calibration"] == {"calibrated": True, "based_on": row.based_on, "model": "ONE_TO_ONE.1"}
    for match in await Match.filter(run_id=run.id):
        logged = await Proposal.get(match_id=match.id)
        assert (logged.model_version, logged.calibrated) == ("ONE_TO_ONE.1", True)
        assert (match.calibrated_on, match.based_on) == (row.based_on, row.based_on)
        assert (match.confidence or 0) > 0.75, "the prior would have said about a half"


async def test_too_few_outcomes_change_nothing_and_are_counted(found: Market) -> None:
    actor = system_actor(found.organization.id)
    pair = await factories.active_match(found.organization, found.program, found.cohort)
    await Proposal.create(
        organization_id=actor.organization_id, match=pair.match, program_id=found.program.id,
        cohort_id=found.cohort.id, mentor_enrollment_id=pair.mentor_enrollment.id,
        mentee_enrollment_id=pair.mentee_enrollment.id, origin=pair.match.origin, decided_by="system",
        features={"fit_goals": 0.5},
    )
    before = await run_matching(actor, found.cohort.id)
    assert before.result["calibration"] == {"calibrated": False, "based_on": 1, "model": PRIOR_VERSION}
    row = await learn(actor, ONE_TO_ONE)
    assert (row.state, row.models, row.calibrated, row.based_on) == (RunState.DONE, {}, False, 1)
    assert {one["in_force"] for one in row.report["stages"]} == {"prior"}
    after = await run_matching(actor, found.cohort.id)
    assert after.result["calibration"] == before.result["calibration"]


async def test_asking_twice_is_one_learning_and_a_job_does_it(found: Market) -> None:
    manager = factories.manager_of(found.manager, found.program)
    row = await start_learning(manager, ONE_TO_ONE)
    assert (await start_learning(manager, ONE_TO_ONE)).id == row.id
    await drain()
    done = await visible_learning(manager, row.id)
    assert (done.state, done.started_by) == (RunState.DONE, str(found.manager.id))
    kept = done.finished_at
    assert (await carry_out(manager, row.id)).finished_at == kept, "over is over"
    await fail_learning(manager, row.id, "late")
    assert (await visible_learning(manager, row.id)).state is RunState.DONE
    assert [one.number for one in await learnings_of(manager, ONE_TO_ONE)] == [1]
    assert (await start_learning(manager, ONE_TO_ONE)).number == 2
    acts = await AuditEvent.filter(target_kind="LearnedModel").order_by("id")
    assert [one.action for one in acts] == ["learning.start", "learning.finish", "learning.start"]


async def test_only_who_runs_a_programme_of_the_type_starts_and_reads(found: Market) -> None:
    row = await start_learning(system_actor(found.organization.id), ONE_TO_ONE)
    other = await factories.program(found.organization, type=ProgramType.REVERSE)
    elsewhere = await factories.active_match()
    for stranger in (factories.actor_of(found.stranger), factories.manager_of(found.manager, other),
                     elsewhere.manager_actor):
        with pytest.raises(NotFound):
            await visible_learning(stranger, row.id)
        assert await learnings_of(stranger, ONE_TO_ONE) == []
    for stranger in (factories.actor_of(found.stranger), factories.manager_of(found.manager, other)):
        with pytest.raises(Refused):
            await start_learning(stranger, ONE_TO_ONE)


async def test_a_learning_that_nobody_can_do_fails_and_what_stood_stands(found: Market) -> None:
    actor = system_actor(found.organization.id)
    await learn(actor, ONE_TO_ONE)
    row = await start_learning(actor, ONE_TO_ONE)
    await fail_learning(actor, row.id, "too_long")
    assert (await visible_learning(actor, row.id)).report == {"failed": "too_long"}
    assert (await outlook_for(actor, found.program)).calibration.based_on == 0
    assert await LearnedModel.filter(state=RunState.DONE).count() == 1


async def test_the_job_of_a_run_hands_the_engine_what_became_of_earlier_pairs(found: Market) -> None:
    actor = system_actor(found.organization.id)
    mentor = found.mentors[0]
    earlier = await factories.cohort(found.program)
    again = await factories.enrollment(earlier, mentor.person, ParticipantRole.MENTOR)
    for _ in range(3):
        someone = await factories.person(found.organization)
        newcomer = await factories.enrollment(earlier, someone, ParticipantRole.MENTEE)
        await factories.match(again, newcomer, state=MatchState.DECLINED)
    run = await start_run(actor, found.cohort.id)
    await drain()
    (row,) = [one for one in await Proposal.filter(run_id=run.id) if one.mentor_enrollment_id == mentor.id][:1]
    assert row.features["mentor_record"] < 0.5, "three that came to nothing are on the record"
    assert not await OutboxEvent.filter(kind="matching.requested", delivered_at=None).exists()
