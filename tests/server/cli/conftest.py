"""A real process with a pair in it, for the long runs under load, and what they are judged by (reliability.md)."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.access.actions import open_session
from server.kernel.db import database
from tests import factories
from tests.conftest import environment
from tests.crowd import Answer, Visitor, at_share
from tests.journeys.scene import migrated
from tests.live import running

CALM_S = 10
MEMORY_MB, BESIDE_S, QUIET_S = 350, 1, 0.5
"""R8: of a process; R9: others' p99; and what a page takes at most on a machine that is ours alone."""


@dataclass(frozen=True)
class Live:
    """A running Ithaca with a pair in it, and who visits it."""

    visitor: Visitor
    pid: int
    var: Path
    pair: factories.Pair

    async def page(self) -> Answer:
        """The first page of a participant."""
        return await self.visitor.ask("/")

    async def health(self) -> Answer:
        return await self.visitor.ask("/healthz")


@pytest.fixture
async def live(tmp_path: Path) -> AsyncGenerator[Live, None]:
    with environment(ITHACA_VAR_DIR=str(tmp_path), ITHACA_SMTP_HOST=""):
        async with database(migrated(tmp_path)):
            pair = await factories.active_match()
            secret = await open_session(pair.mentee)
        with running(tmp_path) as (url, process):
            yield Live(Visitor(url, secret), process.pid, tmp_path, pair)


def is_quiet(calm: list[Answer]) -> bool:
    """Whether the machine is ours alone. On a busy one times tell of the others: they are printed, and not judged."""
    took = at_share(calm, 0.99)
    if took > QUIET_S:
        print(f"Busy machine: a calm page took {took:.1f} s, so no time is judged.")
    return took <= QUIET_S


def in_s(answers: list[Answer], share: float = 0.99) -> float:
    """The seconds within which this share was answered."""
    return round(at_share(answers, share), 3)
