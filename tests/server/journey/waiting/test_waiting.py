"""Waiting: the counts are of real people, the line is the real one."""

from datetime import UTC, datetime, timedelta

import pytest

from server.goals.actions import save_goal
from server.journey.waiting.queries import half_hours, waiting_page
from server.kernel import clock
from server.kernel.errors import NotFound
from server.matches.states import MatchState
from server.people import actions as people
from server.people.availability import Block
from server.people.states import SkillSide
from server.programs.models import WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.queries import queries_run

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
NOVEMBER = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Harbour:
    """Noor waits in Lisbon; mentors can be added."""

    async def arrive(self) -> "Harbour":
        """Make the rows."""
        self.organization = await factories.organization()
        self.program = await factories.program(self.organization, key="rising-leads")
        self.cohort = await factories.cohort(self.program, hear_by_on=factories.in_days(4))
        self.skill = await factories.competency(self.organization)
        self.noor = await factories.person(self.organization)
        await factories.working_week(self.noor, 9 * 60, 12 * 60)
        self.actor = factories.actor_of(self.noor)
        self.enrollment = await factories.enrollment(self.cohort, self.noor, MENTEE)
        await people.set_skills(self.actor, SkillSide.WANTED, [self.skill.id])
        return self

    async def mentor(self, start: int, end: int, zone: str = "Europe/Lisbon", skill=None, **values) -> None:
        """One more, with this week, who offers `skill`."""
        someone = await factories.person(self.organization, zone=zone)
        await factories.working_week(someone, start * 60, end * 60)
        await factories.enrollment(self.cohort, someone, MENTOR, **values)
        offered = [(skill or self.skill).id]
        await people.set_skills(factories.actor_of(someone), SkillSide.OFFERED, offered)


@pytest.fixture
async def harbour(db) -> Harbour:
    """A mentee who waits."""
    return await Harbour().arrive()


async def test_mentors_who_offer_what_one_wants_are_counted_and_so_are_shared_times(harbour):
    with clock.at(NOVEMBER):
        await harbour.mentor(9, 17)
        await harbour.mentor(13, 17)                                           # never when Noor has time
        await harbour.mentor(13, 17, zone="Africa/Nairobi")                    # three hours ahead: 10 to 14 in Lisbon
        await harbour.mentor(9, 17, skill=await factories.competency(harbour.organization, "Juggling"))
        await harbour.mentor(9, 17, state=EnrollmentState.INVITED)
        page = await waiting_page(harbour.actor, "rising-leads")
    assert (page.offering, page.sharing) == (3, 2)


async def test_the_goal_says_more_exactly_what_one_wants(harbour):
    await harbour.mentor(9, 17)
    other = await factories.competency(harbour.organization, "Juggling")
    await save_goal(harbour.actor, harbour.enrollment.id, want="juggle", competency_id=other.id)
    page = await waiting_page(harbour.actor, "rising-leads")
    assert page.offering == 0
    assert [check.name for check in page.checks] == ["MATTERS_HERE"]


async def test_a_mentor_sees_how_many_want_what_they_know(harbour):
    await harbour.mentor(9, 17)
    someone = await factories.person(harbour.organization)
    await factories.enrollment(harbour.cohort, someone, MENTOR)
    await people.set_skills(factories.actor_of(someone), SkillSide.OFFERED, [harbour.skill.id])
    page = await waiting_page(factories.actor_of(someone), "rising-leads")
    assert (page.is_mentor, page.offering, page.sharing) == (True, 1, 0)


async def test_the_place_in_the_line_is_the_real_one(harbour):
    for number in range(3):
        person = harbour.noor if number == 2 else await factories.person(harbour.organization)
        row = harbour.enrollment if number == 2 else await factories.enrollment(harbour.cohort, person, MENTEE)
        row.state = EnrollmentState.WAITLISTED
        await row.save()
        await WaitlistEntry.create(
            organization_id=harbour.organization.id, enrollment=row, cohort_id=harbour.cohort.id,
            since=clock.now() + timedelta(minutes=number),
        )
    page = await waiting_page(harbour.actor, "rising-leads")
    assert (page.state, page.line) == (EnrollmentState.WAITLISTED, 3)


async def test_a_promise_is_late_the_day_after(harbour):
    assert not (await waiting_page(harbour.actor, "rising-leads")).is_late
    clock.move(timedelta(days=5))
    assert (await waiting_page(harbour.actor, "rising-leads")).is_late


async def test_who_joins_after_the_promised_day_was_promised_nothing(harbour):
    clock.move(timedelta(days=5))
    harbour.enrollment.submitted_at = clock.now()
    await harbour.enrollment.save()
    page = await waiting_page(harbour.actor, "rising-leads")
    assert (page.hear_by, page.is_late) == (None, False)


async def test_an_announced_match_ends_the_waiting_and_a_draft_does_not(harbour):
    await harbour.mentor(9, 17)
    mentor = await harbour.cohort.enrollments.filter(role=MENTOR).first()
    draft = await factories.match(mentor, harbour.enrollment, state=MatchState.DRAFT)
    assert (await waiting_page(harbour.actor, "rising-leads")).match is None
    draft.state, draft.published_at = MatchState.AWAITING_BOTH, clock.now()
    await draft.save()
    page = await waiting_page(harbour.actor, "rising-leads")
    assert page.match is not None
    assert page.match.id == draft.id


async def test_whoever_has_not_joined_does_not_wait(harbour):
    for state in (EnrollmentState.INVITED, EnrollmentState.DECLINED):
        harbour.enrollment.state = state
        await harbour.enrollment.save()
        with pytest.raises(NotFound):
            await waiting_page(harbour.actor, "rising-leads")
    stranger = await factories.person(harbour.organization)
    with pytest.raises(NotFound):
        await waiting_page(factories.actor_of(stranger), "rising-leads")


async def test_the_page_costs_the_same_for_one_and_for_thirty(harbour):
    await harbour.mentor(9, 17)
    with queries_run() as few:
        await waiting_page(harbour.actor, "rising-leads")
    for _number in range(29):
        await harbour.mentor(9, 17)
    with queries_run() as many:
        page = await waiting_page(harbour.actor, "rising-leads")
    assert (page.offering, page.sharing) == (30, 30)
    assert len(few) == len(many) <= 16


@pytest.mark.parametrize(("block", "zone", "expected"), [
    (Block(0, 9 * 60, 10 * 60), "UTC", {18, 19}),
    (Block(0, 9 * 60 + 10, 10 * 60), "UTC", {19}),
    (Block(0, 0, 60), "Africa/Nairobi", {330, 331}),          # Monday's midnight there is Sunday evening
    (Block(6, 23 * 60, 24 * 60), "America/Halifax", {6, 7}),  # Sunday's last hour there is Monday's fourth here
    (Block(0, 0, 60), "Asia/Kolkata", {325, 326}),
])
def test_half_hours_of_a_week_in_utc(block, zone, expected):
    assert half_hours([block], zone, NOVEMBER) == expected
