"""Waiting for a place or for a match, and groups in which too many say no."""

from server.automation.moments import Days, Weekly
from server.automation.protocol import Step
from server.automation.subjects import COHORT, ENROLLMENT, managers, refused, takes_part, themselves, waits

EVERY_TWO_WEEKS = tuple(Days(14 * number) for number in range(1, 7))
ADMITTED = ("enrollment.activated", "enrollment.seat_freed")

STEPS = (
    Step("E11", ENROLLMENT, ("enrollment.waitlisted",), waits, EVERY_TWO_WEEKS, themselves),
    Step("M11", ENROLLMENT, ADMITTED, takes_part, (Days(14), Days(28)), themselves),
    Step("M11-runs", ENROLLMENT, ADMITTED, takes_part, (Days(14), Days(28)), managers(ENROLLMENT), each=False),
    Step("M10", COHORT, ("match.declined", "match.expired"), refused, (Weekly(),), managers(COHORT), each=False,
         moves=True),
)
