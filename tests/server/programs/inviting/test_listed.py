"""A list of addresses: every line has its fate before anything is done, and all or nothing is done."""

import csv
import io
from datetime import date

import pytest

from server.kernel.errors import Conflict, Invalid, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.audience.rules import AUDIENCE_PART
from server.programs.inviting.actions import invite_listed
from server.programs.inviting.lines import LINES_MOST, Line, lines_of
from server.programs.inviting.queries import Sheet, look_at
from server.programs.inviting.states import Fate
from server.programs.inviting.words import advice, left_out_csv, roles_there
from server.programs.models import Cohort, Enrollment
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState
from tests import factories
from tests.queries import queries_run

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


@pytest.mark.parametrize(("text", "lines"), [
    ("ada@x.example\n\n  Grace@X.example \n", [(1, "ada@x.example"), (3, "grace@x.example")]),
    ("Address;Role;Group\nada@x.example;mentor;Porto", [(2, "ada@x.example", "mentor", "Porto")]),
    ("role,E-Mail\nmentee,ada@x.example", [(2, "ada@x.example", "mentee")]),
    ("ada@x.example\tMentor", [(1, "ada@x.example", "Mentor")]),
    ("Ada L <ada@x.example>, grace@x.example", [(1, "ada@x.example"), (1, "grace@x.example")]),
    ('"Lovelace, Ada <ada@x.example>",mentor', [(1, "ada@x.example", "mentor")]),
    ("\N{BYTE ORDER MARK}email\nada@x.example", [(2, "ada@x.example")]),
    ("email,role\n,mentor\nada", [(2, "", "mentor"), (3, "ada")]),
])
def test_lists_are_read_as_they_are_pasted_or_saved(text: str, lines: list[tuple[object, ...]]) -> None:
    assert lines_of(text) == [Line(*line) for line in lines]  # type: ignore[arg-type]  # columns of a table


@pytest.mark.parametrize("text", ["", " \n", "email,role\n", "a@x.example\n" * (LINES_MOST + 1), '"' + "x" * 200_000])
def test_what_is_no_list_is_told_as_a_whole(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        lines_of(text)
    assert list(refused.value.fields) == ["list"]


async def world() -> tuple[Cohort, dict[str, Person]]:
    """A programme for Pricing with two groups, and people of every fate."""
    organization = await factories.organization()
    program = await factories.program(organization, audience=AUDIENCE_PART.told({"people": [
        {"fact": "department", "how": "IS", "value": ["Pricing"]}]}))
    cohort = await factories.cohort(program, key="spring", name="Spring", starts_on=date(2026, 3, 1))
    await factories.cohort(program, key="porto", name="Porto", starts_on=date(2026, 2, 1))
    old = await factories.cohort(program, key="old", name="Old", state=ProgramState.CLOSED)
    people = {
        name: await factories.person(organization, email=f"{name}@x.example", department="Pricing")
        for name in ("new", "porto", "here", "before", "closed", "mentor")
    }
    people["away"] = await factories.person(organization, email="away@x.example", department="Sales")
    await factories.person(
        organization, email="gone@x.example", department="Pricing", status=PersonStatus.ENDED)
    stranger = await factories.organization()
    await factories.person(stranger, email="elsewhere@x.example", department="Pricing")
    await factories.enrollment(cohort, people["here"], MENTOR)
    await factories.enrollment(cohort, people["before"], MENTEE, state=EnrollmentState.DECLINED)
    await factories.enrollment(old, people["closed"], MENTEE, state=EnrollmentState.COMPLETED)
    cohort.program = program
    return cohort, people


LIST = """address,role,group
new@x.example
porto@x.example,mentee,PORTO
mentor@x.example,mentor
closed@x.example
here@x.example
before@x.example
away@x.example
NEW@x.example,mentor
nobody@x.example
elsewhere@x.example
gone@x.example
no address
new2@x.example,boss
new3@x.example,peer
new4@x.example,mentee,Old
"""
INVITED, FATES = {2, 3, 4, 5}, {
    6: Fate.HERE, 7: Fate.BEFORE, 8: Fate.NOT_MEANT, 9: Fate.TWICE, 10: Fate.UNKNOWN, 11: Fate.UNKNOWN, 12: Fate.LEFT,
    13: Fate.ADDRESS, 14: Fate.ROLE, 15: Fate.ROLE, 16: Fate.GROUP,
}


def fates(sheet: Sheet) -> dict[int, Fate]:
    return {one.line.number: one.fate for one in sheet.found}


async def test_each_line_has_its_fate_first_and_then_all_are_invited_or_nobody(db: object) -> None:
    cohort, people = await world()
    manager, lines = factories.manager_of(people["away"], cohort.program), lines_of(LIST)
    sheet = await look_at(manager, cohort.id, lines, usual=MENTEE)
    assert fates(sheet) == {**dict.fromkeys(INVITED, Fate.INVITED), **FATES}
    assert await Enrollment.filter(state=EnrollmentState.INVITED).count() == 0
    assert list(roles_there(sheet)) == [MENTOR, MENTEE]
    assert len({advice(one, sheet) for one in sheet.left_out}) == 9, "each fate says what to do"
    assert "Line 2 names the same address" in advice(next(one for one in sheet.found if one.fate is Fate.TWICE), sheet)
    beyond = await look_at(manager, cohort.id, lines, usual=MENTEE, beyond=True)
    assert {one.line.number for one in beyond.invited} == INVITED | {8}
    unsaid = await look_at(manager, cohort.id, [Line(1, "new@x.example")])
    assert (unsaid.found[0].fate, "Say in which role" in advice(unsaid.found[0], unsaid)) == (Fate.ROLE, True)

    left = lines_of(left_out_csv(sheet).decode("utf-8"))
    again = await look_at(manager, cohort.id, left, usual=MENTEE)
    assert [one.fate for one in again.left_out] == [fate for number, fate in FATES.items() if number != 9]
    assert again.invited[0].line.address == "new@x.example", "the line that was there twice is there once"
    rows = list(csv.DictReader(io.StringIO(left_out_csv(sheet).decode("utf-8-sig"))))
    assert [int(row["line"]) for row in rows] == list(FATES)

    with pytest.raises(Refused):
        await invite_listed(factories.actor_of(people["new"]), cohort.id, lines, usual=MENTEE)
    with pytest.raises(Conflict) as meanwhile:
        await invite_listed(manager, cohort.id, lines, usual=MENTEE, seen=beyond.seen)
    assert (meanwhile.value.kind, await OutboxEvent.all().count()) == ("changed_meanwhile", 0)
    await Cohort.filter(key="porto").update(state=ProgramState.CLOSED)
    with pytest.raises(Conflict):
        await invite_listed(manager, cohort.id, lines, usual=MENTEE, seen=sheet.seen)
    assert await OutboxEvent.all().count() == 0, "half of a list is invited never"
    await Cohort.filter(key="porto").update(state=ProgramState.ENROLLING)

    await invite_listed(manager, cohort.id, lines, usual=MENTEE, seen=sheet.seen)
    rows_now = await Enrollment.filter(state=EnrollmentState.INVITED).select_related("person", "cohort")
    assert {(row.person.email.split("@")[0], row.role, row.cohort.key) for row in rows_now} == {
        ("new", MENTEE, "spring"), ("porto", MENTEE, "porto"), ("mentor", MENTOR, "spring"),
        ("closed", MENTEE, "spring")}
    assert await OutboxEvent.filter(kind="enrollment.invited").count() == 4
    assert await AuditEvent.filter(action="cohort.invite_listed").count() == 1
    assert not (await invite_listed(manager, cohort.id, lines, usual=MENTEE)).invited, "the same again invites nobody"
    await Cohort.filter(key="spring").update(state=ProgramState.CLOSING)
    closing = await look_at(manager, cohort.id, [Line(1, "away@x.example")], usual=MENTEE, beyond=True)
    assert closing.found[0].fate is Fate.GROUP, "nobody is invited into a group that closes"


async def test_a_thousand_lines_take_as_many_statements_as_one(db: object) -> None:
    cohort, people = await world()
    manager = factories.manager_of(people["away"], cohort.program)
    crowd = [
        Person(
            organization_id=cohort.organization_id, employee_id=f"E{number}", email=f"e{number}@x.example",
            given_name="Noor", family_name="Saltmarsh", zone="Europe/Lisbon", department="Pricing",
        ) for number in range(1_000)
    ]
    await Person.bulk_create(crowd, batch_size=500)
    with queries_run() as few:
        await invite_listed(manager, cohort.id, [Line(1, "new@x.example")], usual=MENTEE)
    lines = lines_of("\n".join(one.email for one in crowd))
    with queries_run() as many:
        sheet = await invite_listed(manager, cohort.id, lines, usual=MENTEE)
    assert len(sheet.invited) == await Enrollment.filter(state=EnrollmentState.INVITED).count() - 1 == 1_000
    assert len(many) <= len(few) + 12, "what grows is only the batches of rows to write"
