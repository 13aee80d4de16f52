"""The page of mentor places: what is short, a plan in its address, rates from the programme's own history."""

from datetime import timedelta

import pytest

from server.access.queries import actor_for
from server.kernel import clock
from server.kernel.actor import Grant, Permission
from server.kernel.errors import Refused
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matchmaking.models import MatchRun
from server.matchmaking.supply.actions import ask_past_mentors
from server.notifications.models import Message
from server.programs.models import Cohort, Enrollment, OpeningWish, Program
from server.programs.states import Circles, EnrollmentState, ParticipantRole, ProgramType
from tests import factories
from tests.graphql.ask import ask, gid, refusal
from tests.web.conftest import HTMX, ClientOf
from tests.web.console.market import Market, draft, market


@pytest.fixture
async def found(db: object) -> Market:
    return await market(2, 6, capacity=1)


def page_of(found: Market) -> str:
    return f"/console/matches/groups/{found.cohort.id}/places"


async def test_what_is_short_is_told_and_the_queue_leads_there(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    assert f'href="{page_of(found)}"' in (await client.get("/console/matches")).text
    shown = (await client.get(page_of(found))).text
    assert "Four places short" in shown
    assert "6 people wait for a mentor, 2 places are free." in shown
    assert "2 mentors have fewer places than this programme allows" in shown


async def test_a_plan_is_worked_out_by_the_engine_and_stores_nothing(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    answer = await client.get(f"{page_of(found)}?more=2&raised=1", headers=HTMX)
    assert 'id="plan"' in answer.text
    assert "5, was 2" in answer.text
    whole = (await client.get(f"{page_of(found)}?more=4")).text
    assert "6, was 2" in whole
    assert [await table.all().count() for table in (MatchRun, Match)] == [0, 0]
    assert (await client.get(f"{page_of(found)}?size=12")).status_code == 422


async def test_a_plan_with_circles_leads_to_what_forms_them(client_of: ClientOf, found: Market) -> None:
    client, planned = await client_of(found.manager), f"{page_of(found)}?circles=1&size=4"
    assert "to-circles" not in (await client.get(page_of(found))).text
    assert f'/console/programs/{found.program.id}#who-in-circles"' in (await client.get(planned)).text
    await Program.filter(id=found.program.id).update(circles=Circles.WAITING)
    assert "A run forms circles of those who wait" in (await client.get(planned)).text


async def test_a_draft_takes_no_place_here_in_no_figure(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    before = (await client.get(page_of(found))).text
    await draft(found, 0)
    after = (await client.get(page_of(found))).text
    first, last = 'id="skills"', "Worked out by the matching itself"
    assert after[after.index(first):after.index(last)] == before[before.index(first):before.index(last)]


async def test_past_mentors_count_at_the_rate_at_which_they_said_yes_here(client_of: ClientOf, found: Market) -> None:
    earlier = await factories.cohort(found.program)
    for number in range(4):
        someone = await factories.person(found.organization)
        state = EnrollmentState.COMPLETED if number < 2 else EnrollmentState.DECLINED
        await factories.enrollment(earlier, someone, ParticipantRole.MENTOR, state=state)
    await Enrollment.filter(cohort_id=earlier.id, state=EnrollmentState.DECLINED).update(active_at=None)
    shown = (await (await client_of(found.manager)).get(f"{page_of(found)}?past=2")).text
    assert "2 from earlier groups. 4 of 6 who were asked here said yes" in shown
    assert "3, was 2" in shown, "two thirds of two are one"


async def test_graphql_plans_by_the_same_rules_and_bounds(found: Market) -> None:
    actor = await actor_for(found.manager)
    document = """query ($id: ID!, $plan: PlacesPlanInput) { placesPlanned(cohortId: $id, plan: $plan) {
      skills { skill { name } wanted places taken short likely } pastMentors saidYes answered couldTakeMore people outOf
      now { withMentor waiting spare } planned { withMentor waiting meanFit } } }"""
    shown = (await ask(actor, document, id=gid(found.cohort), plan={"more": 2, "raised": 1}))["placesPlanned"]
    assert (shown["now"], shown["planned"]["withMentor"]) == ({"withMentor": 2, "waiting": 4, "spare": 0}, 5)
    assert (shown["people"], shown["outOf"], shown["couldTakeMore"]) == (8, 8, 2)
    assert shown["skills"][0]["likely"] is None, "nobody is on the way"
    assert shown["skills"][0]["short"] == shown["skills"][0]["wanted"] - shown["skills"][0]["places"]
    for plan in ({"size": 12}, {"more": -1}, {"later": 501}):
        assert (await refusal(actor, document, id=gid(found.cohort), plan=plan))["extensions"]["code"] == "INVALID"
    groups = "query ($id: ID!) { placesPlanned(cohortId: $id) { skills { wanted } now { groups waiting least most } } }"
    await Program.filter(id=found.program.id).update(type=ProgramType.CIRCLE)
    shown = (await ask(actor, groups, id=gid(found.cohort)))["placesPlanned"]
    assert (shown["skills"], shown["now"]["groups"], shown["now"]["waiting"]) == ([], 1, 0)


async def test_past_mentors_are_invited_the_latest_first_and_once(client_of: ClientOf, found: Market) -> None:
    earlier, client = await factories.cohort(found.program), await client_of(found.manager)
    people = [await factories.person(found.organization, given_name=name) for name in ("Ada", "Bo", "Cy")]
    for days, someone in enumerate(people):
        await factories.enrollment(
            earlier, someone, ParticipantRole.MENTOR, state=EnrollmentState.COMPLETED, capacity=2,
            active_at=clock.now() - timedelta(days=100 + days), invited_at=clock.now() - timedelta(days=200),
        )
    shown = (await client.get(f"{page_of(found)}?past=2")).text
    assert "Ask 2 past mentors" in shown
    assert "The invitation, as Ada " in shown
    assert "Hello Ada," in shown
    assert f"Would you be a mentor in {found.program.name}?" in shown
    assert await Message.all().count() == 0, "nothing is sent unseen"
    answer = await client.post(f"{page_of(found)}/asked", data={"count": "2"})
    assert "2 past mentors are invited." in (await client.get(answer.headers["location"])).text
    asked = await Enrollment.filter(cohort_id=found.cohort.id, state=EnrollmentState.INVITED)
    assert {(row.person_id, row.capacity) for row in asked} == {(one.id, 2) for one in people[:2]}
    await drain()
    assert await Message.filter(kind="E01").count() == 2
    other = await factories.cohort(found.program)
    manager = await actor_for(found.manager)
    assert [row.person_id for row in await ask_past_mentors(manager, other.id, 5) if row.person_id in
            {one.id for one in people}] == [people[2].id], "whoever has not answered yet is not asked again"
    await Enrollment.filter(id__in=[row.id for row in asked]).update(state=EnrollmentState.DECLINED)
    assert await ask_past_mentors(manager, found.cohort.id, 5) == [], "who said no here is left alone"
    with pytest.raises(Refused):
        await ask_past_mentors(
            factories.actor_of(found.stranger, Grant(Permission.PROGRAM_MATCHES_READ, found.program.id)), other.id, 1
        )


async def test_so_many_places_each_can_be_tried_beyond_what_the_programme_allows(
    client_of: ClientOf, found: Market
) -> None:
    client = await client_of(found.manager)
    shown = (await client.get(f"{page_of(found)}?places=2&raised=1")).text
    assert "5, was 2" in shown
    assert "One more place does most with " in shown
    assert "Ask for one more place" in shown
    assert found.mentors[0].person.full_name in shown or found.mentors[1].person.full_name in shown
    assert "More have to be allowed first" not in shown
    assert "This programme allows a mentor 3 places." in (await client.get(f"{page_of(found)}?places=4")).text
    assert "Choose a number from 0 to 20." in (await client.get(f"{page_of(found)}?places=21")).text


async def test_who_has_not_answered_makes_it_a_range_with_a_day(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    await Enrollment.filter(id__in=[row.id for row in found.mentees[1:4]]).update(
        state=EnrollmentState.INVITED, active_at=None
    )
    await Cohort.filter(id=found.cohort.id).update(starts_on=clock.now().date() + timedelta(days=40))
    shown = (await client.get(page_of(found))).text
    assert "One place short by" in shown
    assert "3 invited people have not answered" in shown
    assert "by how others answered here, that makes it 2 to 4 places short." in shown
    assert "(3 of 3 who answered), wanting what the 3 people who joined this programme wanted." in shown
    actor = await actor_for(found.manager)
    document = """query ($id: ID!) { placesPlanned(cohortId: $id) { skills {
      skill { name } wanted likely likelyLeast likelyMost } } }"""
    asked = (await ask(actor, document, id=gid(found.cohort)))["placesPlanned"]["skills"]
    assert asked[0] == {"skill": {"name": "Managing people"}, "wanted": 1, "likely": 2, "likelyLeast": 1,
                        "likelyMost": 2}, "one of the three who joined wants it: one of three more"
    await Enrollment.filter(id__in=[row.id for row in found.mentees[1:5]]).delete()
    shown = (await client.get(page_of(found))).text
    assert "Nothing to do until" in shown
    assert "Wanted is who waits today; nobody else is on the way." in shown
    await OpeningWish.create(
        organization_id=found.organization.id, program_id=found.program.id, person_id=found.stranger.id
    )
    await Enrollment.filter(id=found.mentees[0].id).update(state=EnrollmentState.WAITLISTED, active_at=None)
    shown = (await client.get(page_of(found))).text
    assert "1 person asked to be told when it opens, 1 person said yes and waits to be let in: by how" in shown
    wish = OpeningWish.filter(person_id=found.stranger.id)
    await wish.update(told_at=clock.now() - timedelta(days=found.program.invitation_days - 1))
    shown = (await client.get(page_of(found))).text
    assert "1 person was told that it is open and has not come yet, 1 person said yes and waits to be let" in shown
    await wish.update(told_at=clock.now() - timedelta(days=found.program.invitation_days + 1))
    shown = (await client.get(page_of(found))).text
    assert "was told that it is open" not in shown, "who let it pass for so long comes no more"
    await wish.update(told_at=None)
    await Enrollment.filter(cohort_id=found.cohort.id, role=ParticipantRole.MENTEE).delete()
    shown = (await client.get(page_of(found))).text
    assert "nobody answered here before, so what that makes is not known yet: " in shown
    assert "What those want who may still come is not known yet" in shown


async def test_peers_and_circles_hear_who_finds_nobody(client_of: ClientOf, found: Market) -> None:
    assert (await (await client_of(found.stranger)).get(page_of(found))).status_code == 404
    client = await client_of(found.manager)
    await Program.filter(id=found.program.id).update(type=ProgramType.CIRCLE)
    shown = (await client.get(f"{page_of(found)}?people=2")).text
    assert "Everybody finds somebody" in shown
    assert "More people who lead" in shown
    await Program.filter(id=found.program.id).update(type=ProgramType.PEER)
    await Enrollment.filter(id__in=[row.id for row in found.mentees[:3]]).update(role=ParticipantRole.PEER)
    shown = (await client.get(page_of(found))).text
    assert "One person without a partner" in shown
    assert "3 people look for somebody: 1 pair." in shown
    assert "Ask past mentors" not in shown


async def test_full_mentors_are_asked_in_one_act_and_answer_on_a_page_of_one_question(
    client_of: ClientOf, found: Market
) -> None:
    client, answering = await client_of(found.manager), f"/enrollment/{found.mentors[0].id}/place"
    mentor = await client_of(found.mentors[0].person)
    assert (await mentor.get(answering)).status_code == 404, "nobody asked"
    assert "Mentors who could take one more" not in (await client.get(page_of(found))).text
    for number in range(2):
        await draft(found, number)
    shown = (await client.get(page_of(found))).text
    assert "Mentors who could take one more" in shown
    assert "Could you take one more person in" in shown, "the letter, before it is sent"
    chosen = {"mentor": [str(row.id) for row in found.mentors]}
    answer = await client.post(f"{page_of(found)}/more", data=chosen)
    assert "2 mentors are asked." in (await client.get(answer.headers["location"])).text
    assert "Mentors who could take one more" not in (await client.get(page_of(found))).text
    assert "Could you take one more?" in (await mentor.get(answering)).text
    assert (await client.get(answering)).status_code == 404, "the question is the mentor's"
    given = await mentor.post(answering, data={"gives": "yes"})
    assert "Thank you. You take 2 people now." in (await mentor.get(given.headers["location"])).text
    await mentor.post(answering, data={"gives": ""})
    await mentor.post(answering, data={"gives": "no"})
    assert (await Enrollment.get(id=found.mentors[0].id)).capacity == 1
    assert "You may still change your mind." in (await mentor.get(answering)).text


async def test_graphql_asks_and_answers_for_one_more_place(found: Market) -> None:
    manager, mentor = await actor_for(found.manager), factories.actor_of(found.mentors[0].person)
    for number in range(2):
        await draft(found, number)
    listed = "query ($id: ID!) { placesPlanned(cohortId: $id) { couldGive { id capacity person { name } } } }"
    able = (await ask(manager, listed, id=gid(found.cohort)))["placesPlanned"]["couldGive"]
    assert {one["id"] for one in able} == {gid(row) for row in found.mentors}
    asking = """mutation ($id: ID!, $who: [ID!]) { askForPlaces(input: {cohortId: $id, enrollmentIds: $who}) {
      enrollments { id placeAskedAt placeGiven } errors { code } } }"""
    done = (await ask(manager, asking, id=gid(found.cohort), who=[gid(found.mentors[0])]))["askForPlaces"]
    assert [(one["id"], one["placeGiven"]) for one in done["enrollments"]] == [(gid(found.mentors[0]), None)]
    done = (await ask(manager, asking, id=gid(found.cohort)))["askForPlaces"]
    assert [one["id"] for one in done["enrollments"]] == [gid(found.mentors[1])], "whoever is full, and once"
    said = """mutation ($id: ID!) { answerForPlace(input: {id: $id, gives: true}) {
      enrollment { capacity placeGiven } } }"""
    done = (await ask(mentor, said, id=gid(found.mentors[0])))["answerForPlace"]
    assert done["enrollment"] == {"capacity": 2, "placeGiven": True}


async def test_the_queue_asks_as_many_past_mentors_as_places_are_short(client_of: ClientOf, found: Market) -> None:
    client, earlier = await client_of(found.manager), await factories.cohort(found.program)
    assert "past mentor" not in (await client.get("/console/matches")).text
    await factories.enrollment(earlier, found.stranger, ParticipantRole.MENTOR, state=EnrollmentState.COMPLETED)
    assert "Ask 1 past mentor<" in (await client.get("/console/matches")).text
    answer = await client.post(f"{page_of(found)}/asked", data={"count": "1", "from_queue": "1"})
    assert answer.headers["location"].startswith("/console/matches?group=")
    assert "past mentor<" not in (await client.get(answer.headers["location"])).text
