"""A programme's own words in the texts of the product: "guide" where it says "mentor". Pure.

They are put into a text as it stands in the catalogue, before names and notes are: what people wrote is never touched.
A language has its list of words here, in each of their cases; one that has none keeps the product's words.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

USUAL: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": {
        "mentor": {"one": "mentor", "many": "mentors"},
        "mentee": {"one": "mentee", "many": "mentees"},
        "mentoring": {"one": "mentoring"},
        "match": {"one": "match", "many": "matches"},
        "session": {"one": "session", "many": "sessions"},
        "circle": {"one": "circle", "many": "circles"},
        "program": {"one": "programme", "many": "programmes"},
    },
}
"""By language, what is called by a name, and how the product calls it in each case."""
_PLACES = r"%\(\w+\)\w|\{\w+\}"
"""Where something will stand in a text: `%(mentor)s` and `{mentor}` are no words."""
_VOWEL = re.compile(r"(?!uni|use|usu|eu|one\b|once)[aeiou]|hour|hono|heir|honest", re.I)


class Said(NamedTuple):
    """One word of the product, and what stands for it."""

    usual: str
    own: str


Vocabulary = Mapping[str, tuple[Said, ...]]
"""By language, the words that a programme calls otherwise."""
NO_TERMS: Vocabulary = MappingProxyType({})


def vocabulary_of(terms: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Vocabulary:
    """The words of a programme, by language, term and case, as texts take them; what it leaves empty stays as usual."""
    return {
        tag: tuple(
            Said(usual, own) for term, cases in USUAL[tag].items() for case, usual in cases.items()
            if (own := words.get(term, {}).get(case, "")) and own != usual
        )
        for tag, words in terms.items() if tag in USUAL
    }


def spoken(text: str, vocabulary: Vocabulary, tag: str) -> str:
    """A text of the product in the words of a programme."""
    words = vocabulary.get(tag) or vocabulary.get(tag.partition("-")[0])
    return _spoken(text, words) if words else text


@lru_cache(maxsize=4096)
def _spoken(text: str, words: tuple[Said, ...]) -> str:
    own = dict(words)

    def said(found: re.Match[str]) -> str:
        usual = found["word"]
        if usual is None:
            return found[0]
        word = own[usual.lower()]
        if usual[0].isupper():
            word = word[0].upper() + word[1:]
        return _article(found["article"], word) + word

    return _pattern(words).sub(said, text)


@lru_cache(maxsize=256)
def _pattern(words: tuple[Said, ...]) -> re.Pattern[str]:
    usual = "|".join(re.escape(one.usual) for one in words)
    return re.compile(rf"{_PLACES}|(?P<article>\ban? )?\b(?P<word>{usual})\b", re.I)


def _article(found: str | None, word: str) -> str:
    """English alone has one that goes by the sound of the word after it."""
    if not found:
        return ""
    return f"{found[0]}n " if _VOWEL.match(word) else f"{found[0]} "
