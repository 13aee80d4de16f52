"""What each kind of programme forbids and asks for, tried on the same records; and rules that were chosen by hand."""

import pytest

from server.journey.trying.rows.lines import Gap, GapCode
from server.journey.trying.rows.plan import Who
from server.journey.trying.rows.rules import AS_USUAL, Chosen, Company
from server.kernel.errors import Invalid
from server.programs.states import ProgramType
from tests.server.journey.trying.trial_of import pairs_of, read, text_of, tried
from web.console import trial_gaps
from web.console import trial_told as told

HEAD = ("id", "role", "skills", "wants", "level", "manager", "company", "languages", "availability")
ALIKE = ("Noor", "Tamsin", "Wilder", "Aminata", "Kofi")


def record(name: str, role: str, **cells: str) -> dict[str, str]:
    """A row; everybody knows and wants the same, so that rules alone tell people apart."""
    usual = {"skills": "Python", "wants": "Python", "languages": "en", "availability": "Mon-08;Tue-08"}
    return dict.fromkeys(HEAD, "") | usual | {"id": name, "role": role} | cells


def records(**changed: str) -> str:
    """Mentors above and below, in the team and out of it, of the company and of another; and as many mentees, all alike
    at level 5, so that every mentor whom the rules allow is taken."""
    return text_of([
        record("high-own", "mentor", level="8", manager="x", company="Sails"),
        record("high-team", "mentor", level="8", manager="boss", company="Sails"),
        record("high-away", "mentor", level="8", manager="y", company="Anchors"),
        record("low-own", "mentor", level="2", manager="z", company="Sails"),
        record("low-away", "mentor", level="2", manager="v", company="Anchors"),
        *[record(name, "mentee", level="5", manager="boss", company="Sails") | changed for name in ALIKE],
    ])


def may_be(kind: ProgramType, chosen: Chosen = AS_USUAL, past: str = "", **changed: str) -> set[str]:
    """The mentors whom a kind of programme leaves mentees who are all alike."""
    files = [(Who.COLUMN, records(**changed)), *([(Who.PAST, past)] if past else [])]
    document = tried(*files, kind=kind, chosen=chosen)
    assert document["violations"] == 0
    return {mentor for _mentee, mentor in pairs_of(document)}


OTHER_TEAMS = {"high-own", "high-away", "low-own", "low-away"}


@pytest.mark.parametrize(("kind", "left"), [
    (ProgramType.ONE_TO_ONE, OTHER_TEAMS), (ProgramType.PEER, OTHER_TEAMS), (ProgramType.FLASH, OTHER_TEAMS),
    (ProgramType.REVERSE, {"low-own", "low-away"}),
    (ProgramType.ONBOARDING, {*OTHER_TEAMS, "high-team"}),
    (ProgramType.HIGH_POTENTIAL, {"high-own", "high-away"}),
    (ProgramType.CROSS_COMPANY, {"high-away", "low-away"}),
])
def test_each_kind_leaves_whom_it_means(kind: ProgramType, left: set[str]) -> None:
    assert may_be(kind) == left


def test_every_kind_of_pairs_is_tried_here() -> None:
    (kinds,) = (mark.args[1] for mark in test_each_kind_leaves_whom_it_means.pytestmark)
    assert {kind for kind, _left in kinds} == set(ProgramType) - {ProgramType.CIRCLE}


def test_rules_are_chosen_over_those_of_the_kind() -> None:
    kind = ProgramType.ONE_TO_ONE
    assert may_be(kind, Chosen(company=Company.DIFFERENT)) == {"high-away", "low-away"}
    assert may_be(kind, Chosen(company=Company.SAME)) == {"high-own", "low-own"}
    assert may_be(kind, Chosen(same_team=False)) == {*OTHER_TEAMS, "high-team"}
    assert may_be(ProgramType.ONE_TO_ONE, Chosen(common_language=True), languages="pt") == set()
    assert may_be(ProgramType.ONE_TO_ONE, Chosen(hours=4), availability="Mon-08") == OTHER_TEAMS
    assert may_be(ProgramType.ONE_TO_ONE, Chosen(hours=5), availability="Mon-08") == set()
    everybody = {*OTHER_TEAMS, "high-team"}
    assert may_be(ProgramType.ONE_TO_ONE, manager="high-own") == everybody - {"high-own"}
    assert may_be(ProgramType.ONE_TO_ONE, Chosen(reporting_line=False), manager="high-own") == everybody


def test_who_was_paired_before_is_not_again_by_id_or_by_name() -> None:
    rows = [f"{mentor},{name}\n" for name in ALIKE for mentor in ("HIGH-own", "low-away", "somebody else")]
    past = "mentor,mentee\n" + "".join(rows).casefold()
    assert may_be(ProgramType.ONE_TO_ONE, past=past) == {"high-away", "low-own"}
    assert may_be(ProgramType.PEER, past=past) == {"high-away", "low-own"}


PEOPLE_OF_A_LINE = (
    "{head},role,name,manager,skills,wants\n{top}mentor,Idris Crane,,Python,\n"
    "{other}mentor,Ottoline Vane,{above},Sales,\n"
    "{low}mentee,Noor Pell,{boss},,Python\n"
)
"""The mentor who fits is two levels above the mentee: any other pair is better than none."""


@pytest.mark.parametrize(("head", "ids", "above", "boss"), [
    ("id", ("M1", "M2", "S1"), "m1", "m2"),
    ("id", ("M1", "M2", "S1"), "IDRIS  crane", "Ottoline vane"),
    ("email", ("idris@x.org", "otto@x.org", "noor@x.org"), "Idris@X.org", "Ottoline Vane"),
    ("number,email", ("1,idris@x.org", "2,otto@x.org", "3,noor@x.org"), "IDRIS@x.org", "otto@x.org"),
    ("shoe", ("41", "42", "43"), "Idris Crane", "Ottoline Vane"),
])
def test_managers_are_found_however_they_are_called(head: str, ids: tuple[str, ...], above: str, boss: str) -> None:
    top, other, low = (f"{one}," for one in ids)
    text = PEOPLE_OF_A_LINE.format(head=head, top=top, other=other, low=low, above=above, boss=boss)
    document = tried((Who.COLUMN, text))
    assert pairs_of(document) == set()
    assert "Nobody in their own reporting line: managers are known of 2 of 3 people" in told.rules(document)


def test_managers_who_cannot_be_found_are_named_and_the_rule_is_not_called_kept() -> None:
    text = ("id,role,name,manager,skills,wants\nM1,mentor,Idris Crane,,Python,\nM2,mentor,Idris  crane,,SQL,\n"
            "S1,mentee,Noor Pell,Idris Crane,,Python\nS2,mentee,Tamsin Ray,Juno Holt,,SQL\n")
    document = tried((Who.COLUMN, text))
    gaps = " ".join(trial_gaps.gaps(document))
    assert "whose name several people have, and their reporting line is not known: row 4 of 0.csv." in gaps
    assert "1 person names a manager who is in no file, and their reporting line is not known above: row 5" in gaps
    assert "2 people name no manager: rows 2, 3 of 0.csv. Who is above them is not known." in gaps
    del document["gaps"][0]["file"]
    assert trial_gaps.gaps(document), "a result from before files were named"
    assert told.rules(document)[0] == "Nobody in their own reporting line: not checked, no manager is known"


@pytest.mark.parametrize(("kind", "left_out", "rule"), [
    (ProgramType.CROSS_COMPANY, "company", "COMPANY"), (ProgramType.REVERSE, "level", "GRADE_GAP"),
    (ProgramType.HIGH_POTENTIAL, "level", "GRADE_GAP"),
])
def test_a_rule_whose_column_is_missing_is_named(kind: ProgramType, left_out: str, rule: str) -> None:
    text = records().replace(f",{left_out},", ",shoe,", 1)
    found = read((Who.COLUMN, text), kind=kind)
    assert found.gaps[0] == Gap(GapCode.RULE_BLIND, column=rule)
    assert GapCode.NO_LEVELS not in {gap.code for gap in found.gaps}
    assert GapCode.RULE_BLIND not in {gap.code for gap in read((Who.COLUMN, text)).gaps}


def test_two_sides_are_asked_for_where_a_kind_has_two() -> None:
    with pytest.raises(Invalid, match=r"has two sides"):
        read((Who.EVERYBODY, records()), kind=ProgramType.REVERSE)


def test_what_a_kind_means_is_not_chosen_away() -> None:
    assert may_be(ProgramType.PEER, Chosen(same_team=False)) == OTHER_TEAMS, "peers are never of one team"
    assert may_be(ProgramType.CROSS_COMPANY, Chosen(company=Company.ANY)) == {"high-away", "low-away"}
    assert may_be(ProgramType.CROSS_COMPANY, Chosen(company=Company.SAME)) == {"high-away", "low-away"}
