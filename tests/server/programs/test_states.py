"""Each step of an enrolment from each state, by each who might try, and what a place in the line means."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.ids import new_id
from server.programs import actions, queries
from server.programs.models import Cohort, Enrollment, Program, WaitlistEntry
from server.programs.states import JOINING, EnrollmentState, ParticipantRole, ProgramState
from tests import factories
from tests.queries import queries_run

S = EnrollmentState
MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
Act = Callable[[Actor, UUID], Awaitable[Enrollment]]
Outcomes = dict[EnrollmentState, EnrollmentState]


async def submit(actor: Actor, enrollment_id: UUID) -> Enrollment:
    return await actions.submit(actor, enrollment_id)


UNCHANGED: Outcomes = {state: state for state in S}
OF_ONESELF: list[tuple[Act, Outcomes]] = [
    (actions.begin, UNCHANGED | {S.INVITED: S.IN_PROGRESS}),
    (submit, {S.INVITED: S.ACTIVE, S.IN_PROGRESS: S.ACTIVE}),
    (actions.decline_invitation, dict.fromkeys((S.INVITED, S.IN_PROGRESS, S.DECLINED), S.DECLINED)),
    (actions.expire_invitation, UNCHANGED | {S.INVITED: S.EXPIRED}),
]
OF_MANAGERS: list[tuple[Act, Outcomes]] = [
    (actions.approve_admission, {S.PENDING_APPROVAL: S.ACTIVE, S.ACTIVE: S.ACTIVE, S.WAITLISTED: S.WAITLISTED}),
    (actions.reject_admission, dict.fromkeys((S.PENDING_APPROVAL, S.DECLINED), S.DECLINED)),
]


def named(value: object) -> str:
    return getattr(value, "__name__", "")


class Scene:
    """A mentor's enrolment in a running programme, and who might try something with it."""

    program: Program
    cohort: Cohort
    row: Enrollment
    own: Actor
    manager: Actor
    system: Actor
    strangers: list[Actor]

    async def put(self, state: EnrollmentState) -> None:
        await Enrollment.filter(id=self.row.id).update(state=state, submitted_at=None)

    async def tried_from_every_state(self, actor: Actor, act: Act, expected: Outcomes) -> None:
        for state in S:
            await self.put(state)
            before = await AuditEvent.all().count(), await OutboxEvent.all().count()
            if state in expected:
                assert (await act(actor, self.row.id)).state is expected[state], state
            else:
                with pytest.raises(Conflict):
                    await act(actor, self.row.id)
            now = (await Enrollment.get(id=self.row.id)).state
            assert now is expected.get(state, state), state
            after = await AuditEvent.all().count(), await OutboxEvent.all().count()
            assert (after != before) == (now is not state), state


@pytest.fixture
async def scene(db: object) -> Scene:
    made, org = Scene(), await factories.organization()
    made.program = await factories.program(org)
    made.cohort = await factories.cohort(made.program)
    someone, other = await factories.person(org), await factories.person(org)
    made.row = await factories.enrollment(made.cohort, someone, MENTOR, state=S.INVITED, submitted_at=None)
    made.own, made.system = factories.actor_of(someone), system_actor(org.id)
    made.manager = factories.manager_of(other, made.program)
    foreign = await factories.active_match()
    made.strangers = [
        factories.actor_of(other), factories.manager_of(other, await factories.program(org)), foreign.manager_actor,
        system_actor(foreign.organization.id),
    ]
    return made


@pytest.mark.parametrize(("act", "expected"), OF_ONESELF, ids=named)
async def test_what_one_does_about_ones_own_from_each_state(scene: Scene, act: Act, expected: Outcomes) -> None:
    await scene.tried_from_every_state(scene.own, act, expected)


@pytest.mark.parametrize(("act", "expected"), OF_MANAGERS, ids=named)
async def test_what_a_manager_does_from_each_state(scene: Scene, act: Act, expected: Outcomes) -> None:
    await scene.tried_from_every_state(scene.manager, act, expected)


@pytest.mark.parametrize(("act", "expected"), [*OF_ONESELF, *OF_MANAGERS], ids=named)
async def test_to_everybody_else_there_is_no_such_enrolment(scene: Scene, act: Act, expected: Outcomes) -> None:
    for state in expected:
        await scene.put(state)
        for actor in scene.strangers:
            with pytest.raises(NotFound):
                await act(actor, scene.row.id)
        assert (await Enrollment.get(id=scene.row.id)).state is state
    with pytest.raises(NotFound):
        await act(scene.manager, new_id())


async def test_managers_do_not_fill_in_and_nobody_admits_themselves(scene: Scene) -> None:
    own: list[Act] = [actions.begin, submit, actions.decline_invitation]
    for act in own:
        with pytest.raises(Refused):
            await act(scene.manager, scene.row.id)
    await scene.put(S.PENDING_APPROVAL)
    for act, _expected in OF_MANAGERS:
        with pytest.raises(Refused):
            await act(scene.own, scene.row.id)


@pytest.mark.parametrize("state", ProgramState)
async def test_a_form_is_taken_while_the_group_takes_people_in(scene: Scene, state: ProgramState) -> None:
    await Cohort.filter(id=scene.cohort.id).update(state=state)
    if state in JOINING:
        assert (await submit(scene.own, scene.row.id)).state is S.ACTIVE
    else:
        with pytest.raises(Conflict) as refusal:
            await submit(scene.own, scene.row.id)
        assert refusal.value.kind == "closed"


@pytest.mark.parametrize(("asked", "granted"), [(None, 1), (1, 1), (3, 3), (0, None), (-1, None), (4, None)])
async def test_places_are_from_one_to_what_the_programme_allows(
    scene: Scene, asked: int | None, granted: int | None
) -> None:
    await Program.filter(id=scene.program.id).update(places_max=3)
    if granted is None:
        with pytest.raises(Invalid) as refusal:
            await actions.submit(scene.own, scene.row.id, capacity=asked)
        assert "1 to 3" in refusal.value.fields["places"]
    else:
        assert (await actions.submit(scene.own, scene.row.id, capacity=asked)).capacity == granted


async def test_who_waited_longer_comes_first_then_who_came_first(scene: Scene) -> None:
    rows = []
    for cycles, minutes in ((0, 0), (0, 5), (2, 9), (1, 1)):
        row = await factories.enrollment(
            scene.cohort, await factories.person(await scene.program.organization), MENTEE, state=S.WAITLISTED,
            waited_cycles=cycles,
        )
        await WaitlistEntry.create(
            organization_id=row.organization_id, enrollment=row, cohort_id=row.cohort_id,
            since=clock.now() + timedelta(minutes=minutes),
        )
        rows.append(row)
    ordered = [rows[2], rows[3], rows[0], rows[1]]
    assert [one.enrollment_id for one in await queries.waitlist(scene.system, scene.cohort.id)] == [
        row.id for row in ordered
    ]
    assert await queries.waitlist_places(scene.manager, [row.id for row in rows]) == {
        row.id: place for place, row in enumerate(ordered, start=1)
    }
    own = factories.actor_of(await ordered[1].person)
    assert await queries.waitlist_places(own, [row.id for row in rows]) == {ordered[1].id: 2}
    await Enrollment.filter(id=ordered[0].id).update(state=S.WITHDRAWN)
    assert await queries.waitlist_place(own, ordered[1]) == 1
    assert await queries.waitlist_place(own, ordered[0]) is None


async def test_enrolments_are_seen_by_their_people_and_by_who_runs_the_programme(scene: Scene) -> None:
    async def seen(actor: Actor) -> list[UUID]:
        return [row.id for row in await queries.visible_enrollments(actor).filter(cohort_id=scene.cohort.id)]

    assert await seen(scene.own) == await seen(scene.manager) == await seen(scene.system) == [scene.row.id]
    for actor in scene.strangers:
        assert await seen(actor) == []
        assert await queries.my_enrollment_in(actor, scene.program.id) is None
        with pytest.raises(NotFound):
            await queries.visible_enrollment(actor, scene.row.id)


async def test_a_programme_is_found_by_its_key_within_its_organisation(scene: Scene) -> None:
    assert (await queries.program_by_key(scene.own, scene.program.key)).id == scene.program.id
    for key in ("", "nothing", "x" * 61, f"{scene.program.key}\x00", f" {scene.program.key}"):
        with pytest.raises(NotFound):
            await queries.program_by_key(scene.own, key)
    foreign = scene.strangers[-1]
    with pytest.raises(NotFound):
        await queries.program_by_key(foreign, scene.program.key)
    with pytest.raises(NotFound):
        await queries.cohort_by_id(foreign, scene.cohort.id)
    assert [one.id for one in await queries.managed_programs(scene.manager)] == [scene.program.id]


async def test_the_newest_open_group_is_the_current_one(scene: Scene) -> None:
    later = await factories.cohort(scene.program, starts_on=factories.in_days(60))
    current = await queries.current_cohort(scene.own, scene.program.id)
    assert current is not None
    assert current.id == later.id
    await Cohort.filter(id=later.id).update(state=ProgramState.ARCHIVED)
    current = await queries.current_cohort(scene.own, scene.program.id)
    assert current is not None
    assert current.id == scene.cohort.id
    await Cohort.filter(id=scene.cohort.id).update(state=ProgramState.DRAFT)
    assert await queries.current_cohort(scene.own, scene.program.id) is None


async def test_who_learns_is_invited_days_after_the_first_mentor_where_the_programme_wants_that(scene: Scene) -> None:
    await Program.filter(id=scene.program.id).update(intake={"mentees_later_days": 3})
    org = await scene.program.organization
    one, mentor, hired = [(await factories.person(org)).id for _each in range(3)]
    at, days = scene.cohort.id, timedelta(days=3)
    await Enrollment.filter(cohort_id=at).update(role=MENTEE)
    (alone,) = await actions.invite_many(scene.manager, at, [(hired, MENTEE, 1)])
    assert alone.invited_at <= clock.now(), "without a mentor there is nobody to wait for"
    made = {row.role: row for row in await actions.invite_many(
        scene.manager, at, [(one, MENTEE, 1), (mentor, MENTOR, 1)])}
    later, leads = made[MENTEE], made[MENTOR]
    assert later.invited_at == leads.invited_at + days
    told = {fact.subject_id: fact.not_before for fact in await OutboxEvent.filter(kind="enrollment.invited")}
    assert (told[later.id], told[leads.id] <= clock.now()) == (later.invited_at, True)
    found = await factories.person(org)
    (at_once,) = await actions.invite_many(scene.manager, at, [(found.id, MENTEE, 1)], because="HIRED")
    assert at_once.invited_at <= clock.now()
    assert later.expires_at == later.invited_at + timedelta(days=scene.program.invitation_days)


async def test_inviting_costs_the_same_for_one_and_for_thirty(scene: Scene) -> None:
    org = await scene.program.organization
    people = [(await factories.person(org)).id for _ in range(31)]
    with queries_run() as few:
        await actions.invite_many(scene.manager, scene.cohort.id, [(people[0], MENTEE, 1)])
    with queries_run() as many:
        made = await actions.invite_many(scene.manager, scene.cohort.id, [(one, MENTEE, 1) for one in people])
    assert len(made) == 30  # the first one has an invitation
    assert len(few) == len(many)
    counts = await queries.count_by_state(scene.manager, scene.cohort.id)
    assert counts == {(MENTOR, S.INVITED): 1, (MENTEE, S.INVITED): 31}
