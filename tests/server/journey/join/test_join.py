"""Joining: one act for everything, prefilled with what is known, closed doors said as what they are."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.goals.models import Goal
from server.goals.smart import FURTHEST_DAYS
from server.goals.states import GoalState
from server.goals.wording import Wording
from server.journey.join import queries
from server.journey.join.actions import JoinForm, decline_invitation, join_program
from server.journey.join.states import Standing
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import fresh_key
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.facts import AuditEvent, OutboxEvent
from server.people import actions as people
from server.people.models import AvailabilityBlock, Consent, Person, PersonSkill
from server.people.states import ConsentPurpose, DayPart, SkillSide
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState, ProgramType
from tests import factories
from tests.queries import queries_run

MATCHING, RESULTS = ConsentPurpose.MATCHING, ConsentPurpose.RESULTS
MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


class Invited:
    """Noor, invited as a mentee, and Idris, invited as a mentor, in a group with wordings to agree to."""

    async def arrive(self) -> "Invited":
        """Make the rows."""
        self.organization = await factories.organization()
        self.system = system_actor(self.organization.id)
        await people.publish_consent_text(self.system, MATCHING, "Use my profile to find a mentor", required=True)
        await people.publish_consent_text(self.system, RESULTS, "Count my answers in results")
        self.program = await factories.program(self.organization, key="rising-leads")
        self.cohort = await factories.cohort(self.program)
        self.skill = await factories.competency(self.organization)
        self.noor = await factories.person(self.organization, zone="Europe/Lisbon")
        self.idris = await factories.person(self.organization, given_name="Idris")
        self.mentee = await self._invite(self.noor, MENTEE)
        self.mentor = await self._invite(self.idris, MENTOR)
        self.actor, self.mentor_actor = factories.actor_of(self.noor), factories.actor_of(self.idris)
        self.form = JoinForm(
            MENTEE, day_parts={DayPart.MORNINGS}, agreed={MATCHING},
            goal=Wording("lead a product review", "two reviews ended with a decision", self.skill.id,
                         factories.in_days(120)),
        )
        self.mentor_form = JoinForm(
            MENTOR, day_parts={DayPart.AFTERNOONS}, agreed={MATCHING, RESULTS}, skills=[self.skill.id], places=2,
            words_for_mentees="Ask me about the projects that failed.",
        )
        return self

    async def _invite(self, someone: Person, role: ParticipantRole) -> Enrollment:
        return await factories.enrollment(
            self.cohort, someone, role, state=EnrollmentState.INVITED, submitted_at=None, active_at=None
        )


@pytest.fixture
async def invited(db) -> Invited:
    """An invitation for each side."""
    return await Invited().arrive()


async def test_a_mentee_joins_in_one_act(invited):
    joined = await join_program(invited.actor, "rising-leads", invited.form)
    assert joined.state is EnrollmentState.WAITLISTED          # nobody offers a seat yet
    goal = await Goal.get(enrollment_id=joined.enrollment_id)
    assert (goal.want, goal.state) == ("lead a product review", GoalState.ACTIVE)
    assert await AvailabilityBlock.filter(person=invited.noor).count() == 5
    assert {row.purpose: row.given for row in await Consent.filter(person=invited.noor)} == {
        MATCHING: True, RESULTS: False,
    }
    wanted = await PersonSkill.get(person=invited.noor)
    assert (wanted.competency_id, wanted.side) == (invited.skill.id, SkillSide.WANTED)


async def test_a_mentor_joins_and_opens_seats(invited):
    await join_program(invited.actor, "rising-leads", invited.form)
    joined = await join_program(invited.mentor_actor, "rising-leads", invited.mentor_form)
    assert joined.state is EnrollmentState.ACTIVE
    row = await Enrollment.get(id=joined.enrollment_id)
    assert (row.capacity, row.started_at is not None) == (2, True)
    assert (await Enrollment.get(id=invited.mentee.id)).state is EnrollmentState.ACTIVE
    page = await queries.join_page(invited.mentor_actor, "rising-leads")
    assert page.profile.words_for_mentees == "Ask me about the projects that failed."
    assert [one.id for one in page.offered] == [invited.skill.id]


async def test_a_goal_is_kept_as_a_draft_with_whatever_is_there(invited):
    joined = await join_program(invited.actor, "rising-leads", replace(invited.form, goal=Wording("lead a review")))
    assert (await Goal.get(enrollment_id=joined.enrollment_id)).state is GoalState.DRAFT


async def test_everything_to_mend_is_told_at_once_and_nothing_is_stored(invited):
    tables = (Goal, Consent, AvailabilityBlock, AuditEvent, OutboxEvent)
    before = [await table.all().count() for table in tables]
    with pytest.raises(Invalid) as refusal:
        await join_program(invited.actor, "rising-leads", JoinForm(MENTEE, preferred_name="x" * 121))
    assert sorted(refusal.value.fields) == ["consents", "day_parts", "preferred_name", "want"]
    assert (await Enrollment.get(id=invited.mentee.id)).state is EnrollmentState.INVITED
    assert [await table.all().count() for table in tables] == before


@pytest.mark.parametrize(("change", "field"), [
    ({"skills": []}, "skills"), ({"places": 9}, "places"), ({"another_skill": "Juggling"}, "another_skill"),
    ({"words_for_mentees": "x" * 301}, "words_for_mentees"), ({"agreed": {RESULTS}}, "consents"),
])
async def test_a_mentor_is_told_what_to_mend(invited, change, field):
    with pytest.raises(Invalid) as refusal:
        await join_program(invited.mentor_actor, "rising-leads", replace(invited.mentor_form, **change))
    assert list(refusal.value.fields) == [field]


async def test_five_skills_are_enough_and_one_more_goes_by_its_name(invited):
    more = [await factories.competency(invited.organization, f"Skill {number}") for number in range(5)]
    form = replace(invited.mentor_form, skills=[one.id for one in more[:4]], another_skill=" skill  4 ")
    await join_program(invited.mentor_actor, "rising-leads", form)
    page = await queries.join_page(invited.mentor_actor, "rising-leads")
    assert [one.name for one in page.offered] == [f"Skill {number}" for number in range(5)]
    six = replace(form, role=MENTOR, skills=[one.id for one in more], another_skill=invited.skill.name)
    with pytest.raises(Invalid):
        await join_program(invited.actor, "rising-leads", six)


async def test_facts_are_put_right_by_whom_they_are_about(invited):
    form = replace(invited.form, preferred_name="Nur", zone="Africa/Nairobi", languages=["en", "pt"])
    await join_program(invited.actor, "rising-leads", form)
    noor = await Person.get(id=invited.noor.id)
    assert (noor.first_name, noor.zone, noor.languages) == ("Nur", "Africa/Nairobi", ["en", "pt"])


async def test_the_same_key_again_does_nothing_and_neither_does_joining_again(invited):
    key = fresh_key()
    first = await join_program(invited.actor, "rising-leads", invited.form, key=key)
    facts = await OutboxEvent.all().count()
    other = replace(invited.form, goal=Wording("something else"))
    assert await join_program(invited.actor, "rising-leads", other, key=key) == first
    assert await join_program(invited.actor, "rising-leads", other, key=fresh_key()) == first
    assert await OutboxEvent.all().count() == facts
    assert (await Goal.get(enrollment_id=first.enrollment_id)).want == "lead a product review"


async def test_a_replay_is_answered_as_the_first_time_whatever_happened_since(invited):
    key = fresh_key()
    first = await join_program(invited.actor, "rising-leads", invited.form, key=key)
    await Enrollment.filter(id=first.enrollment_id).update(state=EnrollmentState.WITHDRAWN)
    assert await join_program(invited.actor, "rising-leads", invited.form, key=key) == first
    with pytest.raises(Conflict):
        await join_program(invited.actor, "rising-leads", invited.form, key=fresh_key())


async def test_talent_data_is_asked_about_in_its_type_alone_and_never_needed(invited):
    talent = ConsentPurpose.TALENT
    with pytest.raises(Invalid):
        await people.publish_consent_text(invited.system, talent, "Let my rating count", required=True)
    await people.publish_consent_text(invited.system, talent, "Let my rating count")
    asked = [text.purpose for text in (await queries.join_page(invited.actor, "rising-leads")).asked]
    assert asked == [MATCHING, RESULTS]
    await Program.filter(id=invited.program.id).update(type=ProgramType.HIGH_POTENTIAL)
    asked = [text.purpose for text in (await queries.join_page(invited.actor, "rising-leads")).asked]
    assert asked == [MATCHING, RESULTS, talent]


async def test_a_consent_that_stands_is_not_asked_again(invited):
    await people.record_consents(invited.actor, {MATCHING: True, RESULTS: False})
    page = await queries.join_page(invited.actor, "rising-leads")
    assert [text.purpose for text in page.asked] == [RESULTS]
    assert [consent.purpose for consent in page.agreed] == [MATCHING]
    await join_program(invited.actor, "rising-leads", replace(invited.form, agreed=set()))
    await people.publish_consent_text(invited.system, MATCHING, "Another wording", required=True)
    again = await queries.join_page(invited.actor, "rising-leads")
    assert [text.purpose for text in again.asked] == [MATCHING, RESULTS]


async def test_whoever_was_not_invited_may_join_an_open_group(invited):
    kofi = await factories.person(invited.organization, given_name="Kofi")
    joined = await join_program(factories.actor_of(kofi), "rising-leads", replace(invited.mentor_form))
    assert joined.state is EnrollmentState.ACTIVE
    assert (await Enrollment.get(id=joined.enrollment_id)).role is MENTOR


async def test_another_organisation_has_no_such_programme(invited):
    stranger = await factories.person(await factories.organization())
    with pytest.raises(NotFound):
        await join_program(factories.actor_of(stranger), "rising-leads", invited.form)


async def test_an_approval_comes_first_where_the_programme_wants_one(invited):
    invited.program.admin_approves_admission = True
    await invited.program.save()
    assert (await join_program(invited.actor, "rising-leads", invited.form)).state is EnrollmentState.PENDING_APPROVAL


@pytest.mark.parametrize(("state", "standing"), [
    (EnrollmentState.DECLINED, Standing.DECLINED), (EnrollmentState.EXPIRED, Standing.EXPIRED),
    (EnrollmentState.WITHDRAWN, Standing.LEFT), (EnrollmentState.REMOVED, Standing.LEFT),
    (EnrollmentState.INVITED, Standing.OPEN), (EnrollmentState.IN_PROGRESS, Standing.OPEN),
    (EnrollmentState.PENDING_APPROVAL, Standing.JOINED), (EnrollmentState.WAITLISTED, Standing.JOINED),
    (EnrollmentState.ACTIVE, Standing.JOINED), (EnrollmentState.PAUSED, Standing.JOINED),
])
async def test_the_page_knows_where_one_stands(invited, state, standing):
    await Enrollment.filter(id=invited.mentee.id).update(state=state)
    assert (await queries.place_of(invited.actor, "rising-leads")).standing is standing
    if standing in (Standing.DECLINED, Standing.EXPIRED, Standing.LEFT):
        with pytest.raises(Conflict) as conflict:
            await join_program(invited.actor, "rising-leads", invited.form)
        assert conflict.value.kind == "ended"


async def test_a_closed_group_takes_nobody_in(invited):
    invited.cohort.state = ProgramState.CLOSING
    await invited.cohort.save()
    assert (await queries.place_of(invited.actor, "rising-leads")).standing is Standing.CLOSED
    with pytest.raises(Conflict) as conflict:
        await join_program(invited.actor, "rising-leads", invited.form)
    assert conflict.value.kind == "closed"


async def test_an_ended_enrolment_of_an_earlier_group_is_history(invited):
    await Enrollment.filter(id=invited.mentee.id).update(state=EnrollmentState.COMPLETED)
    await factories.cohort(invited.program, starts_on=factories.in_days(30))
    place = await queries.place_of(invited.actor, "rising-leads")
    assert (place.standing, place.enrollment) == (Standing.OPEN, None)


async def test_one_person_has_a_page_for_each_role(invited):
    await invited._invite(invited.noor, MENTOR)
    assert (await queries.join_page(invited.actor, "rising-leads", MENTEE)).place.role is MENTEE
    assert (await queries.join_page(invited.actor, "rising-leads", MENTOR)).is_mentor


async def test_declining_is_one_tap_and_harmless_twice(invited):
    for _time in range(2):
        declined = await decline_invitation(invited.actor, "rising-leads")
        assert declined.state is EnrollmentState.DECLINED
    with pytest.raises(NotFound):
        await decline_invitation(factories.actor_of(await factories.person(invited.organization)), "rising-leads")


async def test_the_page_begins_with_what_the_record_system_knows(invited):
    await factories.working_week(invited.noor, 8 * 60, 12 * 60)
    await people.set_profile(invited.actor, goal_text="I want to lead a product review.")
    await people.set_skills(invited.actor, SkillSide.WANTED, [invited.skill.id])
    await grant_role(invited.system, invited.idris.id, Role.PROGRAM_MANAGER, invited.program.id)
    page = await queries.join_page(invited.actor, "rising-leads")
    assert page.want == "lead a product review"
    assert page.builds_on == invited.skill
    assert [host.given_name for host in page.hosts] == ["Idris"]


async def test_mentors_see_first_what_they_offer_and_then_what_is_wanted_here(invited):
    wanted = await factories.competency(invited.organization, "Zeal")
    await factories.competency(invited.organization, "Aardvarks")
    await people.set_skills(invited.actor, SkillSide.WANTED, [wanted.id])
    await people.set_skills(invited.mentor_actor, SkillSide.OFFERED, [invited.skill.id])
    page = await queries.join_page(invited.mentor_actor, "rising-leads")
    assert [one.name for one in page.skills_shown] == ["Leading stakeholders", "Zeal", "Aardvarks"]


@pytest.mark.parametrize(("known", "opening"), [
    ("I want to lead a review.", "lead a review"), ("i want to lead", "lead"), ("  ", ""), ("", ""),
    ("Run better reviews", "Run better reviews"),
])
def test_a_known_goal_goes_on_from_the_sentence_that_is_printed(known, opening):
    assert queries.opening_of(known) == opening


def test_the_proposed_dates_stand_around_the_end_of_the_programme():
    today = date(2026, 11, 22)
    half_a_year = queries.Program(duration_days=182)
    assert queries.due_choices(half_a_year, today) == [date(2027, 3, 31), date(2027, 5, 31), date(2027, 7, 31)]
    a_year = queries.Program(duration_days=365)
    assert queries.due_choices(a_year, today) == [date(2027, 5, 31), date(2027, 7, 31), date(2027, 10, 31)]
    for duration in (14, 250, 730):
        for choice in queries.due_choices(queries.Program(duration_days=duration), today):
            assert today < choice <= today + timedelta(days=FURTHEST_DAYS)


async def test_the_page_costs_the_same_for_one_and_for_thirty(invited):
    with queries_run() as few:
        await queries.join_page(invited.mentor_actor, "rising-leads")
    for number in range(30):
        skill = await factories.competency(invited.organization, f"Skill {number}")
        someone = await factories.person(invited.organization)
        await factories.enrollment(invited.cohort, someone, MENTEE)
        await people.set_skills(factories.actor_of(someone), SkillSide.WANTED, [skill.id])
    with queries_run() as many:
        page = await queries.join_page(invited.mentor_actor, "rising-leads")
    assert len(page.skills_shown) == queries.SKILLS_SHOWN
    assert len(few) == len(many) <= 18


async def test_the_clock_decides_nothing_about_an_invitation_until_it_has_run_out(invited):
    clock.move(timedelta(days=29))
    assert (await join_program(invited.actor, "rising-leads", invited.form)).state is EnrollmentState.WAITLISTED
