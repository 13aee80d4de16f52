"""`ithaca match` for circles: one line for each, with host, members and what they share."""

import json
from collections.abc import Mapping

import pytest

from server.matchmaking.contract import CURRENT, OVERRIDES, PEOPLE
from server.matchmaking.engine.groups.words import spans
from server.matchmaking.engine.pool import week_mask
from tests.server.matchmaking.desk import Desk, Table, desk, someone

__all__ = ["desk"]
MEMBERS = [
    someone(f"e{at}", "mentee", goals="Python", skills="coaching", availability_utc="Mon-08;Tue-12") for at in range(5)
]
HOST = someone("h1", "mentor", capacity="1", skills="python", languages="en;pt")
OTHERS = [someone(f"d{at}", "mentee", goals="SQL", languages="de", availability_utc="Wed-16") for at in range(4)]
ALONE = someone("late", "mentee", availability_utc="Sun-20", waited_cycles="2")
CIRCLES = {"type": "circle", "circle_size": 5}


def sit(desk: Desk, rows: Table, *more: str, **program: object) -> int:
    desk.table("P.csv", PEOPLE, rows)
    desk.program(**{**CIRCLES, **program})
    return desk.match(*more)


@pytest.mark.parametrize("kind", ["circle", "group"])
def test_circles_are_written_with_host_hour_and_goals(
    desk: Desk, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    assert sit(desk, [*MEMBERS, HOST, *OTHERS, ALONE], type=kind) == 0
    first, second = desk.result()
    assert first | {"score": ""} == {
        "circle": "C001",
        "host_id": "",
        "member_ids": "d0;d1;d2;d3",
        "score": "",
        "common_times_utc": "Wed 16:00-20:00",
        "common_languages": "de",
        "shared_goals": "SQL (4)",
    }
    assert (second["host_id"], second["member_ids"]) == ("h1", "e0;e1;e2;e3;e4")
    assert second["common_times_utc"] == "Mon 08:00-12:00;Tue 12:00-16:00"
    assert 0 < float(second["score"]) <= 100
    assert desk.result("waitlist.csv") == [{"mentee_id": "late", "position": "1", "reason": "OVERLAP"}]
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "2 circles.",
        "One circle has no host.",
        "One person waits.",
        "0 rules are broken.",
    ]
    assert said.err == ""


def test_the_same_files_give_the_same_bytes_in_any_order(desk: Desk) -> None:
    rows = [*MEMBERS, HOST, *OTHERS, ALONE]
    sit(desk, rows)
    first = [(desk.folder / name).read_bytes() for name in ("matches.csv", "waitlist.csv")]
    sit(desk, rows[::-1])
    assert [(desk.folder / name).read_bytes() for name in ("matches.csv", "waitlist.csv")] == first


def test_an_empty_cell_says_nothing_about_hours_or_languages(desk: Desk) -> None:
    silent = someone("quiet", "mentee", availability_utc="", languages="")
    assert sit(desk, [*MEMBERS[:4], silent]) == 0
    assert [row["member_ids"] for row in desk.result()] == ["e0;e1;e2;e3;quiet"]


def test_nobody_with_their_manager_or_whom_they_avoid(desk: Desk) -> None:
    line = [row | ({"manager_id": "e1"} if row["participant_id"] == "e0" else {}) for row in MEMBERS]
    assert sit(desk, line) == 0
    assert [row["reason"] for row in desk.result("waitlist.csv")] == ["NO_CIRCLE"]
    shy = [row | ({"avoids": "e2"} if row["participant_id"] == "e0" else {}) for row in MEMBERS]
    assert sit(desk, shy) == 0
    assert {"e0", "e2"} - set(desk.result()[0]["member_ids"].split(";"))


def test_a_banned_host_is_not_taken(desk: Desk) -> None:
    desk.table("O.csv", OVERRIDES, [{"mentor_id": "h1", "mentee_id": "e3", "action": "ban"}])
    assert sit(desk, [*MEMBERS, HOST], "overrides", "O.csv") == 0
    assert [row["host_id"] for row in desk.result()] == [""]


BAD: list[tuple[Mapping[str, object], str]] = [
    ({"circle_size": 3}, 'program.json, column circle_size, "3": Write a whole number from 4 to 8.'),
    ({"circle_size": "six"}, 'program.json, column circle_size, "six": Write a whole number from 4 to 8.'),
]


@pytest.mark.parametrize(("program", "message"), BAD)
def test_a_bad_size_is_named(
    desk: Desk, capsys: pytest.CaptureFixture[str], program: dict[str, object], message: str
) -> None:
    assert sit(desk, MEMBERS, **program) == 2
    assert message in capsys.readouterr().err
    assert desk.is_untouched()


def test_pins_and_current_pairs_are_refused_in_clear_words(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    pair = {"mentor_id": "h1", "mentee_id": "e3"}
    desk.table("O.csv", OVERRIDES, [pair | {"action": "pin"}])
    desk.table("C.csv", CURRENT, [pair])
    assert sit(desk, [*MEMBERS, HOST], "overrides", "O.csv", "current", "C.csv") == 2
    said = capsys.readouterr().err
    assert 'O.csv, row 2, column action, "pin": Circles are formed anew each time: only ban is possible here.' in said
    assert 'C.csv, row 2, column mentor_id, "h1": Circles are formed anew each time: leave this file out.' in said
    assert desk.is_untouched()


def test_a_circle_that_cannot_be_written_leaves_the_earlier_result(desk: Desk) -> None:
    (desk.folder / "waitlist.csv").mkdir()
    (desk.folder / "matches.csv").write_text(json.dumps("earlier"), "utf-8")
    assert sit(desk, MEMBERS) == 1
    assert "earlier" in (desk.folder / "matches.csv").read_text("utf-8")


def test_a_night_from_sunday_to_monday_is_two_stretches() -> None:
    assert list(spans(week_mask([(333, 5), (60, 1)]))) == ["Mon 00:00-01:00", "Tue 06:00-06:30", "Sun 22:30-24:00"]
