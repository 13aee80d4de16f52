"""Matching at 2,000 and 20,000 people: how good a run is beside the exact optimum, how long it takes, what it needs.

    python -m benchmarks.matching

Each firm is matched in a process of its own, and by scipy's dense exact assignment in another, so that each has its own
peak memory. Processor seconds are compared, since they hold still on a busy machine; ours use two threads, so that on
an idle one the clock shows more.
"""

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.figures import Figure, at_least, at_most, table
from benchmarks.firms import Firm, alone

FIRMS = (
    Firm(160, 320, real=True),
    Firm(1000, 1000),
    Firm(500, 1500),
    Firm(1500, 500),
    Firm(10_000, 10_000),
    Firm(5000, 15_000),
    Firm(15_000, 5000),
    Firm(10_000, 10_000, tight=True),
)
LARGE = 20_000
FLOOR_SECONDS, FLOOR_VALUE, FLOOR_MATCHED = 5.0, 0.9999, 0.9999
TIMES_FASTER, TIMES_SMALLER = 3.0, 8.0


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    return [line for firm in FIRMS for line in _of(firm)]


def _of(firm: Firm) -> Iterator[Figure]:
    name = f"matching {firm.name}"
    try:
        ours, dense = (alone(module, json.dumps(firm)) for module in ("benchmarks.firms", "benchmarks.peers.dense"))
    except RuntimeError as failed:
        yield Figure(name, f"not run: {failed}")
        return
    yield at_least(f"{name}, value of the exact optimum", ours["value"] / dense["value"], FLOOR_VALUE, 6)
    yield at_least(f"{name}, matched of the most possible", ours["matched"] / dense["matched"], FLOOR_MATCHED, 4)
    yield at_most(f"{name}, rules broken", ours["violations"], 0, "", 0)
    yield Figure(f"{name}, certified gap", f"{ours['gap']:.1e} after {ours['rounds']} rounds of prices")
    wall, cpu = ours["wall"]["people to pairs"], ours["cpu"]["people to pairs"]
    yield at_most(f"{name}, people to pairs ({cpu:.2f} s of processor)", wall, FLOOR_SECONDS, " s", 2)
    if firm.mentors + firm.mentees >= LARGE and not firm.tight:
        yield from _against_dense(name, ours, dense)


def _against_dense(name: str, ours: dict[str, Any], dense: dict[str, Any]) -> Iterator[Figure]:
    """From the same scores to pairs, then the whole way, then memory; what each needed stands in brackets."""
    seconds = ours["from_scores"], dense["cpu"]["from scores"]
    yield at_least(_beside(f"{name}, times as fast as scipy's dense", seconds, "s"), _ratio(seconds), TIMES_FASTER, 1)
    whole = ours["cpu"]["people to pairs"], dense["cpu"]["people to pairs"]
    yield Figure(_beside(f"{name}, the same with the scoring of all pairs", whole, "s"), f"{_ratio(whole):.1f}")
    memory = ours["peak_mb"], dense["peak_mb"]
    yield at_least(_beside(f"{name}, times as small", memory, "MB"), _ratio(memory), TIMES_SMALLER, 1)


def _ratio(both: tuple[float, float]) -> float:
    return both[1] / both[0]


def _beside(name: str, both: tuple[float, float], unit: str) -> str:
    return f"{name} ({both[0]:.1f} against {both[1]:.1f} {unit})"


if __name__ == "__main__":
    print(table(figures()))
