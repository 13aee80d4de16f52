"""Who is who in a match: of mentor and mentee, of two peers, and in a circle with a host."""

import pytest

from server.matches import queries
from server.matches.models import Match, MatchMember
from server.programs.states import ParticipantRole
from tests import factories

ROLES = ParticipantRole


async def match_of(*roles: ParticipantRole) -> Match:
    run = await factories.cohort(await factories.program(await factories.organization()))
    people = [await factories.enrollment(run, await factories.person(await run_organization(run)), role)
              for role in roles]
    made = await factories.match(people[0], people[1])
    for one in people[2:]:
        await MatchMember.create(
            organization_id=one.organization_id, match=made, person_id=one.person_id, enrollment=one, role=one.role
        )
    await made.fetch_related("members")
    return made


async def run_organization(run: factories.Cohort) -> factories.Organization:
    return await (await run.program).organization


@pytest.mark.parametrize(("roles", "leads", "learning"), [
    ((ROLES.MENTEE, ROLES.MENTOR), ROLES.MENTOR, 1),
    ((ROLES.PEER, ROLES.PEER), ROLES.PEER, 2),
    ((ROLES.MENTEE, ROLES.MENTEE, ROLES.FACILITATOR, ROLES.MENTEE, ROLES.MENTEE), ROLES.FACILITATOR, 4),
])
async def test_members_stand_in_order_and_each_two_once(
    db: object, roles: tuple[ParticipantRole, ...], leads: ParticipantRole, learning: int
) -> None:
    match = await match_of(*roles)
    ordered = queries.in_order(match)
    assert ordered[0].role is leads
    assert [one.id for one in ordered[1:]] == sorted(one.id for one in ordered[1:])
    assert queries.sides(match) == (ordered[0], ordered[1])
    pairs = [frozenset((one.id, other.id)) for one, other in queries.pairs(match)]
    assert len(pairs) == len(set(pairs)) == len(roles) * (len(roles) - 1) // 2
    assert [one.role for one in queries.learners(match)].count(leads) == (learning if leads is ROLES.PEER else 0)
    assert len(queries.learners(match)) == learning
    assert [queries.is_mentor(match, one.person_id) for one in ordered] == [one.role is ROLES.MENTOR for one in ordered]
