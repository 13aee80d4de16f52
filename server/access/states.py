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
    """The one act that a ticket is for: to accept a match with the time that stood there, to take a booking back."""

    AGREE_TO_TIME = "AGREE_TO_TIME"
    UNDO_BOOKING = "UNDO_BOOKING"
