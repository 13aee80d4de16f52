"""Waiting for a place or for a match, and groups in which too many say no."""

from datetime import timedelta

from server.automation.moments import Days, Span, Weekly
from server.automation.protocol import Step
from server.automation.subjects import (
    COHORT,
    ENROLLMENT,
    managers,
    may_ask_since,
    refused,
    takes_part,
    themselves,
    waits,
)

EVERY_TWO_WEEKS = tuple(Days(14 * number) for number in range(1, 7))
SOON = Span(timedelta(minutes=15))
"""After the welcome; again later, where nobody was there to ask yet."""
ADMITTED = ("enrollment.activated", "enrollment.seat_freed")

STEPS = (
    Step("M02", ENROLLMENT, ADMITTED, may_ask_since, (SOON, Days(3), Days(7)), themselves),
    Step("E11", ENROLLMENT, ("enrollment.waitlisted",), waits, EVERY_TWO_WEEKS, themselves),
    Step("M11", ENROLLMENT, ADMITTED, takes_part, (Days(14), Days(28)), themselves),
    Step("M11-runs", ENROLLMENT, ADMITTED, takes_part, (Days(14), Days(28)), managers(ENROLLMENT), each=False),
    Step("M10", COHORT, ("match.declined", "match.expired"), refused, (Weekly(),), managers(COHORT), each=False,
         moves=True),
)
