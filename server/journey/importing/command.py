"""Preview or apply a people file. Nothing is written without --apply; an interrupted import goes on when run again.

Exit codes: 0 done, 1 rows were refused or a person's word is missing, 2 the file cannot be used as a whole.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from server.journey.importing import actions, queries
from server.journey.importing.outcomes import Kind
from server.journey.importing.report import Report
from server.kernel.actor import system_actor
from server.kernel.db import database
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.people.queries import organization_by_key
from server.people.states import ImportState
from server.people.tables import read_bytes

DONE, REFUSED, UNUSABLE = 0, 1, 2
SHOWN = 20
"""So many lines of each list are printed; the rest is counted."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `ithaca import`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV in UTF-8: one row for each person and role")
    parser.add_argument("--organization", required=True, metavar="KEY", help="whose people they are")
    parser.add_argument("--apply", action="store_true", help="write what the preview shows")
    parser.add_argument("--complete", action="store_true", help="the file names everybody: who is missing has left")
    parser.add_argument("--yes", action="store_true", help="with --complete: end even many people")
    parser.add_argument("--program", metavar="KEY", help="programme for rows that name none")
    parser.add_argument("--role", help="role for rows that name none: mentor, mentee, peer or facilitator")
    parser.add_argument("--map", action="append", default=[], metavar="NAME=COLUMN", help="read another column as ours")
    parser.add_argument("--refused", type=Path, metavar="FILE", help="write the refused rows here, to be mended")


def run(args: argparse.Namespace) -> int:
    """Preview, and with --apply write, a people file. Returns the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    try:
        content = read_bytes(args.file)
        async with database(settings().database):
            return await _import(args, content)
    except (Invalid, NotFound, OSError) as error:
        print(_problem(args, error), file=sys.stderr)
        return UNUSABLE


async def _import(args: argparse.Namespace, content: bytes) -> int:
    actor = system_actor((await organization_by_key(args.organization)).id)
    defaults = {name: value for name, value in (("program", args.program), ("role", args.role)) if value}
    waiting = await actions.preview_import(
        actor, args.file.name, content, args.complete, mapping=_mapping(args.map), defaults=defaults
    )
    report = await queries.import_report(actor, waiting.id)
    print("\n".join(preview_lines(report)))
    if args.refused and report.refused:
        await asyncio.to_thread(args.refused.write_bytes, await queries.refused_rows_file(actor, waiting.id))
    if args.apply:
        try:
            await actions.apply_import(actor, waiting.id, confirmed=args.yes)
        except Conflict as stopped:
            print(f"{stopped.message} {_('Add --yes.') if stopped.kind == 'confirm' else ''}".strip(), file=sys.stderr)
            return REFUSED
        report = await queries.import_report(actor, waiting.id)
        print("\n".join(done_lines(report)))
    return REFUSED if report.refused else DONE


def preview_lines(report: Report) -> list[str]:
    """What an import would do, for a terminal."""
    if report.state is not ImportState.PREVIEWED:
        going = {"file": report.file_name, "row": report.rows_applied, "of": report.rows_total}
        return [_("%(file)s was begun before and goes on: %(row)d of %(of)d rows are written.") % going]
    kept = [f"{note.name}: {', '.join(note.columns)}" for note in report.kept]
    return [
        *_form_lines(report),
        *_counted(report.counts),
        *_listed(_("Cannot be read:"), _refused_lines(report)),
        *_listed(_("New:"), [f"{row.name} ({row.employee_id}) {row.seat}".rstrip() for row in report.created]),
        *_listed(_("Changed:"), _changed_lines(report)),
        *_listed(_("Left as the person wrote it:"), kept),
        *_listed(_("Skills without a competency:"), [f"{tag} ({n})" for tag, n in report.missed_tags.most_common()]),
        *_listed(_("What else happens:"), report.side_effects),
        *_ending_lines(report),
    ]


def done_lines(report: Report) -> list[str]:
    """What an import did, for a terminal."""
    ended = [ngettext("%d person was marked as left.", "%d people were marked as left.", report.ended) % report.ended]
    return [_("Done."), *_counted(report.counts), *(ended if report.ended else [])]


def _form_lines(report: Report) -> list[str]:
    if report.form is None:
        return []
    left = [_("Left out: %s.") % ", ".join(report.form.ignored)] if report.form.ignored else []
    zones = ngettext("%d zone assumed from the place.", "%d zones assumed from the place.", report.zones_assumed)
    assumed = [zones % report.zones_assumed] if report.zones_assumed else []
    return [f"{report.file_name}: {report.form.words}.", *left, *assumed]


def _counted(counts: Mapping[Kind, int]) -> list[str]:
    words = {
        Kind.CREATED: _("new"), Kind.CHANGED: _("changed"), Kind.UNCHANGED: _("as they were"),
        Kind.REFUSED: _("refused"),
    }
    return [", ".join(f"{counts[kind]} {word}" for kind, word in words.items()) + "."]


def _refused_lines(report: Report) -> list[str]:
    """File, row, column, value and cure of each problem."""
    return [
        f"{report.file_name}, {_('row %d') % problem.number}"
        + (f", {problem.column}" if problem.column else "")
        + (f" “{problem.value}”" if problem.value else "")
        + f": {problem.text}"
        for row in report.refused
        for problem in row.problems
    ]


def _changed_lines(report: Report) -> list[str]:
    return [
        f"{row.name}: " + "; ".join(
            [f"{one.label} {one.before or '–'} → {one.after or '–'}" for one in row.changes]
            + ([row.seat] if row.seat else [])
        )
        for row in report.changed
    ]


def _ending_lines(report: Report) -> list[str]:
    endings = report.endings
    if endings is None or not endings.count:
        return []
    text = ngettext(
        "%(count)d of %(of)d people is not in the file and would be marked as left:",
        "%(count)d of %(of)d people are not in the file and would be marked as left:", endings.count,
    )
    return _listed(text % {"count": endings.count, "of": endings.of}, list(endings.names), endings.count)


def _listed(title: str, lines: list[str], total: int = 0) -> list[str]:
    if not lines:
        return []
    more = max(total, len(lines)) - len(lines[:SHOWN])
    rest = [_("  and %d more") % more] if more else []
    return [title, *(f"  {line}" for line in lines[:SHOWN]), *rest]


def _mapping(pairs: list[str]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise Invalid({"map": _("Write --map NAME=COLUMN, not %s.") % wrong[0]})
    return dict(pair.rsplit("=", 1) for pair in pairs)


def _problem(args: argparse.Namespace, error: Exception) -> str:
    if isinstance(error, Invalid):
        return error.message
    if isinstance(error, NotFound):
        return _("There is no organisation %s. Check --organization.") % str(args.organization)
    why = getattr(error, "strerror", None) or error
    return _("%(file)s cannot be read: %(why)s.") % {"file": args.file, "why": why}
