"""Every kind of letter: the same words as text and as HTML, valid, accessible, safe, in the reader's zone."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import html5lib
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from starlette.routing import Match

import web
from server.kernel import clock
from server.kernel.actor import system_actor
from server.notifications import texts
from server.notifications.actions import plan_message
from server.notifications.catalogue import CATALOGUE
from server.notifications.channels.email import Sender, can_be_written, compose
from server.notifications.scene import Scene, scene_of
from server.notifications.states import MessageClass
from server.notifications.texts import Letter, letter, notification
from server.notifications.told.links import from_message
from server.notifications.wording.names import names_of, names_of_own
from server.notifications.wording.words import filled
from server.people.models import Person
from server.programs.plans.telling import OWN, Reader, Trigger
from tests.factories import Pair
from tests.server.notifications.conftest import session_of
from tests.server.notifications.spoken_of import SECRET, ids_for, promise_of, step_facts
from web.app import routes

HOSTILE = "<script>alert(1)</script> & \"Noor\" %(name)s {{ 7 * 7 }}"
RENAMED = {"en": {
    "mentor": {"one": "adviser", "many": "advisers"}, "mentee": {"one": "guest", "many": "guests"},
    "mentoring": {"one": "advising"},
}}
OF_THE_WHOLE = {
    "E08", "X04", "X04-grace", "Y01-moved", "M08", "X01", "X01-circle", "X02", "X05", "R02", "Z01", "Z03-agreed",
    "Z03-circle", "L03", "Q02", "Q03",
}
"""What leads to the first page, or to that of who runs programmes: it tells how everything stands there."""
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


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
        nobody_is_called_as_usual(kind, scene)
        every_name_is_filled_in(kind, replace(scene, pairs=("Idris and Noor",)))


def nobody_is_called_as_usual(kind: str, scene: Scene) -> None:
    """In a programme with words of its own no usual one is left, in a letter nor in a notification."""
    scene.program.terminology = RENAMED
    scene.program.branding = {"name": "Compass", "accent": "#7A1F4B"}
    made, (title, body) = letter(CATALOGUE[kind], scene), notification(CATALOGUE[kind], scene)
    said = " ".join([*words_of(made.text), made.subject, title, body])
    assert not re.search(r"\bment(?:or|ee)", said, re.I)
    assert ("Compass" in made.text, "background: #7A1F4B" in made.html) == (True, True)
    assert words_of(made.text) == words_of_html(made.html)
    scene.program.terminology, scene.program.branding = {}, {}


def every_name_is_filled_in(kind: str, scene: Scene) -> None:
    """A programme's own words stand in the place of the catalogue's, with every name that this kind may hold."""
    names = names_of_own(Trigger.MATCHED, Reader.BOTH) if kind == OWN else names_of(kind)
    body = "\n\n".join(["<i>Ours</i>", *(f"{name} is {{{name}}}." for name in names)])
    said = {"words": {"en-GB": {"subject": "Ours, {name}", "body": body}}}
    ours = {"ours": {"name": "Ours", "when": "MATCHED", "days": 1, "to": "BOTH", **said}}
    scene.program.messages = {kind: ours if kind == OWN else said}
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


def leads_to_a_screen_of_its_own(kind: str, link: str) -> None:
    """There is such a page, with such a place; only what is about no one thing leads to the first page as a whole."""
    path, _sharp, place = link.partition("#")
    asked = {"type": "http", "method": "GET", "path": path.partition("?")[0], "root_path": ""}
    assert any(route.matches(asked)[0] is Match.FULL for route in routes), link
    assert (link in ("/", "/console")) is (kind in OF_THE_WHOLE), link
    stem = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}$", "", place)
    assert f'"{stem}' in templates(), place


@cache
def templates() -> str:
    return "".join(file.read_text() for file in (Path(web.__file__).parent / "templates").rglob("*.html"))


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
    leads_to_a_screen_of_its_own(kind, CATALOGUE[kind].link(scene))
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
            mail_from="Ithaca <ithaca@example.test>", at=TUESDAY, signed=Sender(name, "rui@example.test"),
        )
        head = mail.as_bytes().partition(b"\r\n\r\n")[0]
    except (ValueError, UnicodeEncodeError):
        return
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert names == [
        b"Message-ID", b"Date", b"From", b"Reply-To", b"To", b"Subject", b"Auto-Submitted", b"X-Auto-Response-Suppress",
        b"MIME-Version", b"Content-Type",
    ]


def test_a_line_break_in_a_name_or_subject_becomes_a_space() -> None:
    made = compose(
        Letter("Hello\r\nBcc: all@example.test", "t", "<p>t</p>"), message_id=UUID(int=7),
        to=("Noor\nBcc: all@example.test", "noor@example.test"), mail_from="Ithaca <ithaca@example.test>", at=TUESDAY,
    )
    assert made["Bcc"] is None
    assert str(made["Subject"]) == "Hello Bcc: all@example.test"


def test_who_signs_lends_a_name_and_gets_the_answers_and_the_address_stays_ours() -> None:
    def signed(name: str, ours: str = "Ithaca <ithaca@example.test>") -> EmailMessage:
        return compose(
            Letter("Hello", "t", "<p>t</p>"), message_id=UUID(int=7), to=("Noor", "noor@example.test"), mail_from=ours,
            at=TUESDAY, signed=Sender(name, "rui@harbourline.test"),
        )

    made = signed("Rui Palegrove")
    assert (str(made["From"]), str(made["Reply-To"])) == (
        "Rui Palegrove via Ithaca <ithaca@example.test>", "Rui Palegrove <rui@harbourline.test>")
    assert str(signed("Rui Palegrove", "ithaca@example.test")["From"]) == "Rui Palegrove <ithaca@example.test>"
    hostile = signed('Rui\r\nBcc: all@x.test" <boss@x.test>, "=?utf-8?q?=0D=0ABcc:_all@x.test?=')
    assert hostile["Bcc"] is None
    assert [one.addr_spec for name in ("From", "Reply-To") for one in hostile[name].addresses] == [
        "ithaca@example.test", "rui@harbourline.test"]
    for address in ("", "x", "a@", "<a@b.c>", "a@b.c\nBcc: x@y.z", "a@b.c, d@e.f", "rui@bücher.test"):
        assert not can_be_written(address), address
    assert can_be_written("rui@harbourline.test")


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.key)
def test_each_kind_says_why_and_when_it_stops(kind: Any) -> None:
    assert kind.name
    assert kind.trigger
    assert kind.stops_when
    assert len(kind.key) <= 20
