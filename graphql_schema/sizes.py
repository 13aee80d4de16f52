"""How large a document is, in what makes it dear to check and to answer. Each fragment is measured once.

The library's own depth and alias limiters walk a fragment once for every way to it, which a few nested fragments make
endless; and its check that fields of one name agree compares each of them with each other one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

STEPS = 5_000
"""A document whose fields lie at more places than this is as good as endless: it counts as that many repeats."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much a selection asks for. Introspection adds nothing to the depth."""

    levels: int = 0
    aliases: int = 0
    directives: int = 0
    repeats: int = 0

    def beside(self, other: Size) -> Size:
        """Both selections next to each other."""
        return Size(
            max(self.levels, other.levels), self.aliases + other.aliases, self.directives + other.directives,
            max(self.repeats, other.repeats),
        )


def size_of(document: DocumentNode) -> Size:
    """The size of the largest operation of a document."""
    sizes, found = _Sizes(document), Size()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            one = sizes.of(node.selection_set)
            repeats = _Repeats(sizes.fragments).most_in([node.selection_set])
            found = Size(
                max(found.levels, one.levels), max(found.aliases, one.aliases),
                max(found.directives, one.directives), max(found.repeats, repeats),
            )
    return found


class _Sizes:
    """The sizes of a document's selections, each fragment measured once."""

    def __init__(self, document: DocumentNode) -> None:
        nodes = document.definitions
        self.fragments = {node.name.value: node for node in nodes if isinstance(node, FragmentDefinitionNode)}
        self._known: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode | None) -> Size:
        size = Size()
        for node in selections.selections if selections else ():
            size = size.beside(self._of_one(node))
        return size

    def of_fragment(self, name: str) -> Size:
        if name not in self._known:
            self._known[name] = Size()  # a fragment that spreads itself ends here; validation names it
            fragment = self.fragments.get(name)
            self._known[name] = self.of(fragment.selection_set) if fragment else Size()
        return self._known[name]

    def _of_one(self, node: SelectionNode) -> Size:
        own = Size(directives=len(node.directives or ()))
        if isinstance(node, FragmentSpreadNode):
            return own.beside(self.of_fragment(node.name.value))
        if isinstance(node, FieldNode):
            return self._of_field(node, own)
        return own.beside(self.of(getattr(node, "selection_set", None)))

    def _of_field(self, node: FieldNode, own: Size) -> Size:
        below = self.of(node.selection_set)
        deeper = 0 if node.name.value.startswith("__") else below.levels + (node.selection_set is not None)
        return Size(deeper, below.aliases + (node.alias is not None), below.directives).beside(own)


class _Repeats:
    """How often one field stands at one place, however it came there: those are compared with each other."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self.fragments, self.steps = fragments, 0

    def most_in(self, selections: Iterable[SelectionSetNode]) -> int:
        """The largest number of repeats among selections of the same object and whatever lies below them."""
        places: dict[str, list[FieldNode]] = defaultdict(list)
        for field in self._fields(selections, set()):
            self.steps += 1
            places[(field.alias or field.name).value].append(field)
        if self.steps > STEPS:
            return STEPS
        below = (self.most_in(one.selection_set for one in same if one.selection_set) for same in places.values())
        return max(max(map(len, places.values()), default=0), max(below, default=0))

    def _fields(self, selections: Iterable[SelectionSetNode], seen: set[str]) -> Iterator[FieldNode]:
        for one in selections:
            for node in one.selections:
                if isinstance(node, FieldNode):
                    yield node
                elif inner := self._inner(node, seen):
                    yield from self._fields([inner], seen)

    def _inner(self, node: SelectionNode, seen: set[str]) -> SelectionSetNode | None:
        """What a fragment selects; nothing if it was here already."""
        if not isinstance(node, FragmentSpreadNode):
            found: SelectionSetNode | None = getattr(node, "selection_set", None)
            return found
        fragment = None if node.name.value in seen else self.fragments.get(node.name.value)
        seen.add(node.name.value)
        return fragment.selection_set if fragment else None
