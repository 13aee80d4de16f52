"""When one usually has time, and where one is; another time zone says what it does to what is booked."""

from collections.abc import Collection
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.moving.actions import set_person_facts
from server.journey.you.actions import save_times
from server.journey.you.queries import Times, my_times
from server.kernel import clock
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.people.queries import day_parts_of
from server.people.states import DayPart
from web import forms, join_words
from web.dates import moment
from web.forms import Errors
from web.render import go_to, is_fragment, page
from web.toast import Toast

ZONE_LETTERS, MOVED_SHOWN = 64, 3


async def save(request: Request) -> Response:
    """Save when one usually has time."""
    form, was = await forms.read_form(request), request.state.person.zone
    parts, zone = forms.choices(DayPart, form, "day_parts"), forms.text(form, "zone", ZONE_LETTERS)
    try:
        await save_times(request.state.actor, parts, zone)
    except Invalid as refusal:
        shown = {**words_of(await my_times(request.state.actor)), "parts": parts, "zone": zone}
        return _card(request, shown, errors=refusal)
    held = await my_times(request.state.actor, was)
    toast = Toast(_("Saved"), "/you/zone", {"zone": was}) if held.person.zone != was else Toast(_("Saved"))
    if is_fragment(request):
        return _card(request, words_of(held, was), toast=toast)
    return go_to(request, f"/you?was={quote(was)}#times" if held.ahead else "/you#times", toast=toast)


async def zone_back(request: Request) -> Response:
    """Take a change of the time zone back."""
    zone = forms.text(await forms.read_form(request), "zone", ZONE_LETTERS)
    await set_person_facts(request.state.actor, zone=zone)
    return go_to(request, "/you#times", toast=Toast(_("Undone. Your clock is as before.")))


def words_of(held: Times, was: str = "") -> dict[str, Any]:
    """What the card shows. `was`: the zone before, where it was just changed."""
    return {
        "day_parts": join_words.day_parts(), "parts": day_parts_of(held.blocks), "zone": held.person.zone,
        "own_zone": held.person.zone, "now": clock.now(), "moved": _moved(held, was),
    }


def _moved(held: Times, was: str) -> Collection[tuple[str, str]]:
    """What is booked: when it is on the new clock, and when it was on the old one; nothing where both show the same."""
    found = [(moment(one.starts_at, held.person.zone), moment(one.starts_at, was)) for one in held.ahead]
    return [(now, before) for now, before in found if now != before][:MOVED_SHOWN]


def _card(
    request: Request, shown: dict[str, Any], *, errors: Invalid | None = None, toast: Toast | None = None
) -> Response:
    found = Errors()
    if errors:
        found.take(errors)
    return page(
        request, "you/timing.html", block="times", status=422 if found else 200, errors=found, toast=toast, **shown
    )


routes = [
    Route("/you/times", save, methods=["POST"], name="you-times"),
    Route("/you/zone", zone_back, methods=["POST"], name="you-zone"),
]
