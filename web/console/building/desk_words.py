"""What stands on every page of the builder: how the draft stands, and whom it touches."""

from server.automation.building.queries import Plan
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.states import PlanState
from web.dates import moment


def stands(plan: Plan) -> tuple[str, str, str]:
    """Whether this is in force, prepared or in review: words, kind and icon of a chip."""
    if plan.draft is None:
        return _("In force"), "leaf", "tick"
    if plan.draft.state is PlanState.REVIEW:
        return _("In review"), "sun", "clock"
    return _("Draft"), "sea", "pencil"


def kept(plan: Plan) -> str:
    """When the draft was kept last."""
    return _("Kept %(when)s.") % {"when": moment(plan.draft.made_at)} if plan.draft else ""


def touches(plan: Plan) -> str:
    """Whom a change touches, and when."""
    count = plan.page.taking_part
    if not count:
        return _("This programme only. Nobody takes part in it yet.")
    return ngettext(
        "This programme only. %(num)d person, once you put it in force.",
        "This programme only. %(num)d people, once you put it in force.", count,
    ) % {"num": count}


def meanwhile() -> str:
    """Somebody was faster, and nothing typed is lost."""
    return _("Somebody changed this draft meanwhile. What you typed is still here. Keep it, or look at theirs first.")
