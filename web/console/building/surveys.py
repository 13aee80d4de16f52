"""The builder's surveys: which there are, one more from what a kind usually asks, and the questions of each."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building.queries import Plan
from server.kernel import clock
from server.kernel.db import Json
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.surveys.forms.form import Question, one_question, questions_of
from server.surveys.forms.presets import example, preset
from server.surveys.forms.setup import (
    CHOICE_LETTERS,
    CHOICES_MOST,
    NAME_LETTERS,
    QUESTION_LETTERS,
    QUESTIONS_MOST,
)
from server.surveys.states import Moment, QuestionKind, SurveyKind
from web.console.building import desk
from web.console.building import surveys_words as words
from web.console.building.outline import address
from web.console.survey_words import card
from web.forms import Errors, choice, read_form, text, ticked
from web.render import page
from web.survey import Typed, asked
from web.survey_open import link_of

WORD_LETTERS = 20
BLANK: Json = {"kind": QuestionKind.SCALE.value, "text": "", "choices": [], "required": True}


@dataclass(frozen=True, slots=True)
class Preview:
    """A survey as people see it."""

    only_question: Question | None
    is_anonymous: bool


async def show(request: Request) -> Response:
    """The surveys as they are prepared, or in force."""
    plan = await desk.opened(request)
    return await _list(request, plan, plan.content, Errors(), "")


async def change(request: Request) -> Response:
    """Add the usual survey of a kind, or take one out."""
    form, errors, plan = await read_form(request), Errors(), await desk.opened(request)
    kind, out = choice(SurveyKind, form, "kind"), text(form, "out", NAME_LETTERS)
    forms = [one for one in plan.content["surveys"] if one["key"] != out]
    if not out and kind is None:
        errors.add("kind", _("Choose what it is for."))
    if not out and kind is not None:
        made = preset(kind)
        forms.append({**made, "key": _free_key(made["key"], [one["key"] for one in forms])})
    return await desk.keep(request, words.PART, form, {"surveys": forms}, _list, errors)


async def edit(request: Request) -> Response:
    """One survey with its questions."""
    plan = await desk.opened(request)
    return await _one(request, plan, plan.content, Errors(), "")


async def keep(request: Request) -> Response:
    """Use this survey in the draft."""
    form, plan = await read_form(request), await desk.opened(request)
    place = _place(request, plan.content["surveys"])
    forms = list(plan.content["surveys"])
    forms[place] = {**forms[place], **_typed(form, f"surveys[{place + 1}]")}
    return await desk.keep(request, words.PART, form, {"surveys": forms}, _one)


async def preview(request: Request) -> Response:
    """One survey on a page of its own, as whoever is asked would see it; it takes no answers."""
    plan = await desk.opened(request)
    kept = plan.content["surveys"][_place(request, plan.content["surveys"])]
    questions = questions_of(kept["questions"])
    alone = one_question(questions)
    return page(
        request, "console/building/survey_preview.html", plan=plan, errors=Errors(),
        shown=Preview(alone, kept["anonymous"]), asked=asked(questions, Typed([])), words="", chosen=False,
        title=alone.text if alone else kept["name"], above=kept["name"] if alone else plan.program.name,
        closes_on=clock.today("UTC") + timedelta(days=kept["open_days"]),
        back=f"{address(plan, words.PART)}/{kept['key']}#preview",
    )


def _typed(form: FormData, at: str) -> Json:
    """What was typed, each setting under its path; a question without words is none."""
    numbers = desk.whole(form, tuple(f"{at}.{name}" for name in ("number", "again_days", "open_days", "reminder_days")))
    told: Json = {name.removeprefix(f"{at}."): None if number == "" else number for name, number in numbers.items()}
    texts = {name: text(form, f"{at}.{name}", WORD_LETTERS) for name in ("when", "to")}
    questions = [_question(form, f"{at}.questions[{place}]") for place in range(1, QUESTIONS_MOST + 1)]
    return {
        **told, **texts, "name": text(form, f"{at}.name", NAME_LETTERS), "anonymous": ticked(form, f"{at}.anonymous"),
        "questions": [one for one in questions if one["text"]],
    }


def _question(form: FormData, at: str) -> Json:
    kind = text(form, f"{at}.kind", WORD_LETTERS)
    lines = text(form, f"{at}.choices", (CHOICE_LETTERS + 1) * CHOICES_MOST, lines=True).split("\n")
    chosen = [line.strip() for line in lines if line.strip()] if kind == QuestionKind.CHOICE else []
    return {
        "kind": kind, "text": text(form, f"{at}.text", QUESTION_LETTERS), "choices": chosen,
        "required": ticked(form, f"{at}.required"),
    }


def _free_key(key: str, taken: list[str]) -> str:
    """The key of a kind, numbered where a survey has it already."""
    return next(one for one in (key if number == 1 else f"{key}-{number}" for number in count(1)) if one not in taken)


def _place(request: Request, forms: list[dict[str, Any]]) -> int:
    for place, one in enumerate(forms):
        if one["key"] == request.path_params["key"]:
            return place
    raise NotFound


async def _list(request: Request, plan: Plan, _content: Json, errors: Errors, refused: str) -> Response:
    rows = [(one["key"], one["name"], words.when(one), words.whom(one)) for one in plan.content["surveys"]]
    return desk.part_page(
        request, words.PART, plan, "console/building/surveys.html", errors, refused, rows=rows, kinds=words.kinds(),
    )


async def _one(request: Request, plan: Plan, typed: Json, errors: Errors, refused: str) -> Response:
    place = _place(request, typed["surveys"])
    kept = plan.content["surveys"][_place(request, plan.content["surveys"])]
    form, questions = typed["surveys"][place], questions_of(kept["questions"])
    blank = [BLANK] if len(form["questions"]) < QUESTIONS_MOST else []
    return desk.part_page(
        request, words.PART, plan, "console/building/survey.html", errors, refused, form=form,
        at=f"surveys[{place + 1}]", questions=[*form["questions"], *blank], moments=words.moments(),
        audiences=words.audiences(), takes=words.takes(), kept_name=kept["name"], sent=words.when(kept),
        shown=Preview(one_question(questions), kept["anonymous"]), asked=asked(questions, Typed([])), words="",
        chosen=False, link=link_of(plan.program.id, kept["key"]) if kept["when"] == Moment.BY_LINK else "",
        code=f"/console/programs/{plan.program.id}/surveys/{kept['key']}/code",
        example=[one for one in card(example(kept)).lines if one.figures],
    )


routes = [
    Route(f"{desk.HERE}surveys", show, name="console-build-surveys"),
    Route(f"{desk.HERE}surveys", change, methods=["POST"], name="console-build-surveys-change"),
    Route(f"{desk.HERE}surveys/{{key}}", edit, name="console-build-survey"),
    Route(f"{desk.HERE}surveys/{{key}}/preview", preview, name="console-build-survey-preview"),
    Route(f"{desk.HERE}surveys/{{key}}", keep, methods=["POST"], name="console-build-survey-keep"),
]
