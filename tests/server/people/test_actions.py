"""What people say of themselves, and what they agree to."""

from datetime import date
from functools import partial
from typing import Any

import pytest

from server.kernel.actor import Grant, Permission, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.ids import new_id
from server.people import actions, queries
from server.people.models import AvailabilityBlock, ConsentText, Organization, PersonAttribute, PersonSkill
from server.people.states import ConsentPurpose, DayPart, Look, SkillSide, Source
from tests import factories
from tests.races import at_once


async def facts_published() -> list[str]:
    return [fact.kind for fact in await OutboxEvent.all().order_by("id")]


async def test_an_organization_opens_under_its_actors_id(db: object) -> None:
    actor = system_actor(new_id())
    opened = await actions.create_organization(
        actor, key="harbourline", name="Harbourline", zone="Europe/Lisbon", location_zones={"Nairobi": "Africa/Nairobi"}
    )
    assert opened.id == actor.organization_id
    assert (await queries.organization_by_key("harbourline")).location_zones == {"Nairobi": "Africa/Nairobi"}
    with pytest.raises(Conflict):
        await actions.create_organization(system_actor(new_id()), key="harbourline", name="Other")
    for zone in ("Europe/Atlantis", "localtime", "Factory", "../etc/localtime"):
        with pytest.raises(Invalid):
            await actions.create_organization(system_actor(new_id()), key="other", name="Other", zone=zone)
    assert await Organization.all().count() == 1


async def test_an_organization_changes_its_key_once_and_never_to_anothers(db: object) -> None:
    mine, other = await factories.organization(key="mine"), await factories.organization(key="theirs")
    actor = system_actor(mine.id)
    for _again in range(2):
        assert (await actions.set_organization_key(actor, "ours")).key == "ours"
    assert (await queries.organization_by_key("ours")).id == mine.id
    assert [entry.action for entry in await AuditEvent.all()] == ["organization.set_key"]
    with pytest.raises(Conflict):
        await actions.set_organization_key(actor, other.key)
    with pytest.raises(Refused):
        await actions.set_organization_key(factories.actor_of(await factories.person(mine)), "nobodys")
    assert (await queries.organization_of(actor)).key == "ours"


async def test_a_person_arrives_with_history_audit_and_event(db: object) -> None:
    org = await factories.organization(zone="Europe/Lisbon")
    actor = system_actor(org.id)
    boss = await actions.create_person(
        actor, employee_id="1", email="Mei@Example.test", given_name="Mei", family_name="Tidewell"
    )
    noor = await actions.create_person(
        actor, employee_id="2", email="noor@example.test", given_name="Noor", family_name="Saltmarsh",
        facts={"line_manager_id": boss.id, "hire_date": date(2024, 2, 1), "zone": "Africa/Nairobi"},
    )
    assert (boss.email, boss.zone, boss.zone_assumed) == ("mei@example.test", "Europe/Lisbon", True)
    assert (noor.zone, noor.zone_assumed) == ("Africa/Nairobi", False)
    told = {row.name: row.value for row in await queries.attribute_history(actor, noor.id)}
    assert told["hire_date"] == "2024-02-01"
    assert told["line_manager_id"] == str(boss.id)
    assert [entry.action for entry in await AuditEvent.all()] == ["person.create", "person.create"]
    assert await facts_published() == ["person.created", "person.created"]


async def test_an_address_or_a_number_belongs_to_one_person(db: object) -> None:
    org = await factories.organization()
    await factories.person(org, employee_id="1", email="one@example.test")
    for employee_id, email in (("1", "two@example.test"), ("2", "One@example.test")):
        with pytest.raises(Conflict):
            await actions.create_person(
                system_actor(org.id), employee_id=employee_id, email=email, given_name="A", family_name="B"
            )
    elsewhere = await factories.organization()
    assert await actions.create_person(
        system_actor(elsewhere.id), employee_id="1", email="one@example.test", given_name="A", family_name="B"
    )


async def test_another_organisations_manager_is_not_found(db: object) -> None:
    org, elsewhere = await factories.organization(), await factories.organization()
    foreign = await factories.person(elsewhere)
    with pytest.raises(NotFound):
        await actions.create_person(
            system_actor(org.id), employee_id="1", email="a@example.test", given_name="A", family_name="B",
            facts={"line_manager_id": foreign.id},
        )
    assert not await AuditEvent.all().exists()


async def test_a_participant_adds_nobody(db: object) -> None:
    someone = await factories.person(await factories.organization())
    with pytest.raises(Refused):
        await actions.create_person(
            factories.actor_of(someone), employee_id="9", email="a@example.test", given_name="A", family_name="B"
        )


async def test_day_parts_replace_the_week_and_twice_is_once(db: object) -> None:
    someone = await factories.person(await factories.organization())
    actor = factories.actor_of(someone)
    await actions.set_day_parts(actor, [DayPart.EVENINGS])
    await actions.set_day_parts(actor, [DayPart.MORNINGS, DayPart.LUNCHTIMES])
    await actions.set_day_parts(actor, [DayPart.LUNCHTIMES, DayPart.MORNINGS])
    held = (await queries.availability_of(actor, [someone.id]))[someone.id]
    assert queries.day_parts_of(held) == {DayPart.MORNINGS, DayPart.LUNCHTIMES}
    assert await AuditEvent.filter(action="profile.change").count() == 2


async def test_confirming_what_a_file_said_keeps_its_minutes(db: object) -> None:
    someone = await factories.person(await factories.organization())
    await AvailabilityBlock.create(
        organization_id=someone.organization_id, person=someone, weekday=0, start_minute=540, end_minute=700,
        source=Source.FILE,
    )
    await actions.set_day_parts(factories.actor_of(someone), [DayPart.MORNINGS])
    assert [(row.start_minute, row.end_minute, row.source) for row in await AvailabilityBlock.all()] == [
        (540, 700, Source.PERSON)
    ]


async def test_skills_keep_their_order_and_take_over_a_files_word(db: object) -> None:
    org = await factories.organization()
    someone = await factories.person(org)
    first, second = await factories.competency(org, "Coaching"), await factories.competency(org, "Budgets")
    await PersonSkill.create(
        organization_id=org.id, person=someone, competency=first, side=SkillSide.OFFERED, source=Source.FILE
    )
    actor = factories.actor_of(someone)
    for _ in range(2):
        await actions.set_skills(actor, SkillSide.OFFERED, [second.id, first.id, second.id])
    held = await queries.skills_of(actor, [someone.id], SkillSide.OFFERED)
    assert [competency.name for competency in held[someone.id]] == ["Budgets", "Coaching"]
    assert {row.source for row in await PersonSkill.all()} == {Source.PERSON}
    assert await facts_published() == ["profile.changed"]


async def test_forged_foreign_and_retired_competencies_are_refused(db: object) -> None:
    org, elsewhere = await factories.organization(), await factories.organization()
    actor = factories.actor_of(await factories.person(org))
    foreign = await factories.competency(elsewhere)
    retired = await factories.competency(org, retired_at=foreign.retired_at or "2026-01-01T00:00:00Z")
    for chosen in (new_id(), foreign.id, retired.id):
        with pytest.raises(Invalid):
            await actions.set_skills(actor, SkillSide.WANTED, [chosen])
    assert not await PersonSkill.all().exists()


async def test_a_profile_remembers_what_the_person_wrote(db: object) -> None:
    actor = factories.actor_of(await factories.person(await factories.organization()))
    await actions.set_profile(actor, about=" Ships \x00and sails ", life_stage="Returning parent")
    profile = await actions.set_profile(actor, about="Ships and sails")
    assert profile.about == "Ships and sails"
    assert profile.own_fields == ["about", "life_stage"]
    assert await AuditEvent.all().count() == 1
    with pytest.raises(Invalid) as refused:
        await actions.set_profile(actor, about="x" * 2001, words_for_mentees="x" * 301)
    assert set(refused.value.fields) == {"about", "words_for_mentees"}


async def test_no_word_of_a_profile_reaches_audit_or_events(db: object) -> None:
    actor = factories.actor_of(await factories.person(await factories.organization()))
    await actions.set_profile(actor, about="canary", goal_text="canary")
    assert "canary" not in str([entry.detail for entry in await AuditEvent.all()])
    assert "canary" not in str([fact.payload for fact in await OutboxEvent.all()])


async def test_a_persons_own_facts_are_kept_as_theirs(db: object) -> None:
    someone = await factories.person(await factories.organization(), zone_assumed=True)
    actor = factories.actor_of(someone)
    changed = await actions.set_person_facts(
        actor, preferred_name="Nour", zone="Europe/Lisbon", languages=["pt", "en-GB"]
    )
    assert (changed.first_name, changed.zone_assumed, changed.languages) == ("Nour", False, ["pt", "en-GB"])
    rows = await PersonAttribute.all().order_by("name")
    assert [(row.name, row.value, row.source) for row in rows] == [
        ("languages", "pt;en-GB", Source.PERSON), ("preferred_name", "Nour", Source.PERSON),
        ("zone", "Europe/Lisbon", Source.PERSON),
    ]
    await actions.set_person_facts(actor, preferred_name="Nour")
    assert await PersonAttribute.all().count() == 3
    wrong: list[dict[str, Any]] = [
        {"zone": "Mars"}, {"language": "no language"}, {"languages": ["?"]}, {"preferred_name": "x" * 121},
    ]
    for given in wrong:
        with pytest.raises(Invalid):
            await actions.set_person_facts(actor, **given)


async def test_look_and_muted_kinds_are_stored_once(db: object) -> None:
    someone = await factories.person(await factories.organization())
    actor = factories.actor_of(someone)
    for _ in range(2):
        await actions.set_look(actor, Look.DARK)
        await actions.set_muted_kinds(actor, ["nudge", "digest", "nudge"])
    profile = await queries.profile_of(actor, someone.id)
    assert (profile.look, profile.muted_kinds) == (Look.DARK, ["digest", "nudge"])
    assert await AuditEvent.all().count() == 2
    with pytest.raises(Invalid):
        await actions.set_muted_kinds(actor, ["x" * 61])


async def test_each_consent_stands_alone_and_keeps_its_wording(db: object) -> None:
    org = await factories.organization()
    someone = await factories.person(org)
    actor = factories.actor_of(someone)
    admin = system_actor(org.id)
    await actions.publish_consent_text(admin, ConsentPurpose.MATCHING, "Use my profile to match me.", required=True)
    await actions.publish_consent_text(admin, ConsentPurpose.MATCHING, "Use my profile to match me.", required=True)
    await actions.publish_consent_text(admin, ConsentPurpose.ALUMNI, "Ask me again.")
    answers = {ConsentPurpose.MATCHING: True, ConsentPurpose.ALUMNI: False}
    assert len(await actions.record_consents(actor, answers)) == 2
    assert await actions.record_consents(actor, answers) == []
    await actions.publish_consent_text(admin, ConsentPurpose.MATCHING, "Use my skills to match me.", required=True)
    await actions.record_consents(actor, {ConsentPurpose.MATCHING: False}, channel="push")
    latest = await queries.consents_of(actor, someone.id)
    assert {purpose: consent.given for purpose, consent in latest.items()} == {
        ConsentPurpose.MATCHING: False, ConsentPurpose.ALUMNI: False
    }
    history = await queries.consent_history(actor, someone.id)
    assert [(row.purpose, row.text.version, row.given) for row in history if row.purpose == "MATCHING"] == [
        (ConsentPurpose.MATCHING, 2, False), (ConsentPurpose.MATCHING, 1, True)
    ]
    assert await ConsentText.all().count() == 3


async def test_two_who_publish_a_wording_at_once_make_one_version_of_it_or_two_in_turn(db: object) -> None:
    admin = system_actor((await factories.organization()).id)
    publish = partial(actions.publish_consent_text, admin, ConsentPurpose.MATCHING)
    same = await at_once(publish("Use my profile to match me."), publish("Use my profile to match me."))
    assert {text.version for text in same} == {1}
    others = await at_once(publish("Use my skills to match me."), publish("Use my goals to match me."))
    assert {text.version for text in others} == {2, 3}
    assert await ConsentText.all().count() == 3


async def test_no_wording_no_consent_and_no_participant_writes_one(db: object) -> None:
    actor = factories.actor_of(await factories.person(await factories.organization()))
    with pytest.raises(Invalid):
        await actions.record_consents(actor, {ConsentPurpose.RESULTS: True})
    with pytest.raises(Refused):
        await actions.publish_consent_text(actor, ConsentPurpose.RESULTS, "Anything")
    with pytest.raises(Invalid):
        await actions.publish_consent_text(system_actor(actor.organization_id), ConsentPurpose.RESULTS, " ")


async def test_a_machine_has_no_profile(db: object) -> None:
    actor = system_actor((await factories.organization()).id)
    with pytest.raises(NotFound):
        await actions.set_profile(actor, about="x")


async def test_staff_see_everybody_and_others_themselves(db: object) -> None:
    org, elsewhere = await factories.organization(), await factories.organization()
    me, colleague, foreign = [await factories.person(place) for place in (org, org, elsewhere)]
    plain = factories.actor_of(me)
    staff = factories.actor_of(me, Grant(Permission.ORG_PEOPLE_READ))
    assert (await queries.visible_person(plain, me.id)).id == me.id
    assert (await queries.visible_person(staff, colleague.id)).id == colleague.id
    for actor, hidden in ((plain, colleague), (plain, foreign), (staff, foreign)):
        with pytest.raises(NotFound):
            await queries.visible_person(actor, hidden.id)
    assert await queries.people_by_ids(staff, [me.id, foreign.id, new_id()]) == {me.id: me}
    with pytest.raises(NotFound):
        await queries.profile_of(staff, foreign.id)
    assert await queries.count_people(plain) == 1
    assert [one.id for one in await queries.find_people(staff, f"noor {colleague.employee_id}")] == [colleague.id]


async def test_a_line_ends_at_the_top_and_never_circles(db: object) -> None:
    org = await factories.organization()
    top = await factories.person(org)
    middle = await factories.person(org, line_manager=top)
    someone = await factories.person(org, line_manager=middle)
    actor = system_actor(org.id)
    assert [one.id for one in await queries.line_of(actor, someone.id)] == [middle.id, top.id]
    top.line_manager_id = someone.id
    await top.save()
    assert [one.id for one in await queries.line_of(actor, someone.id)] == [middle.id, top.id]
    assert [one.id for one in await queries.reports_of(actor, middle.id)] == [someone.id]
