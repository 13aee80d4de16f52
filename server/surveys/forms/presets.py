"""What each kind of survey usually asks, in the language in force: where a programme begins, to be changed. Pure."""

from collections.abc import Mapping
from typing import Any

from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.surveys.forms.form import Question, questions_of
from server.surveys.forms.results import Given, Result, Written, result
from server.surveys.forms.setup import FORM, QUESTION
from server.surveys.models import SurveyForm
from server.surveys.states import Audience, Moment, QuestionKind, SurveyKind

MADE_UP, SENT_SO_OFTEN = 24, 30
FROM_THE_LAST = (1, 0, 2, 1, 1, 0, 3, 0)


def preset(kind: SurveyKind) -> Json:
    """The usual form of a kind, as a document has it; its key is the kind's own."""
    form = {
        SurveyKind.PULSE: _pulse, SurveyKind.POST_SESSION: _post_session, SurveyKind.CHECK_IN: _check_in,
        SurveyKind.MID_PROGRAM: _mid_program, SurveyKind.CLOSING: _closing, SurveyKind.EXIT: _exit,
        SurveyKind.NPS: _nps, SurveyKind.CUSTOM: _custom,
    }[kind]()
    usual = {name: setting.usual for name, setting in FORM.items()}
    return {**usual, "key": kind.value.lower().replace("_", "-"), "kind": kind.value, **form}


def example(said: Mapping[str, Any]) -> Result:
    """What may come of a form, made up: some answers told by the rules of real ones, before anybody is asked."""
    questions = questions_of(said["questions"])
    form = SurveyForm(
        key=said["key"], kind=SurveyKind(said["kind"]), name=said["name"], anonymous=said["anonymous"],
        questions=said["questions"],
    )
    given = [
        Given(questions, Written([_made_up(one, number) for one in questions], "")) for number in range(MADE_UP)
    ]
    return result(form, SENT_SO_OFTEN, MADE_UP, given)


def _made_up(asked: Question, number: int) -> int | None:
    """Mostly the last answers but one, as people do."""
    return None if asked.is_words else asked.takes[-1 - FROM_THE_LAST[number % len(FROM_THE_LAST)] % len(asked.takes)]


def question(kind: QuestionKind, text: str, *choices: str, required: bool = True) -> Json:
    """One question, as a document has it."""
    usual = {name: setting.usual for name, setting in QUESTION.items()}
    return {**usual, "kind": kind.value, "text": text, "choices": list(choices), "required": required}


def _pulse() -> Json:
    useful = question(QuestionKind.SCALE, _("How much do your conversations help just now?"))
    return {"name": _("Pulse"), "when": Moment.ON_DAY.value, "number": 28, "again_days": 28, "anonymous": True,
            "questions": [useful, _why()]}


def _post_session() -> Json:
    useful = question(QuestionKind.SCALE, _("How much did your last conversation help?"))
    return {"name": _("After a session"), "when": Moment.AFTER_SESSION.value, "number": 2,
            "questions": [useful, _why()]}


def _check_in() -> Json:
    return {
        "name": _("Early check-in"), "when": Moment.ON_DAY.value, "number": 30, "again_days": 60,
        "questions": [
            question(QuestionKind.SCALE, _("How well do you work together?")),
            question(QuestionKind.YES_NO, _("Do you know what to do next?")),
            question(QuestionKind.WORDS, _("What would help now?"), required=False),
        ],
    }


def _mid_program() -> Json:
    return {
        "name": _("Half-way"), "when": Moment.HALF_WAY.value,
        "questions": [
            question(QuestionKind.SCALE, _("How much has this helped you so far?")),
            question(QuestionKind.YES_NO, _("Is the goal still the right one?")), _why(),
        ],
    }


def _closing() -> Json:
    return {
        "name": _("Looking back"), "when": Moment.AT_END.value,
        "questions": [
            question(QuestionKind.SCALE, _("How much has changed for you at work?")),
            question(QuestionKind.WORDS, _("What will you keep doing?"), required=False),
        ],
    }


def _exit() -> Json:
    choices = (_("More time"), _("Another fit"), _("A clearer goal"), _("More help from us"), _("It was enough"))
    why = question(QuestionKind.CHOICE, _("What would have helped most?"), *choices)
    return {"name": _("After an early end"), "when": Moment.ON_LEAVING.value, "anonymous": True,
            "questions": [why, _why()]}


def _nps() -> Json:
    likely = question(QuestionKind.LIKELY, _("Would you recommend this programme to a colleague?"))
    return {"name": _("Recommendation"), "when": Moment.HALF_WAY.value, "anonymous": True,
            "questions": [likely, _why()]}


def _custom() -> Json:
    today = question(QuestionKind.YES_NO, _("Do you use at work what you talked about?"))
    return {"name": _("Half a year later"), "to": Audience.LEARNERS.value, "when": Moment.AFTER_END.value,
            "number": 180, "questions": [today, _why()]}


def _why() -> Json:
    return question(QuestionKind.WORDS, _("Why?"), required=False)
