"""Goals on the Journey screen: worded, put first, taken in steps, closed; each act with its way back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.goals import actions as goals
from server.goals.queries import draft_in, running_match_of, visible_goal, visible_milestone
from server.goals.states import GoalPrivacy, GoalState
from server.kernel.db import Json, once
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches.company import company_of
from server.matches.queries import visible_match
from server.people.queries import competencies
from server.programs.queries import visible_enrollment
from web.forms import Errors, choice, day, form_key, one_id, read_form, text
from web.readers import Readers, readers, who_comes, with_whom
from web.render import go_to, page, speak_of
from web.toast import Toast

if TYPE_CHECKING:
    from server.goals.models import Goal

WANT_LETTERS, STEP_LETTERS, WHY_LETTERS = 500, 200, 500
STEP_FIELDS = {"title": "step"}
"""The domain's name of a field, and the form's: "title" is the heading's id on every page."""
SETTLED = {
    GoalState.ACHIEVED: lambda: _("Reached. Well sailed."),
    GoalState.CARRIED_OVER: lambda: _("Kept for later."),
    GoalState.ABANDONED: lambda: _("Let go. You can always want something else."),
}
"""What is said when a goal was closed."""


async def begin(request: Request) -> Response:
    """Word one more goal, or the next one after the last was closed; a draft is written on."""
    actor, enrollment_id, errors = request.state.actor, request.path_params["id"], Errors()
    draft = await draft_in(actor, enrollment_id)
    typed = _typed(draft)
    if request.method == "POST":
        form = await read_form(request)
        typed, due_on = _sent(form, errors), day(form, "due_on")
        if not errors:
            try:
                goal = await goals.save_goal(
                    actor, enrollment_id, want=typed["want"], measure=typed["measure"],
                    competency_id=one_id(form, "competency_id"), due_on=due_on,
                    privacy=choice(GoalPrivacy, form, "privacy"),
                )
                ready = goal.state is GoalState.ACTIVE
                words = _("Saved. Now break it into steps.") if ready else _("Saved. Finish it whenever you like.")
                return go_to(request, "/", toast=Toast(words))
            except Invalid as refusal:
                errors.take(refusal)
            except Conflict as refusal:
                errors.add("want", refusal.message)
    return page(
        request, "journey/goal_new.html", block="form", status=422 if errors else 200, errors=errors,
        enrollment_id=enrollment_id, typed=typed, skills=await _skills(request),
        readers=await _readers(request, enrollment_id, draft, typed["privacy"]),
    )


async def revise(request: Request) -> Response:
    """Change a goal's sentence; the old wording stays in the history."""
    actor, goal_id, errors = request.state.actor, request.path_params["id"], Errors()
    goal = await visible_goal(actor, goal_id)
    typed = _typed(goal)
    if request.method == "POST":
        form = await read_form(request)
        typed, due_on = _sent(form, errors), day(form, "due_on")
        if not errors:
            try:
                await goals.revise_goal(
                    actor, goal_id, want=typed["want"], measure=typed["measure"],
                    competency_id=one_id(form, "competency_id"), due_on=due_on, why=typed["why"],
                    privacy=choice(GoalPrivacy, form, "privacy"),
                )
                return go_to(request, "/", toast=Toast(_("Goal changed. The old wording is kept.")))
            except Invalid as refusal:
                errors.take(refusal)
            except Conflict as refusal:
                errors.add("want", refusal.message)
    return page(
        request, "journey/revise.html", block="form", status=422 if errors else 200, errors=errors, goal=goal,
        typed=typed, skills=await _skills(request),
        readers=await _readers(request, goal.enrollment_id, goal, typed["privacy"]),
    )


async def agree(request: Request) -> Response:
    """The mentor's nod to a changed goal."""
    try:
        await goals.agree_revision(request.state.actor, request.path_params["id"])
    except Conflict as refusal:
        return go_to(request, "/", toast=Toast(refusal.message))
    return go_to(request, "/", toast=Toast(_("Thank you. Your mentee sees it.")))


async def put_first(request: Request) -> Response:
    """Put another goal in focus."""
    try:
        await goals.focus_goal(request.state.actor, request.path_params["id"])
    except Conflict as refusal:
        return go_to(request, "/", toast=Toast(refusal.message))
    return go_to(request, "/", toast=Toast(_("This goal comes first now.")))


async def close(request: Request) -> Response:
    """Close a goal, as its owner says it went."""
    goal = await visible_goal(request.state.actor, request.path_params["id"])
    state = choice(GoalState, await read_form(request), "state")
    if state not in SETTLED:
        return go_to(request, "/", toast=Toast(_("Choose what became of it.")))
    try:
        await goals.settle_goal(request.state.actor, goal.id, state)
    except Conflict as refusal:
        return go_to(request, "/", toast=Toast(refusal.message))
    return go_to(request, "/", toast=Toast(SETTLED[state](), closed_undo(goal.id)))


async def reopen(request: Request) -> Response:
    """Take that back while nobody was told."""
    try:
        undone = await goals.undo_settle_goal(request.state.actor, request.path_params["id"])
    except Conflict as refusal:
        return go_to(request, "/", toast=Toast(refusal.message))
    words = _("Undone. It stands as before.") if undone else _("It is too late to undo this. It stays as it is.")
    return go_to(request, "/", toast=Toast(words))


async def add_milestone(request: Request) -> Response:
    """Add a step to a goal."""
    goal_id, errors = request.path_params["id"], Errors()
    goal = await visible_goal(request.state.actor, goal_id)
    title, due_on = "", None
    if request.method == "POST":
        form = await read_form(request)
        title, due_on = text(form, "step", STEP_LETTERS, errors), day(form, "due_on", errors)
        if not errors:
            try:
                await _add_step(request, form_key(form, title), title, due_on)
                return go_to(request, "/", toast=Toast(_("Step added.")))
            except (Conflict, Invalid) as refusal:
                _take(errors, refusal)
    return page(
        request, "journey/milestone.html", block="form", status=422 if errors else 200, errors=errors, goal=goal,
        title_typed=title, due_on=due_on.isoformat() if due_on else "",
    )


async def change_milestone(request: Request) -> Response:
    """Reword or redate a step."""
    actor, step_id, errors = request.state.actor, request.path_params["id"], Errors()
    goal, step = await visible_milestone(actor, step_id)
    title, due_on = step.title, step.due_on
    if request.method == "POST":
        form = await read_form(request)
        title, due_on = text(form, "step", STEP_LETTERS, errors), day(form, "due_on", errors)
        if not errors:
            try:
                await goals.change_milestone(actor, step_id, title, due_on)
                return go_to(request, "/", toast=Toast(_("Step changed.")))
            except (Conflict, Invalid) as refusal:
                _take(errors, refusal)
    return page(
        request, "journey/milestone_change.html", block="form", status=422 if errors else 200, errors=errors, goal=goal,
        step=step, title_typed=title, due_on=due_on.isoformat() if due_on else "",
    )


async def drop_milestone(request: Request) -> Response:
    """Take a step out."""
    step_id = request.path_params["id"]
    try:
        await goals.drop_milestone(request.state.actor, step_id)
    except Conflict as refusal:
        return go_to(request, "/", toast=Toast(refusal.message))
    return go_to(request, "/", toast=Toast(_("Step taken out."), f"/milestone/{step_id}/removal/undo"))


async def restore_milestone(request: Request) -> Response:
    """Put it back."""
    try:
        await goals.undo_drop_milestone(request.state.actor, request.path_params["id"])
    except Conflict as refusal:
        return go_to(request, "/", toast=Toast(refusal.message))
    return go_to(request, "/", toast=Toast(_("Undone. It stands as before.")))


def closed_undo(goal_id: UUID) -> str:
    """The address that opens a goal again which was just closed."""
    return f"/goal/{goal_id}/closure/undo"


async def _add_step(request: Request, key: str, title: str, due_on: date | None) -> None:
    async def add() -> Json:
        step = await goals.add_milestone(request.state.actor, request.path_params["id"], title, due_on)
        return {"milestone_id": step.id}

    await once(request.state.actor, key, add)


def _take(errors: Errors, refusal: Conflict | Invalid) -> None:
    if isinstance(refusal, Conflict):
        errors.add("step", refusal.message)
    else:
        errors.update({STEP_FIELDS.get(name, name): words for name, words in refusal.fields.items()})


async def _skills(request: Request) -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in await competencies(request.state.actor)]


async def _readers(request: Request, enrollment_id: UUID, goal: Goal | None, typed: str) -> Readers:
    """Who may read a goal of an enrolment, as it was chosen, or as it is."""
    actor = request.state.actor
    program = (await visible_enrollment(actor, enrollment_id)).program
    speak_of(program)
    match_id = goal.match_id if goal else await running_match_of(actor, enrollment_id)
    match = await visible_match(actor, match_id) if match_id else None
    partner = with_whom(company_of(match, actor.person_id)) if match else who_comes(program)
    return readers(program, goal.privacy if goal else None, partner, GoalPrivacy(typed) if typed else None)


def _typed(goal: Goal | None) -> dict[str, str]:
    """What the sentence's form holds before anything is typed."""
    if goal is None:
        return dict.fromkeys(("want", "measure", "competency_id", "due_on", "why", "privacy"), "")
    return {
        "want": goal.want, "measure": goal.measure, "competency_id": str(goal.competency_id or ""),
        "due_on": goal.due_on.isoformat() if goal.due_on else "", "why": "",
        "privacy": goal.privacy.value,
    }


def _sent(form: FormData, errors: Errors) -> dict[str, str]:
    """What was typed into it, a day that does not exist too."""
    due_on = day(form, "due_on", errors)
    return {
        "want": text(form, "want", WANT_LETTERS, errors, lines=True),
        "measure": text(form, "measure", WANT_LETTERS, errors, lines=True),
        "competency_id": str(one_id(form, "competency_id") or ""),
        "due_on": due_on.isoformat() if due_on else text(form, "due_on", 40),
        "why": text(form, "why", WHY_LETTERS, errors, lines=True),
        "privacy": level.value if (level := choice(GoalPrivacy, form, "privacy")) else "",
    }


routes = [
    Route("/enrollment/{id:uuid}/goal", begin, methods=["GET", "POST"], name="goal-new"),
    Route("/goal/{id:uuid}/revision", revise, methods=["GET", "POST"], name="goal-revision"),
    Route("/goal/{id:uuid}/agreement", agree, methods=["POST"], name="goal-agreement"),
    Route("/goal/{id:uuid}/focus", put_first, methods=["POST"], name="goal-focus"),
    Route("/goal/{id:uuid}/closure", close, methods=["POST"], name="goal-closure"),
    Route("/goal/{id:uuid}/closure/undo", reopen, methods=["POST"], name="goal-closure-undo"),
    Route("/goal/{id:uuid}/milestone", add_milestone, methods=["GET", "POST"], name="milestone-new"),
    Route("/milestone/{id:uuid}/change", change_milestone, methods=["GET", "POST"], name="milestone-change"),
    Route("/milestone/{id:uuid}/removal", drop_milestone, methods=["POST"], name="milestone-removal"),
    Route("/milestone/{id:uuid}/removal/undo", restore_milestone, methods=["POST"], name="milestone-removal-undo"),
]
