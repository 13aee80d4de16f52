"""Cycles waited: each run that was decided counts once for whoever it left in line, and the line stays fair."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Refused
from server.kernel.facts import AuditEvent
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.matches.actions import undo_publish
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking import queries
from server.matchmaking.models import MatchRun
from server.matchmaking.queue import actions
from server.matchmaking.queue.actions import preview_matching
from server.matchmaking.runs.actions import carry_out, run_matching
from server.matchmaking.states import RunKind, RunState
from server.matchmaking.today.actions import publish_match
from server.programs.models import Enrollment, WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.web.console.market import Market, drafts_of, market

MENTEE = ParticipantRole.MENTEE
ACTS = ("somebody comes", "run", "preview", "first is told", "told again", "draft goes", "partner found")


def manager(found: Market) -> Actor:
    return factories.manager_of(found.manager, found.program)


async def waited(found: Market) -> list[int]:
    rows = await Enrollment.filter(id__in=[one.id for one in found.mentees]).order_by("id")
    return [row.waited_cycles for row in rows]


async def decide(found: Market) -> Match:
    """The manager approves a draft, and its people are told."""
    draft = (await drafts_of(found))[0]
    await publish_match(manager(found), draft.id)
    clock.move(timedelta(seconds=11))
    await drain()
    return draft


async def test_whoever_a_decided_run_left_in_line_waited_one_cycle_and_no_more(db: object) -> None:
    found = await market(1, 3, 1)
    actor = manager(found)
    run = await run_matching(actor, found.cohort.id)
    assert sum(await waited(found)) == 0, "nobody decided yet"
    draft = (await drafts_of(found))[0]
    await publish_match(actor, draft.id)
    await undo_publish(actor, [draft.id])
    clock.move(timedelta(minutes=11))
    await drain()
    assert sum(await waited(found)) == 0, "it was taken back"
    await decide(found)
    assert sorted(await waited(found)) == [0, 1, 1]
    assert await actions.count_cycle(system_actor(found.organization.id), run.id) == 0
    preview = await carry_out(actor, (await preview_matching(actor, found.cohort.id)).id)
    assert await actions.count_cycle(system_actor(found.organization.id), preview.id) == 0
    assert sorted(await waited(found)) == [0, 1, 1]
    with pytest.raises(Refused):
        await actions.count_cycle(actor, run.id)


async def test_who_waits_for_a_place_in_the_group_waits_through_it_too_and_a_latecomer_does_not(db: object) -> None:
    found = await market(1, 2, 1)
    rows = [
        await factories.enrollment(
            found.cohort, await factories.person(found.organization), MENTEE, state=EnrollmentState.WAITLISTED
        )
        for _ in range(2)
    ]
    now = clock.now()
    run = await MatchRun.create(
        organization_id=found.organization.id, program=found.program, cohort=found.cohort, state=RunState.DONE,
        engine_version="1", weights_version="1", started_by="system", started_at=now,
    )
    for row, since in zip(rows, (now - timedelta(days=1), now + timedelta(minutes=1)), strict=True):
        await WaitlistEntry.create(
            organization_id=found.organization.id, enrollment=row, cohort_id=found.cohort.id, since=since
        )
    late = await factories.enrollment(
        found.cohort, await factories.person(found.organization), MENTEE, active_at=now + timedelta(minutes=1)
    )
    assert await actions.count_cycle(system_actor(found.organization.id), run.id) == 3
    after = {row.id: row.waited_cycles for row in await Enrollment.filter(cohort_id=found.cohort.id)}
    assert [after[one.id] for one in (*found.mentees, *rows, late)] == [1, 1, 1, 0, 0]


async def test_a_crash_counts_nothing_and_the_next_try_counts_once(
    db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await market(1, 2, 1)
    run = await run_matching(manager(found), found.cohort.id)
    product, count = system_actor(found.organization.id), actions.program_actions.wait_another_cycle

    async def crash(*given: Any) -> int:
        await count(*given)
        raise RuntimeError

    monkeypatch.setattr(actions.program_actions, "wait_another_cycle", crash)
    with pytest.raises(RuntimeError):
        await actions.count_cycle(product, run.id)
    assert (sum(await waited(found)), (await MatchRun.get(id=run.id)).counted_at) == (0, None)
    monkeypatch.undo()
    assert [await actions.count_cycle(product, run.id) for _ in range(2)] == [1, 0]
    assert sum(await waited(found)) == await AuditEvent.filter(action="enrollment.wait").count() == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.sampled_from(ACTS), min_size=6, max_size=20))
async def test_in_no_history_is_a_cycle_counted_twice_or_who_came_later_served_first(
    db: object, history: list[str]
) -> None:
    found = await market(2, 2, 1)
    product, counted = system_actor(found.organization.id), dict[object, int]()
    came, runs, drafted = [row.id for row in found.mentees], list[MatchRun](), set[object]()
    for act in history:
        clock.move(timedelta(days=1))
        if act == "somebody comes":
            someone = await factories.person(found.organization)
            came.append((await factories.enrollment(found.cohort, someone, MENTEE, invited_at=clock.now())).id)
        elif act in ("run", "preview"):
            kind = RunKind.FULL if act == "run" else RunKind.PREVIEW
            runs.append(await MatchRun.create(
                organization_id=found.organization.id, program=found.program, cohort=found.cohort, kind=kind,
                state=RunState.DONE, engine_version="1", weights_version="1", started_by="system",
            ))
            if act == "run" and not await drafts_of(found):
                free = await Enrollment.filter(id__in=came).order_by("-id")
                drafted.add(free[0].id)
                await factories.match(found.mentors[0], free[0], state=MatchState.DRAFT, run_id=new_id(), fit=80)
        elif act in ("first is told", "told again") and runs:
            number = -1 if act == "first is told" else 0
            line = [row.enrollment.id for row in await queries.line(product, found.cohort.id)]
            run = await MatchRun.get(id=runs[number].id)
            due = run.kind is RunKind.FULL and run.counted_at is None
            there = set(await Enrollment.filter(active_at__lte=run.started_at).values_list("id", flat=True))
            for one in line if due else []:
                counted[one] = counted.get(one, 0) + (one in there)
            await actions.count_cycle(product, run.id)
        elif act == "draft goes":
            await Match.filter(cohort_id=found.cohort.id).update(state=MatchState.CANCELLED)
        elif act == "partner found":
            await Match.filter(cohort_id=found.cohort.id).update(state=MatchState.ACTIVE)
        rows = {row.id: row for row in await Enrollment.filter(id__in=came)}
        assert {key: row.waited_cycles for key, row in rows.items()} == {one: counted.get(one, 0) for one in came}
        line = [row.enrollment for row in await queries.line(product, found.cohort.id)]
        claims = [(-row.waited_cycles, row.invited_at.date()) for row in line]
        assert claims == sorted(claims)
        patient = [row.invited_at for row in line if row.id not in drafted]
        assert patient == sorted(patient), "who came first and was offered nobody is never behind"
    clock.reset()
