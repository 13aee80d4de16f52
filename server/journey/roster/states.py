"""The enums of the list of people."""

from enum import StrEnum


class Stand(StrEnum):
    """By what the list of people can be narrowed: how somebody stands in the programmes that are looked at."""

    PAIRED = "PAIRED"
    ASKED = "ASKED"
    TO_REVIEW = "TO_REVIEW"
    UNMATCHED = "UNMATCHED"
    INVITED = "INVITED"
    APPLIES = "APPLIES"
    IN_LINE = "IN_LINE"
    BREAK = "BREAK"
    NOTHING = "NOTHING"
    ON_LEAVE = "ON_LEAVE"
    HAS_LEFT = "HAS_LEFT"
