"""What a good match is, and whom it needs, in a sentence or two."""

from server.automation.building.queries import Plan
from server.kernel.text import gettext as _
from server.matchmaking.engine import Category
from server.matchmaking.engine.wording import category_name
from server.programs.states import Approvals, AskedFirst, ProgramType
from web.console import program_words
from web.console.building.part import Part


def told(plan: Plan) -> str:
    """What counts most, and whose yes it takes."""
    content = plan.content
    first, second = sorted(content["weights"], key=lambda name: -content["weights"][name])[:2]
    most = _("%(first)s and %(second)s count most.") % {
        "first": category_name(Category(first)), "second": category_name(Category(second))}
    asked = program_words.asked(
        Approvals(content["approvals"]), AskedFirst(content["asked_first"]),
        admin_last=content["admin_approves_matches"], of_circles=content["type"] == ProgramType.CIRCLE)
    return f"{most} {asked}"


def _title() -> str:
    return _("Matching")


def _is_ready(plan: Plan) -> bool:
    return any(plan.content["weights"].values())


PART = Part("matching", _title, told, _is_ready)
