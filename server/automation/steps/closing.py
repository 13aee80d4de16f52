"""The last four weeks of a match."""

from server.automation.moments import Days
from server.automation.protocol import Step
from server.automation.subjects import MATCH, both, ends, everybody

LAST_DAY = ("match.activated", "match.member_accepted", "match.resumed", "match.extended")

STEPS = (
    Step("Z01", MATCH, LAST_DAY, ends, (Days(-28),), everybody),
    Step("Z02", MATCH, LAST_DAY, ends, (Days(-14),), everybody),
    Step("Z03", MATCH, LAST_DAY, ends, (Days(-7),), both),
)
