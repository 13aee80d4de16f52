"""Months of a programme lived through as `ithaca simulate` does it: what each mail costs, with all that leads to it.

    python -m benchmarks.simulate [people] [months]
"""

from __future__ import annotations

import asyncio
import sys
from datetime import date

from benchmarks.figures import Figure, table
from benchmarks.ground import var_folder
from server.automation.simulating.command import simulate

PEOPLE, MONTHS, BEGINS = 30, 3, date(2027, 1, 11)
DOCUMENT = {"name": "Rising Leads", "type": "ONE_TO_ONE", "duration_days": 75, "sessions_per_month": 4}


def figures(people: int = PEOPLE, months: int = MONTHS) -> list[Figure]:
    """The lines of `make bench`."""
    with var_folder():
        report = asyncio.run(simulate(
            DOCUMENT, "rising-leads", people=people, months=months, seed=1, begins=BEGINS
        ))
    mails, spent = sum(report.tally.counts["messages sent"].values()), report.processor_seconds
    lived = f"{people} people, {months} months: {mails:,} mails and {sum(report.acts.values()):,} acts"
    return [
        Figure(f"lived through, {lived}", f"{spent:.0f} s CPU, {spent / mails * 1000:.0f} ms for each mail"),
        Figure("rules of every message, lived through", "held" if report.tally.is_sound else "BROKEN"),
    ]


if __name__ == "__main__":
    print(table(figures(*map(int, sys.argv[1:3]))))
