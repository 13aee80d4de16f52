"""What one answered with a name: to read, to take along as a file with one's check-ins, and to erase."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.check.queries import check_in_page
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.company import company_of
from server.surveys.forms.actions import erase_answers
from server.surveys.forms.form import questions_of
from server.surveys.forms.queries import answered_by_nobody, named_answers
from server.surveys.forms.words import answers
from server.surveys.queries import answered_check_ins
from web.checkin import read_again
from web.forms import Errors, read_form, ticked
from web.render import go_to, page
from web.toast import Toast

if TYPE_CHECKING:
    from server.matches.models import Match
    from server.surveys.models import FormAnswer, SurveyInvitation

HERE = "/you/answers"


@dataclass(frozen=True, slots=True)
class Told:
    """One answered survey: each question with its answer in words."""

    survey: str
    about: str
    at: datetime
    answers: list[tuple[str, str]]


async def show(request: Request) -> Response:
    """Everything one answered with a name, the latest first; and how to have it erased."""
    actor, errors = request.state.actor, Errors()
    if request.method == "POST":
        if ticked(await read_form(request), "sure"):
            await erase_answers(actor, actor.person_id)
            return go_to(request, HERE, toast=Toast(_("Your answers are erased.")))
        errors.add("sure", _("Tick that you are sure: nobody can bring them back."))
    told = [_told(one, request) for one in await named_answers(actor)]
    check_ins = [
        (one.id, _about(one.match, request), one.answered_at) for one in await answered_check_ins(actor)
    ]
    return page(
        request, "you/answers.html", status=422 if errors else 200, errors=errors, told=told, check_ins=check_ins,
        nobodys=_nobodys(await answered_by_nobody(actor)),
    )


async def take(request: Request) -> Response:
    """The same as a file that other programmes read."""
    actor = request.state.actor
    told = [_told(one, request) for one in await named_answers(actor)]
    content = {
        "answers": [
            {"survey": one.survey, "about": one.about, "answered_at": one.at.isoformat(),
             "answers": [{"question": asked, "answer": said} for asked, said in one.answers]}
            for one in told
        ],
        "check_ins": [await _check_in(request, one) for one in await answered_check_ins(actor)],
        "anonymous": _nobodys(await answered_by_nobody(actor)),
    }
    return Response(
        json.dumps(content, ensure_ascii=False, indent=2), media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-answers.json"'},
    )


async def _check_in(request: Request, asked: SurveyInvitation) -> dict[str, object]:
    """A check-in as its own page shows it."""
    shown = await check_in_page(request.state.actor, asked.id)
    answers = [{"question": label, "answer": said} for label, said in read_again(shown)]
    return {
        "about": _about(asked.match, request), "answered_at": asked.answered_at and asked.answered_at.isoformat(),
        "answers": answers, "words": shown.answer.words if shown.answer else "",
    }


def _about(match: Match, request: Request) -> str:
    name = company_of(match, request.state.person.id).first_name
    return _("%(program)s, with %(name)s") % {"program": match.program.name, "name": name}


def _told(row: FormAnswer, request: Request) -> Told:
    asked = row.invitation
    return Told(
        asked.form.name, _about(asked.match, request), row.answered_at,
        answers(questions_of(asked.form.questions), row.numbers, row.words),
    )


def _nobodys(count: int) -> str:
    """Why anonymous answers are not here; "" for who gave none."""
    if not count:
        return ""
    many = ngettext(
        "You also answered %(num)d anonymous survey.", "You also answered %(num)d anonymous surveys.", count
    ) % {"num": count}
    why = _("Nothing leads from such an answer to you. So nobody can show it, hand it out or erase it.")
    return f"{many} {why}"


routes = [
    Route(HERE, show, methods=["GET", "POST"], name="you-answers"),
    Route(f"{HERE}/file", take, name="you-answers-file"),
]
