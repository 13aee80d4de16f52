"""mentor-match on a table of scores, run by the Python of its own environment: the standard library and it, no more.

    python mentor_match.py TABLE SIDE

One round of its own `process_data`, with one rule that reads the score of the pair from the table and one that
disqualifies. 1 is added for each pair, as our objective does, so that it places as many people as it can.
"""

import json
import sys
from array import array
from pathlib import Path
from time import perf_counter, process_time

from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.process import process_data
from matching.rules.rule import Disqualify

SCALE = 1_000_000


class FromTable:
    """The score of a pair, as the whole number that this package adds up."""

    def __init__(self, table: array, side: int) -> None:
        self.table, self.side = table, side

    def value(self, match: object) -> float:
        """Minus infinity where a rule forbids the pair."""
        return self.table[match.mentee.row * self.side + match.mentor.row]

    def apply(self, match: object) -> int:
        """What the package asks of a rule."""
        return round((1 + self.value(match)) * SCALE)


def main() -> None:
    """Print seconds and pairs as JSON."""
    side = int(sys.argv[2])
    table = array("d")
    with Path(sys.argv[1]).open("rb") as file:
        table.fromfile(file, side * side)
    mentors, mentees = ([_person(kind, row) for row in range(side)] for kind in (Mentor, Mentee))
    wall, cpu = perf_counter(), process_time()
    score = FromTable(table, side)
    process_data(mentors, mentees, [[score, Disqualify(lambda match: score.value(match) < 0)]])
    wall, cpu = perf_counter() - wall, process_time() - cpu
    pairs = [(one.row, mentor.row) for one in mentees for mentor in one.mentors]
    print(json.dumps({"wall": wall, "cpu": cpu, "pairs": pairs}))


def _person(kind: type, row: int) -> object:
    person = kind(grade=1, email=f"{kind.__name__}{row}")
    person.row = row
    return person


if __name__ == "__main__":
    main()
