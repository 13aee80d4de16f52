"""Which language one reads in, and which colours one sees: both change the whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.you.actions import save_look
from server.kernel.errors import Invalid
from server.kernel.text import DEFAULT_LANGUAGE, language_name
from server.kernel.text import gettext as _
from server.people.states import Look
from web import forms
from web.forms import Errors
from web.join_words import COMMON_LANGUAGES
from web.render import go_to, page
from web.toast import Toast
from web.viewer import Viewer

if TYPE_CHECKING:
    from server.people.models import Person

LANGUAGE_LETTERS = 20


async def save(request: Request) -> Response:
    """Save which colours one sees, and which language one reads."""
    form, errors, state = await forms.read_form(request), Errors(), request.state
    chosen = forms.choice(Look, form, "look") or Look.SYSTEM
    language = forms.text(form, "language", LANGUAGE_LETTERS) if "language" in form else None
    try:
        await save_look(state.actor, chosen, language)
        return go_to(request, "/you#look", toast=Toast(_("Saved")))
    except Invalid as refusal:
        errors.take(refusal)
    shown = words_of(state.person, state.viewer, chosen)
    return page(request, "you/looking.html", block="look", status=422, errors=errors, **shown)


def words_of(person: Person, viewer: Viewer, look: Look) -> dict[str, Any]:
    """What the card shows. `look`: the one that stands chosen."""
    return {
        "looks": [(Look.SYSTEM.value, _("System")), (Look.LIGHT.value, _("Light")), (Look.DARK.value, _("Dark"))],
        "chosen_look": look.value, "own_languages": _languages(person, viewer), "own_language": person.language,
    }


def _languages(person: Person, viewer: Viewer) -> list[tuple[str, str]]:
    """Languages to read in: the organisation's, those one talks in, and what is common."""
    tags = dict.fromkeys([DEFAULT_LANGUAGE, *([person.language] if person.language else []), *person.languages])
    common = {tag: None for tag in COMMON_LANGUAGES if tag != "en"}
    return [("", _("As in %(name)s") % {"name": viewer.organization_name}), *(
        (tag, language_name(tag)) for tag in tags | common
    )]


routes = [Route("/you/look", save, methods=["POST"], name="you-look")]
