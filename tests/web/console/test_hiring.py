"""The walk through a hire: who is told what on which day, for somebody real or imagined; nothing is stored."""

from server.kernel.actor import system_actor
from server.kernel.facts import ScheduledAction
from server.people.models import Person
from server.programs.models import Enrollment, Program, ProgramVersion
from server.programs.plans.actions import set_part
from server.programs.states import PlanState
from server.programs.triggers.entries import TRIGGERS_PART
from tests import factories
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, market
from tests.web.console.test_building import seen_on

RULES = [{"when": "HIRED", "days": 30, "role": "MENTEE"}, {"when": "MANAGER", "role": "MENTOR"}]


async def ruled() -> Market:
    found = await market(2, 1)
    await set_part(system_actor(found.organization.id), found.program.id, TRIGGERS_PART, {"enrol": RULES})
    return found


async def test_the_story_is_told_by_days_and_stores_nothing(db: object, client_of: ClientOf) -> None:
    found = await ruled()
    stored = await Enrollment.all().count(), await Person.all().count(), await ScheduledAction.all().count()
    client = await client_of(found.manager)
    assert 'href="/console/hiring"' in (await client.get("/console/more")).text
    shown = (await client.get("/console/hiring")).text
    for words in ("Day 0, ", "Somebody new is in the records.", "Day 30, ", "Somebody new is invited to Rising Leads.",
                  "Invites who is hired, 30 days later, as mentee.", "Not needed: First reminder of an invitation"):
        assert words in shown
    mentee = await Person.get(id=found.mentees[0].person_id)
    mentor = await Person.get(id=found.mentors[0].person_id)
    real = (await client.get("/console/hiring", params={"like": mentee.email, "manager": mentor.email})).text
    assert "They manage people already, or came as somebody who does." in real
    assert "Noor is in the records." in real
    never = (await client.get("/console/hiring?joins_after=&hired_on=2020-01-01")).text
    assert "It is too long ago to be news." in never
    assert stored == (await Enrollment.all().count(), await Person.all().count(), await ScheduledAction.all().count())


async def test_what_cannot_be_is_said_and_stays_and_only_who_runs_a_programme_sees_it(
    db: object, client_of: ClientOf
) -> None:
    found = await ruled()
    client = await client_of(found.manager)
    wrong = await client.get("/console/hiring?like=nobody@example.test&hired_on=2026-02-30&seniority=12")
    assert wrong.status_code == 422
    for words in ("Write the date as", "Choose a number from 1 to 10.", 'value="nobody@example.test"'):
        assert words in wrong.text
    for nobody in ("nobody@example.test", found.stranger.email):
        unknown = await client.get("/console/hiring", params={"like": nobody})
        assert (unknown.status_code, "Nobody in your programmes has this address" in unknown.text) == (422, True)
    assert (await (await client_of(found.stranger)).get("/console/hiring")).status_code in (403, 404)
    other = await factories.program(await factories.organization(), name="Elsewhere")
    await Program.filter(id=other.id).update(triggers={"enrol": RULES})
    assert "Elsewhere" not in (await client.get("/console/hiring")).text


async def test_rules_are_kept_in_the_draft_and_what_cannot_be_stays_typed(db: object, client_of: ClientOf) -> None:
    found = await ruled()
    client, here = await client_of(found.manager), f"/console/programs/{found.program.id}/build/joining"
    shown = (await client.get(here)).text
    assert "Invites who begins to manage people, at once, as mentor." in shown
    rule = {"when": "COURSE", "days": "1", "role": "MENTEE", "places": "1", "course": ""}
    line = {"where": "location", "is": "Porto; Lisbon", "group": found.cohort.key}
    sent = {f"triggers.enrol[2].{name}": value for name, value in rule.items()}     # the first and third are emptied
    sent |= {f"triggers.groups[1].{name}": value for name, value in line.items()} | {"seen": seen_on(shown)}
    assert "Mentees: write messages" in shown
    sent |= {"triggers.grace_days": "20", "permissions": "1", "permissions.mentors_may_invite": "1"}
    refused = await client.post(here, data=sent)
    assert (refused.status_code, "Say which course" in refused.text) == (422, True)
    assert 'value="Porto; Lisbon"' in refused.text
    sent |= {"triggers.enrol[2].course": "LEAD-1"}
    assert (await client.post(here, data=sent)).status_code == 303
    draft = await ProgramVersion.get(program_id=found.program.id, state=PlanState.DRAFT)
    assert draft.content["triggers"] == {
        "enrol": [{**rule, "days": 1, "places": 1, "course": "LEAD-1"}],
        "groups": [{**line, "is": ["Porto", "Lisbon"]}], "grace_days": 20,
    }
    allowed = {name for name, is_on in draft.content["permissions"].items() if is_on}
    assert allowed == {"mentors_may_invite"}, "a switch that is off comes with no form"
    assert "Invites who finishes the course LEAD-1, 1 day later, as mentee." in (await client.get(here)).text
