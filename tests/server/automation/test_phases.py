"""Each message of each phase: at its moment, to whom it is for, and kept back by what makes it needless."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from server.access.models import RoleGrant
from server.access.states import Role
from server.goals.models import Goal, Milestone
from server.goals.states import GoalState, MilestoneState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import ActionState, ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.catalogue import CATALOGUE
from server.notifications.deciding.reasons import scene_and_reason
from server.notifications.models import Message
from server.notifications.texts import letter
from server.programs.models import Enrollment, WaitlistEntry
from server.programs.states import EnrollmentState
from server.sessions.models import ActionItem, Session
from server.sessions.states import SessionState
from tests.factories import Pair, active_match

MONDAY = datetime(2026, 6, 1, 10, tzinfo=UTC)
Ids = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A message of a phase: what happens, at which moments it is due for whom, and what makes it needless and why."""

    kind: str
    fact: str
    begin: Callable[[Pair], Awaitable[Ids]]
    due: dict[str, list[datetime]]
    needless: Callable[[Pair], Awaitable[object]]
    why: str


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def at(month: int, *days: int, hour: int = 8) -> list[datetime]:
    return [datetime(2026, month, day, hour, tzinfo=UTC) for day in days]


def of_match(pair: Pair) -> Ids:
    return {"match_id": pair.match.id, "program_id": pair.program.id, "cohort_id": pair.cohort.id}


async def matched(pair: Pair) -> Ids:
    return of_match(pair)


async def waits(pair: Pair) -> Ids:
    line: Ids = {"enrollment": pair.mentee_enrollment, "cohort_id": pair.cohort.id, "since": MONDAY}
    await WaitlistEntry.create(organization_id=pair.organization.id, **line)
    return await admitted(pair, EnrollmentState.WAITLISTED)


async def admitted(pair: Pair, state: EnrollmentState = EnrollmentState.ACTIVE) -> Ids:
    await Match.filter(id=pair.match.id).update(state=MatchState.EXPIRED)
    await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=state)
    return {**of_match(pair), "enrollment_id": pair.mentee_enrollment.id, "person_id": pair.mentee.id}


async def a_place(pair: Pair) -> None:
    await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.ACTIVE)


async def a_match(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_BOTH)


async def refused(pair: Pair) -> Ids:
    own: Ids = {"organization_id": pair.organization.id, "program_id": pair.program.id}
    await RoleGrant.create(**own, person=pair.manager, role=Role.PROGRAM_MANAGER)
    await Match.bulk_create([
        Match(**own, cohort=pair.cohort, state=MatchState.DECLINED, ended_at=MONDAY) for _ in range(20)
    ])
    return of_match(pair)


async def all_accepted(pair: Pair) -> None:
    await Match.filter(cohort_id=pair.cohort.id).update(active_at=MONDAY)


async def a_goal(pair: Pair) -> Goal:
    return await Goal.create(
        organization_id=pair.organization.id, enrollment=pair.mentee_enrollment, person_id=pair.mentee.id,
        match_id=pair.match.id, state=GoalState.ACTIVE,
    )


async def a_step(pair: Pair) -> Ids:
    goal = await a_goal(pair)
    step = await Milestone.create(
        organization_id=pair.organization.id, goal=goal, title="Ask for the chair", due_on=date(2026, 6, 12),
    )
    return {"milestone_id": step.id, "goal_id": goal.id}


async def step_done(pair: Pair) -> None:
    await Milestone.filter(organization_id=pair.organization.id).update(state=MilestoneState.DONE)


async def step_moved(pair: Pair) -> None:
    await Milestone.filter(organization_id=pair.organization.id).update(due_on=date(2026, 7, 1))


async def session(pair: Pair, starts_at: datetime, state: SessionState = SessionState.SCHEDULED) -> Session:
    return await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=state, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
    )


async def on_thursday(pair: Pair) -> Ids:
    return {**of_match(pair), "session_id": (await session(pair, MONDAY + timedelta(days=3))).id}


async def met(pair: Pair) -> Ids:
    held = await session(pair, MONDAY - timedelta(hours=1), SessionState.HELD)
    return {**of_match(pair), "session_id": held.id}


async def promised(pair: Pair) -> Ids:
    item = await ActionItem.create(
        organization_id=pair.organization.id, match_id=pair.match.id, owner_id=pair.mentor.id, text="A book",
        session=await session(pair, MONDAY - timedelta(hours=1), SessionState.HELD), due_on=date(2026, 6, 8),
    )
    return {"action_item_id": item.id}


async def called_off(pair: Pair) -> None:
    await Session.filter(match_id=pair.match.id).update(state=SessionState.CANCELLED)


async def booked(pair: Pair) -> None:
    await session(pair, MONDAY + timedelta(days=60))


async def kept(pair: Pair) -> None:
    await ActionItem.filter(match_id=pair.match.id).update(done_at=MONDAY)


async def longer(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(ends_on=date(2026, 9, 1))


async def longer_proposed(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(proposed_end_on=date(2026, 9, 1))


PHASES = {
    "unmatched": (
        Case("E11", "enrollment.waitlisted", waits, {"Noor": [*at(6, 15, 29), *at(7, 13, 27), *at(8, 10, 24)]},
             a_place, "no longer so"),
        Case("M11", "enrollment.activated", admitted, {"Noor": at(6, 15, 29)}, a_match, "matched"),
        Case("M10", "match.declined", refused, {"": at(6, 8, hour=9)}, all_accepted, "enough are accepted"),
    ),
    "goals": (
        Case("G01", "match.activated", matched, {"Noor": at(6, 4)}, a_goal, "a goal is set"),
        Case("G04", "goal.milestone_dated", a_step, {"Noor": at(6, 9)}, step_done, "done already"),
        Case("G05", "goal.milestone_dated", a_step, {"Noor": at(6, 13, 19)}, step_moved, "another day"),
    ),
    "meeting": (
        Case("S04", "session.booked", on_thursday, {"Noor": at(6, 3, hour=10), "Idris": at(6, 3, hour=10)}, called_off,
             "no longer booked"),
        Case("S08", "session.held", met, {"Noor": at(6, 4)}, booked, "a time is booked"),
        Case("S10", "session.promised", promised, {"Idris": at(6, 5, hour=6)}, kept, "done already"),
    ),
    "closing": (
        Case("Z01", "match.activated", matched, {"Noor": at(6, 15), "Idris": at(6, 15, hour=6)}, longer,
             "another last day"),
        Case("Z02", "match.activated", matched, {"Noor": at(6, 29), "Idris": at(6, 29, hour=6)}, booked,
             "a time is booked"),
        Case("Z03", "match.resumed", matched, {"Noor": at(7, 6), "Idris": at(7, 6, hour=6)}, longer_proposed,
             "a later day is proposed"),
    ),
}


@pytest.mark.parametrize("phase", PHASES)
async def test_each_message_goes_at_its_moment_and_its_stop_keeps_it_back(db: object, phase: str) -> None:
    for case in PHASES[phase]:
        with clock.at(MONDAY):
            pair = await active_match(active_at=MONDAY, ends_on=date(2026, 7, 13))
            await happened(pair.organization.id, case.fact, **await case.begin(pair))
            assert await planned(pair, case.kind) == case.due, case.kind
            first = min(moment for due in case.due.values() for moment in due)
            assert await told_at(pair, case.kind, first - timedelta(minutes=1)) == [], case.kind
            told = await told_at(pair, case.kind, max(due[0] for due in case.due.values()))
            assert len(told) == len(case.due), case.kind
            actor = system_actor(pair.organization.id)
            for message in told:
                scene, why = await scene_and_reason(actor, message)
                assert scene, case.kind
                assert (why, bool(letter(CATALOGUE[case.kind], scene).text)) == ("", True)
            await case.needless(pair)
            assert [(await scene_and_reason(actor, one))[1] for one in told] == [case.why] * len(told), case.kind


async def test_a_session_booked_within_a_day_needs_no_reminder_and_one_that_moved_has_another(db: object) -> None:
    pair = await active_match(active_at=MONDAY)
    near, far = [await session(pair, MONDAY + timedelta(hours=hours)) for hours in (23, 72)]
    series: Ids = {"series_id": new_id(), "session_ids": [near.id, far.id], "sequences": [0, 0], "every_weeks": 1}
    await happened(pair.organization.id, "session.series_booked", **series, **of_match(pair))
    assert await planned(pair, "S04") == {name: at(6, 3, hour=10) for name in ("Noor", "Idris")}
    await Session.filter(id=far.id).update(starts_at=MONDAY + timedelta(hours=96), sequence=1)
    await happened(pair.organization.id, "session.moved", session_id=far.id, **of_match(pair))
    assert await told_at(pair, "S04", MONDAY + timedelta(hours=72)) != []
    states = await ScheduledAction.filter(rule="message.S04").order_by("due_at").values_list("state", "reason")
    assert states == [(ActionState.SKIPPED, "no longer so")] * 2 + [(ActionState.DONE, "")] * 2


async def happened(organization_id: UUID, kind: str, **payload: Any) -> None:
    async with unit_of_work(system_actor(organization_id)) as unit:
        await unit.publish(kind, subject_id=payload.get("match_id"), **payload)
    await drain()


async def planned(pair: Pair, kind: str) -> dict[str, list[datetime]]:
    """When a message is due, by the first name of whom it is for; "" where it is for a role."""
    names = {one.id: one.given_name for one in (pair.mentor, pair.mentee)}
    found: dict[str, list[datetime]] = {}
    rows = ScheduledAction.filter(organization_id=pair.organization.id, rule=f"message.{kind}")
    for row in await rows.order_by("due_at"):
        found.setdefault(names[row.recipient_id] if row.recipient_id else "", []).append(row.due_at)
    return found


async def told_at(pair: Pair, kind: str, moment: datetime) -> list[Message]:
    clock.move(moment - clock.now())
    await drain()
    return await Message.filter(organization_id=pair.organization.id, kind=kind)
