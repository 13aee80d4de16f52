"""Who is put into a run: a consent taken back is honoured, and only the last word counts."""

import pytest

from server.kernel.actor import system_actor
from server.matchmaking.gather import gather
from server.people.actions import publish_consent_text, record_consents
from server.people.states import ConsentPurpose
from server.programs.states import ParticipantRole
from tests import factories

MATCHING, RESULTS = ConsentPurpose.MATCHING, ConsentPurpose.RESULTS


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
