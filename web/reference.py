"""A GraphQL schema as something to read: its types by kind, one type with all it says, and a search over all of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    NullValueNode,
    build_schema,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
)

Kind = Literal["root", "object", "interface", "union", "input", "enum", "scalar"]
KINDS: dict[type[GraphQLNamedType], Kind] = {
    GraphQLObjectType: "object", GraphQLInterfaceType: "interface", GraphQLUnionType: "union",
    GraphQLInputObjectType: "input", GraphQLEnumType: "enum", GraphQLScalarType: "scalar",
}
SHOWN = 40
"""How many finds are shown; whoever gets more had better ask for more letters."""


@dataclass(frozen=True, slots=True)
class Member:
    """A field, an argument, or a value of an enum. What a value of an enum lacks is "".

    `type` stands as it is written, `[Match!]!`; `named` is its name, `Match`. `default` is written in GraphQL.
    """

    name: str
    description: str
    type: str = ""
    named: str = ""
    default: str = ""
    arguments: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class TypePage:
    """Everything about one type. `named` are the types it implements, or that implement or make it up."""

    name: str
    kind: Kind
    description: str
    members: tuple[Member, ...]
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Where words were found: a type, or one member of it."""

    type: str
    member: str
    description: str


class Reference:
    """What a schema holds, to look up. It is given as it is written, in GraphQL's own language."""

    def __init__(self, written: str) -> None:
        self.schema = build_schema(written)

    @cached_property
    def pages(self) -> dict[str, TypePage]:
        """Every type but GraphQL's own, by name."""
        own = {name: one for name, one in sorted(self.schema.type_map.items()) if not _is_of_the_language(one)}
        return {name: self._page(one) for name, one in own.items()}

    @cached_property
    def by_kind(self) -> dict[Kind, list[str]]:
        """The names of all types, by kind."""
        kinds: tuple[Kind, ...] = ("root", *KINDS.values())
        found = {kind: [page.name for page in self.pages.values() if page.kind == kind] for kind in kinds}
        return {kind: names for kind, names in found.items() if names}

    @cached_property
    def uses(self) -> dict[str, list[Found]]:
        """Type -> the fields that give it or take it."""
        found: dict[str, list[Found]] = {}
        for page in self.pages.values():
            for member in page.members:
                for name in {one.named for one in (member, *member.arguments)}:
                    found.setdefault(name, []).append(Found(page.name, member.name, member.description))
        return found

    def find(self, words: str) -> list[Found]:
        """Types and members whose name or description holds the words; those with the name stand first."""
        sought = words.casefold()
        hits = [one for one in self._everything if sought in f"{one.member or one.type} {one.description}".casefold()]
        return sorted(hits, key=lambda one: _distance(one, sought))[:SHOWN]

    @cached_property
    def _everything(self) -> list[Found]:
        types = [Found(page.name, "", page.description) for page in self.pages.values()]
        return types + [
            Found(page.name, one.name, one.description) for page in self.pages.values() for one in page.members
        ]

    def _page(self, one: GraphQLNamedType) -> TypePage:
        roots = (self.schema.query_type, self.schema.mutation_type, self.schema.subscription_type)
        kind: Kind = "root" if one in roots else KINDS[type(one)]
        return TypePage(one.name, kind, _said(one), _members(one), self._named(one))

    def _named(self, one: GraphQLNamedType) -> tuple[str, ...]:
        if isinstance(one, GraphQLInterfaceType | GraphQLUnionType):
            return tuple(sorted(made.name for made in self.schema.get_possible_types(one)))
        return tuple(above.name for above in getattr(one, "interfaces", ()))


def _is_of_the_language(one: GraphQLNamedType) -> bool:
    """`Int`, `String` and the types of introspection: everybody who asks knows them."""
    return is_introspection_type(one) or is_specified_scalar_type(one)


def _distance(one: Found, sought: str) -> tuple[int, str, str]:
    name = (one.member or one.type).casefold()
    return (0 if name == sought else 1 if name.startswith(sought) else 2 if sought in name else 3, one.type, one.member)


def _members(one: GraphQLNamedType) -> tuple[Member, ...]:
    if isinstance(one, GraphQLEnumType):
        return tuple(Member(name, _said(value)) for name, value in one.values.items())
    fields: dict[str, Any] = getattr(one, "fields", {})
    return tuple(_member(name, field) for name, field in fields.items())


def _member(name: str, field: Any) -> Member:
    """A field or an argument: the library has a class for each, alike in what is read here."""
    arguments = tuple(_member(*one) for one in getattr(field, "args", {}).items())
    return Member(name, _said(field), str(field.type), get_named_type(field.type).name, _default(field), arguments)


def _default(field: Any) -> str:
    """As it is written; a null says no more than that the type may be left out."""
    given = getattr(field, "default", None)
    return print_ast(given.literal) if given and not isinstance(given.literal, NullValueNode) else ""


def _said(one: Any) -> str:
    return (one.description or "").strip()
