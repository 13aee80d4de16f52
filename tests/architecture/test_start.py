"""A process that answers pages is up soon and small: what only learning needs is not loaded with it."""

import subprocess
import sys

HEAVY = ("pandas", "scipy.optimize", "scipy.stats", "sklearn")
"""Together a second of a processor and a hundred megabytes."""
LOADED = f"import sys, server.asgi; print(*[name for name in {HEAVY} if name in sys.modules])"


def test_a_start_loads_nothing_that_only_learning_needs() -> None:
    started = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert started.stdout.split() == []
