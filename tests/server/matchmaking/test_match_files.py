"""`ithaca match`: files in, files out."""


import pytest

from server.kernel.text import FORMULA_STARTS
from server.matchmaking.contract import CURRENT, HISTORY, OVERRIDES, PEOPLE, TYPES
from tests.server.matchmaking.desk import PEOPLE_ROWS, PROGRAM, Desk, desk, someone

__all__ = ["desk"]


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


def test_a_block_late_in_the_evening_runs_into_the_next_day(desk: Desk) -> None:
    """A morning in Sydney is a night of UTC: what two share there counts, from Sunday to Monday too."""
    for theirs, ours, shared in (("Mon-22", "Tue-00", 2), ("Sun-23", "Mon-00", 3), ("Mon-20", "Tue-00", 0)):
        rows = [someone("m1", "mentor", availability_utc=theirs), someone("e1", "mentee", availability_utc=ours)]
        desk.table("P.csv", PEOPLE, rows)
        desk.program(type="traditional")
        assert desk.match() == 0
        assert (f"They share {shared} free hours a week" in desk.result()[0]["reasons"]) is (shared > 0)


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
    desk.table("P.csv", PEOPLE, [row | {"company": "one"} for row in PEOPLE_ROWS])
    assert desk.match() == 0
    nobody_there = kind in ("cross_company", "reverse")  # one company, and every mentor a level above
    assert (desk.pairs() == set()) is nobody_there
    if kind == "reverse":
        desk.person(2, grade="9")
        assert desk.match() == 0
        assert {mentee for _mentor, mentee in desk.pairs()} == {"e1"}


@pytest.mark.parametrize(("settings", "told"), [
    ({"type": "circle", "exclude_direct_reports": False}, "exclude_direct_reports was taken as true"),
    ({"type": "cross_company", "company": "any"}, 'company was taken as "different"'),
    ({"type": "reverse", "grade_gap": [-3, 2]}, "grade_gap was taken as [-3, -1]"),
])
def test_what_a_type_means_holds_though_the_file_asks_for_less_and_it_is_said(
    desk: Desk, capsys: pytest.CaptureFixture[str], settings: dict[str, object], told: str
) -> None:
    desk.program(**settings)
    assert desk.match() == 0
    assert f"program.json: {told}, which this type is about." in capsys.readouterr().err


def test_unknown_columns_and_keys_are_ignored_with_a_warning(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.table("P.csv", [*PEOPLE, "shoe_size"], [row | {"shoe_size": "41"} for row in PEOPLE_ROWS])
    desk.program(**PROGRAM, colour="blue")
    assert desk.match() == 0
    said = capsys.readouterr().err
    assert "P.csv: column shoe_size is not known and was ignored." in said
    assert "program.json: colour is not known and was ignored." in said
