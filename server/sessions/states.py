"""The enums of the sessions room (glossary section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class SessionState(StrEnum):
    """The life of a session. PROPOSED with a time is a hold: agreed by one side only."""

    PROPOSED = "PROPOSED"
    SCHEDULED = "SCHEDULED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"
    LOGGED = "LOGGED"


TAKES_TIME = frozenset({SessionState.PROPOSED, SessionState.SCHEDULED})
"""What keeps its hour free of others."""
TOOK_PLACE = frozenset({SessionState.HELD, SessionState.LOGGED})


class NoteVisibility(StrEnum):
    """Who reads a note."""

    SHARED = "SHARED"
    PRIVATE = "PRIVATE"


class TopicSource(StrEnum):
    """What a proposed topic was drawn from; topics that people add have none."""

    GOAL = "goal"
    MILESTONE = "milestone"
    PROMISE = "promise"
    NOTE = "note"
    MESSAGE = "message"
    START = "start"


@dataclass(frozen=True)
class Seen:
    """The page a note is written on, by its key, and what stood there when it was opened: `mark_of`, by prompt."""

    page: str
    marks: Mapping[int, str]


def mark_of(words: str) -> str:
    """A short name of a text, to tell whether it is another by now. It says nothing that the text does not."""
    return sha256(words.encode()).hexdigest()[:12]
