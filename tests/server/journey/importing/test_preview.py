"""What a preview says: what stays as people wrote it, what a change means, in names and not in ids."""

from server.journey.importing import ground
from server.journey.importing.outcomes import Kind
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.ids import new_id
from server.people import actions as people
from server.people.models import PersonSkill, Profile
from server.people.states import DayPart, SkillSide
from tests import factories
from tests.server.journey.importing.office import HEADER, IDRIS, NOOR, office, preview, somebody, take_in


async def test_what_people_wrote_is_left_and_noted(db: object) -> None:
    org, actor = await office()
    one, other = await factories.competency(org, "Coaching"), await factories.competency(org, "Budgets")
    await take_in(actor, HEADER, NOOR)
    noor = factories.actor_of(await somebody(org))
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
    found = await ground.running_pairs(system_actor(pair.organization.id), [*many, pair.mentor.id])
    assert found == {pair.mentor.id: 1}
    circle = await factories.active_circle(pair.organization)
    assert not await ground.running_pairs(system_actor(pair.organization.id), [one.id for one in circle.members])


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


async def test_taking_part_already_is_no_change(db: object) -> None:
    org, actor = await office()
    await factories.cohort(await factories.program(org, key="rising"))
    header = HEADER + ",program,role,capacity"
    await take_in(actor, header, NOOR + ",rising,mentor,2")
    report = await preview(actor, header, NOOR + ",rising,mentor,")
    assert report.counts[Kind.UNCHANGED] == 1
    report = await preview(actor, header, NOOR + ",rising,mentor,3")
    assert [note.columns for note in report.kept] == [("capacity",)]
