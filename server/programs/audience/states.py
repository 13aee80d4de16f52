"""The enums of the rules by which a programme says whom it is for."""

from collections.abc import Mapping
from enum import StrEnum

from server.programs.states import ParticipantRole


class Side(StrEnum):
    """Whom rules are about: those a programme is for (mentees, peers, members of circles), or those who help them."""

    PEOPLE = "people"
    MENTORS = "mentors"


def side_of(role: ParticipantRole) -> Side:
    """On which side somebody stands in a role."""
    return Side.MENTORS if role in (ParticipantRole.MENTOR, ParticipantRole.FACILITATOR) else Side.PEOPLE


class Fit(StrEnum):
    """Whether somebody must fit every rule, or one of them."""

    ALL = "ALL"
    ANY = "ANY"


class Fact(StrEnum):
    """What a rule asks about. Nothing that the law protects is here, and no judgement of anybody's work."""

    DEPARTMENT = "department"
    BUSINESS_UNIT = "business_unit"
    COMPANY = "company"
    LOCATION = "location"
    COUNTRY = "country"
    JOB_FAMILY = "job_family"
    SENIORITY = "seniority"
    TENURE_DAYS = "tenure_days"
    ROLE_DAYS = "role_days"
    MANAGES = "manages"
    STATUS = "status"
    COURSE = "course"


class How(StrEnum):
    """How a fact is compared with what the rule says."""

    IS = "IS"
    IS_NOT = "IS_NOT"
    UNDER = "UNDER"
    AT_MOST = "AT_MOST"
    AT_LEAST = "AT_LEAST"
    OVER = "OVER"


TEXTS = (
    Fact.DEPARTMENT, Fact.BUSINESS_UNIT, Fact.COMPANY, Fact.LOCATION, Fact.COUNTRY, Fact.JOB_FAMILY, Fact.STATUS,
)
"""Facts that are a text in a column of the person."""
DAYS: Mapping[Fact, str] = {Fact.TENURE_DAYS: "hire_date", Fact.ROLE_DAYS: "role_start_date"}
"""Facts that are days since a date, by the column of it."""
CHOSEN, COUNTED = (How.IS, How.IS_NOT), (How.UNDER, How.AT_MOST, How.AT_LEAST, How.OVER)
MOST: Mapping[Fact, int] = {Fact.SENIORITY: 100, **dict.fromkeys(DAYS, 36_500)}
"""Facts that are a number, with the largest that a rule may name."""


def ways_for(fact: Fact) -> tuple[How, ...]:
    """How a fact can be compared."""
    if fact in MOST:
        return COUNTED
    return (How.IS,) if fact is Fact.MANAGES else CHOSEN
