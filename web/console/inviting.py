"""Inviting people into a programme: by a list of addresses, or everybody whom it is meant for.

A list is looked at first; nothing is stored of it, and what was pasted comes back with every answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.running.queries import program_page
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.ids import parse_id
from server.kernel.text import gettext as _
from server.people.tables import decode
from server.programs.audience.actions import invite_meant
from server.programs.audience.queries import to_ask
from server.programs.inviting.actions import invite_listed
from server.programs.inviting.lines import LETTERS_MOST, lines_of
from server.programs.inviting.queries import Sheet, groups_to_join, look_at
from server.programs.inviting.words import left_out_csv
from server.programs.queries import cohort_by_id
from server.programs.states import ParticipantRole
from web.bodies import ENVELOPE_BYTES
from web.console import inviting_words as words
from web.console.programs import HERE
from web.forms import Errors, choice, integer, one_id, read_form, text, ticked, upload
from web.render import go_to, page, speak_of
from web.toast import Toast

if TYPE_CHECKING:
    from server.programs.models import Cohort, Program

DIGEST_LETTERS = 64
CSV = "text/csv; charset=utf-8"
MOST = 8 * LETTERS_MOST + ENVELOPE_BYTES
"""A list as a file and as what was pasted, each letter up to four bytes."""


async def show(request: Request) -> Response:
    """Nothing pasted yet; the group of the address is chosen."""
    group = parse_id(request.query_params.get("group", ""))
    return await _page(request, FormData({"group": str(group)}) if group else FormData(), "", Errors())


async def look(request: Request) -> Response:
    """What would become of each line."""
    form = await read_form(request)
    return await _looked_at(request, form, Errors())


async def send(request: Request) -> Response:
    """Invite whom the list names, as it was looked at."""
    form, errors = await read_form(request), Errors()
    typed, cohort = text(form, "list", LETTERS_MOST, lines=True), await _group(request, form)
    try:
        sheet = await invite_listed(
            request.state.actor, cohort.id, lines_of(typed), usual=choice(ParticipantRole, form, "role"),
            beyond=ticked(form, "beyond"), seen=text(form, "seen", DIGEST_LETTERS),
        )
    except (Conflict, Invalid) as refusal:
        errors.add("list", refusal.message)
        return await _looked_at(request, form, errors)
    if sheet.left_out:
        return await _page(request, form, typed, errors, sheet=sheet, is_done=True)
    return go_to(request, _address(request, cohort), toast=Toast(words.invited(len(sheet.invited))))


async def left_out(request: Request) -> Response:
    """The lines that invite nobody, as a file that says why."""
    form = await read_form(request)
    try:
        sheet = await _sheet(request, form, text(form, "list", LETTERS_MOST, lines=True))
    except Invalid:
        return await _looked_at(request, form, Errors())
    return Response(left_out_csv(sheet), media_type=CSV, headers={
        "Content-Disposition": 'attachment; filename="not-invited.csv"'})


async def everybody(request: Request) -> Response:
    """Invite everybody whom the programme means in a role, if that is still as many."""
    form, errors = await read_form(request), Errors()
    cohort, role = await _group(request, form), choice(ParticipantRole, form, "as")
    if role is None:
        return await _page(request, form, "", Errors({"meant": _("Choose one.")}))
    try:
        made = await invite_meant(request.state.actor, cohort.id, role, seen=integer(form, "seen") or 0)
        return go_to(request, _address(request, cohort), toast=Toast(words.invited(len(made))))
    except Conflict as refusal:
        errors.add("meant", refusal.message)
        return await _page(request, form, "", errors, status=409)


async def _looked_at(request: Request, form: FormData, errors: Errors) -> Response:
    typed = text(form, "list", LETTERS_MOST, lines=True)
    try:
        typed = await _file(form) or typed
        sheet = await _sheet(request, form, typed)
    except Invalid as refusal:
        for field, said in refusal.fields.items():
            errors.add(field, said)
        return await _page(request, form, typed, errors)
    return await _page(request, form, typed, errors, sheet=sheet)


async def _file(form: FormData) -> str:
    """What the chosen file holds; it stands in the place of what was pasted."""
    file = upload(form, "file")
    return decode(await file.read(), file.filename or "") if file else ""


async def _sheet(request: Request, form: FormData, typed: str) -> Sheet:
    return await look_at(
        request.state.actor, (await _group(request, form)).id, lines_of(typed),
        usual=choice(ParticipantRole, form, "role"), beyond=ticked(form, "beyond"),
    )


async def _page(
    request: Request, form: FormData, typed: str, errors: Errors, *, sheet: Sheet | None = None, is_done: bool = False,
    status: int = 422,
) -> Response:
    shown = await program_page(request.state.actor, request.path_params["id"])
    speak_of(shown.program)
    groups = [one.cohort for one in shown.groups if one.cohort.id in await _open(request, shown.program)]
    cohort = next((one for one in groups if one.id == one_id(form, "group")), groups[0] if groups else None)
    asked = await to_ask(request.state.actor, cohort) if cohort else []
    return page(
        request, "console/inviting.html", status=status if errors else 200, errors=errors, here=_here(request),
        program=shown.program, back=f"{HERE}/{shown.program.id}", typed=typed, is_done=is_done,
        group=str(cohort.id) if cohort else "", groups=[(str(one.id), one.name) for one in groups],
        group_name=cohort.name if cohort else "", roles=words.roles(shown.program),
        role=choice(ParticipantRole, form, "role") or "", beyond=ticked(form, "beyond"),
        meant=[words.meant(one, shown.program) for one in asked],
        looked=words.looked_at(sheet, is_done=is_done) if sheet else None,
        waiting=words.waiting(shown.program),
    )


async def _open(request: Request, program: Program) -> set[UUID]:
    rows = await groups_to_join(request.state.actor, program.id).values("id")
    return {row["id"] for row in rows}


async def _group(request: Request, form: FormData) -> Cohort:
    """The chosen group of this programme; the newest one where none was chosen, or one of another programme.

    Raises:
        NotFound: the programme is not the actor's, or has no group.
    """
    shown = await program_page(request.state.actor, request.path_params["id"])
    chosen, ids = one_id(form, "group"), [one.cohort.id for one in shown.groups]
    if not ids:
        raise NotFound
    return await cohort_by_id(request.state.actor, chosen if chosen in ids else ids[0])


def _here(request: Request) -> str:
    return f"{HERE}/{request.path_params['id']}/invitations"


def _address(request: Request, cohort: Cohort) -> str:
    return f"{_here(request)}?group={cohort.id}"


AT = f"{HERE}/{{id:uuid}}/invitations"

routes = [
    Route(AT, show, name="console-inviting"),
    Route(AT, look, methods=["POST"], name="console-inviting-look", max_body_size=MOST),
    Route(f"{AT}/sent", send, methods=["POST"], name="console-inviting-send", max_body_size=MOST),
    Route(f"{AT}/not-invited.csv", left_out, methods=["POST"], name="console-inviting-left-out", max_body_size=MOST),
    Route(f"{AT}/everybody", everybody, methods=["POST"], name="console-inviting-everybody"),
]
