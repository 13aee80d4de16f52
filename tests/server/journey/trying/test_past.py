"""Past pairs in a trial: they teach what they teach `ithaca match`; too few teach nothing, and it is said so."""

import json
from pathlib import Path

import pytest

from server.journey.trying import export
from server.journey.trying.rows.columns import Field, suggestions
from server.journey.trying.rows.lines import Gap, GapCode
from server.journey.trying.rows.plan import File, Who
from server.kernel.errors import Invalid
from server.matchmaking.contract import HISTORY, PEOPLE
from server.matchmaking.engine.learning import learn as learning
from server.matchmaking.engine.learning.model import TREES
from server.programs.states import ProgramType
from tests.server.journey.trying.trial_of import pairs_of, read, read_alike, text_of, tried
from tests.server.matchmaking.desk import Desk, Table, someone
from tests.server.matchmaking.lived import A_CYCLE, CYCLES, lived_rows
from tests.web.console.records import MENTEES, MENTORS
from web.console import trial_told as told

BOTH = [(Who.MENTORS, MENTORS), (Who.MENTEES, MENTEES)]


@pytest.fixture(scope="module")
def lived() -> tuple[Table, Table]:
    people, past = lived_rows()
    return read_alike(people), past


def test_a_trial_learns_what_ithaca_match_learns(lived: tuple[Table, Table], tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.table("P.csv", PEOPLE, lived[0])
    desk.table("H.csv", HISTORY, lived[1])
    desk.program(type="traditional")
    assert desk.match("history", "H.csv") == 0
    document = tried((Who.COLUMN, text_of(lived[0])), (Who.PAST, text_of(lived[1])))
    by_file = {(row["mentee_id"], row["mentor_id"]): float(row["confidence"]) for row in desk.result()}
    assert {(one["mentee"], one["mentor"]): one["confidence"] for one in document["pairs"]} == by_file
    assert document["learned"]["confidence"]["calibrated"]
    figures = {one["measure"]: one for one in json.loads(export.trial_json(document))["quality"]}
    assert 0 < figures["Q06"]["second"] < 0.25, "the Brier score of whoever says one half each time is a quarter"
    assert 0.5 < figures["Q07"]["value"] < 1
    assert len(told.quality(document)) == len(figures) == 8
    shown = told.confidence(document)
    assert shown.calibrated
    assert shown.words.startswith(f"Calibrated, based on {A_CYCLE * CYCLES} pairs: on the 200 latest")
    accept = shown.stages[0]
    assert (accept.name, accept.earned, accept.stands) == ("Both accept", True, "A model of past pairs")
    assert " to " in dict(accept.facts)["Reached"], "with its band"
    assert all(one.chance.startswith("Confidence ") for one in told.pairs(document, 1))
    assert (document["looking"], document["waiting"]) == (40, 0), "who is there as a past alone waits for nobody"
    made, before = pairs_of(document), {(row["mentee_id"], row["mentor_id"]) for row in lived[1]}
    assert not made & before


def test_trees_bear_what_nobody_told(lived: tuple[Table, Table], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no column tells how people answered before, every cell of that feature is unknown."""
    monkeypatch.setattr(learning, "TREES_FROM", 2 * A_CYCLE)
    document = tried((Who.COLUMN, text_of(lived[0])), (Who.PAST, text_of(lived[1])))
    assert TREES in {trial["model"] for trial in document["learned"]["stages"][0]["trials"]}


def test_too_little_history_says_so_and_how_much_would_do() -> None:
    past = "mentor,mentee,cycle,accepted\nIdris Crane,Noor Pell,2024,yes\nM2,S2,2025,no\n"
    document = tried(*BOTH, (Who.PAST, past))
    shown = told.confidence(document)
    assert not shown.calibrated
    assert shown.words == (
        "Not yet calibrated, based on 2 pairs. 2 of the past pairs can teach. It takes 100 of earlier cycles and 50 of "
        "a later one to judge by; 200 checked ones to call confidence calibrated."
    )
    assert [one.earned for one in shown.stages] == [False] * 4
    assert "it takes a hundred before a cycle, and fifty in it" in shown.stages[0].why
    assert [one.chance for one in told.pairs(document, 1)] == [""] * 3, "a guess is shown with no pair"
    assert not {("S1", "M1"), ("S2", "M2")} & pairs_of(document)
    assert dict(told.past(document))["Both in the files"] == "2"


def test_enough_of_one_cycle_teaches_nothing(lived: tuple[Table, Table]) -> None:
    past = [row | {"cycle": "2025"} for row in lived[1]]
    document = tried((Who.COLUMN, text_of(lived[0])), (Who.PAST, text_of(past)))
    assert Gap(GapCode.PAST_NO_CYCLES) in read((Who.COLUMN, text_of(lived[0])), (Who.PAST, text_of(past))).gaps
    assert "a model is judged on a later cycle than it learned from" in told.confidence(document).words
    assert not any(one.earned for one in told.confidence(document).stages)


def test_without_past_pairs_nothing_is_said_to_be_known() -> None:
    document = tried(*BOTH)
    assert document["learned"] is None
    assert told.past(document) == []
    assert "Not yet calibrated, based on 0 pairs" in told.confidence(document).words
    assert "It takes 150 past pairs" in told.confidence(document).words


def test_what_past_pairs_do_not_say_is_named() -> None:
    past = ("mentor,mentee,accepted,sessions,satisfaction,goals\nM1,S1,yes,3,4/5,80%\nM2,S2,perhaps,many,9,\n"
            "M9,S1,no,,,\n,S2,no,,,\n")
    found = read(*BOTH, (Who.PAST, past))
    first = found.past[0]
    assert (first.accepted, first.sessions_held, first.satisfaction, first.goals_achieved) == (True, 3, 4, 0.8)
    gaps = {(gap.code, gap.column): (gap.count, gap.rows, gap.file) for gap in found.gaps}
    assert gaps[GapCode.PAST_UNKNOWN, ""] == (1, (4,), "2.csv")
    assert gaps[GapCode.PAST_HALF, ""] == (1, (5,), "2.csv")
    assert gaps[GapCode.UNREADABLE, "satisfaction"] == (1, (3,), "2.csv")
    assert gaps[GapCode.PAST_NO_CYCLES, ""] == (0, (), "")
    silent = read(*BOTH, (Who.PAST, "mentor,mentee\nM1,S1\n"))
    assert Gap(GapCode.PAST_NO_ANSWERS) in silent.gaps


def test_what_managers_chose_teaches_nothing_and_is_not_made_again() -> None:
    document = tried(*BOTH, (Who.PAST, "mentor,mentee,accepted,chosen by\nM1,S3,yes,Manager\n"))
    assert document["learned"]["data"]["left_out"]["chosen_by_managers"] == 1
    assert ("S3", "M1") not in pairs_of(document)


def test_past_pairs_that_cannot_be_read_are_refused_in_words() -> None:
    with pytest.raises(Invalid) as refused:
        read(*BOTH, (Who.PAST, "one,two\nM1,S1\n"))
    assert "name the mentor and the mentee of each past pair" in refused.value.fields["past"]
    many = "mentor,mentee\n" + "M1,S1\n" * 20_001
    with pytest.raises(Invalid) as refused:
        read(*BOTH, (Who.PAST, many))
    assert "20,001 past pairs; at most 20,000" in refused.value.fields["past"]


def test_every_column_of_the_contract_counts_as_in_ithaca_match(tmp_path: Path) -> None:
    """Everybody fits everybody alike, so that what only one of the two reads would show in pairs, fits or the queue."""
    usual = {
        "company": "Sails", "business_unit": "Rigging", "department": "Looms", "tenure_years": "3", "role_years": "2",
        "city": "Leeds", "utc_offset_min": "0", "languages": "en", "goals": "Python", "life_stage": "settled",
        "pref_department": "any", "response_rate": "0.9", "noshow_rate": "0.1", "sessions_prior": "3",
        "audit_group": "a",
    }
    people = [someone(name, "mentor", **usual | {"skills": "Python", "goals": "", "capacity": "1"} | cells)
              for name, cells in (("M1", {"department": "Sails"}),
                                  ("M2", {"response_rate": "0.2", "noshow_rate": "0.7"}),
                                  ("M3", {"life_stage": "new", "business_unit": "Hulls", "sessions_prior": "40"}))]
    people += [someone(name, "mentee", **usual | cells) for name, cells in (
        ("S1", {"prefers": "M2", "avoids": "M3"}), ("S2", {"avoids": "M1;M3", "pref_department": "same"}),
        ("S3", {"pref_department": "different", "manager_id": "M3", "avoids": "M2"}),
        ("S4", {"waited_cycles": "3", "avoids": "M2;M3"}), ("S5", {"enrolled_on": "2020-01-31", "avoids": "M2;M3"}),
    )]
    desk = Desk(tmp_path)
    desk.table("P.csv", PEOPLE, people)
    desk.program(type="onboarding")
    assert desk.match() == 0
    document = tried((Who.COLUMN, text_of(people)), kind=ProgramType.ONBOARDING)
    made = {(one["mentor"], one["mentee"]): (one["fit"], one["confidence"]) for one in document["pairs"]}
    by_file = {(row["mentor_id"], row["mentee_id"]): (float(row["score"]), float(row["confidence"]))
               for row in desk.result()}
    assert made == by_file
    assert len(made) == 2, "M3 is avoided by all but their own report"
    waiting = [(row["mentee_id"], int(row["position"])) for row in desk.result("waitlist.csv")]
    assert [(one["mentee"], one["position"]) for one in document["waitlist"]] == waiting
    assert len({one["fit"] for one in document["pairs"]}) > 1
    fields = suggestions(File("P.csv", text_of(people)).table())
    assert set(fields) == set(PEOPLE)
    assert Field.NOTHING not in fields.values()
