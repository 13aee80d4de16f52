"""Take over the courses that people completed, from a CSV file of the learning system.

Columns: employee_id, course, completed_on (2026-03-31); if you have them, course_id and skills (separated by ;). What
the file lacks stays; the same file again changes nothing. Exit codes: 0 done, 2 the file cannot be used.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from server.kernel.actor import system_actor
from server.kernel.db import database
from server.kernel.errors import Invalid, NotFound
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.people.courses.actions import import_courses
from server.people.courses.words import report_lines
from server.people.queries import organization_by_key
from server.people.tables import read_bytes

DONE, UNUSABLE = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `ithaca courses`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV in UTF-8: one row for each completed course")
    parser.add_argument("--organization", required=True, metavar="KEY", help="whose people they are")


def run(args: argparse.Namespace) -> int:
    """Take over a file of completed courses. Returns the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    try:
        content = read_bytes(args.file)
        async with database(settings().database):
            actor = system_actor((await organization_by_key(args.organization)).id)
            print("\n".join(report_lines(await import_courses(actor, content, args.file.name))))
    except Invalid as refused:
        places = (text if place == "file" else f"{place}: {text}" for place, text in refused.fields.items())
        print("\n".join(places), file=sys.stderr)
        return UNUSABLE
    except NotFound:
        print(_("There is no organisation %s. Check --organization.") % args.organization, file=sys.stderr)
        return UNUSABLE
    except OSError as error:
        print(_("%(file)s cannot be read: %(why)s.") % {"file": args.file, "why": error.strerror}, file=sys.stderr)
        return UNUSABLE
    return DONE
