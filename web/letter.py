"""Signing in by mail: an address, then the six digits where one started, or the link anywhere."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.letters.actions import ADDRESS_LETTERS, LIVES, Entered, ask_for_letter, enter_code, follow_link
from server.access.letters.queries import shown_link, waiting
from server.access.states import LetterState
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import gettext as _
from web import forms
from web.forms import Errors
from web.render import go_to, page
from web.sign_in import NEXT_LETTERS, cookie_name, device_of, door, onward_to, own_path, put_secret

LONGEST_CODE = 40
"""As much as somebody may paste around six digits."""


async def ask(request: Request) -> Response:
    """An address was typed: the answer is the same for every one."""
    form, errors = await forms.read_form(request), Errors()
    email, onward = forms.text(form, "email", ADDRESS_LETTERS), own_path(forms.text(form, "next", NEXT_LETTERS))
    try:
        secret = await ask_for_letter(email, network=request.client.host if request.client else "", onward=onward)
    except Invalid as refusal:
        errors.take(refusal)
        return door(request, onward, status=422, email=email, errors=errors)
    response = go_to(request, "/sign-in/code")
    _put_waiting(request, response, secret)
    return response


async def code(request: Request) -> Response:
    """Where the six digits are typed."""
    return await _code_page(request)


async def enter(request: Request) -> Response:
    """Six digits were typed."""
    form, errors = await forms.read_form(request), Errors()
    try:
        entered = await enter_code(
            request.cookies.get(_waiting_name(request), ""), forms.text(form, "code", LONGEST_CODE),
            device=device_of(request), leaving=request.cookies.get(cookie_name(request), ""),
        )
    except Invalid as refusal:
        errors.take(refusal)
        return await _code_page(request, 422, errors)
    except Conflict:
        return await _code_page(request, 409)
    except NotFound:
        return go_to(request, "/sign-in")
    return _welcome(request, entered)


async def link(request: Request) -> Response:
    """The page that a mail's button opens. Mail scanners open it too, so it changes nothing."""
    return await _link_page(request, request.query_params.get("key", ""))


async def follow(request: Request) -> Response:
    """A person pressed the button of that page."""
    key = forms.text(await forms.read_form(request), "key", forms.LONGEST_CODE)
    try:
        entered = await follow_link(
            request.path_params["id"], key, device=device_of(request),
            leaving=request.cookies.get(cookie_name(request), ""),
        )
    except Conflict:
        return await _link_page(request, key, 409)
    return _welcome(request, entered)


async def _code_page(request: Request, status: int = 200, errors: Errors | None = None) -> Response:
    seen = await waiting(request.cookies.get(_waiting_name(request), ""))
    if seen is None:
        return go_to(request, "/sign-in")
    return page(
        request, "sign_in/code.html", status=status, seen=seen, errors=errors or Errors(),
        is_open=seen.state is LetterState.OPEN, ended=_ended(seen.state),
    )


async def _link_page(request: Request, key: str, status: int = 200) -> Response:
    seen = await shown_link(request.path_params["id"], key)
    is_open = seen.state is LetterState.OPEN
    return page(request, "sign_in/link.html", status=status, seen=seen, key=key, is_open=is_open)


def _ended(state: LetterState) -> tuple[str, str]:
    """Why a code does not work any more: a title and a sentence."""
    return {
        LetterState.OPEN: ("", ""),
        LetterState.USED: (_("That code was used"), _("Each works once. Let us send a new one.")),
        LetterState.OLD: (_("That code is old"), _("Each works for 15 minutes. Let us send a new one.")),
        LetterState.VOID: (_("That was the last try"), _("A new code brings five new tries, at once.")),
    }[state]


def _welcome(request: Request, entered: Entered) -> Response:
    response = go_to(request, onward_to(entered.onward))
    put_secret(request, response, entered.secret)
    _put_waiting(request, response, "")
    return response


def _waiting_name(request: Request) -> str:
    return "__Host-ithaca-code" if request.url.scheme == "https" else "ithaca_code"


def _put_waiting(request: Request, response: Response, secret: str) -> None:
    """Let this browser, and no other, type the code of the mail that is on its way."""
    response.set_cookie(
        _waiting_name(request), secret, int(LIVES.total_seconds()) if secret else 0, path="/",
        secure=request.url.scheme == "https", httponly=True, samesite="lax",
    )


routes = [
    Route("/sign-in", ask, methods=["POST"], name="sign-in-ask"),
    Route("/sign-in/code", code, name="sign-in-code"),
    Route("/sign-in/code", enter, methods=["POST"], name="sign-in-enter"),
    Route("/sign-in/link/{id:uuid}", link, name="sign-in-link"),
    Route("/sign-in/link/{id:uuid}", follow, methods=["POST"], name="sign-in-follow"),
]
