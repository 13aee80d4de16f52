"""`ithaca match --history`: what it learns from a file, what it says of it, and what it does with a poor one."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.kernel import clock
from server.matchmaking.contract import HISTORY, PEOPLE
from tests.server.matchmaking.desk import Desk, Table
from tests.server.matchmaking.lived import A_CYCLE, CYCLES, lived_rows


@pytest.fixture(scope="module")
def lived() -> tuple[Table, Table]:
    """People and past pairs of a firm as rows of files."""
    return lived_rows()


@pytest.fixture
def desk(tmp_path: Path, lived: tuple[Table, Table]) -> Desk:
    desk = Desk(tmp_path)
    desk.table("P.csv", PEOPLE, lived[0])
    desk.table("H.csv", HISTORY, lived[1])
    desk.program(type="traditional", grade_gap=[0, 6])
    return desk


def report(desk: Desk) -> dict[str, Any]:
    found = json.loads((desk.folder / "R.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_probabilities_come_from_the_past_pairs_and_fit_does_not(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.match() == 0
    before = {(row["mentor_id"], row["mentee_id"]): row for row in desk.result()}
    assert "Probabilities are not yet calibrated, based on 0 pairs." in capsys.readouterr().out
    assert desk.match("history", "H.csv", "report", "R.json") == 0
    after = {(row["mentor_id"], row["mentee_id"]): row for row in desk.result()}
    said = capsys.readouterr().out
    assert "Probabilities are calibrated, based on 600 pairs." in said
    assert "Both accept, by a model of past pairs. On 200 pairs of cycle " in said
    assert "They meet twice, by the programme's weights. " in said
    shared = before.keys() & after.keys()
    assert shared
    assert before.keys() != after.keys()
    assert all(before[one]["p_accept"] != after[one]["p_accept"] for one in shared)
    assert all(0 <= float(row["confidence"]) <= float(row["p_accept"]) <= 1 for row in after.values())


def test_the_report_tells_data_date_figures_limits_and_why(desk: Desk) -> None:
    earliest = clock.now()
    assert desk.match("history", "H.csv", "report", "R.json") == 0
    told = report(desk)
    assert earliest.isoformat() <= told["made_at"] <= clock.now().isoformat()
    assert told["data"]["cycles"] == [{"cycle": str(cycle), "pairs": A_CYCLE} for cycle in range(CYCLES)]
    assert told["confidence"]["calibrated"] is True
    assert [stage["stage"] for stage in told["stages"]] == ["ACCEPT", "MEET", "SATISFIED", "GOAL"]
    accept = told["stages"][0]
    assert accept["in_force"] == "logistic regression"
    trial = next(one for one in accept["trials"][::-1] if one["champion"])
    assert (trial["model"], trial["verdict"]) == ("logistic regression", "CHAMPION")
    assert trial["model_held_out"]["log_loss"] < trial["before"]["log_loss"]
    assert trial["model_held_out"]["auc"] > trial["before"]["auc"]
    assert sum(one["n"] for one in trial["model_held_out"]["bins"]) == trial["model_held_out"]["n"] == A_CYCLE
    assert all(one["low"] <= one["happened"] <= one["high"] for one in trial["model_held_out"]["bins"])
    assert [one["side"] for one in trial["group_gaps"]] == ["mentees", "mentors"]
    assert accept["latest_pairs"]["in_force"]["auc"] > accept["latest_pairs"]["prior"]["auc"]
    assert accept["features"]
    assert "audit" not in json.dumps(accept["features"])
    assert len(told["limits"]) == 4


def test_the_order_of_rows_changes_no_byte(desk: Desk, lived: tuple[Table, Table]) -> None:
    desk.match("history", "H.csv")
    first = (desk.folder / "matches.csv").read_bytes()
    desk.table("P.csv", PEOPLE, lived[0][::-1])
    desk.table("H.csv", HISTORY, lived[1][::-1])
    desk.match("history", "H.csv")
    assert (desk.folder / "matches.csv").read_bytes() == first


def test_the_audit_group_changes_no_byte(desk: Desk, lived: tuple[Table, Table]) -> None:
    desk.match("history", "H.csv")
    first = (desk.folder / "matches.csv").read_bytes()
    desk.table("P.csv", PEOPLE, [row | {"audit_group": ""} for row in lived[0]])
    desk.match("history", "H.csv", "report", "R.json")
    assert (desk.folder / "matches.csv").read_bytes() == first
    assert report(desk)["limits"][-1].startswith("No audit groups were given")


def test_pairs_that_managers_chose_are_left_out(
    desk: Desk, lived: tuple[Table, Table], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row | {"decided_by": "manager" if at % 2 else "engine"} for at, row in enumerate(lived[1])]
    desk.table("H.csv", [*HISTORY, "decided_by"], rows)
    assert desk.match("history", "H.csv", "report", "R.json") == 0
    data = report(desk)["data"]
    assert (data["learned_from"], data["left_out"]["chosen_by_managers"]) == (300, 300)
    assert capsys.readouterr().err == ""


def test_who_decided_is_one_of_three(
    desk: Desk, lived: tuple[Table, Table], capsys: pytest.CaptureFixture[str]
) -> None:
    desk.table("H.csv", [*HISTORY, "decided_by"], [lived[1][0] | {"decided_by": "fate"}])
    assert desk.match("history", "H.csv", "report", "R.json") == 2
    assert 'column decided_by, "fate": Write one of engine, manager, self.' in capsys.readouterr().err
    assert desk.is_untouched()
    assert not (desk.folder / "R.json").exists()


POOR = {
    "a few": lambda rows: rows[:7],
    "one cycle": lambda rows: [row | {"cycle": "2026"} for row in rows],
    "no cycle": lambda rows: [row | {"cycle": ""} for row in rows],
    "no answers": lambda rows: [row | {"accepted": ""} for row in rows],
    "only yes": lambda rows: [row | {"accepted": "1"} for row in rows],
    "only people who left": lambda rows: [row | {"mentor_id": "gone"} for row in rows],
    "the same pair again and again": lambda rows: [rows[0] | {"cycle": str(at // 100)} for at in range(400)],
    "nothing": lambda rows: [],
}


@pytest.mark.parametrize("kind", POOR)
def test_a_poor_history_is_told_and_does_no_harm(
    desk: Desk, lived: tuple[Table, Table], capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    desk.table("H.csv", HISTORY, POOR[kind](lived[1]))
    assert desk.match("history", "H.csv", "report", "R.json") == 0
    said = capsys.readouterr()
    assert "Probabilities are " in said.out
    assert said.err == ""
    assert desk.pairs()
    told = report(desk)
    assert all(stage["trials"] for stage in told["stages"])
    if kind not in ("only yes", "the same pair again and again"):
        assert {stage["in_force"] for stage in told["stages"]} == {"prior"}
        assert told["confidence"]["words"].startswith("not yet calibrated, based on ")


def test_a_report_that_cannot_be_written_leaves_everything_as_it_was(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.folder / "R.json").mkdir()
    assert desk.match("history", "H.csv", "report", "R.json") == 1
    assert desk.is_untouched()
    assert "Nothing was written" in capsys.readouterr().err


def test_the_report_is_for_whoever_asks_and_needs_no_history(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.match("report", "R.json") == 0
    told = report(desk)
    assert told["data"] == {
        "learned_from": 0, "cycles": [],
        "left_out": {"unknown_people": 0, "chosen_by_managers": 0, "without_answer": 0},
    }
    assert told["confidence"]["held_out"] is None


def test_circles_learn_nothing_and_say_so(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.program(type="circle")
    assert desk.match("history", "H.csv", "report", "R.json") == 0
    assert "Circles are composed, not learned: no report was written." in capsys.readouterr().err
    assert not (desk.folder / "R.json").exists()
