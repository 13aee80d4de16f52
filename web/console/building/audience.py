"""The builder's part that says whom a programme is for: each rule a sentence, with the people who are left after it."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building.queries import Plan
from server.kernel.db import Json
from server.matchmaking.supply.standing import standing_of
from server.notifications.reachable.queries import reach_of
from server.programs.audience.queries import known_values, meant, meant_today, today_of
from server.programs.audience.rules import RULES_MOST, looked_at, rules_of
from server.programs.audience.states import MOST, Fact, Fit, Side, ways_for
from server.programs.states import ProgramType
from web.console.building import audience_words as words
from web.console.building import desk
from web.forms import Errors, choice, read_form, text, values

WORD_LETTERS = 40
FRESH: Json = {"fact": Fact.DEPARTMENT.value, "how": "IS", "value": []}
"""A rule that was only just added."""


async def show(request: Request) -> Response:
    """The rules as they are prepared, or in force."""
    plan = await desk.opened(request)
    return await _page(request, plan, plan.content, Errors(), "")


async def keep(request: Request) -> Response:
    """Use these rules in the draft."""
    form = await read_form(request)
    return await desk.keep(request, words.PART, form, {"audience": _typed(form)}, _page)


async def preview(request: Request) -> Response:
    """Whom the rules mean as they are typed, with one more or one less. Nothing is kept."""
    form, plan = await read_form(request), await desk.opened(request)
    typed, added = _typed(form), choice(Side, form, "more")
    if added and len(typed[added]) < RULES_MOST:
        typed[added].append(dict(FRESH))
    return await _page(request, plan, {**plan.content, "audience": typed}, Errors(), "", block="means", fresh=added)


def _typed(form: FormData) -> Json:
    """What was typed of each side that was shown, without the rule that is to go."""
    gone = text(form, "without", WORD_LETTERS)
    return {
        **{f"{side}_fit": (choice(Fit, form, f"{side}_fit") or Fit.ALL).value for side in Side},
        **{side.value: [
            _rule(form, f"{side}-{place}") for place in range(1, RULES_MOST + 1)
            if f"{side}-{place}-fact" in form and gone != f"{side}-{place}"
        ] for side in Side},
    }


def _rule(form: FormData, name: str) -> Json:
    """A rule by its three controls; where another fact was chosen, what was said of the one before is no value."""
    fact = choice(Fact, form, f"{name}-fact") or Fact.DEPARTMENT
    how, ways = text(form, f"{name}-how", WORD_LETTERS), ways_for(fact)
    same = text(form, f"{name}-was", WORD_LETTERS) == fact
    return {
        "fact": fact.value, "how": how if how in ways else ways[0].value,
        "value": _value(fact, values(form, f"{name}-value") if same else []),
    }


def _value(fact: Fact, sent: list[str]) -> object:
    listed = [line.strip() for one in sent for line in one.splitlines() if line.strip()]
    if fact in MOST:
        typed = listed[0] if listed else ""
        return int(typed) if typed.isdecimal() and len(typed) <= desk.NUMBER_LETTERS else typed
    return "no" not in listed if fact is Fact.MANAGES else listed


async def _page(
    request: Request, plan: Plan, typed: Json, errors: Errors, refused: str, *, block: str = "main",
    fresh: Side | None = None,
) -> Response:
    actor, kind = request.state.actor, ProgramType(plan.content["type"])
    known, given = await known_values(actor), typed["audience"]
    whole = {**given, fresh: given[fresh][:-1]} if fresh else given
    read, wrong = looked_at(whole, kind, known, plan.live["audience"])
    for path, said in wrong.items():
        errors.add(path, said)
    shown = []
    for side in words.sides(kind):
        told, reach = None, None
        if not wrong:
            rules = rules_of(read, side)
            told = await meant_today(actor, rules)
            reach = await reach_of(actor, meant(actor, rules, await today_of(actor)))
        shown.append(words.shown(side, given, errors, known, told, reach, fresh is side))
    standing = None if block == "means" else await standing_of(actor, plan.program)
    return desk.part_page(
        request, words.PART, plan, "console/building/audience.html", errors, refused, block=block, sides=shown,
        supply=words.places(standing) if standing else None, facts=words.facts(),
        fits=words.fits(), detail=words.detail, most=RULES_MOST,
    )


routes = [
    Route(f"{desk.HERE}audience", show, name="console-build-audience"),
    Route(f"{desk.HERE}audience", keep, methods=["POST"], name="console-build-audience-keep"),
    Route(f"{desk.HERE}audience/preview", preview, methods=["POST"], name="console-build-audience-preview"),
]
