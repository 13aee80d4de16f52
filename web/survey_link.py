"""The link of a mail that answers a survey of one question: the page opens with the choice filled in.

Opening changes nothing; the person's own button sends it. The ticket says who answers; nobody need be signed in.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.form.actions import answer_by_link
from server.journey.form.queries import Held, SurveyPage, look
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from web import forms
from web.render import page, speak_to, theme_of
from web.survey import Typed, address, show, typed_by
from web.tap import LONGEST_TICKET
from web.viewer import Viewer


async def open_link(request: Request) -> Response:
    """The question with the choice of the mail; or kindly why the link does nothing any more."""
    secret = request.query_params.get("ticket", "")[:LONGEST_TICKET]
    try:
        held = await look(secret)
    except NotFound:
        return _unknown(request)
    if (over := _over(request, held)) is not None:
        return over
    typed = _chosen(request, held.shown)
    return show(request, held.shown, typed, forms.Errors(), ticket=secret, chosen=typed is not None)


async def send(request: Request) -> Response:
    """A person pressed the button."""
    form, errors = await forms.read_form(request), forms.Errors()
    secret = forms.text(form, "ticket", LONGEST_TICKET)[:LONGEST_TICKET]
    try:
        held = await look(secret)
        if (over := _over(request, held, 409)) is not None:
            return over
        typed = typed_by(form, held.shown, errors)
        if not errors:
            await answer_by_link(secret, numbers=typed.numbers, words=typed.words)
            return _told(
                request, _("Thank you"), _("Your answer is in. Sign in to change it, as long as it is open."),
                address(held.shown.invitation.id), "finished",
            )
    except NotFound:
        return _unknown(request)
    except Conflict as refusal:
        return _told(request, _("Nothing was sent"), refusal.message, "/", status=409)
    except Invalid as refusal:
        errors.take(refusal)
    return show(request, held.shown, typed, errors, ticket=secret)


def _over(request: Request, held: Held, status: int = 200) -> Response | None:
    """The page that says why there is nothing to answer; None while there is."""
    if request.state.person is not None and request.state.person.id != held.person.id:
        return _told(
            request, _("This link is for somebody else"),
            _("It was written to another person, so nothing was changed."), "/", "search", status=403,
        )
    _speak_as(request, held)
    if held.shown.is_answered:
        return _told(
            request, _("This was answered already"), _("Sign in to see your answer, and to change it."),
            address(held.shown.invitation.id), status=status,
        )
    if not held.shown.is_open:
        return _told(request, _("This survey is closed"), _("It took answers for some days."), "/", status=status)
    if held.is_spent:
        return _told(
            request, _("This link is more than a week old"), _("Sign in to answer: the survey is still open."),
            address(held.shown.invitation.id), status=status,
        )
    return None


def _chosen(request: Request, shown: SurveyPage) -> Typed | None:
    """The choice that stood in the mail, for the one question that takes one."""
    chosen = request.query_params.get("choice", "")
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < LONGEST_CHOICE else None
    only = shown.only_question
    if only is None or number not in only.takes:
        return None
    return Typed([number if one is only else None for one in shown.questions])


def _speak_as(request: Request, held: Held) -> None:
    """The page speaks to whom the link was written, in their language and zone."""
    if request.state.viewer is None:
        request.state.viewer = Viewer(
            held.person.full_name, held.organization.name, language=held.language, zone=held.person.zone,
            theme=theme_of(request),
        )
    speak_to(request)


def _unknown(request: Request) -> Response:
    return _told(
        request, _("We do not know this link"),
        _("It may have been cut short, or it is not good any more. Sign in to answer instead."), "/", "search",
        status=404,
    )


def _told(request: Request, title: str, words: str, onward: str, art: str = "boat", *, status: int = 200) -> Response:
    return page(request, "survey/over.html", status=status, title=title, words=words, onward=onward, art=art)


LONGEST_CHOICE = 4

routes = [
    Route("/survey", open_link, name="answer-survey"),
    Route("/survey", send, methods=["POST"], name="answer-survey-sent"),
]
