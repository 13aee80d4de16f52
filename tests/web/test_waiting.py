"""Waiting on screen: the promised day first, real counts, and nothing to do."""

from datetime import timedelta

import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.goals.actions import save_goal
from server.journey.leaving.actions import take_break
from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches.states import MatchState
from server.matchmaking.models import MatchRun
from server.matchmaking.runs.actions import run_matching
from server.people import actions as people
from server.people.states import SkillSide
from server.programs.models import WaitlistEntry
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.queries import queries_run
from tests.web.drawing import one, read, words

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


class Waiting:
    """Noor waits in a group that Rui runs and that promised an answer."""

    async def arrive(self, hear_by: int = 4) -> "Waiting":
        """Make the rows."""
        self.organization = await factories.organization()
        self.program = await factories.program(self.organization, key="rising-leads")
        self.cohort = await factories.cohort(self.program, hear_by_on=factories.in_days(hear_by))
        self.noor = await factories.person(self.organization, zone="UTC")
        self.row = await factories.enrollment(self.cohort, self.noor, MENTEE)
        self.rui = await factories.person(self.organization, given_name="Rui")
        await grant_role(system_actor(self.organization.id), self.rui.id, Role.PROGRAM_MANAGER, self.program.id)
        return self

    async def mentor(self, skill) -> None:
        """One who offers `skill` and shares Noor's times."""
        someone = await factories.person(self.organization, zone="UTC")
        await factories.working_week(someone)
        await factories.enrollment(self.cohort, someone, MENTOR)
        await people.set_skills(factories.actor_of(someone), SkillSide.OFFERED, [skill.id])


@pytest.fixture
async def waiting(db) -> Waiting:
    """A mentee who joined."""
    return await Waiting().arrive()


async def test_the_promised_day_comes_first_and_five_steps_follow(waiting, client_of):
    tree = read((await (await client_of(waiting.noor)).get("/waiting/rising-leads")).text)
    day = f"{factories.in_days(4):%A}"
    assert words(one(tree, ".//h1")) == f"We’re looking. You’ll hear by {day}"
    steps = [words(step) for step in one(tree, ".//section[@id='next']").iter("li")]
    assert len(steps) == 5
    assert steps[0].startswith("You joined (done)Today, ")
    assert steps[1].startswith("We compare goals, times and places (now)By ")
    assert steps[2:] == [
        "Rui looks at the matchRuns Rising Leads", "You both say yesWithin 7 days of the proposal",
        "First conversationThe time is proposed with the match",
    ]
    assert words(one(tree, ".//p[@class='calm']")) == "Nothing needs you now."
    assert words(one(tree, ".//nav//a[@aria-current='page']")) == "Journey"


async def test_a_far_day_is_named_whole_and_a_past_one_is_owned_up_to(waiting, client_of):
    client = await client_of(waiting.noor)
    waiting.cohort.hear_by_on = factories.in_days(20)
    await waiting.cohort.save()
    far = await client.get("/waiting/rising-leads")
    assert f"by {factories.in_days(20):%A} {factories.in_days(20).day} " in far.text
    waiting.cohort.hear_by_on = factories.in_days(-1)
    await waiting.cohort.save()
    waiting.row.submitted_at = clock.now() - timedelta(days=3)
    await waiting.row.save()
    assert "It takes longer than we said" in (await client.get("/waiting/rising-leads")).text
    waiting.cohort.hear_by_on = None
    await waiting.cohort.save()
    assert "We’re looking for your mentor" in (await client.get("/waiting/rising-leads")).text


async def test_the_counts_are_of_real_people(waiting, client_of):
    client = await client_of(waiting.noor)
    assert "offer what you want" not in (await client.get("/waiting/rising-leads")).text
    skill = await factories.competency(waiting.organization)
    await people.set_skills(factories.actor_of(waiting.noor), SkillSide.WANTED, [skill.id])
    await factories.working_week(waiting.noor)
    await waiting.mentor(skill)
    page = await client.get("/waiting/rising-leads")
    assert "<strong>1</strong> mentor offers what you want" in page.text
    assert "<strong>1</strong> shares your times" in page.text
    await waiting.mentor(skill)
    assert "<strong>2</strong> mentors offer what you want" in (await client.get("/waiting/rising-leads")).text


async def test_the_waiting_list_names_the_place_as_the_second_step(waiting, client_of):
    waiting.row.state = EnrollmentState.WAITLISTED
    await waiting.row.save()
    await WaitlistEntry.create(
        organization_id=waiting.organization.id, enrollment=waiting.row, cohort_id=waiting.cohort.id
    )
    client = await client_of(waiting.noor)
    tree = read((await client.get("/waiting/rising-leads")).text)
    assert words(one(tree, ".//h1")) == "You are first in line"
    steps = [words(step) for step in one(tree, ".//section[@id='next']").iter("li")]
    assert len(steps) == 6
    assert steps[1] == "You are first (now)A new mentor opens a place"
    waiting.cohort.next_opens_on = factories.in_days(30)
    await waiting.cohort.save()
    assert "Places open on " in (await client.get("/waiting/rising-leads")).text


async def test_an_application_waits_for_a_person_with_a_name(waiting, client_of):
    waiting.row.state = EnrollmentState.PENDING_APPROVAL
    await waiting.row.save()
    client = await client_of(waiting.noor)
    page = await client.get("/waiting/rising-leads")
    assert "We have your application" in page.text
    assert "Rui looks at your application" in page.text
    assert "You can change your times or step out." in page.text
    first = (await client.get("/")).text
    assert ("We have your application" in first, "We’re looking for" in first) == (True, False)


async def test_a_break_without_a_match_says_until_when_and_how_to_come_back(waiting, client_of):
    client = await client_of(waiting.noor)
    assert "take a break or step out" in (await client.get("/waiting/rising-leads")).text
    await take_break(factories.actor_of(waiting.noor), waiting.row.id, factories.in_days(20))
    page = (await client.get("/")).text
    assert "You take part in no programme yet" not in page
    assert "You are taking a break" in page
    assert "You come back by yourself on " in page
    steps = one(read((await client.get("/waiting/rising-leads")).text), ".//section[@id='next']")
    assert words(list(steps.iter("li"))[1]).startswith("You come back (now)")
    assert (await client.post(f"/enrollment/{waiting.row.id}/return")).status_code == 303
    assert "We’re looking for your mentor" in (await client.get("/")).text


async def test_a_mentor_waits_too(waiting, client_of):
    idris = await factories.person(waiting.organization, zone="UTC")
    await factories.enrollment(waiting.cohort, idris, MENTOR)
    page = await (await client_of(idris)).get("/waiting/rising-leads")
    assert "Thank you. You’ll hear by" in page.text
    first = (await (await client_of(idris)).get("/")).text
    assert "Thank you. We’re looking for your mentee" in first
    assert 'href="/waiting/rising-leads"' in first
    waiting.cohort.hear_by_on = None
    await waiting.cohort.save()
    again = await (await client_of(idris)).get("/waiting/rising-leads")
    assert "Thank you. We’re looking for your mentee" in again.text


async def test_ones_goal_is_offered_for_a_second_look(waiting, client_of):
    client = await client_of(waiting.noor)
    assert "Look at your goal again" not in (await client.get("/waiting/rising-leads")).text
    goal = await save_goal(factories.actor_of(waiting.noor), waiting.row.id, want="lead a product review")
    page = await client.get("/waiting/rising-leads")
    assert f'href="/goal/{goal.id}/revision"' in page.text
    assert "1 of 5 are in place" in page.text


@pytest.mark.parametrize("state", [MatchState.AWAITING_BOTH, MatchState.ACTIVE])
async def test_a_match_ends_the_waiting(waiting, client_of, state):
    idris = await factories.person(waiting.organization)
    mentoring = await factories.enrollment(waiting.cohort, idris, MENTOR)
    match = await factories.match(mentoring, waiting.row, state=state)
    answer = await (await client_of(waiting.noor)).get("/waiting/rising-leads")
    assert answer.headers["location"] == ("/" if state is MatchState.ACTIVE else f"/match/{match.id}")


async def test_whoever_has_not_joined_is_not_waiting(waiting, client_of):
    stranger = await factories.person(waiting.organization)
    assert (await (await client_of(stranger)).get("/waiting/rising-leads")).status_code == 404
    assert (await (await client_of(waiting.noor)).get("/waiting/nowhere")).status_code == 404


async def test_the_day_somebody_joined_is_said_with_its_date_later(waiting, client_of):
    clock.move(timedelta(days=1))
    client = await client_of(waiting.noor)
    assert "Today, " not in (await client.get("/waiting/rising-leads")).text


async def test_the_page_costs_the_same_for_one_and_for_thirty(waiting, client_of):
    skill = await factories.competency(waiting.organization)
    await people.set_skills(factories.actor_of(waiting.noor), SkillSide.WANTED, [skill.id])
    await waiting.mentor(skill)
    client = await client_of(waiting.noor)
    with queries_run() as few:
        await client.get("/waiting/rising-leads")
    for _number in range(29):
        await waiting.mentor(skill)
    with queries_run() as many:
        assert "<strong>30</strong>" in (await client.get("/waiting/rising-leads")).text
    assert len(few) == len(many) <= 22


async def test_after_a_run_the_place_in_line_and_what_would_help_are_told(waiting, client_of):
    skill = await factories.competency(waiting.organization, "Negotiation")
    await waiting.mentor(skill)
    rival = await factories.person(waiting.organization, zone="UTC")
    await factories.enrollment(waiting.cohort, rival, MENTEE, waited_cycles=3)
    run = await run_matching(system_actor(waiting.organization.id), waiting.cohort.id)
    told = {"advice": {str(waiting.row.id): [["LANGUAGE", "de", 4]]}}
    await MatchRun.filter(id=run.id).update(result={**run.result, **told})
    shown = words(read((await (await client_of(waiting.noor)).get("/waiting/rising-leads")).text))
    assert "You are first in line" in shown
    assert "Every fitting mentor is full. You keep your place" in shown
    assert "If you also speak German, add it: 4 more good mentors." in shown
