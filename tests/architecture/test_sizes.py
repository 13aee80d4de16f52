"""Nothing grows past the size at which it should become two things (style/anchors.md, section 2)."""

from collections import Counter
from pathlib import PurePosixPath

import pytest

from tests.architecture import source

MODULE, FUNCTION, TEMPLATE, STYLE, ROOM = 400, 60, 120, 150, 10
LARGER_ROOMS = {
    "server/cli": (11, "a module for each command, and the three that commands share to start and to serve"),
    "server/journey/importing": (12, "one file, from cells to stored rows: a module for each step"),
    "server/kernel": (16, "the vocabulary of every room: one flat module for each word that all of them import"),
    "server/matchmaking/engine": (17, "one algorithm, from pool to wording: a module for each stage"),
}
"""Packages of the domain that may hold more modules, each with its own bound and the reason."""


def test_modules_stay_readable() -> None:
    _none_over(source.modules(), MODULE)


def test_templates_stay_readable() -> None:
    _none_over(source.files(".html", under=("web", "server")), TEMPLATE)


def test_style_sheets_stay_readable() -> None:
    _none_over(source.files(".css"), STYLE)


@pytest.mark.parametrize("folder", source.PRODUCT)
def test_functions_stay_readable(folder: str) -> None:
    long = [
        f"{name}:{node.lineno} {node.name} has {length} lines"
        for name in source.modules(folder)
        for node in source.functions(name)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION
    ]
    assert not long, "\n".join(long)


def test_rooms_hold_ten_modules_at_most() -> None:
    held = Counter(
        str(PurePosixPath(name).parent) for name in source.modules("server") if not name.endswith("/__init__.py")
    )
    crowded = {room: count for room, count in held.items() if count > LARGER_ROOMS.get(room, (ROOM, ""))[0]}
    assert not crowded, f"more than {ROOM} modules: {crowded}"


def _none_over(names: list[str], most: int) -> None:
    over = [f"{name} has {length} lines, {most} at most" for name in names if (length := source.lines(name)) > most]
    assert not over, "\n".join(over)
