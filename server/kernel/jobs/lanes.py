"""Rows that fall due: taken under a lease, run once at a time, marked (docs/decisions/0004-jobs.md).

A lane is one table of such rows. `lease_until` says until when nobody may take a row: with an owner it is being worked
on, without one it waits for its next try. `attempts` counts tries that failed in order, `crashes` starts that never
ended. A row that was running when its process died runs alone from then on: whoever is parked for crashing has done it
by itself, and was not merely beside the one that did.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Any, TypeVar
from uuid import UUID

from tortoise import Model
from tortoise.expressions import F, Q

from server.kernel import clock
from server.kernel.engines.away import told
from server.kernel.engines.claiming import take
from server.kernel.errors import Conflict, Invalid, NotFound, Refused, TooMany, Unavailable
from server.kernel.log import note

BATCH = 20
AHEAD, WIDER = 4, 5
"""How many rows are looked at for each that is wanted, and how many times as many where those were not enough."""
LONGEST_JOB_S = 60
MOST_CRASHES = 3
CALM_AFTER_S = (0, 10, 60)
"""How long a process must have lived to run a row during which none, one or more died: a machine that goes down every
few seconds would else meet the suspect first at each start, and blame it. Found by the crash loop of `make chaos`."""
BORN = time.monotonic()
"""When this process began to take rows, from which its life counts: a busy machine may take a minute to get there."""
BACKOFF_MINUTES = (1, 5, 15, 60)
AWAY_S = 1.0
"""How often a job whose database is away asks for it: as a rule it is back long before a lease ends."""
MOST_ATTEMPTS = 28  # the steps above, then hourly: 24 hours and a little (engineering/reliability.md, Sending)

Json = dict[str, Any]
Answer = TypeVar("Answer")


class Ending(StrEnum):
    """How one run of a row ended. LOST: somebody else has the row now."""

    DONE = "DONE"
    SKIPPED = "SKIPPED"
    LATER = "LATER"
    PARKED = "PARKED"
    LOST = "LOST"


class TryLater(Exception):
    """Not now: the row waits `after`, or by the usual steps. Uncounted when the row itself is not to blame."""

    def __init__(self, code: str, *, after: timedelta | None = None, counted: bool = True) -> None:
        super().__init__(code)
        self.code, self.after, self.counted = code, after, counted


class NotYet(Exception):
    """Nothing is wrong, but its moment is later: the row falls due at `moment` (aware), and till then holds up no other
    row of its group."""

    def __init__(self, moment: datetime, code: str) -> None:
        super().__init__(code)
        self.moment, self.code = moment, code


class Park(Exception):
    """Never again by itself: somebody has to look at this row."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


FOR_GOOD = (Refused, Invalid, Park)
"""Errors that trying again cannot mend."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A table whose rows fall due at the column `due` while they match `open`.

    `run` does the work and may return why there was none. `marks` gives the columns to write for an ending and its
    code. Rows with the same `group` column go in order, one at a time. `room` says how many may be taken now. A row
    that takes more than `longest_s` seconds is cut off; its lease is twice as long. `given_up` tells whoever waits for
    a row that it is parked; it comes before the mark, so that a process that dies between them tells it again.
    `meanwhile` is open as long as one row after another is due.
    """

    name: str
    model: type[Model]
    due: str
    open: Mapping[str, object]
    run: Callable[[Any], Awaitable[str | None]]
    marks: Callable[[Ending, str], Json]
    group: str = "id"
    room: Callable[[], int] = lambda: BATCH
    longest_s: int = LONGEST_JOB_S
    given_up: Callable[[Any, str], Awaitable[None]] | None = None
    meanwhile: Callable[[], AbstractAsyncContextManager[None]] = nullcontext

    @property
    def lease(self) -> timedelta:
        """For how long a row is taken."""
        return timedelta(seconds=2 * self.longest_s)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row taken by `owner`. The moment its lease ends tells this taking from every other one."""

    lane: str
    row_id: UUID
    owner: str
    until: datetime

    @property
    def key(self) -> str:
        """A name for this taking, the same in every process."""
        return f"{self.lane}:{self.row_id}:{int(self.until.timestamp() * 1_000_000)}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of working on a claim."""

    ending: Ending
    code: str = ""
    error: Exception | None = None

    @property
    def failure(self) -> Exception | None:
        """What went wrong; nothing when the work was done, needless or too early."""
        harmless = self.ending is Ending.SKIPPED or isinstance(self.error, NotYet)
        return None if harmless else self.error


LANES: dict[str, Lane] = {}
_held: set[UUID] = set()  # what this process runs: a moved clock ends leases early, and must not take these twice


def register_lane(lane: Lane) -> None:
    """Let a room add a table of its own."""
    LANES[lane.name] = lane


async def claim(lane: Lane, owner: str) -> list[Claim]:
    """Take the rows of `lane` that are due now, at most as many as there is room for."""
    moment = clock.now()
    wanted = await _eligible(lane, moment, min(BATCH, lane.room()))
    if not wanted:
        return []
    until = moment + lane.lease
    taken = await take(lane.model.filter(_free_at(moment), id__in=wanted, **lane.open), [owner, until])
    return [Claim(lane.name, row_id, owner, until) for row_id in wanted if row_id in taken]


async def work(taken: Claim) -> Outcome:
    """Run what was taken and mark it. Never raises for a failure of the work itself: the outcome tells.

    While the database is away it holds on to the row and waits, so that what was done is marked, and not done again.
    """
    lane = LANES[taken.lane]
    _held.add(taken.row_id)
    try:
        row = await _begin(lane, taken)
        if row is None:
            return Outcome(Ending.LOST)
        outcome = await attempt(lane, row)
        await _end(lane, row, outcome)
        return outcome
    finally:
        _held.discard(taken.row_id)


async def give_back(owner: str) -> None:
    """End every lease of `owner`: at an orderly stop, or when a process takes over from its dead predecessor."""
    for lane in LANES.values():
        await lane.model.filter(lease_owner=owner, **lane.open).update(lease_owner="", lease_until=None)


async def once_back(act: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do what must be written, again and again until the database is there to take it; says so once.

    What was written although its answer got lost is written a second time: `act` must bear that.
    """
    waits = False
    while True:
        try:
            with told():
                return await act()
        except Unavailable as error:
            if not waits:
                note("job.waits", level=logging.WARNING, caught=error)
            waits = True
            await asyncio.sleep(AWAY_S)


async def _eligible(lane: Lane, moment: datetime, limit: int) -> list[UUID]:
    """The first due row of each group, where nobody holds it, oldest first; suspects only in a calm process.

    Looked for from the beginning each time, so that no row that ends meanwhile hides the first one of its group. Where
    each row is a group of its own, none can hide another.
    """
    due = lane.model.filter(**lane.open, **{f"{lane.due}__lte": moment}).order_by(lane.due, "id")
    window = AHEAD * limit
    if lane.group == "id":
        due, window = due.filter(_free_at(moment)), limit
    while limit > 0:
        rows = await due.limit(window).values_list("id", lane.group, "lease_until", "crashes")
        chosen = {row_id: crashes for row_id, crashes in heads(rows, moment) if _is_calm(crashes)}
        if len(chosen) >= limit or len(rows) < window:
            return _apart(list(chosen)[:limit], {row_id for row_id, crashes in chosen.items() if crashes})
        window *= WIDER
    return []


def heads(rows: Iterable[tuple[Any, ...]], moment: datetime) -> Iterator[tuple[UUID, int]]:
    """The first row of each group with its deaths, where nobody holds it."""
    seen = set[object]()
    for row_id, group, held, crashes in rows:
        heads_its_group = group is None or group not in seen
        seen.add(group)
        if heads_its_group and row_id not in _held and _is_free(held, moment):
            yield row_id, crashes


def _is_calm(crashes: int) -> bool:
    """Whether this process has lived long enough for a row that died so often."""
    return time.monotonic() - BORN >= CALM_AFTER_S[min(crashes, len(CALM_AFTER_S) - 1)]


def _apart(chosen: list[UUID], suspects: set[UUID]) -> list[UUID]:
    """The first alone if it is a suspect, else those before the first suspect."""
    if chosen and chosen[0] in suspects:
        return chosen[:1]
    return list(takewhile(lambda row_id: row_id not in suspects, chosen))


def _free_at(moment: datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lte=moment)


def _is_free(held: datetime | None, moment: datetime) -> bool:
    return held is None or held <= moment


async def _begin(lane: Lane, taken: Claim) -> Any | None:
    """The row, counted as begun and its lease renewed, or None when it is somebody else's by now.

    Whose it is shows in what was written, not in the answer: that gets lost when the database goes away.
    """
    rows, until = lane.model.filter(id=taken.row_id, lease_owner=taken.owner, **lane.open), clock.now() + lane.lease
    mine = rows.filter(lease_until=taken.until)
    await once_back(lambda: mine.update(crashes=F("crashes") + 1, lease_until=until))
    return await once_back(lambda: rows.filter(lease_until=until).first())


async def attempt(lane: Lane, row: Any) -> Outcome:
    """Do the work of a row; whoever waits for it hears if it is given up. What is to be written of it: `marks_of`."""
    outcome = await _run(lane, row)
    if outcome.ending is Ending.PARKED and lane.given_up:
        await _tell(lane.given_up, row, outcome.code)
    return outcome


def marks_of(lane: Lane, row: Any, outcome: Outcome) -> Json:
    """The columns that tell what came of a row."""
    values = lane.marks(outcome.ending, outcome.code[:200])
    if isinstance(outcome.error, NotYet):
        return {**values, lane.due: outcome.error.moment}
    if outcome.ending is Ending.LATER:
        pause = pause_before_next(outcome.error, row.attempts)
        return {**values, "attempts": row.attempts + int(_counts(outcome.error)), "lease_until": clock.now() + pause}
    return values


def say(lane: Lane, row: Any, outcome: Outcome, *, marked: bool = True) -> None:
    """One line of the log for the end of a run: a warning, or an error, where somebody may have to look."""
    note(
        f"job.{outcome.ending.lower()}" if marked else "job.lost", level=_level(outcome), caught=outcome.error,
        lane=lane.name, row_id=row.id, code=outcome.code, attempts=row.attempts,
    )


async def _run(lane: Lane, row: Any) -> Outcome:
    if row.crashes > MOST_CRASHES:
        return Outcome(Ending.PARKED, "crashed")
    try:
        async with asyncio.timeout(lane.longest_s):
            reason = await lane.run(row)
    except asyncio.CancelledError:
        await asyncio.shield(_release(lane, row))
        raise
    except Exception as error:
        return _judge(error, row.attempts)
    return Outcome(Ending.SKIPPED, reason) if reason else Outcome(Ending.DONE)


async def _tell(given_up: Callable[[Any, str], Awaitable[None]], row: Any, code: str) -> None:
    """Once the database is there to take it. What fails otherwise keeps no row from being parked."""
    try:
        await once_back(lambda: given_up(row, code))
    except Exception as error:
        note("job.untold", level=logging.ERROR, caught=error, row_id=row.id, code=code)


def _judge(error: Exception, attempts: int) -> Outcome:
    """What an error means for its row (style: house.md, column "job")."""
    code = getattr(error, "code", "") or type(error).__name__
    if isinstance(error, NotFound | Conflict):
        return Outcome(Ending.SKIPPED, code, error)
    if isinstance(error, FOR_GOOD):
        return Outcome(Ending.PARKED, code, error)
    counted = _counts(error)
    if counted and attempts + 1 >= MOST_ATTEMPTS:
        return Outcome(Ending.PARKED, code, error)
    return Outcome(Ending.LATER, code, error)


def _counts(error: Exception | None) -> bool:
    """Whether a run that did not succeed is held against its row."""
    return not isinstance(error, NotYet) and (not isinstance(error, TryLater) or error.counted)


async def _end(lane: Lane, row: Any, outcome: Outcome) -> None:
    values = {"lease_owner": "", "lease_until": None, "crashes": 0, **marks_of(lane, row, outcome)}
    say(lane, row, outcome, marked=bool(await once_back(lambda: _mine(lane, row).update(**values))))


def _level(outcome: Outcome) -> int:
    if isinstance(outcome.error, NotYet):
        return logging.DEBUG
    return {Ending.PARKED: logging.ERROR, Ending.LATER: logging.WARNING}.get(outcome.ending, logging.DEBUG)


def pause_before_next(error: Exception | None, attempts: int) -> timedelta:
    """How long a row rests after failing: 1, 5, 15, 60 minutes, then hourly, with up to a tenth more by chance."""
    if isinstance(error, TryLater) and error.after is not None:
        return error.after
    if isinstance(error, TooMany):
        return timedelta(seconds=error.retry_after_s)
    minutes = BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES) - 1)]
    return timedelta(minutes=minutes * (1 + random.random() / 10))  # noqa: S311  # spreads load, guards nothing


async def _release(lane: Lane, row: Any) -> None:
    await _mine(lane, row).update(lease_owner="", lease_until=None, crashes=0)


def _mine(lane: Lane, row: Any) -> Any:
    return lane.model.filter(id=row.id, lease_owner=row.lease_owner, lease_until=row.lease_until)
