"""Every kind of letter: the same words as text and as HTML, valid, accessible, safe, in the reader's zone."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import html5lib
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from server.access.models import RoleGrant, SignInLetter, SignInRequest
from server.access.states import Role
from server.goals.models import Goal, Milestone
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.messaging.models import Thread, ThreadMessage
from server.notifications import texts
from server.notifications.actions import plan_message
from server.notifications.catalogue import CATALOGUE
from server.notifications.channels.email import compose
from server.notifications.scene import Scene, scene_of
from server.notifications.states import MessageClass
from server.notifications.texts import Letter, letter
from server.notifications.told.links import from_message
from server.notifications.wording.names import names_of
from server.notifications.wording.words import filled
from server.people.models import Person, PersonAttribute
from server.programs.actions import lose_eligibility
from server.programs.models import Enrollment
from server.sessions.models import ActionItem
from server.sessions.states import SessionState
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState, SurveyKind
from tests.factories import Pair, in_days, match
from tests.forms import sent_form
from tests.server.notifications.conftest import session_of

FORMS = {
    "S07": SurveyKind.POST_SESSION, "C01": SurveyKind.CHECK_IN, "C02": SurveyKind.PULSE, "C03-form": SurveyKind.NPS,
    "Z10": SurveyKind.CUSTOM,
}
HOSTILE = "<script>alert(1)</script> & \"Noor\" %(name)s {{ 7 * 7 }}"
SECRET = "Speak up in the board"
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


async def series_facts(pair: Pair, *, cancelled: bool) -> dict[str, Any]:
    """Two sessions of a series, as a message tells of them."""
    series_id, state = new_id(), SessionState.CANCELLED if cancelled else SessionState.SCHEDULED
    starts = [(clock.now() + timedelta(days=days)).replace(microsecond=0) for days in (2, 9)]
    made = [
        await session_of(pair, at, state=state, series_id=series_id, series_zone="Europe/Lisbon", occurs_at=at)
        for at in starts
    ]
    return {
        "series_id": series_id, "session_ids": [str(one.id) for one in made], "sequences": [0, 0], "every_weeks": 1,
    }


async def planned_ids(kind: str, pair: Pair) -> dict[str, Any]:
    """The same of kinds that go by themselves."""
    if kind.startswith("G0") and not kind.startswith("G01"):
        return await goal_facts(kind, pair)
    if kind in ("Z06", "Z07", "Z08"):
        await had_its_time(pair)
    if kind == "S10":
        return {"action_item_id": await promise_of(pair)}
    return {"ends_on": pair.match.ends_on} if kind in ("Z01", "Z02", "Z03") else {}


async def ids_for(kind: str, pair: Pair) -> dict[str, Any]:
    """Rows and ids that a letter of this kind speaks of."""
    ids: dict[str, Any] = {"match_id": pair.match.id}
    if kind in GROUPS:
        await GROUPS[kind](pair)
        return {"cohort_id": pair.cohort.id, "metric": "STARTED", "before": {"STARTED": 12}}
    if kind.startswith("E") or kind in ("X04", "X04-grace", "M11"):
        ids = {"enrollment_id": pair.mentee_enrollment.id}
    if kind == "X04-grace":
        await lose_eligibility(system_actor(pair.organization.id), pair.mentee_enrollment.id)
    if kind.startswith("Z03"):
        pair.match.proposed_end_on = ids["ends_on"] = in_days(400)
        await pair.match.save()
    ids |= await planned_ids(kind, pair)
    if kind.startswith("S") and kind not in ("S07", "S08", "S10"):
        states = {
            "S02-cancelled": SessionState.CANCELLED, "S09": SessionState.NO_SHOW, "S06": SessionState.HELD,
        }
        state = states.get(kind, SessionState.SCHEDULED)
        ids |= {"session_id": (await session_of(pair, state=state)).id, "sequence": 0}
    if kind in ("S01-series", "S02-rest", "S02-rest-cancelled"):
        ids = {"match_id": pair.match.id, **await series_facts(pair, cancelled=kind.endswith("cancelled"))}
    if kind in ("R01", "C03", "C04", "Z04", "Z04-again", "Z05"):
        survey = await SurveyInvitation.create(
            organization_id=pair.organization.id, kind=SurveyKind.CHECK_IN, match=pair.match, opens_at=clock.now(),
            program_id=pair.program.id, person_id=pair.mentee.id, state=InvitationState.OPEN,
            closes_at=clock.now() + timedelta(days=10),
        )
        ids["invitation_id"] = survey.id
    if kind in FORMS:
        ids["form_invitation_id"] = (await sent_form(pair, FORMS[kind])).id
    if kind == "X01-circle":
        ids["left_id"] = pair.mentor.id
    if kind == "A02":
        thread = await Thread.create(organization_id=pair.organization.id, match=pair.match)
        await ThreadMessage.create(
            organization_id=pair.organization.id, thread=thread, author_id=pair.mentor.id, body="Never in a mail."
        )
        ids["thread_id"] = thread.id
    if kind == "Y01":
        request = await SignInRequest.create(
            browser="b", address=pair.mentee.email, address_mark="a", network_mark="n",
            expires_at=clock.now() + timedelta(minutes=15),
        )
        letter = await SignInLetter.create(
            organization_id=pair.organization.id, request=request, person=pair.mentee
        )
        ids = {"letter_id": letter.id}
    if kind == "Y01-moved":
        held = await PersonAttribute.create(
            organization_id=pair.organization.id, person=pair.mentee, name="email", value="before@example.test"
        )
        ids = {"held_id": held.id}
    return ids


async def goal_facts(kind: str, pair: Pair) -> dict[str, Any]:
    """A step, or the goal that it leads to, as a letter to its owner or to the other of the pair tells of it."""
    ids = await step_facts(pair)
    if kind in ("G03", "G07"):
        return {"goal_id": ids["goal_id"], "match_id": pair.match.id}
    step = {"milestone_id": ids["milestone_id"], "due_on": ids["due_on"]}
    whose = {"enrollment_id": ids["enrollment_id"]} if kind in ("G04", "G05") else {"match_id": pair.match.id}
    return {**step, **whose}


async def had_its_time(pair: Pair) -> None:
    """A match that was closed, after one conversation."""
    await session_of(pair, state=SessionState.HELD)
    pair.match.state, pair.match.ended_at = MatchState.COMPLETED, clock.now()
    await pair.match.save()


async def suggested(pair: Pair) -> None:
    """A draft."""
    await match(pair.mentor_enrollment, pair.mentee_enrollment, state=MatchState.DRAFT)


async def step_facts(pair: Pair) -> dict[str, Any]:
    """A step of the mentee's goal, whose words are in no letter."""
    goal = await Goal.create(
        organization_id=pair.organization.id, enrollment=pair.mentee_enrollment, person_id=pair.mentee.id,
        match_id=pair.match.id, state=GoalState.ACTIVE, want=SECRET, measure=SECRET, due_on=in_days(60),
    )
    step = await Milestone.create(
        organization_id=pair.organization.id, goal=goal, title=SECRET, due_on=in_days(3),
    )
    return {
        "milestone_id": step.id, "goal_id": goal.id, "enrollment_id": pair.mentee_enrollment.id, "due_on": step.due_on,
    }


async def promise_of(pair: Pair) -> UUID:
    """What the mentee promised, whose words are in no letter."""
    item = await ActionItem.create(
        organization_id=pair.organization.id, match_id=pair.match.id, owner_id=pair.mentee.id, text=SECRET,
        session=await session_of(pair, state=SessionState.HELD), due_on=in_days(3),
    )
    return item.id


async def refused(pair: Pair) -> None:
    """Twenty matches that somebody said no to."""
    await Match.bulk_create([
        Match(
            organization_id=pair.organization.id, program=pair.program, cohort=pair.cohort, state=MatchState.DECLINED,
            ended_at=clock.now(),
        )
        for _ in range(20)
    ])


async def unplaced(pair: Pair) -> None:
    """Nobody is in a match."""
    await Match.filter(id=pair.match.id).update(state=MatchState.EXPIRED)


async def nothing(pair: Pair) -> None:
    """Nothing besides."""


async def looked_after(pair: Pair) -> None:
    """The reader runs the programme, looks after all of them and pays for them; eight matches never met."""
    own: dict[str, Any] = {"organization_id": pair.organization.id, "person": pair.mentee}
    await RoleGrant.create(**own, role=Role.PROGRAM_MANAGER, program_id=pair.program.id)
    await RoleGrant.create(**own, role=Role.GLOBAL_ADMIN)
    pair.program.reports = {"sponsors": [pair.mentee.email], "line_managers": True}
    await pair.program.save()
    await Match.bulk_create([
        Match(
            organization_id=pair.organization.id, program=pair.program, cohort=pair.cohort, state=MatchState.ACTIVE,
            active_at=clock.now() - timedelta(days=30),
        )
        for _ in range(8)
    ])


async def short_of_places(pair: Pair) -> None:
    """As many places as mentees, less one."""
    await looked_after(pair)
    await Enrollment.filter(id=pair.mentor_enrollment.id).update(capacity=0)


async def manages(pair: Pair) -> None:
    """The reader manages who mentors them."""
    await looked_after(pair)
    pair.mentor.line_manager = pair.mentee
    await pair.mentor.save()


GROUPS = {
    "Q01": looked_after, "Q02": looked_after, "Q03": looked_after, "Q04": manages, "Q05": looked_after,
    "E16": short_of_places, "Z09": nothing, "M10": refused, "M01": suggested, "M11-runs": unplaced,
}
"""Messages about a whole group, and what is true of it."""


async def scene_for(kind: str, pair: Pair, recipient: Person | None = None) -> Scene:
    actor = system_actor(pair.organization.id)
    to = recipient or pair.mentee
    message = await plan_message(actor, kind, to.id, pair.match.id, await ids_for(kind, pair), trigger="test")
    return await scene_of(actor, message)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"https?://\S+", "", text))


def words_of_html(html: str) -> list[str]:
    body = html5lib.HTMLParser(strict=True).parse(html).find(".//{*}body")
    return words_of(" ".join(body.itertext()))


@pytest.mark.parametrize("kind", CATALOGUE)
async def test_text_and_html_say_the_same_and_the_html_is_strictly_valid(pair: Pair, kind: str) -> None:
    scene = await scene_for(kind, pair)
    made = letter(CATALOGUE[kind], scene)
    assert words_of(made.text) == words_of_html(made.html)
    assert len(words_of(made.text)) > 15
    if scene.cohort:
        every_name_is_filled_in(kind, replace(scene, pairs=("Idris and Noor",)))


def every_name_is_filled_in(kind: str, scene: Scene) -> None:
    """A programme's own words stand in the place of the catalogue's, with every name that this kind may hold."""
    names = names_of(kind)
    body = "\n\n".join(["<i>Ours</i>", *(f"{name} is {{{name}}}." for name in names)])
    scene.program.messages = {kind: {"words": {"en-GB": {"subject": "Ours, {name}", "body": body}}}}
    made, own = letter(CATALOGUE[kind], scene), filled(kind, scene)
    assert own
    assert made.subject == f"Ours, {scene.person.first_name}"
    assert words_of(made.text) == words_of_html(made.html)
    assert "&lt;i&gt;Ours&lt;/i&gt;" in made.html
    assert opened_by(kind, scene) in made.text
    assert {one.partition(" is ")[0] for one in own.paragraphs[1:]} >= {key for key, one in names.items() if one.always}
    assert not [one for one in own.paragraphs if re.search(r"[{}]| is \.", one)]


def opened_by(kind: str, scene: Scene) -> str:
    """The path that a letter's button opens: it names the message, where it is not the one that signs in."""
    link = CATALOGUE[kind].link(scene)
    return link if kind == "Y01" else from_message(link, scene.message.id)


@pytest.mark.parametrize("kind", CATALOGUE)
async def test_a_letter_is_accessible_and_has_one_button_to_the_exact_screen(pair: Pair, kind: str) -> None:
    scene = await scene_for(kind, pair)
    made = letter(CATALOGUE[kind], scene)
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(made.html)
    assert page.get("lang") == "en-GB"
    assert page.findtext(".//title") == made.subject
    assert len(page.findall(".//h1")) == 1
    assert {table.get("role") for table in page.iter("table")} == {"presentation"}
    sizes = [int(size) for size in re.findall(r"font(?:-size)?: (\d+)px", made.html)]
    assert min(sizes) >= 16
    buttons = [link for link in page.iter("a") if link.get("class") == "act"]
    address = "http://127.0.0.1:8000" + opened_by(kind, scene)
    assert [button.get("href") for button in buttons] == [address]
    assert address in made.text
    assert "Opening this changes nothing" in made.text
    assert "You get this because" in made.text
    always_comes = CATALOGUE[kind].message_class is MessageClass.TRANSACTIONAL
    ends = [link.get("href") for link in page.iter("a") if link.text == "Send me no more of these"]
    assert ends == ([] if always_comes else [made.stop_url])
    assert always_comes is ("Send me no more" not in made.text) is (made.stop_url == "")


@pytest.mark.parametrize("kind", CATALOGUE)
async def test_hostile_names_stay_text(pair: Pair, kind: str) -> None:
    for row in (pair.mentor, pair.mentee):
        row.given_name, row.title, row.location = HOSTILE, HOSTILE, HOSTILE
        await row.save()
    pair.program.name = HOSTILE
    await pair.program.save()
    made = letter(CATALOGUE[kind], await scene_for(kind, pair))
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(made.html)
    assert not list(page.iter("script"))
    assert "<script>alert(1)</script>" in made.text + made.subject
    assert "{{ 7 * 7 }}" in made.text + made.subject


@pytest.mark.parametrize("kind", CATALOGUE)
async def test_the_voice_is_plain(pair: Pair, kind: str) -> None:
    made = letter(CATALOGUE[kind], await scene_for(kind, pair))
    plain = re.sub(r"https?://\S+", "", made.text)
    assert "!" not in plain
    assert not re.search(r"\b(e\.g\.|i\.e\.|etc)\b", plain)
    assert not [sentence for sentence in re.split(r"[.?:]\s|\n", plain) if len(sentence.split()) > 14]


async def test_times_are_in_the_readers_zone_with_the_others_beside(pair: Pair) -> None:
    with clock.at(datetime(2026, 11, 20, 8, tzinfo=UTC)):
        await session_of(pair, TUESDAY)
        lisbon = letter(CATALOGUE["M08"], await scene_for("M08", pair)).text
        nairobi = letter(CATALOGUE["M08"], await scene_for("M08", pair, pair.mentor)).text
    assert "Tuesday 24 November, 10:00 (13:00 in Nairobi)" in lisbon
    assert "Tuesday 24 November, 13:00 (10:00 in Lisbon)" in nairobi


async def test_another_day_for_the_other_is_said_in_full(pair: Pair) -> None:
    pair.mentor.zone = "Pacific/Auckland"
    await pair.mentor.save()
    with clock.at(datetime(2026, 11, 20, 8, tzinfo=UTC)):
        await session_of(pair, TUESDAY.replace(hour=14))
        text = letter(CATALOGUE["M08"], await scene_for("M08", pair)).text
    assert "Tuesday 24 November, 14:00 (Wednesday 25 November, 03:00 in Auckland)" in text


async def test_another_language_gets_its_own_dates_and_direction(pair: Pair) -> None:
    pair.mentee.language = "ar"
    await pair.mentee.save()
    made = letter(CATALOGUE["M08"], await scene_for("M08", pair))
    assert '<html lang="ar" dir="rtl">' in made.html


async def test_a_letter_says_the_day_as_the_screen_does(pair: Pair) -> None:
    pair.mentee.language = "de"
    await pair.mentee.save()
    with clock.at(datetime(2026, 11, 20, 8, tzinfo=UTC)):
        await session_of(pair, TUESDAY)
        assert "Dienstag, 24. November, 10:00" in letter(CATALOGUE["M08"], await scene_for("M08", pair)).text


@pytest.mark.parametrize("kind", ["G01", "G03", "G04", "G05", "G05-shared", "G06", "G07", "S03", "S06", "S10"])
async def test_the_words_of_goals_steps_and_promises_are_in_no_letter(pair: Pair, kind: str) -> None:
    await step_facts(pair)
    await promise_of(pair)
    scene = await scene_for(kind, pair)
    made = letter(CATALOGUE[kind], scene)
    pushed = " ".join(texts.notification(CATALOGUE[kind], scene))
    assert SECRET not in made.text + made.html + made.subject + pushed


async def test_the_words_of_a_thread_are_never_in_a_mail(pair: Pair) -> None:
    made = letter(CATALOGUE["A02"], await scene_for("A02", pair))
    assert "Never in a mail" not in made.text + made.html + made.subject
    assert "There is 1 message that you have not read." in made.text


@tuned(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=40), subject=st.text(max_size=80))
def test_no_text_can_add_a_header(name: str, subject: str) -> None:
    written = Letter(subject=texts.one_line(subject), text="Hello", html="<p>Hello</p>")
    try:
        mail = compose(
            written, message_id=UUID(int=7), to=(name, "noor@example.test"),
            mail_from="Ithaca <ithaca@example.test>", at=TUESDAY,
        )
        head = mail.as_bytes().partition(b"\r\n\r\n")[0]
    except (ValueError, UnicodeEncodeError):
        return
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert names == [
        b"Message-ID", b"Date", b"From", b"To", b"Subject", b"Auto-Submitted", b"X-Auto-Response-Suppress",
        b"MIME-Version", b"Content-Type",
    ]


def test_a_line_break_in_a_name_or_subject_becomes_a_space() -> None:
    made = compose(
        Letter("Hello\r\nBcc: all@example.test", "t", "<p>t</p>"), message_id=UUID(int=7),
        to=("Noor\nBcc: all@example.test", "noor@example.test"), mail_from="Ithaca <ithaca@example.test>", at=TUESDAY,
    )
    assert made["Bcc"] is None
    assert str(made["Subject"]) == "Hello Bcc: all@example.test"


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.key)
def test_each_kind_says_why_and_when_it_stops(kind: Any) -> None:
    assert kind.name
    assert kind.trigger
    assert kind.stops_when
    assert len(kind.key) <= 20
