"""Pages and fragments from one template: whole for a browser, one block for htmx (style/anchors.md, section 5)."""

import json
from collections.abc import Callable, Mapping, Sized
from contextvars import ContextVar
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.runtime import Macro
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from server.kernel.ids import new_id
from server.kernel.text import gettext, ngettext, pgettext, register_catalogue, set_language, set_terms, use_terms
from server.programs.branding.setup import AS_USUAL, Branding, branding_of
from server.programs.terms.setup import terms_of
from web import dates
from web.assets import asset_url, first_visit_css, manifest
from web.navigation import console_places, places
from web.toast import Toast, put_toast, take_toast
from web.viewer import Theme, viewer_of
from web.voyage import voyage

if TYPE_CHECKING:
    from server.programs.models import Program

Said = TypeVar("Said")
TEMPLATES = Path(__file__).parent / "templates"

# In the order in which they use each other: a module sees only the globals that stand before it.
COMPONENTS = (
    "icons", "button", "words", "person", "field", "choice", "surface", "error", "voyage", "match", "journey",
    "session", "message", "table", "record", "figure", "nav", "toast", "reference", "stopped",
)


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part; boosted links and history restores want the whole page."""
    asked = request.headers
    whole = "HX-Boosted" in asked or "HX-History-Restore-Request" in asked
    return asked.get("HX-Request") == "true" and not whole


_branding: ContextVar[Branding] = ContextVar("branding", default=AS_USUAL)

LOOK_COOKIE = "ithaca_look"       # the colours this browser was asked to show, so that the way in has them too
WHO_COOKIE = "ithaca_who"         # a mark of who looks, for the page's own script: nobody gets what another wrote here
STYLE_COOKIE = "ithaca_style"     # which style sheet this browser holds, so that it stands in the page only once
A_YEAR_S = 31_536_000


def page(
    request: Request, template: str, *, block: str = "main", status: int = 200, say: str = "",
    toast: Toast | None = None, **values: object,
) -> HTMLResponse:
    """Answer with the whole page, or with `block` alone when htmx asks.

    `say` goes to the live region, `toast` to the toast region; both also work in a whole page. A toast that
    `go_to` left behind is shown on the next whole page.
    """
    speak_to(request)
    compiled = ENV.get_template(template)
    shown = {"errors": {}, **values, "say": say, "toast_shown": toast, **_frame(request)}
    if is_fragment(request):
        return HTMLResponse(_fragment(compiled, block, shown), status, headers={"Vary": "HX-Request"})
    return _whole_page(request, compiled, shown, status)


def go_to(request: Request, url: str, *, toast: Toast | None = None) -> Response:
    """Send the person on after a change: 303, or HX-Redirect when htmx asked. The toast waits for the next page."""
    if is_fragment(request):
        response = Response(status_code=204, headers=_onward(request, url))
    else:
        response = RedirectResponse(url, 303)
    if toast:
        put_toast(response, toast, secure=request.url.scheme == "https")
    return response


def _onward(request: Request, url: str) -> dict[str, str]:
    """What htmx goes by. To another place on the very page it would only jump: that page is loaded anew."""
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    only_a_jump = "#" in url and urlsplit(url).path == here
    return {"HX-Redirect": url} | ({"HX-Refresh": "true"} if only_a_jump else {})


def speak_to(request: Request) -> None:
    """Set language and zone of this task to the viewer's, if there is one."""
    viewer = viewer_of(request)
    if viewer:
        set_language(viewer.language)
        dates.set_zone(viewer.zone)


def speak_of(program: "Program") -> None:
    """Say and show the rest of this task as a programme does: what a page shows is of it alone."""
    set_terms(terms_of(program))
    look_like(branding_of(program.branding))


def in_words_of(program: "Program", caller: Callable[[], Said]) -> Said:
    """What `caller` says, as a programme says it: a card or a row of its own, on a page that others share."""
    with use_terms(terms_of(program)):
        return caller()


def look_like(branding: Branding) -> None:
    """Show the pages of people, for the rest of this task, under a programme's name and in its colour."""
    _branding.set(branding)


def _whole_page(request: Request, compiled: Template, shown: dict[str, object], status: int) -> HTMLResponse:
    left, held = take_toast(request), request.cookies.get(STYLE_COOKIE)
    style, secure = manifest().assets["participant.css"].name, request.url.scheme == "https"
    html = compiled.render({
        **shown, "toast_shown": shown["toast_shown"] or left,
        "first_visit_css": Markup(first_visit_css()) if held != style else "",  # noqa: S704 (our own style sheet)
    })
    response = HTMLResponse(html, status, headers={"Vary": "HX-Request"})
    if left:
        put_toast(response, None, secure=secure)
    kept = {STYLE_COOKIE: style, LOOK_COOKIE: str(shown["theme"])}
    for name, value in kept.items():
        if request.cookies.get(name, "system" if name == LOOK_COOKIE else "") != value:
            response.set_cookie(name, value, A_YEAR_S, path="/", secure=secure, httponly=True, samesite="lax")
    mark = mark_of(request)
    if mark and request.cookies.get(WHO_COOKIE) != mark:
        response.set_cookie(WHO_COOKIE, mark, A_YEAR_S, path="/", secure=secure, samesite="lax")
    return response


def mark_of(request: Request) -> str:
    """A short mark of the signed-in person, "" for nobody: it names nobody, and tells two people apart."""
    person = getattr(request.state, "person", None)
    return sha256(person.id.bytes).hexdigest()[:12] if person else ""


def theme_of(request: Request) -> Theme:
    """The viewer's colours; before anybody signs in, those that this browser showed last."""
    viewer, held = viewer_of(request), request.cookies.get(LOOK_COOKIE, "")
    if viewer:
        return viewer.theme
    return "dark" if held == "dark" else "light" if held == "light" else "system"


def _fragment(compiled: Template, block: str, values: Mapping[str, object]) -> str:
    context = compiled.new_context(dict(values))
    title = "".join(compiled.blocks["title"](context)) if "title" in compiled.blocks else ""
    head = f"<title>{document_title(title, cast(Sized, values['errors']))}</title>" if title else ""
    body = "".join(compiled.blocks[block](context))
    return head + body + str(cast(Any, ENV.globals["aside_of_fragment"])(values["say"], values["toast_shown"]))


def document_title(title: str, errors: Sized = ()) -> Markup:
    """"Your match - Ithaca", after "Fix one thing: " when the page shows errors. `title` is a rendered block."""
    count = len(errors) if errors else 0
    prefix = ngettext("Fix one thing: ", "Fix %(num)d things: ", count) % {"num": count} if count else ""
    return Markup("{}{} - Ithaca").format(prefix, Markup(title.strip()))  # noqa: S704 (escaped by its own template)


def initials(name: str) -> str:
    """One or two letters for a name: the first of its first and of its last word."""
    words = name.split()
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


def tone(name: str) -> str:
    """A quiet colour that belongs to a name, always the same one."""
    return ("", "sun", "leaf", "plum")[crc32(name.encode()) % 4]


def _frame(request: Request) -> dict[str, object]:
    """What every layout may use."""
    viewer, path = viewer_of(request), request.url.path
    is_of_console = path.startswith("/console")
    return {
        "brand": AS_USUAL if is_of_console else _branding.get(),
        "request": request, "viewer": viewer, "path": path, "theme": theme_of(request),
        "places": places(viewer, path), "console_places": console_places(viewer, path),
    }


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, cache_size=-1, extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    cast(Any, env).install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext)
    env.filters.update({**dates.FILTERS, "initials": initials, "tone": tone})
    env.globals.update({
        "asset_url": asset_url, "new_id": new_id, "document_title": document_title, "voyage_of": voyage,
        "HTMX_CONFIG": HTMX_CONFIG, "SKY_LIGHT": "#F2F6F8", "SKY_DARK": "#0A161D", "in_words_of": in_words_of,
    })
    for name in COMPONENTS:
        module = cast(Any, env.get_template(f"components/{name}.html")).module
        env.globals.update({key: value for key, value in vars(module).items() if isinstance(value, Macro)})
    return env


# The five settings of engineering/accessibility.md, section 2: errors with 422 are shown, nothing is evaluated,
# no page is kept in the browser's storage, and no style is written into the page.
HTMX_CONFIG = json.dumps({
    "responseHandling": [
        {"code": "204", "swap": False}, {"code": "[23]..", "swap": True}, {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
    "allowEval": False, "historyCacheSize": 0, "refreshOnHistoryMiss": True, "includeIndicatorStyles": False,
}, separators=(",", ":"))

register_catalogue(Path(__file__).parent / "locale")
ENV = _environment()
