"""The enums of the goals room (glossary section 5)."""

from enum import StrEnum


class GoalState(StrEnum):
    """The life of a goal."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ACHIEVED = "ACHIEVED"
    ABANDONED = "ABANDONED"
    CARRIED_OVER = "CARRIED_OVER"


class MilestoneState(StrEnum):
    """The life of a milestone; overdue is worked out."""

    TODO = "TODO"
    DONE = "DONE"
    DROPPED = "DROPPED"


class GoalPrivacy(StrEnum):
    """Who reads a goal besides its owner: nobody; the partner of a pair; who runs the programme too. Never a circle,
    and never a line manager."""

    PRIVATE = "PRIVATE"
    PAIR = "PAIR"
    MANAGERS = "MANAGERS"


class SmartCheck(StrEnum):
    """The five words that light up under the sentence."""

    SPECIFIC = "SPECIFIC"
    MEASURABLE = "MEASURABLE"
    WITHIN_REACH = "WITHIN_REACH"
    MATTERS_HERE = "MATTERS_HERE"
    HAS_A_DATE = "HAS_A_DATE"


OPEN_GOALS = frozenset({GoalState.DRAFT, GoalState.ACTIVE})
SETTLED_GOALS = frozenset(GoalState) - OPEN_GOALS
