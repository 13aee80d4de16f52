"""Lines of parents and of managers: who stands on a circle, and in which order nobody comes before their parent."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def circling(above: Mapping[Key, Key]) -> set[Key]:
    """The keys that meet themselves again on the way up. Each step is walked once, however long the lines are."""
    found: set[Key] = set()
    walked: set[Key] = set()
    for start in above:
        path: dict[Key, None] = {}
        at = start
        while at in above and at not in walked and at not in path:
            path[at] = None
            at = above[at]
        if at in path:
            way = list(path)
            found.update(way[way.index(at):])
        walked.update(path)
    return found


def top_down(above: Mapping[Key, Key | None]) -> list[Key]:
    """All keys in an order in which each stands after the one above it; the order given is kept beside that.

    A key above that is not among the keys counts as none. Keys on a circle, and below one, are left out.
    """
    below: dict[Key | None, list[Key]] = {}
    for key, parent in above.items():
        below.setdefault(parent if parent in above else None, []).append(key)
    ordered: list[Key] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        ordered.append(waiting.pop())
        waiting.extend(below.get(ordered[-1], [])[::-1])
    return ordered
