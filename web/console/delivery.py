"""What became of a programme's messages, kind by kind, and whether its reminders help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building.actions import change_part
from server.automation.building.queries import plan_of
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.notifications.catalogue import CATALOGUE
from server.notifications.proving.intervals import Share
from server.notifications.proving.queries import LEAST, Effect, Fates, outcome_of
from web.console.audit_words import Judged
from web.console.building import desk, desk_words
from web.forms import Errors, read_form, text
from web.render import go_to, page
from web.toast import Toast

HERE, SHARE = "/console/programs", "held_out_percent"


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether one kind of reminder helps, in words."""

    name: str
    nudged: str
    held_out: str
    between: str
    judged: Judged


async def show(request: Request) -> Response:
    """Both tables, and how many are left out."""
    return await _show(request, Errors())


async def leave_out(request: Request) -> Response:
    """Say in the draft how many are to be left out of reminders."""
    form, errors, refused = await read_form(request), Errors(), ""
    given, seen = desk.whole(form, (SHARE,)), text(form, "seen", desk.DIGEST_LETTERS)
    try:
        await change_part(request.state.actor, request.path_params["id"], given, seen=seen)
        return go_to(request, request.url.path, toast=Toast(_("Kept in the draft. Nobody notices it yet.")))
    except Invalid as refusal:
        errors.take(refusal)
    except Conflict:
        refused = desk_words.meanwhile()
    return await _show(request, errors, refused, typed=given[SHARE])


async def _show(request: Request, errors: Errors, refused: str = "", typed: object = None) -> Response:
    shown = await outcome_of(request.state.actor, request.path_params["id"])
    plan = await plan_of(request.state.actor, shown.program.id)
    prepared, names = plan.content[SHARE], shown.names
    many, few = ([one for one in shown.fates if (one.sent is None) is hidden] for hidden in (False, True))
    return page(
        request, "console/delivery.html", status=409 if refused else 422 if errors else 200, errors=errors,
        refused=refused, program=shown.program, fates=[_fates(one, names) for one in many],
        few=[_named(one, names) for one in few], least=LEAST,
        proofs=[_proof(one, names) for one in shown.effects], percent=shown.program.held_out_percent, prepared=prepared,
        typed=prepared if typed is None else typed, seen=plan.seen, back=f"{HERE}/{shown.program.id}",
    )


def _named(one: Fates | Effect, names: Mapping[str, str]) -> str:
    """One that was taken out since is known by its key."""
    return names.get(one.own, one.own) or _(CATALOGUE[one.kind].name)


def _fates(one: Fates, names: Mapping[str, str]) -> list[str]:
    counts = [one.sent, one.arrived, one.came_back, one.tapped, one.acted]
    return [_named(one, names), *("–" if count is None else str(count) for count in counts)]


def _proof(one: Effect, names: Mapping[str, str]) -> Proof:
    return Proof(
        _named(one, names), _share(one.nudged), _share(one.held_out), _between(one), _judged(one),
    )


def _share(share: Share) -> str:
    if share.of < LEAST:
        return _("fewer than %(least)d") % {"least": LEAST}
    return _("%(count)d of %(of)d, %(percent)d%%") % {
        "count": share.count, "of": share.of, "percent": round(100 * share.value),
    }


def _between(one: Effect) -> str:
    found = one.difference
    if found is None:
        return "–"
    return _("%(points)s, between %(low)s and %(high)s") % {
        "points": _points(found.value), "low": _signed(found.low), "high": _signed(found.high),
    }


def _points(value: float) -> str:
    count = round(100 * value)
    return f"{_signed(value)} {ngettext('point', 'points', abs(count))}"


def _signed(value: float) -> str:
    count = round(100 * value)
    return f"+{count}" if count > 0 else f"\u2212{-count}" if count < 0 else "0"


def _judged(one: Effect) -> Judged:
    if one.difference is None or not one.difference.is_told:
        return Judged(_("We can’t tell yet"), "", "")
    if one.difference.value > 0:
        return Judged(_("It helps"), "leaf", "tick")
    return Judged(_("It does harm"), "rust", "warning")


routes = [
    Route(f"{HERE}/{{id:uuid}}/delivery", show, name="console-program-delivery"),
    Route(f"{HERE}/{{id:uuid}}/delivery", leave_out, methods=["POST"], name="console-program-leave-out"),
]
