"""The enums of what a tap does."""

from enum import StrEnum


class Ended(StrEnum):
    """What came of a tap. ANSWERED: said yes, and somebody else still has to. MATCHED: everybody has, and the time is
    still to be agreed. PARTED: a rule keeps them apart by now. AGREED: to another last day. MET, MISSED, MOVED: what
    became of a session; HELD_AFTER_ALL: that is taken back. KEPT: the match goes on. UNDONE: nothing is booked.
    TAKEN_BACK: all stands as before. REFUSED: it was too late for it."""

    BOOKED = "BOOKED"
    ANSWERED = "ANSWERED"
    MATCHED = "MATCHED"
    SEAT_TAKEN = "SEAT_TAKEN"
    PARTED = "PARTED"
    AGREED = "AGREED"
    MET = "MET"
    MISSED = "MISSED"
    MOVED = "MOVED"
    HELD_AFTER_ALL = "HELD_AFTER_ALL"
    KEPT = "KEPT"
    UNDONE = "UNDONE"
    TAKEN_BACK = "TAKEN_BACK"
    REFUSED = "REFUSED"


class Stands(StrEnum):
    """Whether a ticket is still good. PASSED: it is, but what it is for is over, or was decided elsewhere."""

    OPEN = "OPEN"
    USED = "USED"
    OLD = "OLD"
    PASSED = "PASSED"
