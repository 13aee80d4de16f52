"""What people have at hand in a programme, in a sentence."""

from server.automation.building.queries import Plan
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from web.console.building.part import Part


def told(plan: Plan) -> str:
    """How many questions and examples there are."""
    prompts, examples = len(plan.content["note_prompts"]), len(plan.content["goal_examples"])
    asked = ngettext("%(num)d question for notes", "%(num)d questions for notes", prompts) % {"num": prompts}
    shown = ngettext("%(num)d example of a goal", "%(num)d examples of goals", examples) % {"num": examples}
    return _("%(asked)s, %(shown)s.") % {"asked": asked, "shown": shown}


def _title() -> str:
    return _("Resources")


def _is_ready(plan: Plan) -> bool:
    return bool(plan.content["note_prompts"] and plan.content["goal_examples"])


PART = Part("resources", _title, told, _is_ready)
