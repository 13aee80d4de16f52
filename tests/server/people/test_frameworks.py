"""A framework from CSV or JSON, and how tags find their competencies."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel.actor import system_actor
from server.kernel.errors import Invalid, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.ids import new_id
from server.people import actions, queries
from server.people.frameworks import TagIndex, read_framework
from server.people.models import Competency
from tests import factories

CSV = b"""key,name,parent,description,aliases
stakeholders,Leading stakeholders,people,Bring people along,Stakeholder work;Alignment
people,Working with people,,,
react,React,,,
html,HTML,,,
css,CSS,,,
"""
JSON = json.dumps([
    {"key": "people", "name": "Working with people", "children": [
        {"key": "stakeholders", "name": "Leading stakeholders", "description": "Bring people along",
         "aliases": ["Stakeholder work", "Alignment"]},
    ]},
    {"key": "react", "name": "React"}, {"key": "html", "name": "HTML"}, {"key": "css", "name": "CSS", "parent": None},
]).encode()


async def test_both_forms_say_the_same_and_twice_is_once(db: object) -> None:
    org = await factories.organization()
    actor = system_actor(org.id)
    first = await actions.import_framework(actor, CSV, "skills.csv")
    assert sorted(first.created) == ["css", "html", "people", "react", "stakeholders"]
    second = await actions.import_framework(actor, b"\xef\xbb\xbf" + JSON, "skills.json")
    assert (second.created, second.changed, len(second.unchanged)) == ([], [], 5)
    rows = {row.key: row for row in await queries.framework(actor)}
    assert rows["stakeholders"].parent_id == rows["people"].id
    assert rows["stakeholders"].aliases == ["Stakeholder work", "Alignment"]
    assert [entry.detail for entry in await AuditEvent.all()] == [{"created": 5, "changed": 0}]
    assert await OutboxEvent.all().count() == 1


async def test_a_later_file_changes_and_brings_back_but_takes_nothing_away(db: object) -> None:
    org = await factories.organization()
    actor = system_actor(org.id)
    await actions.import_framework(actor, CSV, "skills.csv")
    await Competency.filter(key="react").update(retired_at=datetime(2026, 1, 1, tzinfo=UTC))
    report = await actions.import_framework(actor, b"key;name\nreact;React\nhtml;HTML 5\nnew;New\n", "skills.csv")
    assert (report.created, report.changed) == (["new"], ["react", "html"])
    assert report.missing == ["css", "people", "stakeholders"]
    assert await Competency.filter(organization_id=org.id).count() == 6
    assert {row.name for row in await queries.competencies(actor)} >= {"HTML 5", "React", "CSS"}


async def test_a_framework_is_its_organisations_own(db: object) -> None:
    one, other = await factories.organization(), await factories.organization()
    await actions.import_framework(system_actor(one.id), CSV, "skills.csv")
    assert await queries.framework(system_actor(other.id)) == []
    await actions.import_framework(system_actor(other.id), CSV, "skills.csv")
    assert await Competency.all().count() == 10


async def test_only_who_may_changes_it(db: object) -> None:
    someone = await factories.person(await factories.organization())
    with pytest.raises(Refused):
        await actions.import_framework(factories.actor_of(someone), CSV, "skills.csv")


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"key,name\na,A\na,B\n", "row 3", "row 2"),
        (b"key,name\na,\n", "row 2", "key and a name"),
        (b"key,name\n,A\n", "row 2", "key and a name"),
        (b"key,name,parent\na,A,b\n", "row 2", "isn’t in the file"),
        (b"key,name,parent\na,A,b\nb,B,a\nc,C,a\n", "row 2", "own parent"),
        (b"key,name\na," + b"x" * 121, "row 2", "Shorten"),
        (b"key,name,description\na,A," + b"x" * 2001, "row 2", "Shorten"),
        (b"name\nA\n", "file", "column key"),
        (b"key,name\n", "file", "no competency"),
        (b"[]", "file", "no competency"),
        (b'{"key": "a"}', "file", "list"),
        (b"[1]", "file", "object"),
        (b'[{"key": 1, "name": "A"}]', "file", "text"),
        (b'[{"key": "a", "name": "A", "aliases": [1]}]', "file", "text"),
        (b'[{"key": "a", "name": "A", "children": {"key": "b"}}]', "file", "list"),
        (b'[{"key": "a", "name": "A", "children": [{"key": "a", "name": "B"}]}]', "[0].children[0]", "[0]"),
        (b'[{"key": "a",\n "name"}]', "file", "2:"),
        (b"[" * 100_000, "file", "JSON"),
        ('[{"key": "a", "name": "Zoë"}]'.encode("latin-1"), "file", "UTF-8"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(content: bytes, place: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_framework(content, "skills.csv")
    assert words in refused.value.fields[place]


async def test_a_refused_file_writes_nothing(db: object) -> None:
    org = await factories.organization()
    with pytest.raises(Invalid):
        await actions.import_framework(system_actor(org.id), b"key,name\na,A\na,B\n", "skills.csv")
    assert not await Competency.all().exists()
    assert not await AuditEvent.all().exists()


def test_a_tree_of_twenty_thousand_levels_is_read_without_a_stack() -> None:
    rows = "".join(f"k{number},N,k{number - 1}\n" for number in range(1, 20_000))
    nodes = read_framework(f"key,name,parent\nk0,N,\n{rows}".encode(), "skills.csv")
    assert [node.key for node in nodes[:3]] == ["k0", "k1", "k2"]


@given(st.one_of(st.binary(max_size=200), st.recursive(
    st.none() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["key", "name", "children", "parent", "aliases"]), inner, max_size=5
    ), max_leaves=12,
).map(lambda tree: json.dumps(tree).encode())))
def test_no_file_does_more_than_be_refused(content: bytes) -> None:
    with suppress(Invalid):
        assert read_framework(content, "skills.json")


def index() -> TagIndex:
    names = {"React": [], "HTML": [], "CSS": [], "Leading stakeholders": ["Alignment"], "Retired skill": []}
    return TagIndex(
        Competency(id=new_id(), organization_id=new_id(), key=name, name=name, aliases=aliases,
                   retired_at="2026-01-01" if name.startswith("Retired") else None)
        for name, aliases in names.items()
    )


@pytest.mark.parametrize("tag", ["React", "reactjs", "React.js", "react js", "ALIGNMENT", "stakeholders"])
def test_spellings_and_aliases_find_their_competency(tag: str) -> None:
    found = index().find(tag)
    assert len(found.competency_ids) == 1
    assert found.missed == ()


def test_two_in_one_are_two() -> None:
    assert len(index().find("HTML/CSS").competency_ids) == 2


@pytest.mark.parametrize("tag", ["Python", "quantum gardening", "Retired skill", "???", ""])
def test_what_the_framework_lacks_is_missed_not_invented(tag: str) -> None:
    found = index().find(tag)
    assert found.competency_ids == ()
    assert found.missed == (tag,)
