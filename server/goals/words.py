"""Words the goal rules listen for (`words.toml`), all languages together: people mix them, they hardly ever clash."""

import tomllib
from pathlib import Path
from typing import Any

_LANGUAGES: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def _all(kind: str) -> frozenset[str]:
    return frozenset(word for words in _LANGUAGES.values() for word in words[kind].split())


LITTLE = _all("little")
VAGUE = _all("vague")
SWEEPING = _all("sweeping")
NUMBERS = {
    word: int(number)
    for words in _LANGUAGES.values() for number, names in words["numbers"].items() for word in names.split()
}
"""Amounts in words."""
