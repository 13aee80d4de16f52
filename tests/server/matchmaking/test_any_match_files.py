"""`ithaca match` on files made by chance, good ones and such with one odd cell: no rule broken and no surprise."""

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.chance import LONG
from tests.server.matchmaking.desk import PEOPLE_ROWS, PROGRAM, Desk
from tests.server.matchmaking.made_files import (
    ALL_TYPES,
    HEADERS,
    Case,
    made_case,
    pair_of,
    with_decisions,
    wrong_with,
)

some = settings(max_examples=400 if LONG else 10, deadline=None)
many = settings(max_examples=4000 if LONG else 40, deadline=None)
RESULTS = ("matches.csv", "waitlist.csv")
luck = st.integers(0, 2**32).map(Random)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("match"))


@some
@given(luck, st.sampled_from(ALL_TYPES))
def test_no_rule_is_broken_in_what_any_files_give(place: Desk, dice: Random, kind: str) -> None:
    """The first time, and again around what came out, with a ban and a pin."""
    case = made_case(dice, kind)
    assert case.match(place) == 0
    assert wrong_with(case, place) == []
    if kind not in ("circle", "group"):
        again = with_decisions(dice, case, {pair_of(row) for row in place.result()})
        assert again.match(place) == 0
        assert wrong_with(again, place) == []
        kept = again.named("C.csv", "") - again.named("O.csv", "ban")
        moved = {name for pair in again.named("O.csv", "pin") for name in pair}
        made = {pair_of(row) for row in place.result()}
        assert {pair for pair in kept if moved.isdisjoint(pair)} <= made


GOOD = Case(
    {
        "P.csv": PEOPLE_ROWS,
        "H.csv": [{
            "mentor_id": "m1", "mentee_id": "e1", "cycle": "2026-1", "accepted": "1", "sessions_held": "4",
            "satisfaction": "4.5", "goals_achieved": "1",
        }],
        "O.csv": [{"mentor_id": "m2", "mentee_id": "e1", "action": "ban"}],
        "C.csv": [{"mentor_id": "m2", "mentee_id": "e3"}],
    },
    PROGRAM,
)
ODD = st.sampled_from([
    "", " ", ";", ";;", ",", '"', "'", "-1", "0", "1", "10", "1.5", "1e9", "1e400", "-0", "nan", "inf", "1_0", "٣", "x",
    "9" * 12, "9" * 30, "9" * 400, "9" * 5000, "2026-02-30", "0001-01-01", "9999-12-31", "20260131", "2026-W05-1",
    "Mon-23", "mon-00;MON-00", "Mon-24", "Mon-8", "Mon-٠٨", "m1", "e1", "m2;m2;m1", "mentor", "PIN", "true",
    "=1+1", "'=1+1", "\x00", "a\nb", "a\r\nb", "a\rb", "\ufeff", "\u2028", "💥" * 50, "x" * 200_000,
])
CELLS = st.sampled_from([
    (file, row, column) for file, rows in GOOD.tables.items() for row in range(len(rows)) for column in HEADERS[file]
])


@many
@given(CELLS, ODD | st.text(max_size=20))
@example(("P.csv", 3, "waited_cycles"), "9" * 30)
@example(("P.csv", 1, "capacity"), "9" * 400)
@example(("P.csv", 0, "sessions_prior"), "9" * 5000)
@example(("H.csv", 0, "cycle"), "9" * 5000)
@example(("C.csv", 0, "mentee_id"), "x" * 200_000)
def test_one_odd_cell_is_named_or_does_no_harm(place: Desk, where: tuple[str, int, str], odd: str) -> None:
    file, at, column = where
    rows = [row | ({column: odd} if number == at else {}) for number, row in enumerate(GOOD.tables[file])]
    case = Case({**GOOD.tables, file: rows}, GOOD.program)
    for name in RESULTS:
        (place.folder / name).write_text("earlier", "utf-8")
    code, said = answered(case, place)
    if code == 0:
        assert wrong_with(case, place) == []
        return
    assert code == 2
    assert said.endswith("Nothing was written.\n")
    assert {(place.folder / name).read_text("utf-8") for name in RESULTS} == {"earlier"}
    first = said.splitlines()[0]
    if len(odd) > 131_072:
        assert first.startswith(f"{file}, row {at + 2}: This is no CSV file")
    elif column in ("participant_id", "role"):      # whoever is somebody else now may be missed in another file
        assert re.match(r"[PHOC]\.csv, row \d, column \w+, ", first)
    else:
        assert re.match(rf"{file}, row {at + 2}, column (?:{column}|action|mentor_id|mentee_id), ", first), first


def answered(case: Case, place: Desk) -> tuple[int, str]:
    said = io.StringIO()
    with redirect_stderr(said), redirect_stdout(io.StringIO()):
        return case.match(place), said.getvalue()


VALUES = st.sampled_from([
    None, True, False, -1, 0, 1, 2.5, 10**6, 10**30, 10**400, -(10**400), float("nan"), float("inf"), "", "x", "peer",
    "same", "\x00", "\ud800", "a" * 5000, "P.csv", ".", [], {}, [1, 2], [2, 1], [[1], 2], [10**30, 10**31],
    [-(10**400), 10**400],
])
KEYS = (*PROGRAM, "company", "max_pairs", "no_repeat", "exclude_direct_reports", "framework", "pairing", "other")


@many
@given(st.sampled_from(KEYS), VALUES)
@example("min_overlap_blocks", 10**400)
@example("max_pairs", 10**400)
@example("framework", "\x00")
def test_one_odd_setting_is_named_or_does_no_harm(place: Desk, key: str, odd: object) -> None:
    case = Case({"P.csv": PEOPLE_ROWS}, {**PROGRAM, key: odd})
    code, said = answered(case, place)
    assert code in (0, 2)
    if code == 2:
        assert said.endswith("Nothing was written.\n")
        assert said.startswith(f"program.json, column {key}") or key == "framework"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"max_pairs": ' + "9" * 5000 + "}", "\x00", "NaN", '"x"', "{}{}"])
def test_what_no_reader_of_json_takes_is_named(place: Desk, text: str) -> None:
    place.table("P.csv", HEADERS["P.csv"], PEOPLE_ROWS)
    (place.folder / "program.json").write_text(text, "utf-8")
    said = io.StringIO()
    with redirect_stderr(said):
        assert place.match() == 2
    assert said.getvalue().startswith("program.json")
