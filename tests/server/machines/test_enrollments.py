"""Every row of the enrolment table (glossary section 2), walked through the acts that people and the product have."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from server.journey.closing import actions as closing
from server.journey.leaving import actions as leaving
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import drain
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs import actions
from server.programs.models import Cohort, Enrollment, Program, WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState
from tests import factories
from tests.server.machines.walking import at_one_go, refused, table, walked

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
ROWS = table("""
(none)                                                    | invite                        | INVITED
(none)                                                    | self_join                     | IN_PROGRESS
INVITED                                                   | sign_in                       | IN_PROGRESS
INVITED                                                   | decline                       | DECLINED
INVITED                                                   | expire                        | EXPIRED
EXPIRED, DECLINED                                         | reinvite                      | INVITED
IN_PROGRESS                                               | submit, approval on           | PENDING_APPROVAL
IN_PROGRESS                                               | submit, supply free           | ACTIVE
IN_PROGRESS                                               | submit as a mentor, no supply | ACTIVE
IN_PROGRESS                                               | submit, no supply             | WAITLISTED
PENDING_APPROVAL                                          | approve                       | ACTIVE
PENDING_APPROVAL                                          | approve, no supply            | WAITLISTED
PENDING_APPROVAL                                          | reject                        | DECLINED
WAITLISTED                                                | seat_free                     | ACTIVE
WAITLISTED                                                | withdraw                      | WITHDRAWN
ACTIVE                                                    | pause                         | PAUSED
ACTIVE                                                    | leave of absence              | PAUSED
PAUSED                                                    | resume                        | ACTIVE
PAUSED                                                    | return                        | ACTIVE
PAUSED                                                    | date reached                  | ACTIVE
ACTIVE, PAUSED                                            | withdraw                      | WITHDRAWN
INVITED, IN_PROGRESS, PENDING_APPROVAL, ACTIVE, PAUSED, WAITLISTED | remove               | REMOVED
INVITED, IN_PROGRESS, PENDING_APPROVAL, ACTIVE, PAUSED, WAITLISTED | eligibility_lost     | REMOVED
INVITED, IN_PROGRESS, PENDING_APPROVAL, WAITLISTED, ACTIVE, PAUSED | departed             | DEPROVISIONED
COMPLETED, DECLINED, EXPIRED, WITHDRAWN, REMOVED                   | departed             | DEPROVISIONED
ACTIVE, PAUSED                                            | cohort_end                    | COMPLETED
WITHDRAWN, REMOVED, COMPLETED                             | re_enroll                     | IN_PROGRESS
DEPROVISIONED                                             | rehired                       | INVITED
""")


class Quay:
    """A programme of its own for each walk, with one free seat unless the event says otherwise."""

    async def begin(self, state: str, event: str, **values: Any) -> None:
        self.org = await factories.organization(**values)
        approves = "approval on" in event
        self.program = await factories.program(self.org, admin_approves_admission=approves)
        self.cohort = await factories.cohort(self.program)
        self.person = await factories.person(self.org)
        self.own = factories.actor_of(self.person)
        self.manager = factories.manager_of(await factories.person(self.org), self.program)
        self.system = system_actor(self.org.id)
        if "no supply" not in event:
            await factories.enrollment(self.cohort, await factories.person(self.org), MENTOR)
        if state:
            await self.put(EnrollmentState(state), MENTOR if "mentor" in event else MENTEE, event)

    async def put(self, state: EnrollmentState, role: ParticipantRole, event: str) -> None:
        plain: dict[str, Any] = {"submitted_at": None} if state is EnrollmentState.IN_PROGRESS else {}
        if state is EnrollmentState.PAUSED and event == "date reached":
            plain["paused_until"] = factories.in_days(3)
        self.row = await factories.enrollment(self.cohort, self.person, role, state=state, **plain)
        if state is EnrollmentState.WAITLISTED:
            await WaitlistEntry.create(
                organization_id=self.org.id, enrollment=self.row, cohort_id=self.cohort.id
            )

    async def do(self, event: str) -> Enrollment:
        at = getattr(self, "row", None)
        of_one: dict[str, Any] = {
            "sign_in": (actions.begin, self.own), "decline": (actions.decline_invitation, self.own),
            "expire": (actions.expire_invitation, self.system), "reinvite": (actions.reinvite, self.manager),
            "submit": (actions.submit, self.own), "approve": (actions.approve_admission, self.manager),
            "reject": (actions.reject_admission, self.manager), "withdraw": (leaving.leave_program, self.own),
            "resume": (leaving.come_back, self.own), "remove": (leaving.remove_from_program, self.manager),
            "date reached": (leaving.reach_break_end, self.system),
        }
        act = event.partition(",")[0].partition(" as")[0]
        if act in of_one:
            assert at is not None
            act_of, actor = of_one[act]
            if event == "date reached":
                clock.move(timedelta(days=4))
            done: Enrollment = await act_of(actor, at.id)
            return done
        return await self.do_else(event)

    async def do_else(self, event: str) -> Enrollment:
        if event == "invite":
            return await actions.invite(self.manager, self.cohort.id, self.person.id, MENTEE)
        if event == "self_join":
            return await actions.self_join(self.own, self.program.key, MENTEE)
        if event in ("re_enroll", "rehired"):
            return await self.enroll_again(event)
        await {
            "seat_free": self.free_a_seat, "pause": self.pause, "leave of absence": self.be_absent,
            "return": self.return_, "departed": self.depart, "cohort_end": self.end_cohort,
            "eligibility_lost": self.lose_eligibility,
        }[event]()
        return await Enrollment.get(id=self.row.id)

    async def free_a_seat(self) -> None:
        another = await factories.enrollment(
            self.cohort, await factories.person(self.org), MENTOR, state=EnrollmentState.IN_PROGRESS,
            submitted_at=None,
        )
        await actions.submit(self.system, another.id)

    async def pause(self) -> None:
        await leaving.take_break(self.own, self.row.id, factories.in_days(9))

    async def records_say(self, status: PersonStatus) -> None:
        await Person.filter(id=self.person.id).update(status=status)
        await leaving.follow_status(self.system, self.person.id)

    async def be_absent(self) -> None:
        await self.records_say(PersonStatus.LEAVE)

    async def return_(self) -> None:
        await self.records_say(PersonStatus.ACTIVE)

    async def depart(self) -> None:
        await self.records_say(PersonStatus.ENDED)

    async def lose_eligibility(self) -> None:
        await leaving.remove_from_program(self.manager, self.row.id, eligibility_lost=True)

    async def end_cohort(self) -> None:
        await Cohort.filter(id=self.cohort.id).update(state=ProgramState.CLOSING)
        await closing.close_cohort(self.manager, self.cohort.id)

    async def enroll_again(self, event: str) -> Enrollment:
        """In another group: the ended enrolment stays as it is."""
        before = (await Enrollment.get(id=self.row.id)).state
        other = await factories.cohort(self.program, starts_on=factories.in_days(30))
        if event == "rehired":
            made = await actions.invite(self.manager, other.id, self.person.id, MENTEE)
        else:
            made = await actions.self_join(self.own, self.program.key, MENTEE)
        assert made.id != self.row.id
        assert (await Enrollment.get(id=self.row.id)).state is before
        return made


async def walk(state: str, event: str) -> tuple[UUID, str]:
    quay = Quay()
    async with at_one_go() as org_id:
        await quay.begin(state, event, id=org_id)
    row = await quay.do(event)
    return row.id, (await Enrollment.get(id=row.id)).state.value


async def test_every_row_of_the_enrolment_table_is_walked(db: object) -> None:
    assert await walked(ROWS, walk) == []


async def test_somebody_who_left_is_not_invited(db: object) -> None:
    quay = Quay()
    await quay.begin("", "invite")
    await quay.records_say(PersonStatus.ENDED)
    with_reason = await refused(actions.invite(quay.manager, quay.cohort.id, quay.person.id, MENTEE))
    assert with_reason == "ended"


async def test_an_invitation_again_has_a_new_day_and_runs_out_again(db: object) -> None:
    quay = Quay()
    await quay.begin("EXPIRED", "reinvite")
    again = await quay.do("reinvite")
    assert again.expires_at is not None
    assert again.expires_at > clock.now() + timedelta(days=29)
    assert (await actions.reinvite(quay.manager, again.id)).invited_at == (await Enrollment.get(id=again.id)).invited_at
    assert await refused(actions.reinvite(quay.own, again.id)) == "FORBIDDEN"
    clock.move(timedelta(days=31))
    await drain()
    assert (await Enrollment.get(id=again.id)).state is EnrollmentState.EXPIRED


@pytest.mark.parametrize("was", ["EXPIRED", "DECLINED"])
async def test_an_invitation_again_is_taken_back_to_where_they_stood(db: object, was: str) -> None:
    quay = Quay()
    await quay.begin(was, "reinvite")
    before = await Enrollment.filter(person=quay.person).values()
    done = ScheduledAction.filter(subject_id=before[0]["id"]).order_by("id").values("state", "due_at")
    plans = [one for one in await done if one["state"] == "PLANNED"]
    again = await actions.reinvite(quay.manager, before[0]["id"], undo_within=timedelta(seconds=10))
    assert again.state is EnrollmentState.INVITED
    assert await refused(actions.undo_decision(quay.own, again.id)) == "FORBIDDEN"
    assert await actions.undo_decision(quay.manager, again.id)
    assert await Enrollment.filter(person=quay.person).values() == before
    assert [one for one in await done if one["state"] == "PLANNED"] == plans
    await actions.reinvite(quay.manager, again.id, undo_within=timedelta(seconds=10))
    clock.move(timedelta(seconds=11))
    assert await actions.undo_decision(quay.manager, again.id) is None
    ten = timedelta(seconds=10)
    newcomer = await factories.person(quay.org)
    for late in (timedelta(), timedelta(), timedelta(seconds=11)):
        first = await actions.invite(quay.manager, quay.cohort.id, newcomer.id, MENTOR, undo_within=ten)
        clock.move(late)
        undone = await actions.undo_decision(quay.manager, first.id)
        assert (undone is None) == bool(late)
        assert await Enrollment.filter(person=newcomer).count() == bool(late)
        assert await ScheduledAction.filter(subject_id=first.id, state="PLANNED").count() == bool(late)


async def test_nobody_joins_a_programme_that_is_not_offered(db: object) -> None:
    quay = Quay()
    await quay.begin("IN_PROGRESS", "submit")
    await Program.filter(id=quay.program.id).update(state=ProgramState.DRAFT)
    assert await refused(actions.submit(quay.own, quay.row.id)) == "closed"
    assert await refused(actions.self_join(quay.own, quay.program.key, MENTOR)) == "closed"
    await Cohort.filter(id=quay.cohort.id).update(state=ProgramState.CLOSED)
    assert await refused(actions.invite(quay.manager, quay.cohort.id, quay.person.id, MENTOR)) == "closed"
