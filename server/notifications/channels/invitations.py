"""Calendar invitations by mail: iTIP (RFC 5546) over iMIP (RFC 6047), one for each person (decision 15 of the design).

Only its own recipient is named in it, so no address leaks. The UID stays for a session's life, SEQUENCE grows with
every change, and a cancellation carries METHOD:CANCEL.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText, vUri

from server.kernel import clock
from server.kernel.text import clean
from server.people.models import Person
from server.sessions.models import Session
from server.sessions.states import SessionState

RULES_BEYOND = timedelta(days=7)
"""How far beyond the event the zone's rules are written along: a change on its very day, in any zone, is among them."""


class Method(StrEnum):
    """What an invitation asks a calendar to do."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def method_of(session: Session) -> Method:
    """CANCEL for a cancelled session, else REQUEST."""
    return Method.CANCEL if session.state is SessionState.CANCELLED else Method.REQUEST


def invitation(session: Session, person: Person, *, summary: str, url: str, mail_from: str) -> str:
    """The iCalendar text that puts `session` into the calendar of `person`, or takes it out when it is cancelled.

    Times are in the person's zone, with its rules beside them. `mail_from` is the organiser, "Name <address>".
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Ithaca//Mentoring//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(session).value)
    calendar.add_component(_event(session, person, summary, url, mail_from))
    known_from = (session.starts_at.date() - RULES_BEYOND).replace(month=1, day=1)
    calendar.add_missing_timezones(known_from, session.ends_at.date() + RULES_BEYOND)
    return str(calendar.to_ical().decode())


def uid_of(session_id: UUID) -> str:
    """The name of a session in every calendar, the same for both people and for every change."""
    return f"session-{session_id}@ithaca"


def _event(session: Session, person: Person, summary: str, url: str, mail_from: str) -> Event:
    event = Event()
    event.add("uid", uid_of(session.id))
    event.add("sequence", session.sequence)
    event.add("dtstamp", clock.now())
    start, end = _on_the_clock((session.starts_at, session.ends_at), ZoneInfo(person.zone))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", clean(summary))
    event.add("status", "CANCELLED" if method_of(session) is Method.CANCEL else "CONFIRMED")
    event.add("organizer", _organizer(mail_from))
    event.add("attendee", _attendee(person), encode=False)
    if session.place:
        event.add("location", clean(session.place))
    event.add("url", vUri(_call(session.place) or url))
    return event


def _on_the_clock(moments: Sequence[datetime], there: ZoneInfo) -> list[datetime]:
    """Moments as the zone's clocks show them; as UTC if one lies in the second of two equal hours.

    A local time that occurs twice names the first (RFC 5545, 3.3.5): the second has no other name than that in UTC.
    """
    shown = [moment.astimezone(there) for moment in moments]
    return [moment.astimezone(UTC) for moment in moments] if any(moment.fold for moment in shown) else shown


def _call(place: str) -> str:
    """The address of the call, if that is what the place is: one word, as a URI can hold no line break."""
    words = clean(place).split()
    return words[0] if len(words) == 1 and words[0].startswith("https://") else ""


def _organizer(mail_from: str) -> vCalAddress:
    name, address = parseaddr(mail_from)
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["cn"] = vText(_parameter(name) or "Ithaca")
    return organizer


def _attendee(person: Person) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params.update({
        "cn": vText(_parameter(person.full_name)), "role": vText("REQ-PARTICIPANT"), "partstat": vText("NEEDS-ACTION"),
        "rsvp": vText("TRUE"),
    })
    return attendee


def _parameter(text: str) -> str:
    """A parameter's value can hold neither quotes nor line breaks (RFC 5545, 3.2)."""
    return " ".join(clean(text).replace('"', "'").split())
