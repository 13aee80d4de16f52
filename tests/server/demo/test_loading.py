"""A demonstration is whole, or it is loaded anew: real processes, killed in the middle, on both databases."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from tortoise.context import TortoiseContext

from server import demo
from server.demo.cast import LEADERS, REVERSE, people_file
from server.demo.setting import KEY, UNFINISHED
from server.demo.turn import alone
from server.goals.models import Goal
from server.kernel import clock
from server.kernel.errors import Conflict
from server.kernel.settings import settings
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.models import Organization, Person
from tests import factories
from tests.conftest import environment
from tests.forked import begin
from tests.server.demo.loading import DAYS, run

MOMENT_WITHIN_S = 120
MOMENTS: dict[str, Callable[[UUID], Awaitable[bool]]] = {
    "founded": lambda own: Organization.filter(id=own).exists(),
    "people are in": lambda own: Person.filter(organization_id=own).exists(),
    "the first have joined": lambda own: Goal.filter(organization_id=own).exists(),
}
"""How far a load comes before it is killed."""


async def test_a_load_that_was_killed_is_removed_and_loaded_to_its_end(
    db: TortoiseContext, database_url: str, tmp_path: Path
) -> None:
    neighbour = await factories.active_match()
    with environment(ITHACA_DEMO="1", ITHACA_VAR_DIR=str(tmp_path), ITHACA_DATABASE_URL=database_url):
        for moment in MOMENTS if database_url.startswith("sqlite") else ("founded", "people are in"):
            await _kill_at(moment, MOMENTS[moment])
            assert not await Organization.filter(key=KEY).exists()
        if not database_url.startswith("sqlite"):
            return  # each load removed the one before; how it ends is no affair of the engine
        assert [line.partition(".")[0] for line in await _loaded()] == [
            "An earlier load was cut off", "Loading the demonstration organisation; this takes some minutes",
            "It is loaded",
        ]
        assert await _loaded() == ["It is there already."]
    await _is_whole(db, neighbour.organization)


async def test_two_processes_never_load_at_once(db: object, database_url: str, tmp_path: Path) -> None:
    with environment(ITHACA_VAR_DIR=str(tmp_path), ITHACA_DATABASE_URL=database_url):
        async with alone(settings()):
            with pytest.raises(Conflict, match="Another process"):
                async with alone(settings()):
                    pass
        async with alone(settings()):
            pass


async def _kill_at(moment: str, has_come: Callable[[UUID], Awaitable[bool]]) -> None:
    """Start a load and end it without a warning once it has come so far, after it removed what was there before."""
    before = await Organization.get_or_none(key=UNFINISHED)
    process = await begin(act=run, environ=os.environ)
    try:
        until = time.monotonic() + MOMENT_WITHIN_S
        while not await _reached(before, has_come):
            assert process.returncode is None, f"It ended before the moment: {moment}."
            assert time.monotonic() < until, f"It never came to the moment: {moment}."
            await asyncio.sleep(0.02)
    finally:
        process.kill()
        await process.wait()
    await _is_free()
    if before:
        assert not await Person.filter(organization_id=before.id).exists()


async def _is_free() -> None:
    """A server needs a moment to see that a process is gone, and lets its lock go then."""
    until = time.monotonic() + MOMENT_WITHIN_S
    while time.monotonic() < until:
        with suppress(Conflict):
            async with alone(settings()):
                return
        await asyncio.sleep(0.05)


async def _reached(before: Organization | None, has_come: Callable[[UUID], Awaitable[bool]]) -> bool:
    begun = await Organization.get_or_none(key=UNFINISHED)
    return begun is not None and (before is None or begun.id != before.id) and await has_come(begun.id)


async def _loaded() -> list[str]:
    """What a load says that nobody ends."""
    said: list[str] = []
    await demo.load(settings(), said.append, days=DAYS)
    return said


async def _is_whole(db: TortoiseContext, neighbour: Organization) -> None:
    """Everybody of the file, pairs that meet, nothing of the loads that were killed, the neighbour as before."""
    own = await Organization.get(key=KEY)
    assert {row.id for row in await Organization.all()} == {own.id, neighbour.id}
    in_file = people_file(clock.now().date(), [LEADERS, REVERSE]).decode().splitlines()[1:]
    assert await Person.filter(organization=own).count() == len(in_file)
    assert await Match.filter(organization_id=own.id, state=MatchState.ACTIVE).count() > 2
    waiting = await Match.filter(organization_id=own.id).values_list("state", flat=True)
    assert {MatchState.DRAFT, MatchState.AWAITING_ADMIN, MatchState.AWAITING_BOTH} <= set(waiting)
    assert await Person.filter(organization=neighbour).count() == 5
    assert db.apps is not None
    for model in db.apps.get_models_iterable():
        if "organization_id" in model._meta.fields_db_projection.values():
            assert not await model.exclude(organization_id__in=[own.id, neighbour.id]).exists(), model
