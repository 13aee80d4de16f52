"""From the match to its first session."""

from server.automation.moments import Days
from server.automation.protocol import Step
from server.automation.subjects import MATCH, began, everybody, managers, who_books

STEPS = (
    Step("F01", MATCH, ("match.activated",), began, (Days(2),), who_books),
    Step("F02", MATCH, ("match.activated",), began, (Days(5),), everybody),
    Step("F03", MATCH, ("match.activated",), began, (Days(10),), everybody),
    Step("F04", MATCH, ("match.activated",), began, (Days(21),), managers(MATCH), each=False),
)
