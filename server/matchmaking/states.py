"""The enums of the matchmaking room."""

from enum import StrEnum


class RunState(StrEnum):
    """How far a match run has come."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class PreferenceKind(StrEnum):
    """What somebody said about somebody."""

    WISH = "WISH"
    FAVOURITE = "FAVOURITE"
    NOT_FOR_ME = "NOT_FOR_ME"
