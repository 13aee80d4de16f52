"""What one agrees to: each consent is a switch that saves by itself, and its history stands below."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.you.queries import Consents, my_consents
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.people import actions as people
from server.people.states import ConsentPurpose
from web import forms
from web.dates import day_month
from web.render import go_to, is_fragment, page
from web.toast import Toast

HERE = "/you#consents"


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A purpose with its wording, what is said below it, and whether the switch is on."""

    action: str
    text: str
    detail: str
    on: bool


async def switch(request: Request) -> Response:
    """Say yes or no to one purpose. Taking back what one needs to take part is explained before it counts."""
    form, held = await forms.read_form(request), await my_consents(request.state.actor)
    purpose, given = _purpose(request, held), forms.ticked(form, "given")
    if purpose in held.needed and not given and not forms.ticked(form, "sure"):
        return _card(request, held, at_stake=purpose)
    fresh = await people.record_consents(request.state.actor, {purpose: given})
    toast = _word(held, purpose, given) if fresh else None
    if not is_fragment(request):
        return go_to(request, HERE, toast=toast)
    return _card(request, await my_consents(request.state.actor), toast=toast)


def words_of(held: Consents, at_stake: ConsentPurpose | None = None) -> dict[str, Any]:
    """What the card shows. `at_stake`: what somebody is about to take back."""
    return {
        "consent_rows": _rows(held, held.agreed), "history": _history(held),
        "at_stake": _address(at_stake) if at_stake else "", "effect": _effect() if at_stake else "",
    }


def _card(
    request: Request, held: Consents, *, at_stake: ConsentPurpose | None = None, toast: Toast | None = None
) -> Response:
    shown = words_of(held, at_stake)
    return page(request, "you/agreeing.html", block="consents", say=shown["effect"], toast=toast, **shown)


def _purpose(request: Request, held: Consents) -> ConsentPurpose:
    found = next((one for one in held.texts if _address(one) == request.url.path), None)
    if found is None:
        raise NotFound
    return found


def _word(held: Consents, purpose: ConsentPurpose, given: bool) -> Toast:
    """What was done, and the other answer as its Undo."""
    words = (_("Switched on: %(wording)s") if given else _("Switched off: %(wording)s")) % {
        "wording": held.texts[purpose].wording,
    }
    return Toast(words, _address(purpose), {"given": "" if given else "1", "sure": "1"})


def _rows(held: Consents, agreed: Collection[ConsentPurpose]) -> list[ConsentRow]:
    """Every purpose that there is a wording for, with why, and since when an answer stands."""
    return [
        ConsentRow(_address(purpose), text.wording, _since(held, purpose, text.explanation), purpose in agreed)
        for purpose, text in held.texts.items()
    ]


def _history(held: Consents) -> list[tuple[datetime, str]]:
    """Every answer in words, the latest first."""
    yes, no = _("Yes to “%(wording)s”, text version %(version)d."), _("No to “%(wording)s”, text version %(version)d.")
    return [
        (one.at, (yes if one.given else no) % {"wording": one.text.wording, "version": one.text.version})
        for one in held.history
    ]


def _effect() -> str:
    """What taking back the consent to be matched means."""
    return _("Then nobody is suggested to you, and you are suggested to nobody. What waits for an answer is taken "
             "back without a reason. People you meet already stay. You can agree again at any time.")


def _since(held: Consents, purpose: ConsentPurpose, why: str) -> str:
    answer = held.held.get(purpose)
    if answer is None:
        return why
    if answer.given and purpose not in held.agreed:
        return f"{why} {_('The text has changed since you agreed.')}".strip()
    words = _("Since %(day)s.") if answer.given else _("Off since %(day)s.")
    return f"{why} {words % {'day': day_month(answer.at)}}".strip()


def _address(purpose: ConsentPurpose) -> str:
    return f"/you/consents/{purpose.value.lower()}"


routes = [
    Route("/you/consents/{purpose}", switch, methods=["POST"], name="you-consent"),
]
