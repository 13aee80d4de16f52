"""Documents as they were read and checked, so that one that is sent again is not read again.

The library's caches count documents; a document of 2,000 tokens takes 1.2 MB once it is read, so these count letters:
the memory they take is bounded however the documents are made.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError

LETTERS = 100_000
"""All remembered documents together: some 30 MB of them at worst, several hundred of a usual client's."""


@dataclass(slots=True)
class Reading:
    """A parsed document, and what was found wrong with it once it was checked."""

    document: DocumentNode
    mistakes: tuple[GraphQLError, ...] | None = None


class Readings:
    """The latest readings by their text."""

    def __init__(self, most: int = LETTERS) -> None:
        self.most, self.letters = most, 0
        self._kept: OrderedDict[str, Reading] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, text: str, parse: Callable[[str], DocumentNode]) -> Reading:
        """The reading of a text; `parse` reads it if it is new. What cannot be parsed raises, and is not kept."""
        found = self._kept.get(text)
        if found is None:
            found = self._kept[text] = Reading(parse(text))
            self.letters += len(text)
        self._kept.move_to_end(text)
        self._forget_the_oldest()
        return found

    def _forget_the_oldest(self) -> None:
        while self.letters > self.most:
            text, _reading = self._kept.popitem(last=False)
            self.letters -= len(text)
