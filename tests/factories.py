"""Rows to start a test from, made directly: the state before the act under test, never the act itself.

Each call makes rows of its own, so that two calls give two people. Pass column values as keywords to differ.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, Grant, Permission
from server.kernel.ids import new_id
from server.matches.models import ConflictOfInterest, Match, MatchMember, MatchOverride
from server.matches.states import Approval, MatchKind, MatchState, OverrideKind
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import MailboxState, Message
from server.notifications.queries import mark_of
from server.notifications.states import MessageState
from server.people.facts import named
from server.people.models import AvailabilityBlock, Competency, Organization, Person
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState, ProgramType

MANAGING = tuple(permission for permission in Permission if permission.value.startswith("program:"))
"""What a programme manager may do in their own programmes."""


@dataclass(frozen=True)
class Pair:
    """An active match with everybody who matters to who-may rules: two members, a manager, a boss, a stranger."""

    organization: Organization
    program: Program
    cohort: Cohort
    match: Match
    mentor: Person
    mentee: Person
    manager: Person
    line_manager: Person
    stranger: Person
    mentor_enrollment: Enrollment
    mentee_enrollment: Enrollment
    mentor_actor: Actor
    mentee_actor: Actor
    manager_actor: Actor
    line_manager_actor: Actor
    stranger_actor: Actor


async def organization(**values: Any) -> Organization:
    """An organisation of its own."""
    return await Organization.create(**{"key": f"org-{new_id()}", "name": "Harbourline", **values})


async def person(org: Organization, **values: Any) -> Person:
    """Somebody who works there, with a working week only if `working_week` is called."""
    key = str(new_id())
    plain = {"employee_id": key, "email": f"{key}@example.test", "given_name": "Noor", "family_name": "Saltmarsh"}
    made = Person(organization=org, **{**plain, "zone": "Europe/Lisbon", **values})
    await named(made).save()
    return made


async def working_week(someone: Person, start: int = 9 * 60, end: int = 17 * 60) -> list[AvailabilityBlock]:
    """Monday to Friday from `start` to `end`, minutes from midnight in their own zone."""
    owner: dict[str, Any] = {"organization_id": someone.organization_id, "person": someone}
    return [
        await AvailabilityBlock.create(**owner, weekday=day, start_minute=start, end_minute=end) for day in range(5)
    ]


async def competency(org: Organization, name: str = "Leading stakeholders", **values: Any) -> Competency:
    """One skill of the organisation's framework."""
    return await Competency.create(organization=org, **{"key": f"skill-{new_id()}", "name": name, **values})


async def program(org: Organization, **values: Any) -> Program:
    """A running one-to-one programme."""
    plain = {"key": f"program-{new_id()}", "name": "Rising Leads", "type": ProgramType.ONE_TO_ONE}
    return await Program.create(organization=org, **{**plain, "state": ProgramState.RUNNING, **values})


async def cohort(of: Program, **values: Any) -> Cohort:
    """A cohort that takes people in and has begun today."""
    plain = {"key": f"cohort-{new_id()}", "name": "Spring group", "starts_on": clock.now().date()}
    return await Cohort.create(organization_id=of.organization_id, program=of, **{**plain, **values})


async def enrollment(of: Cohort, someone: Person, role: ParticipantRole, **values: Any) -> Enrollment:
    """An active enrolment; `state` and the moments may differ."""
    moment = clock.now()
    plain: dict[str, Any] = {"state": EnrollmentState.ACTIVE, "submitted_at": moment, "active_at": moment}
    return await Enrollment.create(
        organization_id=of.organization_id, program_id=of.program_id, cohort=of, person=someone, role=role,
        **{**plain, **values},
    )


async def match(mentor: Enrollment, mentee: Enrollment, **values: Any) -> Match:
    """A match of two enrolments of one cohort: announced and active unless told otherwise, both said yes if it is."""
    plain: dict[str, Any] = {"state": MatchState.ACTIVE, "fit": 91}
    if values.get("state") is not MatchState.DRAFT:
        plain |= {"published_at": clock.now()}
    if values.get("state", MatchState.ACTIVE) is MatchState.ACTIVE:
        plain |= {"active_at": clock.now(), "ends_on": clock.now().date() + timedelta(days=182)}
    made = await Match.create(
        organization_id=mentor.organization_id, program_id=mentor.program_id, cohort_id=mentor.cohort_id,
        **{**plain, **values},
    )
    approval = Approval.ACCEPTED if made.active_at else Approval.PENDING
    for one in (mentor, mentee):
        await MatchMember.create(
            organization_id=one.organization_id, match=made, person_id=one.person_id, enrollment=one, role=one.role,
            approval=approval,
        )
    return made


async def ban(mentor: Enrollment, mentee: Enrollment, **values: Any) -> MatchOverride:
    """Two people whom who runs the programme keeps apart."""
    plain = {"kind": OverrideKind.BAN, "reason": "They asked for it", "decided_by": "system"}
    return await MatchOverride.create(
        organization_id=mentor.organization_id, cohort_id=mentor.cohort_id, mentor_enrollment_id=mentor.id,
        mentee_enrollment_id=mentee.id, **{**plain, **values},
    )


async def conflict(one: Person, other: Person, **values: Any) -> ConflictOfInterest:
    """Two people who have a conflict of interest."""
    first, second = sorted((one.id, other.id))
    return await ConflictOfInterest.create(
        organization_id=one.organization_id, one_id=first, other_id=second,
        **{"reason": "They are married", "declared_by": "system", **values},
    )


async def active_match(
    org: Organization | None = None, of: Program | None = None, run: Cohort | None = None, **values: Any
) -> Pair:
    """Idris in Nairobi mentors Noor in Lisbon; both have a working week. `values` differ the match."""
    org = org or await organization()
    of = of or await program(org)
    run = run or await cohort(of)
    boss = await person(org, given_name="Mei", family_name="Tidewell")
    mentor = await person(org, given_name="Idris", family_name="Brightwater", zone="Africa/Nairobi")
    mentee = await person(org, given_name="Noor", family_name="Saltmarsh", line_manager=boss)
    manager = await person(org, given_name="Rui", family_name="Penhallow")
    stranger = await person(org, given_name="Kofi", family_name="Windrose")
    for one in (mentor, mentee):
        await working_week(one)
    mentoring = await enrollment(run, mentor, ParticipantRole.MENTOR, capacity=2)
    learning = await enrollment(run, mentee, ParticipantRole.MENTEE)
    made = await match(mentoring, learning, **values)
    return Pair(
        organization=org, program=of, cohort=run, match=made, mentor=mentor, mentee=mentee, manager=manager,
        line_manager=boss, stranger=stranger, mentor_enrollment=mentoring, mentee_enrollment=learning,
        mentor_actor=actor_of(mentor), mentee_actor=actor_of(mentee), manager_actor=manager_of(manager, of),
        line_manager_actor=actor_of(boss), stranger_actor=actor_of(stranger),
    )


def actor_of(someone: Person, *grants: Grant) -> Actor:
    """The person as the caller of an action."""
    return Actor(ActorKind.PERSON, someone.organization_id, someone.id, frozenset(grants))


def manager_of(someone: Person, *programs: Program) -> Actor:
    """The person as the manager of these programmes."""
    return actor_of(someone, *(Grant(permission, one.id) for one in programs for permission in MANAGING))


def in_days(days: int) -> date:
    """The day that many days from now, UTC."""
    return clock.now().date() + timedelta(days=days)


@dataclass(frozen=True)
class Circle:
    """A circle that runs: who leads it, its members in the order of their names, and who runs the programme."""

    organization: Organization
    program: Program
    cohort: Cohort
    match: Match
    facilitator: Person
    members: list[Person]
    manager: Person
    facilitator_enrollment: Enrollment
    enrollments: list[Enrollment]
    facilitator_actor: Actor
    member_actors: list[Actor]
    manager_actor: Actor


IN_COMMON = {"circle": {
    "times": [[19, 8]], "languages": ["en"], "goals": [{"name": "Leading stakeholders", "members": 3}],
}}
"""What the circle of `active_circle` has in common: Monday 09:30 to 13:30 UTC."""


async def circle(
    leads: Enrollment | None, members: list[Enrollment], *, answered: Approval | None = None, **values: Any
) -> Match:
    """A circle of enrolments of one cohort: active unless told otherwise, everybody said yes if it is.

    `leads` is None for one that nobody leads yet; `answered` is everybody's answer.
    """
    plain: dict[str, Any] = {"state": MatchState.ACTIVE, "fit": 74, "explanation": IN_COMMON}
    state = values.get("state", MatchState.ACTIVE)
    if state is not MatchState.DRAFT:
        plain |= {"published_at": clock.now()}
    if state is MatchState.ACTIVE:
        plain |= {"active_at": clock.now(), "ends_on": clock.now().date() + timedelta(days=182)}
    one = members[0]
    made = await Match.create(
        organization_id=one.organization_id, program_id=one.program_id, cohort_id=one.cohort_id,
        kind=MatchKind.CIRCLE, **{**plain, **values},
    )
    answered = answered or (Approval.ACCEPTED if made.active_at else Approval.PENDING)
    for each in [leads, *members] if leads else members:
        await MatchMember.create(
            organization_id=each.organization_id, match=made, person_id=each.person_id, enrollment=each,
            role=each.role, approval=answered,
        )
    return made


async def active_circle(org: Organization | None = None, of: Program | None = None, **values: Any) -> Circle:
    """Seven people: Idris leads six who meet in a circle. `values` differ the match."""
    org = org or await organization()
    of = of or await program(org, type=ProgramType.CIRCLE, name="Leading circles")
    run = await cohort(of)
    manager = await person(org, given_name="Rui", family_name="Penhallow")
    leader = await person(org, given_name="Idris", family_name="Brightwater", zone="Africa/Nairobi")
    names = ["Ana", "Bao", "Chidi", "Dina", "Emre", "Noor"]
    people = [await person(org, given_name=name, family_name="Saltmarsh") for name in names]
    for one in (leader, *people):
        await working_week(one)
    leading = await enrollment(run, leader, ParticipantRole.FACILITATOR)
    there = [await enrollment(run, one, ParticipantRole.MENTEE) for one in people]
    return Circle(
        organization=org, program=of, cohort=run, match=await circle(leading, there, **values), facilitator=leader,
        members=people, manager=manager, facilitator_enrollment=leading, enrollments=there,
        facilitator_actor=actor_of(leader), member_actors=[actor_of(one) for one in people],
        manager_actor=manager_of(manager, of),
    )


async def dead_mailbox(someone: Person, status: str = "5.1.1") -> MailboxState:
    """Somebody's address, from which mail comes back."""
    return await MailboxState.create(
        organization_id=someone.organization_id, person=someone, address_mark=mark_of(someone.email), failures=1,
        status=status, dead_at=clock.now(),
    )


async def told(someone: Person, kind: str, /, **facts: str) -> Message:
    """Something that somebody was told."""
    return await Message.create(
        organization_id=someone.organization_id, kind=kind, message_class=CATALOGUE[kind].message_class,
        recipient=someone, facts=facts, trigger="t", dedupe_key=str(new_id()), state=MessageState.SENT,
        sent_at=clock.now(),
    )
