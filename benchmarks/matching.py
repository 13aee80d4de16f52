"""Matching: how long a run takes, how good it is against the dense exact assignment, and what memory it needs.

Each size runs in a process of its own, so that its peak memory is its own. The peer is scipy's Hungarian method on the
same scores with one column for each seat; at 20,000 people it needs several gigabytes, so there the certificate stands.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from time import perf_counter, process_time
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.figures import Figure, at_least, at_most, table
from server.matchmaking.engine import MatchingResult, Pool, RuleSet, assign, run, run_matching, weights_for
from server.matchmaking.engine.candidates import Ground, nothing_added, scores
from server.programs.states import ProgramType
from tests.server.matchmaking.people import DataAbsent, real_people, synthetic_people

WEIGHTS = weights_for(ProgramType.ONE_TO_ONE)
RULES = RuleSet(grade_gap=(0, 6), common_language=True, min_overlap_half_hours=4, wait_bonus=0.0)
SIZES = {
    "real, 160 to 320": (160, 320),
    "1,000 to 1,000": (1000, 1000),
    "10,000 to 10,000": (10_000, 10_000),
    "10,000 to 10,000, one place each": (10_000, 10_000),
    "5,000 to 15,000": (5000, 15_000),
}
DENSE_UP_TO = 4_000_000
FLOOR_SECONDS, FLOOR_VALUE = 5.0, 0.9999


@dataclass
class Clock:
    """Seconds spent in named steps, wall and processor."""

    wall: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the time of the block to a step."""
        wall, cpu = perf_counter(), process_time()
        yield
        self.wall[name] = self.wall.get(name, 0) + perf_counter() - wall
        self.cpu[name] = self.cpu.get(name, 0) + process_time() - cpu


@dataclass
class Figures:
    """What one size came to."""

    name: str
    pairs: int
    matched: int
    wall: dict[str, float]
    cpu: dict[str, float]
    gap: float
    rounds: int
    violations: int
    peak_mb: float
    value_of_exact: float | None = None
    exact_seconds: float | None = None


def main() -> None:
    """Print the figures of each size and whether the floors hold."""
    print(table(figures(show=True)))


def figures(*, show: bool = False) -> list[Figure]:
    """The lines of `make bench`; with `show`, every step of each size is printed besides."""
    found: list[Figure] = []
    for name in SIZES:
        alone = [sys.executable, "-m", "benchmarks.matching", name]
        told = subprocess.run(alone, capture_output=True, text=True, check=False)
        if told.returncode:
            found.append(Figure(f"matching {name}", f"not run: {told.stderr.strip()[-200:]}"))
            continue
        measured = json.loads(told.stdout)
        if show:
            print(_shown(measured))
        found += _lines(f"matching {name}", measured)
    return found


def _lines(name: str, measured: dict[str, Any]) -> list[Figure]:
    """Time at each size, value where the exact optimum can be had, else the certificate."""
    seconds, exact = measured["wall"]["whole run"], measured["value_of_exact"]
    proven = "value of the exact optimum" if exact else "certified share of the optimum"
    value = at_least(f"{name}, {proven}", exact or 1 - measured["gap"], FLOOR_VALUE, 6)
    cpu = measured["cpu"]["whole run"]
    return [value, at_most(f"{name}, people to pairs ({cpu:.2f} s of processor)", seconds, FLOOR_SECONDS, " s", 2)]


def measure(name: str) -> Figures:
    """One run of one size, timed step by step."""
    mentors, mentees = SIZES[name]
    people = real_people(mentors, mentees) if name.startswith("real") else synthetic_people(mentors, mentees)
    if name.endswith("one place each"):
        people = tuple(replace(one, capacity=1) for one in people)
    clock = Clock()
    _time_steps(clock)
    with clock.step("whole run"):
        result = run_matching(Pool(people), RULES, WEIGHTS)
    proof = result.certificate
    figures = Figures(
        name=name,
        pairs=mentors * mentees,
        matched=proof.matched,
        wall=clock.wall,
        cpu=clock.cpu,
        gap=proof.gap,
        rounds=proof.rounds,
        violations=proof.violations,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    if figures.pairs <= DENSE_UP_TO:
        started = perf_counter()
        figures.value_of_exact = proof.value / exact_value(result)
        figures.exact_seconds = perf_counter() - started
    return figures


def exact_value(result: MatchingResult) -> float:
    """The dense optimum of the same scores, 1 for each person placed included."""
    columns = result.market.columns
    table = scores(Ground(result.market, result.factors, nothing_added(columns)), np.arange(len(columns.mentees)))
    seats = np.repeat(np.arange(len(columns.mentors)), columns.mentors.capacity)
    worth = np.where(np.isfinite(table), table + 1.0, 0.0)[:, seats]
    return float(worth[linear_sum_assignment(worth, maximize=True)].sum())


def _time_steps(clock: Clock) -> None:
    """Let the clock look on while the engine works: steps of a run are functions of its modules."""
    for module, function, step in (
        (run, "build", "columns and factors"),
        (run, "build_factors", "columns and factors"),
        (run, "search", "candidates"),
        (assign, "solve", "assignment"),
        (assign, "prices", "prices"),
    ):
        setattr(module, function, _timed(clock, step, getattr(module, function)))


def _timed(clock: Clock, step: str, function: Any) -> Any:
    def timed(*args: Any, **more: Any) -> Any:
        with clock.step(step):
            return function(*args, **more)

    return timed


def _shown(figures: dict[str, Any]) -> str:
    steps = ", ".join(f"{step} {seconds:.2f} ({figures['cpu'][step]:.2f})" for step, seconds in figures["wall"].items())
    exact = figures["value_of_exact"]
    peer = f"; value/exact {exact:.6f} (dense in {figures['exact_seconds']:.2f} s)" if exact else ""
    return (
        f"{figures['name']}: {figures['matched']} matched; seconds, processor in brackets: {steps}; "
        f"certified gap {figures['gap']:.2e} after {figures['rounds']} price rounds{peer}; "
        f"{figures['violations']} rules broken; peak {figures['peak_mb']:.0f} MB"
    )


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        try:
            print(json.dumps(asdict(measure(sys.argv[1]))))
        except DataAbsent as absent:
            sys.exit(str(absent))
