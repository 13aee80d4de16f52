"""The enrolment's way in: invited, begun, submitted, admitted or waiting."""

import asyncio
from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import ActionState, AuditEvent, OutboxEvent, ScheduledAction
from server.people.models import Organization, Person
from server.programs import actions, queries
from server.programs.models import Cohort, Enrollment
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState
from tests import factories

MENTEE, MENTOR = ParticipantRole.MENTEE, ParticipantRole.MENTOR


class Scene:
    org: Organization
    cohort: Cohort
    system: Actor

    async def joined(self, role: ParticipantRole, capacity: int | None = None) -> Enrollment:
        enrollment = await self.invited(role)
        return await actions.submit(as_person(enrollment), enrollment.id, capacity=capacity)

    async def invited(self, role: ParticipantRole, person: Person | None = None) -> Enrollment:
        person = person or await factories.person(self.org)
        return await actions.invite(self.system, self.cohort.id, person.id, role)


def as_person(enrollment: Enrollment) -> Actor:
    return Actor(ActorKind.PERSON, enrollment.organization_id, enrollment.person_id)


@pytest.fixture
async def scene(db: object) -> Scene:
    made = Scene()
    made.org = await factories.organization()
    program = await factories.program(made.org)
    made.cohort = await factories.cohort(program)
    made.system = system_actor(made.org.id)
    return made


async def test_an_invitation_is_stored_told_and_will_expire(scene: Scene) -> None:
    enrollment = await scene.invited(MENTEE)
    assert enrollment.state is EnrollmentState.INVITED
    assert [entry.action for entry in await AuditEvent.all()] == ["enrollment.invite"]
    assert [fact.kind for fact in await OutboxEvent.all()] == ["enrollment.invited"]
    due = await ScheduledAction.get(rule="enrollment.expire")
    assert due.due_at - clock.now() > timedelta(days=29)


async def test_inviting_twice_gives_the_same_enrolment(scene: Scene) -> None:
    first = await scene.invited(MENTEE)
    person = await Person.get(id=first.person_id)
    assert (await scene.invited(MENTEE, person)).id == first.id
    assert await OutboxEvent.all().count() == 1


async def test_a_stranger_cannot_invite(scene: Scene) -> None:
    person = await factories.person(scene.org)
    with pytest.raises(Refused):
        await actions.invite(Actor(ActorKind.PERSON, scene.org.id, person.id), scene.cohort.id, person.id, MENTEE)


async def test_another_organisations_person_cannot_be_invited(scene: Scene) -> None:
    foreign = await factories.person(await factories.organization())
    with pytest.raises(NotFound):
        await actions.invite(scene.system, scene.cohort.id, foreign.id, MENTEE)


async def test_too_many_places_are_refused_in_words(scene: Scene) -> None:
    person = await factories.person(scene.org)
    with pytest.raises(Invalid) as refusal:
        await actions.invite(scene.system, scene.cohort.id, person.id, MENTOR, 21)
    assert "1 to 20" in refusal.value.fields["capacity"]


async def test_a_mentee_without_a_free_seat_waits_and_moves_up_when_a_mentor_joins(scene: Scene) -> None:
    first, second = await scene.joined(MENTEE), await scene.joined(MENTEE)
    assert first.state is second.state is EnrollmentState.WAITLISTED
    assert await queries.waitlist_place(scene.system, second) == 2
    await scene.joined(MENTOR, capacity=1)
    states = {row.id: row.state for row in await Enrollment.filter(role=MENTEE)}
    assert states == {first.id: EnrollmentState.ACTIVE, second.id: EnrollmentState.WAITLISTED}
    assert await queries.waitlist_place(scene.system, second) == 1
    assert await OutboxEvent.filter(kind="enrollment.seat_freed").count() == 1


async def test_a_mentor_never_waits(scene: Scene) -> None:
    assert (await scene.joined(MENTOR)).state is EnrollmentState.ACTIVE


async def test_two_mentees_and_one_seat_admit_one(scene: Scene) -> None:
    await scene.joined(MENTOR, capacity=1)
    invited = [await scene.invited(MENTEE) for _ in range(2)]
    done = await asyncio.gather(*(actions.submit(as_person(one), one.id) for one in invited))
    assert sorted(one.state for one in done) == [EnrollmentState.ACTIVE, EnrollmentState.WAITLISTED]


async def test_submitting_twice_changes_nothing(scene: Scene) -> None:
    enrollment = await scene.joined(MENTOR)
    facts = await OutboxEvent.all().count()
    again = await actions.submit(as_person(enrollment), enrollment.id)
    assert again.state is EnrollmentState.ACTIVE
    assert await OutboxEvent.all().count() == facts


async def test_an_application_waits_for_its_manager(scene: Scene) -> None:
    scene.cohort.program.admin_approves_admission = True
    await scene.cohort.program.save()
    enrollment = await scene.joined(MENTOR)
    assert enrollment.state is EnrollmentState.PENDING_APPROVAL
    with pytest.raises(Refused):
        await actions.approve_admission(as_person(enrollment), enrollment.id)
    assert (await actions.approve_admission(scene.system, enrollment.id)).state is EnrollmentState.ACTIVE
    assert (await actions.approve_admission(scene.system, enrollment.id)).state is EnrollmentState.ACTIVE


async def test_a_rejected_application_is_declined(scene: Scene) -> None:
    scene.cohort.program.admin_approves_admission = True
    await scene.cohort.program.save()
    enrollment = await scene.joined(MENTEE)
    assert (await actions.reject_admission(scene.system, enrollment.id)).state is EnrollmentState.DECLINED


async def test_beginning_is_noted_once(scene: Scene) -> None:
    enrollment = await scene.invited(MENTEE)
    await actions.begin(as_person(enrollment), enrollment.id)
    again = await actions.begin(as_person(enrollment), enrollment.id)
    assert again.state is EnrollmentState.IN_PROGRESS
    assert await OutboxEvent.filter(kind="enrollment.started").count() == 1
    assert (await ScheduledAction.get(rule="enrollment.expire")).state is ActionState.CANCELLED


async def test_an_invitation_runs_out_only_while_unanswered(scene: Scene) -> None:
    open_one, begun = await scene.invited(MENTEE), await scene.invited(MENTEE)
    await actions.begin(as_person(begun), begun.id)
    assert (await actions.expire_invitation(scene.system, open_one.id)).state is EnrollmentState.INVITED  # too early
    clock.move(timedelta(days=31))
    assert (await actions.expire_invitation(scene.system, open_one.id)).state is EnrollmentState.EXPIRED
    assert (await actions.expire_invitation(scene.system, begun.id)).state is EnrollmentState.IN_PROGRESS
    with pytest.raises(Conflict):
        await actions.submit(as_person(open_one), open_one.id)


async def test_declining_asks_nothing_and_is_final(scene: Scene) -> None:
    enrollment = await scene.invited(MENTEE)
    assert (await actions.decline_invitation(as_person(enrollment), enrollment.id)).state is EnrollmentState.DECLINED
    assert (await actions.decline_invitation(as_person(enrollment), enrollment.id)).state is EnrollmentState.DECLINED


async def test_nobody_answers_for_somebody_else(scene: Scene) -> None:
    enrollment, other = await scene.invited(MENTEE), await factories.person(scene.org)
    with pytest.raises(NotFound):
        await actions.submit(Actor(ActorKind.PERSON, scene.org.id, other.id), enrollment.id)


async def test_joining_by_oneself_needs_an_open_group(scene: Scene) -> None:
    person = await factories.person(scene.org)
    actor = Actor(ActorKind.PERSON, scene.org.id, person.id)
    key = scene.cohort.program.key
    first = await actions.self_join(actor, key, MENTEE)
    assert (await actions.self_join(actor, key, MENTEE)).id == first.id
    scene.cohort.state = ProgramState.CLOSED
    await scene.cohort.save()
    other = Actor(ActorKind.PERSON, scene.org.id, (await factories.person(scene.org)).id)
    with pytest.raises(Conflict):
        await actions.self_join(other, key, MENTEE)
