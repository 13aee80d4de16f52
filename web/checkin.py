"""The Check-in screen: notice trouble early, in under a minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.check.queries import CheckInPage, check_in_page
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.surveys import actions
from server.surveys.states import GoalOutcome, Help
from web.forms import Errors, choice, choices, integer, read_form, text, typed_in
from web.goals import closed_undo
from web.render import go_to, page, speak_of
from web.toast import Toast

if TYPE_CHECKING:
    from server.surveys.models import SurveyAnswer

WORDS_LETTERS = 2000
LEAST, MOST = 1, 5
MOST_LIKELY = 10


USEFUL: tuple[Callable[[], str], ...] = (
    lambda: _("Not useful"), lambda: _("A little"), lambda: _("Useful"), lambda: _("Very useful"),
    lambda: _("A real change"),
)
FEELS: tuple[Callable[[], str], ...] = (
    lambda: _("Lost"), lambda: _("Far"), lambda: _("In sight"), lambda: _("Close"), lambda: _("There"),
)
"""The five steps of the two scales, the lowest first."""
OUTCOMES: dict[GoalOutcome, Callable[[], str]] = {
    GoalOutcome.REACHED: lambda: _("Reached"), GoalOutcome.PARTLY: lambda: _("Partly"),
    GoalOutcome.CHANGED: lambda: _("It changed"), GoalOutcome.LET_GO: lambda: _("I let it go"),
}


class Typed(TypedDict):
    """What the form holds: two scales, values of `Help`, and words."""

    usefulness: int | None
    goal_distance: int | None
    help: list[str]
    words: str
    recommend: int | None
    goal_outcome: GoalOutcome | None


BLANK: Typed = {
    "usefulness": None, "goal_distance": None, "help": [], "words": "", "recommend": None, "goal_outcome": None,
}


async def check_in(request: Request) -> Response:
    """Ask two scales, what would help, and take the answers."""
    actor, invitation_id, errors = request.state.actor, request.path_params["id"], Errors()
    typed: Typed | None = None
    if request.method == "POST":
        form = await read_form(request)
        typed = _typed(form, errors)
        if not errors:
            try:
                given = await _answer(request, typed)
                return go_to(request, f"/checkin/{invitation_id}", toast=_thanks(given))
            except Invalid as refusal:
                errors.take(refusal)
            except Conflict as refusal:
                errors.add("", refusal.message)
    shown = await check_in_page(actor, invitation_id)
    speak_of(shown.match.program)
    answer = shown.answer
    if typed is None:
        typed = _answered(answer) if answer else BLANK
    return page(
        request, "checkin/checkin.html", block="form", status=(422 if shown.is_open else 409) if errors else 200,
        errors=errors if shown.is_open else Errors(), lost=[] if shown.is_open else typed_in(request), shown=shown,
        typed=typed, helps=[(one.value, _help_words(one, shown)) for one in Help], way=_so_far(shown),
        outcomes=[(one.value, words()) for one, words in OUTCOMES.items()], answers=read_again(shown),
        useful=[words() for words in USEFUL], feels=[words() for words in FEELS],
    )


def _so_far(shown: CheckInPage) -> dict[str, object]:
    """The way until now, as the voyage tells it: in words, in numbers and in one sentence."""
    done, steps = shown.steps
    when = _("Week %(week)s of %(weeks)s") % {"week": shown.week, "weeks": shown.weeks}
    reached = _("%(done)s of %(all)s milestones") % {"done": done, "all": steps} if steps else ""
    held = ngettext("%(num)d session", "%(num)d sessions", shown.held) % {"num": shown.held}
    return {
        "title": _title(shown), "when": when,
        "legend": [words for words in (held, reached) if words],
        "said": ", ".join(words for words in (when, held, reached) if words) + ".",
    }


def _title(shown: CheckInPage) -> str:
    if shown.is_last:
        return _("How was it?")
    return _("Half-way. How is it going?") if shown.is_half_way else _("How is it going?")


def read_again(shown: CheckInPage) -> list[tuple[str, str]]:
    """The answers as they were given, to be read and no more."""
    given = shown.answer
    if given is None:
        return []
    rows = [
        (_("Time with %(name)s") % {"name": shown.partner.first_name}, _step(USEFUL, given.usefulness)),
        (_("The goal"), _step(FEELS, given.goal_distance)),
        (_("What would help"), _(", ").join(_help_words(Help(one), shown) for one in given.help_wanted)),
        (_("Recommend it"), "" if given.recommend is None else _("%(step)s of 10") % {"step": given.recommend}),
        (_("At the end"), OUTCOMES[given.goal_outcome]() if given.goal_outcome else ""),
    ]
    return [(label, words) for label, words in rows if words]


def _step(words: tuple[Callable[[], str], ...], step: int | None) -> str:
    return words[step - LEAST]() if step else ""


def _thanks(answer: SurveyAnswer) -> Toast:
    """A word of thanks; what closed the goal can be taken back."""
    if answer.goal_id is None:
        return Toast(_("Thank you."))
    return Toast(_("Thank you. Your goal is closed with it."), closed_undo(answer.goal_id))


async def _answer(request: Request, typed: Typed) -> SurveyAnswer:
    """Without the form's key: there is one answer, so twice is harmless, and of two wordings the last one holds."""
    return await actions.answer_check_in(
        request.state.actor, request.path_params["id"], usefulness=typed["usefulness"],
        goal_distance=typed["goal_distance"], help_wanted=typed["help"], words=typed["words"],
        recommend=typed["recommend"], goal_outcome=typed["goal_outcome"],
    )


def _answered(answer: SurveyAnswer) -> Typed:
    return {
        "usefulness": answer.usefulness, "goal_distance": answer.goal_distance, "help": answer.help_wanted,
        "words": answer.words, "recommend": answer.recommend, "goal_outcome": answer.goal_outcome,
    }


def _typed(form: FormData, errors: Errors) -> Typed:
    return {
        "usefulness": integer(form, "usefulness", errors, least=LEAST, most=MOST),
        "goal_distance": integer(form, "goal_distance", errors, least=LEAST, most=MOST),
        "help": [one.value for one in choices(Help, form, "help")],
        "words": text(form, "words", WORDS_LETTERS, errors, lines=True),
        "recommend": integer(form, "recommend", errors, least=0, most=MOST_LIKELY),
        "goal_outcome": choice(GoalOutcome, form, "goal_outcome"),
    }


def _help_words(one: Help, shown: CheckInPage) -> str:
    another = _("Another peer") if shown.is_among_peers else _("Another mentor")
    another = _("Another circle") if shown.is_of_circle else another
    return {
        Help.MEET_MORE: _("Meet more often"), Help.MEET_LESS: _("Meet less often"),
        Help.SHARPER_AGENDAS: _("Sharper agendas"), Help.CHANGE_GOAL: _("Change the goal"),
        Help.ANOTHER_MENTOR: _("Another mentee") if shown.is_mentor else another,
    }[one]


routes = [Route("/checkin/{id:uuid}", check_in, methods=["GET", "POST"], name="check-in")]
