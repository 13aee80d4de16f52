"""Rows that cannot be taken: managers, cells, addresses and seats, each named with its cure."""

import pytest

from server.journey.importing.outcomes import Kind
from server.kernel.actor import Actor, Grant, Permission
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.people.models import Person
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.server.journey.importing.office import HEADER, IDRIS, NOOR, office, preview, refusals, somebody, take_in


async def test_managers_may_stand_later_and_here_already(db: object) -> None:
    org, actor = await office()
    boss = await factories.person(org, employee_id="99")
    header = HEADER + ",manager_employee_id"
    await take_in(actor, header, NOOR + ",2", IDRIS + ",3", "3,mei@example.test,Mei,Tidewell,99")
    assert (await somebody(org)).line_manager_id == (await somebody(org, "2")).id
    assert (await somebody(org, "3")).line_manager_id == boss.id


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["1,a@x.test,A,B,7"], [(2, "manager_employee_id")]),
        (["1,a@x.test,A,B,1"], [(2, "manager_employee_id")]),
        (["1,a@x.test,A,B,2", "2,b@x.test,A,B,1", "3,c@x.test,A,B,"],
         [(2, "manager_employee_id"), (3, "manager_employee_id")]),
        # New people whose manager's row is refused wait with it, however far down.
        (["1,a@x.test,A,B,2", "2,b@x.test,A,B,3", "3,wrong,A,B,"],
         [(2, "manager_employee_id"), (3, "manager_employee_id"), (4, "email")]),
    ],
)
async def test_unknown_managers_and_circles_are_row_errors(
    db: object, rows: list[str], expected: list[tuple[int, str]]
) -> None:
    _, actor = await office()
    assert await refusals(actor, HEADER + ",manager_employee_id", *rows) == expected


async def test_a_circle_with_people_outside_the_file_is_seen(db: object) -> None:
    org, actor = await office()
    noor = await factories.person(org, employee_id="1")
    middle = await factories.person(org, employee_id="2", line_manager=noor)
    await factories.person(org, employee_id="3", line_manager=middle)
    assert await refusals(actor, HEADER + ",manager_employee_id", "1,,,,3") == [(2, "manager_employee_id")]
    # Turned over as a whole, the same line is fine.
    assert await refusals(actor, HEADER + ",manager_employee_id", "1,,,,3", "2,,,,1", "3,,,,NULL") == []


async def test_another_organisations_people_are_unknown_here(db: object) -> None:
    org, actor = await office()
    elsewhere = await factories.organization()
    foreign = await factories.person(elsewhere, employee_id="77", email="noor@example.test")
    header = HEADER + ",manager_employee_id"
    assert await refusals(actor, header, NOOR + ",77", IDRIS + f",{foreign.id}") == [
        (2, "manager_employee_id"), (3, "manager_employee_id")
    ]
    await take_in(actor, header, NOOR.replace("1", "77", 1) + ",")
    assert await Person.filter(employee_id="77").count() == 2
    assert (await Person.get(id=foreign.id)).given_name == foreign.given_name
    assert (await somebody(org, "77")).email == foreign.email


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([NOOR, NOOR], [(3, "employee_id")]),
        ([NOOR, "1,other@example.test,Noor,Saltmarsh"], [(3, "employee_id")]),
        ([NOOR, "2,NOOR@example.test,Idris,Brightwater"], [(3, "email")]),
        ([",a@example.test,A,B"], [(2, "employee_id")]),
        (["NULL,a@example.test,A,B"], [(2, "employee_id")]),
        (["1,a@b@example.test,A,B"], [(2, "email")]),
        (["1,a@example.test;b@example.test,A,B"], [(2, "email")]),
        (["1,a@example.test,,"], [(2, "given_name")]),
        (["1,,A,B"], [(2, "email")]),
        ([NOOR + ",more"], [(2, "")]),
        (["1,a@example.test," + "x" * 121 + ",B"], [(2, "given_name")]),
        (["1,a@example.test," + "x" * 10_001 + ",B"], [(2, "given_name")]),
    ],
)
async def test_rows_that_cannot_be_taken_are_told_one_by_one(
    db: object, rows: list[str], expected: list[tuple[int, str]]
) -> None:
    _, actor = await office()
    assert await refusals(actor, HEADER, *rows) == expected


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("country", "XX", "PT"), ("country", "Portugal", "PT"), ("seniority", "11", "1 to 10"),
        ("seniority", "chief", "1 to 10"), ("seniority", "٣", "1 to 10"), ("hire_date", "31/02/2024", "2024-02-29"),
        ("hire_date", "2024-02-30", "2024-02-29"), ("hire_date", "0001-01-01", "2024-02-29"), ("end_date", "x", "20"),
        ("status", "gone", "leave"), ("time_zone", "Lisbon", "Europe/Lisbon"), ("time_zone", "../etc", "Europe/Lisbon"),
        ("language", "english language", "en-GB"), ("languages", "en;?", "en-GB"), ("performance_rating", "6", "3.5"),
        ("performance_rating", '"3,5"', "3.5"), ("performance_rating", "nan", "3.5"),
        ("performance_rating", "1e0", "3.5"),
        ("availability", "Mon 9-12", "Mon-09:00-12:00"), ("about", "x" * 2001, "2000"), ("skills", "x" * 121, "120"),
        ("title", "x" * 10_001, "10000"),
        ("capacity", "3", "programme"), ("role", "mentor", "programme"), ("program", "any", "mentor, mentee"),
        ("manager_employee_id", "404", "isn’t in the file"),
    ],
)
async def test_a_wrong_value_is_named_with_its_cure(db: object, column: str, value: str, word: str) -> None:
    _, actor = await office()
    report = await preview(actor, f"{HEADER},{column}", f"{NOOR},{value}")
    problem = report.refused[0].problems[0]
    assert problem.number == 2
    assert word in problem.text
    assert report.created == []


async def test_a_taken_address_stays_with_its_holder(db: object) -> None:
    org, actor = await office()
    await factories.person(org, employee_id="9", email="noor@example.test")
    assert await refusals(actor, HEADER, NOOR, IDRIS) == [(2, "email")]
    await take_in(actor, HEADER, IDRIS)
    assert await refusals(actor, HEADER, "9,,A,B", "2,noor@example.test,A,B") == [(3, "email")]
    # Who would give it up is refused themselves, or waits for a manager who comes only after them.
    assert await refusals(actor, HEADER, "9,wrong,A,B", "2,noor@example.test,A,B") == [(2, "email"), (3, "email")]
    late = ["9,new@example.test,A,B,77", "2,noor@example.test,A,B,", "77,boss@example.test,A,B,"]
    assert await refusals(actor, f"{HEADER},manager_employee_id", *late) == [(3, "email")]


async def test_two_rows_of_one_person_are_one_person_with_two_seats(db: object) -> None:
    org, actor = await office()
    program = await factories.program(org, key="rising")
    await factories.cohort(program)
    header = HEADER + ",title,program,role,capacity"
    report = await take_in(
        actor, header, NOOR + ",Captain,rising,mentor,3", "1,noor@example.test,,,,rising,mentee,",
    )
    assert report.counts[Kind.REFUSED] == 0
    assert {(row.role, row.capacity, row.state) for row in await Enrollment.all()} == {
        (ParticipantRole.MENTOR, 3, EnrollmentState.INVITED), (ParticipantRole.MENTEE, 1, EnrollmentState.INVITED)
    }
    assert await Person.filter(organization_id=org.id).count() == 1
    assert await OutboxEvent.filter(kind="enrollment.invited").count() == 2
    assert await ScheduledAction.filter(rule="enrollment.expire").count() == 2
    assert await refusals(
        actor, header, NOOR + ",Captain,rising,mentor,", NOOR + ",Admiral,rising,mentee,", NOOR + ",,rising,mentor,"
    ) == [(3, "title"), (4, "employee_id")]
    assert await refusals(actor, header, NOOR + ",,rising,mentor,", NOOR + ",,,,") == [(3, "employee_id")]


async def test_a_seat_needs_an_open_programme_that_the_actor_runs(db: object) -> None:
    org, actor = await office()
    mine, closed, theirs = [await factories.program(org, key=key) for key in ("mine", "closed", "theirs")]
    await factories.cohort(mine)
    await factories.cohort(theirs)
    foreign = await factories.program(await factories.organization(), key="foreign")
    await factories.cohort(foreign)
    header = HEADER + ",status,program,role"
    rows = [f"{number},p{number}@x.test,A,B,{status},{key},mentee" for number, (status, key) in enumerate(
        [("", "mine"), ("", "closed"), ("", "foreign"), ("", "nowhere"), ("ended", "mine")]
    )]
    assert await refusals(actor, header, *rows) == [(3, "program"), (4, "program"), (5, "program"), (6, "program")]
    someone = await factories.person(org)
    runs_mine = Actor(
        actor.kind.PERSON, org.id, someone.id,
        frozenset({Grant(Permission.ORG_PEOPLE_IMPORT), Grant(Permission.PROGRAM_ENROLLMENTS_EDIT, mine.id)}),
    )
    assert await refusals(runs_mine, header, rows[0], "7,p7@x.test,A,B,,theirs,mentor") == [(3, "program")]
    assert closed.key == "closed"
