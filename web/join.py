"""Join: take part in a programme on one page. The words under the goal follow what is typed."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.goals.smart import advice, smart_checks
from server.goals.states import SmartCheck
from server.journey.join.actions import decline_invitation, join_program
from server.journey.join.queries import COMES_AGAIN, SKILLS_OFFERED_MAX, JoinPage, join_page
from server.journey.join.states import Standing
from server.kernel import clock
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.programs.openings.actions import ask_for_opening, forget_opening
from server.programs.states import ParticipantRole
from web import forms, join_words, ways
from web.forms import Errors
from web.join_fields import Fields, known, proposed, sent, told, with_example
from web.render import go_to, is_fragment, page, speak_of
from web.toast import Toast

ROLES = {"mentor": ParticipantRole.MENTOR, "mentee": ParticipantRole.MENTEE,
         "facilitator": ParticipantRole.FACILITATOR}
"""What `?as=` may say."""


async def show(request: Request) -> Response:
    """The form, filled in with what is known; who joined already waits elsewhere."""
    seen = await _seen(request)
    if seen.place.standing is Standing.JOINED:
        return go_to(request, f"/waiting/{seen.place.program.key}")
    return _form(request, seen, known(seen))


async def join(request: Request) -> Response:
    """Take part. What must be mended comes back with everything that was typed."""
    form, errors = await forms.read_form(request), Errors()
    seen, said = await _seen(request), sent(form, errors)
    if "example" in form:
        return _form(request, seen, with_example(seen, said, form))
    if not errors:
        try:
            await join_program(
                request.state.actor, seen.place.program.key, told(seen, said), key=forms.form_key(form)
            )
            return go_to(request, f"/waiting/{seen.place.program.key}")
        except Invalid as refusal:
            errors.take(refusal)
        except Conflict:
            return _form(request, await _seen(request), said, status=409)
    return _form(request, seen, said, errors)


async def words(request: Request) -> Response:
    """What is true of the goal as it is being typed; said aloud when it changes."""
    form = await forms.read_form(request)
    seen, said = await _seen(request), sent(form, Errors())
    if is_fragment(request) and seen.place.standing is not Standing.OPEN:
        return Response(status_code=204)   # closed meanwhile: said when the form is sent, not into the typing
    checks = _checks(seen, said)
    changed = forms.text(form, "lit", 5) != str(len(checks))
    return _form(request, seen, said, block="smart", say=advice(checks) if changed else "")


async def decline(request: Request) -> Response:
    """Say no to the invitation; nothing is asked."""
    key = request.path_params["program"]
    try:
        await decline_invitation(request.state.actor, key)
    except Conflict as late:
        return go_to(request, f"/join/{key}", toast=Toast(late.message))
    return go_to(request, f"/join/{key}")


async def tell_me(request: Request) -> Response:
    """Ask to be told when the next group opens."""
    key = request.path_params["program"]
    await ask_for_opening(request.state.actor, key)
    return go_to(request, f"/join/{key}", toast=Toast(_("We write to you when it opens."), f"/join/{key}/opening/end"))


async def tell_me_not(request: Request) -> Response:
    """Take that back."""
    key = request.path_params["program"]
    await forget_opening(request.state.actor, key)
    return go_to(request, f"/join/{key}", toast=Toast(_("We will not write about it.")))


async def _seen(request: Request) -> JoinPage:
    role = ROLES.get(request.query_params.get("as", ""))
    seen = await join_page(request.state.actor, request.path_params["program"], role)
    speak_of(seen.place.program)
    return seen


def _form(
    request: Request, seen: JoinPage, said: Fields, errors: Errors | None = None, *, block: str = "main",
    status: int = 200, say: str = "",
) -> Response:
    if seen.place.standing is not Standing.OPEN:
        return page(
            request, "join/closed.html", status=status, seen=seen, closed=join_words.closed(seen),
            typed=forms.typed_in(request), may_ask=seen.place.standing in COMES_AGAIN,
        )
    checks = _checks(seen, said)
    return page(
        request, "join/form.html", block=block, status=422 if errors else status, say=say, errors=errors or {},
        seen=seen, said=said, action=_action(request, seen), live=block == "smart", lit=len(checks),
        advice=advice(checks), smart=join_words.smart_words(checks), **_choices(seen, said, checks),
    )


def _choices(seen: JoinPage, said: Fields, checks: frozenset[SmartCheck]) -> dict[str, Any]:
    """What there is to choose from, and what is said around it."""
    return {
        "facts": join_words.facts(seen.person), "ways": ways.questions(said.styles, said.pref_department),
        "parts": join_words.parts(seen, said, checks),
        "languages": join_words.language_chips(seen.person, said.languages), "day_parts": join_words.day_parts(),
        "dates": join_words.date_chips(proposed(seen)), "examples": seen.examples(),
        "skills": [(one.id, one.name) for one in seen.competencies],
        "skills_shown": [(one.id, one.name) for one in seen.skills_shown],
        "skill_names": [one.name for one in seen.competencies], "most_skills": SKILLS_OFFERED_MAX,
        "readers": join_words.readers_of(seen, said),
        "detail_of": join_words.consent_detail, "seats": join_words.places(seen), "promise": join_words.promise(seen),
    }


def _checks(seen: JoinPage, said: Fields) -> frozenset[SmartCheck]:
    built_on = next((one.name for one in seen.competencies if one.id == said.competency_id), None)
    return smart_checks(said.want, said.measure, built_on, said.due_on, clock.today(seen.person.zone))


def _action(request: Request, seen: JoinPage) -> str:
    """Where the form is sent: to this very page, with the role that was asked for."""
    role = request.query_params.get("as", "")
    return f"/join/{seen.place.program.key}" + (f"?as={role}" if role in ROLES else "")


routes = [
    Route("/join/{program}", show, name="join"),
    Route("/join/{program}", join, methods=["POST"], name="join-now"),
    Route("/join/{program}/words", words, methods=["POST"], name="join-words"),
    Route("/join/{program}/opening", tell_me, methods=["POST"], name="join-opening"),
    Route("/join/{program}/opening/end", tell_me_not, methods=["POST"], name="join-opening-end"),
    Route("/join/{program}/invitation/decline", decline, methods=["POST"], name="decline-invitation"),
]
