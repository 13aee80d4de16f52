"""What people agree to: for each purpose the wording in force, and a new one in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.actor import require
from server.kernel.errors import Invalid, NotFound
from server.kernel.text import gettext as _
from server.people import rules
from server.people.actions import publish_consent_text
from server.people.queries import consent_texts
from server.people.states import NEVER_NEEDED, ConsentPurpose
from web.dates import day_month
from web.forms import Errors, read_form, text, ticked
from web.render import go_to, page
from web.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.people.models import ConsentText

HERE = "/console/more/wordings"
WORDING_LETTERS, WHY_LETTERS = 200, 500


@dataclass(frozen=True, slots=True)
class Wording:
    """A purpose with who is asked, what stands today, and what its form holds. `may_be_needed`: whether it can be made
    a condition of taking part."""

    slug: str
    name: str
    asked: str
    state: str
    wording: str
    why: str
    needed: bool
    may_be_needed: bool
    is_new: bool


async def show(request: Request) -> Response:
    """Every purpose that people can be asked about."""
    return await _show(request, Errors())


async def publish(request: Request) -> Response:
    """Put a wording in force; the same again changes nothing."""
    form, errors, purpose = await read_form(request), Errors(), _purpose(request)
    wording = text(form, "wording", WORDING_LETTERS, errors, required=_("Write what people agree to."))
    why = text(form, "why", WHY_LETTERS, errors)
    needed = ticked(form, "needed")
    if not errors:
        try:
            row = await publish_consent_text(request.state.actor, purpose, wording, why, required=needed)
        except Invalid as refusal:
            errors.take(refusal)
        else:
            said = _("In force: %(wording)s") % {"wording": row.wording}
            return go_to(request, f"{HERE}#{purpose.value.lower()}", toast=Toast(said))
    return await _show(request, errors, purpose, (wording, why, needed))


async def _show(
    request: Request, errors: Errors, at: ConsentPurpose | None = None, typed: tuple[str, str, bool] = ("", "", False)
) -> Response:
    actor = request.state.actor
    require(rules.can_edit_organization(actor), _("change what people agree to"))
    held = await consent_texts(actor)
    rows = [_row(purpose, held, typed if purpose is at else None) for purpose in ConsentPurpose]
    return page(
        request, "console/wordings.html", status=422 if errors else 200, errors=errors, here=HERE, rows=rows,
        at=at.value.lower() if at else "", wording_letters=WORDING_LETTERS, why_letters=WHY_LETTERS,
    )


def _purpose(request: Request) -> ConsentPurpose:
    try:
        return ConsentPurpose(request.path_params["purpose"].upper())
    except ValueError:
        raise NotFound from None


def _row(
    purpose: ConsentPurpose, held: Mapping[ConsentPurpose, ConsentText], typed: tuple[str, str, bool] | None
) -> Wording:
    name, asked = _words()[purpose]
    row = held.get(purpose)
    kept = (row.wording, row.explanation, row.required) if row else ("", "", False)
    wording, why, needed = typed or kept
    return Wording(
        purpose.value.lower(), name, asked, _state(row), wording, why, needed,
        may_be_needed=purpose not in NEVER_NEEDED, is_new=row is None,
    )


def _state(row: ConsentText | None) -> str:
    if row is None:
        return _("There is no wording yet, so nobody is asked.")
    return _("Version %(number)d, in force since %(day)s.") % {
        "number": row.version, "day": day_month(row.created_at)}


def _words() -> dict[ConsentPurpose, tuple[str, str]]:
    """What each purpose is called, who is asked about it, and what a no means."""
    return {
        ConsentPurpose.MATCHING: (_("Being matched"), _(
            "Everybody is asked when they join. Who says no later is suggested to nobody.")),
        ConsentPurpose.RESULTS: (_("Answers in the results"), _("Everybody is asked when they join.")),
        ConsentPurpose.ALUMNI: (_("Being asked again"), _("Who has finished is asked at the end.")),
        ConsentPurpose.TALENT: (_("The employer’s rating in the matching"), _(
            "Asked in programmes for high potentials and succession, and nowhere else. A rating counts only where both "
            "of a pair agreed to the wording in force, and no screen shows it. Nobody needs to agree to take part.")),
    }


routes = [
    Route(HERE, show, name="console-wordings"),
    Route(f"{HERE}/{{purpose}}", publish, methods=["POST"], name="console-wording"),
]
