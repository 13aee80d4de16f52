"""A schema as something to read: what stands on a type's page, where a type is used, what a search finds."""

from graphql_schema.export import sdl
from web.reference import SHOWN, Found, Member, Reference

SMALL = Reference('''
    """What can be read."""
    type Query { goals(first: Int = 5, states: [State!] = [OPEN]): [Goal!]! }
    type Mutation { keep(input: KeepInput!): Goal }
    interface Node { id: ID! }
    """Where somebody wants to get."""
    type Goal implements Node { id: ID!  "In their own words." want: String!  next: Goal }
    union Thing = Goal
    input KeepInput { want: String! = "" }
    enum State { "Not reached yet." OPEN  REACHED }
    scalar Moment
''')
WHOLE = Reference(sdl())


def test_types_stand_by_kind_and_those_of_the_language_nowhere() -> None:
    assert SMALL.by_kind == {
        "root": ["Mutation", "Query"], "object": ["Goal"], "interface": ["Node"], "union": ["Thing"],
        "input": ["KeepInput"], "enum": ["State"], "scalar": ["Moment"],
    }


def test_a_field_says_its_type_and_what_it_takes() -> None:
    (goals,) = SMALL.pages["Query"].members
    assert (goals.type, goals.named) == ("[Goal!]!", "Goal")
    assert goals.arguments == (
        Member("first", "", "Int", "Int", "5"), Member("states", "", "[State!]", "State", "[OPEN]"),
    )


def test_values_and_inputs_are_members_too() -> None:
    assert SMALL.pages["State"].members == (Member("OPEN", "Not reached yet."), Member("REACHED", ""))
    assert SMALL.pages["KeepInput"].members == (Member("want", "", "String!", "String", '""'),)


def test_interfaces_and_unions_name_what_makes_them_up_and_a_type_what_it_implements() -> None:
    assert SMALL.pages["Goal"].named == ("Node",)
    assert (SMALL.pages["Node"].named, SMALL.pages["Thing"].named) == (("Goal",), ("Goal",))
    assert SMALL.pages["Moment"].named == ()


def test_a_type_is_used_where_a_field_gives_it_and_where_one_takes_it() -> None:
    assert SMALL.uses["Goal"] == [
        Found("Goal", "next", ""), Found("Mutation", "keep", ""), Found("Query", "goals", ""),
    ]
    assert SMALL.uses["State"] == [Found("Query", "goals", "")]


def test_a_search_finds_names_first_and_then_what_was_said() -> None:
    assert [(one.type, one.member) for one in SMALL.find("Want")] == [
        ("Goal", "want"), ("KeepInput", "want"), ("Goal", ""),
    ]
    assert SMALL.find("nessie") == []


def test_every_type_of_the_product_can_be_gone_to_from_where_it_is_used() -> None:
    named = {one for page in WHOLE.pages.values() for one in page.named}
    assert named | set(WHOLE.uses) - {"Int", "Float", "String", "Boolean", "ID", ""} <= set(WHOLE.pages)
    assert len(WHOLE.find("e")) == SHOWN
