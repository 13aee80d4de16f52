"""A survey on one page: its questions, who sees the answers, and one button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.form.queries import SurveyPage, Waiting, session_at, survey_page
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.surveys.forms.actions import answer_form
from server.surveys.forms.form import LIKELY, WORDS_LETTERS, Question, questions_of
from server.surveys.forms.words import labels
from server.surveys.states import QuestionKind
from web.dates import day_long
from web.forms import Errors, integer, read_form, text, typed_in
from web.render import go_to, page
from web.toast import Toast

if TYPE_CHECKING:
    from server.surveys.models import FormAnswer, FormInvitation


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands on a page. `options`: value and words; `required`: an answer is needed."""

    name: str
    kind: QuestionKind
    text: str
    options: list[tuple[int, str]]
    chosen: int | str
    required: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds."""

    numbers: list[int | None]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A survey on the first page. `tapped`: its question, where one tap answers it."""

    id: UUID
    title: str
    about: str
    program: str
    anonymous: bool
    tapped: Asked | None


async def survey(request: Request) -> Response:
    """Ask, and take the answers."""
    actor, invitation_id, errors = request.state.actor, request.path_params["id"], Errors()
    typed: Typed | None = None
    if request.method == "POST":
        shown = await survey_page(actor, invitation_id)
        typed = typed_by(await read_form(request), shown, errors)
        if not errors:
            try:
                await answer_form(actor, invitation_id, numbers=typed.numbers, words=typed.words)
                return go_to(request, address(invitation_id), toast=Toast(_("Thank you.")))
            except Invalid as refusal:
                errors.take(refusal)
            except Conflict as refusal:
                errors.add("", refusal.message)
    return show(request, await survey_page(actor, invitation_id), typed, errors)


def show(
    request: Request, shown: SurveyPage, typed: Typed | None, errors: Errors, *, ticket: str = "", chosen: bool = False
) -> Response:
    """The page of a survey; with `ticket`, for whoever holds the link of a mail. `chosen`: a choice came from there."""
    kept = _answered(shown.answer) if shown.answer and not ticket else Typed([])
    told = typed if typed and shown.is_open else kept
    return page(
        request, "survey/survey.html", status=(422 if shown.is_open else 409) if errors else 200, shown=shown,
        title=shown.only_question.text if shown.only_question else shown.invitation.form.name,
        errors=errors if shown.is_open else Errors(), lost=[] if shown.is_open else typed_in(request),
        asked=asked(shown.questions, told), words=told.words, above=_about(shown), ticket=ticket, chosen=chosen,
        goes_to="/survey" if ticket else address(shown.invitation.id),
    )


def card(one: Waiting) -> Card:
    """A survey as the first page asks it."""
    form = one.invitation.form
    found = asked(questions_of(form.questions), Typed([]))
    tapped = next((said for said in found if one.tapped and said.kind is not QuestionKind.WORDS), None)
    about = _with(one.invitation, form.name if tapped else one.match.program.name, one.partner.first_name)
    return Card(
        one.invitation.id, tapped.text if tapped else form.name, about, one.match.program.name, form.anonymous, tapped,
    )


def asked(questions: tuple[Question, ...], typed: Typed) -> list[Asked]:
    """The questions with what was chosen."""
    chosen = ["" if number is None else number for number in typed.numbers] or [""] * len(questions)
    return [
        Asked(f"q{place}", one.kind, one.text, labels(one), number, one.required)
        for place, (one, number) in enumerate(zip(questions, chosen, strict=True), start=1)
    ]


def typed_by(form: FormData, shown: SurveyPage, errors: Errors) -> Typed:
    """What was chosen and typed."""
    numbers = [integer(form, f"q{place}", errors, most=LIKELY[-1]) for place, _one in enumerate(shown.questions, 1)]
    return Typed(numbers, text(form, "words", WORDS_LETTERS, lines=True))


def address(invitation_id: UUID) -> str:
    """The page of a survey."""
    return f"/survey/{invitation_id}"


def _answered(answer: FormAnswer) -> Typed:
    return Typed(list(answer.numbers), answer.words)


def _about(shown: SurveyPage) -> str:
    """What it is about, above its title."""
    title = shown.invitation.form.name if shown.only_question else shown.invitation.match.program.name
    return _with(shown.invitation, title, shown.partner.first_name)


def _with(invitation: FormInvitation, title: str, name: str) -> str:
    met = session_at(invitation)
    if met:
        return _("%(day)s, with %(name)s") % {"day": day_long(met), "name": name}
    return _("%(about)s, with %(name)s") % {"about": title, "name": name}


routes = [Route("/survey/{id:uuid}", survey, methods=["GET", "POST"], name="survey")]
