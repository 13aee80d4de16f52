"""The link of a letter that ends such letters: for a mail program at once, for a person by a page with one button.

Mail scanners open every link, so opening changes nothing. The link says whose letters they are; the page does not, and
asks nobody who they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from server.notifications.optout.actions import switch_mail
from server.notifications.optout.links import ONE_CLICK
from server.notifications.optout.queries import About, look
from server.notifications.states import MessageClass
from web import forms
from web.render import page, speak_to, theme_of
from web.viewer import Viewer

LONGEST_KEY = 100
NAME, _sign, VALUE = ONE_CLICK.partition("=")
ASKED: Mapping[str, str] = MappingProxyType({"name": NAME, "value": VALUE})
"""What a mail program sends, and the page's own form as well."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of the letters of a class: asked, done, and taken back."""

    asks: str
    about: str
    done: str
    undone: str


async def show(request: Request) -> Response:
    """What a link would end, and the button that does it; or kindly why it does nothing any more."""
    key = _key_of(request)
    try:
        about = await look(key)
    except NotFound:
        return _over(request, 404)
    _speak_as(request, about)
    return _old(request) if about.is_old else _page(request, about, "asks", key)


async def end(request: Request) -> Response:
    """A mail program ends these letters, or a person pressed the button. No cookie is looked at."""
    form, key = await forms.read_form(request), _key_of(request)
    if forms.values(form, NAME) != [VALUE]:
        raise Invalid({"": _("Nothing was changed. Open the link, and press its button.")})
    return await _switched(request, key, comes=False)


async def undo(request: Request) -> Response:
    """A person takes it back, on our own page."""
    key = forms.text(await forms.read_form(request), "key", LONGEST_KEY)
    return await _switched(request, key, comes=True)


async def _switched(request: Request, key: str, *, comes: bool) -> Response:
    try:
        _speak_as(request, await look(key))
        about = await switch_mail(key, comes=comes)
    except NotFound:
        return _over(request, 404)
    except Conflict:
        return _old(request, 410)
    return _page(request, about, "undone" if comes else "done", key)


def _key_of(request: Request) -> str:
    return request.query_params.get("key", "")


def _speak_as(request: Request, about: About) -> None:
    """The page speaks the language of the letter, and names nobody."""
    if request.state.viewer is None:
        request.state.viewer = Viewer("", "", language=about.language, theme=theme_of(request))
    speak_to(request)


def _page(request: Request, about: About, step: str, key: str) -> Response:
    words = _words()[about.message_class]
    return page(request, "unsubscribe/unsubscribe.html", step=step, words=words, key=key, asked=ASKED)


def _old(request: Request, status: int = 200) -> Response:
    return page(
        request, "unsubscribe/over.html", status=status, title=_("This link is too old"),
        text=_("It stood in a letter of more than a year ago. Newer ones have a link that works."),
    )


def _over(request: Request, status: int) -> Response:
    return page(
        request, "unsubscribe/over.html", status=status, title=_("This link does nothing any more"),
        text=_("It was cut short, or no such letters go any more to whom it was written."),
    )


def _words() -> dict[MessageClass, Words]:
    return {
        MessageClass.NUDGE: Words(
            _("No more reminders by e-mail?"), _("They bring to mind what waits for you, such as a time to choose."),
            _("No more reminders by e-mail"), _("Reminders come by e-mail again"),
        ),
        MessageClass.SURVEY: Words(
            _("No more check-ins by e-mail?"), _("They ask how it goes, half-way and at the end."),
            _("No more check-ins by e-mail"), _("Check-ins come by e-mail again"),
        ),
        MessageClass.REPORT: Words(
            _("No more reports by e-mail?"), _("They tell who runs a programme what waits there."),
            _("No more reports by e-mail"), _("Reports come by e-mail again"),
        ),
    }


routes = [
    Route("/unsubscribe", show, name="unsubscribe"),
    Route("/unsubscribe", end, methods=["POST"], name="unsubscribe-done"),
    Route("/unsubscribe/undo", undo, methods=["POST"], name="unsubscribe-undo"),
]
