"""A usual week: day parts and blocks of minutes, one turned into the other, and the spelling of the people file."""

import re
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from server.people.states import DayPart

HOURS: dict[DayPart, tuple[int, int]] = {
    DayPart.MORNINGS: (8, 12),
    DayPart.LUNCHTIMES: (12, 14),
    DayPart.AFTERNOONS: (13, 17),
    DayPart.EVENINGS: (17, 20),
}
"""From and to which hour of the person's own day a part lasts."""

WORKDAYS = range(5)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SPELLING = re.compile(r"([A-Za-z]{3})-(\d{2}):(\d{2})-(\d{2}):(\d{2})", re.ASCII)


class Block(NamedTuple):
    """A stretch of a usual week: weekday 0 is Monday, minutes from midnight of the person's own day, end excluded."""

    weekday: int
    start_minute: int
    end_minute: int


class Stretch(Protocol):
    """What a block and a stored availability row have in common."""

    @property
    def weekday(self) -> int: ...
    @property
    def start_minute(self) -> int: ...
    @property
    def end_minute(self) -> int: ...


def blocks_of(parts: Iterable[DayPart]) -> list[Block]:
    """The blocks that day parts stand for: their hours on each day from Monday to Friday, in the order of the week."""
    hours = [HOURS[part] for part in set(parts)]
    return sorted(Block(day, start * 60, end * 60) for day in WORKDAYS for start, end in hours)


def day_parts_of(blocks: Iterable[Stretch]) -> set[DayPart]:
    """The day parts that a week of blocks speaks of: those a block fills by more than half, or lies within.

    More than half, because half of the lunchtime is also afternoon: `day_parts_of(blocks_of(parts)) == parts`.
    """
    return {part for block in blocks for part in DayPart if _speaks_of(block, part)}


def parse_block(text: str) -> Block:
    """Read `Mon-09:00-12:00`; `24:00` ends a day.

    Raises:
        ValueError: another form, an unknown day or hour, or an end that is not after its start.
    """
    found = _SPELLING.fullmatch(text.strip())
    if found is None or found[1].title() not in WEEKDAYS:
        raise ValueError(text)
    start, end = _minute(found[2], found[3]), _minute(found[4], found[5])
    if not start < end:
        raise ValueError(text)
    return Block(WEEKDAYS.index(found[1].title()), start, end)


def parse_week(texts: Iterable[str]) -> list[Block]:
    """Read blocks and the words mornings, lunchtimes, afternoons, evenings: each stretch once, from Monday on.

    Raises:
        ValueError: the first text that is neither.
    """
    found: set[Block] = set()
    for text in texts:
        word = text.strip().upper()
        found.update(blocks_of([DayPart(word)]) if word in DayPart.__members__ else [parse_block(text)])
    return sorted(found)


def _minute(hour: str, minute: str) -> int:
    moment = int(hour) * 60 + int(minute)
    if int(minute) > 59 or moment > 24 * 60:
        raise ValueError(f"{hour}:{minute}")
    return moment


def _speaks_of(block: Stretch, part: DayPart) -> bool:
    start, end = (hour * 60 for hour in HOURS[part])
    shared = min(end, block.end_minute) - max(start, block.start_minute)
    return shared > (end - start) / 2 or (shared > 0 and shared == block.end_minute - block.start_minute)
