"""The enums of the notifications room (glossary section 5, lifecycle section 3)."""

from enum import StrEnum


class MessageClass(StrEnum):
    """How a message is treated by caps and quiet hours."""

    TRANSACTIONAL = "TRANSACTIONAL"
    NUDGE = "NUDGE"
    SURVEY = "SURVEY"
    REPORT = "REPORT"


MAIL_MARK, PUSH_MARK = ":mail", ":push"
"""Added to a kind's key, or to a class, where a person switched off one channel of it; a key alone stands for both."""


class Channel(StrEnum):
    """How a message reaches somebody."""

    EMAIL = "EMAIL"
    PUSH = "PUSH"


class Arm(StrEnum):
    """Which half of a comparison a nudge is in, where a programme finds out whether nudges help."""

    NONE = "NONE"
    NUDGED = "NUDGED"
    HELD_OUT = "HELD_OUT"


class MessageState(StrEnum):
    """The life of a message."""

    PLANNED = "PLANNED"
    QUEUED = "QUEUED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    SUPPRESSED = "SUPPRESSED"
