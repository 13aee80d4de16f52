"""The enums of the matches room (glossary section 3)."""

from enum import StrEnum


class MatchState(StrEnum):
    """The life of a match."""

    DRAFT = "DRAFT"
    AWAITING_ADMIN = "AWAITING_ADMIN"
    AWAITING_MENTOR = "AWAITING_MENTOR"
    AWAITING_MENTEE = "AWAITING_MENTEE"
    AWAITING_BOTH = "AWAITING_BOTH"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    DURATION_COMPLETED = "DURATION_COMPLETED"
    COMPLETED = "COMPLETED"
    CONCLUDED = "CONCLUDED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


AWAITING_PARTICIPANTS = frozenset({MatchState.AWAITING_MENTOR, MatchState.AWAITING_MENTEE, MatchState.AWAITING_BOTH})
AWAITING = AWAITING_PARTICIPANTS | {MatchState.AWAITING_ADMIN}
RUNNING = frozenset({MatchState.ACTIVE, MatchState.PAUSED})
EXTENDABLE = RUNNING | {MatchState.DURATION_COMPLETED}
"""The states in which a later last day can be agreed."""
OPEN_MATCHES = AWAITING | RUNNING
"""The states that take a seat."""

SAID_NO = frozenset({MatchState.DECLINED, MatchState.EXPIRED})
"""Asked, and turned down or not answered in time."""


class MatchKind(StrEnum):
    """Whom a match holds together."""

    PAIR = "PAIR"
    """A mentor and a mentee, or two peers."""
    CIRCLE = "CIRCLE"
    """Four to eight members, and who leads them."""


class MatchOrigin(StrEnum):
    """Who brought it up."""

    ENGINE = "ENGINE"
    MANAGER = "MANAGER"
    MENTEE = "MENTEE"
    MENTOR = "MENTOR"
    PEER = "PEER"


class Approval(StrEnum):
    """A member's own answer."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    NOT_NEEDED = "NOT_NEEDED"
    LATER = "LATER"
    """Asked once the other side said yes: until then the match does not exist for them."""


class DeclineReason(StrEnum):
    """Why somebody said no: it teaches matching, the other person never sees it."""

    CLOSER_TO_GOAL = "CLOSER_TO_GOAL"
    TIMES = "TIMES"
    KNOW_EACH_OTHER = "KNOW_EACH_OTHER"
    NO_ROOM = "NO_ROOM"
    NOT_SAID = "NOT_SAID"


class ClosureReason(StrEnum):
    """Why a match ended."""

    DURATION = "DURATION"
    GOAL_REACHED = "GOAL_REACHED"
    NO_FAULT = "NO_FAULT"
    SCHEDULE = "SCHEDULE"
    POOR_FIT = "POOR_FIT"
    UNRESPONSIVE = "UNRESPONSIVE"
    DEPARTURE = "DEPARTURE"
    CONDUCT = "CONDUCT"
    OTHER = "OTHER"


class OverrideKind(StrEnum):
    """What a manager decided beyond the engine."""

    LOCK = "LOCK"
    PIN = "PIN"
    BAN = "BAN"
