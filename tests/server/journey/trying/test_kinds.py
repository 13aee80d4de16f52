"""What each kind of programme forbids and asks for, tried on the same records; and rules that were chosen by hand."""

import pytest

from server.journey.trying.rows.lines import Gap, GapCode
from server.journey.trying.rows.plan import Who
from server.journey.trying.rows.rules import AS_USUAL, Chosen, Company
from server.kernel.errors import Invalid
from server.programs.states import ProgramType
from tests.server.journey.trying.trial_of import pairs_of, read, text_of, tried

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
