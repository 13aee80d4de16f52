"""What a programme says of its messages itself, kind by kind; what it does not say is as the catalogue has it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

BY_OPTION = frozenset({"I05"})
"""What goes only where a programme switches it on."""


class Wording(NamedTuple):
    """A programme's own words for one kind of message in one language, with names in braces."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Own:
    """What a programme sets of one kind of message.

    `moments`: how many days (or hours) before or after, one for each of its moments; None: as usual. `words`: by the
    BCP 47 tag of their language.
    """

    is_on: bool = True
    moments: tuple[int, ...] | None = None
    words: Mapping[str, Wording] = field(default_factory=dict)


def own(messages: Mapping[str, Any], kind: str) -> Own:
    """What a programme's `messages`, as they are stored, set of one kind."""
    said = messages.get(kind)
    if said is None:
        return Own(is_on=kind not in BY_OPTION)
    moments = said.get("moments")
    return Own(
        said.get("on", kind not in BY_OPTION), tuple(moments) if moments else None,
        {tag: Wording(one["subject"], one["body"]) for tag, one in said.get("words", {}).items()},
    )
