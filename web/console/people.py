"""People: the list with its search, and one person across programmes and roles."""

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.queries import course_of
from server.journey.leaving.actions import remove_from_program, undo_decision
from server.journey.roster import actions
from server.journey.roster.queries import Asked, Roster, roster
from server.journey.roster.records import record
from server.journey.roster.states import Stand
from server.kernel import clock
from server.kernel.errors import Conflict, Invalid, NotFound, TooMany
from server.kernel.ids import parse_id
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.matches.steps import UNDO_ONE
from server.notifications.bounces.actions import try_again
from server.notifications.queries import dead_mailbox
from server.programs.actions import GRACE_DAYS, GRACE_DAYS_MAX, invite, reinvite
from server.programs.states import ParticipantRole
from web.console import message_words, skipping
from web.console import people_words as words
from web.forms import Errors, integer, one_id, read_form, text, ticked
from web.mail_fails import why
from web.render import go_to, page
from web.toast import Toast

HERE = "/console/people"
WORDS_LETTERS, KEY_LETTERS, LOCATION_LETTERS, PLACES_DIGITS, GROUP_LETTERS = 100, 60, 200, 6, 60


async def show(request: Request) -> Response:
    """The list, narrowed by words, programme, state and place; all of it stands in the address."""
    asked = _asked(request.query_params)
    try:
        return _list(request, asked, await roster(request.state.actor, asked))
    except TooMany as refusal:
        return await _wait(request, asked, refusal)


def _asked(given: QueryParams) -> Asked:
    stand = given.get("state", "")
    return Asked(
        words=clean(given.get("q", ""))[:WORDS_LETTERS], program_key=given.get("program", "")[:KEY_LETTERS],
        stand=Stand(stand) if stand in set(Stand) else None, location=clean(given.get("place", ""))[:LOCATION_LETTERS],
        after=one_id(given, "after"), before=one_id(given, "before"),
    )


async def _wait(request: Request, asked: Asked, refusal: TooMany) -> Response:
    """The list without the words, with what was typed where it was typed."""
    shown = await roster(request.state.actor, replace(asked, words=""))
    response = _list(request, asked, shown, errors=Errors({"q": refusal.message}), status=429)
    response.headers["Retry-After"] = str(refusal.retry_after_s)
    return response


def _list(
    request: Request, asked: Asked, shown: Roster, *, errors: Errors | None = None, status: int = 200
) -> Response:
    sought = replace(asked, words="") if errors else asked
    ids = [one.person.id for one in shown.people]
    return page(
        request, "console/people.html", status=status, errors=errors or Errors(), shown=shown, typed=asked.words,
        title=words.title(shown.total), briefing=words.briefing(shown, sought.words), place=words.place(shown),
        rows=[words.row(one) for one in shown.people], programs=[(one.key, one.name) for one in shown.programs],
        states=words.stands(), locations=words.locations(shown),
        before=_list_address(sought, before=ids[0]) if ids and shown.first > 1 else "",
        after=_list_address(sought, after=ids[-1]) if ids and shown.has_more else "",
    )


async def one(request: Request) -> Response:
    """One person."""
    return await show_one(request)


async def places(request: Request) -> Response:
    """Set a mentor's places."""
    form, errors = await read_form(request), Errors()
    enrollment_id = one_id(form, "enrollment")
    count = integer(form, "places", errors)
    if enrollment_id is None:
        raise NotFound
    try:
        if count is not None:
            await actions.set_places(request.state.actor, enrollment_id, count)
            return go_to(request, address(request), toast=Toast(_("Kept. The next run counts with it.")))
    except Invalid as refusal:
        errors.take(refusal)
    except Conflict as refusal:
        errors.add("places", refusal.message)
    return await show_one(request, errors, enrollment_id, text(form, "places", PLACES_DIGITS))


async def take_out(request: Request) -> Response:
    """Take somebody out of a programme."""
    form = await read_form(request)
    enrollment_id = one_id(form, "enrollment")
    if enrollment_id is None:
        raise NotFound
    try:
        ended = await remove_from_program(
            request.state.actor, enrollment_id, eligibility_lost=ticked(form, "ineligible"), undo_within=UNDO_ONE
        )
    except Conflict as refusal:
        return await show_one(request, said=refusal.message)
    said = _("Taken out of %(program)s. Whoever stays is told kindly.") % {"program": ended.program.name}
    undo = Toast(said, f"{address(request)}/removal/undo", {"enrollment": str(enrollment_id)})
    return go_to(request, address(request), toast=undo)


async def invite_again(request: Request) -> Response:
    """Invite somebody once more who let it pass or said no."""
    enrollment_id = one_id(await read_form(request), "enrollment")
    if enrollment_id is None:
        raise NotFound
    try:
        await reinvite(request.state.actor, enrollment_id, undo_within=UNDO_ONE)
    except Conflict as refusal:
        return await show_one(request, said=refusal.message)
    back = Toast(_("Invited again. They get a letter."), f"{address(request)}/removal/undo", {
        "enrollment": str(enrollment_id),
    })
    return go_to(request, address(request), toast=back)


async def invite_to(request: Request) -> Response:
    """Invite somebody to a group, in a role of its programme."""
    form, person_id = await read_form(request), request.path_params["id"]
    group, _colon, role = text(form, "group", GROUP_LETTERS).partition(":")
    cohort_id = parse_id(group)
    if cohort_id is None or role not in set(ParticipantRole):
        return await show_one(request, Errors({"group": _("Choose a group.")}))
    try:
        made = await invite(
            request.state.actor, cohort_id, person_id, ParticipantRole(role), undo_within=UNDO_ONE
        )
    except Conflict as refusal:
        return await show_one(request, said=refusal.message)
    back = Toast(_("Invited. They get a letter."), f"{address(request)}/removal/undo", {"enrollment": str(made.id)})
    return go_to(request, address(request), toast=back)


async def put_back(request: Request) -> Response:
    """Take a removal back, with matches and places, or that somebody was invited, while nobody was told."""
    enrollment_id = one_id(await read_form(request), "enrollment")
    if enrollment_id is None:
        raise NotFound
    try:
        undone = await undo_decision(request.state.actor, enrollment_id)
    except Conflict as refusal:
        return go_to(request, address(request), toast=Toast(refusal.message))
    said = _("Taken back. Nobody was told.") if undone else _("Too late to undo: they have been told.")
    return go_to(request, address(request), toast=Toast(said))


async def mail_again(request: Request) -> Response:
    """Let mail go to somebody's address again: whose page one sees."""
    shown = await record(request.state.actor, request.path_params["id"])
    await try_again(request.state.actor, shown.person.id)
    return go_to(request, address(request), toast=Toast(_("The next mail goes there again")))


async def skip(request: Request) -> Response:
    """Skip one message that would go to somebody by itself, or plan it after all: whose page one sees."""
    await record(request.state.actor, request.path_params["id"])
    try:
        return await skipping.done(request, address(request), "coming")
    except Conflict as refusal:
        return await show_one(request, said=refusal.message)


async def show_one(
    request: Request, errors: Errors | None = None, refused: UUID | None = None, typed: str = "", *, said: str = "",
    between: tuple[str, str] = ("", ""),
) -> Response:
    """The page of one person. `refused`: the part at which something stands in `errors`; `typed`: what was typed there.
    `between`: address and reason of a conflict of interest, as typed.
    """
    shown = await record(request.state.actor, request.path_params["id"])
    actor, person_id = request.state.actor, shown.person.id
    course = await course_of(actor, shown.subjects, person_id)
    dead = await dead_mailbox(actor, person_id, shown.person.email)
    return page(
        request, "console/person.html", status=409 if said else 422 if errors else 200, said=said,
        errors=errors or Errors(), refused=refused,
        typed=typed, shown=shown, here=address(request), briefing=words.takes_part(shown), facts=words.facts(shown),
        age=words.age(shown), parts=words.parts(shown), training=words.training(shown),
        steppers=[(one, words.places(one, shown)) for one in shown.places], consents=words.consents(shown),
        sent=message_words.messages(course), coming=[one for _at, one in message_words.coming(course)],
        now=clock.now(), grace_days=GRACE_DAYS, grace_days_max=GRACE_DAYS_MAX, conflicts=words.conflicts(shown),
        between=between, groups=words.groups(shown), mail_fails=why(dead) if dead else "",
    )


def address(request: Request) -> str:
    """The page of this person."""
    return f"{HERE}/{request.path_params['id']}"


def _list_address(asked: Asked, **edge: UUID) -> str:
    parts = {"q": asked.words, "program": asked.program_key, "state": asked.stand, "place": asked.location, **edge}
    return f"{HERE}?{urlencode({name: value for name, value in parts.items() if value})}"


routes = [
    Route(HERE, show, name="console-people"),
    Route(f"{HERE}/{{id:uuid}}", one, name="console-person"),
    Route(f"{HERE}/{{id:uuid}}/places", places, methods=["POST"], name="console-person-places"),
    Route(f"{HERE}/{{id:uuid}}/invitation", invite_again, methods=["POST"], name="console-person-invitation"),
    Route(f"{HERE}/{{id:uuid}}/part", invite_to, methods=["POST"], name="console-person-part"),
    Route(f"{HERE}/{{id:uuid}}/mailbox", mail_again, methods=["POST"], name="console-person-mailbox"),
    Route(f"{HERE}/{{id:uuid}}/planned", skip, methods=["POST"], name="console-person-planned"),
    Route(f"{HERE}/{{id:uuid}}/removal", take_out, methods=["POST"], name="console-person-removal"),
    Route(f"{HERE}/{{id:uuid}}/removal/undo", put_back, methods=["POST"], name="console-person-removal-undo"),
]
"""`/console/people/import` is no id, so the order of the two screens does not matter."""
