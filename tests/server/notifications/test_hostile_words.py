"""Whatever people are called, wherever they meet: a mail keeps its headers and an invitation its fields (CWE-93)."""

import os
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID

from hypothesis import example, given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from icalendar import Calendar, Event

from server.kernel import clock
from server.kernel.text import clean
from server.notifications.channels.email import compose, header_words, name_words
from server.notifications.channels.invitations import invitation, value
from server.notifications.texts import Letter, one_line
from server.people.models import Person
from server.sessions.models import Session
from server.sessions.states import SessionState

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
EXAMPLES = 2000 if "ITHACA_CHAOS" in os.environ else 25
BAITS = [
    "\r\nBcc: all@example.test", "https://", "\r\n\r\n<p>", "\nEND:VEVENT\nBEGIN:VEVENT",
    "\\nATTENDEE:mailto:x@example.test", "=?utf-8?q?x=0D=0ABcc:_all@example.test?=", "=?utf-8?b?DQoNCng=?=", "=", "?",
    ";CN=", '"', ",", ":", "\\", "\\n", "\x00", "\u2028", "\x85", "<x@example.test>", "é", "مرحبا", "🚣",
]
words = st.lists(st.one_of(st.sampled_from(BAITS), st.text(max_size=12)), max_size=8).map("".join)
"""Text as anybody may type it, thick with what ends a line, a value or an object somewhere."""


def mail_of(name: str, subject: str, body: str) -> EmailMessage:
    """The mail as its bytes tell it to the reader."""
    made = compose(
        Letter(subject=one_line(subject), text=body, html=f"<p>{body}</p>"), message_id=UUID(int=7), at=TUESDAY,
        to=(name, "noor@example.test"), mail_from="Ithaca <ithaca@example.test>",
    )
    read = message_from_bytes(made.as_bytes(), policy=SMTP)
    assert isinstance(read, EmailMessage)
    return read


@tuned(max_examples=EXAMPLES, deadline=None)
@given(name=words, subject=words, body=words)
@example(name="=?utf-8?q?x=0D=0ABcc:_all@example.test?=" * 2, subject="", body="")
@example(name="Noor\r\nBcc: all@example.test", subject="Hello\r\nBcc: all@example.test", body=".\r\n.\r\nQUIT")
def test_a_mail_has_its_own_headers_and_one_reader(name: str, subject: str, body: str) -> None:
    mail = mail_of(name, subject, body)
    assert list(mail) == [
        "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress",
        "MIME-Version", "Content-Type",
    ]
    assert [one.addr_spec for one in mail["To"].addresses] == ["noor@example.test"]
    assert [one.addr_spec for one in mail["From"].addresses] == ["ithaca@example.test"]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@tuned(max_examples=EXAMPLES, deadline=None)
@given(name=words, subject=words)
@example(name="=?utf-8?q?x=0D=0ABcc:_all@example.test?=", subject="")
@example(name="", subject="=?utf-8?q?x=0D=0ABcc:_all@example.test?=")
def test_a_mail_says_the_words_that_were_meant(name: str, subject: str) -> None:
    mail = mail_of(name, subject, "Hello")
    assert "Bcc" not in mail
    assert letters(mail["Subject"]) == letters(header_words(subject))
    assert letters(mail["To"].addresses[0].display_name) == letters(name_words(name))


def letters(text: object) -> str:
    """A text without its spaces: folding a header may add or take one."""
    return "".join(str(text).split())


@tuned(max_examples=EXAMPLES, deadline=None)
@given(given_name=words, place=words, summary=words)
@example(given_name="Noor", place="https://meet.example/\r\nATTENDEE:mailto:x@example.test", summary="Talk")
def test_an_invitation_has_the_fields_and_the_words_that_were_meant(
    given_name: str, place: str, summary: str
) -> None:
    session = Session(
        id=UUID(int=7), starts_at=TUESDAY, ends_at=TUESDAY + timedelta(minutes=45), place=place,
        state=SessionState.SCHEDULED,
    )
    person = Person(
        given_name=given_name, family_name="Saltmarsh", email="noor@example.test", zone="Africa/Nairobi"
    )
    with clock.at(TUESDAY):
        text = invitation(
            session, person, summary=summary, url="https://ithaca.example/session/7",
            mail_from="Ithaca <ithaca@example.test>",
        )
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "\n" not in text.replace("\r\n", "")
    parts = sorted(part.name for part in Calendar.from_ical(text).walk())
    assert parts == ["STANDARD", "VCALENDAR", "VEVENT", "VTIMEZONE"]
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert isinstance(event, Event)
    assert str(event["SUMMARY"]) == value(summary)
    assert str(event.get("LOCATION", "")) == value(place)
    assert (str(event["ATTENDEE"]), str(event["ORGANIZER"])) == (
        "mailto:noor@example.test", "mailto:ithaca@example.test",
    )
    assert event["ATTENDEE"].params["CN"] == " ".join(
        clean(person.full_name).replace('"', "'").replace("\\", "/").split()
    )
    assert len(event.property_items()) == 12 + bool(value(place))
