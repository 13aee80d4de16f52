"""The builder's part for who joins by themselves: after what, when, as what, and into which group."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.automation.building.queries import Plan
from server.kernel.db import Json
from server.programs.permissions.entries import PERMISSIONS
from server.programs.queries import KEY_LETTERS
from server.programs.triggers.entries import COURSE_LETTERS, ENTRIES_MOST, GROUPS_MOST, VALUE_LETTERS, VALUES_MOST
from web.console.building import desk
from web.console.building import joining_words as words
from web.forms import Errors, read_form, text, ticked

WORD_LETTERS, LATER = 20, "intake.mentees_later_days"
NEW_ENTRY = {"when": "", "days": 0, "role": "", "places": 1, "course": ""}
NEW_GROUP = {"group": "", "where": "", "is": []}


async def show(request: Request) -> Response:
    """The rules as they are prepared, or in force."""
    plan = await desk.opened(request)
    return await _page(request, plan, plan.content, Errors(), "")


async def keep(request: Request) -> Response:
    """Use these rules in the draft."""
    form = await read_form(request)
    return await desk.keep(request, words.PART, form, _given(form), _page)


def _given(form: FormData) -> Json:
    given: Json = {"triggers": _typed(form)}
    if LATER in form:
        given["intake"] = _intake(form)
    if "permissions" in form:
        given["permissions"] = {name: ticked(form, f"permissions.{name}") for name in PERMISSIONS}
    return given


def _typed(form: FormData) -> Json:
    """The rules that were typed; a line without its first choice is none."""
    enrol = [_entry(form, f"triggers.enrol[{place}].") for place in range(1, ENTRIES_MOST + 1)]
    groups = [_group(form, f"triggers.groups[{place}].") for place in range(1, GROUPS_MOST + 1)]
    days = text(form, "triggers.grace_days", WORD_LETTERS)
    grace = desk.whole(form, ("triggers.grace_days",))["triggers.grace_days"] if days else None
    return {
        "enrol": [one for one in enrol if one["when"]], "groups": [one for one in groups if one["group"]],
        "grace_days": grace,
    }


def _intake(form: FormData) -> Json:
    said = {"yes": True, "no": False}.get(text(form, "intake.newcomers", WORD_LETTERS))
    return {"mentees_later_days": desk.whole(form, (LATER,))[LATER], "newcomers": said}


def _entry(form: FormData, at: str) -> Json:
    numbers = desk.whole(form, (f"{at}days", f"{at}places"))
    return {
        "when": text(form, f"{at}when", WORD_LETTERS), "days": numbers[f"{at}days"],
        "role": text(form, f"{at}role", WORD_LETTERS), "places": numbers[f"{at}places"],
        "course": text(form, f"{at}course", COURSE_LETTERS),
    }


def _group(form: FormData, at: str) -> Json:
    named = text(form, f"{at}is", VALUE_LETTERS * VALUES_MOST).split(";")
    return {
        "group": text(form, f"{at}group", KEY_LETTERS), "where": text(form, f"{at}where", WORD_LETTERS),
        "is": [one.strip() for one in named if one.strip()],
    }


async def _page(request: Request, plan: Plan, typed: Json, errors: Errors, refused: str) -> Response:
    given = typed["triggers"]
    enrol = [*given["enrol"], *([NEW_ENTRY] if len(given["enrol"]) < ENTRIES_MOST else [])]
    groups = [*given["groups"], *([NEW_GROUP] if len(given["groups"]) < GROUPS_MOST else [])]
    return desk.part_page(
        request, words.PART, plan, "console/building/joining.html", errors, refused, enrol=enrol, groups=groups,
        grace_days="" if given["grace_days"] is None else given["grace_days"],
        intake=typed["intake"], newcomers=words.newcomers(typed["intake"]), drafts=words.drafts(),
        permissions=words.permissions(plan, typed["permissions"]),
        whens=words.whens(), roles=words.roles(plan), wheres=words.wheres(), names=words.groups(plan),
    )


routes = [
    Route(f"{desk.HERE}joining", show, name="console-build-joining"),
    Route(f"{desk.HERE}joining", keep, methods=["POST"], name="console-build-joining-keep"),
]
