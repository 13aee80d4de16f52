"""`ithaca match` with files that are wrong: every mistake named with its cure, and nothing written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from server.matchmaking import files
from server.matchmaking.contract import CURRENT, HISTORY, OVERRIDES, PEOPLE
from tests.server.matchmaking.desk import PEOPLE_ROWS, Desk, desk, someone

__all__ = ["desk"]


BAD_CELLS = [
    ("participant_id", "", "This must not be empty."),
    ("participant_id", "m2", "This person is in the file twice in this role."),
    ("role", "boss", "Write one of mentor, mentee."),
    ("role", "", "This must not be empty."),
    ("capacity", "two", "Write a whole number from 0 to 1000."),
    ("capacity", "-1", "Write a whole number from 0 to 1000."),
    ("capacity", "1.5", "Write a whole number from 0 to 1000."),
    ("grade", "11", "Write a whole number from 1 to 10."),
    ("grade", "0", "Write a whole number from 1 to 10."),
    ("tenure_years", "-3", "Write a number from 0 to 100."),
    ("tenure_years", "nan", "Write a number from 0 to 100."),
    ("role_years", "long", "Write a number from 0 to 100."),
    ("utc_offset_min", "2000", "Write a whole number from -840 to 840."),
    ("availability_utc", "Mon-08;Someday", "Write blocks of four hours as Mon-08"),
    ("availability_utc", "Mon-24", "Write blocks of four hours as Mon-08"),
    ("pref_department", "maybe", "Write one of any, same, different."),
    ("response_rate", "1.2", "Write a number from 0 to 1."),
    ("noshow_rate", "10%", "Write a number from 0 to 1."),
    ("sessions_prior", "-1", "Write a whole number from 0 to 1000000."),
    ("enrolled_on", "15/01/2026", "Write a date such as 2026-01-31."),
    ("waited_cycles", "x", "Write a whole number from 0 to 1000000."),
    ("waited_cycles", "99999999999", "Write a whole number from 0 to 1000000."),
    ("capacity", "9" * 400, "Write a whole number from 0 to 1000."),
]


@pytest.mark.parametrize(("column", "value", "cure"), BAD_CELLS)
def test_a_bad_cell_is_named_and_nothing_is_written(
    desk: Desk, capsys: pytest.CaptureFixture[str], column: str, value: str, cure: str
) -> None:
    desk.person(0, **{column: value})
    assert desk.match() == 2
    said = capsys.readouterr().err
    row = 3 if value == "m2" else 2
    assert f'P.csv, row {row}, column {column}, "{value}": {cure}' in said
    assert "Nothing was written." in said
    assert desk.is_untouched()


def test_every_mistake_is_named_at_once(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.person(1, grade="x", capacity="y")
    desk.program(type="odd")
    assert desk.match() == 2
    assert len(capsys.readouterr().err.splitlines()) == 4


@pytest.mark.parametrize("column", PEOPLE)
def test_a_missing_column_is_named(desk: Desk, capsys: pytest.CaptureFixture[str], column: str) -> None:
    columns = [name for name in PEOPLE if name != column]
    desk.table("P.csv", columns, [{name: row[name] for name in columns} for row in PEOPLE_ROWS])
    assert desk.match() == 2
    assert f"P.csv, row 1, column {column}: Add this column." in capsys.readouterr().err
    assert desk.is_untouched()


BAD_PROGRAMS = [
    ({"type": "odd"}, 'column type, "odd": Write one of traditional'),
    ({}, "column type"),
    ({"type": "peer", "grade_gap": [4, 1]}, "column grade_gap"),
    ({"type": "peer", "grade_gap": [1]}, "column grade_gap"),
    ({"type": "peer", "grade_gap": "1-4"}, "column grade_gap"),
    ({"type": "peer", "min_overlap_blocks": -1}, "Write a whole number from 0 to 42."),
    ({"type": "peer", "min_overlap_blocks": True}, "Write a whole number from 0 to 42."),
    ({"type": "peer", "max_pairs": 2.5}, "Write a whole number from 0 to 1000000000."),
    ({"type": "peer", "company": "other"}, "Write same or different"),
    ({"type": "cross_company", "company": "same"}, "Here companies meet: write different, or leave it out."),
    ({"type": "reverse", "grade_gap": [1, 4]}, "Here the mentor stands below the mentee"),
    ({"type": "peer", "no_repeat": "yes"}, "Write true or false."),
    ({"type": "peer", "require_common_language": 1}, "Write true or false."),
    ({"type": "peer", "exclude_direct_reports": "no"}, "Write true or false."),
]


@pytest.mark.parametrize(("values", "cure"), BAD_PROGRAMS)
def test_a_bad_programme_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str], values: dict[str, object], cure: str
) -> None:
    desk.program(**values)
    assert desk.match() == 2
    said = capsys.readouterr().err
    assert said.startswith("program.json")
    assert cure in said
    assert desk.is_untouched()


def broken_json(desk: Desk) -> None:
    (desk.folder / "program.json").write_text('{"type": ', "utf-8")


def list_json(desk: Desk) -> None:
    (desk.folder / "program.json").write_text("[]", "utf-8")


def empty_people(desk: Desk) -> None:
    (desk.folder / "P.csv").write_text("", "utf-8")


def no_people_file(desk: Desk) -> None:
    (desk.folder / "P.csv").unlink()


def latin_people(desk: Desk) -> None:
    (desk.folder / "P.csv").write_bytes("participant_id,role\nm\xe9,mentor\n".encode("latin-1"))


def short_row(desk: Desk) -> None:
    with (desk.folder / "P.csv").open("a", encoding="utf-8") as file:
        file.write("m9,mentor\n")


def open_quote(desk: Desk) -> None:
    with (desk.folder / "P.csv").open("a", encoding="utf-8") as file:
        file.write('"m9,mentor\n')


def twice_in_the_header(desk: Desk) -> None:
    path = desk.folder / "P.csv"
    path.write_text(path.read_text("utf-8").replace("audit_group", "role", 1), "utf-8")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (broken_json, "program.json, row 1: This is no JSON"),
        (list_json, "program.json: Write one object, in braces."),
        (empty_people, "P.csv, row 1, column participant_id: Add this column."),
        (no_people_file, "P.csv: This cannot be read"),
        (latin_people, "P.csv: Save this file as UTF-8."),
        (short_row, "P.csv, row 8: This row has 2 cells, the header 28."),
        (open_quote, "P.csv, row 8: This is no CSV file"),
        (twice_in_the_header, "P.csv, row 1, column role: Keep this column once."),
    ],
)
def test_a_file_that_is_no_table_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str], spoil: Callable[[Desk], None], message: str
) -> None:
    spoil(desk)
    assert desk.match() == 2
    assert message in capsys.readouterr().err
    assert desk.is_untouched()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("m9", "e1", "pin")], 'O.csv, row 2, column mentor_id, "m9": There is no mentor with this id'),
        ([("m1", "m2", "pin")], 'O.csv, row 2, column mentee_id, "m2": There is no mentee with this id'),
        ([("m1", "e1", "lock")], 'O.csv, row 2, column action, "lock": Write one of pin, ban.'),
        ([("m1", "e1", "")], 'O.csv, row 2, column action, "": This must not be empty.'),
        ([("", "e1", "pin")], 'O.csv, row 2, column mentor_id, "": This must not be empty.'),
        ([("m1", "e1", "pin"), ("m1", "e1", "ban")], "O.csv, row 3, column action"),
    ],
)
def test_a_bad_override_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str], rows: list[tuple[str, str, str]], message: str
) -> None:
    desk.table("O.csv", OVERRIDES, [dict(zip(OVERRIDES, row, strict=True)) for row in rows])
    assert desk.match("overrides", "O.csv") == 2
    assert message in capsys.readouterr().err
    assert desk.is_untouched()


OTHERS = {"history": HISTORY, "overrides": OVERRIDES, "current": CURRENT}


@pytest.mark.parametrize(
    ("file", "columns", "missing"), [(file, columns, one) for file, columns in OTHERS.items() for one in columns]
)
def test_a_missing_column_of_any_other_file_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str], file: str, columns: list[str], missing: str
) -> None:
    desk.table("X.csv", [name for name in columns if name != missing], [])
    assert desk.match(file, "X.csv") == 2
    assert f"X.csv, row 1, column {missing}: Add this column." in capsys.readouterr().err
    assert desk.is_untouched()


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("m9", "e1"), 'C.csv, row 3, column mentor_id, "m9": There is no mentor with this id among the participants.'),
        (("m1", "m2"), 'C.csv, row 3, column mentee_id, "m2": There is no mentee with this id among the participants.'),
        (("", "e1"), 'C.csv, row 3, column mentor_id, "": This must not be empty.'),
        (("m1", " "), 'C.csv, row 3, column mentee_id, "": This must not be empty.'),
    ],
)
def test_a_bad_pair_to_keep_is_named_and_what_was_written_before_stays(
    desk: Desk, capsys: pytest.CaptureFixture[str], pair: tuple[str, str], message: str
) -> None:
    for name in ("matches.csv", "waitlist.csv"):
        (desk.folder / name).write_text("earlier", "utf-8")
    desk.table("C.csv", CURRENT, [dict(zip(CURRENT, two, strict=True)) for two in (("m2", "e3"), pair)])
    assert desk.match("current", "C.csv") == 2
    assert message in capsys.readouterr().err
    assert [(desk.folder / name).read_text("utf-8") for name in ("matches.csv", "waitlist.csv")] == ["earlier"] * 2
    assert len(list(desk.folder.iterdir())) == 5, "no part of a file is left behind"


@pytest.mark.parametrize(
    ("column", "value", "cure"),
    [
        ("mentor_id", "", "This must not be empty."),
        ("accepted", "maybe", "Write 1 for yes or 0 for no."),
        ("sessions_held", "-2", "Write a whole number from 0 to 1000000."),
        ("satisfaction", "6", "Write a number from 1 to 5."),
        ("goals_achieved", "2", "Write a number from 0 to 1."),
    ],
)
def test_a_bad_past_pair_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str], column: str, value: str, cure: str
) -> None:
    past = dict.fromkeys(HISTORY, "") | {"mentor_id": "m1", "mentee_id": "e1", column: value}
    desk.table("H.csv", HISTORY, [past])
    assert desk.match("history", "H.csv") == 2
    assert f'H.csv, row 2, column {column}, "{value}": {cure}' in capsys.readouterr().err
    assert desk.is_untouched()


def test_a_result_that_cannot_be_written_leaves_the_earlier_one(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (desk.folder / "matches.csv").write_text("earlier", "utf-8")
    (desk.folder / "waitlist.csv").mkdir()
    assert desk.match() == 1
    assert (desk.folder / "matches.csv").read_text("utf-8") == "earlier"
    assert "Nothing was written" in capsys.readouterr().err
    assert not [path for path in desk.folder.iterdir() if path.name.startswith(".")]


def test_both_files_are_complete_before_the_first_is_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_args: object, **_more: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(files.csv, "writer", torn)
    with pytest.raises(OSError, match="disk full"):
        files.write_tables({tmp_path / "a.csv": [["x"]], tmp_path / "b.csv": [["y"]]})
    assert list(tmp_path.iterdir()) == []


def test_many_mistakes_are_counted_after_thirty(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.table("P.csv", PEOPLE, [someone(f"p{number}", "mentee", grade="x") for number in range(200)])
    assert desk.match() == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 32
    assert said[-2] == "170 more mistakes."
