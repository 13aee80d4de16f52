"""What an operation asks for, counted in objects before any is fetched: lists multiply what stands below them.

An object costs 1, a value of an object nothing; a field that works harder than that has its own cost here. What
@skip and @include would leave out counts too. The budget is that of docs/decisions/0008-graphql-limits.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    value_from_ast_untyped,
)
from graphql.type import is_list_type
from graphql.type.definition import GraphQLOutputType, get_nullable_type

from graphql_schema.pagination import PAGE_MAX, PAGE_SIZE

BUDGET = 5_000
COUNTED = 1_000_000_000
"""Nobody needs to know how much more it is; a JSON number has to hold it."""
USUAL = 3
"""So many things usually hang below one, where a list has no size of its own."""
LENGTHS = {
    "Match.members": 2, "MatchesPayload.matches": PAGE_MAX, "PairRecord.events": 300, "PairRecord.plans": 10,
    "MatchTrial.files": 3, "TrialFile.columns": 30, "TrialCircle.members": 8,
    "ReviewQueue.unmatched": PAGE_MAX, "ReviewQueue.barred": PAGE_MAX, "MatchSettings.versions": 20,
    "MatchSettings.weights": 9, "InvitationList.leftOut": 1_000,
    "MessageCourse.coming": 60, "MessageCourse.past": 60, "Query.programMessages": 90,
    "Query.comparison": 24, "ComparedRow.measures": 5,
}
"""Lists that are known to be shorter or longer than usual."""
SIZES = {"Query.nodes": "ids", "Query.freeSlots": "count", "Query.nextSlots": "count"}
"""Arguments that say how long a list becomes, beside `first` and `last` of every connection."""
MUTATION = 25
"""What a change costs beside what it shows: its rule, its writes, its audit, its event."""
EXTRA = {
    "Mutation.applyImport": 1_000, "Mutation.correctImport": 1_000, "Mutation.importFramework": 1_000,
    "Mutation.previewImport": 1_000, "Mutation.runMatching": 1_000, "Mutation.runTrial": 1_000,
    "Mutation.startTrial": 200, "Mutation.inviteListed": 500, "Mutation.inviteMeant": 500,
    "Query.__schema": 2_500, "Query.__type": 50,
    "Query.comparison": 200, "Query.messagesOfMatch": 50, "Query.messagesOfPerson": 50,
    "Query.messageOutcome": 50, "Query.alternativeMentors": 200, "Query.importReport": 200,
    "Query.invitationList": 200, "Query.programAudience": 200, "Query.matchPreview": 1_000,
    "Query.matchSettings": 50, "Query.matchTrial": 50, "Query.pairRecord": 50, "Query.pairTried": 500,
    "Query.surveyResults": 200, "Query.placesPlanned": 1_000, "Query.reviewQueue": 200,
    "Viewer.resources": 200, "Subscription.matchRunProgress": 200,
}
"""Fields that compute, beside the objects they show. The schema shows some 2,000 objects when asked about itself."""
COUNT = 10
"""What `totalCount` of a connection costs: a statement of its own."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of an operation, and the field of its root that asks for the most."""

    asked: int
    dearest: str = ""


def cost_of(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Cost:
    """What a valid operation of a document costs with these variables."""
    root = schema.get_root_type(operation.operation)
    if root is None:
        return Cost(0)
    counting = _Counting(schema, document, {**_defaults(operation), **variables})
    parts = [(counting.of_one(node, root, PAGE_SIZE), node) for node in operation.selection_set.selections]
    dearest = max(parts, key=lambda part: part[0])[1]
    return Cost(min(sum(asked for asked, _node in parts), COUNTED), _name(dearest))


class _Counting:
    """Counts selections, each fragment once for each page it stands in."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.schema, self.variables = schema, dict(variables)
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[tuple[str, int], int] = {}

    def of(self, selections: SelectionSetNode | None, parent: GraphQLCompositeType, page: int) -> int:
        """What is selected of one object. `page` is how long the `edges` of a connection are."""
        return sum(self.of_one(node, parent, page) for node in (selections.selections if selections else ()))

    def of_one(self, node: SelectionNode, parent: GraphQLCompositeType, page: int) -> int:
        if isinstance(node, FieldNode):
            return self._of_field(node, parent, page)
        if isinstance(node, FragmentSpreadNode):
            return self._of_fragment(node.name.value, page)
        inline = cast(InlineFragmentNode, node)
        return self.of(inline.selection_set, self._type(inline.type_condition, parent), page)

    def _of_fragment(self, name: str, page: int) -> int:
        if (name, page) not in self._known:
            fragment = self.fragments[name]
            condition = cast(GraphQLCompositeType, self.schema.type_map[fragment.type_condition.name.value])
            self._known[name, page] = self.of(fragment.selection_set, condition, page)
        return self._known[name, page]

    def _of_field(self, node: FieldNode, parent: GraphQLCompositeType, page: int) -> int:
        field = self.schema.get_field(parent, node.name.value)
        assert field is not None  # the document is valid
        place, kind = f"{parent.name}.{node.name.value}", get_named_type(field.type)
        extra = EXTRA.get(place, MUTATION if parent is self.schema.mutation_type else 0)
        if not is_composite_type(kind):
            return extra + (COUNT if node.name.value == "totalCount" else 0)
        length = self._length(node, place, field.type, page)
        frame = kind.name.endswith(("Edge", "Connection"))
        below = self.of(node.selection_set, kind, self._given(node, "first", "last", usual=PAGE_SIZE))
        return extra + length * (below + (0 if frame else 1))

    def _length(self, node: FieldNode, place: str, kind: GraphQLOutputType, page: int) -> int:
        if not is_list_type(get_nullable_type(kind)):
            return 1
        if place.endswith("Connection.edges"):
            return page
        return self._given(node, SIZES.get(place, ""), usual=LENGTHS.get(place, USUAL))

    def _given(self, node: FieldNode, *names: str, usual: int) -> int:
        """The size that one of these arguments asks for: a number, or as many as a list holds."""
        for argument in node.arguments or ():
            if argument.name.value in names:
                given = value_from_ast_untyped(argument.value, self.variables)
                size = len(given) if isinstance(given, list) else given
                return max(size, 0) if isinstance(size, int) else usual
        return usual

    def _type(self, condition: Any, parent: GraphQLCompositeType) -> GraphQLCompositeType:
        return cast(GraphQLCompositeType, self.schema.type_map[condition.name.value]) if condition else parent


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions or () if one.default_value
    }


def _name(node: SelectionNode) -> str:
    named = node.name if isinstance(node, FieldNode | FragmentSpreadNode) else None
    return named.value if named else ""
