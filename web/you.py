"""You: a quiet room. Each card saves on its own; nothing here is the next thing to do."""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.actions import end_session
from server.journey.you.actions import ProfileForm, save_look, save_profile, save_times
from server.journey.you.queries import YouPage, you_page
from server.kernel import clock
from server.kernel.errors import Invalid
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.notifications.push import actions as pushing
from server.notifications.push import queries as pushed
from server.people import actions as people
from server.people.states import DayPart, Look
from web import consents, forms, join_words, you_words
from web.forms import Errors
from web.push_key import address_in
from web.render import go_to, page
from web.sign_in import browser_of
from web.toast import Toast
from web.you_words import Shown, profile_of, shown_of


async def show(request: Request) -> Response:
    """Everything one set for oneself."""
    seen = await you_page(request.state.actor)
    return await _page(request, seen, shown_of(seen))


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
    )


def _said(form: FormData) -> ProfileForm:
    return ProfileForm(
        preferred_name=forms.text(form, "preferred_name", 120), languages=forms.values(form, "languages"),
        about=forms.text(form, "about", 2_000, lines=True),
        words_for_mentees=forms.text(form, "words_for_mentees", 300),
        offered=forms.ids(form, "offered"), another_offered=forms.text(form, "another_offered", 120),
        wanted=forms.ids(form, "wanted"), another_wanted=forms.text(form, "another_wanted", 120),
    )


async def times(request: Request) -> Response:
    """Save when one usually has time."""
    form = await forms.read_form(request)
    parts, zone = forms.choices(DayPart, form, "day_parts"), forms.text(form, "zone", 64)
    try:
        await save_times(request.state.actor, parts, zone)
    except Invalid as refusal:
        seen = await you_page(request.state.actor)
        return await _page(request, seen, shown_of(seen, parts=parts, zone=zone), refusal)
    return _saved(request, "times")


async def messages(request: Request) -> Response:
    """Save which kinds of messages reach one. What is not ticked, and may be switched off, is."""
    form = await forms.read_form(request)
    kinds = you_words.switchable(request.state.actor)
    wanted = forms.values(form, "kinds")
    await people.set_muted_kinds(request.state.actor, [kind.key for kind in kinds if kind.key not in wanted])
    return _saved(request, "reaches")


async def look(request: Request) -> Response:
    """Save which colours one sees, and which language one reads."""
    form = await forms.read_form(request)
    language = forms.text(form, "language", 20) if "language" in form else None
    try:
        await save_look(request.state.actor, forms.choice(Look, form, "look") or Look.SYSTEM, language)
    except Invalid as refusal:
        seen = await you_page(request.state.actor)
        return await _page(request, seen, shown_of(seen), refusal)
    return _saved(request, "look")


async def sign_out_device(request: Request) -> Response:
    """Sign another browser out."""
    await end_session(request.state.actor, request.path_params["id"])
    return go_to(request, "/you#devices", toast=Toast(_("Signed out there")))


async def push(request: Request) -> Response:
    """Tell this browser at once from now on."""
    form = await forms.read_form(request)
    try:
        await pushing.subscribe(request.state.actor, browser_of(request), *address_in(form))
    except Invalid as refusal:
        seen = await you_page(request.state.actor)
        return await _page(request, seen, shown_of(seen), refusal)
    return go_to(request, "/you#devices", toast=Toast(_("This device tells you from now on")))


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


async def _page(request: Request, seen: YouPage, shown: Shown, refusal: Invalid | None = None) -> Response:
    errors = Errors()
    if refusal:
        errors.take(refusal)
    return page(
        request, "you/you.html", status=422 if errors else 200, errors=errors, seen=seen, shown=shown,
        day_parts=join_words.day_parts(), facts=you_words.facts(seen),
        kinds=you_words.kind_rows(request.state.actor, seen.profile.muted_kinds),
        **consents.words_of(seen.consents),
        devices=you_words.devices(seen.sessions, browser_of(request)), looks=you_words.looks(), is_demo=settings().demo,
        own_languages=you_words.own_languages(seen.person, request.state.viewer), now=clock.now(),
        push=await _push(request),
    )


routes = [
    Route("/you", show, name="you"),
    Route("/you/profile", profile, methods=["GET", "POST"], name="you-profile"),
    Route("/you/times", times, methods=["POST"], name="you-times"),
    Route("/you/messages", messages, methods=["POST"], name="you-messages"),
    Route("/you/look", look, methods=["POST"], name="you-look"),
    Route("/you/push", push, methods=["POST"], name="you-push"),
    Route("/you/push/stop", push_stop, methods=["POST"], name="you-push-stop"),
    Route("/you/device/{id:uuid}/sign-out", sign_out_device, methods=["POST"], name="you-device-sign-out"),
]
