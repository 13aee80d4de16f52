"""A small organisation, three programmes, and everything that its people, managers and records may do, by number.

Nothing is remembered between acts: each reads the database anew. So several processes may act on one world at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from uuid import UUID

from server.journey.closing import actions as closing
from server.journey.importing import actions as importing
from server.journey.leaving import actions as leaving
from server.journey.meeting.actions import undo_change
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.ids import new_id
from server.matches import actions as matches
from server.matches.actions.requesting import OTHER_SIDE
from server.matches.models import Match, MatchMember
from server.matches.states import ClosureReason
from server.matches.steps import UNDO_ONE
from server.people.models import Organization, Person
from server.people.states import PersonStatus
from server.programs import actions as programs
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import (
    Approvals,
    AskedFirst,
    Circles,
    EnrollmentState,
    ParticipantRole,
    ProgramState,
    ProgramType,
)
from tests import factories
from tests.server.machines.circling import CIRCLES, OF_CIRCLES
from tests.server.machines.conversations import TALKS
from tests.server.machines.deciding import DECISIONS
from tests.server.machines.pushing import PUSHES
from tests.server.machines.striving import STRIVES
from tests.server.machines.walking import at_one_go

MENTOR, MENTEE, PEER = ParticipantRole.MENTOR, ParticipantRole.MENTEE, ParticipantRole.PEER
FACILITATOR = ParticipantRole.FACILITATOR
PEOPLE = 6
SETTINGS: tuple[dict[str, object], ...] = (
    {"approvals": Approvals.BOTH, "asked_first": AskedFirst.MENTEE, "pause_moves_end": True,
     "circles": Circles.EVERYBODY},
    {"approvals": Approvals.MENTOR, "admin_approves_matches": True, "admin_approves_admission": True},
    {"approvals": Approvals.BOTH, "type": ProgramType.PEER},
)
"""Of the programmes; in each everybody may ask."""
PEERS = 2
"""The number of the one of peers."""
Numbers = tuple[int, int, int]
Act = Callable[["World", Numbers], Awaitable[object]]


class World:
    """Two mentors, three mentees and one who is both, in two programmes; one of each side is yet to join. In the first,
    where one of the mentors leads circles already, all mentees did. Three of them are peers in a third one."""

    def __init__(self, organization_id: UUID) -> None:
        self.organization_id, self.system = organization_id, system_actor(organization_id)

    @classmethod
    async def arrive(cls) -> World:
        """Make one."""
        async with at_one_go() as organization_id:
            org = await factories.organization(id=organization_id)
            people = [await factories.person(org, employee_id=f"p{number}") for number in range(PEOPLE)]
            for number, values in enumerate(SETTINGS):
                program = await factories.program(
                    org, key=f"program-{number}", mentees_may_ask=True, mentors_may_ask=True, **values
                )
                cohort = await factories.cohort(program, key="one")
                if number == PEERS:
                    for someone in people[2:5]:
                        await factories.enrollment(cohort, someone, PEER)
                else:
                    await cls._enroll(cohort, people, {1} if number == OF_CIRCLES else {1, 4})
                if number == OF_CIRCLES:
                    await factories.enrollment(cohort, people[1], FACILITATOR)
        return cls(organization_id)

    @staticmethod
    async def _enroll(cohort: Cohort, people: list[Person], invited: set[int]) -> None:
        for number, someone in enumerate(people):
            role = MENTOR if number < 2 else MENTEE
            state = EnrollmentState.INVITED if number in invited else EnrollmentState.ACTIVE
            stamp = {} if state is EnrollmentState.ACTIVE else {"submitted_at": None, "active_at": None}
            await factories.enrollment(cohort, someone, role, capacity=2 if number == 0 else 1, state=state, **stamp)
        await factories.enrollment(cohort, people[5], MENTOR)

    async def do(self, act: str, numbers: Numbers) -> None:
        """One act; what does not fit is refused, and leaves nothing."""
        with suppress(Conflict, NotFound, Invalid, Refused):
            await ACTS[act](self, numbers)

    async def person(self, number: int) -> tuple[Person, Actor]:
        """Somebody, as the caller of an action."""
        found = await Person.get(organization_id=self.organization_id, employee_id=f"p{number % PEOPLE}")
        return found, factories.actor_of(found)

    async def manager(self, program: Program) -> Actor:
        """Who runs a programme: somebody outside, with its grants."""
        org = await Organization.get(id=self.organization_id)
        return factories.manager_of(Person(id=new_id(), organization=org), program)

    async def cohort(self, number: int) -> Cohort:
        """The newest group of one of the programmes."""
        own = Cohort.filter(organization_id=self.organization_id, program__key=f"program-{number % len(SETTINGS)}")
        newest = await own.order_by("-id").select_related("program").first()
        assert newest is not None
        return newest

    async def two(self, numbers: Numbers) -> tuple[Actor, Enrollment, Enrollment]:
        """Two of a group who could be a match, and who runs it."""
        first, second, third = numbers
        cohort = await self.cohort(PEERS if first == PEERS else third)
        rows = await Enrollment.filter(cohort_id=cohort.id).order_by("id").select_related("program")
        leading = [row for row in rows if row.role in (MENTOR, PEER)]
        learning = [row for row in rows if row.role in (MENTEE, PEER)]
        if not leading or not learning:
            raise NotFound
        mentor, mentee = leading[first % len(leading)], learning[second % len(learning)]
        return await self.manager(mentor.program), mentor, mentee

    async def place(self, number: int, second: int) -> tuple[Enrollment, Actor, Actor]:
        """An enrolment, its person, and who runs its programme."""
        someone, own = await self.person(number)
        rows = await Enrollment.filter(person_id=someone.id).order_by("id").select_related("program")
        if not rows:
            raise NotFound
        row = rows[second % len(rows)]
        return row, own, await self.manager(row.program)

    async def match(self, number: int, second: int) -> tuple[Match, Actor, Actor]:
        """A match, the actor of a member, and who runs its programme; the newest have the lowest numbers."""
        known = await Match.filter(organization_id=self.organization_id).order_by("-id").limit(8)
        if not known:
            raise NotFound
        match = known[number % len(known)]
        members = await MatchMember.filter(match_id=match.id).order_by("id").select_related("person")
        program = await Program.get(id=match.program_id)
        return match, factories.actor_of(members[second % len(members)].person), await self.manager(program)


async def _ask(world: World, numbers: Numbers) -> object:
    """Somebody asks somebody of the other side, in the group of one of their enrolments."""
    first, second, third = numbers
    own, actor, _manager = await world.place(first, third)
    partner, _actor = await world.person(second)
    role = OTHER_SIDE.get(own.role)
    theirs = await Enrollment.filter(cohort_id=own.cohort_id, person_id=partner.id, role=role).first()
    return await matches.request_match(actor, own.id, theirs.id) if theirs else None


async def _suggest(world: World, numbers: Numbers) -> object:
    manager, mentor, mentee = await world.two(numbers)
    draft = await matches.suggest_match(manager, mentor.id, mentee.id)
    return await matches.publish_match(manager, draft.id, undo_within=timedelta(minutes=numbers[1] % 2))


def _of_a_member(act: Callable[[Actor, UUID], Awaitable[object]]) -> Act:
    async def done(world: World, numbers: Numbers) -> object:
        match, member, _manager = await world.match(*numbers[:2])
        return await act(member, match.id)

    return done


def _of_a_manager(act: Callable[[Actor, UUID], Awaitable[object]]) -> Act:
    async def done(world: World, numbers: Numbers) -> object:
        match, _member, manager = await world.match(*numbers[:2])
        return await act(manager, match.id)

    return done


def _about_a_place(act: Callable[[Actor, UUID], Awaitable[object]], *, managed: bool = False) -> Act:
    async def done(world: World, numbers: Numbers) -> object:
        place, own, manager = await world.place(*numbers[:2])
        return await act(manager if managed else own, place.id)

    return done


def _records_say(status: PersonStatus) -> Act:
    """The people file has another word of somebody."""

    async def done(world: World, numbers: Numbers) -> object:
        someone, _actor = await world.person(numbers[0])
        line = ",".join((someone.employee_id, someone.email, someone.given_name, someone.family_name, status.value))
        file = f"employee_id,email,given_name,family_name,status\n{line}\n"
        run = await importing.preview_import(world.system, "people.csv", file.encode())
        await importing.apply_import(world.system, run.id)
        return await leaving.follow_status(world.system, someone.id)

    return done


async def _come_again(world: World, numbers: Numbers) -> object:
    """Somebody joins by themselves, in the newest group of a programme."""
    someone, actor = await world.person(numbers[0])
    if (await Person.get(id=someone.id)).status is PersonStatus.ENDED:
        return None  # who left can't sign in
    program = (await world.cohort(numbers[1])).program
    return await programs.self_join(actor, program.key, _role(program, numbers))


async def _invite(world: World, numbers: Numbers) -> object:
    someone, _actor = await world.person(numbers[0])
    cohort = await world.cohort(numbers[1])
    manager = await world.manager(cohort.program)
    return await programs.invite(manager, cohort.id, someone.id, _role(cohort.program, numbers))


def _role(program: Program, numbers: Numbers) -> ParticipantRole:
    roles = (PEER,) if program.type is ProgramType.PEER else (MENTOR, MENTEE, FACILITATOR)
    return roles[(numbers[2] + numbers[0] // 3) % len(roles)]


async def _extend(world: World, numbers: Numbers) -> object:
    match, member, _manager = await world.match(*numbers[:2])
    return await matches.propose_extension(member, match.id, factories.in_days(200 + numbers[2]))


async def _agree(world: World, numbers: Numbers) -> object:
    match, member, _manager = await world.match(*numbers[:2])
    return await matches.agree_extension(member, match.id, match.proposed_end_on) if match.proposed_end_on else None


async def _end(world: World, numbers: Numbers) -> object:
    match, member, _manager = await world.match(*numbers[:2])
    return await matches.end_match(member, match.id, ClosureReason.NO_FAULT)


async def _undo(world: World, numbers: Numbers) -> object:
    match, _member, manager = await world.match(*numbers[:2])
    return await matches.undo_publish(manager, [match.id])


async def _new_group(world: World, numbers: Numbers) -> object:
    cohort = await world.cohort(numbers[0])
    if cohort.state not in (ProgramState.CLOSED, ProgramState.ARCHIVED):
        return None
    return await programs.open_cohort(
        world.system, cohort.program_id, key=str(new_id()), name="Next", starts_on=clock.now().date()
    )


async def _close_group(world: World, numbers: Numbers) -> object:
    """Only now and then: a closed group is the end of many stories."""
    if sum(numbers) % 4:
        return None
    cohort = await world.cohort(numbers[0])
    await programs.advance_cohort(world.system, cohort.id, ProgramState.CLOSING)
    return await closing.close_cohort(world.system, cohort.id)


async def _take_a_break(world: World, numbers: Numbers, *, undo_within: timedelta = timedelta()) -> object:
    place, own, _manager = await world.place(*numbers[:2])
    return await leaving.take_break(own, place.id, factories.in_days(10 + numbers[2]), undo_within=undo_within)


ACTS: dict[str, Act] = {
    "ask": _ask, "suggest": _suggest, "extend": _extend, "agree": _agree, "end": _end, "undo": _undo,
    "say yes": _of_a_member(matches.accept_match), "say no": _of_a_member(matches.decline_match),
    "take back": _of_a_member(matches.cancel_match), "rest": _of_a_member(matches.pause_match),
    "go on": _of_a_member(matches.resume_match), "close": _of_a_member(matches.close_match),
    "approve": _of_a_manager(matches.approve_match), "cancel": _of_a_manager(matches.cancel_match),
    "submit": _about_a_place(programs.submit), "decline": _about_a_place(programs.decline_invitation),
    "admit": _about_a_place(programs.approve_admission, managed=True),
    "reject": _about_a_place(programs.reject_admission, managed=True),
    "admit gently": _about_a_place(partial(programs.approve_admission, undo_within=UNDO_ONE), managed=True),
    "reject gently": _about_a_place(partial(programs.reject_admission, undo_within=UNDO_ONE), managed=True),
    "remove gently": _about_a_place(partial(leaving.remove_from_program, undo_within=UNDO_ONE), managed=True),
    "put back": _about_a_place(leaving.undo_decision, managed=True),
    "approve gently": _of_a_manager(partial(matches.approve_match, undo_within=UNDO_ONE)),
    "cancel gently": _of_a_manager(partial(matches.cancel_match, undo_within=UNDO_ONE)),
    "undo approval": _of_a_manager(matches.undo_approve), "undo change": _of_a_manager(matches.undo_change),
    "reinvite": _about_a_place(programs.reinvite, managed=True),
    "remove": _about_a_place(leaving.remove_from_program, managed=True),
    "leave": _about_a_place(leaving.leave_program), "come back": _about_a_place(leaving.come_back),
    "take a break": _take_a_break, "rest gently": partial(_take_a_break, undo_within=UNDO_ONE),
    "come back gently": _about_a_place(partial(leaving.come_back, undo_within=UNDO_ONE)),
    "undo break": _about_a_place(leaving.undo_break),
    "leave gently": _about_a_place(partial(leaving.leave_program, undo_within=UNDO_ONE)),
    "undo leaving": _about_a_place(leaving.undo_decision),
    "finish gently": _of_a_member(partial(leaving.finish_match, thanks="Thank you.", undo_within=UNDO_ONE)),
    "undo finish": _of_a_member(undo_change),
    "hold no more": _about_a_place(partial(programs.lose_eligibility, undo_within=UNDO_ONE), managed=True),
    "hold again": _about_a_place(partial(programs.keep_eligible, undo_within=UNDO_ONE), managed=True),
    "undo holding": _about_a_place(programs.undo_eligibility, managed=True),
    "depart": _records_say(PersonStatus.ENDED),
    "absent": _records_say(PersonStatus.LEAVE), "return": _records_say(PersonStatus.ACTIVE),
    "join": _come_again, "invite": _invite, "new group": _new_group,
    "close group": _close_group, **TALKS, **PUSHES, **STRIVES, **DECISIONS, **CIRCLES,
}
COMMON = ("ask", "ask", "suggest", "suggest", "say yes", "say yes", "say yes", "approve", "submit", "admit", "go on")
"""What happens oftener than the rest, so that stories get somewhere."""
