"""Matches that go quiet: a word to who is in it, then to who runs the programme (feature F72)."""

from server.automation.moments import Days
from server.automation.protocol import Step
from server.automation.subjects import MATCH, both, everybody, last_met, managers, overseers

FACTS = ("match.activated", "match.resumed", "match.kept", "session.held", "session.logged")

STEPS = (
    Step("I01", MATCH, FACTS, last_met, (Days(21),), everybody, moves=True),
    Step("I02", MATCH, FACTS, last_met, (Days(28),), everybody, moves=True),
    Step("I03", MATCH, FACTS, last_met, (Days(29),), managers(MATCH), each=False, moves=True),
    Step("I04", MATCH, FACTS, last_met, (Days(42),), overseers(MATCH), each=False, moves=True),
    Step("I05", MATCH, FACTS, last_met, (Days(60),), both, moves=True),
)
