"""People, profiles, consents, the framework and people files through GraphQL."""

from __future__ import annotations

from server.kernel.actor import Actor, Grant, Permission
from server.people import actions
from server.people.models import Organization, Person
from server.people.states import ConsentPurpose
from tests import factories
from tests.conftest import environment
from tests.graphql.ask import ask, gid, refusal

FILE = """employee_id,email,given_name,family_name,title
E1,ada@example.test,Ada,Brook,Engineer
E2,not an address,Ben,Cole,Engineer
"""
PREVIEW = """mutation ($name: String!, $content: String!, $key: String) {
  previewImport(input: {fileName: $name, content: $content, idempotencyKey: $key}) {
    run { id state counts { created changed unchanged refused } } errors { code field message }
  }
}"""


async def someone() -> tuple[Organization, Actor]:
    org = await factories.organization()
    return org, factories.actor_of(await factories.person(org))


def importer(person: Person) -> Actor:
    return factories.actor_of(person, Grant(Permission.ORG_PEOPLE_IMPORT), Grant(Permission.ORG_PEOPLE_READ))


async def test_viewer_shows_oneself_with_what_one_wrote(db: object) -> None:
    org, actor = await someone()
    skill = await factories.competency(org, "Facilitation")
    document = """mutation ($skills: [ID!]!) {
      updateProfile(input: {about: "I sail.", goalText: "Lead a review"}) { errors { code } }
      setSkills(input: {side: OFFERED, competencyIds: $skills}) { errors { code } }
      setDayParts(input: {dayParts: [MORNINGS]}) { errors { code } }
      setMutedKinds(input: {kinds: ["tips"]}) { errors { code } }
      setWays(input: {styles: [PLANNED], prefDepartment: SAME}) { errors { code } }
      setLook(input: {look: DARK}) { profile {
        about goalText look mutedKinds styles prefDepartment
        dayParts skillsOffered { name } skillsWanted { name } availability { weekday }
      } errors { code } }
    }"""
    done = await ask(actor, document, skills=[gid(skill)])
    assert all(payload["errors"] == [] for payload in done.values())
    shown = done["setLook"]["profile"]
    assert len(shown.pop("availability")) == 5
    assert shown == {
        "about": "I sail.", "goalText": "Lead a review", "look": "DARK", "mutedKinds": ["tips"],
        "styles": ["PLANNED"], "prefDepartment": "SAME",
        "dayParts": ["MORNINGS"], "skillsOffered": [{"name": "Facilitation"}], "skillsWanted": [],
    }
    document = "{ viewer { person { name zone record { status } } profile { about } } organization { name } }"
    seen = await ask(actor, document)
    assert seen["viewer"]["profile"] == {"about": "I sail."}
    assert seen["viewer"]["person"]["record"] == {"status": "ACTIVE"}


async def test_partner_reads_the_words_meant_for_them_and_nothing_else(db: object) -> None:
    pair = await factories.active_match()
    await actions.set_profile(pair.mentor_actor, about="I sail.", words_for_mentees="Bring questions.")
    document = """query ($id: ID!) { node(id: $id) { ... on Match { members {
      role profile { __typename about wordsForMentees } } } } }"""
    seen = (await ask(pair.mentee_actor, document, id=gid(pair.match)))["node"]["members"]
    mentor = next(one["profile"] for one in seen if one["role"] == "MENTOR")
    assert mentor == {"__typename": "Profile", "about": "I sail.", "wordsForMentees": "Bring questions."}


async def test_consents_are_given_per_purpose_under_the_wording_in_force(db: object) -> None:
    org, actor = await someone()
    admin = factories.actor_of(await factories.person(org), Grant(Permission.ORG_SETTINGS_EDIT))
    document = """mutation { publishConsentText(input: {
      purpose: MATCHING, wording: "Use my profile to match me", required: true}) {
        consentTexts { purpose version required } errors { code } } }"""
    done = (await ask(admin, document))["publishConsentText"]
    assert done["consentTexts"] == [{"purpose": "MATCHING", "version": 1, "required": True}]
    assert (await ask(actor, document))["publishConsentText"]["errors"] == [{"code": "FORBIDDEN"}]
    record = """mutation { recordConsents(input: {answers: [{purpose: MATCHING, given: true}]}) {
      consents { purpose given channel text { version } } errors { code } } }"""
    given = {"purpose": "MATCHING", "given": True, "channel": "graphql", "text": {"version": 1}}
    assert (await ask(actor, record))["recordConsents"] == {"consents": [given], "errors": []}
    document = "{ viewer { consents { purpose given channel text { version } } } consentTexts { version } }"
    seen = await ask(actor, document)
    assert seen == {"viewer": {"consents": [given]}, "consentTexts": [{"version": 1}]}
    unknown = record.replace("MATCHING", ConsentPurpose.ALUMNI.value)
    assert (await ask(actor, unknown))["recordConsents"]["errors"] == [{"code": "INVALID"}]


async def test_directory_is_for_staff_others_find_themselves(db: object) -> None:
    org, actor = await someone()
    await factories.person(org, given_name="Ada", family_name="Brook")
    document = "{ people { edges { node { name } } } }"
    assert len((await ask(actor, document))["people"]["edges"]) == 1
    staff = importer(await factories.person(org))
    assert len((await ask(staff, document))["people"]["edges"]) == 3
    found = await ask(staff, '{ people(search: "ada bro", status: ACTIVE) { edges { node { name } } } }')
    assert found["people"]["edges"] == [{"node": {"name": "Ada Brook"}}]


async def test_who_searches_too_often_is_told_when_to_come_back(db: object) -> None:
    _org, actor = await someone()
    with environment(ITHACA_SEARCHES_A_MINUTE="3"):
        aliases = " ".join(f'p{n}: people(search: "a") {{ totalCount }}' for n in range(3))
        await ask(actor, f"{{ {aliases} }}")
        error = await refusal(actor, '{ people(search: "b") { totalCount } }')
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert 0 < error["extensions"]["retryAfter"] <= 60
        await ask(actor, "{ people { totalCount } }")


async def test_completed_courses_are_taken_over_and_what_was_not_understood_is_named(db: object) -> None:
    org, actor = await someone()
    partner = factories.actor_of(
        await factories.person(org, employee_id="7"), Grant(Permission.ORG_PEOPLE_IMPORT)
    )
    document = """mutation ($content: String!) { importCourses(input: {fileName: "c.csv", content: $content}) {
      report { added strangers unread } errors { code message } } }"""
    content = "employee_id,course,completed_on\n7,Sailing,2026-01-31\nx9,Sailing,2026-01-31\n"
    done = (await ask(partner, document, content=content))["importCourses"]
    assert done == {"report": {"added": 1, "strangers": ["x9"], "unread": ["Sailing"]}, "errors": []}
    assert (await ask(actor, document, content=content))["importCourses"]["errors"][0]["code"] == "FORBIDDEN"
    assert (await ask(partner, document, content="nonsense"))["importCourses"]["errors"][0]["code"] == "INVALID"


async def test_framework_is_taken_over_and_paged_by_name(db: object) -> None:
    org, actor = await someone()
    admin = factories.actor_of(await factories.person(org), Grant(Permission.ORG_COMPETENCIES_EDIT))
    document = """mutation ($content: String!) { importFramework(input: {fileName: "skills.csv", content: $content}) {
      organization { competencies(first: 1) { totalCount edges { node { key name } } } } errors { code message } } }"""
    content = "key,name\nsailing,Sailing\ncharts,Charts\n"
    done = (await ask(admin, document, content=content))["importFramework"]
    assert done["errors"] == []
    shown = done["organization"]["competencies"]
    assert (shown["totalCount"], shown["edges"]) == (2, [{"node": {"key": "charts", "name": "Charts"}}])
    assert (await ask(actor, document, content=content))["importFramework"]["errors"][0]["code"] == "FORBIDDEN"
    broken = (await ask(admin, document, content="nonsense"))["importFramework"]
    assert broken["organization"] is None
    assert broken["errors"][0]["code"] == "INVALID"


async def test_people_file_is_previewed_mended_and_applied(db: object) -> None:
    org, _ = await someone()
    actor = importer(await factories.person(org))
    run = (await ask(actor, PREVIEW, name="people.csv", content=FILE))["previewImport"]["run"]
    assert run["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "refused": 1}
    report = """query ($id: ID!) { importReport(runId: $id) { state created { edges { node { number name } } }
      refused { totalCount edges { node { number problems { column } } } } } }"""
    seen = (await ask(actor, report, id=run["id"]))["importReport"]
    refused = seen["refused"]["edges"][0]["node"]
    assert (seen["state"], seen["created"]["edges"][0]["node"]["name"]) == ("PREVIEWED", "Ada Brook")
    assert refused["problems"] == [{"column": "email"}]
    mend = """mutation ($id: ID!, $row: Int!) { correctImport(input: {
      id: $id, cells: [{row: $row, column: "email", value: "ben@example.test"}]}) {
        run { counts { created refused } } errors { code message } } }"""
    mended = (await ask(actor, mend, id=run["id"], row=refused["number"]))["correctImport"]
    assert mended == {"run": {"counts": {"created": 2, "refused": 0}}, "errors": []}
    apply = """mutation ($id: ID!) { applyImport(input: {id: $id}) {
      run { state rowsApplied finishedAt } errors { code message } } }"""
    done = (await ask(actor, apply, id=run["id"]))["applyImport"]
    assert (done["errors"], done["run"]["state"], done["run"]["rowsApplied"]) == ([], "DONE", 2)
    assert await Person.filter(organization_id=org.id, email="ben@example.test").exists()
    runs = (await ask(actor, "{ importRuns { totalCount edges { node { id fileName } } } }"))["importRuns"]
    assert runs["edges"] == [{"node": {"id": run["id"], "fileName": "people.csv"}}]


async def test_same_key_reads_a_file_once(db: object) -> None:
    org, _ = await someone()
    actor = importer(await factories.person(org))
    first = (await ask(actor, PREVIEW, name="people.csv", content=FILE, key="k"))["previewImport"]
    assert (await ask(actor, PREVIEW, name="people.csv", content=FILE, key="k"))["previewImport"] == first
    other = (await ask(actor, PREVIEW, name="people.csv", content=FILE + "\n", key="k"))["previewImport"]
    assert other["errors"][0]["code"] == "CONFLICT"


async def test_import_is_refused_to_everybody_else(db: object) -> None:
    _, actor = await someone()
    refused = (await ask(actor, PREVIEW, name="people.csv", content=FILE))["previewImport"]
    assert (refused["run"], refused["errors"][0]["code"]) == (None, "FORBIDDEN")
    assert (await ask(actor, "{ importRuns { totalCount } }")) == {"importRuns": {"totalCount": 0}}


async def test_machine_has_no_profile(db: object) -> None:
    org = await factories.organization()
    from server.kernel.actor import system_actor

    error = await refusal(system_actor(org.id), "{ viewer { person { name } } }")
    assert error["extensions"] == {"code": "NOT_FOUND"}
