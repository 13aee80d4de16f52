"""You: a quiet room. Each card saves on its own; nothing here is the next thing to do."""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.actions import end_session
from server.journey.you.actions import ProfileForm, save_profile
from server.journey.you.queries import my_people, you_page
from server.kernel.errors import Invalid
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.notifications.bounces.actions import try_again
from server.notifications.push import actions as pushing
from server.notifications.push import queries as pushed
from web import consents, forms, join_words, look, reaching, times, ways, you_words
from web.forms import Errors
from web.offers import PATH_LETTERS
from web.push_key import address_in
from web.render import go_to, page
from web.sign_in import browser_of, own_path
from web.toast import Toast
from web.you_words import profile_of


async def show(request: Request) -> Response:
    """Everything one set for oneself."""
    was = request.query_params.get("was", "")
    seen = await you_page(request.state.actor, was)
    return page(
        request, "you/you.html", seen=seen,
        facts=you_words.facts(seen), **consents.words_of(seen.consents), **times.words_of(seen.times, was),
        **await reaching.words_of(request, seen.profile.muted_kinds),
        devices=you_words.devices(seen.sessions, browser_of(request)), is_demo=settings().demo,
        **look.words_of(seen.person, request.state.viewer, seen.profile.look), push=await _push(request),
    )


async def profile(request: Request) -> Response:
    """What one says of oneself, to change on a page of its own."""
    seen, errors = await you_page(request.state.actor), Errors()
    said = profile_of(seen)
    if request.method == "POST":
        said = _said(await forms.read_form(request))
        try:
            await save_profile(request.state.actor, said)
            return _saved(request, "profile")
        except Invalid as refusal:
            errors.take(refusal)
    return page(
        request, "you/editing.html", status=422 if errors else 200, errors=errors, seen=seen, said=said,
        languages=join_words.language_chips(seen.person, said.languages), skill_sides=you_words.skill_sides(seen),
        ways=ways.questions(said.styles, said.pref_department),
    )


def _said(form: FormData) -> ProfileForm:
    return ProfileForm(
        preferred_name=forms.text(form, "preferred_name", 120), languages=forms.values(form, "languages"),
        about=forms.text(form, "about", 2_000, lines=True),
        words_for_mentees=forms.text(form, "words_for_mentees", 300),
        offered=forms.ids(form, "offered"), another_offered=forms.text(form, "another_offered", 120),
        wanted=forms.ids(form, "wanted"), another_wanted=forms.text(form, "another_wanted", 120),
        styles=ways.styles_in(form), pref_department=ways.wish_in(form),
    )


async def people(request: Request) -> Response:
    """Whom one keeps in mind, and whom one set aside."""
    found = await my_people(request.state.actor)
    shelves = [(False, _("Kept in mind")), (True, _("Not suggested again"))]
    return page(
        request, "you/people.html",
        shelves=[(name, [one for one in found if one.is_aside is aside]) for aside, name in shelves],
    )


async def sign_out_device(request: Request) -> Response:
    """Sign another browser out."""
    await end_session(request.state.actor, request.path_params["id"])
    return go_to(request, "/you#devices", toast=Toast(_("Signed out there")))


async def mail_again(request: Request) -> Response:
    """Let mail go to one's own address again."""
    await try_again(request.state.actor, request.state.actor.person_id)
    return go_to(request, "/you#reaches", toast=Toast(_("The next mail goes there again")))


async def push(request: Request) -> Response:
    """Tell this browser at once from now on."""
    form, errors = await forms.read_form(request), Errors()
    onward = own_path(forms.text(form, "next", PATH_LETTERS)) or "/you#devices"
    try:
        await pushing.subscribe(request.state.actor, browser_of(request), *address_in(form))
    except Invalid as refusal:
        errors.take(refusal)
        return page(request, "you/pushing.html", status=422, errors=errors, push=await _push(request), back=onward)
    return go_to(request, onward, toast=Toast(_("This device tells you from now on")))


async def push_stop(request: Request) -> Response:
    """Tell this browser no more."""
    await pushing.unsubscribe(request.state.actor, browser_of(request))
    return go_to(request, "/you#devices", toast=Toast(_("This device tells you no more")))


@dataclass(frozen=True, slots=True)
class Push:
    """Whether this browser is told, and if not, whether it is time to ask."""

    on: bool
    asks: bool


async def _push(request: Request) -> Push:
    actor = request.state.actor
    if await pushed.is_told(actor, browser_of(request)):
        return Push(on=True, asks=False)
    return Push(on=False, asks=await pushed.may_be_asked(actor))


def _saved(request: Request, card: str) -> Response:
    return go_to(request, f"/you#{card}", toast=Toast(_("Saved")))


routes = [
    Route("/you", show, name="you"),
    Route("/you/profile", profile, methods=["GET", "POST"], name="you-profile"),
    Route("/you/people", people, name="you-people"),
    Route("/you/mailbox", mail_again, methods=["POST"], name="you-mailbox"),
    Route("/you/push", push, methods=["POST"], name="you-push"),
    Route("/you/push/stop", push_stop, methods=["POST"], name="you-push-stop"),
    Route("/you/device/{id:uuid}/sign-out", sign_out_device, methods=["POST"], name="you-device-sign-out"),
]
