"""What came of one survey as a table: for every question all answers together, its choices, and its occasions."""

from collections.abc import Iterator
from datetime import date

from server.kernel.text import csv_bytes
from server.kernel.text import gettext as _
from server.surveys.forms.results import Line, Over, Result
from server.surveys.forms.words import labels

HEADER = ("question", "occasions", "answers", "mean", "spread", "nps", "choice", "chosen")


def result_csv(result: Result) -> bytes:
    """The numbers of a survey, no words and no names: a file goes further than its page. What is hidden is empty."""
    return csv_bytes(HEADER, (row for line in result.lines if not line.question.is_words for row in _rows(line)))


def occasions(over: Over) -> str:
    """Which occasions of a survey are meant, in words: times, or weeks of anonymous boxes."""
    several = over.first != over.last
    if isinstance(over.first, date):
        words = _("weeks of %(first)s to %(last)s") if several else _("week of %(first)s")
    else:
        words = _("times %(first)s to %(last)s") if several else _("time %(first)s")
    return words % {"first": over.first, "last": over.last}


def _rows(line: Line) -> Iterator[tuple[object, ...]]:
    text = line.question.text
    yield (text, "", line.count, line.mean, line.spread, line.nps, "", "")
    named = dict(labels(line.question))
    for share in line.shares:
        yield (text, "", "", "", "", "", _(", ").join(named[one] for one in share.choices), share.count)
    for over in line.over:
        yield (text, occasions(over), over.count, over.mean, "", over.nps, "", "")
