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
    CUSTOM = "CUSTOM"


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


class QuestionKind(StrEnum):
    """What a question of a form takes. SCALE: 1 to 5. LIKELY: 0 to 10. CHOICE: one of several. WORDS: free text."""

    SCALE = "SCALE"
    LIKELY = "LIKELY"
    YES_NO = "YES_NO"
    CHOICE = "CHOICE"
    WORDS = "WORDS"


class Moment(StrEnum):
    """When a form is sent. ON_DAY: on a day of the match, and if wished again and again. AT_END: after its last day.
    ON_LEAVING: when it ended before. AFTER_END: so many days after its last day. BY_LINK: never by itself; people open
    it."""

    AFTER_SESSION = "AFTER_SESSION"
    ON_DAY = "ON_DAY"
    HALF_WAY = "HALF_WAY"
    AT_END = "AT_END"
    ON_LEAVING = "ON_LEAVING"
    AFTER_END = "AFTER_END"
    BY_LINK = "BY_LINK"


class Audience(StrEnum):
    """Whom a form asks. LEARNERS: mentees, peers and members of circles. LEADERS: mentors and who leads a circle."""

    EVERYBODY = "EVERYBODY"
    LEARNERS = "LEARNERS"
    LEADERS = "LEADERS"
