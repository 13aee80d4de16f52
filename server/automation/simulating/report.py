"""A simulation in words and as JSON."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.automation.simulating.tally import Tally


@dataclass(frozen=True, slots=True)
class Report:
    """What was simulated, what it came to, and how long it took (seconds of the clock and of the processor)."""

    program: str
    people: int
    months: int
    seed: int
    begins: date
    tally: Tally
    acts: dict[str, int]
    refusals: dict[str, int]
    seconds: float
    processor_seconds: float

    @property
    def summary(self) -> dict[str, Any]:
        """What the same seed comes to each time."""
        return {
            "program": self.program, "people": self.people, "months": self.months, "seed": self.seed,
            "begins": self.begins.isoformat(), **self.tally.counts, "acts": self.acts, "refusals": self.refusals,
            "broken": self.tally.broken,
        }

    def as_json(self) -> str:
        """For other programs; with the time it took."""
        took = {"seconds": round(self.seconds, 1), "processor_seconds": round(self.processor_seconds, 1)}
        return json.dumps({**self.summary, **took}, indent=2, ensure_ascii=False)

    def in_words(self) -> str:
        """For people: every count with its name, then each rule and whether it held."""
        lines = [
            f"{self.program}: {self.people} people, {self.months} months from {self.begins}, seed {self.seed}.",
            f"It took {self.seconds:.0f} s ({self.processor_seconds:.0f} s of processor).",
        ]
        for name, counts in {**self.tally.counts, "acts": self.acts, "refusals": self.refusals}.items():
            lines += ["", f"{name.capitalize()}: {sum(counts.values()):,}"]
            lines += [f"  {count:>8,}  {of}" for of, count in counts.items()]
        lines += ["", "Rules"]
        for rule, found in self.tally.broken.items():
            lines.append(f"  {'BROKEN' if found else 'held':>8}  {rule}")
            lines += [f"            {one}" for one in found]
        return "\n".join(lines)
