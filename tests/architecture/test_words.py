"""Names say what things are, every public function says what it does, and no address of a machine is in the tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.architecture import source

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "services", "misc"}
# Spelt in parts, so that this file does not hold what it looks for.
MACHINE = re.compile("|".join((
    r"(?<![\w.])/" + r"work/", r"(?<![\w.])/" + r"root\b", r"(?<![\w.])/" + r"home/\w", r"/" + r"Users/\w",
    r"files\." + r"pythonhosted\.org", r"pypi\." + r"org/simple", r"--(extra-)?index" + r"-url\s*=?\s*http",
    r"registry\." + r"npmjs\.org",
)))
BINARY = (".png", ".ico", ".woff2", ".jpg", ".webp", ".gif", ".npz", ".npy", ".safetensors", ".gz", ".xlsx", ".zip")


def test_no_module_is_named_for_nothing() -> None:
    named = [name for name in source.modules() if EMPTY_NAMES & set(PurePosixPath(name).with_suffix("").parts)]
    assert not named, "\n".join(named)


def test_no_path_of_a_machine_and_no_package_index_is_in_the_tree() -> None:
    found = [
        f"{name}:{number}" for name in source.tracked() if not name.endswith(BINARY)
        for number, line in enumerate(source.text(name).splitlines(), 1) if MACHINE.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", source.modules("server"))
def test_every_public_function_says_what_it_does(name: str) -> None:
    assert ast.get_docstring(source.tree(name)) or not source.tree(name).body, f"{name} does not say what it is"
    public = [node for node in _public(source.tree(name).body) if not _is_only_a_shape(node)]
    mute = [f"{name}:{node.lineno} {node.name}" for node in public if not ast.get_docstring(node)]
    assert not mute, "\n".join(mute)


def test_nothing_is_left_to_do_later() -> None:
    marks = re.compile(r"(#|//|/\*|\{#|<!--)\s*(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    found = [
        f"{name}:{number}" for name in (*source.modules(), *source.files(".html", ".css", ".js"))
        for number, line in enumerate(source.text(name).splitlines(), 1) if marks.search(line)
    ]
    assert not found, "\n".join(found)


def _public(body: list[ast.stmt]) -> Iterator[source.Function | ast.ClassDef]:
    for node in body:
        if not isinstance(node, source.Function | ast.ClassDef) or node.name.startswith("_") or node.name == "Meta":
            continue
        yield node
        if isinstance(node, ast.ClassDef):
            yield from _public(node.body)


def _is_only_a_shape(node: source.Function | ast.ClassDef) -> bool:
    """A member of a protocol: its class says what it is for."""
    return isinstance(node, source.Function) and ast.unparse(node.body[-1]) == "..."
