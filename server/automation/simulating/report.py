"""A simulation in words and as JSON."""

import json
import shlex
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.automation.simulating.tally import Tally
from server.notifications.catalogue import CATALOGUE

HOLDS = {
    "came twice": "Nobody got the same message twice.",
    "sent, and never came; or came, and not sent": "Whatever counts as sent has arrived, and nothing else has.",
    "came in the night": "Nobody was reminded, asked or reported to at night, nor outside the hours for it.",
    "too many nudges": "Nobody got more than one reminder a day, or three in seven days.",
    "asked twice": "Nobody was asked the same survey twice in one day, nor reminded of it twice.",
    "an anonymous answer leads to somebody": "No anonymous answer leads to whoever gave it.",
    "left undone": "Nothing that was due was left undone, and nothing was given up.",
}
"""What each rule of the checker says, for who reads it."""

@dataclass(frozen=True, slots=True)
class Report:
    """What was simulated, what it came to, and how long it took (seconds of the clock and of the processor). `file`:
    where the programme's configuration stands."""

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
    file: str = ""

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
        """For people: what would be sent to whom, each rule and whether it held, how to get the same again, and then
        every count with its name."""
        sent = sum(self.tally.counts["messages sent"].values())
        held_back = sum(self.tally.counts["messages held back"].values())
        lines = [
            f"{self.program}: {self.people:,} people, {self.months} months from {self.begins}, seed {self.seed}.",
            f"{sent:,} messages reached them, {sent / self.people:.0f} each; {held_back:,} more were needless by then, "
            "or went in another letter.",
            "", "What has to hold",
        ]
        for rule, found in self.tally.broken.items():
            lines.append(f"  {'BROKEN' if found else 'held':>8}  {HOLDS[rule]}")
            lines += [f"            {one}" for one in found]
        for name, counts in {**self.tally.counts, "acts": self.acts, "refusals": self.refusals}.items():
            lines += ["", f"{name.capitalize()}: {sum(counts.values()):,}"]
            lines += [f"  {count:>8,}  {_named(of)}" for of, count in counts.items()]
        return "\n".join([*lines, "", "The same again", f"  {self.command}", f"  {self._took}"])

    @property
    def command(self) -> str:
        """What comes to the same."""
        return shlex.join([
            "ithaca", "simulate", "--program", self.file or f"{self.program}.toml", "--months", str(self.months),
            "--people", str(self.people), "--seed", str(self.seed), "--begins", self.begins.isoformat(),
        ])

    @property
    def _took(self) -> str:
        return f"It took {self.seconds:,.0f} s ({self.processor_seconds:,.0f} s of processor)."


def _named(of: str) -> str:
    """A kind of message with its name; anything else as it is."""
    kind = CATALOGUE.get(of)
    return f"{of:<12}  {kind.name}" if kind else of.replace("_", " ").lower() if of.isupper() else of
