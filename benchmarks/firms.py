"""Made-up firms to match, and what one run of the engine on one of them came to."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any, NamedTuple

from server.matchmaking.engine import (
    MatchingResult,
    Participant,
    Pool,
    RuleSet,
    WaitCode,
    assign,
    candidates,
    rules_for,
    run,
    run_matching,
    weights_for,
)
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.people import real_people, synthetic_people

WEIGHTS = weights_for(ProgramType.ONE_TO_ONE)
RULES = RuleSet(grade_gap=(0, 6), common_language=True, min_overlap_half_hours=4, wait_bonus=0.0)
SEVERAL_RULES = {
    "factory rules": replace(rules_for(ProgramType.ONE_TO_ONE), wait_bonus=0.0),
    "any level": replace(RULES, grade_gap=None),
    "levels too": RULES,
}
"""They leave 99.7, 36 and 28 of 100 pairs. Waiting counts in none, for it is no part of a table of scores."""


class Firm(NamedTuple):
    """So many mentors and mentees; with `tight` every mentor has one place, else one to three."""

    mentors: int
    mentees: int
    tight: bool = False
    real: bool = False

    @property
    def name(self) -> str:
        """What a line of the table calls it."""
        kind = "real, " if self.real else ""
        return f"{kind}{self.mentors:,} to {self.mentees:,}{', one place each' if self.tight else ''}"

    def people(self) -> tuple[Participant, ...]:
        """Everybody; the same each time."""
        made = (real_people if self.real else synthetic_people)(self.mentors, self.mentees)
        return tuple(replace(one, capacity=1) for one in made) if self.tight else made


@dataclass
class Clock:
    """Seconds spent in named steps: on the clock, and of processor in all threads."""

    wall: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, processor: Callable[[], float] = process_time) -> Iterator[None]:
        """Add the time of the block to a step."""
        wall, cpu = perf_counter(), processor()
        yield
        self.wall[name] = self.wall.get(name, 0) + perf_counter() - wall
        self.cpu[name] = self.cpu.get(name, 0) + processor() - cpu


def measured(firm: Firm, rules: RuleSet = RULES) -> dict[str, Any]:
    """One run from people to pairs, timed step by step."""
    people, clock = firm.people(), Clock()
    _look_on(clock)
    with clock.step("people to pairs"):
        result = run_matching(Pool(people), rules, WEIGHTS)
    proof = result.certificate
    return {
        "wall": clock.wall,
        "cpu": clock.cpu,
        "from_scores": sum(clock.cpu.get(name, 0) for name in ("search", "assignment", "prices")) - clock.cpu["scores"],
        "value": proof.value,
        "gap": proof.gap,
        "rounds": proof.rounds,
        "violations": proof.violations,
        "matched": proof.matched,
        "most": most_possible(people, result),
        "peak_mb": peak_mb(),
    }


def most_possible(people: tuple[Participant, ...], result: MatchingResult) -> int:
    """No more mentees than this can be matched: those whom rules leave a mentor, and no more than there are places."""
    places = sum(one.capacity for one in people if one.role is ParticipantRole.MENTOR)
    for_want_of_a_place = sum(one.code is WaitCode.NO_SEAT for one in result.waitlist)
    return min(places, result.certificate.matched + for_want_of_a_place)


def peak_mb() -> float:
    """The most memory this process has held; the figure of `getrusage` would begin with that of its parent."""
    told = Path("/proc/self/status").read_text("utf-8").partition("VmHWM:")[2]
    return int(told.split()[0]) / 1024


def alone(module: str, *arguments: str) -> dict[str, Any]:
    """What a module prints as JSON in a process of its own, so that its peak memory is its own.

    Raises:
        RuntimeError: it failed.
    """
    told = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False)
    if told.returncode:
        raise RuntimeError(told.stderr.strip()[-200:])
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def _look_on(clock: Clock) -> None:
    """Let the clock look on while the engine works: steps of a run are functions of its modules."""
    for module, function, step, processor in (
        (run, "build", "columns", process_time),
        (run, "build_factors", "columns", process_time),
        (run, "search", "search", process_time),
        (candidates, "scores", "scores", thread_time),
        (assign, "solve", "assignment", process_time),
        (assign, "prices", "prices", process_time),
    ):
        setattr(module, function, _timed(clock, step, processor, getattr(module, function)))


def _timed(clock: Clock, step: str, processor: Callable[[], float], function: Any) -> Any:
    def timed(*args: Any, **more: Any) -> Any:
        with clock.step(step, processor):
            return function(*args, **more)

    return timed


if __name__ == "__main__":
    print(json.dumps(measured(Firm(*json.loads(sys.argv[1])), SEVERAL_RULES[(sys.argv[2:] or ["levels too"])[0]])))
