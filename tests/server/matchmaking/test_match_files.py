"""`ithaca match`: files in, files out, and every mistake named with its cure."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import pytest

from server.kernel.text import FORMULA_STARTS
from server.matchmaking import files
from server.matchmaking.command import add_arguments, run
from server.matchmaking.contract import CURRENT, HISTORY, OVERRIDES, PEOPLE, TYPES

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
        return list(csv.DictReader((self.folder / name).read_text("utf-8").splitlines()))

    def pairs(self) -> set[tuple[str, str]]:
        return {(row["mentor_id"], row["mentee_id"]) for row in self.result()}

    def is_untouched(self) -> bool:
        return {path.name for path in self.folder.iterdir()}.isdisjoint({"matches.csv", "waitlist.csv"})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_pairs_and_queue_are_written(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.match() == 0
    assert desk.pairs() == {("m1", "e1"), ("m2", "e2"), ("m2", "e3")}
    assert desk.result("waitlist.csv") == [{"mentee_id": "e4", "position": "1"}]
    first = desk.result()[0]
    assert list(first) == ["mentor_id", "mentee_id", "score", "p_accept", "confidence", "reasons"]
    assert first["reasons"].startswith("m1 offers what e1 wants to learn: React; They share 8 free hours a week")
    assert 0 < float(first["confidence"]) <= float(first["p_accept"]) < 1 < float(first["score"]) <= 100
    said = capsys.readouterr()
    assert "3 pairs." in said.out
    assert "One mentee waits." in said.out
    assert "Probabilities are not yet calibrated, based on 0 pairs." in said.out
    assert said.err == ""


FRAMEWORK = "key,name,aliases\nspeak,Sprechen vor Menschen,public speaking\nweb,Webseiten bauen,build web pages\n"


def test_texts_are_read_in_the_words_of_the_framework_that_the_programme_names(desk: Desk) -> None:
    (desk.folder / "framework.csv").write_text(FRAMEWORK, "utf-8")
    desk.program(**PROGRAM, framework="framework.csv")
    desk.table("P.csv", PEOPLE, [
        someone("m1", "mentor", grade="7", skill_text="I build web pages"),
        someone("e1", "mentee", goals="webseiten bauen", goal_text="I want to build web pages"),
    ])
    assert desk.match() == 0
    assert desk.result()[0]["reasons"].startswith("What m1 wrote is close to e1's goal: Webseiten bauen")


@pytest.mark.parametrize(("value", "content", "said"), [
    ("missing.csv", "", "missing.csv: This cannot be read"),
    ("framework.csv", "key,name\na,\n", "framework.csv, row 2: Needs a key and a name."),
    (["framework.csv"], "", "program.json, column framework"),
])
def test_a_framework_that_cannot_be_read_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str], value: object, content: str, said: str
) -> None:
    (desk.folder / "framework.csv").write_text(content, "utf-8")
    desk.program(**PROGRAM, framework=value)
    assert desk.match() == 2
    assert said in capsys.readouterr().err
    assert desk.is_untouched()


def test_the_same_files_give_the_same_bytes_in_any_order(desk: Desk) -> None:
    desk.match()
    first = [(desk.folder / name).read_bytes() for name in ("matches.csv", "waitlist.csv")]
    desk.table("P.csv", PEOPLE[::-1], PEOPLE_ROWS[::-1])
    desk.match()
    assert [(desk.folder / name).read_bytes() for name in ("matches.csv", "waitlist.csv")] == first


def test_history_is_not_repeated_and_counts(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    past = {"mentor_id": "m1", "mentee_id": "e1", "cycle": "1", "accepted": "1", "sessions_held": "4"}
    desk.table("H.csv", HISTORY, [past | {"satisfaction": "4.5", "goals_achieved": "1"}])
    assert desk.match("history", "H.csv") == 0
    assert ("m1", "e1") not in desk.pairs()
    assert "based on one pair." in capsys.readouterr().out


def test_pins_bans_and_current_pairs_are_kept(desk: Desk) -> None:
    rows = [("m1", "e2", "pin"), ("m2", "e1", "ban")]
    desk.table("O.csv", OVERRIDES, [dict(zip(OVERRIDES, row, strict=True)) for row in rows])
    desk.table("C.csv", CURRENT, [{"mentor_id": "m2", "mentee_id": "e3"}])
    assert desk.match("overrides", "O.csv", "current", "C.csv") == 0
    assert desk.pairs() == {("m1", "e2"), ("m2", "e3")}
    assert [row["mentee_id"] for row in desk.result("waitlist.csv")] == ["e1", "e4"]


def test_a_pin_against_a_rule_is_left_out_and_said(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.table("O.csv", OVERRIDES, [{"mentor_id": "m1", "mentee_id": "e4", "action": "pin"}])
    assert desk.match("overrides", "O.csv") == 0
    assert ("m1", "e4") not in desk.pairs()
    assert "the pin of m1 and e4 breaks the rule LANGUAGE and was left out" in capsys.readouterr().err


def test_the_other_files_may_be_empty(desk: Desk) -> None:
    for name in ("H.csv", "O.csv", "C.csv"):
        (desk.folder / name).write_text("", "utf-8")
    assert desk.match("history", "H.csv", "overrides", "O.csv", "current", "C.csv") == 0


def test_a_byte_order_mark_and_blank_lines_do_no_harm(desk: Desk) -> None:
    path = desk.folder / "P.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\r\n\r\n")
    assert desk.match() == 0


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_id_is_a_formula_to_a_spreadsheet_and_a_guarded_one_is_read_as_it_was(desk: Desk, start: str) -> None:
    desk.table("P.csv", PEOPLE, [row | {"participant_id": start + row["participant_id"]} for row in PEOPLE_ROWS])
    assert desk.match() == 0
    assert (f"'{start}m1", f"'{start}e1") in desk.pairs()
    assert desk.result("waitlist.csv")[0]["mentee_id"] == f"'{start}e4"
    cells = [cell for name in ("matches.csv", "waitlist.csv") for row in desk.result(name) for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(FORMULA_STARTS)]
    kept = [{name: row[name] for name in CURRENT} for row in desk.result()]
    desk.table("C.csv", CURRENT, kept)
    assert desk.match("current", "C.csv") == 0
    assert [{name: row[name] for name in CURRENT} for row in desk.result()] == kept


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind not in ("circle", "group")])
def test_every_type_of_pairs_runs(desk: Desk, kind: str) -> None:
    desk.program(type=kind)
    assert desk.match() == 0
    companies = kind == "cross_company"
    desk.table("P.csv", PEOPLE, [row | {"company": "one"} for row in PEOPLE_ROWS])
    assert desk.match() == 0
    assert (desk.pairs() == set()) is companies


def test_unknown_columns_and_keys_are_ignored_with_a_warning(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.table("P.csv", [*PEOPLE, "shoe_size"], [row | {"shoe_size": "41"} for row in PEOPLE_ROWS])
    desk.program(**PROGRAM, colour="blue")
    assert desk.match() == 0
    said = capsys.readouterr().err
    assert "P.csv: column shoe_size is not known and was ignored." in said
    assert "program.json: colour is not known and was ignored." in said


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
    ("tenure_years", "-3", "Write a number of 0 or more."),
    ("tenure_years", "nan", "Write a number of 0 or more."),
    ("role_years", "long", "Write a number of 0 or more."),
    ("utc_offset_min", "2000", "Write a whole number from -840 to 840."),
    ("availability_utc", "Mon-08;Someday", "Write blocks of four hours as Mon-08"),
    ("availability_utc", "Mon-24", "Write blocks of four hours as Mon-08"),
    ("pref_department", "maybe", "Write one of any, same, different."),
    ("response_rate", "1.2", "Write a number from 0 to 1."),
    ("noshow_rate", "10%", "Write a number from 0 to 1."),
    ("sessions_prior", "-1", "Write a whole number of 0 or more."),
    ("enrolled_on", "15/01/2026", "Write a date such as 2026-01-31."),
    ("waited_cycles", "x", "Write a whole number of 0 or more."),
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
    ({"type": "peer", "min_overlap_blocks": -1}, "Write a whole number of 0 or more."),
    ({"type": "peer", "min_overlap_blocks": True}, "Write a whole number of 0 or more."),
    ({"type": "peer", "max_pairs": 2.5}, "Write a whole number of 0 or more."),
    ({"type": "peer", "company": "other"}, "Write same or different"),
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
        (open_quote, "P.csv: This is no CSV file"),
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


@pytest.mark.parametrize(
    ("column", "value", "cure"),
    [
        ("mentor_id", "", "This must not be empty."),
        ("accepted", "maybe", "Write 1 for yes or 0 for no."),
        ("sessions_held", "-2", "Write a whole number of 0 or more."),
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
