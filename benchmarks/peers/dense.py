"""scipy's Hungarian method over every mentee and every place: the exact optimum, and the peer at 20,000 people.

Its scores are the engine's own, worked out block by block and laid into one table of 64-bit numbers, since that is what
scipy wants. A forbidden pair is worth as little as none.
"""

import json
import sys

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.firms import RULES, WEIGHTS, Clock, Firm, peak_mb
from server.matchmaking.engine import Pool, Standing
from server.matchmaking.engine.candidates import Ground, nothing_added, scores
from server.matchmaking.engine.columns import build
from server.matchmaking.engine.constraints import open_market
from server.matchmaking.engine.factor import build_factors

BLOCK = 200


def main(firm: Firm) -> dict[str, object]:
    """Value, seconds and memory of the whole way from people to pairs."""
    people, clock = firm.people(), Clock()
    with clock.step("people to pairs"):
        columns = build(Pool(people), 0)
        ground = Ground(
            open_market(columns, RULES, Standing()), build_factors(columns, WEIGHTS), nothing_added(columns)
        )
        seats = np.repeat(np.arange(len(columns.mentors)), columns.mentors.capacity)
        worth = np.empty((len(columns.mentees), len(seats)))
        for at in range(0, len(worth), BLOCK):
            found = scores(ground, np.arange(at, min(at + BLOCK, len(worth))))
            worth[at : at + BLOCK] = np.where(np.isfinite(found), found + 1.0, 0.0)[:, seats]
        with clock.step("from scores"):
            rows, places = linear_sum_assignment(worth, maximize=True)
    taken = worth[rows, places]
    return {
        "wall": clock.wall,
        "cpu": clock.cpu,
        "value": float(taken.sum()),
        "matched": int((taken > 0).sum()),
        "peak_mb": peak_mb(),
    }


if __name__ == "__main__":
    print(json.dumps(main(Firm(*json.loads(sys.argv[1])))))
