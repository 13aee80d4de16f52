"""The part `intake` of a programme's document. Pure.

    [intake]
    mentees_later_days = 3   # who learns is invited so many days after the first mentor of the group; 0: at once
    newcomers = true         # a draft for whoever joins a group that was matched; "none": where people come at any time
"""

from server.programs.plans import fields
from server.programs.plans.fields import Setting, Shape
from server.programs.plans.parts import Part

LATER_MOST = 30
INTAKE: Shape = {
    "mentees_later_days": Setting(fields.whole(0, LATER_MOST), 0),
    "newcomers": Setting(fields.maybe(fields.yes_no), None),
}
INTAKE_PART = Part("intake", fields.table(INTAKE), {})
