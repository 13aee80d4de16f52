"""The Monday on which what goes by itself is tried."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from server.kernel import clock

MONDAY = datetime(2026, 6, 1, 10, tzinfo=UTC)


@pytest.fixture
def monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield
