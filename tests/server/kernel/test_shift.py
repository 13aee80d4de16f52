"""A demonstration's clock stays where it was put; a real installation's cannot be put anywhere."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel import db as database
from server.kernel.errors import Invalid, NotFound
from server.kernel.shift import keep_shift, shift_clock
from tests.conftest import environment


@pytest.fixture
def demo() -> Iterator[None]:
    with environment(ITHACA_DEMO="1"):
        yield


async def test_a_moved_clock_survives_a_restart(db: object, demo: None) -> None:
    await shift_clock(timedelta(days=1))
    assert await shift_clock(timedelta(days=7)) == timedelta(days=8)
    clock.reset()
    await keep_shift()
    assert clock.offset() == timedelta(days=8)


async def test_moving_lets_the_jobs_look(db: object, demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[timedelta] = []
    monkeypatch.setattr(database, "_listeners", [lambda: looked.append(clock.offset())])
    await shift_clock(timedelta(days=1))
    assert looked == [timedelta(days=1)]


@pytest.mark.parametrize("days", [-1, 0, 401])
async def test_only_forward_and_not_too_far(db: object, demo: None, days: int) -> None:
    with pytest.raises(Invalid):
        await shift_clock(timedelta(days=days))
    assert clock.offset() == timedelta()


async def test_a_real_installation_has_no_such_clock(db: object) -> None:
    with environment(ITHACA_DEMO="0"):
        with pytest.raises(NotFound):
            await shift_clock(timedelta(days=1))
        await keep_shift()
    assert clock.offset() == timedelta()
