"""The enums of the access room."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the organisation, beyond taking part (glossary section 1)."""

    GLOBAL_ADMIN = "GLOBAL_ADMIN"
    PROGRAM_MANAGER = "PROGRAM_MANAGER"


class LetterState(StrEnum):
    """Whether a request to sign in by mail still lets anybody in. VOID: too many wrong codes; its link still works."""

    OPEN = "OPEN"
    USED = "USED"
    OLD = "OLD"
    VOID = "VOID"


class LetterWay(StrEnum):
    """How a mail signed somebody in."""

    CODE = "CODE"
    LINK = "LINK"


class TicketPurpose(StrEnum):
    """The one act that a ticket is for."""

    AGREE_TO_TIME = "AGREE_TO_TIME"
    """To say yes to a match, or to meet, at the time that the other suggests."""
    CONFIRM_SESSION = "CONFIRM_SESSION"
    """To say that a session took place."""
    MISS_SESSION = "MISS_SESSION"
    """To say that it did not."""
    MOVE_SESSION = "MOVE_SESSION"
    """To say that they moved it, so that it did not take place then."""
    UNDO_MISSED = "UNDO_MISSED"
    KEEP_MATCH = "KEEP_MATCH"
    """To say that a match goes on that would end because nobody met."""
    UNDO_BOOKING = "UNDO_BOOKING"
    UNDO_CHANGE = "UNDO_CHANGE"
    """To take back what one did last to a match: a yes, a later day agreed to."""
    ACCEPT_MATCH = "ACCEPT_MATCH"
    """To say yes to a match, and to suggest the time that stood there, if one did."""
    AGREE_TO_DAY = "AGREE_TO_DAY"
    """To agree to the later last day that the other proposed."""
    ANSWER_SURVEY = "ANSWER_SURVEY"
    """To answer the one question of a survey, on its page."""
