"""Two people kept apart, from their draft or by hand, and the list of what was decided about the pairs of a group."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.deciding.queries import decided
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import actions
from server.matches.queries import sides, visible_match
from web.console import by_hand, matches
from web.console import decision_words as words
from web.console.matches import HERE, REASON_LETTERS, address
from web.forms import Errors, one_id, read_form, text
from web.render import go_to, page
from web.toast import Toast


async def show(request: Request) -> Response:
    """What stands, and what was lifted last."""
    shown = await decided(request.state.actor, request.path_params["id"])
    return page(
        request, "console/decisions.html", shown=shown, title=words.title(shown), eyebrow=words.eyebrow(shown),
        rows=words.rows(shown.standing, HERE), lifted=words.rows(shown.lifted, HERE), back=address(shown.cohort.id),
    )


async def ban(request: Request) -> Response:
    """Keep the two of a draft apart, with a reason."""
    form, errors = await read_form(request), Errors()
    match_id, actor = request.path_params["id"], request.state.actor
    why = text(form, "apart", REASON_LETTERS, errors, lines=True, required=_("Say in a few words why."))
    if errors:
        return await matches.show_pair(request, match_id, errors=errors, apart=why)
    match = await visible_match(actor, match_id)
    one, other = sides(match)
    try:
        made = await actions.ban_pair(actor, one.enrollment_id, other.enrollment_id, reason=why)
    except Conflict as refusal:
        return await matches.show_pair(request, match_id, refused=refusal.message)
    return go_to(request, address(match.cohort_id), toast=_kept_apart(made.id, str(match.cohort_id)))


async def ban_by_hand(request: Request) -> Response:
    """Keep two apart who were chosen by hand, with a reason."""
    form, errors = await read_form(request), Errors()
    group, mentor, mentee = (one_id(form, name) for name in ("group", "mentor", "mentee"))
    why = text(form, "apart", REASON_LETTERS, errors, lines=True, required=_("Say in a few words why."))
    if mentor is None or mentee is None:
        errors.add("mentee" if mentee is None else "mentor", _("Choose two people."))
    if mentor is None or mentee is None or errors:
        return await by_hand.show_two(request, group, mentor, mentee, errors)
    try:
        made = await actions.ban_pair(request.state.actor, mentor, mentee, reason=why)
    except Conflict as refusal:
        errors.add("mentor", refusal.message)
        return await by_hand.show_two(request, group, mentor, mentee, errors, status=409)
    return go_to(request, address(made.cohort_id), toast=_kept_apart(made.id, str(made.cohort_id)))


async def undo(request: Request) -> Response:
    """Take it back while nothing followed."""
    group = one_id(await read_form(request), "group")
    undone = await actions.undo_ban(request.state.actor, request.path_params["id"])
    said = _("Taken back. It stands as before.") if undone else _("Too late to undo. You can lift it under Decisions.")
    return go_to(request, address(group), toast=Toast(said))


async def lift(request: Request) -> Response:
    """Let two be brought together again."""
    lifted = await actions.lift_ban(request.state.actor, request.path_params["id"])
    said = Toast(_("Lifted. The next run may bring them together."))
    return go_to(request, decisions_of(lifted.cohort_id), toast=said)


def decisions_of(group: object) -> str:
    """The page of a group's decisions."""
    return f"{HERE}/groups/{group}/decisions"


def _kept_apart(ban_id: object, group: str) -> Toast:
    said = _("Kept apart until you lift it. Whoever is left gets the next best.")
    return Toast(said, f"{HERE}/bans/{ban_id}/undo", {"group": group})


routes = [
    Route(f"{HERE}/groups/{{id:uuid}}/decisions", show, name="console-decisions"),
    Route(f"{HERE}/{{id:uuid}}/ban", ban, methods=["POST"], name="console-ban"),
    Route(f"{by_hand.PATH}/ban", ban_by_hand, methods=["POST"], name="console-ban-by-hand"),
    Route(f"{HERE}/bans/{{id:uuid}}/undo", undo, methods=["POST"], name="console-ban-undo"),
    Route(f"{HERE}/bans/{{id:uuid}}/lift", lift, methods=["POST"], name="console-ban-lift"),
]
