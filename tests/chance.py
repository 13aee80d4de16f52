"""The luck of a test: the same each time in `make test`, another one each time in `make chaos`, and told."""

import os
import random
import time

LONG = "ITHACA_CHAOS" in os.environ


def seeded() -> random.Random:
    """Luck that can be had again: ITHACA_TEST_SEED repeats a run."""
    seed = int(os.environ.get("ITHACA_TEST_SEED", time.time() if LONG else 1))
    print(f"\nseed {seed}")
    return random.Random(seed)
