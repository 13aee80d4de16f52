"""You: each card is one act, everything of it or nothing; a needed consent is known as such."""

import pytest

from server.journey.you.actions import ProfileForm, save_profile, save_times, stop_matching
from server.journey.you.queries import my_consents, you_page
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.models import Message
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
    assert (page.person.zone, len(page.times.blocks)) == ("Africa/Nairobi", 5)
    with pytest.raises(Invalid) as refusal:
        await save_times(pair.mentee_actor, [], "Atlantis")
    assert sorted(refusal.value.fields) == ["day_parts", "zone"]


async def test_a_needed_consent_is_told_from_an_optional_one(pair):
    product = system_actor(pair.organization.id)
    await people.publish_consent_text(product, MATCHING, "Use my profile", required=True)
    await people.publish_consent_text(product, RESULTS, "Count my answers")
    held = await my_consents(pair.mentee_actor)
    assert (held.agreed, held.needed) == (set(), set())
    await people.record_consents(pair.mentee_actor, {MATCHING: True, RESULTS: True})
    held = (await you_page(pair.mentee_actor)).consents
    assert (held.agreed, held.needed) == ({MATCHING, RESULTS}, {MATCHING})
    assert [one.given for one in held.history] == [True, True]


@pytest.mark.parametrize("state", [MatchState.DRAFT, MatchState.AWAITING_BOTH, MatchState.ACTIVE])
async def test_who_takes_the_consent_back_keeps_what_runs_and_what_waits_is_taken_back(db, state):
    pair = await factories.active_match(state=state)
    await people.publish_consent_text(system_actor(pair.organization.id), MATCHING, "Use my profile", required=True)
    await people.record_consents(pair.mentee_actor, {MATCHING: True})
    await people.record_consents(pair.mentee_actor, {MATCHING: False})
    await drain()
    assert (await Match.get(id=pair.match.id)).state is state   # ten seconds to undo it
    with clock.at(clock.now() + people.UNDO):
        await drain()
    match = await Match.get(id=pair.match.id)
    assert match.state is (state if state is MatchState.ACTIVE else MatchState.CANCELLED)
    told = await Message.filter(kind="M05").values_list("recipient_id", flat=True)
    assert set(told) == (set() if state is MatchState.ACTIVE else {pair.mentor.id})   # who took it back knows it
    assert await stop_matching(system_actor(pair.organization.id), pair.mentee.id) == []


async def test_who_says_yes_again_in_time_loses_nothing_and_another_purpose_means_nothing(db):
    pair = await factories.active_match(state=MatchState.AWAITING_BOTH)
    for purpose in (MATCHING, RESULTS):
        await people.publish_consent_text(system_actor(pair.organization.id), purpose, "Use my profile")
    await people.record_consents(pair.mentee_actor, {MATCHING: False, RESULTS: False})
    await people.record_consents(pair.mentee_actor, {MATCHING: True})
    with clock.at(clock.now() + people.UNDO):
        await drain()
    assert (await Match.get(id=pair.match.id)).state is MatchState.AWAITING_BOTH
    with pytest.raises(Refused):
        await stop_matching(pair.mentor_actor, pair.mentee.id)


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
    assert len(few) == len(many) <= 12
