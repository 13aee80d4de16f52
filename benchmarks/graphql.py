"""The home query of a phone over GraphQL: statements and processor time, for one match and for thirty.

    python -m benchmarks.graphql
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks.figures import Figure, table
from benchmarks.ground import cpu_ms, empty_database, var_folder
from benchmarks.pages import FEW, MANY
from tests import plenty
from tests.graphql.ask import ask
from tests.queries import queries_run

HOME = """{ viewer { unreadCount person { name }
  matches(first: 50) { edges { node {
    state members { role person { name } } program { name }
    goals { want milestones { title } } sessions { state startsAt }
  } } }
  nextSessions { startsAt } actionItems { text }
} }"""


async def measure(folder: Path) -> list[Figure]:
    """One answer of few matches and one of many."""
    async with empty_database(folder):
        seen = await plenty.begin(FEW)
        few = await _cost(seen)
        for _ in range(MANY - FEW):
            await plenty.more(seen)
        many = await _cost(seen)
    shown = f"{few[0]} and {many[0]} statements; {few[1]:.0f} and {many[1]:.0f} ms CPU"
    return [Figure("graphql home", shown, f"same statements for {FEW} and {MANY}", few[0] == many[0])]


async def _cost(seen: plenty.Plenty) -> tuple[int, float]:
    actor = seen.pair.mentor_actor
    with queries_run() as ran:
        await ask(actor, HOME)
    return len(ran), await cpu_ms(lambda: ask(actor, HOME))


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    with var_folder() as folder:
        return asyncio.run(measure(folder))


if __name__ == "__main__":
    print(table(figures()))
