"""Matching 200,000 people, in a process of its own for each firm; half an hour and 3 GB, so it has a name of its own.

    python -m benchmarks.matching_large [MENTORS MENTEES]
"""

import json
import sys
from collections.abc import Iterator

from benchmarks import matching_files
from benchmarks.figures import Figure, at_least, at_most, table
from benchmarks.firms import Firm, alone

SMALL = Firm(10_000, 10_000)
FIRMS = (Firm(100_000, 100_000), Firm(50_000, 150_000), Firm(150_000, 50_000))
MOST_GAP, LEAST_MATCHED, MOST_GROWTH = 0.001, 0.9999, 110.0
FILE_SECONDS, FILE_MB = 360.0, 3000.0


def figures(firms: tuple[Firm, ...] = FIRMS) -> list[Figure]:
    """The lines of `make bench`."""
    small = alone("benchmarks.firms", json.dumps(SMALL))["cpu"]["people to pairs"]
    found = [line for firm in firms for line in _of(firm, small)]
    return found + list(matching_files.lines(firms[0], FILE_SECONDS, FILE_MB))


def _of(firm: Firm, small: float) -> Iterator[Figure]:
    name = f"matching {firm.name}"
    try:
        found = alone("benchmarks.firms", json.dumps(firm))
    except RuntimeError as failed:
        yield Figure(name, f"not run: {failed}")
        return
    wall, cpu = found["wall"]["people to pairs"], found["cpu"]["people to pairs"]
    yield at_most(f"{name}, certified gap after {found['rounds']} rounds of prices", found["gap"], MOST_GAP, "", 6)
    yield at_least(f"{name}, matched of the most possible", found["matched"] / found["most"], LEAST_MATCHED, 5)
    yield at_most(f"{name}, rules broken", found["violations"], 0, "", 0)
    yield Figure(f"{name}, people to pairs", f"{wall:.0f} s, {cpu:.0f} s of processor, {found['peak_mb']:.0f} MB")
    yield at_most(f"{name}, times the processor time of {SMALL.name}", cpu / small, MOST_GROWTH, "", 0)


if __name__ == "__main__":
    wanted = tuple(map(int, sys.argv[1:]))
    print(table(figures((Firm(*wanted),) if wanted else FIRMS)))
