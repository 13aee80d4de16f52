"""Which guide helps whom, and what may be told of how often guides are opened. Pure."""

from datetime import date, timedelta

from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.resources.states import Phase
from server.programs.states import Guide
from server.surveys.forms.results import LEAST

CLOSES_WITHIN = timedelta(weeks=3)
"""The last one or two sessions of most programmes: an end is said early."""
PHASES = {Guide.FIRST_SESSION: Phase.BEGINNING, Guide.FEEDBACK: Phase.UNDER_WAY, Guide.CLOSING: Phase.AFTER}
"""In which phase a programme's own links belong to a guide."""


def guide_for(match: Match, met: int, on: date) -> Guide:
    """What helps on a day in a match that has met so often."""
    if match.state is MatchState.DURATION_COMPLETED:
        return Guide.CLOSING
    if not met:
        return Guide.FIRST_SESSION
    is_last = match.ends_on is not None and match.ends_on - on <= CLOSES_WITHIN
    return Guide.CLOSING if is_last else Guide.FEEDBACK


def at_least(opened: int, people: int) -> int | None:
    """How often a guide was opened at least, in steps of eight, so that two looks a day apart tell of nobody.

    None where fewer than eight people could have opened it.
    """
    return None if people < LEAST else opened - opened % LEAST
