"""The part `permissions` of a programme's document. Pure.

    [permissions]
    mentees_may_browse = false    # see who fits, without asking or naming anybody; peers too
    mentors_may_browse = false
    mentees_may_message = true    # write to the others of their match; peers and members of circles too
    mentors_may_message = true    # who leads a circle too
    mentees_may_invite = false    # invite a colleague
    mentors_may_invite = false

Who may ask and who may name wishes are settings of the outline (`mentees_may_ask` and its like).
"""

from server.programs.plans import fields
from server.programs.plans.fields import Setting, Shape
from server.programs.plans.parts import Part

PERMISSIONS: Shape = {
    "mentees_may_browse": Setting(fields.yes_no, False),
    "mentors_may_browse": Setting(fields.yes_no, False),
    "mentees_may_message": Setting(fields.yes_no, True),
    "mentors_may_message": Setting(fields.yes_no, True),
    "mentees_may_invite": Setting(fields.yes_no, False),
    "mentors_may_invite": Setting(fields.yes_no, False),
}
PERMISSIONS_PART = Part("permissions", fields.table(PERMISSIONS), {})
