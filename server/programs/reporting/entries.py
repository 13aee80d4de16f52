"""The part `reports` of a programme's document. Pure.

    [reports]
    weekly = "MONDAY"        # or "none": how it runs, to who runs it
    monthly = true           # what it brings, to who looks after all programmes
    quarterly = true         # the same in short, to its sponsors
    sponsors = ["mei@harbourline.example"]
    alerts = true            # a figure in the red, once a week each, to who runs it
    line_managers = false    # who of their own people takes part, every second Tuesday
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.kernel.text import gettext as _
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.plans.parts import Part
from server.programs.reporting.states import Weekday

ADDRESS_LETTERS, SPONSORS_MOST = 254, 20


def _address(problems: Problems, path: str, given: object) -> str:
    written: str = fields.words(ADDRESS_LETTERS, needed=True)(problems, path, given)
    if written and "@" not in written:
        problems[path] = _("Write a mail address, such as mei@example.org.")
    return written.lower()


REPORTS: Shape = {
    "weekly": Setting(fields.maybe(fields.one_of(Weekday)), Weekday.MONDAY.value),
    "monthly": Setting(fields.yes_no, True),
    "quarterly": Setting(fields.yes_no, True),
    "sponsors": Setting(fields.many(_address, 0, SPONSORS_MOST), []),
    "alerts": Setting(fields.yes_no, True),
    "line_managers": Setting(fields.yes_no, False),
}
REPORTS_PART = Part("reports", fields.table(REPORTS), {})


@dataclass(frozen=True, slots=True)
class Reports:
    """What a programme sends. `weekly`: on which day; None: not at all."""

    weekly: Weekday | None
    monthly: bool
    quarterly: bool
    sponsors: tuple[str, ...]
    alerts: bool
    line_managers: bool


def reports_of(stored: Mapping[str, Any]) -> Reports:
    """What a programme sends, of what is stored of it."""
    said = REPORTS_PART.told(stored)
    return Reports(
        Weekday(said["weekly"]) if said["weekly"] else None, said["monthly"], said["quarterly"],
        tuple(said["sponsors"]), said["alerts"], said["line_managers"],
    )
