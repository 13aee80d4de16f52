"""Roulette: what fate thinks of each pair, the same for the same seed, another for the next."""

from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.groups.both_ways import Floats, Rows

Numbers = NDArray[np.uint64]


def chances(keys: Sequence[str], seed: int) -> Callable[[Rows], Floats]:
    """A number from 0 to 1 for each pair of people, drawn from the seed and both their keys in no order."""
    drawn = (blake2b(f"{seed}:{key}".encode(), digest_size=8).digest() for key in keys)
    lots = np.array([int.from_bytes(lot) for lot in drawn], np.uint64)

    def of(rows: Rows) -> Floats:
        return _mixed(lots[rows, None] ^ lots[None, :]) / np.float64(2**64)

    return of


def _mixed(numbers: Numbers) -> Numbers:
    """Numbers whose bits all depend on all bits of those given (the finish of the splitmix generator)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
