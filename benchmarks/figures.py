"""What a workload came to, beside what was asked of it. A benchmark prints; it never asserts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NO_TARGET = "-"


@dataclass(frozen=True)
class Figure:
    """One line of the table. `reached` is None where nothing was asked."""

    workload: str
    figure: str
    target: str = NO_TARGET
    reached: bool | None = None


def at_most(workload: str, value: float, bound: float, unit: str, digits: int = 1) -> Figure:
    """A figure that may not be larger."""
    asked = f"at most {bound:.{digits}f}{unit}"
    return Figure(workload, f"{value:.{digits}f}{unit}", asked, value <= bound)


def at_least(workload: str, value: float, bound: float, digits: int = 4) -> Figure:
    """A figure that may not be smaller."""
    return Figure(workload, f"{value:.{digits}f}", f"at least {bound:.{digits}f}", value >= bound)


def table(figures: Iterable[Figure]) -> str:
    """Lines in columns: workload, figure, target, reached or not."""
    rows = [("workload", "figure", "target", "")]
    rows += [(one.workload, one.figure, one.target, _word(one)) for one in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(cells: Iterable[str], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _word(figure: Figure) -> str:
    return {True: "reached", False: "NOT REACHED", None: ""}[figure.reached]
