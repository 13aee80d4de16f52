"""A programme's messages of its own: each trigger fires and stops, an edit follows, caps hold, faults are told."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from server.access.models import RoleGrant
from server.access.states import Role
from server.automation.steps import STEPS, TRIGGERS
from server.automation.telling.limits import Crowd, crowds
from server.automation.telling.shown import seen
from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import ActionState, ScheduledAction
from server.kernel.jobs import drain
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchState
from server.messaging.models import Thread, ThreadMessage
from server.notifications.catalogue import CATALOGUE
from server.notifications.channels import gate
from server.notifications.models import Message, NudgeDay
from server.notifications.states import MessageState
from server.notifications.texts import letter
from server.notifications.ways.reasons import scene_and_reason
from server.programs.models import Enrollment, Program
from server.programs.plans.telling import OWN, Trigger
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.factories import Pair, active_match
from tests.server.automation.conftest import MONDAY
from tests.server.notifications.mail_server import mail_server

pytestmark = pytest.mark.usefixtures("monday")
Happens = Callable[[Pair], Awaitable[dict[str, Any]]]
DAY = timedelta(days=1)


def message(when: str, **said: Any) -> dict[str, Any]:
    words = {"en": {"subject": f"{{name}}: {when}", "body": "A word from {program}."}}
    return {"name": "Ours", "when": when, "days": 2, "to": "BOTH", "only_if": None, "words": words, **said}


async def matched(pair: Pair) -> dict[str, Any]:
    return {"match_id": pair.match.id}


async def alone(pair: Pair) -> dict[str, Any]:
    """Noor takes part, and is in no match."""
    await Match.filter(id=pair.match.id).update(state=MatchState.EXPIRED)
    own = Enrollment.filter(id=pair.mentee_enrollment.id)
    await own.update(state=EnrollmentState.ACTIVE, active_at=MONDAY, submitted_at=MONDAY)
    return {"enrollment_id": pair.mentee_enrollment.id}


async def left(pair: Pair) -> dict[str, Any]:
    await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.WITHDRAWN, ended_at=clock.now())
    return {}


async def a_match(pair: Pair) -> dict[str, Any]:
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_BOTH)
    return {}


async def rests(pair: Pair) -> dict[str, Any]:
    await Match.filter(id=pair.match.id).update(state=MatchState.PAUSED)
    return {}


async def matched_before(pair: Pair) -> dict[str, Any]:
    """Both were in this match before, which is theirs alone: another one that had its time."""
    before = await Match.create(
        organization_id=pair.organization.id, program=pair.program, cohort=pair.cohort, state=MatchState.CONCLUDED,
        active_at=MONDAY - 90 * DAY, ended_at=MONDAY - DAY,
    )
    for seat in (pair.mentor_enrollment, pair.mentee_enrollment):
        await MatchMember.create(
            organization_id=pair.organization.id, match=before, enrollment=seat, person_id=seat.person_id,
            role=seat.role, approval=Approval.ACCEPTED,
        )
    return {}


async def ended(pair: Pair) -> dict[str, Any]:
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED, ended_at=MONDAY)
    return {"match_id": pair.match.id}


async def had_its_time(pair: Pair) -> dict[str, Any]:
    await Match.filter(id=pair.match.id).update(state=MatchState.COMPLETED, ended_at=MONDAY)
    return {"match_id": pair.match.id}


async def goes_on(pair: Pair) -> dict[str, Any]:
    await Match.filter(id=pair.match.id).update(state=MatchState.ACTIVE)
    return {}


async def wrote(pair: Pair) -> dict[str, Any]:
    """Noor writes."""
    return await _word(pair, pair.mentee.id)


async def answered(pair: Pair) -> dict[str, Any]:
    """Idris does."""
    return await _word(pair, pair.mentor.id)


async def _word(pair: Pair, author_id: Any) -> dict[str, Any]:
    own: dict[str, Any] = {"organization_id": pair.organization.id}
    thread, _new = await Thread.get_or_create(**own, match_id=pair.match.id)
    await ThreadMessage.create(**own, thread=thread, author_id=author_id, body="Hello", sent_at=clock.now())
    return {"match_id": pair.match.id}


async def booked(pair: Pair) -> dict[str, Any]:
    return await _session(pair, SessionState.SCHEDULED, clock.now() + 9 * DAY)


async def met(pair: Pair) -> dict[str, Any]:
    return await _session(pair, SessionState.HELD, clock.now() - timedelta(hours=1))


async def _session(pair: Pair, state: SessionState, at: Any) -> dict[str, Any]:
    held = await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=state, starts_at=at, booked_at=clock.now(),
        ends_at=at + timedelta(hours=1), held_at=at + timedelta(hours=1),
    )
    return {"match_id": pair.match.id, "session_id": held.id}


async def aims(pair: Pair) -> dict[str, Any]:
    goal = await Goal.create(
        organization_id=pair.organization.id, enrollment=pair.mentee_enrollment, person_id=pair.mentee.id,
        match_id=pair.match.id, state=GoalState.ACTIVE, updated_at=clock.now(),
    )
    return {"match_id": pair.match.id, "goal_id": goal.id}


async def reached(pair: Pair) -> dict[str, Any]:
    ids = await aims(pair)
    await Goal.filter(id=ids["goal_id"]).update(state=GoalState.ACHIEVED, settled_at=clock.now())
    return ids


async def dropped(pair: Pair) -> dict[str, Any]:
    await Goal.filter(match_id=pair.match.id).update(state=GoalState.ABANDONED)
    return {}


class Case(NamedTuple):
    """How a trigger comes about, to whom it goes then, what stops it, and where it leads Noor and Idris."""

    trigger: Trigger
    fact: str
    begin: Happens
    to: tuple[str, ...]
    over: Happens
    leads: tuple[str, str] = ("/match/{match}", "/match/{match}")


BOTH = ("Idris", "Noor")
HOME, BOOK = ("/",) * 2, ("/match/{match}/session",) * 2
THREAD, FINISHED = ("/messages/{match}#latest",) * 2, ("/#finished-{match}",) * 2
SESSION = ("/session/{session}",) * 2
CASES = (
    Case(Trigger.FORM_DONE, "enrollment.submitted", alone, ("Noor",), left, HOME),
    Case(Trigger.JOINED, "enrollment.activated", alone, ("Noor",), left, HOME),
    Case(Trigger.NOT_MATCHED, "enrollment.activated", alone, ("Noor",), a_match, HOME),
    Case(Trigger.MATCHED, "match.activated", matched, BOTH, rests),
    Case(Trigger.FIRST_MATCH, "match.activated", matched, BOTH, matched_before),
    Case(Trigger.FIRST_UNMATCH, "match.ended", ended, BOTH, a_match, HOME),
    Case(Trigger.WROTE, "message.sent", wrote, BOTH, rests, THREAD),
    Case(Trigger.NOT_WRITTEN, "match.activated", matched, BOTH, wrote, THREAD),
    Case(Trigger.UNANSWERED, "message.sent", wrote, ("Idris",), answered, THREAD),
    Case(Trigger.BOOKED, "session.booked", booked, BOTH, met, SESSION),
    Case(Trigger.NOT_BOOKED, "match.activated", matched, BOTH, booked, BOOK),
    Case(Trigger.FIRST_MET, "session.held", met, BOTH, rests),
    Case(Trigger.NOT_MET, "match.activated", matched, BOTH, met, BOOK),
    Case(Trigger.MET, "session.held", met, BOTH, rests),
    Case(Trigger.QUIET, "match.activated", matched, BOTH, booked, ("/#next-{match}", "/#mentees")),
    Case(Trigger.GOAL_SET, "goal.activated", aims, BOTH, dropped, ("/#goal-{match}", "/#mentees")),
    Case(Trigger.NO_GOAL, "match.activated", matched, BOTH, aims, ("/enrollment/{seat}/goal", "/match/{match}")),
    Case(Trigger.GOAL_DONE, "goal.settled", reached, BOTH, dropped, ("/#goal-{match}", "/#mentees")),
    Case(Trigger.ENDED, "match.completed", had_its_time, BOTH, goes_on, FINISHED),
)


async def in_a_world(*own: dict[str, Any]) -> Pair:
    """Noor in Lisbon and Idris in Nairobi, matched now, in a programme that says nothing but this."""
    pair = await active_match(active_at=MONDAY, ends_on=date(2026, 12, 1))
    off = {kind: {"on": False} for kind in {step.kind for step in STEPS.values()} - {OWN, "I05"}}
    messages = {**off, OWN: {f"ours-{number}": one for number, one in enumerate(own)}}
    await Program.filter(id=pair.program.id).update(messages=messages)
    return pair


async def happened(pair: Pair, fact: str, ids: dict[str, Any]) -> None:
    async with unit_of_work(system_actor(pair.organization.id)) as unit:
        await unit.publish(fact, **{"program_id": pair.program.id, "cohort_id": pair.cohort.id, **ids})
    await drain(strict=False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_trigger_fires_at_its_moment_for_whom_it_is_and_stops_by_itself(db: object) -> None:
    assert {case.trigger for case in CASES} == set(Trigger) == set(TRIGGERS)
    for case in CASES:
        with clock.at(MONDAY):
            pair = await in_a_world(message(case.trigger))
            ids = await case.begin(pair)
            await happened(pair, case.fact, ids)
            there = {"match": pair.match.id, "session": ids.get("session_id"), "seat": pair.mentee_enrollment.id}
            leads = dict(zip((pair.mentee.id, pair.mentor.id), case.leads, strict=True))
            rule, system = f"message.OWN.{case.trigger}", system_actor(pair.organization.id)
            rows = ScheduledAction.filter(rule=rule, program_id=pair.program.id)
            names = {pair.mentor.id: "Idris", pair.mentee.id: "Noor", None: ""}
            assert sorted(names[one.recipient_id] for one in await rows) == list(case.to), case.trigger
            assert {one.due_at.date() for one in await rows} == {date(2026, 6, 3)}, case.trigger
            told = Message.filter(kind=OWN, program_id=pair.program.id)
            clock.move(timedelta(days=2))
            await drain(strict=False)
            assert await told.count() == len(case.to), (case.trigger, [one.reason for one in await rows])
            for one in await told:
                scene, why = await scene_and_reason(system, one)
                assert scene, case.trigger
                assert (why, letter(CATALOGUE[OWN], scene).subject) == (
                    "", f"{scene.person.first_name}: {case.trigger}"), case.trigger
                assert CATALOGUE[OWN].link(scene) == leads[scene.person.id].format(**there), case.trigger
            await case.over(pair)
            assert all([(await scene_and_reason(system, one))[1] for one in await told]), case.trigger
            ours = {"organization_id": pair.organization.id}
            async with unit_of_work(system):    # no mail server is there: each would be tried again in the next case
                await Message.filter(**ours).update(state=MessageState.SUPPRESSED)
                await ScheduledAction.filter(**ours).update(state=ActionState.CANCELLED)


async def test_an_edit_moves_what_waits_takes_out_what_is_gone_and_sends_nobody_what_has_passed(db: object) -> None:
    pair = await in_a_world(message("MATCHED"), message("NOT_MET", days=5))
    await happened(pair, "match.activated", {"match_id": pair.match.id})
    before = (await Program.get(id=pair.program.id)).messages

    async def edited(**own: dict[str, Any]) -> dict[tuple[str, date], ActionState]:
        changed = {**before, OWN: own}
        await Program.filter(id=pair.program.id).update(messages=changed)
        await happened(pair, "program.messages_set", {"changed": [OWN]})
        rows = await ScheduledAction.filter(rule__startswith="message.OWN.", recipient_id=pair.mentee.id)
        return {(one.payload["own"], one.due_at.date()): one.state for one in rows}

    clock.move(DAY)
    planned, cancelled = ActionState.PLANNED, ActionState.CANCELLED
    stand = await edited(**{"ours-0": message("MATCHED", days=4), "late": message("MATCHED", days=0)})
    assert stand == {("ours-0", date(2026, 6, 5)): planned, ("ours-1", date(2026, 6, 6)): cancelled}
    clock.move(3 * DAY)
    await drain(strict=False)
    assert await Message.filter(kind=OWN).count() == 2
    assert await NudgeDay.filter(person_id=pair.mentee.id).count() <= 1
    await edited()
    [told, _other] = await Message.filter(kind=OWN)
    assert (await scene_and_reason(system_actor(pair.organization.id), told))[1] == "switched off in this programme"


async def test_at_once_goes_with_its_fact_and_who_runs_the_programme_hears_whom_it_is_about(db: object) -> None:
    words = {"en": {"subject": "They met", "body": "{who} have met."}}
    pair = await in_a_world(message("FIRST_MET", days=0, to="RUNS", words=words), message("MET", to="MENTOR"))
    await RoleGrant.create(
        organization_id=pair.organization.id, person=pair.manager, role=Role.PROGRAM_MANAGER,
        program_id=pair.program.id,
    )
    await happened(pair, "session.held", await met(pair))
    [told] = await Message.filter(kind=OWN)
    scene, _why = await scene_and_reason(system_actor(pair.organization.id), told)
    assert scene
    assert told.recipient_id == pair.manager.id
    assert CATALOGUE[OWN].link(scene) == f"/console/matches/{pair.match.id}"
    assert "Idris Brightwater and Noor Saltmarsh have met." in letter(CATALOGUE[OWN], scene).text
    assert [row.recipient_id for row in await ScheduledAction.filter(rule="message.OWN.MET")] == [pair.mentor.id]
    shown = await seen(pair.manager_actor, pair.program.id, OWN, its_own="ours-0")
    assert shown.preview
    assert (shown.as_whom, shown.preview.paragraphs) == (
        pair.manager, ("Idris Brightwater and Noor Saltmarsh have met.",))


async def test_caps_hold_and_what_meets_on_a_day_is_told_while_it_is_written(db: object) -> None:
    own = {"a": message("MATCHED"), "b": message("NOT_WRITTEN"), "c": message("NOT_BOOKED", to="RUNS")}
    assert Crowd(("F01", "OWN.a", "OWN.b"), True, 2) in crowds({OWN: own})
    pair = await in_a_world(message("MATCHED"), message("NOT_WRITTEN"), message("NOT_MET"))
    gate.SMTP_GATE.passed()
    async with mail_server() as mails:
        await happened(pair, "match.activated", {"match_id": pair.match.id})
        clock.move(2 * DAY)
        await drain()
    nudges = [one for one in mails.to(pair.mentee.email) if "are a match" not in one["Subject"]]
    mine = Message.filter(kind=OWN, recipient_id=pair.mentee.id)
    assert (len(nudges), await mine.count(), await mine.filter(state=MessageState.SENT).count()) == (1, 3, 1)
    assert await NudgeDay.filter(person_id=pair.mentee.id).count() == 1


async def test_two_programmes_with_messages_of_their_own_write_one_letter_on_a_day(db: object) -> None:
    """Caps count over all that somebody takes part in, whoever wrote the words."""
    pair = await in_a_world(message("MATCHED"))
    said = (await Program.get(id=pair.program.id)).messages
    other = await factories.program(pair.organization, name="Walks", messages=said)
    group = await factories.cohort(other)
    seats = [await factories.enrollment(group, one, role) for one, role in (
        (await factories.person(pair.organization), ParticipantRole.MENTOR), (pair.mentee, ParticipantRole.MENTEE))]
    second = await factories.match(*seats)
    gate.SMTP_GATE.passed()
    async with mail_server() as mails:
        await happened(pair, "match.activated", {"match_id": pair.match.id})
        await happened(pair, "match.activated", {
            "match_id": second.id, "program_id": other.id, "cohort_id": group.id})
        clock.move(2 * DAY)
        await drain()
        [nudge] = [one for one in mails.to(pair.mentee.email) if "are a match" not in one["Subject"]]
    plain = nudge.get_body(("plain",))
    assert plain is not None
    assert all(f"/match/{one.id}?told=" in plain.get_content() for one in (pair.match, second))
    rows = await Message.filter(kind=OWN, recipient_id=pair.mentee.id).values_list("program_id", "state")
    assert {program for program, _state in rows} == {pair.program.id, other.id}
    assert sorted(state for _program, state in rows) == [MessageState.SENT, MessageState.SUPPRESSED]
    assert await NudgeDay.filter(person_id=pair.mentee.id).count() == 1
