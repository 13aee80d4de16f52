"""The forms of a programme as part of its document: how they are read, and what cannot be. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.kernel.text import gettext as _
from server.programs.plans import fields
from server.programs.plans.fields import Setting, Shape
from server.programs.plans.parts import Part
from server.surveys.states import Audience, Moment, QuestionKind, SurveyKind

FORMS_MOST, QUESTIONS_MOST, CHOICES_LEAST, CHOICES_MOST = 12, 5, 2, 6
"""Five questions are what somebody answers in a minute."""
KEY_LETTERS, NAME_LETTERS, QUESTION_LETTERS, CHOICE_LETTERS = 30, 80, 160, 60
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NUMBER_MOST, OPEN_MOST = 730, 60

QUESTION: Shape = {
    "kind": Setting(fields.one_of(QuestionKind)),
    "text": Setting(fields.words(QUESTION_LETTERS, needed=True)),
    "choices": Setting(fields.many(fields.words(CHOICE_LETTERS, needed=True), 0, CHOICES_MOST), []),
    "required": Setting(fields.yes_no, True),
}
FORM: Shape = {
    "key": Setting(fields.words(KEY_LETTERS, needed=True)),
    "kind": Setting(fields.one_of(SurveyKind), SurveyKind.CUSTOM.value),
    "name": Setting(fields.words(NAME_LETTERS, needed=True)),
    "to": Setting(fields.one_of(Audience), Audience.EVERYBODY.value),
    "when": Setting(fields.one_of(Moment)),
    "number": Setting(fields.whole(1, NUMBER_MOST), 1),
    "again_days": Setting(fields.maybe(fields.whole(7, NUMBER_MOST)), None),
    "anonymous": Setting(fields.yes_no, False),
    "open_days": Setting(fields.whole(1, OPEN_MOST), 10),
    "reminder_days": Setting(fields.maybe(fields.whole(1, OPEN_MOST)), 3),
    "questions": Setting(fields.many(fields.table(QUESTION), 1, QUESTIONS_MOST)),
}
"""`number`: the day of the match, the days after its end, or after every how many sessions; elsewhere it says nothing.
`again_days`: of ON_DAY, how often it comes again."""
SURVEYS_PART = Part("surveys", fields.many(fields.table(FORM), 0, FORMS_MOST), [])


def contradictions(forms: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What forms ask for that cannot be, each by its path (`surveys[2].key`)."""
    keys = Counter(form["key"] for form in forms)
    wrong = {}
    for place, form in enumerate(forms, start=1):
        for path, words in _wrong(form, keys):
            wrong[f"surveys[{place}].{path}"] = words
    return wrong


def _wrong(form: Mapping[str, Any], keys: Counter[str]) -> Iterator[tuple[str, str]]:
    if not KEY.fullmatch(form["key"]):
        yield "key", _("Use small letters, digits and hyphens alone.")
    elif keys[form["key"]] > 1:
        yield "key", _("Another survey has this key already.")
    if form["again_days"] and form["when"] != Moment.ON_DAY:
        yield "again_days", _("Only what is asked on a day of the match comes again by itself.")
    if form["reminder_days"] and form["reminder_days"] >= form["open_days"]:
        yield "reminder_days", _("Remind people before it closes: choose fewer days than it is open.")
    if sum(one["kind"] == QuestionKind.WORDS for one in form["questions"]) > 1:
        yield "questions", _("Ask for free words once only: people have a minute.")
    if all(one["kind"] == QuestionKind.WORDS for one in form["questions"]):
        yield "questions", _("Ask at least one question that a tap can answer.")
    for place, one in enumerate(form["questions"], start=1):
        if (one["kind"] == QuestionKind.CHOICE) != bool(one["choices"]) or len(one["choices"]) == 1:
            yield f"questions[{place}].choices", (
                _("Give two to six answers to choose from.") if one["kind"] == QuestionKind.CHOICE
                else _("Only a question with answers of its own has choices.")
            )
        elif len(set(one["choices"])) < len(one["choices"]):
            yield f"questions[{place}].choices", _("Two answers are the same.")
