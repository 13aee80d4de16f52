"""The voyage: the boat's way to the sun, drawn from milestones and never from days, so a pause is no failure."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import hypot

Point = tuple[float, float]

# The route of the drawing (viewBox 0 0 350 148): three cubic curves from the harbour to the sun.
ROUTE = "M14 118C62 118 78 66 128 70S178 108 224 98 268 34 318 30"
CURVES: tuple[tuple[Point, Point, Point, Point], ...] = (
    ((14, 118), (62, 118), (78, 66), (128, 70)),
    ((128, 70), (178, 74), (178, 108), (224, 98)),
    ((224, 98), (268, 88), (268, 34), (318, 30)),
)
SUN: Point = (318, 30)
HARBOUR = 3.0          # percent of the route at which the boat waits before the first milestone
AHEAD = 0.35           # of the way to the next milestone: the boat is seen to sail, and no island is covered
MOST = 8               # islands and sun that are drawn one for each: of more, an island stands for several
STEPS = 60             # straight pieces for each curve when measuring its length


@dataclass(frozen=True, slots=True)
class Isle:
    """A milestone on the way."""

    x: float
    y: float
    done: bool


@dataclass(frozen=True, slots=True)
class Voyage:
    """What the drawing needs; lengths in its own units, `sailed` in percent of the route."""

    isles: tuple[Isle, ...]
    boat: Point
    sailed: float

    route = ROUTE
    sun = SUN


def voyage(milestones: int, done: int) -> Voyage:
    """The drawing for `done` of `milestones`. The last milestone is the sun, so `milestones - 1` islands are drawn;
    of more than MOST every second, or third, so that they stay apart.

    The boat waits in the harbour until the first milestone is done, then lies between the last one reached and the
    next, and at the sun when all are done. Counts outside the range are brought into it.
    """
    total = max(milestones, 1)
    reached = min(max(done, 0), total)
    step = -(-total // MOST)
    islands = tuple(
        Isle(*point_at(_share(number, total)), done=number <= reached)
        for number in range(step, total - step // 2, step)
    )
    sailed = _boat_share(reached, total, step)
    return Voyage(islands, point_at(sailed), sailed)


def point_at(percent: float) -> Point:
    """The point of the route after `percent` of its length, rounded to a tenth."""
    samples = _samples()
    wanted = samples[-1][0] * min(max(percent, 0.0), 100.0) / 100
    for (before, start), (after, end) in pairwise(samples):
        if after >= wanted:
            part = (wanted - before) / (after - before)
            return (round(start[0] + (end[0] - start[0]) * part, 1), round(start[1] + (end[1] - start[1]) * part, 1))
    return SUN


def _share(number: int, total: int) -> float:
    """Where milestone `number` of `total` lies, in percent of the route."""
    return round(100 * number / total, 1)


def _boat_share(reached: int, total: int, step: int) -> float:
    """How far the boat is, in percent: past the last island by AHEAD of the way to the next, and a little more for what
    was reached since, never upon an island or the sun."""
    if reached == 0:
        return HARBOUR
    if reached >= total:
        return 100.0
    passed, since = divmod(reached, step)
    ahead = (AHEAD + (1 - 2 * AHEAD) * since / step) * min(step, total - passed * step)
    return _share(passed * step, total) + round(100 * ahead / total, 1)


@cache
def _samples() -> tuple[tuple[float, Point], ...]:
    """Points along the route, each with the length of the route up to it."""
    points: list[Point] = [CURVES[0][0]]
    for curve in CURVES:
        points += [_on(curve, step / STEPS) for step in range(1, STEPS + 1)]
    length, found = 0.0, [(0.0, points[0])]
    for before, point in pairwise(points):
        length += hypot(point[0] - before[0], point[1] - before[1])
        found.append((length, point))
    return tuple(found)


def _on(curve: tuple[Point, Point, Point, Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x = sum(weight * point[0] for weight, point in zip(weights, curve, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, curve, strict=True))
    return (x, y)
