"""Every screen in every state. One module a part of the product; a new screen adds its states where it belongs."""

from a11y_tests.registry import State
from a11y_tests.states import (
    asking,
    audience,
    building,
    circles,
    console,
    deciding,
    doors,
    exploring,
    goals,
    hiring,
    inviting,
    joining,
    keeping,
    leaving,
    matching,
    meeting,
    pairs,
    roster,
    runs,
    signing_in,
    supply,
    surveying,
    talking,
    trial,
    voyage,
    weighing,
    you,
)

PARTS = (
    doors, joining, asking, matching, voyage, goals, meeting, talking, you, leaving, console, pairs, roster,
    runs, trial, exploring, signing_in, keeping, weighing, supply, deciding, building, audience,
    circles, hiring, surveying, inviting,
)


def every_state() -> list[State]:
    """All of them."""
    return [state for part in PARTS for state in part.STATES]
