"""An import in words: its title, its four counts, and each row with what is wrong or what changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.journey.importing.columns import COLUMNS
from server.journey.importing.outcomes import Kind
from server.journey.importing.report import ChangedRow, RefusedRow, Report, RowLine, labels
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.people.states import ImportState
from web.dates import count_words, upper_first, when_words
from web.items import Count

if TYPE_CHECKING:
    from server.people.models import ImportRun

FIELDS_MOST = 150
"""So many problems stand on one page: a form holds 200 fields at most."""


@dataclass(frozen=True, slots=True)
class Mend:
    """One problem of a refused row. `field` is "" where a whole row is wrong: that is mended in the file."""

    row: int
    person: str
    label: str
    text: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Recent:
    """An earlier import."""

    href: str
    name: str
    words: str


def title(report: Report) -> str:
    """The rows that need a person, or what was done."""
    if report.state is ImportState.DONE:
        return _("Done")
    if report.state is ImportState.RUNNING:
        return _("This import was interrupted")
    count = len(report.refused)
    if count:
        words = ngettext("%(count)s row needs you", "%(count)s rows need you", count)
        return upper_first(words % {"count": count_words(count)})
    return _("Nothing to do") if not _writes(report) else _("Every row can be read")


def briefing(report: Report) -> str:
    """What that means for the rest."""
    if report.state is ImportState.DONE:
        return _done(report)
    if report.state is ImportState.RUNNING:
        told = {"done": f"{report.rows_applied:,}", "all": f"{report.rows_total:,}"}
        return _("%(done)s of %(all)s rows are written. Go on, and the rest follows.") % told
    if not _writes(report) and not report.refused:
        return _("The file has a header and no rows.") if not report.rows_total else (
            _("Everybody in the file is here already, exactly so.")
        )
    fine = sum(report.counts.values()) - len(report.refused)
    if report.refused:
        return _("The other %(num)s are fine. Nothing is written before you say so.") % {"num": f"{fine:,}"}
    return _("Nothing is written before you say so.")


def chosen(report: Report, asked: str) -> Kind:
    """Which list is shown: the one asked for, or the first that is not empty, refused rows before all."""
    order = (Kind.REFUSED, Kind.CHANGED, Kind.CREATED, Kind.UNCHANGED)
    wanted = next((kind for kind in order if kind.value == asked), None)
    return wanted or next((kind for kind in order if report.counts.get(kind)), Kind.UNCHANGED)


def counts(report: Report, here: str, current: Kind) -> list[Count]:
    """The four counts, each the filter of its list."""
    done = report.state is not ImportState.PREVIEWED
    named = {
        Kind.REFUSED: _("can’t be read"), Kind.CREATED: _("new people") if not done else _("added"),
        Kind.CHANGED: _("changed"), Kind.UNCHANGED: _("as they were"),
    }
    return [
        Count(f"{here}?rows={kind.value}", f"{report.counts.get(kind, 0):,}", text, current=kind is current)
        for kind, text in named.items()
    ]


def refused(rows: Iterable[RefusedRow]) -> list[Mend]:
    """Every problem, each cell with one field."""
    named, found, fields = labels(), list[Mend](), {""}
    for row in rows:
        for problem in row.problems:
            field = cell_name(row.number, problem.column) if problem.column in COLUMNS else ""
            found.append(Mend(
                row.number, row.name or row.employee_id or _("Unknown"), named.get(problem.column, problem.column),
                problem.text, "" if field in fields else field, problem.value,
            ))
            fields.add(field)
    return found[:FIELDS_MOST]


def changed(rows: Iterable[ChangedRow]) -> list[tuple[str, str, str, str]]:
    """Person, field, now, will be: one line for each value, and one for a place in a programme."""
    lines: list[tuple[str, str, str, str]] = []
    for row in rows:
        lines += [(row.name, one.label, one.before or "–", one.after or "–") for one in row.changes]
        if row.seat:
            lines.append((row.name, _("Programme"), "–", row.seat))
    return lines


def rows(lines: Iterable[RowLine]) -> list[tuple[str, str, str, str]]:
    """Row, person, number and what they join."""
    return [(str(one.number), one.name, one.employee_id, one.seat or "–") for one in lines]


def form(report: Report) -> list[tuple[str, str]]:
    """How the file was read."""
    read = report.form
    if read is None:
        return []
    told = [
        (_("Form"), read.words),
        (_("Columns"), ngettext("%(num)d known", "%(num)d known", len(read.known)) % {"num": len(read.known)}),
    ]
    if read.ignored:
        told.append((_("Left out"), ", ".join(read.ignored)))
    if report.zones_assumed:
        told.append((_("Zones"), ngettext(
            "%(num)d assumed from the place", "%(num)d assumed from the place", report.zones_assumed
        ) % {"num": report.zones_assumed}))
    if report.missed_tags:
        told.append((_("Skills not known"), ", ".join(list(report.missed_tags)[:10])))
    return told


def effects(report: Report) -> list[str]:
    """What happens beyond the record: to pairs, to those whom a complete file leaves out, to words people wrote."""
    told = report.side_effects[:5]
    if len(report.side_effects) > len(told):
        more = len(report.side_effects) - len(told)
        told.append(ngettext("%(num)d more like these.", "%(num)d more like these.", more) % {"num": more})
    if report.endings and report.endings.count:
        words = ngettext(
            "%(num)d of %(all)d people is not in the file and is marked as left: %(names)s.",
            "%(num)d of %(all)d people are not in the file and are marked as left: %(names)s.", report.endings.count,
        )
        names = ", ".join(report.endings.names)
        told.append(words % {"num": report.endings.count, "all": report.endings.of, "names": names})
    if report.kept:
        told.append(ngettext(
            "%(num)d person keeps what they wrote themselves.", "%(num)d people keep what they wrote themselves.",
            len(report.kept)) % {"num": len(report.kept)})
    return told


def main_button(report: Report) -> str:
    """What the main button does; "" when there is nothing to write."""
    if report.state is ImportState.RUNNING:
        return _("Go on")
    new, changes = report.counts.get(Kind.CREATED, 0), report.counts.get(Kind.CHANGED, 0)
    numbers = {"new": f"{new:,}", "changed": f"{changes:,}"}
    if new and changes:
        return _("Add %(new)s and change %(changed)s") % numbers
    if new or changes:
        return (_("Add %(new)s") if new else _("Change %(changed)s")) % numbers
    ends = report.endings.count if report.endings else 0
    return ngettext("Mark %(num)d as left", "Mark %(num)d as left", ends) % {"num": ends} if ends else ""


def of_mending(mended: int, left: int) -> str:
    """What a second check found."""
    if not left:
        return _("Every row can be read now.")
    if mended <= 0:
        return _("Nothing changed. Look at what each row says.")
    said = ngettext("%(num)d row is mended.", "%(num)d rows are mended.", mended) % {"num": mended}
    rest = ngettext("%(num)d needs you still.", "%(num)d need you still.", left) % {"num": left}
    return f"{said} {rest}"


def recent(run: ImportRun) -> Recent:
    """An earlier import, and how far it came."""
    state = {
        ImportState.PREVIEWED: _("Checked %(when)s, not written"), ImportState.RUNNING: _("Interrupted %(when)s"),
        ImportState.DONE: _("Done %(when)s"), ImportState.STOPPED: _("Stopped %(when)s"),
    }[run.state] % {"when": when_words(run.finished_at or run.created_at)}
    total = ngettext("%(num)s row", "%(num)s rows", run.rows_total) % {"num": f"{run.rows_total:,}"}
    return Recent(f"/console/people/import/{run.id}", run.file_name, f"{state}. {total}")


def cell_name(row: int, column: str) -> str:
    """The name of the field that mends a cell."""
    return f"row-{row}-{column}"


def _writes(report: Report) -> bool:
    ends = report.endings.count if report.endings else 0
    return bool(report.counts.get(Kind.CREATED, 0) or report.counts.get(Kind.CHANGED, 0) or ends)


def _done(report: Report) -> str:
    new, changes = report.counts.get(Kind.CREATED, 0), report.counts.get(Kind.CHANGED, 0)
    said = [
        ngettext("%(num)s person added.", "%(num)s people added.", new) % {"num": f"{new:,}"} if new else "",
        ngettext("%(num)s changed.", "%(num)s changed.", changes) % {"num": f"{changes:,}"} if changes else "",
        ngettext("%(num)s marked as left.", "%(num)s marked as left.", report.ended) % {"num": report.ended}
        if report.ended else "",
        ngettext("%(num)s row was left out.", "%(num)s rows were left out.", len(report.refused))
        % {"num": len(report.refused)} if report.refused else "",
    ]
    return " ".join(one for one in said if one) or _("Nobody had to change.")
