"""A process that answers pages is up soon and small: what only learning needs is not loaded with it."""

import subprocess
import sys

HEAVY = ("pandas", "scipy.optimize", "scipy.stats", "sklearn")
"""Together a second of a processor and a hundred megabytes."""


def test_a_start_loads_nothing_that_only_learning_needs() -> None:
    assert loaded("server.asgi", HEAVY) == []


def test_matching_files_without_a_past_loads_nothing_that_only_learning_needs() -> None:
    assert loaded("server.matchmaking.command", ("pandas", "scipy.stats", "sklearn")) == []


def loaded(module: str, heavy: tuple[str, ...]) -> list[str]:
    asked = f"import sys, {module}; print(*[name for name in {heavy} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
