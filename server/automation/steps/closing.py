"""The last four weeks of a match, what is asked of its people, and what comes after it."""

from server.automation.moments import Days
from server.automation.protocol import Step
from server.automation.subjects import (
    MATCH,
    SURVEY,
    asked_last,
    asked_meanwhile,
    both,
    ends,
    everybody,
    had_its_time,
    who_is_asked,
    who_mentored,
)

LAST_DAY = ("match.activated", "match.member_accepted", "match.resumed", "match.extended")

STEPS = (
    Step("Z01", MATCH, LAST_DAY, ends, (Days(-28),), everybody),
    Step("Z02", MATCH, LAST_DAY, ends, (Days(-14),), everybody),
    Step("Z03", MATCH, LAST_DAY, ends, (Days(-7),), both),
    Step("C03", SURVEY, ("survey.opened",), asked_meanwhile, (Days(3),), who_is_asked),
    Step("Z04-again", SURVEY, ("survey.opened",), asked_last, (Days(3), Days(7)), who_is_asked),
    Step("Z07", MATCH, ("match.completed",), had_its_time, (Days(1),), who_mentored),
    Step("Z08", MATCH, ("match.completed",), had_its_time, (Days(7),), everybody),
)
