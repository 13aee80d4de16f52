"""A programme that calls mentors and mentees otherwise: on every page of its people no usual word is left."""

import re

from server.access.models import RoleGrant
from server.access.states import Role
from server.automation.building.actions import begin_draft
from server.goals.actions import add_milestone
from server.notifications.models import Message
from server.programs.models import Cohort, Program
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import Session
from tests import factories
from tests.graphql.ask import ask
from tests.graphql.everything import open_check_in
from tests.server.goals.said import a_goal
from tests.web.conftest import ClientOf, booked
from tests.web.console.test_building import seen_on
from web import app

RENAMED = {"en": {
    "mentor": {"one": "adviser", "many": "advisers"}, "mentee": {"one": "traveller", "many": "travellers"},
    "mentoring": {"one": "advising"},
}}
TYPED = {
    f"terminology.en.{term}.{case}": word for term, cases in RENAMED["en"].items() for case, word in cases.items()
}
USUAL = re.compile(r"\b(?:mentor|mentee)\w*", re.I)
SAID_ALOUD = re.compile(r'(?:aria-label|aria-description|title|alt|placeholder|data-[a-z]+)="([^"]*)"')


def words_on(html: str) -> str:
    """What a page says: its text, and what is only read aloud; no address, no name of a field."""
    shown = re.sub(r"<(style|script)\b.*?</\1>", " ", html, flags=re.S)
    return " ".join([re.sub(r"<[^>]*>", " ", shown), *SAID_ALOUD.findall(html)])


async def test_no_page_of_a_renamed_programme_says_mentor_or_mentee(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    await Program.filter(id=pair.program.id).update(
        terminology=RENAMED, mentees_may_ask=True, mentors_may_ask=True, mentees_may_wish=True
    )
    goal, session, check_in = await a_goal(pair), await booked(pair), await open_check_in(pair)
    step = await add_milestone(pair.mentee_actor, goal.id, "Watch two reviews")
    newcomers = [await factories.person(pair.organization, given_name=name) for name in ("Ada", "Bo")]
    roles = (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
    waiting = [
        await factories.enrollment(pair.cohort, one, role) for one, role in zip(newcomers, roles, strict=True)
    ]
    invited = await factories.person(pair.organization)
    await factories.enrollment(pair.cohort, invited, roles[0], state=EnrollmentState.INVITED)
    ids = {
        "match": pair.match.id, "goal": goal.id, "milestone": step.id, "session": session.id, "checkin": check_in.id,
        "messages": pair.match.id, "circle": pair.match.id, "survey": check_in.id, "you": pair.match.id,
        "enrollment": None,
    }
    paths = {
        (re.sub(r"\{id:uuid\}", str(ids.get(route.path.split("/")[1])), route.path)
         .replace("{program}", pair.program.key))
        for screen in app.SCREENS for route in screen.routes
        if "GET" in route.methods and not route.path.startswith("/console") and "enrollment" not in route.path
    }
    people = {
        pair.mentee: pair.mentee_enrollment, pair.mentor: pair.mentor_enrollment, invited: None,
        **dict(zip(newcomers, waiting, strict=True)),
    }
    left, shown = [], set()
    for someone, enrollment in people.items():
        client = await client_of(someone)
        own = {f"/enrollment/{enrollment.id}/{page}" for page in ("asking", "goal", "leaving", "place")} if (
            enrollment) else {f"/join/{pair.program.key}?as=mentee"}
        for path in sorted(paths | own):
            answer = await client.get(path)
            if answer.status_code == 200:
                shown.add(path.split("/")[1])
                left += [f"{path}: {word}" for word in USUAL.findall(words_on(answer.text))]
    assert left == []
    assert shown >= {
        "", "match", "goal", "milestone", "session", "checkin", "messages", "join", "waiting", "enrollment",
    }
    assert "adviser" in words_on((await (await client_of(newcomers[1])).get(f"/waiting/{pair.program.key}")).text)
    assert await Session.all().count() == 1


OURS, THEIRS, LATER = "adviser traveller talk".split(), "guide walker stroll".split(), "patron learner hour".split()
SHARED = re.compile(r"Your mentees|Between sessions|\bSession\b")
"""What stands on a page for all of one's programmes, and is said as usual: a list, a part of the page, a place."""
ANY_USUAL = re.compile(r"\b(?:mentor|mentee|session)s?\b", re.I)


def called(mentor: str, mentee: str, session: str) -> dict[str, object]:
    """Words of a programme, in English."""
    words = {"mentor": mentor, "mentee": mentee, "session": session}
    return {"en": {term: {"one": word, "many": f"{word}s"} for term, word in words.items()}}


async def test_each_card_of_a_page_that_programmes_share_is_in_the_words_of_its_own(client_of: ClientOf) -> None:
    ours = await factories.active_match()
    org, idris = ours.organization, ours.mentor
    named = [await factories.program(org, name=name, terminology=called(*words), mentees_may_ask=True)
             for name, words in (("Walks", THEIRS), ("Hours", LATER))]
    await Program.filter(id=ours.program.id).update(terminology=called(*OURS))
    learns, waits = [await factories.enrollment(await factories.cohort(one), idris, ParticipantRole.MENTEE)
                     for one in named]
    led = await factories.enrollment(
        await Cohort.get(id=learns.cohort_id), await factories.person(org), ParticipantRole.MENTOR
    )
    theirs = await factories.match(led, learns)
    for program in (ours.program, *named):
        row = await factories.told(idris, "Z07")
        await Message.filter(id=row.id).update(program_id=program.id)
    client = await client_of(idris)
    on = {path: words_on((await client.get(path)).text) for path in (
        "/", "/you/kept", "/you/told", "/messages", f"/match/{ours.match.id}/session",
        f"/match/{ours.match.id}/past-session", f"/match/{theirs.id}/session", f"/enrollment/{waits.id}/asking",
        f"/enrollment/{ours.mentor_enrollment.id}/place",
    )}
    left = {path: ANY_USUAL.findall(SHARED.sub("", words)) for path, words in on.items()}
    assert {path: found for path, found in left.items() if found} == {}
    for mentor, *_more in (OURS, THEIRS, LATER):
        assert f"Thanks to who was the {mentor}" in on["/you/told"]
    for said in ("No stroll is booked", "your patron", "No talk is booked yet"):
        assert said in on["/"]
    assert "Book a talk" in on[f"/match/{ours.match.id}/session"]
    await Program.filter(id__in=[one.id for one in named]).update(terminology={})
    told = words_on((await client.get("/")).text)
    for said in ("No session is booked", "your mentor", "No talk is booked yet"):
        assert said in told, "a programme without words of its own takes nobody else's"


async def test_who_runs_it_writes_the_words_in_the_builder_and_gets_them_over_the_api(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    draft = await begin_draft(pair.manager_actor, pair.program.id)
    assert draft.content["terminology"] == {}
    await RoleGrant.create(
        organization_id=pair.organization.id, person=pair.manager, role=Role.PROGRAM_MANAGER, program_id=pair.program.id
    )
    client, here = await client_of(pair.manager), f"/console/programs/{pair.program.id}/build/words"
    sent = {**TYPED, "seen": seen_on((await client.get(here)).text)}
    same = await client.post(here, data={**sent, "terminology.en.mentee.one": "adviser"})
    assert (same.status_code, 'href="#terminology.en.mentee.one"' in same.text) == (422, True)
    assert (await client.post(here, data=sent)).status_code == 303
    assert "3 words of your own." in (await client.get(here)).text
    await Program.filter(id=pair.program.id).update(terminology=RENAMED)
    assert "Advisers may ask a traveller themselves" in (
        await client.get(f"/console/programs/{pair.program.id}/build/matching")).text
    query = "query Terms($key: String!) { program(key: $key) { terms { language term case said } } }"
    told = await ask(pair.manager_actor, query, key=pair.program.key)
    assert {one["said"] for one in told["program"]["terms"]} == set(TYPED.values())


async def test_the_pages_and_letters_of_a_programme_have_its_name_and_colour(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    client, page = await client_of(pair.mentee), f"/console/programs/{pair.program.id}/build/words"
    await RoleGrant.create(
        organization_id=pair.organization.id, person=pair.mentee, role=Role.PROGRAM_MANAGER, program_id=pair.program.id
    )
    seen = seen_on((await client.get(page)).text)
    bright = await client.post(page, data={"branding.accent": "#FFD400", "seen": seen})
    assert (bright.status_code, "The nearest that can be read is #5E4E00" in bright.text) == (422, True)
    assert (await client.post(page, data={"branding.accent": "#7a1f4b", "branding.name": "Compass", "seen": seen})
            ).status_code == 303
    await Program.filter(id=pair.program.id).update(branding={"name": "Compass", "accent": "#7A1F4B"})
    for path in ("/", "/you", f"/match/{pair.match.id}"):
        shown = (await client.get(path)).text
        assert '<link rel="stylesheet" href="/brand/7a1f4b">' in shown
        assert "<span>Compass</span>" in shown
    assert "/brand/" not in (await client.get("/console")).text
    sheet = await client.get("/brand/7a1f4b")
    assert (sheet.headers["content-type"], "--sea: #7A1F4B" in sheet.text) == ("text/css; charset=utf-8", True)
    assert "immutable" in sheet.headers["cache-control"]
    for colour in ("ffd400", "7a1f4", "red;}", "%23000000"):
        assert (await client.get(f"/brand/{colour}")).status_code == 404
