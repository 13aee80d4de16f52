"""`matching` on a table of scores, run by the Python of its own environment: preferences are the scores, ranked.

    python stable.py TABLE SIDE

Its hospital-resident game with one place each. With the usual depth of calls and stack it ends in a RecursionError at
this size (it copies all players as one web of objects), so it gets a deep stack in a thread of its own.
"""

import json
import sys
import threading
from time import perf_counter, process_time

import numpy as np
from matching.games import HospitalResident


def main() -> None:
    """Print seconds and pairs as JSON."""
    table = np.fromfile(sys.argv[1]).reshape(int(sys.argv[2]), -1)
    sys.setrecursionlimit(10**8)
    threading.stack_size(1 << 30)
    thread = threading.Thread(target=_measure, args=(table,))
    thread.start()
    thread.join()


def _measure(table: np.ndarray) -> None:
    wall, cpu = perf_counter(), process_time()
    mentees = {f"e{row}": [f"m{at}" for at in _ranked(scores)] for row, scores in enumerate(table)}
    mentors = {f"m{row}": [f"e{at}" for at in _ranked(scores)] for row, scores in enumerate(table.T)}
    mentees, mentors = ({name: wishes for name, wishes in side.items() if wishes} for side in (mentees, mentors))
    game = HospitalResident.create_from_dictionaries(mentees, mentors, dict.fromkeys(mentors, 1))
    found = game.solve()
    wall, cpu = perf_counter() - wall, process_time() - cpu
    pairs = [(int(str(one)[1:]), int(str(mentor)[1:])) for mentor, held in found.items() for one in held]
    print(json.dumps({"wall": wall, "cpu": cpu, "pairs": pairs}))


def _ranked(scores: np.ndarray) -> list[int]:
    order = np.argsort(-scores, kind="stable")
    return order[np.isfinite(scores[order])].tolist()


if __name__ == "__main__":
    main()
