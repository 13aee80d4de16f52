"""Matches to review: approve the strong ones together, look closer at the others, and give one pair a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.reviewing import actions, queries
from server.kernel.errors import Conflict, Invalid
from server.kernel.ids import parse_id
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.queries import is_circle
from server.matches.steps import UNDO_ONE
from server.matchmaking.queue import actions as queue
from server.matchmaking.runs import actions as runs
from server.people.keys.actions import set_keys
from server.people.queries import keys_are_on
from web.console import approval_words, circle_words, run_words
from web.console import review_words as words
from web.forms import Errors, form_key, integer, one_id, read_form, text, ticked
from web.render import go_to, page
from web.toast import Toast

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from server.kernel.actor import Actor
    from server.matchmaking.models import MatchRun

HERE = "/console/matches"
REASON_LETTERS, SEED_LETTERS = 500, 20
IDS_LETTERS = 200_000
"""So long may the ids of one bulk approval be: some five thousand matches."""


async def show(request: Request) -> Response:
    """The list of a group, with one pair beside it."""
    return await show_pair(request, parse_id(request.query_params.get("pair", "")))


async def approve_together(request: Request) -> Response:
    """Approve the strong ones that were shown."""
    form = await read_form(request)
    key, group = form_key(form), one_id(form, "group")
    chosen = _ids(text(form, "pairs", IDS_LETTERS))
    done = await actions.approve_together(request.state.actor, chosen, key=key)
    undo = f"{HERE}/approvals/undo" if done.approved else ""
    told = Toast(approval_words.of_approvals(*done), undo, {"approval": key, "group": str(group or "")})
    return go_to(request, address(group), toast=told)


async def undo_together(request: Request) -> Response:
    """Take approvals back while nobody was told."""
    form = await read_form(request)
    undone = await actions.undo_approvals(
        request.state.actor, _ids(text(form, "pairs", IDS_LETTERS)), key=text(form, "approval", 80)
    )
    return go_to(request, address(one_id(form, "group")), toast=Toast(approval_words.of_undone(undone)))


async def approve(request: Request) -> Response:
    """Approve one pair, with ten seconds to undo it."""
    match_id = request.path_params["id"]
    try:
        match = await actions.approve(request.state.actor, match_id)
    except Conflict as refusal:
        return await show_pair(request, match_id, refused=refusal.message)
    undo = f"{HERE}/{match_id}/approval/undo" if approval_words.can_be_undone(match) else ""
    return go_to(request, address(match.cohort_id), toast=Toast(approval_words.of_approval(match), undo))


async def undo(request: Request) -> Response:
    """Take the approval of one pair back."""
    match_id = request.path_params["id"]
    undone = await actions.undo_approval(request.state.actor, match_id)
    return go_to(request, f"{HERE}?pair={match_id}", toast=Toast(approval_words.of_undone(undone)))


async def lock(request: Request) -> Response:
    """Keep one pair through every later run, or let a run replace it again."""
    form, match_id = await read_form(request), request.path_params["id"]
    free = ticked(form, "free")
    try:
        await (matches.unlock_pair if free else matches.lock_pair)(request.state.actor, match_id)
    except Conflict as refusal:
        return await show_pair(request, match_id, refused=refusal.message)
    said = _("Unlocked. A later run may replace it.") if free else _("Locked. It stays in every later run.")
    return go_to(request, _back(form, match_id), toast=Toast(said))


async def hold(request: Request) -> Response:
    """Keep one pair out of bulk approval, or let it in again."""
    form, match_id = await read_form(request), request.path_params["id"]
    held = ticked(form, "held")
    try:
        await matches.hold_back(request.state.actor, match_id, held)
    except Conflict as refusal:
        return await show_pair(request, match_id, refused=refusal.message)
    said = _("Held back. The others go without it.") if held else _("Let in again, with the others.")
    return go_to(request, _back(form, match_id), toast=Toast(said))


async def take_back(request: Request) -> Response:
    """Turn down what both said yes to, before it begins."""
    match_id = request.path_params["id"]
    try:
        match = await matches.cancel_match(request.state.actor, match_id, undo_within=UNDO_ONE)
    except Conflict as refusal:
        return await show_pair(request, match_id, refused=refusal.message)
    said = _("Taken back. All are told kindly.") if is_circle(match) else _("Taken back. Both are told kindly.")
    told = Toast(said, f"{HERE}/{match_id}/undo")
    return go_to(request, address(match.cohort_id), toast=told)


async def choose_another(request: Request) -> Response:
    """Give the mentee another mentor, with a reason; one who is full by an exchange with another draft."""
    form, errors = await read_form(request), Errors()
    chosen = text(form, "mentor", IDS_LETTERS)
    match_id, (mentor, trade_with) = request.path_params["id"], map(parse_id, words.choice_of(chosen))
    reason = text(form, "reason", REASON_LETTERS, errors, lines=True, required=_("Say in a few words why."))
    if mentor is None:
        errors.add("mentor", _("Choose somebody."))
    elif not errors:
        try:
            made = await actions.choose_another(
                request.state.actor, match_id, mentor, reason, trade_with=trade_with, key=form_key(form)
            )
            said = Toast(_("Exchanged. Every other pair stays as it is.") if trade_with else _(
                "Changed. Every other pair stays as it is."))
            return go_to(request, f"{HERE}?pair={made}", toast=said)
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict as refusal:
            errors.add("mentor", refusal.message)
    return await show_pair(request, match_id, errors=errors, mentor=chosen, reason=reason)


async def run(request: Request) -> Response:
    """Ask for everybody of the group who waits to be matched, and look how far it is: a small group is done by then."""
    return await _ask(request, runs.start_run)


async def newcomers(request: Request) -> Response:
    """Place whoever has no mentor around what stands."""
    return await _ask(request, queue.match_newcomers)


async def preview(request: Request) -> Response:
    """Look what matching everybody again would change; nothing moves."""
    return await _ask(request, queue.preview_matching)


async def keys(request: Request) -> Response:
    """Turn the keys of this page on or off, for good."""
    on = ticked(await read_form(request), "on")
    await set_keys(request.state.actor, on)
    return go_to(request, HERE, toast=Toast(_("The keys are on.") if on else _("The keys are off.")))


class Asking(Protocol):
    """An action that asks for a run of a group, by a seed or without one."""

    async def __call__(self, actor: Actor, cohort_id: UUID, *, seed: int | None = None) -> MatchRun: ...


def address(group: UUID | None) -> str:
    """The page of a group."""
    return f"{HERE}?group={group}" if group else HERE


def _back(form: FormData, match_id: UUID) -> str:
    """The pair, or the list of decisions where that was the page."""
    listed = one_id(form, "listed")
    return f"{HERE}/groups/{listed}/decisions" if listed else f"{HERE}?pair={match_id}"


async def _ask(request: Request, act: Asking) -> Response:
    actor, form, errors = request.state.actor, await read_form(request), Errors()
    cohort = await queries.group_of(actor, one_id(form, "group"))
    seed = integer(form, "seed", errors, most=runs.MOST_SEED)
    if errors:
        seed_typed = text(form, "seed", SEED_LETTERS)
        return await show_pair(request, None, group=cohort.id, errors=errors, seed=seed_typed)
    try:
        asked = await act(actor, cohort.id, seed=seed)
    except Conflict as refusal:
        return await show_pair(request, None, group=cohort.id, refused=refusal.message)
    return go_to(request, f"{HERE}/runs/{asked.id}/progress")


async def show_pair(
    request: Request, pair: UUID | None, *, group: UUID | None = None, errors: Errors | None = None, mentor: str = "",
    reason: str = "", refused: str = "", apart: str = "", seed: str = "",
) -> Response:
    """The list of a group with one pair or circle beside it, and what could not be done about it."""
    actor, asked = request.state.actor, group or parse_id(request.query_params.get("group", ""))
    shown_pair = await queries.pairing(actor, pair) if pair else None
    shown = await queries.review(actor, shown_pair.match.cohort_id if shown_pair else asked)
    if shown_pair is None and shown.pairs and not seed:      # a pair has forms of its own, for other errors
        shown_pair = await queries.pairing(actor, shown.pairs[0].id)
    status = 409 if refused else 422 if errors else 200
    current = shown_pair.match.id if shown_pair else None
    return page(
        request, "console/matches.html", status=status, errors=errors or Errors(), shown=shown, is_picked=bool(pair),
        title=words.title(shown), briefing=words.briefing(shown), lists=words.lists(shown, current),
        supply=words.supply(shown.supply), gap=words.gap(shown.supply), groups=words.groups(shown.groups),
        pair=shown_pair, told=words.tell(shown_pair) if shown_pair and not shown_pair.circle else None,
        circle=circle_words.tell(shown_pair, shown_pair.circle) if shown_pair and shown_pair.circle else None,
        mentor=mentor, reason=reason, refused=refused, apart=apart, seed=seed,
        most_seed=runs.MOST_SEED, keys_on=await keys_are_on(actor), run=shown.newest,
        doing=run_words.under_way(shown.newest), failed=run_words.gave_up(shown.newest),
        patience=approval_words.patience(shown), queue=address(shown.group.cohort.id if shown.group else None),
    )


def _ids(typed: str) -> list[UUID]:
    return [found for one in typed.split() if (found := parse_id(one))]


routes = [
    Route(HERE, show, name="console-matches"),
    Route(f"{HERE}/run", run, methods=["POST"], name="console-matching-run"),
    Route(f"{HERE}/newcomers", newcomers, methods=["POST"], name="console-newcomers"),
    Route(f"{HERE}/preview", preview, methods=["POST"], name="console-preview"),
    Route(f"{HERE}/keys", keys, methods=["POST"], name="console-keys"),
    Route(f"{HERE}/approvals", approve_together, methods=["POST"], name="console-approvals"),
    Route(f"{HERE}/approvals/undo", undo_together, methods=["POST"], name="console-approvals-undo"),
    Route(f"{HERE}/{{id:uuid}}/approval", approve, methods=["POST"], name="console-approval"),
    Route(f"{HERE}/{{id:uuid}}/approval/undo", undo, methods=["POST"], name="console-approval-undo"),
    Route(f"{HERE}/{{id:uuid}}/lock", lock, methods=["POST"], name="console-lock"),
    Route(f"{HERE}/{{id:uuid}}/hold", hold, methods=["POST"], name="console-hold"),
    Route(f"{HERE}/{{id:uuid}}/withdrawal", take_back, methods=["POST"], name="console-withdrawal"),
    Route(f"{HERE}/{{id:uuid}}/mentor", choose_another, methods=["POST"], name="console-another-mentor"),
]
