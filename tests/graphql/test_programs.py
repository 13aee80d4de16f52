"""Programmes, cohorts and enrolments through GraphQL."""

from __future__ import annotations

from typing import Any

from server.kernel.actor import Actor, Grant, Permission
from server.kernel.facts import OutboxEvent
from server.people import actions as people
from server.people.states import ConsentPurpose
from server.programs import actions
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.graphql.ask import ask, gid, send

CREATE = """mutation ($key: String!, $name: String! = "Rising Leads") {
  createProgram(input: {key: $key, name: $name, type: ONE_TO_ONE}) {
    program { id key state approvals cohorts { name } } errors { code field }
  }
}"""
OPEN = """mutation ($id: ID!, $starts: Date!, $ends: Date) {
  openCohort(input: {programId: $id, key: "spring", name: "Spring group", startsOn: $starts, endsOn: $ends}) {
    cohort { id name startsOn program { key } } errors { code field }
  }
}"""


async def administrator() -> Actor:
    someone = await factories.person(await factories.organization())
    return factories.actor_of(someone, *(Grant(permission) for permission in Permission))


async def test_programme_is_set_up_and_opened(db: object) -> None:
    admin = await administrator()
    made = (await ask(admin, CREATE, key="rising"))["createProgram"]
    assert made["errors"] == []
    opened = (await ask(admin, OPEN, id=made["program"]["id"], starts="2027-01-11"))["openCohort"]
    assert opened["cohort"]["program"] == {"key": "rising"}
    again = (await ask(admin, OPEN, id=made["program"]["id"], starts="2027-01-11"))["openCohort"]
    assert again["errors"] == [{"code": "INVALID", "field": "key"}]
    seen = await ask(admin, '{ program(key: "rising") { name cohorts { name startsOn } } programs { totalCount } }')
    assert seen["program"]["cohorts"] == [{"name": "Spring group", "startsOn": "2027-01-11"}]


async def test_what_cannot_be_a_programme_is_named(db: object) -> None:
    admin = await administrator()
    made = (await ask(admin, CREATE, key="rising"))["createProgram"]
    wrong = (("rising", "x", "key"), ("k" * 61, "x", "key"), ("", "x", "key"), ("new", "n" * 121, "name"))
    for key, name, field in wrong:
        (error,) = (await ask(admin, CREATE, key=key, name=name))["createProgram"]["errors"]
        assert error == {"code": "INVALID", "field": field}
    early = (await ask(admin, OPEN, id=made["program"]["id"], starts="2027-01-11", ends="2027-01-10"))["openCohort"]
    assert early["errors"] == [{"code": "INVALID", "field": "endsOn"}]
    answer = await send(admin, OPEN, id=made["program"]["id"], starts="2027-02-30")
    assert answer.status_code == 400


async def joined(actor: Actor, document: str, **variables: Any) -> dict[str, Any]:
    (payload,) = (await ask(actor, document, **variables)).values()
    assert payload["errors"] == []
    found: dict[str, Any] = payload["enrollment"]
    return found


JOIN = """mutation ($key: String!, $parts: [DayPart!]! = [MORNINGS], $agreed: [ConsentPurpose!]! = [MATCHING],
    $want: String! = "Lead a product review with three teams") {
  joinProgram(input: {programKey: $key, role: MENTEE, dayParts: $parts, agreedTo: $agreed, goal: {want: $want}}) {
    enrollment { id state waitlistPlace person { firstName } cohort { name } } errors { code field kind }
  }
}"""


async def test_a_programme_and_its_group_are_taken_to_their_next_state(db: object) -> None:
    admin = await administrator()
    made = (await ask(admin, CREATE, key="leads"))["createProgram"]["program"]
    group = (await ask(admin, OPEN, id=made["id"], starts="2027-03-01"))["openCohort"]["cohort"]
    moved = await ask(admin, """mutation ($program: ID!, $group: ID!) {
      moveProgram(input: {id: $program, state: ENROLLING}) { program { state } errors { message } }
      moveCohort(input: {id: $group, state: ENROLLING}) { cohort { state } errors { message } } }""",
        program=made["id"], group=group["id"])
    assert moved["moveProgram"] == {"program": {"state": "ENROLLING"}, "errors": []}
    assert moved["moveCohort"] == {"cohort": {"state": "ENROLLING"}, "errors": []}


async def test_somebody_joins_waits_and_sees_the_place_in_line(db: object) -> None:
    pair = await factories.active_match()
    (first, second) = (await factories.person(pair.organization), await factories.person(pair.organization))
    places = []
    for someone in (first, second):
        done = await joined(factories.actor_of(someone), JOIN, key=pair.program.key)
        places.append((done["state"], done["waitlistPlace"]))
    assert places == [("ACTIVE", None), ("WAITLISTED", 1)]
    own = "{ viewer { enrollments { edges { node { state program { key } } } } profile { dayParts } } }"
    seen = (await ask(factories.actor_of(second), own))["viewer"]
    assert seen["enrollments"]["edges"] == [{"node": {"state": "WAITLISTED", "program": {"key": pair.program.key}}}]
    assert seen["profile"] == {"dayParts": ["MORNINGS"]}


async def test_nobody_joins_without_the_consent_that_is_needed(db: object) -> None:
    pair = await factories.active_match()
    admin = factories.actor_of(pair.manager, Grant(Permission.ORG_SETTINGS_EDIT))
    await people.publish_consent_text(admin, ConsentPurpose.MATCHING, "Use my profile to match me", required=True)
    done = (await ask(pair.stranger_actor, JOIN, key=pair.program.key, agreed=[], parts=[]))["joinProgram"]
    assert done["enrollment"] is None
    assert {(error["code"], error["field"]) for error in done["errors"]} == {
        ("INVALID", "consents"), ("INVALID", "dayParts")
    }
    assert (await ask(pair.stranger_actor, "{ viewer { enrollments { totalCount } } }")) == {
        "viewer": {"enrollments": {"totalCount": 0}}
    }, "all of it or nothing"
    assert (await joined(pair.stranger_actor, JOIN, key=pair.program.key))["state"] == "ACTIVE"


async def test_invited_person_may_say_no(db: object) -> None:
    pair = await factories.active_match()
    invite = """mutation ($cohort: ID!, $person: ID!) { invite(input: {
      cohortId: $cohort, personId: $person, role: MENTOR, capacity: 2}) {
        enrollment { id state capacity } errors { code } } }"""
    made = await joined(pair.manager_actor, invite, cohort=gid(pair.cohort), person=gid(pair.stranger))
    assert (made["state"], made["capacity"]) == ("INVITED", 2)
    undo = "mutation ($id: ID!) { undoDecision(input: {id: $id}) { enrollment { id } errors { code } } }"
    assert await ask(pair.manager_actor, undo, id=made["id"]) == {"undoDecision": {"enrollment": None, "errors": []}}
    assert not await Enrollment.filter(person_id=pair.stranger.id).exists(), "as if never invited"
    assert not await OutboxEvent.filter(kind="enrollment.invited", withdrawn_at=None).exists(), "nobody is told"
    made = await joined(pair.manager_actor, invite, cohort=gid(pair.cohort), person=gid(pair.stranger))
    decline = "mutation ($id: ID!) { declineInvitation(input: {id: $id}) { enrollment { state } errors { code } } }"
    assert (await joined(pair.stranger_actor, decline, id=made["id"]))["state"] == "DECLINED"


async def test_somebody_takes_a_break_comes_back_and_steps_out(db: object) -> None:
    pair = await factories.active_match()
    document = "mutation ($id: ID!) { %s(input: {id: $id%s}) { enrollment { state } errors { code } } }"
    until = factories.in_days(20).isoformat()
    for mutation, rest, state in (
        ("takeBreak", f', until: "{until}"', "PAUSED"), ("comeBack", "", "ACTIVE"), ("leaveProgram", "", "WITHDRAWN"),
    ):
        asked = document % (mutation, rest)
        assert (await joined(pair.mentee_actor, asked, id=gid(pair.mentee_enrollment)))["state"] == state
    taken_out = document % ("removeFromProgram", "")
    assert (await joined(pair.manager_actor, taken_out, id=gid(pair.mentor_enrollment)))["state"] == "REMOVED"


async def test_applicants_are_admitted_or_turned_down(db: object) -> None:
    pair = await factories.active_match()
    for mutation, state in (("approveAdmission", "ACTIVE"), ("rejectAdmission", "DECLINED")):
        applicant = await factories.person(pair.organization)
        row = await factories.enrollment(
            pair.cohort, applicant, ParticipantRole.MENTOR, state=EnrollmentState.PENDING_APPROVAL
        )
        document = "mutation ($id: ID!) { %s(input: {id: $id}) { enrollment { state } errors { code } } }"
        document = document.replace("%s", mutation)
        assert (await joined(pair.manager_actor, document, id=gid(row)))["state"] == state
        own = (await ask(factories.actor_of(applicant), document, id=gid(row)))[mutation]
        assert own["errors"] == [{"code": "FORBIDDEN"}]


async def test_roster_is_for_who_runs_the_programme(db: object) -> None:
    pair = await factories.active_match()
    document = """query ($id: ID!, $role: ParticipantRole) { enrollments(cohortId: $id, role: $role, states: [ACTIVE]) {
      totalCount edges { node { role person { name } } } } }"""
    assert (await ask(pair.manager_actor, document, id=gid(pair.cohort)))["enrollments"]["totalCount"] == 2
    mentors = (await ask(pair.manager_actor, document, id=gid(pair.cohort), role="MENTOR"))["enrollments"]
    assert [edge["node"]["role"] for edge in mentors["edges"]] == ["MENTOR"]
    own = (await ask(pair.mentee_actor, document, id=gid(pair.cohort)))["enrollments"]["edges"]
    assert [edge["node"]["person"]["name"] for edge in own] == [pair.mentee.full_name]
    assert (await ask(pair.stranger_actor, document, id=gid(pair.cohort)))["enrollments"]["totalCount"] == 0


async def test_capacity_outside_what_is_allowed_is_refused(db: object) -> None:
    pair = await factories.active_match()
    await actions.invite(pair.manager_actor, pair.cohort.id, pair.stranger.id, ParticipantRole.MENTOR)
    document = """mutation ($cohort: ID!, $person: ID!, $capacity: Int!) { invite(input: {
      cohortId: $cohort, personId: $person, role: MENTOR, capacity: $capacity}) { errors { code field } } }"""
    for capacity in (0, -1, 21, 2**31 - 1):
        done = await ask(
            pair.manager_actor, document, cohort=gid(pair.cohort), person=gid(pair.stranger), capacity=capacity
        )
        assert done["invite"]["errors"] == [{"code": "INVALID", "field": "capacity"}]
