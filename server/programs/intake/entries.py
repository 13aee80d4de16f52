"""The part `intake` of a programme's document. Pure.

    [intake]
    mentees_later_days = 3   # who learns is invited so many days after the first mentor of the group; 0: at once
    newcomers = true         # a draft for whoever joins a group that was matched; "none": where people come at any time
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.programs.plans import fields
from server.programs.plans.fields import Setting, Shape
from server.programs.plans.parts import Part
from server.programs.states import Cadence

LATER_MOST = 30
INTAKE: Shape = {
    "mentees_later_days": Setting(fields.whole(0, LATER_MOST), 0),
    "newcomers": Setting(fields.maybe(fields.yes_no), None),
}
INTAKE_PART = Part("intake", fields.table(INTAKE), {})


@dataclass(frozen=True, slots=True)
class Intake:
    """How people come in. `newcomers`: whoever joins a group that was matched gets a draft by themselves."""

    mentees_later_days: int
    newcomers: bool


def intake_of(stored: Mapping[str, Any], cadence: Cadence) -> Intake:
    """How people come in, of what is stored of it; what is not said follows from how people enter."""
    said = INTAKE_PART.told(stored)
    newcomers = cadence is Cadence.ROLLING if said["newcomers"] is None else bool(said["newcomers"])
    return Intake(said["mentees_later_days"], newcomers)
