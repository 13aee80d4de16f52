"""The enums of the matchmaking room."""

from enum import StrEnum


class RunState(StrEnum):
    """How far a match run has come."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class RunKind(StrEnum):
    """Whom a run is for: everybody who waits, only those who have nobody, or one person. A preview moves nobody."""

    FULL = "FULL"
    PREVIEW = "PREVIEW"
    NEWCOMERS = "NEWCOMERS"
    SINGLE = "SINGLE"


OF_THE_GROUP = frozenset({RunKind.FULL, RunKind.NEWCOMERS})
"""Runs whose drafts and queue are those of the whole group."""


class PreferenceKind(StrEnum):
    """What somebody said about somebody."""

    WISH = "WISH"
    FAVOURITE = "FAVOURITE"
    NOT_FOR_ME = "NOT_FOR_ME"
