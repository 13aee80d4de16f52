"""Saying a goal, and its steps."""

from server.automation.moments import Days
from server.automation.protocol import Step
from server.automation.subjects import (
    GOAL,
    MATCH,
    MILESTONE,
    SHARED_STEP,
    began,
    first_met,
    rests_since,
    step_due,
    who_goes,
    who_learns,
    who_shares,
    who_works_on_it,
)

TOUCHED = (
    "goal.activated", "goal.revised", "goal.milestone_dated", "goal.milestone_done", "goal.milestone_reopened",
)

STEPS = (
    Step("G01", MATCH, ("match.activated",), began, (Days(3),), who_learns),
    Step("G01-met", MATCH, ("session.held", "session.logged"), first_met, (Days(2),), who_learns),
    Step("G04", MILESTONE, ("goal.milestone_dated",), step_due, (Days(-3),), who_goes),
    Step("G05", MILESTONE, ("goal.milestone_dated",), step_due, (Days(1), Days(7)), who_goes),
    Step("G05-shared", SHARED_STEP, ("goal.milestone_dated",), step_due, (Days(7),), who_shares),
    Step("G07", GOAL, TOUCHED, rests_since, (Days(45),), who_works_on_it, moves=True),
)
