"""What a document may ask for. Checked before validation, so that a hostile one costs little.

The library's own depth and alias limiters walk fragments once for every path, which a few nested fragments make
endless; these count each fragment once. The numbers are those of docs/decisions/0005-graphql-shape.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    specified_rules,
)
from starlette.types import Message, Receive
from strawberry.extensions import MaxTokensLimiter, ParserCache, SchemaExtension
from strawberry.schema.schema import validate_document
from strawberry.types import ExecutionContext

BODY_BYTES = 100_000
TOKENS = 2_000
DEPTH = 10
ALIASES = 30
DIRECTIVES = 50
ERRORS = 20
"""So many mistakes are named at once; more would make the answer larger than the document."""
CACHED_DOCUMENTS = 256


class BodyTooLarge(Exception):
    """The request's body is over the limit."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much a selection asks for. Introspection adds nothing to the depth."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: Size) -> Size:
        """Both selections next to each other."""
        return Size(
            max(self.depth, other.depth), self.aliases + other.aliases, self.directives + other.directives
        )


class WithinLimits(SchemaExtension):
    """Checks a document's size, then validates it; the outcome for a document is remembered, up to a bound."""

    def on_validate(self) -> Iterator[None]:
        """Runs before the library's own validation and takes its place."""
        context = self.execution_context
        assert context.graphql_document is not None  # parsing came before
        found = problems(context.schema._schema, context.graphql_document)
        context.pre_execution_errors = list(found or _unnamed(context))
        yield


EXTENSIONS = (
    lambda: MaxTokensLimiter(max_token_count=TOKENS),
    lambda: ParserCache(maxsize=CACHED_DOCUMENTS),
    WithinLimits,
)


@lru_cache(maxsize=CACHED_DOCUMENTS)
def problems(schema: GraphQLSchema, document: DocumentNode) -> tuple[GraphQLError, ...]:
    """What is wrong with a document: its size first, and only if that is fine, the rest.

    In English for everybody, as the library's own: it is remembered, and read by whoever wrote the document.
    """
    found = _too_much(document) or validate_document(schema, document, tuple(specified_rules))
    return tuple(found[:ERRORS])


def limited(receive: Receive, most: int = BODY_BYTES) -> Receive:
    """The same body, cut off with BodyTooLarge once it is over `most` bytes."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise BodyTooLarge
        return message

    return counting


def _unnamed(context: ExecutionContext) -> list[GraphQLError]:
    """Several operations need a name to choose by; the library would run the first of them."""
    nodes = context.graphql_document.definitions if context.graphql_document else ()
    operations = [node for node in nodes if isinstance(node, OperationDefinitionNode)]
    if len(operations) > 1 and context._provided_operation_name is None:
        return [GraphQLError("Name the operation to run: this document has several.")]
    return []


def _too_much(document: DocumentNode) -> list[GraphQLError]:
    sizes = _Sizes(document)
    asked = [sizes.of(node.selection_set) for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    limits = (
        ("depth", DEPTH, "levels"), ("aliases", ALIASES, "aliases"), ("directives", DIRECTIVES, "directives"),
    )
    return [
        GraphQLError(f"This document is too big: {most} {text} at most.")
        for name, most, text in limits
        if max((getattr(size, name) for size in asked), default=0) > most
    ]


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
        deeper = 0 if node.name.value.startswith("__") else below.depth + (node.selection_set is not None)
        return Size(deeper, below.aliases + (node.alias is not None), below.directives).beside(own)
