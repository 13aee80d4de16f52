"""What the rows of a people file become: people, history, skills, times, and what an empty cell means."""

from datetime import date
from typing import Any

import pytest

from server.journey.importing import actions
from server.journey.importing.outcomes import Kind
from server.kernel.facts import AuditEvent, OutboxEvent
from server.people.models import AvailabilityBlock, Person, PersonAttribute, PersonSkill, Profile
from server.people.states import ImportState, PersonStatus, SkillSide, Source
from tests import factories
from tests.server.journey.importing.office import (
    HEADER,
    IDRIS,
    NOOR,
    office,
    preview,
    refusals,
    somebody,
    table,
    take_in,
)


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

    async def store(*args: Any) -> None:
        await real(*args)
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
