"""The enums of a programme's resources."""

from enum import StrEnum


class Readers(StrEnum):
    """For whom a resource is."""

    EVERYBODY = "EVERYBODY"
    PEOPLE = "PEOPLE"
    MENTORS = "MENTORS"


class Phase(StrEnum):
    """How far somebody is: without a match, before the first session, after it, after the match; ANY is all of it."""

    ANY = "ANY"
    WAITING = "WAITING"
    BEGINNING = "BEGINNING"
    UNDER_WAY = "UNDER_WAY"
    AFTER = "AFTER"
