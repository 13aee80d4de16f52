"""What single cells of somebody's own file say. Each reader raises ValueError for what it cannot read."""

import re
from typing import get_args
from zoneinfo import ZoneInfo

from server.journey.importing import cells
from server.kernel import clock
from server.matchmaking.engine import week_mask
from server.matchmaking.engine.pool import DepartmentWish
from server.people.facts import is_zone

MOST_OFFSET_MIN, MOST_YEARS, MOST_COUNT, YEAR_DAYS = 14 * 60, 80, 1_000_000, 365.25
HALF_HOUR, DAY_HALF_HOURS, BLOCK_HALF_HOURS = 30, 48, 8
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BLOCK = re.compile(r"([a-z]{3})-(\d{2})")
YES = {"1": True, "true": True, "yes": True, "y": True, "accepted": True, "agreed": True,
       "0": False, "false": False, "no": False, "n": False, "declined": False, "rejected": False}
OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d{2}))?")


def split(cell: str) -> list[str]:
    """The words of a list: between semicolons, or bars, or else commas."""
    sign = next((sign for sign in (";", "|", "\n") if sign in cell), ",")
    return [word for part in cell.split(sign) if (word := " ".join(part.split()))]


def whole(cell: str, least: int, most: int) -> int:
    """A whole number within bounds."""
    found = int(cell)
    if not least <= found <= most:
        raise ValueError(cell)
    return found


def count(cell: str) -> int:
    """How often something happened."""
    return whole(cell, 0, MOST_COUNT)


def years(cell: str) -> float:
    """A number of years, with a point or a comma."""
    return _within(cell, 0, MOST_YEARS)


def day(cell: str) -> str:
    """A day as an ISO date."""
    return cells.day(cell).isoformat()


def wish(cell: str) -> DepartmentWish:
    """Which department somebody's partner is to be of."""
    words: dict[str, DepartmentWish] = {word: word for word in get_args(DepartmentWish)}
    if cell.casefold() not in words:
        raise ValueError(cell)
    return words[cell.casefold()]


def yes(cell: str) -> bool:
    """Whether somebody said yes, in the words that files use."""
    if cell.casefold() not in YES:
        raise ValueError(cell)
    return YES[cell.casefold()]


def points(cell: str) -> float:
    """A judgement from 1 to 5, alone or as "4/5"."""
    return _within(cell.removesuffix("/5"), 1, 5)


def share(cell: str) -> float:
    """A part of everything from 0 to 1, as a percentage, or as yes or no."""
    if cell.casefold() in YES:
        return float(YES[cell.casefold()])
    return _within(cell.removesuffix("%"), 0, 100) / 100 if cell.endswith("%") else _within(cell, 0, 1)


def _within(cell: str, least: float, most: float) -> float:
    found = float(cell.strip().replace(",", "."))
    if not least <= found <= most:
        raise ValueError(cell)
    return found


def offset(cell: str) -> int:
    """Minutes ahead of UTC: of an IANA zone as of now, of "UTC+2" or "+05:30", or as a number of minutes."""
    if is_zone(cell):
        ahead = clock.now().astimezone(ZoneInfo(cell)).utcoffset()
        return int(ahead.total_seconds() // 60) if ahead else 0
    if found := OFFSET.fullmatch(cell.casefold()):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes <= MOST_OFFSET_MIN:
            return -minutes if found[1] == "-" else minutes
    return whole(cell, -MOST_OFFSET_MIN, MOST_OFFSET_MIN)


def week(cell: str, offset: int) -> int:
    """Blocks of four hours of UTC such as Mon-08 (the contract of `ithaca match`), or times as in the people file."""
    blocks = [BLOCK.fullmatch(word.casefold()) for word in split(cell)]
    if all(block and block[1] in DAYS and int(block[2]) < 24 for block in blocks):
        starts = [DAYS.index(block[1]) * DAY_HALF_HOURS + int(block[2]) * 2 for block in blocks if block]
        return week_mask((start, BLOCK_HALF_HOURS) for start in starts)
    return week_mask(
        (-(-(one.weekday * DAY_HALF_HOURS * HALF_HOUR + one.start_minute - offset) // HALF_HOUR),
         (one.end_minute - one.start_minute) // HALF_HOUR)
        for one in cells.week(cell)
    )


def years_since(cell: str) -> float:
    """Years since a day written as year-month-day; 0 for one to come."""
    return max(0.0, (clock.now().date() - cells.day(cell)).days / YEAR_DAYS)
