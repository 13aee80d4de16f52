"""The five words under the goal sentence: plain rules, the same live on the screen and on the server.

They judge wording, never people, and never block: a goal that lights three still saves (decision 13 of the design).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.goals.states import SmartCheck
from server.goals.words import LITTLE, NUMBERS, SWEEPING, VAGUE
from server.kernel.text import gettext as _

TELLING_WORDS = 3
"""So many words that say something make a wish or a measure concrete: "lead", "product", "review"."""
SOONEST_DAYS = 14
"""A goal within reach leaves time for two sessions at the usual rhythm of two a month."""
FURTHEST_DAYS = 366
"""Twice the usual programme of half a year: further away nobody works towards it in mentoring."""
FIGURES_AT_MOST = 9
"""Longer rows of figures are no amounts; endless ones are more than the language turns into a number."""
EXAMPLES = 3

READY = frozenset(SmartCheck)

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_PERCENT = re.compile(r"(?<![\d.,])\d[\d.,]*\s*%")  # begins once for each figure, so that a long one stays linear


@dataclass(frozen=True)
class GoalExample:
    """A wording that somebody may take, change or ignore."""

    want: str
    measure: str


def smart_checks(
    want: str, measure: str, competency_name: str | None, due_on: date | None, today: date
) -> frozenset[SmartCheck]:
    """Which of the five words are true of a goal. `today` is the day where the person is."""
    found = {
        SmartCheck.SPECIFIC: is_specific(want),
        SmartCheck.MEASURABLE: is_measurable(measure),
        SmartCheck.WITHIN_REACH: is_within_reach(measure, due_on, today),
        SmartCheck.MATTERS_HERE: bool(competency_name),
        SmartCheck.HAS_A_DATE: due_on is not None and due_on > today,
    }
    return frozenset(check for check, holds in found.items() if holds)


def is_specific(want: str) -> bool:
    """Whether a wish names what will be done: at least TELLING_WORDS words that are neither little nor vague."""
    return _telling(want) >= TELLING_WORDS


def is_measurable(measure: str) -> bool:
    """Whether somebody could tell that it happened: something counted, or TELLING_WORDS words that say what."""
    telling = _telling(measure)
    return telling >= TELLING_WORDS or (telling >= 1 and _counts(measure) != [])


def is_within_reach(measure: str, due_on: date | None, today: date) -> bool:
    """Whether it can be done in the time there is.

    Nothing sweeping ("always", "everyone"), a date from SOONEST_DAYS to FURTHEST_DAYS ahead if there is one, and until
    then no more than one thing a day. An empty measure says nothing about reach.
    """
    if not measure.strip() or set(_words(measure)) & SWEEPING:
        return False
    if due_on is None:
        return True
    days = (due_on - today).days
    return SOONEST_DAYS <= days <= FURTHEST_DAYS and max(_counts(measure), default=0) <= days


def advice(checks: frozenset[SmartCheck]) -> str:
    """The one next thing that makes a goal ready, in words."""
    missing = [check for check in SmartCheck if check not in checks]
    if not missing:
        return _("This goal is ready.")
    last = len(missing) == 1
    return _LAST_STEP[missing[0]]() if last else _STEP[missing[0]]()


def examples_for(examples: Sequence[Mapping[str, str]], competency_key: str | None) -> list[GoalExample]:
    """Up to EXAMPLES wordings of a programme (its `goal_examples`): those for this competency first, then the others.

    An entry holds `want`, `measure` and, if it belongs to one, the `competency`'s key.
    """
    fitting = sorted(examples, key=lambda entry: entry.get("competency") != competency_key)
    return [GoalExample(entry["want"], entry["measure"]) for entry in fitting[:EXAMPLES]]


_STEP = {
    SmartCheck.SPECIFIC: lambda: _("Say what you want to do, in a few more words."),
    SmartCheck.MEASURABLE: lambda: _("Say how you will know: something you can count or show."),
    SmartCheck.WITHIN_REACH: lambda: _("Make it a size that fits the time. Two weeks to a year works well."),
    SmartCheck.MATTERS_HERE: lambda: _("Choose the skill it builds on."),
    SmartCheck.HAS_A_DATE: lambda: _("Choose a date for your goal."),
}
_LAST_STEP = {
    SmartCheck.SPECIFIC: lambda: _("Say what you want to do in a few more words, and this goal is ready."),
    SmartCheck.MEASURABLE: lambda: _("Say what you can count or show at the end, and this goal is ready."),
    SmartCheck.WITHIN_REACH: lambda: _("Choose a size or a date from two weeks to a year, and this goal is ready."),
    SmartCheck.MATTERS_HERE: lambda: _("Choose the skill it builds on and this goal is ready."),
    SmartCheck.HAS_A_DATE: lambda: _("Choose a date and this goal is ready."),
}


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def _telling(text: str) -> int:
    """How many words say something. Scripts without spaces count two letters as one word."""
    words = [word for word in _words(text) if word not in LITTLE and word not in VAGUE]
    return sum(max(1, len(_UNSPACED.findall(word)) // 2) for word in words)


def _counts(text: str) -> list[int]:
    """The amounts a text names, in figures or words; shares, years and sums of money are no amounts."""
    words = _words(_PERCENT.sub(" ", text))
    named = [NUMBERS[word] for word in words if word in NUMBERS]
    figures = (int(word) for word in words if word.isdecimal() and len(word) <= FIGURES_AT_MOST)
    return named + [figure for figure in figures if figure <= FURTHEST_DAYS]
