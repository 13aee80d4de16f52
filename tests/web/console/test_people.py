"""The list of people and one person: whom a manager may look up, and what is never shown."""

import re
from html import unescape
from urllib.parse import parse_qsl

import pytest

from server.goals.models import Goal
from server.kernel.actor import system_actor
from server.kernel.facts import AuditEvent, ScheduledAction
from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.actions import publish_consent_text, record_consents
from server.people.models import Profile
from server.people.states import ConsentPurpose, PersonStatus
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState
from tests import factories
from tests.conftest import environment
from tests.queries import queries_run
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, draft, manager_of, market
from web.dates import day_long

HERE = "/console/people"
STATEMENTS = 20
"""At most so many for a page of the list, whoever signs in and however it is narrowed."""


def link(page: str, words: str) -> str:
    """Where a link of a page leads, by what it says."""
    return unescape(re.findall(rf'href="([^"]*)"[^>]*>{words}<', page)[0])


def shown_names(page: str) -> list[str]:
    """The people of the list, in its order."""
    return re.findall(r'<a class="in" href="/console/people/[^"]+">.*?</span><span>([^<]+)', page)


@pytest.fixture
async def found(db: object) -> Market:
    """Three mentors, three mentees, one of them paired."""
    made = await market()
    await factories.match(made.mentors[0], made.mentees[0])
    return made


async def test_the_admin_sees_everybody_and_finds_one(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.admin)
    assert "9 people" in (await client.get(HERE)).text
    shown = await client.get(f"{HERE}?q=noor+pell0")
    assert "1 person" in shown.text
    assert "Noor Pell0" in shown.text
    assert "Paired with Idris" in shown.text
    assert 'value="noor pell0"' in shown.text
    by_address = await client.get(f"{HERE}?q={found.stranger.email}")
    assert "Kofi Windrose" in by_address.text
    assert "Nobody here by that name" in (await client.get(f"{HERE}?q=zzz")).text


async def test_a_programmes_manager_sees_those_in_it(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    shown = await client.get(HERE)
    assert "6 people" in shown.text
    assert "Kofi" not in shown.text
    assert "Add from a file" not in shown.text
    assert (await client.get(f"{HERE}/{found.stranger.id}")).status_code == 404
    assert (await client.get(f"{HERE}/{found.mentees[0].person_id}")).status_code == 200


@pytest.mark.parametrize(("state", "words"), [
    (EnrollmentState.INVITED, "Invited"), (EnrollmentState.ACTIVE, "Waits for a mentor"),
    (EnrollmentState.WAITLISTED, "On the waiting list"),
])
async def test_the_state_stands_in_words(
    client_of: ClientOf, found: Market, state: EnrollmentState, words: str
) -> None:
    await factories.enrollment(found.cohort, found.stranger, ParticipantRole.MENTEE, state=state)
    shown = await (await client_of(found.manager)).get(f"{HERE}?q=Windrose")
    assert words in shown.text


async def test_a_leaver_is_marked(client_of: ClientOf, found: Market) -> None:
    found.stranger.status = PersonStatus.ENDED
    await found.stranger.save()
    assert "Has left" in (await (await client_of(found.admin)).get(f"{HERE}?q=Windrose")).text


async def test_long_lists_have_pages(client_of: ClientOf, found: Market) -> None:
    for _ in range(50):
        await factories.person(found.organization)
    client = await client_of(found.admin)
    first = await client.get(HERE)
    assert "1 to 50 of 59" in first.text
    assert "Next page" in first.text
    second = await client.get(link(first.text, "Next page"))
    assert "51 to 59 of 59" in second.text
    assert "Next page" not in second.text
    back = await client.get(link(second.text, "Page before"))
    assert "1 to 50 of 59" in back.text
    assert shown_names(back.text) == shown_names(first.text)
    assert "Page before" not in back.text
    for edge in ("after=x", f"after={new_id()}", f"before={new_id()}", f"after={found.stranger.id}&q=Noor"):
        assert (await client.get(f"{HERE}?{edge}")).status_code == 200


@pytest.mark.parametrize(("asked", "names"), [
    ("state=PAIRED", {"Idris Crane0", "Noor Pell0"}),
    ("state=UNMATCHED", {"Wilder Pell2"}),
    ("state=TO_REVIEW", {"Ottoline Crane1", "Tamsin Pell1"}),
    ("state=NOTHING", {"Kofi Windrose", "Rui Palegrove"}),
    ("state=ON_LEAVE", set()),
    ("state=UNMATCHED&place=Lisbon", {"Wilder Pell2"}),
    ("state=UNMATCHED&place=Oslo", set()),
    ("place=Porto", {"Kofi Windrose"}),
    ("state=PAIRED&q=noor", {"Noor Pell0"}),
])
async def test_state_and_place_stand_in_the_address(
    client_of: ClientOf, found: Market, asked: str, names: set[str]
) -> None:
    await draft(found, 1)
    found.stranger.location = "Porto"
    await found.stranger.save()
    shown = await (await client_of(found.admin)).get(f"{HERE}?{asked}")
    assert set(shown_names(shown.text)) == names
    for name, value in parse_qsl(asked):
        assert f'<option value="{value}" selected>' in shown.text or name == "q", name


async def test_a_page_of_a_narrowed_list_leads_on_within_it(client_of: ClientOf, found: Market) -> None:
    for number in range(60):
        await factories.person(found.organization, location="Porto & Gaia", family_name=f"Mast{number}")
    client = await client_of(found.admin)
    first = await client.get(f"{HERE}?place=Porto+%26+Gaia&state=NOTHING")
    assert "60 people" in first.text
    second = await client.get(link(first.text, "Next page"))
    assert "51 to 60 of 60" in second.text
    assert not set(shown_names(first.text)) & set(shown_names(second.text))


async def test_one_person_shows_facts_roles_and_consents_but_no_private_word(
    client_of: ClientOf, found: Market
) -> None:
    mentee, product = await found.mentees[0].person, system_actor(found.organization.id)
    await publish_consent_text(product, ConsentPurpose.MATCHING, "Find me a mentor", required=True)
    await publish_consent_text(product, ConsentPurpose.RESULTS, "Count my answers")
    await publish_consent_text(product, ConsentPurpose.ALUMNI, "Ask me again")
    own = factories.actor_of(mentee)
    await record_consents(own, {ConsentPurpose.MATCHING: True, ConsentPurpose.RESULTS: True})
    await record_consents(own, {ConsentPurpose.RESULTS: False})
    await Goal.create(
        organization_id=found.organization.id, enrollment=found.mentees[0], person_id=mentee.id, want="Secret wish"
    )
    await Profile.create(organization_id=found.organization.id, person=mentee, about="Secret about")
    shown = await (await client_of(found.manager)).get(f"{HERE}/{mentee.id}")
    for words in ("Noor Pell0", "Pricing", "Rising Leads", "Spring group", "Mentee", "Idris Crane0", "Running"):
        assert words in shown.text, words
    assert "Given on" in shown.text
    assert "Withdrawn on" in shown.text
    assert "Not asked yet" in shown.text
    assert "Secret" not in shown.text


async def test_drafts_are_named_as_such(client_of: ClientOf, db: object) -> None:
    made = await market()
    await draft(made)
    client = await client_of(made.manager)
    shown = (await client.get(f"{HERE}/{made.mentees[0].person_id}")).text
    assert "Idris Crane0" in shown
    assert "To review" in shown
    assert "Match to review" in (await client.get(f"{HERE}?q=Pell0")).text


@pytest.mark.parametrize("who", ["stranger", "mentor", "other", "foreign"])
async def test_nobody_else_looks_people_up(client_of: ClientOf, found: Market, who: str) -> None:
    people = {
        "stranger": found.stranger, "mentor": await found.mentors[0].person,
        "other": await manager_of(found.organization, await factories.program(found.organization)),
        "foreign": (await market()).admin,
    }
    client = await client_of(people[who])
    assert (await client.get(f"{HERE}/{found.mentees[0].person_id}")).status_code == 404
    listed = await client.get(HERE)
    assert listed.status_code == (404 if who in ("stranger", "mentor") else 200)
    assert str(found.mentees[0].person_id) not in listed.text
    assert (await client.get(f"{HERE}?program={found.program.key}")).status_code == 404


async def test_thirty_people_cost_as_many_queries_as_one(client_of: ClientOf, db: object) -> None:
    few, many = await market(1, 1), await market(16, 16)
    for made in (few, many):
        for number in range(len(made.mentors)):
            await factories.match(made.mentors[number], made.mentees[number])
    counts = []
    for made in (few, many):
        client = await client_of(made.manager)
        with queries_run() as ran:
            assert (await client.get(f"{HERE}?state=PAIRED&place=Lisbon")).status_code == 200
        counts.append(len(ran))
    assert counts[0] == counts[1] <= STATEMENTS


@pytest.mark.parametrize("asked", [
    "q=%00", "q=Noor%00Pell", "program=%00", "after=" + 4500 * "9", "before=0", "state=PAIRED%00", "state=%C2%B2",
    "place=Lis%00bon", "q=%ED%A0%80",
])
async def test_an_address_typed_by_hand_is_answered(client_of: ClientOf, found: Market, asked: str) -> None:
    assert (await (await client_of(found.manager)).get(f"{HERE}?{asked}")).status_code in (200, 404)


async def test_who_searches_too_often_waits_and_keeps_what_was_typed(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.admin)
    with environment(ITHACA_SEARCHES_A_MINUTE="2"):
        answers = [await client.get(f"{HERE}?q=noor+pell0") for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60
        assert "You can search 2 times a minute." in answers[-1].text
        assert 'value="noor pell0"' in answers[-1].text
        assert "9 people" in answers[-1].text
        assert (await client.get(HERE)).status_code == 200
        assert (await (await client_of(found.manager)).get(f"{HERE}?q=noor")).status_code == 200


async def test_a_person_opens_the_pairs_and_has_places_that_can_be_set(client_of: ClientOf, found: Market) -> None:
    mentor, client = await found.mentors[0].person, await client_of(found.manager)
    here = f"{HERE}/{mentor.id}"
    match = await Match.get(members__enrollment_id=found.mentors[0].id)
    shown = await client.get(here)
    for words in (
        f'href="/console/matches/{match.id}"', "1 taken, 1 free", "1 of 2 places are taken.", "As of ",
        "Nothing was sent yet.",
    ):
        assert words in shown.text, words
    form = {"enrollment": str(found.mentors[0].id), "places": "4", "grace_days": "9"}
    assert (await client.post(f"{here}/places", data=form)).headers["location"] == here
    assert (await Enrollment.get(id=found.mentors[0].id)).capacity == 4
    for wrong in ("0", "99", "many"):
        refused = await client.post(f"{here}/places", data={**form, "places": wrong})
        assert refused.status_code == 422
        assert f'value="{wrong}"' in refused.text
    assert (await client.post(f"{here}/places", data={"places": "3"})).status_code == 404


@pytest.mark.usefixtures("clock_stands")
async def test_somebody_is_taken_out_with_care_for_who_stays(client_of: ClientOf, found: Market) -> None:
    mentor, client = await found.mentors[0].person, await client_of(found.manager)
    answer = await client.post(f"{HERE}/{mentor.id}/removal", data={"enrollment": str(found.mentors[0].id)})
    assert answer.status_code == 303
    assert (await Enrollment.get(id=found.mentors[0].id)).state is EnrollmentState.REMOVED
    shown = await client.get(f"{HERE}/{mentor.id}")
    assert "Taken out" in shown.text
    assert "Idris" in shown.text
    assert f'action="{HERE}/{mentor.id}/removal"' not in shown.text
    form = {"enrollment": str(found.mentors[0].id)}
    undone = await client.post(f"{HERE}/{mentor.id}/removal/undo", data=form, follow_redirects=True)
    assert "Taken back. Nobody was told." in undone.text
    assert (await Enrollment.get(id=found.mentors[0].id)).state is EnrollmentState.ACTIVE
    assert (await Match.get(members__enrollment_id=found.mentors[0].id)).state is MatchState.ACTIVE
    late = await client.post(f"{HERE}/{mentor.id}/removal/undo", data=form, follow_redirects=True)
    assert "Too late to undo" in late.text
    for act in ("removal", "removal/undo"):
        assert (await client.post(f"{HERE}/{mentor.id}/{act}")).status_code == 404


@pytest.mark.usefixtures("clock_stands")
async def test_a_removal_that_cannot_be_taken_back_says_why(client_of: ClientOf, found: Market) -> None:
    mentor, client = await found.mentors[0].person, await client_of(found.manager)
    form = {"enrollment": str(found.mentors[0].id)}
    await client.post(f"{HERE}/{mentor.id}/removal", data=form)
    await Enrollment.filter(id=found.mentees[0].id).update(state=EnrollmentState.PAUSED)
    kept = await client.post(f"{HERE}/{mentor.id}/removal/undo", data=form, follow_redirects=True)
    assert "One of the two is away now. It stays as it is." in kept.text
    assert (await Enrollment.get(id=found.mentors[0].id)).state is EnrollmentState.REMOVED


@pytest.mark.parametrize("state", [EnrollmentState.DECLINED, EnrollmentState.EXPIRED])
async def test_who_let_it_pass_is_invited_again(client_of: ClientOf, found: Market, state: EnrollmentState) -> None:
    row, client = found.mentees[1], await client_of(found.manager)
    at = f"{HERE}/{row.person_id}"
    assert "Invite again" not in (await client.get(at)).text
    await Enrollment.filter(id=row.id).update(state=state)
    assert "Invite again" in (await client.get(at)).text
    for _ in range(2):
        assert (await client.post(f"{at}/invitation", data={"enrollment": str(row.id)})).status_code == 303
    assert (await Enrollment.get(id=row.id)).state is EnrollmentState.INVITED
    await Enrollment.filter(id=row.id).update(state=EnrollmentState.ACTIVE)
    refused = await client.post(f"{at}/invitation", data={"enrollment": str(row.id)})
    assert refused.status_code == 409
    assert "can be invited again" in refused.text
    assert (await client.post(f"{at}/invitation")).status_code == 404
    await Enrollment.filter(id=row.id).update(state=state)
    await Program.filter(id=found.program.id).update(state=ProgramState.CLOSING)
    assert "Invite again" not in (await client.get(at)).text


@pytest.mark.usefixtures("clock_stands")
async def test_somebody_is_invited_to_a_group_where_they_are_not_yet(client_of: ClientOf, found: Market) -> None:
    row, client = found.mentees[1], await client_of(found.manager)
    at, mentor = f"{HERE}/{row.person_id}", f"{found.cohort.id}:MENTOR"
    page = (await client.get(at)).text
    assert f'value="{mentor}"' in page
    assert f'value="{found.cohort.id}:MENTEE"' not in page
    assert f'value="{found.cohort.id}:PEER"' not in page
    for _ in range(2):
        assert (await client.post(f"{at}/part", data={"group": mentor})).status_code == 303
    made = await Enrollment.get(person_id=row.person_id, role="MENTOR")
    assert (await client.post(f"{at}/removal/undo", data={"enrollment": str(made.id)})).status_code == 303
    assert not await Enrollment.exists(id=made.id)
    assert (await client.post(f"{at}/part", data={"group": mentor})).status_code == 303
    made = await Enrollment.get(person_id=row.person_id, role="MENTOR")
    assert made.state is EnrollmentState.INVITED
    assert f'value="{mentor}"' not in (await client.get(at)).text
    for wrong in ("", mentor.replace("MENTOR", "CAPTAIN"), "x:MENTOR"):
        assert (await client.post(f"{at}/part", data={"group": wrong})).status_code == 422
    assert (await client.post(f"{at}/part", data={"group": mentor.replace("MENTOR", "PEER")})).status_code == 409
    await Cohort.filter(id=found.cohort.id).update(state=ProgramState.CLOSED)
    assert "Invite to a programme" not in (await client.get(at)).text


async def test_who_is_no_longer_eligible_is_said_to_be(client_of: ClientOf, found: Market) -> None:
    row, client = found.mentees[1], await client_of(found.manager)
    at, form = f"{HERE}/{row.person_id}", {"enrollment": str(row.id), "ineligible": "1"}
    assert (await client.post(f"{at}/removal", data=form)).status_code == 303
    assert "No longer eligible" in (await client.get(at)).text
    assert await AuditEvent.filter(action="enrollment.eligibility_lost", target_id=row.id).count() == 1
    await Enrollment.filter(id=row.id).update(state=EnrollmentState.WITHDRAWN)
    gone = await client.post(f"{at}/removal", data=form)
    assert gone.status_code == 409
    assert "This has ended already." in gone.text


@pytest.mark.usefixtures("clock_stands")
async def test_a_grace_begins_ends_and_each_is_taken_back(client_of: ClientOf, found: Market) -> None:
    row, client = found.mentees[0], await client_of(found.manager)
    at, form = f"{HERE}/{row.person_id}", {"enrollment": str(row.id)}
    assert "No longer meets the conditions of" in (await client.get(at)).text
    begun = await client.post(f"{at}/grace", data={**form, "grace_days": "30"}, follow_redirects=True)
    assert "They are told kindly until when they take part." in begun.text
    plan = await ScheduledAction.get(rule="enrollment.eligibility")
    day = day_long(plan.due_at, found.manager.zone)
    assert f"this part ends on {day}" in begun.text
    assert f'action="{at}/grace/undo"' in begun.text
    kept = await client.post(f"{at}/grace/end", data=form, follow_redirects=True)
    assert "Nothing ends. They take part as before." in kept.text
    assert day not in kept.text
    for words, stands in (("Taken back. Nobody was told.", True), ("Taken back. Nobody was told.", False)):
        undone = await client.post(f"{at}/grace/undo", data=form, follow_redirects=True)
        assert words in undone.text
        assert (day in undone.text) is stands
    late = await client.post(f"{at}/grace/undo", data=form, follow_redirects=True)
    assert "Too late to undo" in late.text
    pair = await client.get(f"/console/matches/{(await Match.get(members__enrollment_id=row.id)).id}")
    assert "Noor will no longer meet the conditions" in pair.text


@pytest.mark.parametrize("days", ["", "0", "91", "soon"])
async def test_a_grace_of_other_days_is_refused(client_of: ClientOf, found: Market, days: str) -> None:
    row, client = found.mentees[0], await client_of(found.manager)
    at = f"{HERE}/{row.person_id}/grace"
    answer = await client.post(at, data={"enrollment": str(row.id), "grace_days": days})
    assert answer.status_code == 422
    assert "Error:" in answer.text
    assert not await AuditEvent.filter(action="enrollment.lose_eligibility").exists()
    await Enrollment.filter(id=row.id).update(state=EnrollmentState.WITHDRAWN)
    gone = await client.post(at, data={"enrollment": str(row.id), "grace_days": "9"})
    assert gone.status_code == 409
    assert (await client.post(at, data={"grace_days": "9"})).status_code == 404


@pytest.mark.parametrize(
    "act", ["places", "removal", "removal/undo", "invitation", "grace", "grace/end", "grace/undo"]
)
async def test_nobody_else_changes_a_part(client_of: ClientOf, found: Market, act: str) -> None:
    mentor = await found.mentors[0].person
    for person in (found.stranger, (await market()).admin):
        form = {"enrollment": str(found.mentors[0].id), "places": "4"}
        answer = await (await client_of(person)).post(f"{HERE}/{mentor.id}/{act}", data=form)
        assert answer.status_code in (403, 404)
    row = await Enrollment.get(id=found.mentors[0].id)
    assert (row.capacity, row.state) == (2, EnrollmentState.ACTIVE)


async def test_a_conflict_is_declared_with_a_typed_address_and_lifted(client_of: ClientOf, found: Market) -> None:
    client = await client_of(found.manager)
    person, other = await found.mentors[1].person, await found.mentees[1].person
    at = f"{HERE}/{person.id}"
    wrong = await client.post(f"{at}/conflicts", data={"other": "nobody@example.test", "reason": "They are married."})
    assert wrong.status_code == 422
    assert "Nobody in your programmes has this address." in wrong.text
    assert 'value="nobody@example.test"' in wrong.text
    assert "They are married." in wrong.text
    await client.post(f"{at}/conflicts", data={"other": other.email.upper(), "reason": "They are married."})
    shown = await client.get(f"{HERE}/{other.id}")
    assert person.full_name in shown.text
    assert "“They are married.”" in shown.text
    (lift,) = re.findall(r'action="([^"]*/conflicts/[^"]*/end)"', shown.text)
    await client.post(lift)
    assert "“They are married.”" not in (await client.get(at)).text
