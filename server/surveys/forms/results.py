"""What came of a form, in numbers that tell of nobody. Pure.

Everything shown is about eight people at least, and so is whatever somebody could subtract (docs/decisions, surveys
and anonymous answers).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean, pstdev
from typing import TypeVar

from server.surveys.forms.form import Question, questions_of
from server.surveys.models import SurveyForm
from server.surveys.states import QuestionKind

LEAST = 8
"""Groups below this are hidden (README of the design, decision 17)."""
MANY = 2
T = TypeVar("T", date, int, date | int)
PROMOTES, DETRACTS = range(9, 11), range(7)
"""Net promoter score: the share of 9 and 10 minus the share of 0 to 6 (glossary)."""


@dataclass(frozen=True, slots=True)
class Written:
    """One answer as it is stored: with the week of its box, or with who gave it and for which time they were asked."""

    numbers: Sequence[int | None]
    words: str
    week: date | None = None
    by: str = ""
    time: int = 1

    @property
    def asked(self) -> date | int:
        """On which occasion, as far as it may be told."""
        return self.week or self.time


@dataclass(frozen=True, slots=True)
class Given:
    """One answer, and the questions that it was given to."""

    questions: Sequence[Question]
    written: Written


@dataclass(frozen=True, slots=True)
class Share:
    """How many chose one of some answers; several, where fewer than eight chose one."""

    choices: tuple[int, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Over:
    """What came of one question on some occasions: the first time to the third, or in the boxes of some weeks."""

    first: date | int
    last: date | int
    count: int
    mean: float | None
    nps: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one question. `count`: how many answered, None while it is hidden. `words`: who wrote (or "") and
    what. `over`: the same by occasions, where there are several of eight answers."""

    question: Question
    count: int | None = None
    mean: float | None = None
    spread: float | None = None
    nps: int | None = None
    shares: tuple[Share, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    over: tuple[Over, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of all wordings of a form. `form`: its latest one."""

    form: SurveyForm
    asked: int
    answered: int
    lines: tuple[Line, ...]


def result(form: SurveyForm, asked: int, answered: int, given: Sequence[Given]) -> Result:
    """Put the answers to all wordings of a form together, by question."""
    latest = [_alike(one) for one in questions_of(form.questions)]
    earlier = [_alike(one) for one_given in given for one in one_given.questions]
    lines = tuple(_line(question, given) for question in dict.fromkeys([*latest, *earlier]))
    return Result(form, asked, answered, lines)


def told_together(weeks: Iterable[date]) -> frozenset[date]:
    """Of the boxes in which some answered one question, by their weeks: those that are shown. They are put together
    in their order until eight have answered, so that no two pictures differ by fewer."""
    groups, _few = together(weeks)
    return frozenset(week for group in groups for week in group)


def together(occasions: Iterable[T]) -> tuple[list[list[T]], list[T]]:
    """(occasions in their order, put together until eight have answered; the last ones, if they are fewer)."""
    groups, waiting, inside = list[list[T]](), list[T](), 0
    for one, count in sorted(Counter(occasions).items()):
        waiting.append(one)
        inside += count
        if inside >= LEAST:
            groups.append(waiting)
            waiting, inside = [], 0
    return groups, waiting


def shares(counts: Mapping[int, int]) -> tuple[Share, ...]:
    """How many chose which answer, the most first; what fewer than eight chose is counted together, with as many of
    the others as make eight. The counts come to eight at least."""
    order = sorted(counts, key=lambda choice: (-counts[choice], choice))
    apart = [choice for choice in order if counts[choice] >= LEAST]
    rest = [choice for choice in order if counts[choice] < LEAST]
    while apart and 0 < sum(counts[choice] for choice in rest) < LEAST:
        rest.insert(0, apart.pop())
    told = [Share((choice,), counts[choice]) for choice in apart]
    if rest:
        told.append(Share(tuple(sorted(rest)), sum(counts[choice] for choice in rest)))
    return tuple(told)


def _alike(question: Question) -> Question:
    """Whether it may be left out makes no other question."""
    return replace(question, required=True)


def _line(question: Question, given: Sequence[Given]) -> Line:
    answers = [
        (one.written, number) for one in given
        for asked, number in zip(one.questions, one.written.numbers, strict=True)
        if _alike(asked) == question and (one.written.words if question.is_words else number is not None)
    ]
    weeks = told_together(written.week for written, _number in answers if written.week)
    told = [(written, number) for written, number in answers if written.week is None or written.week in weeks]
    if question.is_words:
        return _words(question, [written for written, _number in told])
    chosen = [(written, number) for written, number in told if number is not None]
    return replace(_numbers(question, [number for _written, number in chosen]), over=_over(question, chosen))


def _over(question: Question, told: Sequence[tuple[Written, int]]) -> tuple[Over, ...]:
    """By occasions, each of eight answers; a last few go with those before, for a difference would tell of them. Of
    choices only how many answered: their shares beside those of all would tell of a few."""
    if len({written.week is None for written, _number in told}) != 1:
        return ()
    groups, few = together(written.asked for written, _number in told)
    if len(groups) < MANY:
        return ()
    groups[-1] += few
    found = []
    for group in groups:
        line = _numbers(question, [number for written, number in told if written.asked in group])
        found.append(Over(group[0], group[-1], line.count or 0, line.mean, line.nps))
    return tuple(found)


def _words(question: Question, told: Sequence[Written]) -> Line:
    """In the order of the alphabet: their own would tell who wrote when."""
    words = tuple(sorted((one.by, one.words) for one in told))
    return Line(question, count=len(words) if words else None, words=words)


def _numbers(question: Question, told: Sequence[int]) -> Line:
    if len(told) < LEAST:
        return Line(question)
    shown = Line(question, count=len(told))
    if question.kind is QuestionKind.SCALE:
        return replace(shown, mean=round(fmean(told), 1), spread=round(pstdev(told), 1))
    if question.kind is QuestionKind.LIKELY:
        return replace(shown, nps=_nps(told))
    return replace(shown, shares=shares({choice: told.count(choice) for choice in question.takes}))


def _nps(told: Sequence[int]) -> int:
    promote, detract = (sum(one in steps for one in told) for steps in (PROMOTES, DETRACTS))
    return round(100 * (promote - detract) / len(told))
