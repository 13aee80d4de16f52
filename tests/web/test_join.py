"""Join on screen: prefilled, mended without loss, closed with a reason, the same with and without scripts."""

import re

import httpx2
import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.goals.models import Goal
from server.kernel.actor import system_actor
from server.kernel.ids import new_id
from server.people import actions as people
from server.people.models import Consent, Organization, Person
from server.people.states import ConsentPurpose, SkillSide
from server.programs.models import Cohort, Enrollment, OpeningWish, Program
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState
from tests import factories
from tests.queries import queries_run
from tests.web.conftest import HTMX
from tests.web.drawing import one, read, words

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
TICKED = ("checkbox", "radio")


class Group:
    """A group with its wordings, a skill and two examples; people can be invited."""

    def __init__(self, organization: Organization, program: Program, cohort: Cohort) -> None:
        self.organization, self.program, self.cohort = organization, program, cohort
        self.system = system_actor(organization.id)

    async def invited(self, role: ParticipantRole, **values: object) -> tuple[Person, Enrollment]:
        """Somebody with an open invitation."""
        someone = await factories.person(self.organization, **values)
        row = await factories.enrollment(
            self.cohort, someone, role, state=EnrollmentState.INVITED, submitted_at=None, active_at=None
        )
        return someone, row


@pytest.fixture
async def group(db) -> Group:
    """Rising Leads, spring group, of Harbourline."""
    organization = await factories.organization()
    examples = [
        {"want": "run a supplier talk alone", "measure": "two talks ended with a signed offer"},
        {"want": "lead a review", "measure": "two reviews ended with a decision"},
    ]
    program = await factories.program(organization, key="rising-leads", goal_examples=examples)
    made = Group(organization, program, await factories.cohort(program))
    await people.publish_consent_text(
        made.system, ConsentPurpose.MATCHING, "Use my profile and goal to find a mentor", "Stop any time in You.",
        required=True,
    )
    await people.publish_consent_text(made.system, ConsentPurpose.RESULTS, "Count my answers", "Never with your name.")
    return made


async def test_nothing_known_is_asked_and_no_box_is_ticked(group, client_of):
    noor, _row = await group.invited(
        MENTEE, title="Product analyst", department="Pricing", location="Lisbon", languages=["pt", "en"],
        hire_date=factories.in_days(-800),
    )
    await factories.working_week(noor, 8 * 60, 12 * 60)
    await people.set_profile(factories.actor_of(noor), goal_text="I want to lead a product review.")
    tree = read((await (await client_of(noor)).get("/join/rising-leads")).text)
    assert words(one(tree, ".//dl")) == (
        "NameNoor SaltmarshRoleProduct analyst, PricingPlaceLisbon, 2 years with usLanguagesPortuguese, English"
    )
    assert one(tree, ".//textarea[@id='want']").text.strip() == "lead a product review"
    assert chosen(tree, "day_parts") == ["MORNINGS"]
    assert chosen(tree, "agreed") == []
    assert "Needed to take part. Stop any time in You." in words(tree)


async def test_a_reason_that_says_it_is_needed_is_not_told_twice(group, client_of):
    await people.publish_consent_text(
        group.system, ConsentPurpose.MATCHING, "Use my profile", "Needed to take part. We match by it.", required=True
    )
    noor, _row = await group.invited(MENTEE)
    page = words(read((await (await client_of(noor)).get("/join/rising-leads")).text))
    assert page.count("Needed to take part.") == 1
    assert "Optional. Never with your name." in page


async def test_a_get_changes_nothing(group, client_of):
    noor, row = await group.invited(MENTEE)
    client = await client_of(noor)
    before = await state_of(row)
    await client.get("/join/rising-leads")
    assert await state_of(row) == before


async def test_a_mentee_joins_in_eight_taps_or_fewer(group, client_of):
    """Taps: the sentence (2), the skill (2), a date, the times, one box, the button."""
    noor, row = await group.invited(MENTEE)
    skill = await factories.competency(group.organization)
    client = await client_of(noor)
    form = await filled_in(client, "/join/rising-leads")
    taps: dict[str, object] = {
        "want": "lead a product review", "measure": "two reviews with a decision", "competency_id": str(skill.id),
        "by": await third_date(client), "day_parts": ["MORNINGS"], "agreed": ["MATCHING"],
    }
    answer = await client.post("/join/rising-leads", data=form | taps)
    assert len(taps) + 2 <= 8
    assert (answer.status_code, answer.headers["location"]) == (303, "/waiting/rising-leads")
    assert (await Goal.get(enrollment=row)).want == "lead a product review"
    assert await state_of(row) is EnrollmentState.WAITLISTED
    assert {one.purpose.value: one.given for one in await Consent.filter(person=noor)} == {
        "MATCHING": True, "RESULTS": False,
    }


async def test_errors_are_told_at_once_and_everything_typed_is_kept(group, client_of):
    noor, row = await group.invited(MENTEE)
    client = await client_of(noor)
    form = await filled_in(client, "/join/rising-leads")
    answer = await client.post("/join/rising-leads", data=form | {
        "want": "", "measure": "a <b>measure</b>", "by": "other", "due_on": "2020-01-01", "zone": "Atlantis",
        "preferred_name": "Nur", "languages": ["pt"], "agreed": ["RESULTS"],
    })
    assert answer.status_code == 422
    tree = read(answer.text)
    assert words(one(tree, ".//title")) == "Fix 5 things: Join Rising Leads - Ithaca"
    linked = [link.get("href") for link in one(tree, ".//*[@id='error-summary']").iter("a")]
    assert sorted(linked) == ["#by", "#consents", "#day_parts", "#want", "#zone"]
    assert one(tree, ".//textarea[@id='measure']").text.strip() == "a <b>measure</b>"
    assert one(tree, ".//input[@id='preferred_name']").get("value") == "Nur"
    assert one(tree, ".//input[@id='due_on']").get("value") == "2020-01-01"
    assert one(tree, ".//details[@id='fix']").get("open") is not None
    assert (chosen(tree, "agreed"), chosen(tree, "by"), chosen(tree, "languages")) == (["RESULTS"], ["other"], ["pt"])
    assert await state_of(row) is EnrollmentState.INVITED


@pytest.mark.parametrize("typed", ["tomorrow", "2027-02-30"])
async def test_a_date_that_is_none_is_told(group, client_of, typed):
    noor, _row = await group.invited(MENTEE)
    client = await client_of(noor)
    answer = await client.post("/join/rising-leads", data={"want": "lead", "by": "other", "due_on": typed})
    assert answer.status_code == 422
    assert "Write the date as 2027-05-31." in answer.text


async def test_the_five_words_follow_the_typing(group, client_of):
    noor, _row = await group.invited(MENTEE)
    client = await client_of(noor)
    typed = {"want": "lead a product review", "measure": "two reviews with a decision", "lit": "0"}
    fragment = await client.post("/join/rising-leads/words", data=typed, headers=HTMX)
    assert "<html" not in fragment.text
    tree = read(fragment.text)
    lit = [words(item) for item in one(tree, ".//ul").iter("li")]
    assert lit == [
        "Specific, done", "Measurable, done", "Within reach, done", "Matters here, not yet", "Has a date, not yet",
    ]
    assert one(tree, ".//span[@id='lit']").get("data-hx-swap-oob") == "true"
    assert words(one(tree, ".//*[@id='live']")) == "Choose the skill it builds on."
    silent = await client.post("/join/rising-leads/words", data=typed | {"lit": "3"}, headers=HTMX)
    assert 'id="live"' not in silent.text


async def test_a_group_that_closes_while_somebody_types_leaves_their_words_alone(group, client_of):
    noor, row = await group.invited(MENTEE)
    client = await client_of(noor)
    await Enrollment.filter(id=row.id).update(state=EnrollmentState.EXPIRED)
    answer = await client.post("/join/rising-leads/words", data={"want": "lead a product review"}, headers=HTMX)
    assert (answer.status_code, answer.text) == (204, "")
    whole = await client.post("/join/rising-leads/words", data={"want": "lead a product review"})
    assert (whole.status_code, "lead a product review" in whole.text) == (200, True)


async def test_an_example_is_taken_without_scripts_and_nothing_else_is_lost(group, client_of):
    noor, row = await group.invited(MENTEE)
    client = await client_of(noor)
    form = await filled_in(client, "/join/rising-leads")
    answer = await client.post("/join/rising-leads", data=form | {"example": "2", "day_parts": ["EVENINGS"]})
    tree = read(answer.text)
    assert answer.status_code == 200
    assert one(tree, ".//textarea[@id='want']").text.strip() == "lead a review"
    assert chosen(tree, "day_parts") == ["EVENINGS"]
    assert await state_of(row) is EnrollmentState.INVITED
    for number in ("0", "3", "x", ""):
        same = await client.post("/join/rising-leads", data={"want": "mine", "example": number})
        assert one(read(same.text), ".//textarea[@id='want']").text.strip() == "mine"


async def test_enter_in_a_field_joins_and_takes_no_example(group, client_of):
    noor, _row = await group.invited(MENTEE)
    form = one(read((await (await client_of(noor)).get("/join/rising-leads")).text), ".//form[@id='join']")
    first = next(button for button in form.iter("button") if button.get("type") == "submit")
    assert first.get("name") is None


async def test_a_mentor_joins_without_a_goal(group, client_of):
    idris, row = await group.invited(MENTOR, given_name="Idris")
    skills = [await factories.competency(group.organization, f"Skill {number}") for number in range(10)]
    await people.set_skills(factories.actor_of(idris), SkillSide.OFFERED, [one.id for one in skills[6:8]])
    client = await client_of(idris)
    page = await client.get("/join/rising-leads")
    tree = read(page.text)
    assert tree.find(".//textarea[@id='want']") is None
    assert chosen(tree, "skills") == [str(one.id) for one in skills[6:8]]
    assert len(one(tree, ".//fieldset[@id='skills']").findall(".//input")) == 8
    assert "2 of 5" in page.text
    places = [words(label) for label in one(tree, ".//fieldset[@id='places']").iter("label")]
    assert places == ["One1.5 hours a month", "Two3 hours a month", "Three4.5 hours a month"]
    form = await filled_in(client, "/join/rising-leads")
    answer = await client.post("/join/rising-leads", data=form | {
        "places": "2", "another_skill": "skill 9", "words_for_mentees": "Ask me.", "day_parts": ["AFTERNOONS"],
        "agreed": ["MATCHING", "RESULTS"],
    })
    assert answer.status_code == 303
    row = await Enrollment.get(id=row.id)
    assert (row.capacity, row.state) == (2, EnrollmentState.ACTIVE)


async def test_whom_a_programme_is_not_for_hears_why_unless_somebody_invites_them(group, client_of):
    rules = [{"fact": "department", "how": "IS", "value": ["Pricing"]},
             {"fact": "tenure_days", "how": "UNDER", "value": 90}]
    await Program.filter(id=group.program.id).update(audience={"people": rules})
    kofi = await factories.person(group.organization, department="Pricing", hire_date=factories.in_days(-400))
    client = await client_of(kofi)
    told = words(read((await client.get("/join/rising-leads")).text))
    assert "Rising Leads is for others" in told
    assert "It asks for: Time with us is under 90 days." in told
    refused = await client.post("/join/rising-leads", data={"want": "lead a review"})
    assert refused.status_code != 303
    assert not await Enrollment.filter(person=kofi).exists()
    assert "is for others" not in (await client.get("/join/rising-leads?as=mentor")).text
    noor, _row = await group.invited(MENTEE, department="Data")
    assert 'id="want"' in (await (await client_of(noor)).get("/join/rising-leads")).text


async def test_whoever_was_not_invited_chooses_the_role_in_the_address(group, client_of):
    kofi = await factories.person(group.organization, given_name="Kofi")
    client = await client_of(kofi)
    page = await client.get("/join/rising-leads?as=mentor")
    assert 'action="/join/rising-leads?as=mentor"' in page.text
    assert "No, thank you" not in page.text
    assert "find your mentor" in (await client.get("/join/rising-leads?as=pirate")).text


async def test_whoever_joined_waits_elsewhere(group, client_of):
    noor, row = await group.invited(MENTEE)
    row.state = EnrollmentState.ACTIVE
    await row.save()
    answer = await (await client_of(noor)).get("/join/rising-leads")
    assert answer.headers["location"] == "/waiting/rising-leads"


@pytest.mark.parametrize(("state", "title"), [
    (EnrollmentState.DECLINED, "You are not in Rising Leads"), (EnrollmentState.EXPIRED, "Your invitation has run out"),
    (EnrollmentState.WITHDRAWN, "You have left this group"),
])
async def test_an_ended_invitation_says_whom_to_write_to(group, client_of, state, title):
    rui, _row = await group.invited(MENTOR, given_name="Rui")
    await grant_role(group.system, rui.id, Role.PROGRAM_MANAGER, group.program.id)
    noor, row = await group.invited(MENTEE)
    row.state = state
    await row.save()
    client = await client_of(noor)
    page = await client.get("/join/rising-leads")
    assert title in page.text
    assert f'href="mailto:{rui.email}"' in page.text
    assert (await client.post("/join/rising-leads", data=full(row))).status_code == 409


async def test_a_full_group_says_when_the_next_one_opens(group, client_of):
    noor, row = await group.invited(MENTEE)
    group.cohort.state, group.cohort.next_opens_on = ProgramState.CLOSING, factories.in_days(40)
    await group.cohort.save()
    client = await client_of(noor)
    page = await client.get("/join/rising-leads")
    assert "This group is full" in page.text
    assert "The next one opens on" in page.text
    refused = await client.post("/join/rising-leads", data=full(row))
    assert refused.status_code == 409
    assert "This group is full" in refused.text


async def test_saying_no_is_one_tap(group, client_of):
    noor, row = await group.invited(MENTEE)
    client = await client_of(noor)
    assert "No, thank you" in (await client.get("/join/rising-leads")).text
    answer = await client.post("/join/rising-leads/invitation/decline", data={"form_key": str(new_id())})
    assert answer.headers["location"] == "/join/rising-leads"
    assert await state_of(row) is EnrollmentState.DECLINED


async def test_a_consent_that_stands_is_shown_and_not_asked(group, client_of):
    noor, _row = await group.invited(MENTEE)
    await people.record_consents(factories.actor_of(noor), {ConsentPurpose.MATCHING: True})
    page = await (await client_of(noor)).get("/join/rising-leads")
    assert [box.get("value") for box in read(page.text).iter("input") if box.get("name") == "agreed"] == ["RESULTS"]
    assert re.search(r"You agreed on .*: Use my profile and goal to find a mentor", page.text)


async def test_another_organisations_programme_is_not_there(group, client_of):
    stranger = await factories.person(await factories.organization())
    client = await client_of(stranger)
    assert (await client.get("/join/rising-leads")).status_code == 404
    assert (await client.post("/join/rising-leads", data={})).status_code == 404


async def test_the_form_sent_twice_joins_once(group, client_of):
    noor, row = await group.invited(MENTEE)
    client = await client_of(noor)
    for _time in range(2):
        assert (await client.post("/join/rising-leads", data=full(row))).status_code == 303
    assert await Goal.filter(enrollment=row).count() == 1


async def test_the_page_costs_the_same_for_one_and_for_thirty(group, client_of):
    idris, _row = await group.invited(MENTOR)
    client = await client_of(idris)
    with queries_run() as few:
        await client.get("/join/rising-leads")
    for number in range(30):
        await factories.competency(group.organization, f"Skill {number}")
        await group.invited(MENTEE)
    with queries_run() as many:
        await client.get("/join/rising-leads")
    assert len(few) == len(many) <= 24


async def filled_in(client: httpx2.AsyncClient, path: str) -> dict[str, object]:
    """The form as a browser would send it untouched."""
    form = one(read((await client.get(path)).text), ".//form[@id='join']")
    typed = {box.get("name", ""): box.get("value", "") for box in form.iter("input") if box.get("type") not in TICKED}
    typed |= {area.get("name", ""): (area.text or "").removeprefix("\n") for area in form.iter("textarea")}
    ticked = {box.get("name", "") for box in form.iter("input") if box.get("checked") is not None}
    return typed | {name: chosen(form, name) for name in ticked}


async def third_date(client: httpx2.AsyncClient) -> str:
    """The value of the third date chip."""
    tree = read((await client.get("/join/rising-leads")).text)
    return [box.get("value", "") for box in tree.iter("input") if box.get("name") == "by"][2]


def full(row: Enrollment) -> dict[str, object]:
    """Everything a mentee must say."""
    return {"form_key": str(row.id), "want": "lead a review", "day_parts": ["MORNINGS"], "agreed": ["MATCHING"]}


def chosen(tree: object, name: str) -> list[str]:
    """The values of the ticked boxes of a name."""
    boxes = [box for box in tree.iter("input") if box.get("name") == name]
    return [box.get("value", "") for box in boxes if box.get("checked") is not None]


async def state_of(row: Enrollment) -> EnrollmentState:
    """The enrolment's state as it is stored."""
    return (await Enrollment.get(id=row.id)).state


HERE = "/join/rising-leads"


async def test_a_full_group_tells_when_the_next_one_opens_and_takes_the_wish(group, client_of):
    noor, _row = await group.invited(MENTEE)
    await Cohort.filter(id=group.cohort.id).update(state=ProgramState.CLOSING, next_opens_on=factories.in_days(40))
    client = await client_of(noor)
    full = (await client.get(HERE)).text
    assert "This group is full" in full
    assert "The next one opens on" in full
    assert (await client.post(f"{HERE}/opening")).headers["location"] == HERE
    told = (await client.get(HERE)).text
    assert "We write to you when it opens." in told
    assert "Tell me" not in told
    assert f'action="{HERE}/opening/end"' in told
    await client.post(f"{HERE}/opening/end")
    assert "We will not write about it." in (await client.get(HERE)).text
    assert not await OpeningWish.exists()


async def test_a_group_that_fills_while_one_writes_gives_the_words_back(group, client_of):
    noor, _row = await group.invited(MENTEE)
    await Cohort.filter(id=group.cohort.id).update(state=ProgramState.CLOSING)
    answer = await (await client_of(noor)).post(HERE, data={"want": "lead a product review"})
    assert answer.status_code == 409
    assert "lead a product review" in answer.text
