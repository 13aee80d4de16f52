"""What somebody's own files did not say, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.journey.trying.matching import Shape
from server.journey.trying.rows.lines import Gap, GapCode
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine import RuleCode

Document = Mapping[str, Any]


def gaps(document: Document) -> list[str]:
    """What the files did not say, and what that means."""
    one_sided = document["shape"] != Shape.PAIRS
    return [
        gap(Gap(**{"file": "", **one, "code": GapCode(one["code"])}), one_sided=one_sided)
        for one in document["gaps"]
    ]


def gap(found: Gap, *, one_sided: bool = False) -> str:
    """One gap in words."""
    if found.code is GapCode.RULE_BLIND:
        return _blind(RuleCode(found.column))
    if found.code in ROWS:
        return _of_rows(found)
    if found.code is GapCode.NO_WISHES and one_sided:
        return _("Nothing says what people want to learn: they are brought together by what they know.")
    if found.code is GapCode.NO_SKILLS and one_sided:
        return _("Nothing says what people know: what they could bring each other is a guess.")
    return {
        GapCode.NO_WISHES: _("Nothing says what mentees want to learn: pairs rest on what both know."),
        GapCode.NO_SKILLS: _("Nothing says what mentors know: their side rests on the other columns."),
        GapCode.NO_MANAGERS: _("No column names managers: nobody is kept from their own reporting line."),
        GapCode.NO_TIMES: _("Free times are not known on every side: people may have none in common."),
        GapCode.NO_LEVELS: _("Levels are not known on every side: they count as for most people."),
        GapCode.NO_LANGUAGES: _("Languages are not known on every side: people may have none in common."),
        GapCode.NO_GROUPS: _("No column tells groups apart: fairness cannot be checked."),
        GapCode.PAST_NO_ANSWERS: _("No past pair says whether both said yes: there is nothing to learn from."),
        GapCode.PAST_NO_CYCLES: _("All past pairs are of one cycle: a model is judged on a later cycle than it learned "
                                  "from. Name the column of cycles, or add an earlier one."),
    }[found.code]


ROWS = frozenset({
    GapCode.UNREADABLE, GapCode.TWICE, GapCode.NO_ROLE, GapCode.PAST_UNKNOWN, GapCode.PAST_HALF,
    GapCode.MANAGER_SHARED, GapCode.MANAGER_UNKNOWN, GapCode.MANAGER_BLANK, GapCode.PERSON_SHARED,
    GapCode.PERSON_UNKNOWN,
})
"""Gaps that concern single rows."""


def _of_rows(found: Gap) -> str:
    words = {
        GapCode.UNREADABLE: lambda: ngettext(
            "%(num)d cell of “%(column)s” cannot be read and counts as not known: row %(rows)s.",
            "%(num)d cells of “%(column)s” cannot be read and count as not known: rows %(rows)s.", found.count),
        GapCode.MANAGER_SHARED: lambda: ngettext(
            "%(num)d person names a manager whose name several people have, and their reporting line is not known: "
            "row %(rows)s. Write the manager’s number there.",
            "%(num)d people name a manager whose name several people have, and their reporting line is not known: "
            "rows %(rows)s. Write the manager’s number there.", found.count),
        GapCode.MANAGER_UNKNOWN: lambda: ngettext(
            "%(num)d person names a manager who is in no file, and their reporting line is not known above: row "
            "%(rows)s.",
            "%(num)d people name a manager who is in no file, and their reporting line is not known above: rows "
            "%(rows)s.", found.count),
        GapCode.MANAGER_BLANK: lambda: ngettext(
            "%(num)d person names no manager: row %(rows)s. Who is above them is not known.",
            "%(num)d people name no manager: rows %(rows)s. Who is above them is not known.", found.count),
        GapCode.PERSON_SHARED: lambda: ngettext(
            "%(num)d entry of “%(column)s” is a name that several people have, and counts for nobody: row %(rows)s.",
            "%(num)d entries of “%(column)s” are names that several people have, and count for nobody: rows %(rows)s.",
            found.count),
        GapCode.PERSON_UNKNOWN: lambda: ngettext(
            "%(num)d entry of “%(column)s” names somebody who is in no file: row %(rows)s.",
            "%(num)d entries of “%(column)s” name somebody who is in no file: rows %(rows)s.", found.count),
        GapCode.TWICE: lambda: ngettext(
            "%(num)d row repeats an id and was left out: row %(rows)s.",
            "%(num)d rows repeat an id and were left out: rows %(rows)s.", found.count),
        GapCode.NO_ROLE: lambda: ngettext(
            "%(num)d row says neither mentor nor mentee and was left out: row %(rows)s.",
            "%(num)d rows say neither mentor nor mentee and were left out: rows %(rows)s.", found.count),
        GapCode.PAST_UNKNOWN: lambda: ngettext(
            "%(num)d past pair names somebody who is in no file and teaches nothing: row %(rows)s. People of earlier "
            "cycles can be added with 0 places.",
            "%(num)d past pairs name somebody who is in no file and teach nothing: rows %(rows)s. People of earlier "
            "cycles can be added with 0 places.", found.count),
        GapCode.PAST_HALF: lambda: ngettext(
            "%(num)d past pair lacks one of its two people and was left out: row %(rows)s.",
            "%(num)d past pairs lack one of their two people and were left out: rows %(rows)s.", found.count),
    }[found.code]()
    return words % {"num": found.count, "column": found.column, "rows": _and_more(found)}


def _blind(code: RuleCode) -> str:
    """A rule that cannot be held because no column tells what it asks about."""
    return {
        RuleCode.COMPANY: _("No column names companies on every side: the rule about them keeps nobody apart."),
        RuleCode.GRADE_GAP: _("No column tells levels on every side: the rule about them keeps nobody apart."),
        RuleCode.LANGUAGE: _("No column tells languages on every side: the rule about them keeps nobody apart."),
        RuleCode.OVERLAP: _("No column tells free times on every side: the rule about them keeps nobody apart."),
    }[code]


def _and_more(found: Gap) -> str:
    """The first rows and their file; a result from before files were named has none."""
    rows = ", ".join(map(str, found.rows))
    told = rows if found.count <= len(found.rows) else _("%(rows)s and more") % {"rows": rows}
    return _("%(rows)s of %(file)s") % {"rows": told, "file": found.file} if found.file else told
