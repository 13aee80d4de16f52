"""Runs against the database: drafts for review, decisions about one that leave the others alone."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match, MatchMember
from server.matches.states import DeclineReason, MatchState
from server.matchmaking import actions, queries, stored
from server.matchmaking.gather import places_left
from server.matchmaking.models import MatchRun, MatchSuggestion, TextVector
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.states import RunState
from server.people.models import Competency, Person, PersonSkill, Profile
from server.people.states import SkillSide
from server.programs.models import Cohort, Enrollment
from server.programs.states import ParticipantRole
from tests import factories

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
SKILLS = ("Python", "Negotiation", "Public speaking")


@dataclass
class Market:
    cohort: Cohort
    manager: Actor
    mentors: list[Enrollment]
    mentees: list[Enrollment]


async def with_skill(row: Enrollment, skill: Competency, side: SkillSide) -> Enrollment:
    await PersonSkill.create(
        organization_id=row.organization_id, person_id=row.person_id, competency=skill, side=side
    )
    return row


@pytest.fixture
async def market(db: object) -> Market:
    """Three skills, a mentor and a mentee for each, and two spare places."""
    org = await factories.organization()
    program = await factories.program(org)
    cohort = await factories.cohort(program)
    mentors, mentees = [], []
    for name in SKILLS:
        skill = await factories.competency(org, name)
        for role, side, rows in ((MENTOR, SkillSide.OFFERED, mentors), (MENTEE, SkillSide.WANTED, mentees)):
            grade = 7 if role is MENTOR else 5
            person = await factories.person(org, given_name=name, department=f"{role}s", seniority=grade)
            await factories.working_week(person)
            row = await factories.enrollment(cohort, person, role, capacity=2 if role is MENTOR else 1)
            rows.append(await with_skill(row, skill, side))
    manager = factories.manager_of(await factories.person(org), program)
    return Market(cohort, manager, mentors, mentees)


async def drafts(market: Market) -> list[Match]:
    return await match_queries.matches_in(market.manager, market.cohort.id, [MatchState.DRAFT])


async def bytes_of(matches_: list[Match]) -> dict[str, object]:
    return {str(row.id): await Match.filter(id=row.id).values() for row in matches_}


async def test_everybody_is_put_with_who_knows_what_they_want(market: Market) -> None:
    run = await run_matching(market.manager, market.cohort.id)
    pairs = {tuple(side.enrollment_id for side in match_queries.sides(draft)) for draft in await drafts(market)}
    assert pairs == {(mentor.id, mentee.id) for mentor, mentee in zip(market.mentors, market.mentees, strict=True)}
    assert run.result["violations"] == 0
    assert run.result["gap"] <= 0.001


async def test_reasons_are_stored_as_codes_and_read_back(market: Market) -> None:
    await run_matching(market.manager, market.cohort.id)
    explanation = stored.load((await drafts(market))[0].explanation)
    assert explanation is not None
    assert len(explanation.reasons) == 3
    assert len(explanation.factors) == 9


async def test_a_text_is_embedded_once_per_wording(market: Market) -> None:
    person_id = market.mentees[0].person_id
    await Profile.create(organization_id=market.cohort.organization_id, person_id=person_id, goal_text="Lead a review")
    await run_matching(market.manager, market.cohort.id)
    first = await TextVector.get(owner_id=market.mentees[0].id)
    await run_matching(market.manager, market.cohort.id)
    assert (await TextVector.get(owner_id=market.mentees[0].id)).made_at == first.made_at
    await Profile.filter(person_id=person_id).update(goal_text="Write clearly")
    await run_matching(market.manager, market.cohort.id)
    assert (await TextVector.get(owner_id=market.mentees[0].id)).source_digest != first.source_digest


async def test_a_new_run_says_anew_what_it_pairs_again_but_nothing_of_locked_ones(market: Market) -> None:
    await run_matching(market.manager, market.cohort.id)
    locked, *others = await drafts(market)
    await matches.lock_pair(market.manager, locked.id)
    before = await bytes_of([locked])
    run = await run_matching(market.manager, market.cohort.id)
    now = await drafts(market)
    assert await bytes_of([locked]) == before
    assert {draft.id: draft.run_id for draft in now} == {
        locked.id: locked.run_id, **{other.id: run.id for other in others}
    }


async def test_a_lock_takes_no_place_once_its_draft_is_over(market: Market) -> None:
    await run_matching(market.manager, market.cohort.id)
    locked = (await drafts(market))[0]
    mentor, mentee = match_queries.sides(locked)
    await matches.lock_pair(market.manager, locked.id)
    before = await places_left(market.manager, market.cohort)
    await matches.publish_match(market.manager, locked.id, undo_within=timedelta())
    assert await places_left(market.manager, market.cohort) == before, "asked for, it has one place, not two"
    await matches.decline_match(factories.actor_of(await mentor.person), locked.id, DeclineReason.TIMES)
    after = await places_left(market.manager, market.cohort)
    assert (after[mentor.enrollment_id], after[mentee.enrollment_id]) == (
        before[mentor.enrollment_id] + 1, before[mentee.enrollment_id] + 1
    )


async def test_an_unlocked_draft_is_like_any_other(market: Market) -> None:
    await run_matching(market.manager, market.cohort.id)
    locked, *others = await drafts(market)
    await matches.lock_pair(market.manager, locked.id)
    for _twice in range(2):
        await matches.unlock_pair(market.manager, locked.id)
    assert await queries.locked_matches(market.manager, market.cohort.id) == frozenset()
    before = await bytes_of(others)
    await matches.lock_pair(market.manager, locked.id)
    assert await queries.locked_matches(market.manager, market.cohort.id) == {locked.id}
    await matches.unlock_pair(market.manager, locked.id)
    assert await bytes_of(others) == before
    mentor, mentee = match_queries.sides(locked)
    await Person.filter(id=mentee.person_id).update(line_manager_id=mentor.person_id)
    await run_matching(market.manager, market.cohort.id)
    assert locked.id not in {draft.id for draft in await drafts(market)}


async def test_what_a_manager_chose_is_there_after_the_next_run(market: Market) -> None:
    await run_matching(market.manager, market.cohort.id)
    draft = (await drafts(market))[0]
    other = next(one for one in await queries.alternatives(market.manager, draft) if one.has_place)
    made = await actions.choose_another(market.manager, draft.id, other.mentor.id, "They asked")
    await run_matching(market.manager, market.cohort.id)
    assert made.id in {one.id for one in await drafts(market)}


async def test_the_same_input_gives_the_same_pairs(market: Market) -> None:
    first = await run_matching(market.manager, market.cohort.id)
    second = await run_matching(market.manager, market.cohort.id)
    assert first.pool_digest == second.pool_digest
    assert first.result["value"] == second.result["value"]


async def test_a_declined_pair_is_never_suggested_again_and_the_next_one_follows(market: Market) -> None:
    await run_matching(market.manager, market.cohort.id)
    asked = (await drafts(market))[0]
    mentor, mentee = match_queries.sides(asked)
    await matches.publish_match(market.manager, asked.id, undo_within=timedelta())
    person = factories.actor_of(await mentee.person)
    await matches.decline_match(person, asked.id, DeclineReason.TIMES)
    await drain()
    following = [draft for draft in await drafts(market) if mentee.enrollment_id in ids(draft)]
    assert len(following) == 1
    assert mentor.enrollment_id not in ids(following[0])
    await run_matching(market.manager, market.cohort.id)
    again = [draft for draft in await drafts(market) if mentee.enrollment_id in ids(draft)]
    assert all(mentor.enrollment_id not in ids(draft) for draft in again)


def ids(match: Match) -> set[object]:
    return {member.enrollment_id for member in match.members}


async def test_choosing_another_mentor_leaves_every_other_draft_alone(market: Market) -> None:
    await run_matching(market.manager, market.cohort.id)
    chosen, *others = await drafts(market)
    before = await bytes_of(others)
    offered = await queries.alternatives(market.manager, chosen)
    made = await actions.choose_another(market.manager, chosen.id, offered[0].mentor.id, "Closer in time.")
    assert await bytes_of(others) == before
    assert (await Match.get(id=chosen.id)).state is MatchState.CANCELLED
    members = await MatchMember.filter(match_id=made.id)
    assert offered[0].mentor.id in {member.enrollment_id for member in members}


async def test_choosing_another_needs_a_reason_and_a_free_place(market: Market) -> None:
    await run_matching(market.manager, market.cohort.id)
    chosen = (await drafts(market))[0]
    other = (await queries.alternatives(market.manager, chosen))[0].mentor
    with pytest.raises(Invalid):
        await actions.choose_another(market.manager, chosen.id, other.id, "  ")
    await Enrollment.filter(id=other.id).update(capacity=1)
    with pytest.raises(Conflict):
        await actions.choose_another(market.manager, chosen.id, other.id, "Closer in time.")


async def test_a_full_mentor_is_had_by_an_exchange_with_a_draft_and_no_other_draft_changes(market: Market) -> None:
    await Enrollment.filter(id__in=[row.id for row in market.mentors]).update(capacity=1)
    await run_matching(market.manager, market.cohort.id)
    one, two, three = await drafts(market)
    mine, theirs = (match_queries.sides(draft) for draft in (one, two))
    offered = {other.mentor.id: other for other in await queries.alternatives(market.manager, one)}
    choice = offered[theirs[0].enrollment_id]
    assert choice.trade is not None
    assert (choice.has_place, choice.trade.draft.id, choice.trade.left.id) == (False, two.id, theirs[1].person_id)
    before = await bytes_of([three])
    swap = one.id, theirs[0].enrollment_id, two.id
    with pytest.raises(Invalid):
        await actions.trade_mentors(market.manager, *swap, " ")
    made = await actions.trade_mentors(market.manager, *swap, "They asked")
    now = {draft.id: ids(draft) for draft in await drafts(market)}
    assert now[made.id] == {mine[1].enrollment_id, theirs[0].enrollment_id}
    assert {mine[0].enrollment_id, theirs[1].enrollment_id} in now.values()
    assert await bytes_of([three]) == before
    assert await queries.locked_matches(market.manager, market.cohort.id) == now.keys() - {three.id}
    with pytest.raises(Conflict):
        await actions.trade_mentors(market.manager, *swap, "Again")
    again = next(draft for draft in await drafts(market) if draft.id == three.id)
    assert not [one for one in await queries.alternatives(market.manager, again) if one.trade], "what is locked stays"


async def test_nobody_is_exchanged_into_a_pair_that_is_kept_apart_or_was_asked(market: Market) -> None:
    await Enrollment.filter(id__in=[row.id for row in market.mentors]).update(capacity=1)
    await run_matching(market.manager, market.cohort.id)
    one, two, _three = await drafts(market)
    mine, theirs = (match_queries.sides(draft) for draft in (one, two))
    await matches.ban_pair(market.manager, mine[0].enrollment_id, theirs[1].enrollment_id, reason="They asked.")
    offered = {other.mentor.id: other for other in await queries.alternatives(market.manager, one)}
    assert offered[theirs[0].enrollment_id].trade is None
    with pytest.raises(Conflict) as refusal:
        await actions.trade_mentors(market.manager, one.id, theirs[0].enrollment_id, two.id, "They asked")
    assert refusal.value.kind == "stale"


async def test_the_queue_sorts_drafts_by_what_they_need(market: Market) -> None:
    lonely = await factories.person(await market.cohort.program.organization)
    waiting = await factories.enrollment(market.cohort, lonely, MENTEE)
    await Enrollment.filter(id__in=[row.id for row in market.mentors]).update(capacity=1)
    await run_matching(market.manager, market.cohort.id)
    first, second, third = await drafts(market)
    await Match.filter(id__in=[first.id, second.id]).update(fit=88)
    await Match.filter(id=third.id).update(fit=70)
    await matches.hold_back(market.manager, second.id, True)
    queue = await queries.review_queue(market.manager, market.cohort.id)
    assert [draft.id for draft in queue.strong] == [first.id]
    assert {draft.id for draft in queue.look_closer} == {second.id, third.id}
    assert [(row.enrollment.id, row.position) for row in queue.unmatched] == [(waiting.id, 1)]
    assert queue.waiting == 4


async def test_only_who_runs_the_programme_matches_and_reviews(market: Market) -> None:
    stranger = factories.actor_of(await factories.person(await market.cohort.program.organization))
    foreign = factories.actor_of(await factories.person(await factories.organization()))
    with pytest.raises(Refused):
        await run_matching(stranger, market.cohort.id)
    for caller in (stranger, foreign):
        with pytest.raises(NotFound):
            await queries.review_queue(caller, market.cohort.id)
    assert not await MatchRun.all().exists()


async def test_a_run_that_fails_while_storing_leaves_nothing(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(matches, "replace_drafts", broken)
    with pytest.raises(ZeroDivisionError):
        await run_matching(market.manager, market.cohort.id)
    assert await MatchRun.all().values_list("state", "result") == [(RunState.RUNNING, {})], "the job does it again"
    assert not await MatchSuggestion.all().exists()


async def test_a_run_years_later_still_knows_who_was_paired(market: Market) -> None:
    await run_matching(market.manager, market.cohort.id)
    draft = (await drafts(market))[0]
    mentor, mentee = match_queries.sides(draft)
    await Match.filter(id=draft.id).update(state=MatchState.COMPLETED, active_at=clock.now(), published_at=clock.now())
    clock.move(timedelta(days=500))
    await run_matching(market.manager, market.cohort.id)
    for one in await drafts(market):
        assert {mentor.enrollment_id, mentee.enrollment_id} != ids(one)
