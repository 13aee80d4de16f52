"""Two packages that match mentors or residents, on 2,000 people: their seconds against ours, on the same scores.

    python -m benchmarks.rivals

Both get the finished table of scores; ours begins with the people and scores every pair itself. Each runs in an
environment of its own (benchmarks/peers/environments.py). 1,000 mentors with one place each, since one of the two knows
no more places, and 1,000 mentees.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.figures import Figure, at_least, table
from benchmarks.firms import RULES, WEIGHTS, Firm, alone
from benchmarks.peers.environments import PEERS, Absent, ask
from server.matchmaking.engine import Pool, Standing
from server.matchmaking.engine.candidates import Ground, nothing_added, scores
from server.matchmaking.engine.columns import build
from server.matchmaking.engine.constraints import open_market
from server.matchmaking.engine.factor import build_factors

FIRM = Firm(1000, 1000, tight=True)
SCRIPTS = {"mentor-match": "mentor_match.py", "matching": "stable.py"}
TIMES_FASTER = {"mentor-match": 200.0, "matching": 150.0}


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    worth = score_table(FIRM)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        worth.tofile(path)
        return [line for peer in PEERS for line in _against(peer, path, worth)]


def score_table(firm: Firm) -> np.ndarray:
    """The engine's scores, mentees by mentors; minus infinity where a rule forbids the pair."""
    columns = build(Pool(firm.people()), 0)
    market, factors = open_market(columns, RULES, Standing()), build_factors(columns, WEIGHTS)
    found = scores(Ground(market, factors, nothing_added(columns)), np.arange(len(columns.mentees)))
    return found.astype(np.float64)


def _against(peer: str, path: Path, worth: np.ndarray) -> Iterator[Figure]:
    name = f"{FIRM.mentors + FIRM.mentees:,} people, against {peer} {PEERS[peer]}"
    try:
        theirs = ask(peer, SCRIPTS[peer], str(path), str(len(worth)))
    except Absent as absent:
        yield Figure(name, f"not run: {absent}", f"at least {TIMES_FASTER[peer]:.0f} times")
        return
    ours = alone("benchmarks.firms", json.dumps(FIRM))
    for kind, what in (("cpu", "processor"), ("wall", "clock")):
        mine, other = ours[kind]["people to pairs"], theirs[kind]
        line = f"{name}, times as fast by the {what} ({mine:.2f} against {other:.1f} s)"
        yield at_least(line, other / mine, TIMES_FASTER[peer], 0)
    yield Figure(f"{name}, its value beside ours", f"{_value(theirs, worth) / ours['value']:.6f}")


def _value(theirs: dict[str, Any], worth: np.ndarray) -> float:
    """What its pairs are worth to us; a forbidden pair nothing."""
    made = [worth[e, m] for e, m in theirs["pairs"]]
    return float(sum(1 + score for score in made if np.isfinite(score)))


if __name__ == "__main__":
    print(table(figures()), file=sys.stdout)
