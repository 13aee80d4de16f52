"""Conflicts of interest: in force in every programme, and nobody's business who is one of the two."""

import asyncio

import pytest

from server.journey.asking.actions import ask_for_match
from server.journey.byhand.actions import pair_by_hand
from server.kernel.actor import Actor
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.ids import new_id
from server.matches.conflicts import queries
from server.matches.conflicts.actions import declare_conflict, lift_conflict
from server.matches.models import ConflictOfInterest, Match
from server.matches.states import MatchState
from server.matchmaking.circles.queries import circle_rule
from server.matchmaking.engine import RuleCode
from server.matchmaking.queries import review_queue
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.today.actions import publish_match
from server.programs.states import ParticipantRole
from tests import factories
from tests.web.console.market import Market, draft, drafts_of, market

WHY = "They are married."


def manager(found: Market) -> Actor:
    return factories.manager_of(found.manager, found.program)


async def declared(found: Market, mentor: int = 0, mentee: int = 0) -> ConflictOfInterest:
    two = found.mentees[mentee].person_id, found.mentors[mentor].person_id
    return await declare_conflict(manager(found), *two, reason=WHY)


async def test_it_holds_in_runs_by_hand_for_requests_and_for_drafts_of_another_programme(db: object) -> None:
    found = await market(1, 1)
    elsewhere = await factories.program(found.organization, mentees_may_ask=True)
    cohort = await factories.cohort(elsewhere)
    mentor = await factories.enrollment(cohort, await found.mentors[0].person, ParticipantRole.MENTOR)
    mentee = await factories.enrollment(cohort, await found.mentees[0].person, ParticipantRole.MENTEE)
    drafted = await factories.match(mentor, mentee, state=MatchState.DRAFT)
    made = await declared(found)
    run = await run_matching(manager(found), found.cohort.id)
    assert (run.result["matched"], await drafts_of(found)) == (0, [])
    with pytest.raises(Conflict) as refusal:
        await pair_by_hand(manager(found), found.mentors[0].id, found.mentees[0].id)
    assert refusal.value.kind == "rule"
    with pytest.raises(Conflict, match="can't be matched") as refusal:
        await ask_for_match(factories.actor_of(await found.mentees[0].person), mentee.id, mentor.id)
    other = factories.manager_of(found.manager, elsewhere)
    with pytest.raises(Conflict, match="conflict of interest"):
        await publish_match(other, drafted.id)
    (bar,) = (await review_queue(other, cohort.id)).barred.values()
    assert (bar.code, bar.since) == (RuleCode.CONFLICT, made.at.date())
    await lift_conflict(manager(found), made.id)
    assert (await publish_match(other, drafted.id)).state is MatchState.AWAITING_BOTH
    await run_matching(manager(found), found.cohort.id)
    assert len(await drafts_of(found)) == 1


async def test_it_holds_in_a_circle(db: object) -> None:
    circle = await factories.active_circle()
    match = await Match.get(id=circle.match.id).prefetch_related("members", "cohort__program")
    assert await circle_rule(circle.manager_actor, match) is None
    await factories.conflict(circle.members[0], circle.members[1])
    assert await circle_rule(circle.manager_actor, match) is RuleCode.CONFLICT


async def test_twice_in_whatever_order_is_one_and_lifting_twice_is_harmless(db: object) -> None:
    found = await market(1, 1)
    made = await declared(found)
    again = await declare_conflict(
        manager(found), found.mentors[0].person_id, found.mentees[0].person_id, reason="Another"
    )
    assert (made.id, again.reason) == (again.id, WHY)
    lifted = await lift_conflict(manager(found), made.id)
    assert (await lift_conflict(manager(found), made.id)).lifted_at == lifted.lifted_at
    assert (await declared(found)).id != made.id


async def test_neither_of_the_two_nor_a_stranger_to_one_reads_declares_or_lifts(db: object) -> None:
    found = await market(1, 2)
    made = await declared(found)
    two = made.one_id, made.other_id
    away = await factories.active_match()
    colleague = await factories.active_match(found.organization)
    actors = (
        factories.manager_of(await found.mentors[0].person, found.program), factories.actor_of(found.stranger),
        factories.actor_of(await found.mentees[1].person), away.manager_actor, colleague.manager_actor,
    )
    for actor in actors:
        assert await queries.conflicts_of(actor, two[0]) == []
        for act in (declare_conflict(actor, *two, reason=WHY), lift_conflict(actor, made.id)):
            with pytest.raises(NotFound):
                await act
    assert [row.id for row in await queries.conflicts_of(manager(found), two[1])] == [made.id]


async def test_what_cannot_be_declared_says_why(db: object) -> None:
    found = await market(1, 1)
    two = found.mentors[0].person_id, found.mentees[0].person_id
    for reason in ("", "x" * 501):
        with pytest.raises(Invalid) as wrong:
            await declare_conflict(manager(found), *two, reason=reason)
        assert wrong.value.fields.keys() == {"reason"}
    with pytest.raises(Conflict, match="two different people"):
        await declare_conflict(manager(found), two[0], two[0], reason=WHY)
    with pytest.raises(NotFound):
        await declare_conflict(manager(found), two[0], new_id(), reason=WHY)
    await factories.match(found.mentors[0], found.mentees[0])
    with pytest.raises(Conflict, match="End it first"):
        await declared(found)
    assert not await ConflictOfInterest.exists()


async def test_who_declares_and_who_approves_never_both_win(db: object) -> None:
    found = await market(1, 1)
    made = await draft(found)
    await asyncio.gather(publish_match(manager(found), made.id), declared(found), return_exceptions=True)
    is_open = (await Match.get(id=made.id)).state is MatchState.AWAITING_BOTH
    assert is_open is not await ConflictOfInterest.exists()


