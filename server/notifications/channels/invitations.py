"""Calendar invitations by mail: iTIP (RFC 5546) over iMIP (RFC 6047), one for each person (decision 15 of the design).

Only its own recipient is named in it, so no address leaks. The UID stays for a session's life, SEQUENCE grows with
every change, and a cancellation carries METHOD:CANCEL.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText, vUri

from server.kernel import clock
from server.kernel.text import clean
from server.people.models import Person
from server.sessions.models import Session
from server.sessions.states import SessionState

RULES_BEYOND = timedelta(days=7)
"""How far beyond the event the zone's rules are written along: a change on its very day, in any zone, is among them."""

LINE_BREAKING = re.compile(r"\\(?=[nN])")


class Method(StrEnum):
    """What an invitation asks a calendar to do."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def method_of(session: Session) -> Method:
    """CANCEL for a cancelled session, else REQUEST."""
    return Method.CANCEL if session.state is SessionState.CANCELLED else Method.REQUEST


@dataclass(frozen=True, slots=True)
class Words:
    """What an entry says beside its times. `mail_from` is the organiser, "Name <address>"."""

    summary: str
    url: str
    mail_from: str


def invitation(session: Session, person: Person, *, summary: str, url: str, mail_from: str) -> str:
    """The iCalendar text that puts `session` into the calendar of `person`, or takes it out when it is cancelled.

    Times are in the person's zone, with its rules beside them. One of a series changes that one alone.
    """
    return changes([session], person, Words(summary, url, mail_from))


def changes(sessions: Sequence[Session], person: Person, words: Words) -> str:
    """As `invitation`, for one session or several of one series: all are booked, or all are cancelled."""
    return _calendar(method_of(sessions[0]), [_event(session, person, words) for session in sessions], sessions)


def series(sessions: Sequence[Session], person: Person, words: Words, *, every_weeks: int) -> str:
    """The iCalendar text that puts a whole series into a calendar: one entry that repeats, and what differs from it.

    All of a series have one UID, as RFC 5546 asks of one message (3.2.2); docs/decisions/0012 says why.
    """
    first = sessions[0]
    assert first.occurs_at is not None, "every session of a series has its place in it"
    there = first.series_clock
    whole = _named(first, person, words, Method.REQUEST)
    whole.add("dtstart", first.occurs_at.astimezone(there))
    whole.add("duration", first.ends_at - first.starts_at)   # an end in an hour shown twice would have no one meaning
    whole.add("rrule", {"freq": "weekly", "interval": every_weeks, "count": len(sessions)})
    whole.add("sequence", 0)
    gone = [one for one in sessions if method_of(one) is Method.CANCEL]
    if gone:
        whole.add("exdate", [one.occurs_at.astimezone(there) for one in gone if one.occurs_at])
    moved = [one for one in sessions if one not in gone and one.starts_at != one.occurs_at]
    return _calendar(Method.REQUEST, [whole, *(_event(one, person, words) for one in moved)], sessions)


def _calendar(method: Method, events: Sequence[Event], sessions: Sequence[Session]) -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//Ithaca//Mentoring//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    for event in events:
        calendar.add_component(event)
    moments = [moment for one in sessions for moment in (one.starts_at, one.ends_at, one.occurs_at) if moment]
    years = (min(moments).date() - RULES_BEYOND).year, (max(moments).date() + RULES_BEYOND).year
    calendar.subcomponents[:0] = [_rules_of(zone, *years) for zone in sorted(calendar.get_missing_tzids())]
    return str(calendar.to_ical().decode())


@lru_cache(maxsize=512)
def _rules_of(zone: str, first_year: int, last_year: int) -> Timezone:
    """A zone's rules over whole years, worked out once: it takes 40 ms, and a mail is written for each invitation."""
    return Timezone.from_tzid(zone, first_date=date(first_year, 1, 1), last_date=date(last_year + 1, 1, 1))


def uid_of(its_id: UUID) -> str:
    """The name of a session, or of a series, in every calendar, the same for both people and for every change."""
    return f"session-{its_id}@ithaca"


def _event(session: Session, person: Person, words: Words) -> Event:
    event = _named(session, person, words, method_of(session))
    start, end = _on_the_clock((session.starts_at, session.ends_at), ZoneInfo(person.zone))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("sequence", session.sequence)
    if session.occurs_at is not None:
        event.add("recurrence-id", session.occurs_at.astimezone(session.series_clock))
    return event


def _named(session: Session, person: Person, words: Words, method: Method) -> Event:
    """An entry with everything but its times."""
    event = Event()
    event.add("uid", uid_of(session.series_id or session.id))
    event.add("dtstamp", clock.now())
    event.add("summary", value(words.summary))
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    event.add("organizer", _organizer(words.mail_from))
    event.add("attendee", _attendee(person), encode=False)
    if place := value(session.place):
        event.add("location", place)
    event.add("url", vUri(_call(session.place) or words.url))
    return event


def _on_the_clock(moments: Sequence[datetime], there: ZoneInfo) -> list[datetime]:
    """Moments as the zone's clocks show them; as UTC if one lies in the second of two equal hours.

    A local time that occurs twice names the first (RFC 5545, 3.3.5): the second has no other name than that in UTC.
    """
    shown = [moment.astimezone(there) for moment in moments]
    return [moment.astimezone(UTC) for moment in moments] if any(moment.fold for moment in shown) else shown


def value(text: str) -> str:
    """Text for a field. A backslash before an N breaks the line in calendars, escaped or not: there it leans over."""
    return LINE_BREAKING.sub("/", clean(text))


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
    """A parameter's value can hold neither quotes nor line breaks (RFC 5545, 3.2), and has no sign that escapes."""
    return " ".join(clean(text).replace('"', "'").replace("\\", "/").split())
