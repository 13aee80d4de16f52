"""The part `terminology` of a programme's document: what it calls people and things, by language. Pure.

    [terminology.en.mentor]
    one = "guide"
    many = "guides"

What is not named is called as usual (`kernel.terms`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from server.kernel.db import Json
from server.kernel.terms import NO_TERMS, USUAL, Vocabulary, vocabulary_of
from server.kernel.text import gettext as _
from server.programs.models import Program
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.plans.parts import Part

TERM_LETTERS = 30
WORDS = re.compile(r"[^\W\d_](?:[\w '’-]*[\w’])?")


def read_terms(problems: Problems, path: str, given: object) -> Json:
    """The words of each language; a term that is called as usual is left out."""
    if not isinstance(given, dict):
        problems[path] = _("Here stands one value, and a table of settings is needed.")
        return {}
    found = {str(tag): _of_language(problems, f"{path}.{tag}", str(tag), words) for tag, words in given.items()}
    return {tag: terms for tag, terms in found.items() if terms}


TERMS_PART = Part("terminology", read_terms, {})


def terms_of(program: Program) -> Vocabulary:
    """The words of a programme as texts take them."""
    return vocabulary_of(program.terminology) if program.terminology else NO_TERMS


def contradictions(terminology: Mapping[str, Any]) -> dict[str, str]:
    """What cannot be, each by its path (`terminology.en.mentee.one`)."""
    return {
        f"terminology.{tag}.{path}": words
        for tag, terms in terminology.items() for path, words in _wrong(USUAL[tag], terms)
    }


def _of_language(problems: Problems, path: str, tag: str, given: object) -> Json:
    if tag not in USUAL:
        problems[path] = _("The product has no words of its own in this language yet. Write one of these: %s.") % (
            ", ".join(USUAL))
        return {}
    shape: Shape = {term: Setting(fields.table(_cases(cases)), {}) for term, cases in USUAL[tag].items()}
    read = fields.read(problems, given, shape, path)
    return {term: cases for term, cases in read.items() if any(cases.values())}


def _cases(cases: Mapping[str, str]) -> Shape:
    return {case: Setting(fields.words(TERM_LETTERS), "") for case in cases}


def _wrong(usual: Mapping[str, Mapping[str, str]], terms: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    taken: dict[str, str] = {}
    for term, cases in usual.items():
        own = terms.get(term, {})
        for case, word in cases.items():
            said = own.get(case, "")
            if own and not said:
                yield f"{term}.{case}", _("Say this too: each form of the word is needed.")
            elif said and not WORDS.fullmatch(said):
                yield f"{term}.{case}", _("Use letters, spaces, hyphens and apostrophes alone.")
            called = (said or word).casefold()
            if taken.setdefault(called, term) != term:
                yield f"{term}.{case}", _("“%s” is said of something else already. Choose another word.") % called
