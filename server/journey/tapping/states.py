"""The enums of what a tap does."""

from enum import StrEnum


class Ended(StrEnum):
    """What came of a tap. ANSWERED: said yes, and somebody else still has to. REFUSED: it was too late for it."""

    BOOKED = "BOOKED"
    ANSWERED = "ANSWERED"
    SEAT_TAKEN = "SEAT_TAKEN"
    UNDONE = "UNDONE"
    REFUSED = "REFUSED"
