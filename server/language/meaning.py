"""From somebody's own words to the competencies of a framework: those that are named, and those that come close.

Nothing is better than a wrong one. What a text names is found word by word, in every language in which the framework
has a name or an alias for it. What it only comes close to is found by the text vectors, from a likeness on that was
chosen on one half of the labelled texts of `benchmarks/labelled` and measured on the other (docs/matching.md).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from server.language.spotting import WORD, Spotter, is_everyday, spotter
from server.language.tags import key

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
CLOSE_ENOUGH = 0.45
"""Centred likeness from which a sentence counts as close to a competency, for the vectors that ship with the product.
Chosen on the first half of the labelled texts, in steps of 0.05: one above the lowest at which 95 of 100 tags found
there are right (`python -m benchmarks --only meaning`)."""
CLOSE_AT_MOST = 3
WORDS_OF_A_SENTENCE = 5
"""Shorter pieces are titles and greetings ("Software Developer", "Happy to help"): what they come close to is chance.
From reading what went wrong on the first half of the labelled texts."""
SENTENCES_READ = 40
SENTENCE_ENDS = re.compile(r"[.!?…;:؟]+(?=\s|$)|[。！？\n\r]+|\s[-–—|•]\s")


class How(StrEnum):
    """How a text comes to a competency."""

    NAMED = "NAMED"
    CLOSE = "CLOSE"


@dataclass(frozen=True, slots=True)
class Concept:
    """A competency as it is looked for: what tells it from others, what it is called, and what is said about it."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    description: str = ""

    @property
    def forms(self) -> tuple[str, ...]:
        """Every text that stands for it, but for words of everyday life ("Go"): what comes close to them is chance."""
        texts = dict.fromkeys(filter(None, (self.name, *self.aliases, self.description)))
        return tuple(text for text in texts if not is_everyday(key(text)))


@dataclass(frozen=True, slots=True)
class Meaning:
    """A competency that a text comes to; `score` is 1 where it is named, else the likeness; `words` are those of the
    text that it was read from."""

    key: str
    name: str
    how: How
    score: float
    words: str


@dataclass(frozen=True)
class Framework:
    """The competencies of one organisation with the vectors of all their forms, in an order that files cannot change.

    `version` is a digest of everything they are called: vectors that were kept for another one are not used.
    """

    concepts: tuple[Concept, ...]
    owners: NDArray[np.intp]
    vectors: Vectors
    spotter: Spotter
    version: str
    close_enough: float


def framework_of(
    concepts: Iterable[Concept], embed: Embed, *, kept: Vectors | None = None, close_enough: float = CLOSE_ENOUGH
) -> Framework:
    """A framework ready to be compared with; `kept` are the vectors of its `forms_of`, else they are computed.
    `close_enough` is the limit of the encoder that `embed` is of."""
    ordered = in_order(concepts)
    owners = np.array([row for row, one in enumerate(ordered) for _form in one.forms], np.intp)
    vectors = embed(forms_of(ordered)) if kept is None else kept
    known = spotter((one.name, one.aliases) for one in ordered)
    return Framework(ordered, owners, vectors, known, version_of(ordered), close_enough)


def in_order(concepts: Iterable[Concept]) -> tuple[Concept, ...]:
    """Competencies ordered by their keys."""
    return tuple(sorted(concepts, key=lambda one: one.key))


def forms_of(ordered: Iterable[Concept]) -> list[str]:
    """All names, aliases and descriptions, in the order of the rows of a framework's vectors."""
    return [form for one in ordered for form in one.forms]


def version_of(ordered: Iterable[Concept]) -> str:
    """A digest of what competencies are called and what is said about them."""
    lines = (repr((one.key, one.name, one.aliases, one.description)) for one in ordered)
    return sha256("\n".join(lines).encode()).hexdigest()


@lru_cache(maxsize=50_000)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text that say enough to be understood: the first 40 of five words and more.

    Languages that are written without spaces have one word a sentence here: what they name is found, no more.
    """
    found = (piece.strip() for piece in SENTENCE_ENDS.split(text))
    return tuple(piece for piece in found if len(WORD.findall(piece)) >= WORDS_OF_A_SENTENCE)[:SENTENCES_READ]


def meanings(
    text: str, vectors: Vectors, framework: Framework, *, close_enough: float | None = None
) -> tuple[Meaning, ...]:
    """The competencies a text comes to: those it names, in its order, then up to three it is close to, nearest first.

    `vectors` has a row for each of its `sentences`, of the model that made the framework's. A sentence that names a
    competency is about that one: it is not compared with others.
    """
    spots = framework.spotter.spots(text)
    found = [_meaning(framework.concepts[row], How.NAMED, 1.0, words) for row, words in spots]
    limit = framework.close_enough if close_enough is None else close_enough
    close = [one for one in nearest(text, vectors, framework, len(spots) + CLOSE_AT_MOST) if one.score >= limit]
    known = {one.key for one in found}
    return (*found, *[one for one in close if one.key not in known][:CLOSE_AT_MOST])


def nearest(text: str, vectors: Vectors, framework: Framework, k: int = CLOSE_AT_MOST) -> tuple[Meaning, ...]:
    """The `k` competencies nearest to what a text says without naming any, however far; for a person to choose from."""
    silent = [
        (sentence, row) for sentence, row in zip(sentences(text), vectors, strict=True)
        if not framework.spotter.spots(sentence)
    ]
    if not silent or not framework.concepts:
        return ()
    likeness = _likeness(np.array([row for _sentence, row in silent], np.float32), framework)
    best, at = likeness.max(axis=0), likeness.argmax(axis=0)
    rows = np.argsort(-best, kind="stable")[:k]
    return tuple(
        _meaning(framework.concepts[row], How.CLOSE, float(best[row]), silent[at[row]][0]) for row in rows.tolist()
    )


def _likeness(rows: Vectors, framework: Framework) -> Vectors:
    """Sentences against competencies: the best of the forms of each. Rounded, so that no thread count shows."""
    forms = rows @ framework.vectors.T
    owners, starts = np.unique(framework.owners, return_index=True)
    best = np.full((len(rows), len(framework.concepts)), -1, np.float32)
    if len(owners):
        best[:, owners] = np.maximum.reduceat(forms, starts, axis=1)
    return best.round(4)


def _meaning(concept: Concept, how: How, score: float, words: str) -> Meaning:
    return Meaning(concept.key, concept.name, how, round(score, 4), words)
