"""Two programmes, two behaviours: what people may do by themselves, by role; in the domain, on screen, by GraphQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest

from server.journey.asking.queries import Asking, asking_page
from server.kernel import clock
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.matches.models import Match
from server.messaging.actions import reword_message, send_message
from server.messaging.models import ThreadMessage
from server.people.models import Person
from server.programs.inviting.actions import COLLEAGUES_MOST, invite_colleague
from server.programs.models import Cohort, Enrollment, Program
from server.programs.permissions.entries import PERMISSIONS, PERMISSIONS_PART
from server.programs.permissions.rules import may_browse, may_invite, may_message
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState
from tests import factories
from tests.graphql.ask import ask, gid
from tests.web.conftest import ClientOf

MENTEE, MENTOR, PEER, LEADS = (
    ParticipantRole.MENTEE, ParticipantRole.MENTOR, ParticipantRole.PEER, ParticipantRole.FACILITATOR,
)
GENEROUS = dict.fromkeys(PERMISSIONS, True)
STRICT = dict.fromkeys(PERMISSIONS, False)
MENTORS_ONLY = {name: name.startswith("mentors_") for name in PERMISSIONS}

# what is stored, the role, and whether that role may browse, message, invite
RULES = [
    ({}, MENTEE, (False, True, False)), ({}, MENTOR, (False, True, False)),
    ({}, PEER, (False, True, False)), ({}, LEADS, (False, True, False)),
    (GENEROUS, MENTEE, (True, True, True)), (GENEROUS, MENTOR, (True, True, True)),
    (GENEROUS, PEER, (True, True, True)), (GENEROUS, LEADS, (False, True, True)),
    (STRICT, MENTEE, (False, False, False)), (STRICT, MENTOR, (False, False, False)),
    (STRICT, PEER, (False, False, False)), (STRICT, LEADS, (False, False, False)),
    (MENTORS_ONLY, MENTEE, (False, False, False)), (MENTORS_ONLY, MENTOR, (True, True, True)),
    (MENTORS_ONLY, PEER, (False, False, False)), (MENTORS_ONLY, LEADS, (False, True, True)),
]


@pytest.mark.parametrize(("stored", "role", "may"), RULES)
def test_a_role_may_what_its_side_may(stored: dict[str, bool], role: ParticipantRole, may: tuple[bool, ...]) -> None:
    program = Program(permissions=stored)
    assert (may_browse(program, role), may_message(program, role), may_invite(program, role)) == may


def test_a_programme_that_says_nothing_is_as_before() -> None:
    assert PERMISSIONS_PART.told({}) == {name: one.usual for name, one in PERMISSIONS.items()}


@dataclass
class Side:
    """Somebody of a programme: matched, with room for one more, and somebody of the other side whom they may get."""

    person: Person
    waiting: Enrollment
    other: Enrollment
    match: Match
    allowed: bool


@dataclass
class Scene:
    """Two programmes of one organisation. In one only mentors may do anything, in the other only who learns may."""

    sides: dict[tuple[str, ParticipantRole], Side]
    cohorts: dict[str, Cohort]
    colleague: Person
    gone: Person


@pytest.fixture
async def scene(db: object) -> Scene:
    org = await factories.organization()
    sides, cohorts = {}, {}
    for name, allowed in (("mentors", MENTOR), ("mentees", MENTEE)):
        permissions = {key: key.startswith(name) for key in PERMISSIONS}
        program = await factories.program(org, name=f"For {name}", permissions=permissions)
        cohorts[name] = await factories.cohort(program)
        people = {role: await factories.person(org, given_name=role.value.title()) for role in (MENTOR, MENTEE)}
        rows = {role: await factories.enrollment(cohorts[name], people[role], role, capacity=2) for role in people}
        free = {role: await factories.enrollment(cohorts[name], await factories.person(org), role) for role in people}
        match = await factories.match(rows[MENTOR], rows[MENTEE])
        for (role, somebody), other in zip(people.items(), (free[MENTEE], free[MENTOR]), strict=True):
            sides[name, role] = Side(somebody, rows[role], other, match, role is allowed)
    return Scene(
        sides, cohorts, await factories.person(org, email="ada@harbour.example"),
        await factories.person(org, email="mary@harbour.example", status="ENDED"),
    )


EVERY = list(product(("mentors", "mentees"), (MENTOR, MENTEE)))
READ = """query ($own: ID!) {
  matchChoices(enrollmentId: $own) { enrollmentId }
  people(first: 9) { edges { node { id } } } }"""
SEND = """mutation ($match: ID!, $own: ID!, $other: ID!) {
  keepInMind(input: {enrollmentId: $own, aboutEnrollmentId: $other}) { choices { isFavourite } errors { code } }
  sendMessage(input: {matchId: $match, body: "By API"}) { message { body } errors { code } }
  inviteColleague(input: {id: $own, address: "ada@harbour.example", role: MENTEE}) {
    enrollment { id } errors { code } } }"""
FIELDS = [f"{side}May{deed}" for side in ("mentees", "mentors") for deed in ("Browse", "Message", "Invite")]
TOLD = f"query ($id: ID!) {{ node(id: $id) {{ ... on Program {{ permissions {{ {' '.join(FIELDS)} }} }} }} }}"


async def test_each_role_of_each_programme_on_every_face(scene: Scene, client_of: ClientOf) -> None:
    for name, role in EVERY:
        one = scene.sides[name, role]
        actor, client, case = factories.actor_of(one.person), await client_of(one.person), f"{role} of {name}"
        looks = (await asking_page(actor, one.waiting.id)).asking
        assert looks is (Asking.LOOK if one.allowed else Asking.NOT_HERE), case
        mine = f"/enrollment/{one.waiting.id}"
        assert (str(one.other.id) in (await client.get(f"{mine}/asking")).text) is one.allowed, case
        in_mind = await client.post(f"{mine}/favourites", data={"partner": str(one.other.id), "on": "1"})
        assert in_mind.status_code == (303 if one.allowed else 403), case
        read = await ask(actor, READ, own=gid(one.waiting))
        assert read["matchChoices"] == ([{"enrollmentId": gid(one.other)}] if one.allowed else []), case
        assert read["people"]["edges"] == [{"node": {"id": gid(one.person)}}], f"{case}: nobody is looked up"

        thread, form = f"/messages/{one.match.id}", f"/enrollment/{one.waiting.id}/colleague"
        page = (await client.get(thread)).text
        assert ('id="compose"' in page) is one.allowed, case
        assert ("your part does not write messages" in page) is not one.allowed, case
        written = await client.post(thread, data={"body": "On screen"})
        assert written.status_code == (303 if one.allowed else 409), case
        assert ("What you wrote" in written.text and "On screen" in written.text) is not one.allowed, case
        home = (await client.get("/")).text
        assert (form in home) is one.allowed, case
        offered = "Write<" in home or "Reply<" in home
        assert offered is (one.allowed and role is MENTOR), case   # who learns has nothing to answer here
        ending = (await client.get(f"/match/{one.match.id}/ending")).text
        assert ('name="thanks"' in ending) is one.allowed, case
        if not one.allowed:   # a page that was open before, or a form that waited on a device without a network
            kept = await client.post(f"/match/{one.match.id}/closure", data={"thanks": "Thank you so much"})
            assert (kept.status_code, "Thank you so much" in kept.text) == (403, True), case
        assert (await client.get(form)).status_code == (200 if one.allowed else 404), case

        api = await ask(actor, SEND, match=gid(one.match), own=gid(one.waiting), other=gid(one.other))
        codes = [error["code"] for field in api.values() for error in field["errors"]]
        assert codes == ([] if one.allowed else ["FORBIDDEN"] * 3), case

        if one.allowed:
            continue
        for refused in (
            send_message(actor, one.match.id, "Here"), invite_colleague(actor, one.waiting.id, "a@b.example", MENTEE)
        ):
            with pytest.raises(Refused, match="this programme"):
                await refused
    assert sorted({one.body for one in await ThreadMessage.all()}) == ["By API", "On screen"]
    asked = await Enrollment.filter(person_id=scene.colleague.id, state=EnrollmentState.INVITED)
    assert {one.cohort_id for one in asked} == {one.id for one in scene.cohorts.values()}
    told = await ask(factories.actor_of(scene.colleague), TOLD, id=gid(await scene.cohorts["mentors"].program))
    assert told["node"]["permissions"] == {name: name.startswith("mentors") for name in FIELDS}


async def test_what_was_written_stays_when_the_programme_changes_its_mind(scene: Scene) -> None:
    one = scene.sides["mentors", MENTOR]
    actor = factories.actor_of(one.person)
    message = await send_message(actor, one.match.id, "Before")
    await Program.filter(id=one.waiting.program_id).update(permissions=STRICT)
    with pytest.raises(Refused):
        await reword_message(actor, message.id, "After")
    assert (await ThreadMessage.get(id=message.id)).body == "Before"


async def test_nobody_learns_by_inviting_who_works_here(scene: Scene, client_of: ClientOf) -> None:
    one = scene.sides["mentors", MENTOR]
    actor, client, here = factories.actor_of(one.person), await client_of(one.person), one.waiting
    at, partner = f"/enrollment/{here.id}/colleague", scene.sides["mentors", MENTEE].person
    answers = set()
    for address in ("ada@harbour.example", "nobody@harbour.example", "mary@harbour.example", partner.email):
        done = await client.post(at, data={"address": address, "role": "MENTEE"})
        shown = await client.get(done.headers["location"])
        answers.add((done.status_code, "If they can take part, they hear of it" in shown.text))
    assert len(answers) == 1
    assert await Enrollment.filter(cohort_id=here.cohort_id, state=EnrollmentState.INVITED).count() == 1
    entries = await AuditEvent.filter(action="enrollment.invite_colleague", target_id=here.id).order_by("at")
    assert [entry.detail["people"] for entry in entries] == [1, 0, 0, 0]

    wrong = await client.post(at, data={"address": "ada at harbour", "role": "MENTEE"})
    assert (wrong.status_code, 'value="ada at harbour"' in wrong.text) == (422, True)
    with pytest.raises(Invalid) as refused:
        await invite_colleague(actor, here.id, "a@b.example", PEER)
    assert list(refused.value.fields) == ["role"]
    with pytest.raises(NotFound):
        await invite_colleague(factories.actor_of(partner), here.id, "a@b.example", MENTEE)

    for number in range(COLLEAGUES_MOST - len(entries)):
        await invite_colleague(actor, here.id, f"{number}@harbour.example", MENTEE)
    late = await client.post(at, data={"address": "one.more@harbour.example", "role": "MENTEE"})
    assert (late.status_code, "Go on next week." in late.text, "one.more@" in late.text) == (409, True, True)
    clock.move(timedelta(days=8))
    await invite_colleague(actor, here.id, "one.more@harbour.example", MENTEE)
    await Cohort.filter(id=here.cohort_id).update(state=ProgramState.CLOSING)
    with pytest.raises(Conflict) as closed:
        await invite_colleague(actor, here.id, "too.late@harbour.example", MENTEE)
    assert closed.value.kind == "closed"
