"""What a document may ask for, and how long its answer may take. Its size is checked before it is validated.

The numbers are those of docs/decisions/0005 and 0008.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    specified_rules,
)
from starlette.types import Message, Receive
from strawberry.extensions import MaxTokensLimiter, SchemaExtension
from strawberry.schema.schema import validate_document
from strawberry.types.graphql import OperationType

from graphql_schema.cost import BUDGET, COUNTED, Cost, cost_of
from graphql_schema.documents import Reading, Readings
from graphql_schema.errors import OutOfTime, TooBig
from graphql_schema.sizes import size_of
from server.kernel.log import note

BODY_BYTES = 100_000
TOKENS = 2_000
DEPTH = 10
ALIASES = 30
DIRECTIVES = 50
REPEATS = 20
BOUNDS = (
    ("levels", DEPTH, "Ask for what lies deeper in an operation of its own, by its id."),
    ("aliases", ALIASES, "Ask for several things of one kind with nodes, or in several operations."),
    ("directives", DIRECTIVES, "Leave some out, or put them on a fragment."),
    ("repeats", REPEATS, "Ask for a field once at each place."),
)
"""What is counted, the most there may be, and what to do about it."""
ERRORS = 20
"""So many mistakes are named at once; more would make the answer larger than the document."""
SUBSCRIBE = "A subscription has more than one answer: send Accept: text/event-stream."
QUERY_S = 5
MUTATION_S = 60
"""Matching runs and imports answer when they are done. What is cut off in a unit of work leaves nothing behind."""


class BodyTooLarge(Exception):
    """The request's body is over the limit."""


class WithinLimits(SchemaExtension):
    """Reads a document once, checks its size and its cost, and ends what takes too long."""

    reading: Reading
    cost = Cost(0)

    def on_parse(self) -> Iterator[None]:
        """Runs before the library's own parser and takes its place."""
        context = self.execution_context
        self.reading = readings.of(context.query or "", partial(_parse, **context.parse_options))
        context.graphql_document = self.reading.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Runs before the library's own validation and takes its place."""
        context, reading = self.execution_context, self.reading
        if reading.mistakes is None:
            reading.mistakes = problems(context.schema._schema, reading.document)
        context.pre_execution_errors = list(reading.mistakes) or self._too_dear() or self._unheard()
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        """Cuts the operation off when its time is over."""
        changes = self.execution_context.operation_type is OperationType.MUTATION
        try:
            async with asyncio.timeout(MUTATION_S if changes else QUERY_S):
                yield
        except TimeoutError as error:
            note("graphql.timeout", kind="mutation" if changes else "query")
            raise OutOfTime(changes=changes) from error

    def get_results(self) -> dict[str, Any]:
        """What the answer tells in `extensions`."""
        return {"cost": {"asked": self.cost.asked, "budget": BUDGET}}

    def _unheard(self) -> list[GraphQLError]:
        context = self.execution_context
        asks = context.operation_type is OperationType.SUBSCRIPTION
        return [GraphQLError(SUBSCRIBE)] if asks and not context.context.hears_events else []

    def _too_dear(self) -> list[GraphQLError]:
        context, document = self.execution_context, self.reading.document
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) > 1 and context._provided_operation_name is None:
            return [GraphQLError("Name the operation to run: this document has several.")]
        name = context.operation_name
        operation = next((one for one in operations if one.name and one.name.value == name), operations[0])
        self.cost = cost_of(context.schema._schema, document, operation, context.variables or {})
        return [_dear(self.cost)] if self.cost.asked > BUDGET else []


readings = Readings()
EXTENSIONS = (lambda: MaxTokensLimiter(max_token_count=TOKENS), WithinLimits)


def problems(schema: GraphQLSchema, document: DocumentNode) -> tuple[GraphQLError, ...]:
    """What is wrong with a document: its size first, and only if that is fine, the rest.

    In English for everybody, as the library's own: it is remembered, and read by whoever wrote the document.
    """
    found = _too_much(document) or validate_document(schema, document, tuple(specified_rules))
    return tuple(found[:ERRORS])


def _parse(text: str, **options: Any) -> DocumentNode:
    try:
        return parse(text, **options)
    except GraphQLSyntaxError as error:
        if "more than" not in error.message:
            raise
        words = f"This document has more than {TOKENS} tokens. Send its operations one by one, and values as variables."
        raise TooBig(words, limit="tokens", most=TOKENS) from error


def _dear(cost: Cost) -> GraphQLError:
    """Names the part to look at, and what makes it smaller."""
    words = (
        f"This operation costs {cost.asked}, and {BUDGET} is the most: an object costs 1, and a list multiplies what "
        f"stands below it. Most of it is in {cost.dearest or 'a fragment'}: ask for a smaller page with first or last, "
        "or for the lists within in an operation of their own."
    )
    return TooBig(words, limit="cost", most=BUDGET, asked=cost.asked)


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


def _too_much(document: DocumentNode) -> list[GraphQLError]:
    size = size_of(document)
    found = [(name, most, ways, min(getattr(size, name), COUNTED)) for name, most, ways in BOUNDS]
    return [
        TooBig(f"This document has {count} {name}, and {most} is the most. {ways}", limit=name, most=most, asked=count)
        for name, most, ways, count in found if count > most
    ]
