"""The document as a file: whatever it holds comes back exactly, and a hand-written one is told where it is wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.kernel.db import Json
from server.kernel.errors import Invalid
from server.programs.plans.content import changes, digest, over
from server.programs.plans.files import parsed, written

letters = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"), max_size=12)
names = st.from_regex(r"[a-z_]{1,6}", fullmatch=True).filter(lambda name: name != "format")
values = (
    st.booleans() | st.integers(-10**9, 10**9) | st.floats(allow_nan=False, allow_infinity=False) | letters
    | st.lists(letters, max_size=3) | st.lists(st.integers(-9, 9), max_size=3)
    | st.lists(st.dictionaries(names, letters, max_size=3), max_size=3)
)
documents = st.dictionaries(names, values | st.dictionaries(names, values, max_size=4), max_size=6)


@settings(max_examples=30, deadline=None)
@given(content=documents, as_json=st.booleans())
def test_a_file_says_exactly_what_was_written(content: Json, as_json: bool) -> None:
    again = parsed(written(content, as_json=as_json), as_json=as_json)
    assert again == content
    assert digest(again) == digest(content)
    assert changes(content, again) == []


def test_a_change_holds_over_what_others_changed_meanwhile() -> None:
    base: Json = {"a": 1, "b": 2, "c": [1], "t": {"x": 1, "y": 2}}
    mine: Json = {"a": 5, "b": 2, "c": [1], "t": {"x": 9, "y": 2}}
    theirs: Json = {"a": 3, "b": 7, "c": [], "t": {"x": 1, "y": 8}}
    assert over(base, mine, theirs) == {"a": 5, "b": 7, "c": [], "t": {"x": 9, "y": 8}}
    assert [one.path for one in changes(base, theirs)] == ["a", "b", "c", "t.y"]


@pytest.mark.parametrize(("text", "as_json", "told"), [
    ("format = 1\nname = \n", False, "line 2, column 8"),
    ('format = 1\nname = "a"\nname = "b"\n', False, "line 3"),
    ("name = 'a'", False, "format 1"),
    ("format = 2", False, "format 1"),
    ('{"format": 1,\n "name"}', True, "line 2 column 8"),
    ('{"format": 1, "name": "a", "name": "b"}', True, "name stands there twice"),
    ('{"format": NaN}', True, "NaN"),
    ("[1]", True, "a table of settings"),
    ("[" * 100_000, True, "too deep"),
    ("a = " + "[" * 100_000, False, "too deep"),
    (" " * 1_000_001, False, "too large"),
])
def test_what_cannot_be_read_is_told_with_its_place(text: str, as_json: bool, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        parsed(text, as_json=as_json)
