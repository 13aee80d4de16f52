"""Places of mentors in a group: who is short of what, and what would close the gap, worked out at once."""

from dataclasses import replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.matchmaking.supply.actions import ask_for_places, ask_past_mentors
from server.matchmaking.supply.planning import MOST, bounds
from server.matchmaking.supply.queries import Places, has_places, places, usual_plan
from server.notifications.catalogue import CATALOGUE
from server.notifications.scene import to_be_asked, to_be_invited
from server.notifications.texts import Letter, letter
from server.programs.states import ParticipantRole
from web.console import supply_words as words
from web.console.matches import HERE, address
from web.forms import Errors, ids, integer, read_form, ticked
from web.render import go_to, page
from web.toast import Toast


async def show(request: Request) -> Response:
    """The places of a group, with the plan that the address holds. It stores nothing and asks nobody."""
    cohort_id, errors = request.path_params["id"], Errors()
    form = FormData(dict(request.query_params))
    usual = await usual_plan(request.state.actor, cohort_id)
    typed = {name: str(form.get(name, value)) for name, value in vars(usual).items()}
    chosen = {
        name: integer(form, name, errors, least=bounds(name)[0], most=bounds(name)[1]) for name in typed
    }
    plan = replace(usual, **{name: value for name, value in chosen.items() if value is not None})
    shown = await places(request.state.actor, cohort_id, plan)
    asked = min(plan.past, shown.past) if shown.may_ask else 0
    return page(
        request, "console/supply.html", block="plan", status=422 if errors else 200, errors=errors, typed=typed,
        here=f"{HERE}/groups/{cohort_id}/places", back=address(cohort_id), eyebrow=words.eyebrow(shown),
        title=words.title(shown), briefing=words.briefing(shown), skills=words.skill_rows(shown),
        estimate=words.estimate(shown), foretold=bool(shown.skills.joined),
        ways=words.ways(shown), balance=words.balance(shown), figures=words.figures(shown), part=words.part(shown),
        to_circles=words.to_circles(shown), hint=words.hint(shown), raising=words.raising(shown),
        limits=words.limits(shown, plan), say=words.spoken(shown), ask=asked,
        first=words.first_asked(shown), invitation=await _invitation(request, shown) if asked else None,
        has_places=has_places(shown.cohort.program), could_give=words.could_give(shown) if shown.may_ask else [],
        wanted=words.chosen(shown), first_to_give=words.first_to_give(shown), question=await _question(request, shown),
    )


async def _invitation(request: Request, shown: Places) -> Letter | None:
    """The invitation as whoever is asked first would read it."""
    if shown.first is None:
        return None
    actor, mentor = request.state.actor, ParticipantRole.MENTOR
    return letter(CATALOGUE["E01"], await to_be_invited(actor, shown.cohort, shown.first.person, mentor))


async def _question(request: Request, shown: Places) -> Letter | None:
    """The letter that asks for one more place, as whoever is asked first would read it."""
    if not shown.could_give or not shown.may_ask:
        return None
    return letter(CATALOGUE["E17-place"], await to_be_asked(request.state.actor, shown.could_give[0], shown.cohort))


async def ask(request: Request) -> Response:
    """Invite so many past mentors, each by an invitation of their own."""
    cohort_id, form = request.path_params["id"], await read_form(request)
    asked = await ask_past_mentors(request.state.actor, cohort_id, integer(form, "count", most=MOST) or 0)
    back = address(cohort_id) if ticked(form, "from_queue") else f"{HERE}/groups/{cohort_id}/places"
    return go_to(request, back, toast=Toast(words.of_asked(len(asked))))


async def ask_for_more(request: Request) -> Response:
    """Ask the mentors that were chosen for one more place, each by a letter of their own."""
    cohort_id, chosen = request.path_params["id"], ids(await read_form(request), "mentor")
    asked = await ask_for_places(request.state.actor, cohort_id, chosen)
    return go_to(request, f"{HERE}/groups/{cohort_id}/places", toast=Toast(words.of_asked_for_more(len(asked))))


routes = [
    Route(f"{HERE}/groups/{{id:uuid}}/places", show, name="console-places"),
    Route(f"{HERE}/groups/{{id:uuid}}/places/asked", ask, methods=["POST"], name="console-places-ask"),
    Route(
        f"{HERE}/groups/{{id:uuid}}/places/more", ask_for_more, methods=["POST"], name="console-places-ask-for-more"
    ),
]
