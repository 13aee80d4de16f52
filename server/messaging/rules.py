"""Who may write. Reading is in the queries: whoever is no member does not find the thread."""

from server.matches.models import Match
from server.matches.states import RUNNING, MatchState

WRITABLE = RUNNING | {MatchState.DURATION_COMPLETED}


def is_open(match: Match) -> bool:
    """Whether its members may still write: from the announcement until it is closed."""
    return match.state in WRITABLE
