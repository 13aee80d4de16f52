"""Points of the line chart: at most two series, labelled where they end; the table behind it carries the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

# The drawing's own units: viewBox 0 0 360 204, the plot between these edges.
START, END, FLOOR, CEILING = 26.0, 294.0, 170.0, 20.0
LINES = 3              # grid lines above zero
APART = 14.0           # the least distance between two labels at the end


@dataclass(frozen=True, slots=True)
class LineChart:
    """What the drawing needs. Texts are ready to show; `points` are "x,y x,y"."""

    held: str
    plan: str
    area: str
    grid: tuple[tuple[float, str], ...]
    dates: tuple[tuple[float, str], ...]
    last: tuple[float, float]
    held_label: tuple[float, str]
    plan_label: tuple[float, str] | None


def line_chart(held: Sequence[int], plan: Sequence[int], dates: Sequence[str]) -> LineChart:
    """The chart of one figure over time, with what was planned as a dashed line; `plan` may be empty.

    Raises:
        ValueError: no figures, or series of different length.
    """
    if not held or len(dates) != len(held) or (plan and len(plan) != len(held)):
        raise ValueError("A chart needs figures, a date for each, and a plan as long as they are.")
    top = _round_top(max([*held, *plan, LINES]))
    line = _points(held, top)
    last = line[-1]
    return LineChart(
        held=_joined(line),
        plan=_joined(_points(plan, top)) if plan else "",
        area=_joined([(line[0][0], FLOOR), *line, (last[0], FLOOR)]),
        grid=tuple((_height(top * step // LINES, top), str(top * step // LINES)) for step in range(LINES + 1)),
        dates=tuple((x, dates[at]) for at, (x, _y) in enumerate(line) if at % ceil(len(line) / 3) == 0),
        last=last,
        held_label=(last[1] + 5, str(held[-1])),
        plan_label=_beside(last[1] + 5, _height(plan[-1], top) + 5, plan[-1]) if plan else None,
    )


def _round_top(most: int) -> int:
    """The first number at or above `most` that the grid lines divide into round parts."""
    for part in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10000):
        if part * LINES >= most:
            return part * LINES
    return ceil(most / LINES) * LINES


def _points(values: Sequence[int], top: int) -> list[tuple[float, float]]:
    step = (END - START) / max(len(values) - 1, 1)
    return [(round(START + step * at, 1), _height(value, top)) for at, value in enumerate(values)]


def _height(value: float, top: int) -> float:
    return round(FLOOR - (FLOOR - CEILING) * value / top, 1)


def _beside(taken: float, wanted: float, value: int) -> tuple[float, str]:
    """The plan's label, moved off the other one when both would stand on each other."""
    if abs(taken - wanted) >= APART:
        return (wanted, str(value))
    return (round(taken - APART if wanted <= taken else taken + APART, 1), str(value))


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
