"""Saying a goal, and its steps."""

from server.automation.moments import Days
from server.automation.protocol import Step
from server.automation.subjects import MATCH, MILESTONE, began, step_due, who_goes, who_learns

STEPS = (
    Step("G01", MATCH, ("match.activated",), began, (Days(3),), who_learns),
    Step("G04", MILESTONE, ("goal.milestone_dated",), step_due, (Days(-3),), who_goes),
    Step("G05", MILESTONE, ("goal.milestone_dated",), step_due, (Days(1), Days(7)), who_goes),
)
