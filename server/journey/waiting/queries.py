"""What somebody who joined and waits may know: real counts of the people they could meet, and their place in line."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from server.access.queries import people_with_role
from server.access.states import Role
from server.goals.models import Goal
from server.goals.smart import smart_checks
from server.goals.states import SmartCheck
from server.journey.join.queries import open_goal, place_of
from server.journey.join.states import Standing
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.dates import day_of
from server.kernel.errors import NotFound
from server.matches.models import Match
from server.matches.queries import my_matches
from server.matches.rules import may_ask, sought_kind
from server.matches.states import OPEN_MATCHES
from server.matchmaking.queue.queries import Explained, explanation_of
from server.matchmaking.said.rules import may_choose, may_wish
from server.people import queries as people
from server.people.availability import Stretch
from server.people.models import Person, PersonSkill
from server.people.states import SkillSide
from server.programs.models import Enrollment
from server.programs.permissions.rules import can_invite_colleagues
from server.programs.queries import enrollments, waitlist_place
from server.programs.rules import is_of_circles
from server.programs.states import EnrollmentState, ParticipantRole
from server.programs.training.queries import Lesson, lessons

HALF_HOUR = 30
DAY_MINUTES = 24 * 60
OTHER_SIDE = {
    ParticipantRole.MENTOR: ParticipantRole.MENTEE, ParticipantRole.MENTEE: ParticipantRole.MENTOR,
    ParticipantRole.FACILITATOR: ParticipantRole.MENTEE, ParticipantRole.PEER: ParticipantRole.PEER,
}
"""Among whom somebody is found."""
WEEK = 7 * DAY_MINUTES // HALF_HOUR
"""Half hours of a week."""


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Where a person's enrolment stands. `offering` people of the other side know or want the same, `sharing` of them
    have time when this person has; `hosts` run the programme; `line` is the place in the waiting list, from 1; `found`
    is what the last run of the matching says to them; `training` what they were asked to read."""

    enrollment: Enrollment
    person: Person
    goal: Goal | None
    offering: int
    sharing: int
    line: int | None
    found: Explained
    hosts: list[Person]
    match: Match | None
    training: list[Lesson]

    @property
    def must_learn(self) -> bool:
        """Whether training comes before anybody is looked for."""
        is_open = any(one.step.required and one.done_at is None for one in self.training)
        return is_open and self.state is EnrollmentState.ACTIVE

    @property
    def is_mentor(self) -> bool:
        """Whether they wait to be asked."""
        return self.enrollment.role is ParticipantRole.MENTOR

    @property
    def is_peer(self) -> bool:
        """Whether they wait for somebody who takes part as they do."""
        return self.enrollment.role is ParticipantRole.PEER

    @property
    def is_of_circles(self) -> bool:
        """Whether they wait for a circle, to be in it or to lead it, and for nobody alone."""
        return is_of_circles(self.enrollment.program) or self.enrollment.role is ParticipantRole.FACILITATOR

    @property
    def may_ask(self) -> bool:
        """Whether they may choose somebody and ask."""
        is_on = self.state is EnrollmentState.ACTIVE and not self.must_learn
        return is_on and may_ask(self.enrollment.program, self.enrollment.role)

    @property
    def may_pause(self) -> bool:
        """Whether there is something to take a break from."""
        return self.state is EnrollmentState.ACTIVE

    @property
    def may_wish(self) -> bool:
        """Whether they may name whom they would like."""
        return self.state is EnrollmentState.ACTIVE and may_wish(self.enrollment.program, self.enrollment.role)

    @property
    def may_look(self) -> bool:
        """Whether they may see who fits, at the least: whoever still has training to finish is shown nobody yet."""
        is_on = self.state is EnrollmentState.ACTIVE and not self.must_learn
        return is_on and may_choose(self.enrollment.program, self.enrollment.role)

    @property
    def may_invite(self) -> bool:
        """Whether they may invite a colleague."""
        return can_invite_colleagues(self.enrollment.program, self.enrollment.cohort, self.enrollment)

    @property
    def state(self) -> EnrollmentState:
        """The enrolment's state."""
        return self.enrollment.state

    @property
    def hear_by(self) -> date | None:
        """The day until which the programme promised an answer; nothing was promised to who joined after it."""
        promised, joined = self.enrollment.cohort.hear_by_on, self.enrollment.submitted_at
        return None if promised and joined and day_of(joined, self.person.zone) > promised else promised

    @property
    def is_late(self) -> bool:
        """Whether that day is over where the person is."""
        return self.hear_by is not None and self.hear_by < clock.today(self.person.zone)

    @property
    def checks(self) -> frozenset[SmartCheck]:
        """What is true of the goal already."""
        goal = self.goal
        if goal is None:
            return frozenset()
        built_on = goal.competency.name if goal.competency else None
        return smart_checks(goal.want, goal.measure, built_on, goal.due_on, clock.today(self.person.zone))


async def waiting_page(actor: Actor, program_key: str) -> WaitingPage:
    """The page of somebody who joined a programme.

    Raises:
        NotFound: no such programme here, or the actor has not joined it.
    """
    place = await place_of(actor, program_key)
    enrollment = place.enrollment
    if enrollment is None or place.standing is not Standing.JOINED:
        raise NotFound
    person, goal = await people.person_of(actor), await open_goal(actor, enrollment)
    offering = await _who_fits(actor, enrollment, goal)
    sought = sought_kind(enrollment.program, enrollment.role)
    running = [
        one for one in await my_matches(actor, OPEN_MATCHES)
        if one.kind is sought and enrollment.id in {member.enrollment_id for member in one.members}
    ]
    return WaitingPage(
        enrollment=enrollment, person=person, goal=goal, offering=len(offering),
        sharing=await _share_times(actor, person, offering), line=await waitlist_place(actor, enrollment),
        found=await explanation_of(actor, enrollment),
        hosts=await people_with_role(actor, Role.PROGRAM_MANAGER, enrollment.program_id),
        match=running[0] if running else None, training=(await lessons(actor, [enrollment]))[enrollment.id],
    )


async def _who_fits(actor: Actor, enrollment: Enrollment, goal: Goal | None) -> set[UUID]:
    """People of the other side of the group who offer what this one wants, or want what this one offers."""
    is_mentor = enrollment.role is ParticipantRole.MENTOR
    own, theirs = (SkillSide.OFFERED, SkillSide.WANTED) if is_mentor else (SkillSide.WANTED, SkillSide.OFFERED)
    skills = [one.id for one in (await people.skills_of(actor, [enrollment.person_id], own))[enrollment.person_id]]
    wished = [goal.competency_id] if goal and goal.competency_id else skills
    side = OTHER_SIDE[enrollment.role]
    there = enrollments(actor).filter(cohort_id=enrollment.cohort_id, role=side, state=EnrollmentState.ACTIVE)
    ids = [row["person_id"] for row in await there.exclude(person_id=enrollment.person_id).values("person_id")]
    known = PersonSkill.filter(
        organization_id=actor.organization_id, side=theirs, competency_id__in=wished, person_id__in=ids
    )
    return {row["person_id"] for row in await known.values("person_id")}


async def _share_times(actor: Actor, person: Person, others: Collection[UUID]) -> int:
    """How many of some people have an hour of their usual week in common with this one."""
    weeks = await people.availability_of(actor, [person.id, *others])
    zones = {one.id: one.zone for one in (await people.people_by_ids(actor, others)).values()}
    moment, own = clock.now(), weeks[person.id]
    mine = half_hours(own, person.zone, moment)
    return sum(len(mine & half_hours(weeks[one], zones[one], moment)) > 1 for one in zones)


def half_hours(week: Iterable[Stretch], zone: str, moment: datetime) -> frozenset[int]:
    """The half hours of a UTC week, 0 to 335 from Monday's midnight, that lie whole in somebody's usual week.

    `zone` is their IANA zone, whose distance from UTC is taken as it is at `moment` (aware).
    """
    ahead = moment.astimezone(ZoneInfo(zone)).utcoffset()
    minutes = int(ahead.total_seconds() // 60) if ahead else 0
    found: set[int] = set()
    for block in week:
        start = block.weekday * DAY_MINUTES - minutes
        first = -(-(start + block.start_minute) // HALF_HOUR)
        found.update(number % WEEK for number in range(first, (start + block.end_minute) // HALF_HOUR))
    return frozenset(found)
