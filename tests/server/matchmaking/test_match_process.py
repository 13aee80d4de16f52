"""`ithaca match` as a process of its own: other processes give the same bytes, and bad files end it with code 2."""

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.chance import LONG
from tests.server.matchmaking.desk import Desk
from tests.server.matchmaking.lived import lived_rows
from tests.server.matchmaking.made_files import ALL_TYPES, Case, made_case

RESULTS = ("matches.csv", "waitlist.csv")
PROCESSES = [("1", "1"), ("2", "8"), ("3", "2"), ("4", "4")] if LONG else [("1", "3")]
"""The seed of each process's hashes, and how many threads its numeric libraries may take."""
MANY_RUNS = """
import json, sys
from server.cli import main
*good, bad = json.load(sys.stdin)
for words in good:
    assert main(words) == 0, words
sys.exit(main(bad))
"""


def cases() -> list[Case]:
    """One of each type, and a firm that has learned from its past."""
    people, past = lived_rows(mentors=20, a_cycle=110)
    lived = Case({"P.csv": people, "H.csv": past}, {"type": "traditional", "require_common_language": True})
    return [lived, *(made_case(Random(at), kind) for at, kind in enumerate(ALL_TYPES * (5 if LONG else 1)))]


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> list[Desk]:
    """Folders with the files of each case and what they gave here."""
    found = []
    for case in cases():
        found.append(Desk(tmp_path_factory.mktemp("match")))
        assert case.match(found[-1]) == 0
    return found


@pytest.mark.parametrize(("hashes", "threads"), PROCESSES)
def test_another_process_gives_the_same_bytes_and_ends_bad_files_with_code_2(
    desks: list[Desk], tmp_path: Path, hashes: str, threads: str
) -> None:
    """Whatever the seed of its hashes and the number of threads; one process does all of them."""
    before = [[(desk.folder / name).read_bytes() for name in RESULTS] for desk in desks]
    bad = Desk(tmp_path)
    bad.person(2, grade="eleven")
    for desk in (*desks, bad):
        for name in RESULTS:
            (desk.folder / name).write_text("earlier", "utf-8")
    environ = {**os.environ, "PYTHONHASHSEED": hashes, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    asked = json.dumps([words(desk) for desk in (*desks, bad)])
    ended = subprocess.run(
        [sys.executable, "-c", MANY_RUNS], input=asked, env=environ, check=False, capture_output=True, text=True
    )
    assert [[(desk.folder / name).read_bytes() for name in RESULTS] for desk in desks] == before
    assert ended.returncode == 2
    assert ended.stderr.endswith(
        'P.csv, row 4, column grade, "eleven": Write a whole number from 1 to 10.\nNothing was written.\n'
    )
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir() if path.name in RESULTS} == dict.fromkeys(
        RESULTS, "earlier"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["P.csv", *sorted(("program.json", *RESULTS))]


def words(desk: Desk) -> list[str]:
    """The command on everything that stands in a folder."""
    files = {"participants": "P.csv", "program": "program.json", "out": RESULTS[0], "waitlist": RESULTS[1]}
    files |= {"history": "H.csv"} if (desk.folder / "H.csv").exists() else {}
    return ["match", *(f"--{name}={desk.folder / file}" for name, file in files.items())]
