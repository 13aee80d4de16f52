"""Who is put into a run: a consent taken back is honoured, and only the last word counts."""

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.language.encoders import Shipped
from server.language.vectors import embed
from server.matchmaking.gather import gather
from server.matchmaking.meant import keeping
from server.matchmaking.models import TextVector
from server.people.actions import publish_consent_text, record_consents
from server.people.models import Competency, PersonSkill, Profile
from server.people.states import ConsentPurpose, SkillSide
from server.programs.states import ParticipantRole
from tests import factories

MATCHING, RESULTS = ConsentPurpose.MATCHING, ConsentPurpose.RESULTS


async def test_what_people_wrote_is_read_in_the_words_of_the_framework_and_kept(db, monkeypatch):
    organization = await factories.organization()
    cohort = await factories.cohort(await factories.program(organization))
    skill = await factories.competency(organization, "Vorstellungsgespräche", aliases=["job interviews"])
    await factories.competency(organization, "Ruderboote", retired_at=clock.now())
    noor = await factories.person(organization)
    row = await factories.enrollment(cohort, noor, ParticipantRole.MENTEE)
    said = "Ruderboote! How do I prepare for a job interview at a large firm? I row on Sundays."
    await Profile.create(organization_id=organization.id, person_id=noor.id, goal_text=said)
    product = system_actor(organization.id)

    async def read():
        keeping._at_hand.clear()
        (one,) = (await gather(product, cohort)).pool.participants
        return one

    assert (await read()).goal_meant == ("Vorstellungsgespräche",)
    kept = await TextVector.filter(organization_id=organization.id).order_by("owner_kind")
    assert [(one.owner_kind, one.owner_id) for one in kept] == [("Competency", skill.id), ("Enrollment", row.id)]
    with monkeypatch.context() as patch:
        patch.setattr(Shipped, "embed", lambda _self, texts: embed([]) if not texts else pytest.fail("computed again"))
        assert (await read()).goal_meant == ("Vorstellungsgespräche",)
    await Competency.filter(id=skill.id).update(aliases=["rowing boats"])
    assert (await read()).goal_meant == (), "new words have a new meaning"
    await PersonSkill.create(organization_id=organization.id, person=noor, competency=skill, side=SkillSide.WANTED)
    await Competency.filter(id=skill.id).update(aliases=["job interviews"])
    chosen = await read()
    assert (chosen.goal_tags, chosen.goal_meant) == (("Vorstellungsgespräche",), ())


@pytest.mark.parametrize(("answers", "is_in"), [
    ((), True), (({MATCHING: True},), True), (({MATCHING: False},), False),
    (({MATCHING: True}, {MATCHING: False}), False), (({MATCHING: False}, {MATCHING: True}), True),
    (({MATCHING: True, RESULTS: False},), True),
])
async def test_whoever_took_back_the_consent_is_not_matched(db, answers, is_in):
    organization = await factories.organization()
    product = system_actor(organization.id)
    for purpose in (MATCHING, RESULTS):
        await publish_consent_text(product, purpose, "Use my profile")
    cohort = await factories.cohort(await factories.program(organization))
    noor, idris = [await factories.person(organization) for _ in range(2)]
    row = await factories.enrollment(cohort, noor, ParticipantRole.MENTEE)
    other = await factories.enrollment(cohort, idris, ParticipantRole.MENTOR)
    for answer in answers:
        await record_consents(factories.actor_of(noor), answer)
    found = {participant.id for participant in (await gather(product, cohort)).pool.participants}
    assert found == ({str(row.id)} if is_in else set()) | {str(other.id)}
