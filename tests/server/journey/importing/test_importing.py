"""A people file from the bytes to the tables: what is created, changed, left, refused, and said before."""

from datetime import date

import pytest

from server.journey.importing import actions, queries
from server.journey.importing.outcomes import Kind
from server.journey.importing.report import Report
from server.kernel.actor import Actor, Grant, Permission, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.ids import new_id
from server.people.models import (
    AvailabilityBlock,
    ImportRun,
    Organization,
    Person,
    PersonAttribute,
    PersonSkill,
    Profile,
)
from server.people.states import ImportState, PersonStatus, SkillSide, Source
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories

HEADER = "employee_id,email,given_name,family_name"
NOOR = "1,noor@example.test,Noor,Saltmarsh"
STOPS = [(30, 3, False), (29, 3, True), (300, 20, False), (300, 21, True)]
IDRIS = "2,idris@example.test,Idris,Brightwater"


async def office(**values: object) -> tuple[Organization, Actor]:
    org = await factories.organization(**values)
    return org, system_actor(org.id)


def table(*lines: str) -> bytes:
    return "\n".join(lines).encode()


async def preview(actor: Actor, *lines: str, complete: bool = False) -> Report:
    run = await actions.preview_import(actor, "people.csv", table(*lines), complete)
    return await actions.import_report(actor, run.id)


async def take_in(actor: Actor, *lines: str, complete: bool = False, confirmed: bool = False) -> Report:
    run = await actions.preview_import(actor, "people.csv", table(*lines), complete)
    await actions.apply_import(actor, run.id, confirmed)
    return await actions.import_report(actor, run.id)


async def refusals(actor: Actor, *lines: str) -> list[tuple[int, str]]:
    """Row and column of each problem of a preview, that names value and cure."""
    report = await preview(actor, *lines)
    problems = [problem for row in report.refused for problem in row.problems]
    assert all(problem.text.endswith((".", ")")) for problem in problems)
    return [(problem.number, problem.column) for problem in problems]


async def somebody(org: Organization, employee_id: str = "1") -> Person:
    return await Person.get(organization_id=org.id, employee_id=employee_id)


async def test_a_preview_writes_nothing_about_people(db: object) -> None:
    _, actor = await office()
    report = await preview(actor, HEADER, NOOR, "2,,Idris,")
    assert (report.counts[Kind.CREATED], report.counts[Kind.REFUSED]) == (1, 1)
    assert [(row.number, row.name) for row in report.created] == [(2, "Noor Saltmarsh")]
    assert [(row.number, row.name) for row in report.refused] == [(3, "Idris")]
    assert not await Person.all().exists()
    assert not await PersonAttribute.all().exists()


async def test_every_column_arrives_where_it_belongs(db: object) -> None:
    org, actor = await office(seniority_words={"Senior": 6})
    competency = await factories.competency(org, "Coaching")
    header = HEADER + (",preferred_name,title,department,business_unit,company,location,country,job_family,seniority,"
                       "manager_employee_id,hire_date,role_start_date,end_date,status,time_zone,language,languages,"
                       "performance_rating,skills,goals,skill_text,goal_text,about,availability")
    row = NOOR + (',Nour,Captain,Fleet,North,Harbour AG,Lisbon,pt,Nautical,senior,2,2020-02-29,2021-01-01,2030-12-31,'
                  'leave,Africa/Nairobi,pt-PT,pt;en-GB,4.5,Coaching;Quantum gardening,coach,I steer,To lead,'
                  '"Hi\nthere",Mon-09:00-12:00;evenings')
    report = await take_in(actor, header, row, IDRIS)
    noor = await somebody(org)
    assert {name: getattr(noor, name) for name in (
        "preferred_name", "title", "department", "business_unit", "company", "location", "country", "job_family",
        "seniority", "hire_date", "role_start_date", "end_date", "status", "zone", "zone_assumed", "language",
        "languages", "performance_rating", "line_manager_id",
    )} == {
        "preferred_name": "Nour", "title": "Captain", "department": "Fleet", "business_unit": "North",
        "company": "Harbour AG", "location": "Lisbon", "country": "PT", "job_family": "Nautical", "seniority": 6,
        "hire_date": date(2020, 2, 29), "role_start_date": date(2021, 1, 1), "end_date": date(2030, 12, 31),
        "status": PersonStatus.LEAVE, "zone": "Africa/Nairobi", "zone_assumed": False, "language": "pt-PT",
        "languages": ["pt", "en-GB"], "performance_rating": 4.5, "line_manager_id": (await somebody(org, "2")).id,
    }
    profile = await Profile.get(person_id=noor.id)
    assert (profile.skill_text, profile.goal_text, profile.about) == ("I steer", "To lead", "Hi\nthere")
    skills = await PersonSkill.filter(person_id=noor.id)
    assert {(row.competency_id, row.side, row.source) for row in skills} == {
        (competency.id, SkillSide.OFFERED, Source.FILE), (competency.id, SkillSide.WANTED, Source.FILE)
    }
    assert await AvailabilityBlock.filter(person_id=noor.id, source=Source.FILE).count() == 6
    assert report.state is ImportState.DONE


async def test_the_tags_that_no_competency_was_found_for_are_listed(db: object) -> None:
    org, actor = await office()
    await factories.competency(org, "Coaching")
    rows = (NOOR + ",Coaching;Quantum gardening", IDRIS + ",quantum gardening")
    report = await preview(actor, HEADER + ",skills", *rows)
    assert report.missed_tags == {"Quantum gardening": 1, "quantum gardening": 1}


async def test_each_row_that_changes_something_leaves_audit_fact_and_history(db: object) -> None:
    org, actor = await office()
    await take_in(actor, HEADER + ",department", NOOR + ",Retail", IDRIS + ",Retail")
    await take_in(actor, HEADER + ",department", NOOR + ",Field Operations", IDRIS + ",Retail")
    noor = await somebody(org)
    entries = await AuditEvent.filter(target_kind="Person").order_by("id")
    assert [(entry.action, entry.detail["row"]) for entry in entries] == [
        ("person.create", 2), ("person.create", 3), ("person.change", 2)
    ]
    assert entries[2].detail["fields"] == ["department"]
    facts = await OutboxEvent.filter(kind__startswith="person.").order_by("id")
    assert [fact.kind for fact in facts] == ["person.created", "person.created", "person.changed"]
    history = await PersonAttribute.filter(person_id=noor.id, name="department").order_by("id")
    assert [row.value for row in history] == ["Retail", "Field Operations"]
    assert "Field" not in str([entry.detail for entry in entries] + [fact.payload for fact in facts])


async def test_skills_and_times_of_a_later_file_take_the_place_of_the_former(db: object) -> None:
    org, actor = await office()
    for name in ("Coaching", "Budgets"):
        await factories.competency(org, name)
    header = HEADER + ",skills,availability"
    for cells in ("Coaching,mornings", "Budgets;Coaching,Sat-09:00-10:00", "NULL,NULL", "Budgets,"):
        await take_in(actor, header, f"{NOOR},{cells}")
        skills = await PersonSkill.all().order_by("position").select_related("competency")
        blocks = await AvailabilityBlock.all()
        held = ";".join(row.competency.name for row in skills)
        assert held == cells.split(",")[0].replace("NULL", "")
        assert len(blocks) == {"mornings": 5, "Sat-09:00-10:00": 1}.get(cells.split(",")[1], 0)


async def test_the_rest_of_the_product_is_woken_after_each_batch(
    db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, actor = await office()
    run = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR))
    kinds: list[list[str]] = []
    woken: list[int] = []
    monkeypatch.setattr("server.kernel.db._listeners", [lambda: woken.append(len(kinds))])
    real = actions.store

    async def store(*args: object) -> None:
        await real(*args)  # type: ignore[arg-type]
        kinds.append(["stored"])

    monkeypatch.setattr(actions, "store", store)
    await actions.apply_import(actor, run.id)
    # Begun; the batch; finished. Without the batch's own call there would be two.
    assert woken == [0, 1, 1]


async def test_the_same_file_twice_changes_nothing(db: object) -> None:
    _, actor = await office()
    lines = (HEADER + ",manager_employee_id,availability", NOOR + ",2,mornings", IDRIS + ",,")
    await take_in(actor, *lines)
    before = await AuditEvent.filter(target_kind="Person").count()
    report = await take_in(actor, *lines)
    assert report.counts == {Kind.CREATED: 0, Kind.CHANGED: 0, Kind.UNCHANGED: 2, Kind.REFUSED: 0}
    assert await AuditEvent.filter(target_kind="Person").count() == before


async def test_an_empty_cell_leaves_and_null_clears(db: object) -> None:
    org, actor = await office(zone="Europe/Lisbon")
    header = HEADER + ",title,hire_date,manager_employee_id,status,time_zone,about,availability,languages"
    full = ",Captain,2020-01-01,2,leave,Africa/Nairobi,Hello,mornings,pt"
    await take_in(actor, header, NOOR + full, IDRIS + ",,,,,,,,")
    report = await preview(actor, header, "1,,,,,,,,,,,")
    assert report.counts[Kind.UNCHANGED] == 1
    report = await take_in(actor, header, "1,,,,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL")
    noor = await somebody(org)
    assert (noor.title, noor.hire_date, noor.line_manager_id, noor.status) == ("", None, None, PersonStatus.ACTIVE)
    assert (noor.zone, noor.zone_assumed, noor.languages) == ("Europe/Lisbon", True, [])
    assert (await Profile.get(person_id=noor.id)).about == ""
    assert not await AvailabilityBlock.all().exists()
    assert await refusals(actor, HEADER, "1,NULL,,") == [(2, "email")]


async def test_a_missing_zone_comes_from_the_place_and_is_marked(db: object) -> None:
    org, actor = await office(zone="Europe/Lisbon", location_zones={"Nairobi": "Africa/Nairobi"})
    report = await preview(actor, HEADER + ",location", NOOR + ",Nairobi", IDRIS + ",")
    assert report.zones_assumed == 2
    await take_in(actor, HEADER + ",location", NOOR + ",Nairobi", IDRIS + ",")
    assert [((await somebody(org, one)).zone, (await somebody(org, one)).zone_assumed) for one in "12"] == [
        ("Africa/Nairobi", True), ("Europe/Lisbon", True)
    ]
    await take_in(actor, HEADER + ",location,time_zone", IDRIS + ",Nairobi,", "1,,,,Lisbon,Europe/Paris")
    assert [((await somebody(org, one)).zone, (await somebody(org, one)).zone_assumed) for one in "12"] == [
        ("Europe/Paris", False), ("Africa/Nairobi", True)
    ]


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
    # Swapping in one file is refused in words: it would depend on the order.
    await take_in(actor, HEADER, IDRIS)
    assert await refusals(actor, HEADER, "9,idris@example.test,A,B", "2,noor@example.test,A,B") == [
        (2, "email"), (3, "email")
    ]


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


async def test_what_people_wrote_is_left_and_noted(db: object) -> None:
    org, actor = await office()
    one, other = await factories.competency(org, "Coaching"), await factories.competency(org, "Budgets")
    await take_in(actor, HEADER, NOOR)
    noor = factories.actor_of(await somebody(org))
    from server.people import actions as people
    from server.people.states import DayPart
    await people.set_profile(noor, about="My own words")
    await people.set_person_facts(noor, zone="Africa/Nairobi", preferred_name="Nour")
    await people.set_skills(noor, SkillSide.OFFERED, [one.id])
    await people.set_day_parts(noor, [DayPart.EVENINGS])
    header = HEADER + ",preferred_name,time_zone,about,skills,goals,availability"
    line = NOOR + ",Nono,Europe/Paris,Other words,Budgets,Budgets,mornings"
    report = await preview(actor, header, line)
    assert set(report.kept[0].columns) == {"preferred_name", "time_zone", "about", "skills", "availability"}
    assert [change.column for change in report.changed[0].changes] == ["goals"]
    await take_in(actor, header, line)
    kept = await somebody(org)
    assert (kept.preferred_name, kept.zone) == ("Nour", "Africa/Nairobi")
    assert (await Profile.get(person_id=kept.id)).about == "My own words"
    held = {row.side: row.competency_id for row in await PersonSkill.filter(person_id=kept.id)}
    assert held == {SkillSide.OFFERED: one.id, SkillSide.WANTED: other.id}


async def test_the_preview_says_what_a_change_of_status_means(db: object) -> None:
    pair = await factories.active_match()
    actor = system_actor(pair.organization.id)
    mentor, mentee = pair.mentor, pair.mentee
    report = await preview(
        actor, HEADER + ",status", f"{mentor.employee_id},,,,leave", f"{mentee.employee_id},,,,ended",
        "77,mei@example.test,Mei,New,ended",
    )
    assert report.side_effects[0] == "Idris Brightwater goes on leave. One running pair is affected."
    assert report.side_effects[1].startswith("Noor Saltmarsh has left")
    assert len(report.side_effects) == 3
    change = report.changed[0].changes[0]
    assert (change.label, change.before, change.after) == ("Status", "Active", "On leave")
    await take_in(actor, HEADER + ",status", f"{mentor.employee_id},,,,leave")
    fact = await OutboxEvent.get(kind="person.status_changed")
    assert fact.payload == {"person_id": str(mentor.id), "was": "ACTIVE", "status": "LEAVE"}


async def test_pairs_are_counted_for_more_people_than_one_statement_takes(db: object) -> None:
    pair = await factories.active_match()
    many = [new_id() for _ in range(33_000)]
    found = await queries.running_pairs(system_actor(pair.organization.id), [*many, pair.mentor.id])
    assert found == {pair.mentor.id: 1}


async def test_changes_are_shown_in_names_not_ids(db: object) -> None:
    org, actor = await office()
    await factories.competency(org, "Coaching")
    header = HEADER + ",manager_employee_id,skills,availability"
    await take_in(actor, header, NOOR + ",,,", IDRIS + ",,,")
    report = await preview(actor, header, NOOR + ",5,coach,Mon-09:00-12:00", "5,mei@example.test,Mei,Tidewell,,,")
    assert [(change.label, change.before, change.after) for change in report.changed[0].changes] == [
        ("Manager", "", "Mei Tidewell"), ("Skills", "", "Coaching"), ("Usual times", "", "Mon 09:00–12:00")
    ]


async def test_formulas_in_cells_are_letters(db: object) -> None:
    org, actor = await office()
    formula = '=HYPERLINK("http://x";"y")'
    lines = (HEADER + ",title,about,department", f'=1+1,"=a@example.test","{formula.replace(chr(34), chr(34) * 2)}",'
             "-2+3,@SUM(A1),+44 20,'=guarded")
    await take_in(actor, *lines)
    someone = await somebody(org, "=1+1")
    assert (someone.given_name, someone.family_name, someone.title) == (formula, "-2+3", "@SUM(A1)")
    assert someone.department == "=guarded"
    assert (await Profile.get(person_id=someone.id)).about == "+44 20"


async def test_refused_rows_come_back_as_a_file_that_can_be_mended(db: object) -> None:
    org, actor = await office()
    run = await actions.preview_import(
        actor, "people.csv", table(HEADER + ",title,hire_date", NOOR + ",,", "=2,b@example.test,B,C,=1+1,never")
    )
    await actions.apply_import(actor, run.id)
    file = await actions.refused_rows_file(actor, run.id)
    lines = file.decode("utf-8-sig").splitlines()
    assert lines[0] == f"problem,{HEADER},title,hire_date"
    assert lines[1].startswith('"hire_date: Write a date')
    assert lines[1].endswith(",'=2,b@example.test,B,C,'=1+1,never")
    assert len(lines) == 2
    mended = file.replace(b"never", b"2024-02-29")
    second = await actions.preview_import(actor, "mended.csv", mended)
    await actions.apply_import(actor, second.id)
    assert (await somebody(org, "=2")).title == "=1+1"


async def test_a_refused_row_loses_no_cell_and_keeps_its_corrections(db: object) -> None:
    _, actor = await office()
    content = table("problem,Staff," + HEADER.split(",", 1)[1], "old,1,wrong,Noor,Saltmarsh,extra")
    run = await actions.preview_import(actor, "people.csv", content, mapping={"staff": "employee_id"})
    await actions.correct_rows(actor, run.id, {2: {"email": "noor@example.test", "title": "Captain"}})
    file = (await actions.refused_rows_file(actor, run.id)).decode("utf-8-sig").splitlines()
    assert file[0] == f"problem,{HEADER},title"
    assert file[1].endswith(",1,noor@example.test,Noor,Saltmarsh,Captain,extra")


async def test_cells_are_corrected_in_place_and_checked_again(db: object) -> None:
    _, actor = await office()
    run = await actions.preview_import(actor, "people.csv", table(HEADER + ",title", NOOR + ",", "2,wrong,Idris,B,"))
    with pytest.raises(Invalid):
        await actions.correct_rows(actor, run.id, {9: {"email": "x"}})
    with pytest.raises(Invalid):
        await actions.correct_rows(actor, run.id, {3: {"desk": "x"}})
    await actions.correct_rows(actor, run.id, {3: {"email": "still wrong"}})
    assert (await actions.import_report(actor, run.id)).counts[Kind.REFUSED] == 1
    await actions.correct_rows(actor, run.id, {3: {"email": "idris@example.test"}})
    assert (await actions.import_report(actor, run.id)).counts == {
        Kind.CREATED: 2, Kind.CHANGED: 0, Kind.UNCHANGED: 0, Kind.REFUSED: 0
    }
    await actions.apply_import(actor, run.id)
    assert await Person.filter(email="idris@example.test").exists()
    with pytest.raises(Conflict):
        await actions.correct_rows(actor, run.id, {3: {"email": "late@example.test"}})


async def test_unknown_columns_are_listed_and_mapped_on_request(db: object) -> None:
    org, actor = await office()
    content = table("Staff No;E-Mail;given name;FAMILY_NAME;desk", "1;noor@example.test;Noor;Saltmarsh;12")
    with pytest.raises(Invalid) as refused:
        await actions.preview_import(actor, "people.csv", content)
    assert "employee_id, email" in refused.value.fields["file"]
    assert "staff_no, e_mail, desk" in refused.value.fields["file"]
    mapping = {"Staff No": "employee_id", "E-Mail": "email"}
    run = await actions.preview_import(actor, "people.csv", content, mapping=mapping)
    report = await actions.import_report(actor, run.id)
    assert report.form is not None
    assert (report.form.words, report.form.ignored) == ("Semicolon, UTF-8", ("desk",))
    await actions.apply_import(actor, run.id)
    assert (await somebody(org)).email == "noor@example.test"
    for wrong in ({"desk": "weight"}, {"chair": "title"}, {"desk": "email"}):
        with pytest.raises(Invalid):
            await actions.preview_import(actor, "people.csv", content, mapping={**mapping, **wrong})


async def test_programme_and_role_may_be_given_for_a_whole_file(db: object) -> None:
    org, actor = await office()
    await factories.cohort(await factories.program(org, key="rising"))
    content = table(HEADER + ",role", NOOR + ",mentor", IDRIS + ",")
    run = await actions.preview_import(
        actor, "people.csv", content, defaults={"program": "rising", "role": "mentee"}
    )
    other = await actions.preview_import(actor, "people.csv", content, defaults={"program": "rising", "role": "peer"})
    assert other.id != run.id
    report = await actions.import_report(actor, run.id)
    assert [row.seat for row in report.created] == ["rising, as mentor", "rising, as mentee"]
    await actions.apply_import(actor, run.id)
    assert await Enrollment.all().count() == 2
    with pytest.raises(Invalid):
        await actions.preview_import(actor, "people.csv", content, defaults={"title": "x"})


async def test_taking_part_already_is_no_change(db: object) -> None:
    org, actor = await office()
    await factories.cohort(await factories.program(org, key="rising"))
    header = HEADER + ",program,role,capacity"
    await take_in(actor, header, NOOR + ",rising,mentor,2")
    report = await preview(actor, header, NOOR + ",rising,mentor,")
    assert report.counts[Kind.UNCHANGED] == 1
    report = await preview(actor, header, NOOR + ",rising,mentor,3")
    assert [note.columns for note in report.kept] == [("capacity",)]


async def test_nobody_is_ended_by_an_incomplete_file(db: object) -> None:
    org, actor = await office()
    await factories.person(org)
    await take_in(actor, HEADER, NOOR)
    assert not await Person.filter(status=PersonStatus.ENDED).exists()


async def test_a_complete_file_ends_who_is_missing_after_a_persons_word(db: object) -> None:
    org, actor = await office()
    gone = [await factories.person(org) for _ in range(3)]
    elsewhere = await factories.person(await factories.organization())
    report = await preview(actor, HEADER, NOOR, complete=True)
    assert report.endings is not None
    assert (report.endings.count, report.endings.of, report.endings.asks) == (3, 3, True)
    with pytest.raises(Conflict) as stopped:
        await take_in(actor, HEADER, NOOR, complete=True)
    assert stopped.value.kind == "confirm"
    assert not await Person.filter(employee_id="1").exists()
    report = await take_in(actor, HEADER, NOOR, complete=True, confirmed=True)
    assert (report.ended, report.state) == (3, ImportState.DONE)
    ended = await Person.filter(status=PersonStatus.ENDED)
    assert {person.id for person in ended} == {person.id for person in gone}
    assert await OutboxEvent.filter(kind="person.status_changed").count() == 3
    assert (await Person.get(id=elsewhere.id)).status is PersonStatus.ACTIVE


@pytest.mark.parametrize(("here", "missing", "asks"), STOPS)
async def test_the_stop_asks_above_twenty_people_or_a_tenth(db: object, here: int, missing: int, asks: bool) -> None:
    org, actor = await office()
    await Person.bulk_create([
        Person(organization_id=org.id, employee_id=str(number), email=str(number), given_name="A", family_name="B")
        for number in range(here)
    ])
    rows = [f"{number},,," for number in range(here - missing)]
    report = await preview(actor, HEADER, *rows, complete=True)
    assert report.endings is not None
    assert (report.endings.count, report.endings.asks) == (missing, asks)


async def test_refused_rows_end_nobody(db: object) -> None:
    org, actor = await office()
    await factories.person(org, employee_id="1")
    report = await preview(actor, HEADER, "1,wrong,A,B", complete=True)
    assert report.endings is not None
    assert report.endings.count == 0
    await factories.person(org, employee_id="2")
    with pytest.raises(Conflict) as stopped:
        await take_in(actor, HEADER, ",nobody@example.test,A,B", complete=True, confirmed=True)
    assert stopped.value.kind == "unreadable_rows"


async def test_who_came_after_the_preview_is_not_ended_by_it(db: object) -> None:
    org, actor = await office()
    run = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR), complete=True)
    late = await factories.person(org)
    await actions.apply_import(actor, run.id)
    assert (await Person.get(id=late.id)).status is PersonStatus.ACTIVE


async def test_who_imports_a_complete_file_does_not_end_themselves(db: object) -> None:
    org, _ = await office()
    admin = await factories.person(org)
    actor = factories.actor_of(admin, Grant(Permission.ORG_PEOPLE_IMPORT))
    await take_in(actor, HEADER, NOOR, complete=True, confirmed=True)
    assert (await Person.get(id=admin.id)).status is PersonStatus.ACTIVE


async def test_only_who_may_imports_and_only_at_home(db: object) -> None:
    org, actor = await office()
    plain = factories.actor_of(await factories.person(org))
    _, stranger = await office()
    with pytest.raises(Refused):
        await actions.preview_import(plain, "people.csv", table(HEADER, NOOR))
    run = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR))
    for other in (plain, stranger):
        for act in (actions.apply_import, actions.import_report, actions.refused_rows_file):
            with pytest.raises(NotFound):
                await act(other, run.id)
        with pytest.raises(NotFound):
            await actions.correct_rows(other, run.id, {})
        assert await queries.recent_runs(other) == []
    with pytest.raises(NotFound):
        await actions.apply_import(actor, new_id())
    assert [one.id for one in await queries.recent_runs(actor)] == [run.id]


async def test_the_same_file_waits_once_and_applies_once(db: object) -> None:
    _, actor = await office()
    first = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR))
    second = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR))
    assert first.id == second.id
    for _ in range(2):
        await actions.apply_import(actor, first.id)
    assert await AuditEvent.filter(action="person.create").count() == 1
    assert await AuditEvent.filter(action="import.finish").count() == 1
    third = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR))
    assert third.id != first.id
    assert await ImportRun.all().count() == 2


async def test_ground_lost_between_preview_and_apply_refuses_the_row_alone(db: object) -> None:
    org, actor = await office()
    run = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR, IDRIS))
    await factories.person(org, employee_id="9", email="noor@example.test")
    await actions.apply_import(actor, run.id)
    report = await actions.import_report(actor, run.id)
    assert (report.counts[Kind.CREATED], report.counts[Kind.REFUSED]) == (1, 1)
    assert [row.number for row in report.refused] == [2]
