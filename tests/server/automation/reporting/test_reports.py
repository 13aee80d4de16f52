"""Reports on their days, each to whom it is for in their own morning, and to nobody else."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from server.access.models import RoleGrant
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import Message
from server.notifications.texts import letter
from server.notifications.ways.reasons import scene_and_reason
from server.people.models import Person
from server.programs.models import Program
from server.programs.plans.actions import set_part
from server.programs.reporting.entries import REPORTS_PART
from server.programs.states import ProgramState
from tests.factories import Pair, active_match

FRIDAY = datetime(2026, 5, 29, 10, tzinfo=UTC)
MONDAY, LISBON = date(2026, 6, 1), 7


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.at(FRIDAY):
        yield


@pytest.fixture
async def pair(db: object) -> Pair:
    """Rui in Lisbon runs it, Mei looks after all, Kofi pays for it; eight matches never met."""
    made = await active_match(active_at=FRIDAY - timedelta(days=30))
    own = {"organization_id": made.organization.id}
    await Person.filter(id__in=[made.manager.id, made.line_manager.id]).update(zone="Europe/Lisbon")
    await RoleGrant.create(**own, person=made.manager, role=Role.PROGRAM_MANAGER, program_id=made.program.id)
    await RoleGrant.create(**own, person=made.line_manager, role=Role.GLOBAL_ADMIN)
    await Program.filter(id=made.program.id).update(state=ProgramState.RUNNING)
    await Match.bulk_create([
        Match(**own, program=made.program, cohort=made.cohort, state=MatchState.ACTIVE,
              active_at=FRIDAY - timedelta(days=30))
        for _ in range(8)
    ])
    await set_part(made.manager_actor, made.program.id, REPORTS_PART, REPORTS_PART.told({
        "sponsors": [made.stranger.email, "gone@example.test"], "line_managers": True,
    }))
    await drain()
    return made


async def sent(kind: str) -> list[Message]:
    return await Message.filter(kind=kind).order_by("due_at", "id")


async def said(pair: Pair, message: Message) -> str:
    scene, why = await scene_and_reason(system_actor(pair.organization.id), message)
    assert scene, message.kind
    assert why == "", message.kind
    return letter(CATALOGUE[message.kind], scene).text


async def until(day: date, hour: int = 7) -> None:
    clock.move(datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - clock.now())
    await drain()


async def test_each_report_goes_on_its_day_to_whom_it_is_for(pair: Pair) -> None:
    await until(MONDAY)
    [weekly] = await sent("Q01")
    assert (weekly.recipient_id, weekly.due_at) == (pair.manager.id, datetime(2026, 6, 1, LISBON, tzinfo=UTC))
    assert "Quiet matches: 100 %. The aim is under 15 %." in await said(pair, weekly)
    [monthly] = await sent("Q02")
    assert (monthly.recipient_id, monthly.due_at) == (pair.line_manager.id, weekly.due_at)
    assert "Fewer than eight people take part." in await said(pair, monthly)
    await until(date(2026, 6, 8))
    assert "Quiet matches: 100 %, a week ago 100 %." in await said(pair, (await sent("Q01"))[-1])
    await until(date(2026, 7, 1), hour=9)
    [quarterly] = await sent("Q03")
    assert quarterly.recipient_id == pair.stranger.id
    await said(pair, quarterly)


async def test_a_figure_in_the_red_is_told_once_a_week_and_not_once_it_is_back(pair: Pair) -> None:
    await until(date(2026, 6, 5))
    first = [(one.facts["metric"], one.recipient_id) for one in await sent("Q05")]
    assert sorted(first) == [(key, pair.manager.id) for key in ("GOALS", "HELD", "QUIET", "STARTED")]
    await until(date(2026, 6, 8))
    assert len(await sent("Q05")) == 8
    quiet = next(one for one in await sent("Q05") if one.facts["metric"] == "QUIET")
    assert "once a week, until it is back in range" in await said(pair, quiet)
    await Match.filter(cohort_id=pair.cohort.id).update(state=MatchState.COMPLETED)
    assert (await scene_and_reason(system_actor(pair.organization.id), quiet))[1] == "back in range"


async def test_line_managers_read_how_their_people_stand_and_nothing_else(pair: Pair) -> None:
    await until(date(2026, 6, 16))
    team = await sent("Q04")
    assert {one.recipient_id for one in team} == {pair.line_manager.id}
    assert len({one.due_at for one in team}) == len(team)
    words = await said(pair, team[0])
    assert "Noor Saltmarsh" in words
    assert "Matched-Active" in words
    assert "Idris" not in words
    await Program.filter(id=pair.program.id).update(reports={})
    assert (await scene_and_reason(system_actor(pair.organization.id), team[0]))[1] == "nothing to list"


async def test_who_may_not_read_it_any_more_gets_none_and_what_is_off_does_not_go(pair: Pair) -> None:
    await until(MONDAY)
    await RoleGrant.filter(organization_id=pair.organization.id).delete()
    actor = system_actor(pair.organization.id)
    for kind in ("Q01", "Q02"):
        [one] = await sent(kind)
        assert (await scene_and_reason(actor, one))[1] == "no longer so"
    await set_part(pair.manager_actor, pair.program.id, REPORTS_PART, {"weekly": None, "alerts": False})
    await until(date(2026, 6, 8))
    rows = ScheduledAction.filter(rule="report.weekly").order_by("-due_at")
    assert (await rows.first()).reason == "switched off in this programme"
    assert len(await sent("Q01")) == 1


async def test_told_twice_it_is_planned_once(pair: Pair) -> None:
    before = await ScheduledAction.filter(rule__startswith="report.").count()
    for _ in range(2):
        async with unit_of_work(system_actor(pair.organization.id)) as unit:
            await unit.publish("program.moved", subject_id=pair.program.id, program_id=pair.program.id)
        await drain()
    assert (before, await ScheduledAction.filter(rule__startswith="report.").count()) == (5, 5)
