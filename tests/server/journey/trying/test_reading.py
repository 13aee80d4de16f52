"""Somebody's own rows as people: what is guessed, read, missing, and what cannot be matched."""

import csv
import io
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.journey.trying.rows import values
from server.journey.trying.rows.columns import Field, samples, suggestions
from server.journey.trying.rows.lines import Gap, GapCode
from server.journey.trying.rows.plan import File, Plan, Who, dump_plan, load_plan, pack, unpack
from server.journey.trying.rows.reading import Read, read_files
from server.journey.trying.rows.rules import Chosen, Company
from server.kernel.errors import Invalid
from server.matchmaking.engine import Participant
from server.programs.states import ParticipantRole, ProgramType
from tests.web.console.records import MENTEES, MENTORS, people_file

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


def read(*files: tuple[Who, str], places: int = 1, **changed: Field) -> Read:
    held = [File(f"{number}.csv", text) for number, (_who, text) in enumerate(files)]
    columns = tuple({**suggestions(one.table()), **changed} for one in held)
    return read_files(held, Plan(tuple(who for who, _text in files), columns, places=places))


def both() -> Read:
    return read((Who.MENTORS, MENTORS), (Who.MENTEES, MENTEES))


def one(found: Read, name: str) -> Participant:
    return next(person for person in found.people if person.id == name)


def codes(found: Read) -> list[GapCode]:
    return [gap.code for gap in found.gaps]


def test_columns_are_guessed_from_their_names_and_roles_from_their_cells() -> None:
    table = File("a.csv", "Employee ID,Role,Job-Role,Has,WANTS,Gender,shoe\n1,Analyst,Analyst,SQL,Go,f,42\n").table()
    assert suggestions(table) == {
        "employee_id": Field.ID, "role": Field.SKILL_TEXT, "job_role": Field.SKILL_TEXT, "has": Field.SKILLS,
        "wants": Field.WISHES, "gender": Field.GROUP, "shoe": Field.NOTHING,
    }
    table = File("a.csv", "id,role\n1,Mentor\n2,mentee\n").table()
    assert suggestions(table)["role"] is Field.ROLE
    assert samples(table, "role") == ["Mentor", "mentee"]


def test_two_files_become_two_sides() -> None:
    found = both()
    assert [(person.role, person.id) for person in found.people][::3] == [(MENTOR, "M1"), (MENTEE, "S1")]
    idris = one(found, "M1")
    assert found.names["M1"] == "Idris Crane"
    assert idris.languages == ("en", "pt")
    assert idris.skill_tags == ("Negotiation", "Stakeholder management")
    assert idris.skill_text == "Head of Operations"
    assert (idris.city, idris.capacity) == ("Lisbon", 1)
    assert found.groups == {"country": {"M1": "PT", "M2": "GB", "M3": "PT"}}


def test_what_somebody_knows_already_is_no_wish_as_long_as_others_are() -> None:
    found = read((Who.MENTORS, MENTORS), (Who.MENTEES, "id,has,wants\nS1,SQL;Python,Python;React\nS2,SQL,SQL\n"))
    assert one(found, "S1").goal_tags == ("React",)
    assert one(found, "S2").goal_tags == ("SQL",)


def test_a_column_may_say_who_is_what_and_one_person_be_both() -> None:
    found = read((Who.COLUMN, "id,role,skills\nA,mentor,SQL\nB,Mentee,Go\nC,mentor; mentee,Rust\nD,boss,R\n"))
    assert [(person.id, person.role) for person in found.people] == [
        ("A", MENTOR), ("B", MENTEE), ("C", MENTOR), ("C", MENTEE)
    ]
    assert Gap(GapCode.NO_ROLE, 1, "", (5,), "0.csv") in found.gaps


def test_what_the_files_do_not_say_is_named() -> None:
    assert codes(both()) == [GapCode.NO_MANAGERS, GapCode.NO_TIMES, GapCode.NO_LEVELS, GapCode.NO_LANGUAGES]
    bare = read((Who.MENTORS, "id,about\nA,Sails\n"), (Who.MENTEES, "id,about\nB,Rows\n"))
    assert codes(bare)[0] is GapCode.NO_WISHES
    assert codes(bare)[-1] is GapCode.NO_GROUPS
    assert one(read((Who.COLUMN, people_file(2, 2))), "S1").manager == "M1"


def test_cells_that_cannot_be_read_count_as_not_known_and_are_named_with_their_rows() -> None:
    text = "id,skills,level,capacity,time_zone\nA,SQL,high,2,Europe/Lisbon\nB,Go,7,many,Mars/North\nC,R,,0,UTC+5:30\n"
    found = read((Who.MENTORS, text), (Who.MENTEES, "id,wants,level,shoe\nS1,SQL,low,42\nS2,Go,,\nS3,R,top,\n"))
    a, b, c = (one(found, name) for name in "ABC")
    assert (a.grade, b.grade, c.grade) == (None, 7, None)
    assert (a.capacity, b.capacity, c.capacity) == (2, 1, 0)
    assert (b.utc_offset_min, c.utc_offset_min) == (None, 330)
    unreadable = {
        (gap.file, gap.column): (gap.count, gap.rows) for gap in found.gaps if gap.code is GapCode.UNREADABLE
    }
    assert unreadable == {
        ("0.csv", "level"): (1, (2,)), ("1.csv", "level"): (2, (2, 4)), ("0.csv", "capacity"): (1, (3,)),
        ("0.csv", "time_zone"): (1, (3,)),
    }, "each file by itself"


def test_an_id_that_comes_again_and_rows_without_one() -> None:
    found = read((Who.MENTORS, "id,skills\nA,SQL\nA,Go\n,R\n"), (Who.MENTEES, MENTEES))
    assert Gap(GapCode.TWICE, 1, "", (3,), "0.csv") in found.gaps
    assert [person.id for person in found.people if person.role is MENTOR] == ["A", "1-4"]


@pytest.mark.parametrize(("files", "field", "words"), [
    ([(Who.MENTORS, MENTORS)], "who", "These 3 people are all mentors. A match needs both sides"),
    ([(Who.MENTEES, MENTEES)], "who", "with one of mentors beside it"),
    ([(Who.COLUMN, MENTEES)], "who", "No row says whether it is a mentor or a mentee."),
    ([(Who.MENTORS, "id,shoe\n1,42\n"), (Who.MENTEES, "id,shoe\n2,43\n")], "columns", "what people know or want"),
    ([(Who.MENTORS, "id,skills\n" + "".join(f"{at},SQL\n" for at in range(5001)))], "who", "hold 5,001 people"),
])
def test_what_cannot_be_matched_is_refused_in_words(files: list[tuple[Who, str]], field: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(*files)
    assert words in refused.value.fields[field]


def test_ages_are_put_together_by_tens_and_words_are_not() -> None:
    rows = "".join(f"A{age},SQL,{age}\n" for age in range(20, 45))
    found = read((Who.MENTORS, f"id,skills,age\n{rows}"), (Who.MENTEES, MENTEES))
    assert set(found.groups["age"].values()) == {"20–29", "30–39", "40–49"}


@pytest.mark.parametrize(("cell", "minutes"), [
    ("UTC", 0), ("UTC+2", 120), ("-03:30", -210), ("90", 90), ("Asia/Kolkata", 330), ("GMT-5", -300),
])
def test_time_zones_in_several_spellings(cell: str, minutes: int) -> None:
    assert values.offset(cell) == minutes


@pytest.mark.parametrize("cell", ["somewhere", "UTC+30", "9999", ""])
def test_what_is_no_time_zone(cell: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        values.offset(cell)


def test_times_in_both_spellings_mean_the_same_hours() -> None:
    assert values.week("Mon-08;Tue-12", 0) == values.week("Mon-10:00-14:00;Tue-14:00-18:00", 120)
    assert values.week("Mon-08", 0).bit_count() == 8


def test_lists_are_split_by_the_sign_they_use() -> None:
    assert values.split("a; b, c") == ["a", "b, c"]
    assert values.split("a | b") == ["a", "b"]
    assert values.split("a, b,,") == ["a", "b"]


@pytest.mark.parametrize(("cell", "share"), [("0.4", 0.4), ("80%", 0.8), ("yes", 1.0), ("No", 0.0), ("1", 1.0)])
def test_shares_in_several_spellings(cell: str, share: float) -> None:
    assert values.share(cell) == pytest.approx(share)


@pytest.mark.parametrize("cell", ["2", "120%", "nan", "most", ""])
def test_what_is_no_share(cell: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        values.share(cell)


def test_satisfaction_is_out_of_five() -> None:
    assert (values.points("4/5"), values.points("4,5")) == (4, 4.5)
    with pytest.raises(ValueError, match=r".*"):
        values.points("9")


cell = st.one_of(
    st.text(max_size=12), st.integers(-99, 999).map(str),
    st.sampled_from(["mentor", "Mentee", "Mon-08", "Mon-09:00-12:00", "UTC+2", "Europe/Lisbon", "2020-02-30"]),
    st.sampled_from(["a;b", "∞", "nan", "1e999", "٣", "-0"]),
)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(cell, min_size=4, max_size=4), min_size=1, max_size=6),
    fields=st.lists(st.sampled_from(Field), min_size=4, max_size=4), who=st.sampled_from(Who),
    kind=st.sampled_from([ProgramType.ONE_TO_ONE, ProgramType.PEER, ProgramType.CIRCLE]),
)
def test_whatever_cells_hold_is_read_or_refused_in_words(
    rows: list[list[str]], fields: list[Field], who: Who, kind: ProgramType
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["one", "two", "three", "four"], *rows])
    mapping = dict(zip(("one", "two", "three", "four"), fields, strict=True))
    files = [File("a.csv", out.getvalue()), File("b.csv", MENTEES)]
    plan = Plan((who, Who.MENTEES), (mapping, suggestions(files[1].table())), kind)
    with suppress(Invalid):
        found = read_files(files, plan)
        assert all(one.grade is None or 1 <= one.grade <= 10 for one in found.people)
        assert all(one.tenure_years is None or 0 <= one.tenure_years <= 80 for one in found.people)
        assert all(one.capacity >= 0 for one in found.people)
        assert all(one.satisfaction is None or 1 <= one.satisfaction <= 5 for one in found.past)
        assert all(one.mentor and one.mentee for one in found.past)


def test_files_and_plans_are_stored_and_read_back() -> None:
    files = [File("a.csv", MENTORS), File("b.csv", MENTEES)]
    assert unpack(pack(files)) == files
    plan = Plan((Who.MENTORS, Who.COLUMN), ({"id": Field.ID}, {}), ProgramType.FLASH, 3)
    assert load_plan(dump_plan(plan)) == plan
    chosen = Chosen(reporting_line=False, common_language=True, company=Company.DIFFERENT, hours=2)
    assert load_plan(dump_plan(replace(plan, size=5, chosen=chosen))) == replace(plan, size=5, chosen=chosen)
    before_the_update = {name: value for name, value in dump_plan(plan).items() if name not in ("size", "rules")}
    assert load_plan(before_the_update) == plan, "a trial that was started before the update opens still"
