"""Each participant screen: statements and processor time, for one item of everything on it and for thirty.

    python -m benchmarks.pages
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import httpx2

from benchmarks.figures import Figure, table
from benchmarks.ground import cpu_ms, empty_database, var_folder
from server.access.actions import open_session
from tests import plenty
from tests.queries import queries_run
from tests.web.conftest import browser

FEW, MANY = 1, 30


async def measure(folder: Path) -> list[Figure]:
    """Statements and milliseconds of every screen, with few and with many items."""
    async with empty_database(folder):
        seen = await plenty.begin(FEW)
        async with browser({"ithaca": await open_session(seen.person)}, breaks=False) as client:
            client.event_hooks = {}   # they judge each page, which is not its price
            await client.get("/")     # takes the styles along
            few = {name: await _cost(client, path) for name, path in seen.addresses().items()}
            for _ in range(MANY - FEW):
                await plenty.more(seen)
            many = {name: await _cost(client, path) for name, path in seen.addresses().items()}
    return [_figure(name, few[name], many[name]) for name in few]


async def _cost(client: httpx2.AsyncClient, path: str) -> tuple[int, float]:
    """(statements, processor milliseconds) of one visit."""
    with queries_run() as ran:
        (await client.get(path)).raise_for_status()
    return len(ran), await cpu_ms(partial(client.get, path))


def _figure(name: str, few: tuple[int, float], many: tuple[int, float]) -> Figure:
    shown = f"{few[0]} and {many[0]} statements; {few[1]:.0f} and {many[1]:.0f} ms CPU"
    return Figure(f"page {name}", shown, f"same statements for {FEW} and {MANY}", few[0] == many[0])


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    with var_folder() as folder:
        return asyncio.run(measure(folder))


if __name__ == "__main__":
    print(table(figures()))
