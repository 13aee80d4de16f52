"""The rows that tests begin with are what they say, and the counter counts on both engines."""

import pytest

from server.kernel import clock
from server.kernel.errors import NotFound
from server.matches import queries
from server.matches.models import Match, MatchMember
from server.matches.states import MatchKind, MatchState
from tests.factories import active_circle, active_match
from tests.queries import queries_run


async def test_an_active_match_has_two_members_of_one_organization(db: object) -> None:
    pair = await active_match()
    members = await MatchMember.filter(match_id=pair.match.id).order_by("role")
    assert [member.person_id for member in members] == [pair.mentee.id, pair.mentor.id]
    assert {member.organization_id for member in members} == {pair.organization.id}
    assert pair.match.state is MatchState.ACTIVE


async def test_every_statement_is_counted_and_none_afterwards(db: object) -> None:
    pair = await active_match()
    with queries_run() as ran:
        await Match.filter(id=pair.match.id).prefetch_related("members")
    assert len(ran) == 2
    await Match.filter(id=pair.match.id)
    assert len(ran) == 2


async def test_an_active_circle_has_six_members_and_who_leads_them(db: object) -> None:
    made = await active_circle()
    match = await Match.get(id=made.match.id).prefetch_related("members")
    assert match.kind is MatchKind.CIRCLE
    assert match.state is MatchState.ACTIVE
    assert [one.person_id for one in queries.in_order(match)] == [one.id for one in (made.facilitator, *made.members)]


async def test_who_left_a_circle_is_no_member_of_it_and_takes_no_place(db: object) -> None:
    made = await active_circle()
    gone = await MatchMember.get(match_id=made.match.id, person_id=made.members[0].id)
    gone.left_at = clock.now()
    await gone.save()
    match = await queries.visible_match(made.manager_actor, made.match.id)
    assert made.members[0].id not in {one.person_id for one in queries.in_order(match)}
    ids = [one.id for one in made.enrollments]
    assert set(await queries.seats_taken(made.manager_actor, ids, MatchKind.CIRCLE)) == set(ids[1:])
    assert await queries.seats_taken(made.manager_actor, ids) == {}
    with pytest.raises(NotFound):
        await queries.visible_match(made.member_actors[0], made.match.id)
