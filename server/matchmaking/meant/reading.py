"""What people wrote, in the words of the organisation's framework: pure functions over texts and their vectors."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.language.meaning import Embed, Framework, meanings, sentences
from server.language.tags import key
from server.matchmaking.engine.pool import Participant

Vectors = NDArray[np.float32]


class Reading(NamedTuple):
    """The vector of a whole text, and one for each of its sentences."""

    whole: Vectors
    parts: Vectors


def wordings(text: str) -> tuple[str, ...]:
    """Everything of a text that becomes a vector: the whole, then its sentences."""
    return (text, *sentences(text))


def meant(text: str, parts: Vectors, framework: Framework, chosen: Iterable[str]) -> tuple[str, ...]:
    """The names of the competencies a text comes to, without those the person chose."""
    own = {key(tag) for tag in chosen}
    return tuple(one.name for one in meanings(text, parts, framework) if key(one.name) not in own)


def with_meanings(
    people: Sequence[Participant], framework: Framework, embed: Embed
) -> tuple[Participant, ...]:
    """The same people with the competencies that their texts come to."""
    texts = sorted({text for one in people for text in (one.goal_text, one.skill_text) if text})
    said = sorted({sentence for text in texts for sentence in sentences(text)})
    rows, vectors = {sentence: row for row, sentence in enumerate(said)}, embed(said)

    def of(text: str | None, chosen: tuple[str, ...]) -> tuple[str, ...]:
        return meant(text, vectors[[rows[one] for one in sentences(text)]], framework, chosen) if text else ()

    return tuple(
        replace(one, goal_meant=of(one.goal_text, one.goal_tags), skill_meant=of(one.skill_text, one.skill_tags))
        for one in people
    )
