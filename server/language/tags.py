"""One label for a skill however people wrote it: `reactjs`, `react.js` and `React JS` are all "React"."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

ALIASES = Path(__file__).with_name("aliases.toml")
ONE_SLIP_FROM, TWO_SLIPS_FROM = 6, 10
"""Letters a word needs before one or two slips are forgiven: shorter words differ by a letter too often ("scala",
"scale"). Chosen on the tags of the mentor directory in docs/decisions/0003-text-vectors.md."""


class Route(StrEnum):
    """How a tag found its label."""

    EXACT = "EXACT"
    ALIAS = "ALIAS"
    SUFFIX = "SUFFIX"
    SPELLING = "SPELLING"
    MISSED = "MISSED"


@dataclass(frozen=True, slots=True)
class Canonical:
    """The label a tag stands for, and how it was found; MISSED keeps the words as they came, tidied."""

    label: str
    route: Route


@dataclass(frozen=True, slots=True)
class Normalised:
    """Labels of several tags, each once, in the order given; `missed` are those outside the vocabulary."""

    labels: tuple[str, ...]
    missed: tuple[str, ...]


class Vocabulary:
    """The labels one organisation knows, found by any of their spellings."""

    def __init__(self, labels: Iterable[str], aliases: Mapping[str, Iterable[str]] | None = None) -> None:
        self.labels = tuple(dict.fromkeys(labels))
        self.found: dict[str, Canonical] = {}
        self.by_key = {key(label): label for label in reversed(self.labels)}
        self.by_alias: dict[str, str] = {}
        for label, others in (aliases or {}).items():
            known = self.by_key.get(key(label))
            for other in others if known else ():
                self.by_alias.setdefault(key(other), str(known))


@lru_cache(maxsize=1)
def known_skills() -> Vocabulary:
    """The skills the product knows by itself: the labels and aliases of `aliases.toml`."""
    table = _table()
    return Vocabulary(table, table)


def vocabulary_of(labels: Iterable[str]) -> Vocabulary:
    """The labels of a competency framework first, then the skills the product knows, with their aliases.

    A framework's own label wins: with "ReactJS" in the framework, `react.js` becomes "ReactJS".
    """
    table = _table()
    own = list(dict.fromkeys(labels))
    held = {name: label for label in reversed(own) for name in (*_js_forms(key(label)), key(label))}
    merged: dict[str, list[str]] = {}
    for label, others in table.items():
        winner = next((held[name] for name in map(key, (label, *others)) if name in held), label)
        merged.setdefault(winner, []).extend((label, *others))
    return Vocabulary([*own, *merged], merged)


def canonical(tag: str, vocabulary: Vocabulary) -> Canonical:
    """The label of one tag: by spelling, alias, "js" ending, or one or two slips against the vocabulary only."""
    if tag not in vocabulary.found:
        vocabulary.found[tag] = _look_up(tag, vocabulary)
    return vocabulary.found[tag]


def normalise(tags: Iterable[str], vocabulary: Vocabulary) -> Normalised:
    """The labels of several tags; "HTML/CSS" becomes two when its parts are known and the whole is not."""
    labels: dict[str, None] = {}
    missed: dict[str, None] = {}
    for tag in tags:
        for found in _split(tag, vocabulary):
            if key(found.label):
                labels[found.label] = None
                if found.route is Route.MISSED:
                    missed[found.label] = None
    return Normalised(tuple(labels), tuple(missed))


@lru_cache(maxsize=50_000)
def key(text: str) -> str:
    """What two spellings of one skill share: letters, digits, "+" and "#" in lower case; ".net" is "dotnet"."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"(^|[\s/])\.(?=\w)", r"\1dot", folded)
    return re.sub(r"[^\w+#]|_", "", folded)


def plain_label(name: str, vocabulary: Vocabulary) -> str | None:
    """The label with this `key`, by spelling, alias or "js" ending; slips are not forgiven in running text."""
    return vocabulary.by_key.get(name) or vocabulary.by_alias.get(name) or _without_js(name, vocabulary)


@lru_cache(maxsize=1)
def everyday_words() -> frozenset[str]:
    """Names that are words of everyday life too: "go", "react"."""
    return frozenset(_file()["everyday"])


def _table() -> dict[str, list[str]]:
    labels: dict[str, list[str]] = _file()["labels"]
    return labels


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return tomllib.loads(ALIASES.read_text("utf-8"))


def _split(tag: str, vocabulary: Vocabulary) -> list[Canonical]:
    whole = canonical(tag, vocabulary)
    if whole.route is not Route.MISSED or "/" not in tag:
        return [whole]
    parts = [canonical(part, vocabulary) for part in tag.split("/")]
    return [whole] if any(part.route is Route.MISSED for part in parts) else parts


def _look_up(tag: str, vocabulary: Vocabulary) -> Canonical:
    name = key(tag)
    if label := vocabulary.by_key.get(name):
        return Canonical(label, Route.EXACT)
    if label := vocabulary.by_alias.get(name):
        return Canonical(label, Route.ALIAS)
    if label := _without_js(name, vocabulary):
        return Canonical(label, Route.SUFFIX)
    if label := _synonyms(tag, vocabulary):
        return Canonical(label, Route.ALIAS)
    if label := _misspelt(name, vocabulary):
        return Canonical(label, Route.SPELLING)
    return Canonical(" ".join(tag.split()) if name else "", Route.MISSED)


def _without_js(name: str, vocabulary: Vocabulary) -> str | None:
    spellings = _js_forms(name) if name else ()
    return next((label for other in spellings if (label := vocabulary.by_key.get(other))), None)


def _synonyms(tag: str, vocabulary: Vocabulary) -> str | None:
    """The label of "Angular/Angular.js": several spellings of one skill, joined by a slash."""
    parts = [canonical(part, vocabulary) for part in tag.split("/")] if "/" in tag else []
    labels = {part.label for part in parts if part.route is not Route.MISSED}
    return labels.pop() if len(labels) == 1 and all(part.route is not Route.MISSED for part in parts) else None


def _js_forms(name: str) -> tuple[str, ...]:
    stem = name.removesuffix("js")
    return (stem,) if stem and stem != name else (f"{name}js",)


def _misspelt(name: str, vocabulary: Vocabulary) -> str | None:
    """The only label within the allowed slips that begins with the same letter; None when none or several do."""
    allowed = (len(name) >= ONE_SLIP_FROM) + (len(name) >= TWO_SLIPS_FROM)
    if not allowed or any(letter.isdigit() for letter in name):
        return None
    spellings = vocabulary.by_key | vocabulary.by_alias
    alike = [other for other in spellings if other[0] == name[0] and len(other) >= ONE_SLIP_FROM]
    close = {spellings[other] for other in alike if slips(name, other, allowed) <= allowed}
    return close.pop() if len(close) == 1 else None


def slips(left: str, right: str, limit: int) -> int:
    """How many letters were missed, added, mistaken or swapped with their neighbour; more than `limit` is limit + 1."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        line = [row]
        for column, other in enumerate(right, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != other))
            if before and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > limit:
            return limit + 1
        before, last = last, line
    return min(last[-1], limit + 1)
