"""What came of surveys, in words: numbers with their meaning, and why some are hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.surveys.forms.results import LEAST, Line, Over, Result
from server.surveys.forms.table import occasions
from server.surveys.forms.words import labels
from server.surveys.states import QuestionKind
from web.dates import upper_first

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Told:
    """One question: what came of it, in sentences, and what people wrote: who (or "") and what."""

    question: str
    figures: list[str]
    over: list[str]
    hidden: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One survey."""

    id: UUID
    key: str
    name: str
    sent: str
    anonymous: bool
    lines: list[Told]


def card(result: Result) -> Card:
    """A survey and what came of it."""
    form = result.form
    return Card(form.id, form.key, form.name, _sent(result), form.anonymous, [_told(one) for one in result.lines])


def _sent(result: Result) -> str:
    asked = ngettext("Sent %(num)d time.", "Sent %(num)d times.", result.asked) % {"num": result.asked}
    answered = ngettext("%(num)d answer.", "%(num)d answers.", result.answered) % {"num": result.answered}
    return f"{asked} {answered}"


def _told(line: Line) -> Told:
    over = [_occasion(one) for one in line.over]
    return Told(line.question.text, _figures(line), over, "" if line.count else _hidden(line), line.words)


def _hidden(line: Line) -> str:
    if line.question.is_words:
        return _("No words to show yet. Of anonymous ones, eight are shown together.")
    return _("Hidden until %(least)d have answered, so that nobody is recognised.") % {"least": LEAST}


def _figures(line: Line) -> list[str]:
    if line.count is None or line.question.is_words:
        return []
    count = _("From %(num)d answers.") % {"num": line.count}
    if line.mean is not None:
        mean = _("%(mean)s of 5 on average; most are within %(spread)s of it.") % {
            "mean": line.mean, "spread": line.spread}
        return [mean, count]
    if line.nps is not None:
        meaning = _("the share of 9 and 10, minus the share of 0 to 6. Over 40 is good, under 20 is a worry.")
        return [_("NPS %(nps)s: %(meaning)s") % {"nps": line.nps, "meaning": meaning}, count]
    return [*(_share(line, one.choices, one.count) for one in line.shares), count]


def _occasion(over: Over) -> str:
    """One occasion, or several, beside the others."""
    when = upper_first(occasions(over))
    told: dict[str, object] = {"when": when, "num": over.count, "mean": over.mean, "nps": over.nps}
    if over.mean is not None:
        return _("%(when)s: %(mean)s of 5, from %(num)s answers.") % told
    if over.nps is not None:
        return _("%(when)s: NPS %(nps)s, from %(num)s answers.") % told
    return _("%(when)s: %(num)s answers.") % told


def _share(line: Line, choices: tuple[int, ...], count: int) -> str:
    named = dict(labels(line.question))
    words = _(", ").join(named[choice] for choice in choices)
    return _("%(choice)s: %(count)s") % {"choice": words, "count": count}


def kind_of(kind: QuestionKind) -> str:
    """What a question takes."""
    return {
        QuestionKind.SCALE: _("Five steps"), QuestionKind.LIKELY: _("0 to 10"), QuestionKind.YES_NO: _("Yes or no"),
        QuestionKind.CHOICE: _("One of several"), QuestionKind.WORDS: _("Free words"),
    }[kind]
