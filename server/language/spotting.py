"""Finding names in running text: "React Native" is not "React", "it" is not IT, and a name may have several words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from server.language.tags import Vocabulary, everyday_words, key, plain_label, vocabulary_of

WORD = re.compile(r"(?:(?<![^\s/])\.)?[^\W_][\w+#]*")
BETWEEN = re.compile(r"[\s./&'’-]{0,2}")
"""What may stand between two words of one name: "front-end", "Node.js", "R&D"; never a comma."""
SEEN_AT_MOST = 50_000
"""So many texts are remembered: those of a large firm are asked for at each run."""
WITHOUT_SPACES = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, kana and Han: scripts that do not part their words."""


@dataclass(frozen=True)
class Spotter:
    """The names that are looked for, each with the row of its competency.

    Spellings the product knows beside them are looked for too, so that a longer name is not taken for a shorter one.
    """

    rows: dict[str, int]
    vocabulary: Vocabulary
    beginnings: frozenset[str]
    spellings: frozenset[str]
    unspaced: tuple[tuple[str, int], ...]
    seen: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict, compare=False, repr=False)

    def spots(self, text: str) -> tuple[tuple[int, str], ...]:
        """Each competency that is named with the words that name it, in the order of the text."""
        if text not in self.seen:
            if len(self.seen) >= SEEN_AT_MOST:
                self.seen.clear()
            self.seen[text] = tuple(self._spots(text).items())
        return self.seen[text]

    def _spots(self, text: str) -> dict[int, str]:
        words, found, at = [match.span() for match in WORD.finditer(text)], dict[int, str](), 0
        while at < len(words):
            row, length = self._longest(text, words, at)
            if row is not None:
                found.setdefault(row, text[words[at][0] : words[at + length - 1][1]])
            at += length
        for name, row in self.unspaced:
            if name in text.casefold():
                found.setdefault(row, name)
        return found

    def _longest(self, text: str, words: Sequence[tuple[int, int]], at: int) -> tuple[int | None, int]:
        """The row of the longest name that begins at a word (None where it is nobody's here), and its words."""
        row, length, start = None, 1, words[at][0]
        for count, (begin, end) in enumerate(words[at:], 1):
            if count > 1 and not BETWEEN.fullmatch(text[words[at + count - 2][1] : begin]):
                break
            said = text[start:end]
            if key(said) not in self.beginnings:
                break
            if (label := self._label(said)) is not None:
                row, length = self.rows.get(key(label)), count
        return row, length

    def _label(self, said: str) -> str | None:
        """The label of some words. A letter, or a word of everyday life, counts only as the name is written."""
        name = key(said)
        if is_everyday(name) and said not in self.spellings:
            return None
        return plain_label(name, self.vocabulary)


def is_everyday(name: str) -> bool:
    """Whether a name, as its `key`, is a single letter or a word of everyday life too."""
    return len(name) < 2 or name in everyday_words()


def spotter(named: Iterable[tuple[str, Iterable[str]]]) -> Spotter:
    """A spotter of competencies given as (name, aliases), numbered as they come. A name wins over another's alias."""
    known = [(name, tuple(aliases)) for name, aliases in named]
    vocabulary = vocabulary_of(name for name, _aliases in known)
    rows = {key(name): row for row, (name, _aliases) in reversed(list(enumerate(known))) if key(name)}
    for name, aliases in known:
        for alias in filter(key, aliases):
            vocabulary.by_alias.setdefault(key(alias), name)
    spelt = [*vocabulary.by_key, *vocabulary.by_alias]
    whole = {form for name in spelt for form in (name, f"{name}js")}
    as_written = (spelling for name, aliases in known for spelling in (name, *aliases))
    return Spotter(
        rows=rows,
        vocabulary=vocabulary,
        beginnings=frozenset(name[:end] for name in whole for end in range(1, len(name) + 1)),
        spellings=frozenset([*vocabulary.labels, *as_written]),
        unspaced=tuple(
            (form.casefold(), row) for row, (name, aliases) in enumerate(known) for form in (name, *aliases)
            if WITHOUT_SPACES.search(form)
        ),
    )
