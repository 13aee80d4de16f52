"""Who reads a reason, what the two people are called, and how words of a list are joined."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from server.kernel.text import gettext as _
from server.matchmaking.engine.explain import Params


class Reader(StrEnum):
    """Who reads the sentence."""

    MENTEE = "MENTEE"
    MENTOR = "MENTOR"
    MANAGER = "MANAGER"


class Names(NamedTuple):
    """What the two people are called."""

    mentor: str
    mentee: str


class Sentence(NamedTuple):
    """A short title and one line with the data behind it, which may be empty."""

    title: str
    detail: str


class Telling(NamedTuple):
    """What the words are about, and who reads them."""

    params: Params
    names: Names
    reader: Reader

    def pick(self, *, mentee: str, mentor: str, manager: str, **values: object) -> str:
        """The wording for this reader, with the names and values filled in."""
        chosen = {Reader.MENTEE: mentee, Reader.MENTOR: mentor, Reader.MANAGER: manager}[self.reader]
        return chosen.format(**self.names._asdict(), **values)

    def number(self, name: str) -> float:
        """A number, 0 where it is not known."""
        value = self.params.get(name)
        return float(value) if isinstance(value, int | float) else 0.0

    def words(self, name: str) -> list[str]:
        """A list of words, or one word, as a list."""
        value = self.params.get(name)
        if isinstance(value, str):
            return [value]
        return [str(word) for word in value] if isinstance(value, Sequence) else []


def listed(words: list[str]) -> str:
    """Words as "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return _("{several} and {last}").format(several=", ".join(words[:-1]), last=words[-1])


def joined(*parts: str) -> str:
    """What is not empty, with commas between."""
    return ", ".join(part for part in parts if part)
