"""The parts of the builder in their order. A new one adds its line here, and its module to SCREENS of web/app.py."""

from dataclasses import dataclass

from server.automation.building.queries import Plan
from server.kernel.text import gettext as _
from web.console.building import (
    audience_words,
    dates_words,
    joining_words,
    launch_words,
    matching_words,
    messages_words,
    resources_words,
    surveys_words,
    terms_words,
    training_words,
)
from web.console.building.part import Part

PARTS: tuple[Part, ...] = (
    dates_words.PART,
    audience_words.PART,
    joining_words.PART,
    training_words.PART,
    matching_words.PART,
    messages_words.PART,
    surveys_words.PART,
    resources_words.PART,
    terms_words.PART,
    launch_words.PART,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One part in the list at the side: where it is, how it stands in a word, and its sentences."""

    href: str
    title: str
    state: str
    ready: bool
    current: bool
    told: str


def lines(plan: Plan, here: Part) -> list[Line]:
    """All parts, with the one that is open."""
    return [_line(plan, part, here) for part in PARTS]


def _line(plan: Plan, part: Part, here: Part) -> Line:
    ready = part.is_ready is not None and part.is_ready(plan)
    state = "" if part.is_ready is None else _("ready") if ready else _("To do")
    return Line(address(plan, part), part.title(), state, ready, part is here, part.told(plan))


def address(plan: Plan, part: Part) -> str:
    """The page of a part."""
    return f"/console/programs/{plan.program.id}/build/{part.name}"
