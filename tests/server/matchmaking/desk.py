"""A folder with the files of one run of `ithaca match`, for the tests of that command."""

import csv
import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from server.matchmaking.command import add_arguments, run
from server.matchmaking.contract import PEOPLE

Table = list[dict[str, str]]
DEFAULTS = {"grade": "5", "languages": "en", "availability_utc": "Mon-08;Tue-12", "enrolled_on": "2026-01-15"}


def someone(name: str, role: str, **cells: str) -> dict[str, str]:
    return dict.fromkeys(PEOPLE, "") | DEFAULTS | {"participant_id": name, "role": role} | cells


PEOPLE_ROWS = [
    someone("m1", "mentor", capacity="1", grade="7", skills="react.js;Python", skill_text="I build web pages"),
    someone("m2", "mentor", capacity="2", grade="8", skills="coaching", sessions_prior="9"),
    someone("e1", "mentee", goals="ReactJS", goal_text="I want to build web pages"),
    someone("e2", "mentee", goals="Coaching", waited_cycles="1"),
    someone("e3", "mentee", goals="Coaching"),
    someone("e4", "mentee", goals="Public speaking", languages="sw"),
]
PROGRAM = {"type": "traditional", "grade_gap": [1, 4], "require_common_language": True, "min_overlap_blocks": 1}


class Desk:
    """A folder with the files of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.table("P.csv", PEOPLE, PEOPLE_ROWS)
        self.program(**PROGRAM)

    def table(self, name: str, columns: list[str], rows: Table) -> None:
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)

    def program(self, **values: object) -> None:
        (self.folder / "program.json").write_text(json.dumps(values), "utf-8")

    def person(self, number: int, **cells: str) -> None:
        self.table("P.csv", PEOPLE, [{**row, **(cells if at == number else {})} for at, row in enumerate(PEOPLE_ROWS)])

    def match(self, *more: str, seed: str = "0") -> int:
        parser = ArgumentParser()
        add_arguments(parser)
        names = [f"--{name}={self.folder / file}" for name, file in zip(more[::2], more[1::2], strict=True)]
        needed = {"participants": "P.csv", "program": "program.json", "out": "matches.csv", "waitlist": "waitlist.csv"}
        asked = [f"--{name}={self.folder / file}" for name, file in needed.items()]
        return run(parser.parse_args([*asked, *names, f"--seed={seed}"]))

    def result(self, name: str = "matches.csv") -> Table:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def pairs(self) -> set[tuple[str, str]]:
        return {(row["mentor_id"], row["mentee_id"]) for row in self.result()}

    def is_untouched(self) -> bool:
        return {path.name for path in self.folder.iterdir()}.isdisjoint({"matches.csv", "waitlist.csv"})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
