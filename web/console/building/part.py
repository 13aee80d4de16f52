"""One part of the builder: its name, and what it says about a programme wherever the parts are listed."""

from collections.abc import Callable
from dataclasses import dataclass

from server.automation.building.queries import Plan


@dataclass(frozen=True, slots=True)
class Part:
    """`name` is the end of its address; `told` is what holds in plain sentences; `is_ready` is None where nothing can
    be missing."""

    name: str
    title: Callable[[], str]
    told: Callable[[Plan], str]
    is_ready: Callable[[Plan], bool] | None = None
