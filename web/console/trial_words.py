"""A trial of one's own records in words: columns, gaps, the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.journey.trying.columns import Field
from server.journey.trying.plan import Who
from server.journey.trying.queries import FileShown, TrialShown
from server.journey.trying.reading import Gap, GapCode
from server.journey.trying.telling import Told, tell
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine import WaitCode
from server.matchmaking.runs.records import audit_of, proof_of
from server.programs.states import ProgramType
from web.console import audit_words
from web.console.review_words import wait_words
from web.dates import moment, upper_first
from web.waiting import ordinal

if TYPE_CHECKING:
    from server.matchmaking.models import MatchTrial

PAIRS_SHOWN, WAITING_SHOWN, SAMPLE_LETTERS = 10, 100, 60


@dataclass(frozen=True, slots=True)
class ColumnAsked:
    """One column with its select: the name of the form's field, what is chosen, and examples."""

    field: str
    name: str
    chosen: str
    examples: str


@dataclass(frozen=True, slots=True)
class FileAsked:
    """One file on the page of columns."""

    field: str
    name: str
    rows: str
    who: str
    columns: list[ColumnAsked]


@dataclass(frozen=True, slots=True)
class PairShown:
    """One pair of the result."""

    title: str
    fit: str
    reasons: tuple[str, ...]
    caution: str


def who_options() -> list[tuple[str, str]]:
    """Who the rows of a file are."""
    return [
        (Who.MENTORS.value, _("Mentors")), (Who.MENTEES.value, _("Mentees")),
        (Who.COLUMN.value, _("A column says who is what")),
    ]


def kind_options() -> list[tuple[str, str]]:
    """The kinds of programme that pair two people."""
    return [
        (ProgramType.ONE_TO_ONE.value, _("One to one")), (ProgramType.REVERSE.value, _("Reverse: the junior teaches")),
        (ProgramType.PEER.value, _("Peers")), (ProgramType.FLASH.value, _("Flash: one question")),
        (ProgramType.ONBOARDING.value, _("Onboarding")), (ProgramType.HIGH_POTENTIAL.value, _("High potential")),
        (ProgramType.CROSS_COMPANY.value, _("Across companies")),
    ]


def field_options() -> list[tuple[str, str]]:
    """What a column may hold."""
    return [
        (Field.NOTHING.value, _("Leave out")), (Field.ID.value, _("Number or id")), (Field.NAME.value, _("Name")),
        (Field.ROLE.value, _("Mentor or mentee")), (Field.PLACES.value, _("Places a mentor has")),
        (Field.SKILLS.value, _("What they know (list)")), (Field.WISHES.value, _("What they want to learn (list)")),
        (Field.SKILL_TEXT.value, _("What they know, in words")), (Field.GOAL_TEXT.value, _("Their goal, in words")),
        (Field.LANGUAGES.value, _("Languages")), (Field.CITY.value, _("City or site")),
        (Field.TIME_ZONE.value, _("Time zone")), (Field.TIMES.value, _("Free times")),
        (Field.LEVEL.value, _("Level, 1 to 10")), (Field.DEPARTMENT.value, _("Department")),
        (Field.COMPANY.value, _("Company")), (Field.MANAGER.value, _("Their manager’s id")),
        (Field.TENURE.value, _("Years with us")), (Field.ROLE_YEARS.value, _("Years in the role")),
        (Field.HIRED.value, _("Hire date")), (Field.GROUP.value, _("Only to check fairness")),
    ]


def files(found: Sequence[FileShown], shown: TrialShown) -> list[FileAsked]:
    """Every file with its columns to be named."""
    return [
        FileAsked(
            f"who-{number}", one.name, ngettext("%(num)s row", "%(num)s rows", one.rows) % {"num": f"{one.rows:,}"},
            shown.plan.who[number].value,
            [ColumnAsked(column_field(number, place), name, field.value, _examples(examples))
             for place, (name, field, examples) in enumerate(one.columns)],
        )
        for number, one in enumerate(found)
    ]


def column_field(file: int, place: int) -> str:
    """The form's field for a column."""
    return f"column-{file}-{place}"


def gaps(document: Mapping[str, Any]) -> list[str]:
    """What the files did not say, and what that means."""
    return [gap(Gap(GapCode(one["code"]), one["count"], one["column"], tuple(one["rows"]))) for one in document["gaps"]]


def gap(found: Gap) -> str:
    """One gap in words."""
    rows = ", ".join(map(str, found.rows))
    if found.code is GapCode.UNREADABLE:
        words = ngettext("%(num)d cell of “%(column)s” cannot be read and counts as not known: row %(rows)s.",
                         "%(num)d cells of “%(column)s” cannot be read and count as not known: rows %(rows)s.",
                         found.count)
        return words % {"num": found.count, "column": found.column, "rows": _and_more(rows, found)}
    if found.code is GapCode.TWICE:
        words = ngettext("%(num)d row repeats an id and was left out: row %(rows)s.",
                         "%(num)d rows repeat an id and were left out: rows %(rows)s.", found.count)
        return words % {"num": found.count, "rows": _and_more(rows, found)}
    if found.code is GapCode.NO_ROLE:
        words = ngettext("%(num)d row says neither mentor nor mentee and was left out: row %(rows)s.",
                         "%(num)d rows say neither mentor nor mentee and were left out: rows %(rows)s.", found.count)
        return words % {"num": found.count, "rows": _and_more(rows, found)}
    return {
        GapCode.NO_WISHES: _("Nothing says what mentees want to learn: pairs rest on what both know."),
        GapCode.NO_SKILLS: _("Nothing says what mentors know: their side rests on the other columns."),
        GapCode.NO_MANAGERS: _("No column names managers: nobody is kept from their own reporting line."),
        GapCode.NO_TIMES: _("Free times are not in both files: a pair may have none in common."),
        GapCode.NO_LEVELS: _("Levels are not in both files: they count as for most people."),
        GapCode.NO_LANGUAGES: _("Languages are not in both files: a pair may have none in common."),
        GapCode.NO_GROUPS: _("No column tells groups apart: fairness cannot be checked."),
    }[found.code]


def title(document: Mapping[str, Any]) -> str:
    """Who has a mentor, counted."""
    audit = audit_of(document)
    return audit_words.title(audit.mentees if audit else 0, document["waiting"])


def eyebrow(document: Mapping[str, Any], names: Sequence[str]) -> str:
    """Whose records they are."""
    audit = audit_of(document)
    people = (audit.mentees + audit.mentors) if audit else 0
    said = ngettext(
        "Your own records, %(files)s, %(num)s person", "Your own records, %(files)s, %(num)s people", people
    )
    return said % {"files": ", ".join(names), "num": f"{people:,}"}


def briefing(document: Mapping[str, Any]) -> str:
    """How good the result is, and how long it took."""
    proof = proof_of(document)
    took = _("It took %(num)s seconds.") % {"num": f"{document['seconds']:.1f}"}
    return f"{audit_words.best_words(proof)} {took}" if proof else took


def facts(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The result in figures."""
    audit, proof = audit_of(document), proof_of(document)
    if audit is None or proof is None:
        return []
    names = document["names"]
    lowest = [names.get(one, one) for one in reversed(audit.lowest)] if audit.lowest else []
    said = _("%(mentee)s and %(mentor)s") % dict(zip(("mentee", "mentor"), lowest, strict=True)) if lowest else ""
    return audit_words.facts(audit, proof, said)


def fairness(document: Mapping[str, Any]) -> audit_words.Fairness | None:
    """Envy and parity."""
    audit = audit_of(document)
    return audit_words.fairness(audit, document["groups"]) if audit else None


def pairs(document: Mapping[str, Any], page: int) -> list[PairShown]:
    """The pairs of one page, best first, pages counted from 1."""
    start = (page - 1) * PAIRS_SHOWN
    return [_pair(tell(one, document["names"])) for one in document["pairs"][start : start + PAIRS_SHOWN]]


def pages(document: Mapping[str, Any]) -> int:
    """How many pages of pairs there are."""
    return max(1, -(-len(document["pairs"]) // PAIRS_SHOWN))


def waiting(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Those without a mentor: name, place in line, why."""
    names = document["names"]
    return [
        (names.get(one["mentee"], one["mentee"]), upper_first(ordinal(one["position"])) if one["position"] else "–",
         wait_words(WaitCode(one["code"])))
        for one in document["waitlist"][:WAITING_SHOWN]
    ]


def erased(shown: TrialShown) -> str:
    """What becomes of the files, and when."""
    said = _("These files stay in a trial of your own, which nobody else sees. They are erased on %(when)s. Nobody in "
             "them is written to.")
    return said % {"when": moment(shown.trial.erase_at)}


def kept_until(trial: MatchTrial) -> str:
    """How long an earlier trial is still there."""
    return _("It is erased on %(when)s.") % {"when": moment(trial.erase_at)}


def _pair(told: Told) -> PairShown:
    names = {"mentee": told.mentee, "mentor": told.mentor}
    return PairShown(_("%(mentee)s with %(mentor)s") % names, f"{told.fit:.0f}", told.reasons, told.caution)


def _examples(found: Sequence[str]) -> str:
    short = [one if len(one) <= SAMPLE_LETTERS else f"{one[:SAMPLE_LETTERS]}…" for one in found]
    return " · ".join(short) or _("Empty")


def _and_more(rows: str, found: Gap) -> str:
    return rows if found.count <= len(found.rows) else _("%(rows)s and more") % {"rows": rows}
