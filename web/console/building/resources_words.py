"""What people have at hand in a programme, in a sentence."""

from collections.abc import Callable

from server.automation.building.queries import Plan
from server.goals.states import GoalPrivacy
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.resources.states import Phase, Readers
from web.console.building.part import Part

LEVELS: dict[GoalPrivacy, Callable[[], str]] = {
    GoalPrivacy.PRIVATE: lambda: _("Whose goal it is, and nobody else"),
    GoalPrivacy.PAIR: lambda: _("The two of the pair"),
    GoalPrivacy.MANAGERS: lambda: _("The two of the pair, and you who run the programme"),
}


def told(plan: Plan) -> str:
    """How many questions and examples there are."""
    prompts, examples = len(plan.content["note_prompts"]), len(plan.content["goal_examples"])
    asked = ngettext("%(num)d question for notes", "%(num)d questions for notes", prompts) % {"num": prompts}
    shown = ngettext("%(num)d example of a goal", "%(num)d examples of goals", examples) % {"num": examples}
    links, files = (len(plan.content["resources"][kind]) for kind in ("links", "files"))
    held = [ngettext("%(num)d link", "%(num)d links", links) % {"num": links}] if links else []
    held += [ngettext("%(num)d file", "%(num)d files", files) % {"num": files}] if files else []
    return f"{', '.join((asked, shown, *held))}."


def readers() -> list[tuple[str, str]]:
    """For whom a link may be."""
    return [
        (Readers.EVERYBODY.value, _("Everybody")), (Readers.PEOPLE.value, _("Mentees, peers and members")),
        (Readers.MENTORS.value, _("Mentors and who leads")),
    ]


def phases() -> list[tuple[str, str]]:
    """When it may be shown."""
    return [
        (Phase.ANY.value, _("Always")), (Phase.WAITING.value, _("While they wait for a match")),
        (Phase.BEGINNING.value, _("Until their first session")),
        (Phase.UNDER_WAY.value, _("After their first session")),
        (Phase.AFTER.value, _("When the match is over")),
    ]


def levels() -> list[tuple[str, str]]:
    """Who may read a goal, as who runs the programme chooses it."""
    return [(level.value, word()) for level, word in LEVELS.items()]


def _title() -> str:
    return _("Resources")


def _is_ready(plan: Plan) -> bool:
    return bool(plan.content["note_prompts"] and plan.content["goal_examples"])


PART = Part("resources", _title, told, _is_ready)
