"""Two packages that match mentors or residents, on 2,000 people: their seconds against ours, on the same scores.

    python -m benchmarks.rivals

All begin with the same finished table of scores; a second line has ours begin with the people. Each runs in an
environment of its own (benchmarks/peers/environments.py). 1,000 mentors with one place each, since one of the two knows
no more places, and 1,000 mentees. How long the peers take depends on the rules, `matching` on the number of pairs they
leave, `mentor-match` the other way round, so all three sets of rules are measured and each has to reach the goal.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.figures import Figure, at_least, table
from benchmarks.firms import SEVERAL_RULES, WEIGHTS, Firm, alone
from benchmarks.peers.environments import PEERS, Absent, ask
from server.matchmaking.engine import Pool, RuleSet, Standing
from server.matchmaking.engine.candidates import Ground, nothing_added, scores
from server.matchmaking.engine.columns import build
from server.matchmaking.engine.constraints import open_market
from server.matchmaking.engine.factor import build_factors

FIRM = Firm(1000, 1000, tight=True)
SCRIPTS = {"mentor-match": "mentor_match.py", "matching": "stable.py"}
TIMES_FASTER = {"mentor-match": 200.0, "matching": 150.0}


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    return [line for named in SEVERAL_RULES for peer in PEERS for line in _against(peer, named)]


def score_table(firm: Firm, rules: RuleSet) -> np.ndarray:
    """The engine's scores, mentees by mentors; minus infinity where a rule forbids the pair."""
    columns = build(Pool(firm.people()), 0)
    market, factors = open_market(columns, rules, Standing()), build_factors(columns, WEIGHTS)
    found = scores(Ground(market, factors, nothing_added(columns)), np.arange(len(columns.mentees)))
    return found.astype(np.float64)


def _against(peer: str, named: str) -> Iterator[Figure]:
    name = f"{FIRM.mentors + FIRM.mentees:,} people, {named}, against {peer} {PEERS[peer]}"
    worth = score_table(FIRM, SEVERAL_RULES[named])
    try:
        theirs = _asked(peer, worth)
    except Absent as absent:
        yield Figure(name, f"not run: {absent}", f"at least {TIMES_FASTER[peer]:.0f} times")
        return
    ours = alone("benchmarks.firms", json.dumps(FIRM), named)
    mine, whole, other = ours["from_scores"], ours["cpu"]["people to pairs"], theirs["cpu"]
    line = f"{name}, times as fast on one table of scores ({mine:.2f} against {other:.1f} s of processor)"
    yield at_least(line, other / mine, TIMES_FASTER[peer], 0)
    line = f"{name}, the same with ours beginning with the people ({whole:.2f} s)"
    yield Figure(line, f"{other / whole:.0f}")
    yield Figure(f"{name}, its value beside ours", f"{_value(theirs, worth) / ours['value']:.6f}")


def _asked(peer: str, worth: np.ndarray) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        worth.tofile(path)
        found: dict[str, Any] = ask(peer, SCRIPTS[peer], str(path), str(len(worth)))
        return found


def _value(theirs: dict[str, Any], worth: np.ndarray) -> float:
    """What its pairs are worth to us; a forbidden pair nothing."""
    made = [worth[e, m] for e, m in theirs["pairs"]]
    return float(sum(1 + score for score in made if np.isfinite(score)))


if __name__ == "__main__":
    print(table(figures()), file=sys.stdout)
