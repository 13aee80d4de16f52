"""`ithaca match` on files at 20,000 people: from CSV with tags and free text to pairs, the whole command.

    python -m benchmarks.matching_files
"""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from benchmarks.figures import Figure, at_most, table
from benchmarks.firms import Firm
from server.language.tags import known_skills
from server.matchmaking.contract import PEOPLE
from server.matchmaking.engine import Participant

FIRM = Firm(10_000, 10_000)
FLOOR_SECONDS, FLOOR_MB = 15.0, 600.0
PROGRAM = {"type": "traditional", "grade_gap": [0, 6], "min_overlap_blocks": 1, "require_common_language": True}
FILES = {"participants": "people.csv", "program": "program.json", "out": "pairs.csv", "waitlist": "waiting.csv"}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
WANT, OFFER = "I would like to get better at {} and later {}, also {}", "For some years my days were {} and {}, also {}"
TOLD_ANEW = {"role", "languages", "goal_text", "skill_text", "prefers", "avoids"}
AS_THEY_ARE = [name for name in PEOPLE if name in Participant.__dataclass_fields__ and name not in TOLD_ANEW]


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    return list(lines(FIRM, FLOOR_SECONDS, FLOOR_MB))


def lines(firm: Firm, seconds: float, megabytes: float) -> Iterator[Figure]:
    """What the command came to on a firm's files."""
    name = f"ithaca match from CSV, {firm.name}"
    with TemporaryDirectory() as folder:
        write_files(firm, Path(folder))
        started = perf_counter()
        files = [f"--{option}={folder}/{file}" for option, file in FILES.items()]
        asked = [sys.executable, "-m", "benchmarks.one_command", "match", *files]
        told = subprocess.run(asked, capture_output=True, text=True, check=False)
        wall = perf_counter() - started
    if told.returncode:
        yield Figure(name, f"not run: {told.stderr.strip()[-200:]}")
        return
    found = json.loads(told.stdout)
    yield at_most(f"{name} ({found['cpu']:.1f} s of processor)", wall, seconds, " s", 1)
    yield at_most(f"{name}, memory", found["peak_mb"], megabytes, " MB", 0)
    yield Figure(f"{name}, in its own words", found["said"])


def write_files(firm: Firm, folder: Path) -> None:
    """People with tags and free text on both sides, and a programme with rules."""
    dice = np.random.default_rng(7)
    labels = known_skills().labels
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, PEOPLE)
        writer.writeheader()
        writer.writerows(_row(one, dice, labels) for one in firm.people())
    (folder / "program.json").write_text(json.dumps(PROGRAM), "utf-8")


def _row(one: Participant, dice: np.random.Generator, labels: tuple[str, ...]) -> dict[str, object]:
    said = {name: "" if getattr(one, name) is None else getattr(one, name) for name in AS_THEY_ARE}
    goal, skill = (text.format(*dice.choice(labels, 3, replace=False)) for text in (WANT, OFFER))
    blocks = {f"{dice.choice(DAYS)}-{hour:02}" for hour in dice.choice([4, 8, 12, 16], 4)}
    return {
        **said,
        "participant_id": one.id,
        "role": one.role.lower(),
        "manager_id": one.manager or "",
        "languages": ";".join(one.languages or ()),
        "availability_utc": ";".join(sorted(blocks)),
        "goals": ";".join(one.goal_tags[:2]),
        "goal_text": goal,
        "skills": ";".join(one.skill_tags[:4]),
        "skill_text": skill,
        "prefers": ";".join(one.prefers),
        "avoids": ";".join(one.avoids),
    }


if __name__ == "__main__":
    print(table(figures()))
