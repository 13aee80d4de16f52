"""What taking over completed courses came to, in words."""

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.people.courses.actions import CoursesReport

NAMED = 10
"""So many of what was not understood are named; the rest is counted."""


def report_lines(report: CoursesReport) -> list[str]:
    """What was stored, then what was left out and why."""
    return [stored_words(report), *left_out(report)]


def stored_words(report: CoursesReport) -> str:
    """What was stored, in one sentence."""
    if not report.added and not report.changed:
        return _("Nothing new in this file.")
    added = ngettext("%(num)d completed course added", "%(num)d completed courses added", report.added)
    words = {"added": added % {"num": report.added}, "changed": report.changed}
    return _("%(added)s, %(changed)s given another day.") % words


def left_out(report: CoursesReport) -> list[str]:
    """Who is not known here, and which courses teach nothing that the framework names."""
    found = []
    if report.strangers:
        found.append(_("Left out, because nobody here has the employee number: %s.") % _named(report.strangers))
    if report.unread:
        found.append(_("Kept, but no skill of your framework was found in: %s. Add an alias, or a column skills.")
                     % _named(report.unread))
    return found


def _named(words: tuple[str, ...]) -> str:
    more = len(words) - NAMED
    rest = [ngettext("%d more", "%d more", more) % more] if more > 0 else []
    return ", ".join([*words[:NAMED], *rest])
