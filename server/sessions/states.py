"""The enums of the sessions room (glossary section 5)."""

from enum import StrEnum


class SessionState(StrEnum):
    """The life of a session. PROPOSED with a time is a hold: agreed by one side only."""

    PROPOSED = "PROPOSED"
    SCHEDULED = "SCHEDULED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"
    LOGGED = "LOGGED"


TAKES_TIME = frozenset({SessionState.PROPOSED, SessionState.SCHEDULED})
"""What keeps its hour free of others."""
TOOK_PLACE = frozenset({SessionState.HELD, SessionState.LOGGED})


class NoteVisibility(StrEnum):
    """Who reads a note."""

    SHARED = "SHARED"
    PRIVATE = "PRIVATE"


class TopicSource(StrEnum):
    """What a proposed topic was drawn from; topics that people add have none."""

    GOAL = "goal"
    MILESTONE = "milestone"
    PROMISE = "promise"
    NOTE = "note"
    MESSAGE = "message"
    START = "start"
