"""What a programme says of its messages itself, kind by kind; what it does not say is as the catalogue has it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

BY_OPTION = frozenset({"L01", "L02", "L03", "E17", "I05"})
"""What goes only where a programme switches it on."""
OWN = "OWN"
"""The kind of a programme's messages of its own, and where they stand in its document, by their keys."""
GONE = {"on": False}
"""What is said of a message of its own that was taken out."""


class Trigger(StrEnum):
    """After what a message of a programme's own goes. At most sixteen letters: keys of the timetable hold it."""

    FORM_DONE = "FORM_DONE"
    JOINED = "JOINED"
    NOT_MATCHED = "NOT_MATCHED"
    MATCHED = "MATCHED"
    FIRST_MATCH = "FIRST_MATCH"
    FIRST_UNMATCH = "FIRST_UNMATCH"
    WROTE = "WROTE"
    NOT_WRITTEN = "NOT_WRITTEN"
    UNANSWERED = "UNANSWERED"
    BOOKED = "BOOKED"
    NOT_BOOKED = "NOT_BOOKED"
    FIRST_MET = "FIRST_MET"
    NOT_MET = "NOT_MET"
    MET = "MET"
    QUIET = "QUIET"
    GOAL_SET = "GOAL_SET"
    NO_GOAL = "NO_GOAL"
    GOAL_DONE = "GOAL_DONE"
    ENDED = "ENDED"


class Reader(StrEnum):
    """To whom a message of its own goes, of those whom it is about; or to who runs the programme."""

    MENTEE = "MENTEE"
    MENTOR = "MENTOR"
    BOTH = "BOTH"
    RUNS = "RUNS"


class Condition(StrEnum):
    """On what a programme may make a message depend, besides what makes it needless anyway."""

    NOTHING_BOOKED = "NOTHING_BOOKED"
    NOT_MET = "NOT_MET"
    MET = "MET"
    NO_GOAL = "NO_GOAL"
    FIRST_MATCH = "FIRST_MATCH"
    NEW_HERE = "NEW_HERE"
    NOT_MATCHED = "NOT_MATCHED"
    NOT_WRITTEN = "NOT_WRITTEN"


class ByChannel(StrEnum):
    """How a programme has a reminder or a survey go, where that is not left to each person."""

    MAIL_ONLY = "MAIL_ONLY"
    PUSH_FIRST = "PUSH_FIRST"


class Wording(NamedTuple):
    """A programme's own words for one kind of message in one language, with names in braces."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Own:
    """What a programme sets of one kind of message.

    `moments`: how many days (or hours) before or after, one for each of its moments; None: as usual. `words`: by the
    BCP 47 tag of their language. `only_if`: it goes only while that is so. `channel`: None: as each person has it.
    `sender`: the employee number of who runs the programme and signs it; "": it comes from the installation.
    """

    is_on: bool = True
    moments: tuple[int, ...] | None = None
    words: Mapping[str, Wording] = field(default_factory=dict)
    only_if: Condition | None = None
    channel: ByChannel | None = None
    sender: str = ""


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """A message of a programme's own: `days` after something happened (0: at once), to whom, in which words. `name` is
    for who runs the programme."""

    key: str
    name: str
    when: Trigger
    days: int
    to: Reader
    told: Own


def own_messages(messages: Mapping[str, Any]) -> list[OwnMessage]:
    """A programme's messages of its own."""
    return [
        OwnMessage(key, one["name"], Trigger(one["when"]), one["days"], Reader(one["to"]), own(messages, OWN, key))
        for key, one in messages.get(OWN, {}).items()
    ]


def own_message(messages: Mapping[str, Any], key: str) -> OwnMessage | None:
    """One of them, if it is there (still)."""
    return next((one for one in own_messages(messages) if one.key == key), None)


def own(messages: Mapping[str, Any], kind: str, key: str = "") -> Own:
    """What a programme's `messages`, as they are stored, set of one kind; of one of its own messages, by its key."""
    said = messages.get(OWN, {}).get(key, GONE) if kind == OWN else messages.get(kind)
    if said is None:
        return Own(is_on=kind not in BY_OPTION)
    moments, only_if, channel = said.get("moments"), said.get("only_if"), said.get("channel")
    return Own(
        said.get("on", kind not in BY_OPTION), tuple(moments) if moments else None,
        {tag: Wording(one["subject"], one["body"]) for tag, one in said.get("words", {}).items()},
        Condition(only_if) if only_if else None, ByChannel(channel) if channel else None, said.get("sender", ""),
    )
