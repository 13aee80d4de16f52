"""The thread of a circle: one for all who are in it, whoever joins later too, and nobody else."""

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import NotFound
from server.kernel.jobs import drain
from server.matches.models import MatchMember
from server.matches.states import Approval
from server.messaging import actions, queries
from server.notifications.models import Message
from tests import factories
from tests.factories import Circle


@pytest.fixture
async def circle(db: object) -> Circle:
    return await factories.active_circle()


async def readers(circle: Circle) -> set[str]:
    found = set()
    for actor, person in zip(circle.member_actors, circle.members, strict=True):
        try:
            page = await queries.thread_page(actor, circle.match.id)
        except NotFound:
            continue
        found |= {person.given_name} if page.words else set()
    return found


async def test_everybody_but_the_writer_is_told_and_who_is_asked_still_reads_nothing(circle: Circle) -> None:
    await MatchMember.filter(person_id=circle.members[5].id).update(approval=Approval.PENDING)
    await actions.send_message(circle.member_actors[0], circle.match.id, "Same room as last time.")
    await drain()
    told = set(await Message.filter(kind="A02").values_list("recipient_id", flat=True))
    assert told == {circle.facilitator.id, *(one.id for one in circle.members[1:5])}
    assert await readers(circle) == {"Ana", "Bao", "Chidi", "Dina", "Emre"}
    assert await queries.unread_count(circle.member_actors[1]) == 1


async def test_who_joins_later_reads_it_all_and_who_leaves_no_more(circle: Circle) -> None:
    system = system_actor(circle.organization.id)
    late = MatchMember.filter(person_id=circle.members[5].id)
    await late.update(approval=Approval.PENDING)
    await actions.send_message(circle.member_actors[0], circle.match.id, "Same room as last time.")
    await late.update(approval=Approval.ACCEPTED)
    await MatchMember.filter(person_id=circle.members[1].id).update(left_at=clock.now())
    for _twice in range(2):
        await actions.follow_members(system, circle.match.id)
    assert await readers(circle) == {"Ana", "Chidi", "Dina", "Emre", "Noor"}
    assert await queries.unread_count(circle.member_actors[5]) == 0
    assert await queries.unread_count(circle.member_actors[1]) == 0
    with pytest.raises(NotFound):
        await actions.send_message(circle.member_actors[1], circle.match.id, "Still here?")
