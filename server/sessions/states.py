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


class NoteVisibility(StrEnum):
    """Who reads a note."""

    SHARED = "SHARED"
    PRIVATE = "PRIVATE"
