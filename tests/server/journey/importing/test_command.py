"""`ithaca import` from the keyboard: what it prints, what it writes, how it ends."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from server.cli import main
from server.kernel.db import database
from server.people.models import ImportRun, Person
from server.people.states import PersonStatus
from tests import factories
from tests.conftest import environment

Found = TypeVar("Found")
ROWS = "employee_id;email;given_name;family_name;desk\n1;noor@example.test;Noor;Saltmarsh;12\n"


@pytest.fixture
def address(sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """A database with one organisation, `harbourline`, that the command finds by its settings."""
    shutil.copy(sqlite_template, tmp_path / "ithaca.db")
    url = f"sqlite://{tmp_path / 'ithaca.db'}"
    with environment(ITHACA_DATABASE_URL=url):
        within(url, lambda: factories.organization(key="harbourline"))
        yield url


def within(url: str, act: Callable[[], Awaitable[Found]]) -> Found:
    async def opened() -> Found:
        async with database(url):
            return await act()

    return asyncio.run(opened())


def people(url: str) -> list[tuple[str, PersonStatus]]:
    async def read() -> list[Person]:
        return await Person.all().order_by("employee_id")

    return [(person.employee_id, person.status) for person in within(url, read)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A people file on disk."""
    path = tmp_path / "people.csv"
    path.write_text(ROWS)
    return path


def test_completed_courses_are_taken_over_from_the_keyboard(
    address: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(file), "--organization", "harbourline", "--apply"]) == 0
    courses = tmp_path / "courses.csv"
    courses.write_text("employee_id;course;completed_on\n1;Sailing;2026-01-31\nx9;Sailing;2026-01-31\n")
    assert main(["courses", str(courses), "--organization", "harbourline"]) == 0
    told = capsys.readouterr().out
    assert "1 completed course added, 0 given another day." in told
    assert "Left out, because nobody here has the employee number: x9." in told
    courses.write_text("employee_id;course;completed_on\n1;Sailing;soon\n")
    assert main(["courses", str(courses), "--organization", "harbourline"]) == 2
    assert "row 2: “soon” is no day." in capsys.readouterr().err
    for place in ([str(courses), "--organization", "nobody"], [str(tmp_path / "x"), "--organization", "harbourline"]):
        assert main(["courses", *place]) == 2


def test_a_preview_prints_and_writes_nobody(address: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(file), "--organization", "harbourline"]) == 0
    told = capsys.readouterr().out
    assert "people.csv: Semicolon, UTF-8." in told
    assert "Left out: desk." in told
    assert "1 new, 0 changed, 0 as they were, 0 refused." in told
    assert "Noor Saltmarsh (1)" in told
    assert people(address) == []


def test_applying_writes_and_again_changes_nothing(
    address: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["import", str(file), "--organization", "harbourline", "--apply"]
    assert main(words) == 0
    assert "Done." in capsys.readouterr().out
    assert people(address) == [("1", PersonStatus.ACTIVE)]
    assert main(words) == 0
    assert "0 new, 0 changed, 1 as they were, 0 refused." in capsys.readouterr().out


def test_refused_rows_are_named_kept_and_end_with_one(
    address: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(ROWS + "2;wrong;Idris;Brightwater;\n")
    mend = tmp_path / "mend.csv"
    assert main(["import", str(file), "--organization", "harbourline", "--apply", "--refused", str(mend)]) == 1
    told = capsys.readouterr().out
    assert "people.csv, row 3, email “wrong”: Write one address" in told
    assert people(address) == [("1", PersonStatus.ACTIVE)]
    assert mend.read_text("utf-8-sig").splitlines()[1].endswith(",2,wrong,Idris,Brightwater,")


def test_many_endings_need_a_yes(address: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["import", str(file), "--organization", "harbourline", "--apply"]
    main(words)
    file.write_text(ROWS.replace("1;noor", "2;idris"))
    assert main([*words, "--complete"]) == 1
    told = capsys.readouterr()
    assert "1 of 1 people is not in the file" in told.out
    assert "Add --yes." in told.err
    assert people(address) == [("1", PersonStatus.ACTIVE)]
    assert main([*words, "--complete", "--yes"]) == 0
    assert "1 person was marked as left." in capsys.readouterr().out
    assert people(address) == [("1", PersonStatus.ENDED), ("2", PersonStatus.ACTIVE)]


def test_another_column_is_read_when_told_so(address: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(ROWS.replace("employee_id", "Staff"))
    words = ["import", str(file), "--organization", "harbourline", "--apply"]
    assert main(words) == 2
    assert "lacks the column employee_id" in capsys.readouterr().err
    assert main([*words, "--map", "staff=employee_id"]) == 0
    assert main([*words, "--map", "staff"]) == 2
    assert people(address) == [("1", PersonStatus.ACTIVE)]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", "Zoë".encode("latin-1"), b"\x00" * 50, b"desk\n1\n"])
def test_an_unusable_file_ends_with_two(
    address: str, file: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(content)
    assert main(["import", str(file), "--organization", "harbourline", "--apply"]) == 2
    told = capsys.readouterr()
    assert "people.csv" in told.err
    assert told.out == ""
    assert within(address, lambda: ImportRun.all().count()) == 0


def test_a_huge_file_no_file_and_no_organisation_end_with_two(
    address: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as out:
        out.truncate(50_000_000)
    for path, key, word in ((huge, "harbourline", "10 MB"), (tmp_path / "none.csv", "harbourline", "none.csv"),
                            (file, "elsewhere", "elsewhere")):
        assert main(["import", str(path), "--organization", key]) == 2
        assert word in capsys.readouterr().err
