"""Where made-up people live: what reached them, what they did, and what is still to happen."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from heapq import heappop, heappush
from itertools import count
from uuid import UUID

from server.automation.lives.somebody import Somebody
from server.kernel import clock
from server.kernel.actor import Actor
from server.programs.models import Cohort


@dataclass(slots=True)
class World:
    """The stage, and what is still to happen on it: acts of people, by the moment at which they come to them.

    `keep`: where a mail goes before it is read; `homes`: the group in which somebody takes part; `heard`: how often
    somebody got a mail of a kind; `done`, `refused`: what came of acts.
    """

    system: Actor
    keep: Callable[[EmailMessage], Awaitable[None]]
    everybody: dict[UUID, Somebody] = field(default_factory=dict)
    homes: dict[UUID, Cohort] = field(default_factory=dict)
    heard: Counter[tuple[UUID, str]] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _ahead: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def put(self, moment: datetime, act: Callable[[], Awaitable[None]]) -> None:
        """Let something happen at a moment (aware)."""
        heappush(self._ahead, (moment, next(self._numbers), act))

    def next_moment(self) -> datetime | None:
        """When the next of them happens."""
        return self._ahead[0][0] if self._ahead else None

    async def go_on(self) -> None:
        """Let happen what has its moment by now, in order."""
        while self._ahead and self._ahead[0][0] <= clock.now():
            await heappop(self._ahead)[2]()
