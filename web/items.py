"""What the list components show, one small type for each: screens fill them, macros draw them, mypy checks them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

StepState = Literal["", "now", "done"]
Kind = Literal["", "leaf", "sun", "rust", "sea"]


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone, a promise or a step of "what happens next". `action` is the address its tick is posted to."""

    text: str
    detail: str = ""
    state: StepState = ""
    id: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two people fit. `caution` marks "Worth knowing"."""

    icon: str
    lead: str
    text: str
    caution: bool = False


@dataclass(frozen=True, slots=True)
class Factor:
    """A part of a score: weight in percent, fit from 0 to 100."""

    name: str
    weight: int
    fit: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time to choose: "Tuesday", "24 Nov, 13:00 for Idris", "10:00"."""

    value: str
    day: str
    detail: str = ""
    at: str = ""


def one_of(slots: Sequence[Slot], chosen: str) -> str:
    """The time to stand chosen: the one that was, if it is still offered, else the first; "" without any."""
    values = [slot.value for slot in slots]
    return chosen if chosen in values else next(iter(values), "")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of an agenda."""

    id: str
    text: str
    detail: str
    minutes: int
    done: bool = False


@dataclass(frozen=True, slots=True)
class AtHand:
    """A link or a file that a programme has for its people: its icon says which."""

    title: str
    detail: str
    href: str
    icon: str = "file"


@dataclass(frozen=True, slots=True)
class Line:
    """A row that opens a page: a thread, a pair, a person. `name` gives the avatar, `end` what stands at the end."""

    href: str
    name: str
    text: str
    detail: str = ""
    end: str | Markup = ""
    score: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row with an icon; `end` is Markup such as a button."""

    icon: str
    text: str
    detail: str = ""
    end: str | Markup = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, or will: the day, what, and a quiet line."""

    when: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something that will go by itself: the day, what, and a quiet line. `act`: what may be done about it, "skip", or
    "again" where it was skipped."""

    when: str
    text: str
    detail: str = ""
    id: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a pair's way."""

    name: str
    detail: str = ""
    state: StepState = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A figure that is a filter, or a sub-page."""

    href: str
    number: str
    text: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One person of a pair in the large drawing of both."""

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Risk:
    """A pair that needs a person. `act` is Markup: one button or form."""

    first: str
    second: str
    title: str
    href: str
    reason: str
    act: str | Markup = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """Mentor places of one skill, `percent` of them taken; `short` when more are wanted than there are."""

    name: str
    words: str
    percent: int
    short: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with its place on a rail from 0 to 100; `percent` is None when there is no figure yet."""

    name: str
    href: str
    value: str
    target: str
    words: str
    state: Kind
    percent: float | None
    target_percent: float
    red_from: float
    red_to: float
