"""Which competencies of the framework a course teaches: those its tags name, and those its title comes to."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from server.language.encoders import Shipped
from server.language.meaning import Concept, framework_of, meanings, sentences
from server.people.frameworks import TagIndex
from server.people.models import Competency


class Told(NamedTuple):
    """What the learning system says of a course."""

    title: str
    tags: tuple[str, ...]


def lessons(courses: Mapping[str, Told], competencies: Sequence[Competency]) -> dict[str, set[UUID]]:
    """The competencies in use that each course teaches, by its key. Computes text vectors: call it off the loop.

    Names and aliases are found in every language. What a longer title only comes close to is read by the vectors that
    ship with the product even where a better encoder is installed: a file of courses must not take minutes.
    """
    if not competencies:
        return {key: set() for key in courses}
    index, embed = TagIndex(competencies), Shipped().embed
    framework = framework_of((Concept(str(one.id), one.name, tuple(one.aliases), one.description)
                              for one in competencies), embed)
    return {
        key: {one for tag in told.tags for one in index.find(tag).competency_ids}
        | {UUID(one.key) for one in meanings(told.title, embed(sentences(told.title)), framework)}
        for key, told in courses.items()
    }
