"""The enums of the people room."""

from enum import StrEnum


class PersonStatus(StrEnum):
    """Where a person stands with the employer."""

    ACTIVE = "ACTIVE"
    LEAVE = "LEAVE"
    ENDED = "ENDED"


class SkillSide(StrEnum):
    """Whether a person offers a competency or wants it."""

    OFFERED = "OFFERED"
    WANTED = "WANTED"


class Source(StrEnum):
    """Where a value came from; what a person wrote is never overwritten by a file."""

    FILE = "FILE"
    PERSON = "PERSON"
    SYSTEM = "SYSTEM"


class ConsentPurpose(StrEnum):
    """What a person may agree to, each for itself. TALENT: that the employer's rating of them counts in the matching of
    programmes whose type reads it; it is asked there alone, and never needed to take part."""

    MATCHING = "MATCHING"
    RESULTS = "RESULTS"
    ALUMNI = "ALUMNI"
    TALENT = "TALENT"


NEVER_NEEDED = frozenset({ConsentPurpose.TALENT})
"""Purposes that no organisation can make a condition of taking part."""


class DayPart(StrEnum):
    """The four chips of "When do you usually have time?", hours in the person's zone."""

    MORNINGS = "MORNINGS"
    LUNCHTIMES = "LUNCHTIMES"
    AFTERNOONS = "AFTERNOONS"
    EVENINGS = "EVENINGS"


class Style(StrEnum):
    """How somebody likes to work with another; none of the two of a question says that either is fine."""

    OFTEN = "OFTEN"
    SELDOM = "SELDOM"
    PLANNED = "PLANNED"
    OPEN = "OPEN"
    DIRECT = "DIRECT"
    GENTLE = "GENTLE"
    WRITING = "WRITING"
    TALKING = "TALKING"
    TRYING = "TRYING"
    THINKING = "THINKING"


STYLES = (
    (Style.OFTEN, Style.SELDOM), (Style.PLANNED, Style.OPEN), (Style.DIRECT, Style.GENTLE),
    (Style.WRITING, Style.TALKING), (Style.TRYING, Style.THINKING),
)
"""The five questions, each with its two ways (docs/decisions/0023-ways-of-working.md)."""


class DepartmentWish(StrEnum):
    """From where somebody would like the other to come."""

    ANY = "ANY"
    SAME = "SAME"
    DIFFERENT = "DIFFERENT"


class ImportState(StrEnum):
    """How far an import has come."""

    PREVIEWED = "PREVIEWED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    STOPPED = "STOPPED"


class Look(StrEnum):
    """Which colours a person sees."""

    SYSTEM = "SYSTEM"
    LIGHT = "LIGHT"
    DARK = "DARK"


class Offer(StrEnum):
    """What is offered once, after a first booking."""

    PUSH = "PUSH"
    INSTALL = "INSTALL"
