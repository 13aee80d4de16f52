"""The enums of a list of addresses."""

from enum import StrEnum


class Fate(StrEnum):
    """What becomes of one line of a list."""

    INVITED = "INVITED"
    HERE = "HERE"
    """Takes part, or is invited already."""
    BEFORE = "BEFORE"
    """Was asked into this group before, and did not join or has left."""
    NOT_MEANT = "NOT_MEANT"
    TWICE = "TWICE"
    UNKNOWN = "UNKNOWN"
    LEFT = "LEFT"
    ADDRESS = "ADDRESS"
    ROLE = "ROLE"
    GROUP = "GROUP"
