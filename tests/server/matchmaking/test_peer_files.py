"""`ithaca match` for peers: everybody with anybody, chosen or drawn; or two sides where the file tells them apart."""

import pytest

from server.matchmaking.contract import CURRENT, HISTORY, OVERRIDES, PEOPLE
from tests.server.matchmaking.desk import Desk, Table, desk, someone

__all__ = ["desk"]
PEERS = [
    someone("a", "peer", goals="Python", skills="SQL", manager_id="x"),
    someone("b", "peer", goals="SQL", skills="Python", manager_id="y"),
    someone("c", "peer", goals="Coaching", skills="Speaking", manager_id="x"),
    someone("d", "peer", goals="Speaking", skills="Coaching", manager_id="z"),
    someone("e", "peer", waited_cycles="0"),
]


def meet(desk: Desk, rows: Table, *more: str, **program: object) -> int:
    desk.table("P.csv", PEOPLE, rows)
    desk.program(**{"type": "peer", **program})
    return desk.match(*more)


def pairs(desk: Desk) -> set[frozenset[str]]:
    return {frozenset((row["mentor_id"], row["mentee_id"])) for row in desk.result()}


@pytest.mark.parametrize("role", ["peer", "mentee", "mentor"])
def test_peers_are_paired_with_what_each_brings_the_other(
    desk: Desk, capsys: pytest.CaptureFixture[str], role: str
) -> None:
    assert meet(desk, [row | {"role": role} for row in PEERS]) == 0
    assert pairs(desk) == {frozenset("ab"), frozenset("cd")}
    assert list(desk.result()[0]) == ["mentor_id", "mentee_id", "score", "p_accept", "confidence", "reasons"]
    assert "a offers what b wants to learn: SQL" in desk.result()[0]["reasons"]
    assert "b offers what a wants to learn: Python" in desk.result()[0]["reasons"]
    assert desk.result("waitlist.csv") == [{"mentee_id": "e", "position": "1", "reason": "NO_PARTNER"}]
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "2 pairs.",
        "One person waits.",
        "Proven within 0.0000% of the best possible result.",
        "Probabilities are not yet calibrated, based on 0 pairs.",
    ]
    assert said.err == ""


def test_what_holds_for_both_is_said_once(desk: Desk) -> None:
    alike = {"skills": "Python", "availability_utc": "", "languages": ""}
    assert meet(desk, [someone(name, "peer", role_years=years, **alike) for name, years in ("a4", "b9")]) == 0
    assert desk.result()[0]["reasons"].count("Both know the same field: Python") == 1


def test_peers_are_never_of_one_team_nor_from_history(desk: Desk) -> None:
    team = [row | {"manager_id": "x"} if row["participant_id"] in "ab" else row for row in PEERS]
    assert meet(desk, team) == 0
    assert frozenset("ab") not in pairs(desk)
    desk.table("H.csv", HISTORY, [dict.fromkeys(HISTORY, "") | {"mentor_id": "d", "mentee_id": "c"}])
    assert meet(desk, PEERS, "history", "H.csv") == 0
    assert frozenset("cd") not in pairs(desk)


def test_two_sides_of_a_peer_programme_stay_two_sides(desk: Desk) -> None:
    sided = [row | {"role": "mentor" if row["participant_id"] in "ad" else "mentee"} for row in PEERS]
    assert meet(desk, sided) == 0
    assert {(row["mentor_id"], row["mentee_id"]) for row in desk.result()} == {("a", "b"), ("d", "c")}
    assert list(desk.result("waitlist.csv")[0]) == ["mentee_id", "position"]


def test_pins_bans_and_current_pairs_name_peers_in_either_order(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [("a", "c", "pin"), ("b", "a", "ban")]
    desk.table("O.csv", OVERRIDES, [dict(zip(OVERRIDES, row, strict=True)) for row in rows])
    desk.table("C.csv", CURRENT, [{"mentor_id": "e", "mentee_id": "d"}])
    assert meet(desk, PEERS, "overrides", "O.csv", "current", "C.csv") == 0
    assert pairs(desk) == {frozenset("de"), frozenset("bc")}
    assert "the pin of a and c breaks the rule SAME_TEAM and was left out" in capsys.readouterr().err


def test_drawn_pairs_are_other_pairs_for_another_seed(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    many = [someone(f"p{at}", "peer") for at in range(12)]
    drawn = []
    for seed in ("1", "1", "2"):
        desk.table("P.csv", PEOPLE, many)
        desk.program(type="peer", pairing="random")
        assert desk.match(seed=seed) == 0
        drawn.append(pairs(desk))
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[2]) == 6
    assert "Proven" not in capsys.readouterr().out


BAD: list[tuple[Table, dict[str, object], str]] = [
    (
        [*PEERS, someone("m", "mentor")],
        {},
        'P.csv, row 2, column role, "peer": Write peer for everybody, or mentor or mentee for everybody.',
    ),
    (
        [someone("m", "mentor"), someone("e", "mentee")],
        {"pairing": "random"},
        'P.csv, row 2, column role, "mentor": Pairs are drawn only among peers: write peer for everybody.',
    ),
    (PEERS, {"pairing": "lottery"}, 'program.json, column pairing, "lottery": Write one of best, random.'),
    (PEERS, {"type": "flash"}, 'P.csv, row 2, column role, "peer": Write one of mentor, mentee.'),
]


@pytest.mark.parametrize(("rows", "program", "message"), BAD)
def test_what_cannot_be_is_said_in_clear_words(
    desk: Desk, capsys: pytest.CaptureFixture[str], rows: Table, program: dict[str, object], message: str
) -> None:
    assert meet(desk, rows, **program) == 2
    assert message in capsys.readouterr().err
    assert desk.is_untouched()
