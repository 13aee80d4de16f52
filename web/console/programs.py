"""Settings and groups: one page for each programme. The builder's other parts are not here."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.closing.actions import move_cohort
from server.journey.running import queries
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.people.queries import competencies
from server.programs import actions
from server.programs.rules import circle_size as circle_size_of
from server.programs.rules import has_target_role, is_of_circles
from server.programs.rules import target_role as target_role_of
from server.programs.states import Approvals, AskedFirst, Circles, Pairing, ProgramState
from web.console import program_words as words
from web.forms import Errors, choice, integer, one_id, read_form, text, ticked
from web.render import go_to, page, speak_of
from web.toast import Toast

HERE = "/console/programs"
LINK_LETTERS = 500


async def show(request: Request) -> Response:
    """One programme."""
    return await _show(request)


async def keep(request: Request) -> Response:
    """Keep the settings. What waits already stays as it was asked."""
    form, errors = await read_form(request), Errors()
    approvals, first = choice(Approvals, form, "approvals"), choice(AskedFirst, form, "asked_first")
    for field, chosen in (("approvals", approvals), ("asked_first", first)):
        if chosen is None:
            errors.add(field, _("Choose one."))
    if errors:
        return await _show(request, errors=errors)
    await actions.configure_program(
        request.state.actor, _id(request), approvals=approvals, asked_first=first,
        mentees_may_ask=ticked(form, "mentees_may_ask"), mentors_may_ask=ticked(form, "mentors_may_ask"),
        mentees_may_wish=ticked(form, "mentees_may_wish"), mentors_may_wish=ticked(form, "mentors_may_wish"),
        admin_approves_matches=ticked(form, "admin_approves_matches"),
        admin_approves_admission=ticked(form, "admin_approves_admission"),
        pause_moves_end=ticked(form, "pause_moves_end"),
    )
    return go_to(request, address(request), toast=Toast(_("Kept. It counts from now on.")))


async def call(request: Request) -> Response:
    """Keep where calls take place."""
    typed = text(await read_form(request), "meeting_url", LINK_LETTERS)
    try:
        await actions.configure_program(request.state.actor, _id(request), meeting_url=typed)
    except Invalid as refusal:
        return await _show(request, errors=Errors(refusal.fields), link=typed)
    return go_to(request, address(request), toast=Toast(_("Kept. It counts from the next booking on.")))


async def pair(request: Request) -> Response:
    """Keep how peers are put together."""
    form, errors = await read_form(request), Errors()
    apart, pairing = integer(form, "cycles_apart", errors, least=1), choice(Pairing, form, "pairing")
    if pairing is None:
        errors.add("pairing", _("Choose one."))
    elif not errors:
        try:
            await actions.set_pairing(request.state.actor, _id(request), pairing, cycles_apart=apart)
            return go_to(request, address(request), toast=Toast(_("Kept. It counts from the next run on.")))
        except Invalid as refusal:
            errors.take(refusal)
    return await _show(request, errors=errors)


async def circle(request: Request) -> Response:
    """Keep for whom there are circles."""
    errors, chosen = Errors(), choice(Circles, await read_form(request), "circles")
    if chosen is None:
        errors.add("circles", _("Choose one."))
        return await _show(request, errors=errors)
    await actions.set_circles(request.state.actor, _id(request), chosen)
    return go_to(request, address(request), toast=Toast(_("Kept. It counts from the next run on.")))


async def circle_size(request: Request) -> Response:
    """Keep how large circles are to be."""
    form, errors = await read_form(request), Errors()
    size = integer(form, "size", errors)
    if size is None and not errors:
        errors.add("size", _("Choose one."))
    if size is not None:
        try:
            await actions.set_circle_size(request.state.actor, _id(request), size)
            return go_to(request, address(request), toast=Toast(_("Kept. It counts from the next run on.")))
        except Invalid as refusal:
            errors.take(refusal)
    return await _show(request, errors=errors)


async def target_role(request: Request) -> Response:
    """Keep to which role of the framework the programme leads."""
    form, errors = await read_form(request), Errors()
    role = one_id(form, "role")
    if role is None and text(form, "role", LINK_LETTERS):
        errors.add("role", _("Choose one."))
        return await _show(request, errors=errors)
    try:
        await actions.set_target_role(request.state.actor, _id(request), role)
        return go_to(request, address(request), toast=Toast(_("Kept. It counts from the next run on.")))
    except Invalid as refusal:
        errors.take(refusal)
    return await _show(request, errors=errors)


async def move(request: Request) -> Response:
    """Take the programme to its next state."""
    state = choice(ProgramState, await read_form(request), "state")
    try:
        if state:
            moved = await actions.move_program(request.state.actor, _id(request), state)
            return go_to(request, address(request), toast=Toast(_said(moved.name, moved.state)))
    except Conflict as refusal:
        return await _show(request, refused=refusal.message)
    return await _show(request, refused=_("Choose a step."))


async def move_group(request: Request) -> Response:
    """Take a group to its next state; closing it ends what it holds."""
    state = choice(ProgramState, await read_form(request), "state")
    try:
        if state:
            moved = await move_cohort(request.state.actor, request.path_params["group"], state)
            return go_to(request, f"{address(request)}#groups", toast=Toast(_said(moved.name, moved.state)))
    except Conflict as refusal:
        return await _show(request, refused=refusal.message)
    return await _show(request, refused=_("Choose a step."))


def address(request: Request) -> str:
    """The page of this programme."""
    return f"{HERE}/{_id(request)}"


def _said(name: str, state: ProgramState) -> str:
    return _("%(name)s: %(state)s.") % {"name": name, "state": words.state(state)[0]}


def _id(request: Request) -> UUID:
    program_id: UUID = request.path_params["id"]
    return program_id


async def _show(
    request: Request, *, errors: Errors | None = None, refused: str = "", link: str | None = None
) -> Response:
    shown = await queries.program_page(request.state.actor, _id(request))
    speak_of(shown.program)
    framework = await competencies(request.state.actor) if has_target_role(shown.program) else []
    return page(
        request, "console/program.html", status=409 if refused else 422 if errors else 200, errors=errors or Errors(),
        shown=shown, here=address(request), refused=refused, state=words.state(shown.program.state),
        link=shown.program.meeting_url if link is None else link,
        briefing=words.briefing(shown), step=words.program_step(shown), switches=words.switches(shown),
        groups=[words.group(one) for one in shown.groups], approvals=words.approvals(shown),
        asked_first=words.asked_first(shown), pairings=words.pairings(shown), circles=words.circles(shown),
        roles=words.roles(framework), role=str(target_role_of(shown.program.rules) or ""),
        sizes=words.sizes(shown), size=str(circle_size_of(shown.program.rules)),
        now=words.asked(
            shown.program.approvals, shown.program.asked_first, admin_last=shown.program.admin_approves_matches,
            of_circles=is_of_circles(shown.program),
        ),
    )


routes = [
    Route(f"{HERE}/{{id:uuid}}", show, name="console-program"),
    Route(f"{HERE}/{{id:uuid}}/settings", keep, methods=["POST"], name="console-program-settings"),
    Route(f"{HERE}/{{id:uuid}}/call", call, methods=["POST"], name="console-program-call"),
    Route(f"{HERE}/{{id:uuid}}/pairing", pair, methods=["POST"], name="console-program-pairing"),
    Route(f"{HERE}/{{id:uuid}}/circles", circle, methods=["POST"], name="console-program-circles"),
    Route(f"{HERE}/{{id:uuid}}/circle-size", circle_size, methods=["POST"], name="console-program-circle-size"),
    Route(f"{HERE}/{{id:uuid}}/target-role", target_role, methods=["POST"], name="console-program-target-role"),
    Route(f"{HERE}/{{id:uuid}}/state", move, methods=["POST"], name="console-program-state"),
    Route(f"{HERE}/{{id:uuid}}/groups/{{group:uuid}}/state", move_group, methods=["POST"], name="console-group-state"),
]
