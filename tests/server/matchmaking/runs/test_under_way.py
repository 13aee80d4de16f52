"""A run between the tap that asks for it and its drafts: once, watched, stopped, cut off, given up."""

import asyncio
import gc
import math
from collections.abc import Callable
from threading import Event

import pytest

from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.jobs import drain, lanes
from server.matches.models import Match, MatchMember
from server.matches.states import MatchState
from server.matchmaking.engine import Category, Step, Watch
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.queries import latest_run
from server.matchmaking.runs import actions
from server.matchmaking.runs.actions import cancel_run, carry_out, fail_run, run_matching, start_run
from server.matchmaking.runs.findings import Findings, find
from server.matchmaking.runs.records import put_into_queue
from server.matchmaking.states import RunState
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState
from tests import factories
from tests.web.console.market import Market, drafts_of, market

AT_MOST_S = 60


@pytest.fixture
async def found(db: object) -> Market:
    return await market()


@pytest.fixture
def manager(found: Market) -> Actor:
    return factories.manager_of(found.manager, found.program)


class Gate:
    """Holds the engine before it begins, so that something can happen while it is at work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, step: Step = Step.SEARCHING) -> None:
        self.begun, self.open, self.step = Event(), Event(), step
        monkeypatch.setattr(actions, "find", self.find)
        monkeypatch.setattr(actions, "LOOK_EVERY_S", 0.02)

    def find(self, *args: object, watch: Watch, **named: object) -> Findings:
        watch.begin(self.step)
        watch.advance(0.4)
        self.begun.set()
        assert self.open.wait(AT_MOST_S)
        return find(*args, watch=watch, **named)  # type: ignore[arg-type]  # what it was called with

    async def entered(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, AT_MOST_S)


async def until(holds: Callable[[MatchRun], bool], run: MatchRun) -> None:
    async with asyncio.timeout(AT_MOST_S):
        while not holds(await MatchRun.get(id=run.id)):
            await asyncio.sleep(0.02)


async def test_asking_twice_is_one_run_and_a_job_does_it_once(found: Market, manager: Actor) -> None:
    first, second = [await start_run(manager, found.cohort.id) for _ in range(2)]
    assert first.id == second.id
    assert (first.state, await drafts_of(found)) == (RunState.RUNNING, [])
    await drain()
    done, made = await MatchRun.get(id=first.id), {draft.id for draft in await drafts_of(found)}
    assert (done.state, done.result["matched"], len(made)) == (RunState.DONE, 3, 3)
    again = await carry_out(system_actor(found.organization.id), first.id)
    assert again.finished_at == done.finished_at
    assert {draft.id for draft in await drafts_of(found)} == made
    assert [one.action for one in await AuditEvent.filter(target_id=first.id).order_by("id")] == [
        "matching.start", "matching.run"
    ]


async def test_what_was_done_at_once_is_not_done_again_by_the_job(found: Market, manager: Actor) -> None:
    await run_matching(manager, found.cohort.id)
    made = {draft.id for draft in await drafts_of(found)}
    await drain()
    assert {draft.id for draft in await drafts_of(found)} == made
    assert await MatchRun.all().count() == 1


async def test_while_it_runs_it_says_how_far_it_is(
    found: Market, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, run = Gate(monkeypatch), await start_run(manager, found.cohort.id)
    work = asyncio.create_task(carry_out(manager, run.id))
    await gate.entered()
    await until(lambda row: (row.step, row.percent) == (Step.SEARCHING, 40), run)
    assert await latest_run(manager, found.cohort.id) is None, "it has no result yet"
    gate.open.set()
    assert (await work).state is RunState.DONE


async def test_stopped_in_the_middle_it_leaves_the_queue_as_it_was(
    found: Market, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_matching(manager, found.cohort.id)
    before = await Match.filter(cohort_id=found.cohort.id).order_by("id").values()
    suggestions = await MatchSuggestion.all().count()
    gate, run = Gate(monkeypatch), await start_run(manager, found.cohort.id)
    work = asyncio.create_task(carry_out(manager, run.id))
    await gate.entered()
    await cancel_run(manager, run.id)
    gate.open.set()
    assert (await work).state is RunState.CANCELLED
    assert await Match.filter(cohort_id=found.cohort.id).order_by("id").values() == before
    assert await MatchSuggestion.all().count() == suggestions
    assert (await cancel_run(manager, run.id)).state is RunState.CANCELLED, "twice is harmless"


async def test_stopped_before_it_began_the_job_does_nothing(found: Market, manager: Actor) -> None:
    run = await start_run(manager, found.cohort.id)
    await cancel_run(manager, run.id)
    await drain()
    assert (await MatchRun.get(id=run.id)).state is RunState.CANCELLED
    assert await drafts_of(found) == []
    assert (await start_run(manager, found.cohort.id)).id != run.id


async def test_a_process_that_ends_leaves_the_run_to_the_next(
    found: Market, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
    gate, run = Gate(monkeypatch), await start_run(manager, found.cohort.id)
    work = asyncio.create_task(carry_out(manager, run.id))
    await gate.entered()
    work.cancel()
    await asyncio.wait([work])
    gate.open.set()
    assert (await MatchRun.get(id=run.id)).state is RunState.RUNNING
    await drain()
    assert (await MatchRun.get(id=run.id)).state is RunState.DONE
    assert len(await drafts_of(found)) == 3
    del work
    gc.collect()
    assert complaints == [], "nobody asks any more what the thread found that was left"


async def test_who_left_while_it_ran_gets_no_draft_and_the_others_do(
    found: Market, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, run = Gate(monkeypatch), await start_run(manager, found.cohort.id)
    work = asyncio.create_task(carry_out(manager, run.id))
    await gate.entered()
    await Enrollment.filter(id=found.mentees[0].id).update(state=EnrollmentState.PAUSED)
    gate.open.set()
    done = await work
    assert (done.state, done.result["left_out"], put_into_queue(done.result)) == (RunState.DONE, 1, 2)
    assert len(await drafts_of(found)) == 2
    assert not await MatchMember.filter(enrollment_id=found.mentees[0].id).exists()


async def test_a_run_keeps_the_rules_it_went_by_though_others_hold_by_now(
    found: Market, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, run = Gate(monkeypatch), await start_run(manager, found.cohort.id)
    work = asyncio.create_task(carry_out(manager, run.id))
    await gate.entered()
    await Program.filter(id=found.program.id).update(
        rules={"same_department": True}, weights={Category.GOALS.value: 1.0}
    )
    gate.open.set()
    done = await work
    assert (done.rules, done.weights_version) == (run.rules, run.weights_version)
    assert done.weights == run.weights


@pytest.mark.parametrize("error", [ArithmeticError, ValueError])
async def test_what_the_engine_cannot_do_has_failed_and_says_so(
    found: Market, manager: Actor, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    await run_matching(manager, found.cohort.id)
    made = {draft.id for draft in await drafts_of(found)}

    def gives_up(*_: object, **__: object) -> Findings:
        raise error

    monkeypatch.setattr(actions, "find", gives_up)
    run = await start_run(manager, found.cohort.id)
    await drain()
    failed = await MatchRun.get(id=run.id)
    assert (failed.state, failed.result) == (RunState.FAILED, {"failed": error.__name__})
    assert {draft.id for draft in await drafts_of(found)} == made
    assert all(draft.state is MatchState.DRAFT for draft in await drafts_of(found))
    assert (await start_run(manager, found.cohort.id)).id != run.id, "it can be tried again"


async def test_a_run_that_takes_too_long_has_failed_and_is_not_begun_anew(
    found: Market, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, run = Gate(monkeypatch), await start_run(manager, found.cohort.id)
    monkeypatch.setattr(actions, "MOST_S", 0)
    await drain()
    gate.open.set()
    failed = await MatchRun.get(id=run.id)
    assert (failed.state, failed.result) == (RunState.FAILED, {"failed": "too_long"})
    assert await drain() == []


async def test_a_run_that_kills_its_process_again_and_again_has_failed_by_itself(
    found: Market, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "BORN", -math.inf)
    run = await start_run(manager, found.cohort.id)
    await OutboxEvent.filter(kind="matching.requested").update(crashes=lanes.MOST_CRASHES)
    await drain()
    failed = await MatchRun.get(id=run.id)
    assert (failed.state, failed.result) == (RunState.FAILED, {"failed": "crashed"})
    assert (await start_run(manager, found.cohort.id)).id != run.id, "it can be tried again"


async def test_a_run_whose_world_moved_on_has_failed_though_its_job_is_done(
    found: Market, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved_on(*_: object, **__: object) -> None:
        raise Conflict("The group is closed.")

    monkeypatch.setattr(actions, "gather", moved_on)
    run = await start_run(manager, found.cohort.id)
    await drain()
    failed = await MatchRun.get(id=run.id)
    assert (failed.state, failed.result) == (RunState.FAILED, {"failed": "CONFLICT"})


async def test_only_who_runs_the_programme_starts_and_stops(found: Market, manager: Actor) -> None:
    run = await start_run(manager, found.cohort.id)
    stranger = factories.actor_of(found.stranger)
    foreign = factories.actor_of(await factories.person(await factories.organization()))
    with pytest.raises(Refused):
        await start_run(stranger, found.cohort.id)
    for who in (stranger, foreign):
        with pytest.raises(NotFound):
            await cancel_run(who, run.id)
        with pytest.raises(NotFound):
            await fail_run(who, run.id, "too_long")
    await drain()
    with pytest.raises(Conflict, match="over already"):
        await cancel_run(manager, run.id)
