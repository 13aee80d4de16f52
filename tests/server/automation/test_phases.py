"""Each message of each phase: at its moment, to whom it is for, and kept back by what makes it needless."""

from collections.abc import Awaitable, Callable
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
from server.notifications.models import Message
from server.notifications.texts import letter
from server.notifications.ways.reasons import scene_and_reason
from server.programs.models import Enrollment, OpeningWish, Program, WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import ActionItem, AgendaItem, Session
from server.sessions.states import SessionState
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState, SurveyKind
from tests import factories
from tests.factories import Pair, active_match
from tests.server.automation.conftest import MONDAY

pytestmark = pytest.mark.usefixtures("monday")
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


def at(month: int, *days: int, hour: int = 8, minute: int = 0) -> list[datetime]:
    return [datetime(2026, month, day, hour, minute, tzinfo=UTC) for day in days]


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


async def may_ask(pair: Pair) -> Ids:
    """Mentees may ask for a match themselves, and there is another mentor to ask."""
    await Program.filter(id=pair.program.id).update(mentees_may_ask=True)
    await factories.enrollment(pair.cohort, await factories.person(pair.organization), ParticipantRole.MENTOR)
    return await admitted(pair)


async def a_place(pair: Pair) -> None:
    await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.ACTIVE)


async def a_match(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_BOTH)


async def looked_after(pair: Pair) -> Ids:
    """Rui runs the programme, and looks after all of them."""
    own: Ids = {"organization_id": pair.organization.id, "person": pair.manager}
    await RoleGrant.create(**own, program_id=pair.program.id, role=Role.PROGRAM_MANAGER)
    await RoleGrant.create(**own, role=Role.GLOBAL_ADMIN)
    return of_match(pair)


async def admitted_and_looked_after(pair: Pair) -> Ids:
    await looked_after(pair)
    return await admitted(pair)


async def refused(pair: Pair) -> Ids:
    own: Ids = {"organization_id": pair.organization.id, "program_id": pair.program.id}
    await looked_after(pair)
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


async def a_shared_step_done(pair: Pair) -> Ids:
    ids = await a_step(pair)
    await step_done(pair)
    return {**of_match(pair), **ids}


async def a_goal_set(pair: Pair) -> Ids:
    return {**of_match(pair), "goal_id": (await a_goal(pair)).id}


async def reworded(pair: Pair) -> None:
    await Goal.filter(match_id=pair.match.id).update(updated_at=clock.now() + timedelta(minutes=1))


async def given_up(pair: Pair) -> None:
    await Goal.filter(match_id=pair.match.id).update(state=GoalState.ABANDONED)


async def to_do_again(pair: Pair) -> None:
    await Milestone.filter(organization_id=pair.organization.id).update(state=MilestoneState.TODO)


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


async def a_topic(pair: Pair) -> None:
    there = await Session.get(match_id=pair.match.id)
    own: Ids = {"organization_id": pair.organization.id, "session": there}
    await AgendaItem.create(**own, topic="The board", added_by_id=pair.mentor.id)


async def written(pair: Pair) -> None:
    held = await Session.get(match_id=pair.match.id)
    own: Ids = {"organization_id": pair.organization.id, "match_id": pair.match.id, "session": held, "text": "A book"}
    for one in (pair.mentor, pair.mentee):
        await ActionItem.create(**own, owner_id=one.id)


async def said_so(pair: Pair) -> None:
    await Session.filter(match_id=pair.match.id).update(confirmed_at=clock.now(), confirmed_by_id=pair.mentor.id)


async def ends_such(pair: Pair) -> Ids:
    """The programme ends matches in which nobody meets."""
    await Program.filter(id=pair.program.id).update(messages={"I05": {"on": True}})
    return of_match(pair)


async def met_today(pair: Pair) -> None:
    await session(pair, clock.now() - timedelta(hours=1), SessionState.HELD)


async def asked(pair: Pair, kind: SurveyKind = SurveyKind.CHECK_IN) -> Ids:
    survey = await SurveyInvitation.create(
        organization_id=pair.organization.id, kind=kind, match=pair.match, opens_at=MONDAY,
        program_id=pair.program.id, person_id=pair.mentee.id, state=InvitationState.OPEN,
        closes_at=MONDAY + timedelta(days=10),
    )
    return {**of_match(pair), "invitation_id": survey.id}


async def asked_last(pair: Pair) -> Ids:
    return await asked(pair, SurveyKind.CLOSING)


async def answered(pair: Pair) -> None:
    await SurveyInvitation.filter(match_id=pair.match.id).update(state=InvitationState.ANSWERED)


async def had_its_time(pair: Pair) -> Ids:
    await Match.filter(id=pair.match.id).update(state=MatchState.COMPLETED, ended_at=MONDAY)
    await Enrollment.filter(cohort_id=pair.cohort.id).update(state=EnrollmentState.COMPLETED)
    return of_match(pair)


async def goes_on(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(state=MatchState.ACTIVE)


async def wants_to_hear(pair: Pair) -> None:
    for one in (pair.mentor, pair.mentee):
        await OpeningWish.create(organization_id=pair.organization.id, program=pair.program, person=one)


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


A_DAY_AND_SOON = [*at(6, 3, hour=10), *at(6, 4, hour=9, minute=45)]
PHASES = {
    "unmatched": (
        Case("E11", "enrollment.waitlisted", waits, {"Noor": [*at(6, 15, 29), *at(7, 13, 27), *at(8, 10, 24)]},
             a_place, "no longer so"),
        Case("M02", "enrollment.activated", may_ask, {"Noor": [*at(6, 1, hour=10, minute=15), *at(6, 4, 8)]}, a_match,
             "nobody to ask"),
        Case("M11", "enrollment.activated", admitted, {"Noor": at(6, 15, 29)}, a_match, "matched"),
        Case("M11-runs", "enrollment.activated", admitted_and_looked_after, {"": at(6, 15, 29, hour=9)}, a_match,
             "matched"),
        Case("M10", "match.declined", refused, {"": at(6, 8, hour=9)}, all_accepted, "enough are accepted"),
    ),
    "goals": (
        Case("G01", "match.activated", matched, {"Noor": at(6, 4)}, a_goal, "a goal is set"),
        Case("G01-met", "session.held", met, {"Noor": at(6, 3)}, a_goal, "a goal is set"),
        Case("G04", "goal.milestone_dated", a_step, {"Noor": at(6, 9)}, step_done, "done already"),
        Case("G05", "goal.milestone_dated", a_step, {"Noor": at(6, 13, 19)}, step_moved, "another day"),
        Case("G05-shared", "goal.milestone_dated", a_step, {"Idris": at(6, 19, hour=6)}, step_done, "done already"),
        Case("G07", "goal.activated", a_goal_set, {"Noor": at(7, 16), "Idris": at(7, 16, hour=6)}, reworded,
             "changed since"),
    ),
    "meeting": (
        Case("S03", "session.booked", on_thursday, {"Noor": at(6, 2), "Idris": at(6, 2, hour=6)}, a_topic, "prepared"),
        Case("S04", "session.booked", on_thursday, dict.fromkeys(("Noor", "Idris"), A_DAY_AND_SOON), called_off,
             "no longer booked"),
        Case("S05", "session.held", met, {name: at(6, 1, hour=10, minute=15) for name in ("Noor", "Idris")}, said_so,
             "answered"),
        Case("S06", "session.held", met, {name: at(6, 1, hour=11, minute=45) for name in ("Noor", "Idris")}, written,
             "done already"),
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
    "silence": (
        Case("I05", "match.activated", ends_such, {"Noor": at(7, 31), "Idris": at(7, 31, hour=6)}, booked,
             "a time is booked"),
        Case("I04", "match.activated", looked_after, {"": at(7, 13, hour=9)}, met_today, "they have met"),
    ),
    "questions": (
        Case("C03", "survey.opened", asked, {"Noor": at(6, 4)}, answered, "answered or closed"),
        Case("Z04-again", "survey.opened", asked_last, {"Noor": at(6, 4, 8)}, answered, "answered or closed"),
    ),
    "after": (
        Case("Z07", "match.completed", had_its_time, {"Idris": at(6, 2, hour=6)}, goes_on, "no longer so"),
        Case("Z08", "match.completed", had_its_time, {"Noor": at(6, 8), "Idris": at(6, 8, hour=6)}, wants_to_hear,
             "answered"),
    ),
}
AT_ONCE = (
    Case("G03", "goal.activated", a_goal_set, {"Idris": []}, given_up, "done already"),
    Case("G06", "goal.milestone_done", a_shared_step_done, {"Idris": []}, to_do_again, "no longer so"),
    Case("Z06", "match.completed", had_its_time, {"Idris": [], "Noor": []}, goes_on, "no longer so"),
)


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
            await goes_until_needless(pair, case, told)


async def test_what_is_told_at_once_goes_to_whom_it_is_for_and_its_stop_keeps_it_back(db: object) -> None:
    for case in AT_ONCE:
        pair = await active_match(active_at=MONDAY)
        await happened(pair.organization.id, case.fact, **await case.begin(pair))
        told = await told_at(pair, case.kind, MONDAY)
        names = {pair.mentor.id: "Idris", pair.mentee.id: "Noor"}
        assert sorted(names[one.recipient_id] for one in told) == list(case.due), case.kind
        await goes_until_needless(pair, case, told)


async def goes_until_needless(pair: Pair, case: Case, told: list[Message]) -> None:
    """It may go and says something; then what makes it needless happens, and it may not."""
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
    soon = [*at(6, 2, hour=8, minute=45), *A_DAY_AND_SOON]
    assert await planned(pair, "S04") == dict.fromkeys(("Noor", "Idris"), soon)
    await Session.filter(id=far.id).update(starts_at=MONDAY + timedelta(hours=96), sequence=1)
    await happened(pair.organization.id, "session.moved", session_id=far.id, **of_match(pair))
    assert await told_at(pair, "S04", MONDAY + timedelta(hours=72)) != []
    states = await ScheduledAction.filter(rule="message.S04").order_by("due_at").values_list("state", "reason")
    too_late, moved = (ActionState.SKIPPED, "too late"), (ActionState.SKIPPED, "no longer so")
    ahead = [(ActionState.DONE, "")] * 2 + [(ActionState.PLANNED, "")] * 2
    assert states == [too_late] * 2 + [moved] * 4 + ahead


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
