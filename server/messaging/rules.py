"""Who may write. Reading is in the queries: whoever is no member does not find the thread."""

from uuid import UUID

from server.matches.company import members_now
from server.matches.models import Match
from server.matches.states import RUNNING, MatchState
from server.programs.permissions.rules import may_message

WRITABLE = RUNNING | {MatchState.DURATION_COMPLETED}


def is_open(match: Match) -> bool:
    """Whether its members may still write: from the announcement until it is closed."""
    return match.state in WRITABLE


def is_allowed(match: Match, person_id: UUID | None) -> bool:
    """Whether the programme lets a member write, in the role that they have here. Members and programme are fetched."""
    return any(one.person_id == person_id and may_message(match.program, one.role) for one in members_now(match))


def may_write(match: Match, person_id: UUID | None) -> bool:
    """Whether somebody may write to the others of a match now."""
    return is_open(match) and is_allowed(match, person_id)
