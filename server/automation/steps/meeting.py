"""Before a session, and after one."""

from datetime import timedelta

from server.automation.moments import Days, Span, WorkingDays
from server.automation.protocol import Step
from server.automation.subjects import (
    MATCH,
    PROMISE,
    SESSION,
    met,
    promised,
    takes_place,
    took_place,
    who_books,
    who_comes,
    who_knows,
    who_promised,
)

BOOKED = ("session.booked", "session.moved", "session.series_booked", "session.rest_moved")
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
TOOK_PLACE = ("session.held", "session.logged")

STEPS = (
    Step("S03", SESSION, BOOKED, takes_place, (WorkingDays(2),), who_comes),
    Step("S04", SESSION, BOOKED, takes_place, (Span(-DAY), Span(-QUARTER)), who_comes),
    Step("S05", SESSION, ("session.held",), took_place, (Span(timedelta(minutes=30)),), who_knows),
    Step("S06", SESSION, TOOK_PLACE, took_place, (Span(timedelta(hours=2)),), who_comes),
    Step("S08", MATCH, TOOK_PLACE, met, (Days(3),), who_books),
    Step("S10", PROMISE, ("session.promised",), promised, (WorkingDays(1),), who_promised),
)
