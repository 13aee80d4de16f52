"""The enums of the surveys room."""

from enum import StrEnum


class SurveyKind(StrEnum):
    """What a survey is for."""

    PULSE = "PULSE"
    POST_SESSION = "POST_SESSION"
    CHECK_IN = "CHECK_IN"
    MID_PROGRAM = "MID_PROGRAM"
    CLOSING = "CLOSING"
    EXIT = "EXIT"
    NPS = "NPS"


AT_THE_END = frozenset({SurveyKind.CLOSING, SurveyKind.EXIT})
"""What is asked about a match that is over: after its last day, and after an end before it."""


class InvitationState(StrEnum):
    """The life of an invitation to answer."""

    PLANNED = "PLANNED"
    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    EXPIRED = "EXPIRED"


class GoalOutcome(StrEnum):
    """What became of the goal, in the mentee's own words at the end."""

    REACHED = "REACHED"
    PARTLY = "PARTLY"
    CHANGED = "CHANGED"
    LET_GO = "LET_GO"


class Help(StrEnum):
    """The answers to "What would help now?"."""

    MEET_MORE = "MEET_MORE"
    MEET_LESS = "MEET_LESS"
    SHARPER_AGENDAS = "SHARPER_AGENDAS"
    CHANGE_GOAL = "CHANGE_GOAL"
    ANOTHER_MENTOR = "ANOTHER_MENTOR"
