"""You: each card is one act, everything of it or nothing; a needed consent is known as such."""

import pytest

from server.journey.you.actions import ProfileForm, save_profile, save_times
from server.journey.you.queries import you_page
from server.kernel.actor import system_actor
from server.kernel.errors import Invalid, NotFound
from server.kernel.facts import AuditEvent
from server.people import actions as people
from server.people.states import ConsentPurpose, DayPart
from tests import factories
from tests.queries import queries_run

MATCHING, RESULTS = ConsentPurpose.MATCHING, ConsentPurpose.RESULTS


@pytest.fixture
async def pair(db):
    """Idris mentors Noor."""
    return await factories.active_match()


async def test_a_profile_is_saved_as_a_whole(pair):
    skill, other = [await factories.competency(pair.organization, name) for name in ("Coaching", "Negotiation")]
    await save_profile(pair.mentor_actor, ProfileForm(
        preferred_name="Ido", languages=["en", "sw"], about="I listen first.", words_for_mentees="Ask me.",
        offered=[skill.id], another_offered="negotiation", wanted=[other.id],
    ))
    page = await you_page(pair.mentor_actor)
    assert (page.person.first_name, page.person.languages) == ("Ido", ["en", "sw"])
    assert (page.profile.about, page.profile.words_for_mentees) == ("I listen first.", "Ask me.")
    assert ([one.name for one in page.offered], [one.name for one in page.wanted]) == (
        ["Coaching", "Negotiation"], ["Negotiation"],
    )
    assert page.is_mentor
    assert not (await you_page(pair.mentee_actor)).is_mentor


async def test_a_profile_with_something_to_mend_saves_nothing(pair):
    skills = [await factories.competency(pair.organization, f"Skill {number}") for number in range(6)]
    form = ProfileForm(
        preferred_name="x" * 121, about="I listen first.", offered=[one.id for one in skills],
        another_wanted="Juggling",
    )
    with pytest.raises(Invalid) as refusal:
        await save_profile(pair.mentor_actor, form)
    assert sorted(refusal.value.fields) == ["another_wanted", "offered", "preferred_name"]
    assert (await you_page(pair.mentor_actor)).profile.about == ""
    assert await AuditEvent.all().count() == 0


async def test_a_skill_of_another_organisation_is_none(pair):
    foreign = await factories.competency(await factories.organization())
    with pytest.raises(Invalid) as refusal:
        await save_profile(pair.mentor_actor, ProfileForm(wanted=[foreign.id]))
    assert list(refusal.value.fields) == ["wanted"]


async def test_times_are_saved_with_the_zone(pair):
    await save_times(pair.mentee_actor, [DayPart.EVENINGS], "Africa/Nairobi")
    page = await you_page(pair.mentee_actor)
    assert (page.person.zone, len(page.blocks)) == ("Africa/Nairobi", 5)
    with pytest.raises(Invalid) as refusal:
        await save_times(pair.mentee_actor, [], "Atlantis")
    assert sorted(refusal.value.fields) == ["day_parts", "zone"]


async def test_a_needed_consent_is_told_from_an_optional_one(pair):
    product = system_actor(pair.organization.id)
    await people.publish_consent_text(product, MATCHING, "Use my profile", required=True)
    await people.publish_consent_text(product, RESULTS, "Count my answers")
    page = await you_page(pair.mentee_actor)
    assert (page.agreed, page.needed_but_not(set())) == (set(), [])
    await people.record_consents(pair.mentee_actor, {MATCHING: True, RESULTS: True})
    page = await you_page(pair.mentee_actor)
    assert page.agreed == {MATCHING, RESULTS}
    assert [text.purpose for text in page.needed_but_not({RESULTS})] == [MATCHING]
    assert page.needed_but_not({MATCHING}) == []
    assert [one.given for one in page.history] == [True, True]


async def test_a_machine_has_no_page(pair):
    with pytest.raises(NotFound):
        await you_page(system_actor(pair.organization.id))


async def test_the_page_costs_the_same_for_one_and_for_thirty(pair):
    with queries_run() as few:
        await you_page(pair.mentor_actor)
    for number in range(30):
        await factories.competency(pair.organization, f"Skill {number}")
    with queries_run() as many:
        page = await you_page(pair.mentor_actor)
    assert len(page.to_choose([])) == 16
    assert len(few) == len(many) <= 11
