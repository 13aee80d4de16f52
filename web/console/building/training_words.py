"""The training of a programme in words: what there is to read, for whom, and whether a match waits for it."""

from collections.abc import Mapping
from typing import Any

from server.automation.building.queries import Plan
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.training.states import Audience
from web.console.building.part import Part


def told(plan: Plan) -> str:
    """Each step in a sentence."""
    steps = plan.content["training"]
    said = [_("%(title)s: %(what)s") % {"title": one["title"], "what": what(one)} for one in steps]
    return " ".join(said) or _("Nothing to read before people meet.")


def what(step: Mapping[str, Any]) -> str:
    """How long a step takes, for whom it is, and whether a match waits for it."""
    minutes = ngettext("%(num)d minute", "%(num)d minutes", step["minutes"]) % {"num": step["minutes"]}
    words = _("%(minutes)s, for %(whom)s, before they are matched.") if step["required"] else (
        _("%(minutes)s, for %(whom)s, advised."))
    return words % {"minutes": minutes, "whom": whom(step)}


def whom(step: Mapping[str, Any]) -> str:
    """For whom a step is, within a sentence."""
    return {
        Audience.EVERYBODY: _("everybody"), Audience.LEARNERS: _("mentees, peers and members"),
        Audience.LEADERS: _("mentors and who leads"),
    }[Audience(step["to"])]


def audiences() -> list[tuple[str, str]]:
    """For whom a step may be."""
    return [
        (Audience.EVERYBODY.value, _("Everybody")), (Audience.LEARNERS.value, _("Mentees, peers and members")),
        (Audience.LEADERS.value, _("Mentors and who leads")),
    ]


def _title() -> str:
    return _("Training")


PART = Part("training", _title, told)
