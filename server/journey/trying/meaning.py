"""What people wrote, in the words of a competency framework: the organisation's own, or the terms of the files."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from server.language.encoders import encoder
from server.language.meaning import Concept, Framework, framework_of
from server.language.tags import key
from server.matchmaking.engine import Participant, with_vectors
from server.matchmaking.meant.reading import with_meanings

MOST_TERMS = 2_000
"""Of longer lists the terms that most people use."""


class Whose(StrEnum):
    """Whose words texts are read in."""

    ORGANIZATION = "ORGANIZATION"
    FILES = "FILES"


class Understood(NamedTuple):
    """People with what their texts come to, in whose words, and how many of those there are (0: none were needed)."""

    people: tuple[Participant, ...]
    whose: Whose
    terms: int


def understood(people: Sequence[Participant], own: Framework | None) -> Understood:
    """Texts as vectors, and in the words of the organisation's framework, or where it has none in those of the files.
    """
    with_ = encoder()
    told, whose = with_vectors(people, with_.embed), Whose.ORGANIZATION if own else Whose.FILES
    if not any(one.goal_text or one.skill_text for one in people):
        return Understood(told, whose, 0)
    framework = own or framework_of(_terms(people), with_.embed, close_enough=with_.close_enough)
    if not framework.concepts:
        return Understood(told, whose, 0)
    return Understood(with_meanings(told, framework, with_.embed), whose, len(framework.concepts))


def _terms(people: Sequence[Participant]) -> list[Concept]:
    """Every skill and wish that is listed anywhere in the files, each once."""
    used = Counter(tag for one in people for tag in {*one.goal_tags, *one.skill_tags})
    names = sorted(used, key=lambda name: (-used[name], name))[:MOST_TERMS]
    return [Concept(found, name) for found, name in {key(name): name for name in reversed(names)}.items()]
