"""What a simulation came to, counted from the file that it left and from the mails as they arrived.

Nothing of the product is asked: the rows are read by plain SQL, and hours and caps stand here a second time, as
domain/lifecycle.md has them, so that a mistake in the engine is no mistake here.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from server.automation.simulating.mails import Sent

HOURS = {
    "NUDGE": (range(5), time(8, 30), time(17, 30)), "SURVEY": (range(7), time(8), time(18)),
    "REPORT": (range(7), time(8), time(18)),
}
"""On which days and from when to when a message of a class may come, where its reader lives; any other at any hour."""
ONCE = frozenset({"L01", "L02", "L03", "E17"})
"""What tells of a programme or a group, to everybody at most once."""
A_DAY, A_WEEK, WEEK = 1, 3, timedelta(days=7)
LATE = timedelta(hours=1)
SHOWN = 5


class Letter(NamedTuple):
    """A mail that arrived, with what its row says of it."""

    sent: Sent
    kind: str
    message_class: str
    person: str
    zone: ZoneInfo
    subject_id: str

    @property
    def local(self) -> datetime:
        """When it came, where its reader lives."""
        return self.sent.at.astimezone(self.zone)


@dataclass(slots=True)
class Tally:
    """Counts by name, and for each rule what broke it, in words: nothing, as it should be."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    broken: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether no rule was broken."""
        return not any(self.broken.values())


def tally(file: Path, mails: Sequence[Sent], until: datetime) -> Tally:
    """Count what happened until a moment (aware), and check it."""
    with closing(sqlite3.connect(file)) as rows:
        letters = list(_letters(rows, mails))
        return Tally(_counts(rows, letters), {
            "came twice": _shown(_twice(letters)),
            "sent, and never came; or came, and not sent": _shown(_astray(rows, mails)),
            "came in the night": _shown(_at_night(letters)),
            "too many nudges": _shown(_too_many(letters)),
            "asked twice": _shown(_asked_twice(rows, letters)),
            "an anonymous answer leads to somebody": _shown(_leads_back(rows)),
            "left undone": _shown(_undone(rows, until - LATE)),
        })


def _letters(rows: sqlite3.Connection, mails: Iterable[Sent]) -> Iterator[Letter]:
    found = {
        UUID(row[0]): row[1:] for row in rows.execute(
            "SELECT message.id, kind, message_class, person.id, zone, subject_id FROM message "
            "JOIN person ON person.id = recipient_id"
        )
    }
    for sent in mails:
        kind, message_class, person, zone, subject_id = found[sent.message_id]
        yield Letter(sent, kind, message_class, person, ZoneInfo(zone), subject_id)


def _counts(rows: sqlite3.Connection, letters: Sequence[Letter]) -> dict[str, dict[str, int]]:
    def grouped(sql: str) -> dict[str, int]:
        return dict(sorted(rows.execute(sql).fetchall()))

    return {
        "messages sent": dict(sorted(Counter(letter.kind for letter in letters).items())),
        "messages held back": grouped("SELECT reason, count(*) FROM message WHERE state = 'SUPPRESSED' GROUP BY 1"),
        "messages in another state": grouped(
            "SELECT state, count(*) FROM message WHERE state NOT IN ('SENT', 'SUPPRESSED') GROUP BY 1"
        ),
        "steps": grouped("SELECT state, count(*) FROM scheduled_action WHERE rule LIKE 'message.%' GROUP BY 1"),
        "steps that were needless": grouped(
            "SELECT reason, count(*) FROM scheduled_action WHERE rule LIKE 'message.%' AND state = 'SKIPPED' GROUP BY 1"
        ),
        "enrolments": grouped("SELECT state, count(*) FROM enrollment GROUP BY 1"),
        "matches": grouped('SELECT state, count(*) FROM "match" GROUP BY 1'),
        "sessions": grouped("SELECT state, count(*) FROM session GROUP BY 1"),
        "surveys": grouped("SELECT form_key || ', ' || state, count(*) FROM form_invitation GROUP BY 1"),
    }


def _twice(letters: Sequence[Letter]) -> Iterator[str]:
    """By its id, and by what it is about and says: another id would not make it another mail for its reader. What goes
    once goes never again, whatever it says."""
    ids = Counter(letter.sent.message_id for letter in letters)
    yield from (f"{message_id} {times} times" for message_id, times in ids.items() if times > 1)
    said = Counter((one.kind, one.person, one.subject_id, one.local.date(), one.sent.digest) for one in letters)
    yield from (f"{kind} of {day} {times} times" for (kind, _, _, day, _), times in said.items() if times > 1)
    once = Counter((one.kind, one.person, one.subject_id) for one in letters if one.kind in ONCE)
    yield from (f"{kind} {times} times" for (kind, _, _), times in once.items() if times > 1)


def _asked_twice(rows: sqlite3.Connection, letters: Iterable[Letter]) -> Iterator[str]:
    """A form twice about a match on one day of whom it asks, or two letters of a kind about it: it is asked once, and
    reminded of once."""
    opened = rows.execute(
        "SELECT form_key, match_id, person_id, opened_at, zone FROM form_invitation "
        "JOIN person ON person.id = person_id"
    )
    days = Counter((*what, datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).date()) for *what, at, zone in opened)
    yield from (f"{key} twice in a day" for (key, *_), times in days.items() if times > 1)
    invitations = {row[0] for row in rows.execute("SELECT id FROM form_invitation")}
    told = Counter((one.kind, one.subject_id) for one in letters if one.subject_id in invitations)
    yield from (f"{kind} {times} times" for (kind, _), times in told.items() if times > 1)


def _leads_back(rows: sqlite3.Connection) -> Iterator[str]:
    """Of an anonymous form there is no answer with a name, no audit of who answered, no ballot lost or invented, no box
    of fewer than eight, and nothing of a ballot stands in an invitation."""
    nobodys = "(SELECT id FROM survey_form WHERE anonymous)"
    asked = f"(SELECT id FROM form_invitation WHERE form_id IN {nobodys})"  # noqa: S608  # nobody types it
    wrong = {
        "kept with a name": f"SELECT id FROM form_answer WHERE invitation_id IN {asked}",  # noqa: S608  # as above
        "in the audit": f"SELECT id FROM audit_event WHERE action = 'form.answer' AND target_id IN {asked}",  # noqa: S608  # as above
        "a box of fewer than eight":
            "SELECT form_id FROM form_ballot WHERE week IS NOT NULL GROUP BY form_id, week HAVING count(*) % 8 != 0",
        "more that wait than a box holds":
            "SELECT form_id FROM form_ballot WHERE week IS NULL GROUP BY form_id HAVING count(*) > 7",
        "lost or invented":
            f"SELECT id FROM survey_form WHERE id IN {nobodys} AND "  # noqa: S608  # as above
            "(SELECT count(*) FROM form_ballot WHERE form_id = survey_form.id) != "
            "(SELECT count(*) FROM form_invitation WHERE form_id = survey_form.id AND state = 'ANSWERED')",
        "the same id": "SELECT id FROM form_ballot WHERE id IN (SELECT id FROM form_invitation)",
    }
    for name, sql in wrong.items():
        yield from (name for _ in rows.execute(sql))


def _astray(rows: sqlite3.Connection, mails: Iterable[Sent]) -> Iterator[str]:
    sent = {UUID(row[0]) for row in rows.execute("SELECT id FROM message WHERE state = 'SENT'")}
    yield from map(str, sent.symmetric_difference(mail.message_id for mail in mails))


def _at_night(letters: Iterable[Letter]) -> Iterator[str]:
    for letter in letters:
        days, opens, closes = HOURS.get(letter.message_class, (range(7), time(), time.max))
        if letter.local.weekday() not in days or not opens <= letter.local.time() < closes:
            yield f"{letter.kind} on {letter.local:%A %H:%M} in {letter.zone.key}"


def _too_many(letters: Iterable[Letter]) -> Iterator[str]:
    """Over all programmes: one a day, and three in any seven days of somebody's own calendar."""
    days = defaultdict[str, list[date]](list)
    for letter in letters:
        if letter.message_class == "NUDGE":
            days[letter.person].append(letter.local.date())
    for theirs in days.values():
        for day in theirs:
            if theirs.count(day) > A_DAY or sum(day - WEEK < other <= day for other in theirs) > A_WEEK:
                yield f"somebody on {day}"


def _undone(rows: sqlite3.Connection, before: datetime) -> Iterator[str]:
    """What fell due and nobody did, and what was given up."""
    due = {
        "scheduled_action": "SELECT rule FROM scheduled_action WHERE state = 'PARKED' "
                            "OR (state = 'PLANNED' AND due_at < ?)",
        "message": "SELECT kind FROM message WHERE state = 'FAILED' OR (state IN ('PLANNED', 'QUEUED') AND due_at < ?)",
        "outbox_event": "SELECT kind FROM outbox_event WHERE parked_at IS NOT NULL OR (delivered_at IS NULL AND "
                        "withdrawn_at IS NULL AND not_before < ?)",
    }
    for name, sql in due.items():
        yield from (f"{name} {row[0]}" for row in rows.execute(sql, [before]))


def _shown(found: Iterable[str]) -> list[str]:
    """A few of them, and how many more there are."""
    counted = Counter(found)
    lines = [f"{words} ({times})" if times > 1 else words for words, times in counted.most_common(SHOWN)]
    return [*lines, f"and {len(counted) - SHOWN} more"] if len(counted) > SHOWN else lines
