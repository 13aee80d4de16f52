"""The rows that tests begin with are what they say, and the counter counts on both engines."""

from server.matches.models import Match, MatchMember
from server.matches.states import MatchState
from tests.factories import active_match
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
