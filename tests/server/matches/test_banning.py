"""Two people whom a manager keeps apart: their draft goes, the next one follows, and nothing brings them together."""

import pytest
from tortoise.connection import get_connection

from server.access.queries import actor_for
from server.kernel import clock
from server.kernel.actor import Actor, Grant, Permission
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matches import actions, queries
from server.matches.actions import Draft
from server.matches.models import Match, MatchOverride
from server.matches.proposals import Evidence
from server.matches.states import MatchState
from server.matches.steps import UNDO_ONE
from server.matchmaking import queries as matchmaking
from server.matchmaking.runs import places
from server.matchmaking.runs.actions import run_matching
from server.programs.models import Program
from server.programs.states import ParticipantRole, ProgramType
from tests import factories
from tests.web.console.market import Market, draft, drafts_of, market

WHY = "They worked on one complaint."
pytestmark = pytest.mark.usefixtures("clock_stands")


@pytest.fixture
async def found(db: object) -> Market:
    return await market()


async def banned(found: Market, actor: Actor, number: int = 0) -> MatchOverride:
    return await actions.ban_pair(actor, found.mentees[number].id, found.mentors[number].id, reason=WHY)


async def test_the_draft_goes_at_once_and_the_next_best_once_it_cannot_be_undone(found: Market) -> None:
    actor = await actor_for(found.manager)
    await run_matching(actor, found.cohort.id)
    (gone,) = await queries.drafts_between(actor, found.mentees[0].id, found.mentors[0].id)
    ban = await banned(found, actor)
    assert (await banned(found, actor)).id == ban.id, "twice is harmless"
    assert (await Match.get(id=gone.id)).state is MatchState.CANCELLED
    await drain()
    assert len(await drafts_of(found)) == 2, "nothing follows while it can be undone"
    clock.move(UNDO_ONE)
    await drain()
    assert len(await drafts_of(found)) == 3
    assert not await queries.drafts_between(actor, found.mentees[0].id, found.mentors[0].id)
    trail = AuditEvent.filter(target_id=ban.id)
    assert [(one.action, one.actor_id) for one in await trail] == [("match.ban", str(found.manager.id))]
    (row,) = await get_connection("default").execute_query_dict("SELECT reason FROM match_override")
    assert WHY not in str(row["reason"]), "kept encrypted"


async def test_undone_in_time_everything_stands_as_before(found: Market) -> None:
    actor = await actor_for(found.manager)
    there = await draft(found)
    ban = await banned(found, actor)
    assert await actions.undo_ban(actor, ban.id)
    assert not await actions.undo_ban(actor, ban.id)
    clock.move(UNDO_ONE)
    await drain()
    assert [one.id for one in await drafts_of(found)] == [there.id]
    late = await banned(found, actor)
    clock.move(UNDO_ONE)
    assert not await actions.undo_ban(actor, late.id)
    assert (await Match.get(id=there.id)).state is MatchState.CANCELLED


async def test_lifted_it_says_by_whom_and_they_may_be_brought_together(found: Market) -> None:
    actor = await actor_for(found.manager)
    ban = await banned(found, actor)
    with pytest.raises(Conflict) as refusal:
        await actions.suggest_match(actor, found.mentors[0].id, found.mentees[0].id)
    assert refusal.value.kind == "apart"
    for _ in range(2):
        lifted = await actions.lift_ban(actor, ban.id)
    assert (lifted.lifted_by, lifted.reason) == (str(found.manager.id), WHY)
    assert await AuditEvent.filter(action="match.lift_ban").count() == 1
    await run_matching(actor, found.cohort.id)
    assert await queries.drafts_between(actor, found.mentees[0].id, found.mentors[0].id), "the best two again"


async def test_nothing_brings_two_together_who_are_kept_apart(found: Market) -> None:
    actor = await actor_for(found.manager)
    mentor, mentee = found.mentors[0], found.mentees[0]
    await run_matching(actor, found.cohort.id)
    (gone,) = await queries.drafts_between(actor, mentee.id, mentor.id)
    await actions.discard_match(actor, gone.id, undo_within=UNDO_ONE)
    await banned(found, actor)
    with pytest.raises(Conflict):
        await actions.undo_change(actor, gone.id)
    choice = await matchmaking.next_choice(actor, mentee.id)
    assert choice is not None
    assert choice.mentor_enrollment_id != mentor.id
    theirs = Draft(mentor.id, mentee.id, 99, 0.5, {}, Evidence("1", "1", "1", 99, 0.5))
    assert await places.still_possible(actor, found.cohort, [theirs]) == [], "decided while a run was under way"


async def test_of_two_peers_either_order_is_the_same(found: Market) -> None:
    await Program.filter(id=found.program.id).update(type=ProgramType.PEER)
    actor = await actor_for(found.manager)
    one, other = [
        await factories.enrollment(found.cohort, await factories.person(found.organization), ParticipantRole.PEER)
        for _ in range(2)
    ]
    ban = await actions.ban_pair(actor, one.id, other.id, reason=WHY)
    assert (await actions.ban_pair(actor, other.id, one.id, reason=WHY)).id == ban.id
    await run_matching(actor, found.cohort.id)
    assert not await queries.drafts_between(actor, one.id, other.id)
    await actions.lift_ban(actor, ban.id)
    await run_matching(actor, found.cohort.id)
    assert await queries.drafts_between(actor, one.id, other.id)


async def test_only_who_runs_the_programme_decides_and_says_why(found: Market) -> None:
    actor, (one, other) = await actor_for(found.manager), (found.mentees[0].id, found.mentors[0].id)
    for reason in ("", "  ", "m" * 501):
        with pytest.raises(Invalid):
            await actions.ban_pair(actor, one, other, reason=reason)
    outsider = (await factories.active_match()).manager_actor
    for who in (outsider, factories.actor_of(found.stranger), factories.actor_of(found.mentees[0].person)):
        with pytest.raises(NotFound):
            await actions.ban_pair(who, one, other, reason=WHY)
    with pytest.raises(Conflict):
        await actions.ban_pair(actor, one, found.mentees[1].id, reason=WHY)
    ban = await banned(found, actor)
    for act in (actions.lift_ban, actions.undo_ban):
        with pytest.raises(NotFound):
            await act(outsider, ban.id)
    reader = factories.actor_of(found.stranger, Grant(Permission.PROGRAM_MATCHES_READ, found.program.id))
    for act in (actions.lift_ban, actions.undo_ban):
        with pytest.raises(Refused):
            await act(reader, ban.id)


async def test_a_match_that_is_open_is_ended_first(found: Market) -> None:
    await factories.match(found.mentors[0], found.mentees[0], state=MatchState.AWAITING_BOTH)
    with pytest.raises(Conflict) as refusal:
        await banned(found, await actor_for(found.manager))
    assert refusal.value.kind == "open"
