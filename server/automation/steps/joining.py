"""From the invitation to the answer to a match."""

from server.automation.moments import Days
from server.automation.protocol import Step
from server.automation.subjects import (
    ENROLLMENT,
    MATCH,
    asked,
    invited,
    may_still_join,
    started,
    themselves,
    to_train,
    who_answers,
)

STEPS = (
    Step("E03", ENROLLMENT, ("enrollment.invited",), invited, (Days(3),), themselves),
    Step("E04", ENROLLMENT, ("enrollment.invited",), invited, (Days(7),), themselves),
    Step("E05", ENROLLMENT, ("enrollment.started",), started, (Days(1), Days(4)), themselves),
    Step("E06", ENROLLMENT, ("enrollment.invited", "enrollment.started"), may_still_join, (Days(-2),), themselves),
    Step("T02", ENROLLMENT, ("training.asked",), to_train, (Days(4), Days(8)), themselves),
    Step("M04", MATCH, ("match.published", "match.member_accepted"), asked, (Days(2), Days(5)), who_answers),
)
