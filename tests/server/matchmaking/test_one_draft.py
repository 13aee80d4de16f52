"""A decision about one draft leaves every other draft byte for byte as it was (F9), whatever was decided before."""

import os
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tortoise.connection import get_connection

from server.access.queries import actor_for
from server.journey.byhand.actions import pair_by_hand
from server.journey.learning.queries import lived
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict
from server.kernel.facts import AuditEvent
from server.matches import actions as matches
from server.matches.models import Match, Proposal
from server.matches.queries import decisions, sides
from server.matches.states import MatchState, OverrideKind
from server.matchmaking import actions, queries
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.queue import actions as queue
from server.matchmaking.runs.actions import carry_out, run_matching
from server.people.models import Person
from tests import factories
from tests.web.console.market import Market, drafts_of, market

ACTS = ("lock", "unlock", "hold", "let in", "choose another", "pair by hand", "ban", "lift")
EXAMPLES = 60 if os.environ.get("ITHACA_CHAOS") else 2
TABLES = {
    "match": "id", "match_member": "match_id", "match_override": "match_id", "outbox_event": "subject_id",
    "scheduled_action": "subject_id",
}
"""Where a draft leaves rows, and the column that names it."""
FIXED = ("enrollment", "match_suggestion", "match_run")
"""What no decision about a draft touches at all; a ban may compute one mentee's row anew, which adds to it."""
Step = tuple[str, int, int]
Rows = dict[str, list[str]]


async def dump(table: str) -> list[dict[str, object]]:
    """Every row of a table as the database gives it: no field of ours in between."""
    rows: list[dict[str, object]] = await get_connection("default").execute_query_dict(f'SELECT * FROM "{table}"')
    return rows


async def rows_of(drafts: set[str]) -> Rows:
    """All rows of some drafts, and all of what belongs to everybody, as texts in a fixed order."""
    found = {
        table: sorted(repr(row) for row in await dump(table) if str(row[column]) in drafts)
        for table, column in TABLES.items()
    }
    return found | {table: sorted(map(repr, await dump(table))) for table in FIXED}


async def decide(actor: Actor, act: str, match: Match, which: int) -> None:
    """One word of the manager about one draft; what does not fit is refused."""
    if act == "lock":
        await matches.lock_pair(actor, match.id)
    elif act == "unlock":
        await matches.unlock_pair(actor, match.id)
    elif act in ("hold", "let in"):
        await matches.hold_back(actor, match.id, act == "hold")
    elif act == "pair by hand":
        mentor, mentee = sides(await matches_with_members(actor, match))
        await matches.discard_match(actor, match.id)
        await pair_by_hand(actor, mentor.enrollment_id, mentee.enrollment_id)
    elif act == "ban":
        mentor, mentee = sides(await matches_with_members(actor, match))
        await matches.ban_pair(
            actor, mentor.enrollment_id, mentee.enrollment_id, reason="They asked.", undo_within=timedelta()
        )
        await queue.suggest_next(actor, mentee.enrollment_id)
    elif act == "lift":
        for ban in await decisions(actor).filter(kind=OverrideKind.BAN):
            await matches.lift_ban(actor, ban.id)
    else:
        whole = await matches_with_members(actor, match)
        others = await queries.alternatives(actor, whole)
        if others:
            await actions.choose_another(actor, match.id, others[which % len(others)].mentor.id, "Closer in time.")


async def matches_with_members(actor: Actor, match: Match) -> Match:
    found = await Match.get(id=match.id).prefetch_related("members")
    assert found.organization_id == actor.organization_id
    return found


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=6))
@example(history=[("choose another", 0, 0), ("choose another", 1, 0), ("lock", 0, 0), ("hold", 2, 0), ("unlock", 0, 0)])
@example(history=[("ban", 0, 0), ("ban", 1, 0), ("pair by hand", 2, 0), ("lift", 0, 0), ("ban", 3, 0)])
async def test_every_other_draft_stays_as_it_was(db: object, history: list[Step]) -> None:
    found = await market(mentors=4, mentees=4)
    actor = await actor_for(found.manager)
    await run_matching(actor, found.cohort.id)
    for act, number, which in history:
        await one_step(found, actor, act, number, which)


async def test_later_runs_keep_what_a_ban_does_not_touch(db: object) -> None:
    """A run for who is left keeps every other draft byte for byte, a run for everybody the locked ones."""
    found = await market(mentors=4, mentees=4)
    actor = await actor_for(found.manager)
    await run_matching(actor, found.cohort.id)
    first, second, *_others = await drafts_of(found)
    mentor, mentee = sides(await matches_with_members(actor, first))
    await matches.lock_pair(actor, second.id)
    others = {str(one.id) for one in await drafts_of(found)} - {str(first.id)}
    before = await rows_of(others)
    await matches.ban_pair(actor, mentor.enrollment_id, mentee.enrollment_id, reason="They asked.")
    await carry_out(actor, (await queue.match_newcomers(actor, found.cohort.id)).id)
    now = await drafts_of(found)
    assert len(now) == 4, "who was left is placed"
    assert {table: (await rows_of(others))[table] for table in TABLES} == {table: before[table] for table in TABLES}
    locked = await rows_of({str(second.id)})
    await run_matching(actor, found.cohort.id)
    assert {table: (await rows_of({str(second.id)}))[table] for table in TABLES} == {
        table: locked[table] for table in TABLES
    }
    together = {tuple(one.enrollment_id for one in sides(await matches_with_members(actor, draft)))
                for draft in await drafts_of(found)}
    assert len(together) == 4
    assert (mentor.enrollment_id, mentee.enrollment_id) not in together


async def said_of(found: Market) -> dict[tuple[object, object], Match]:
    """The draft of each two."""
    rows = [await matches_with_members(await actor_for(found.manager), one) for one in await drafts_of(found)]
    return {tuple(one.enrollment_id for one in sides(row)): row for row in rows}


async def whole_run(found: Market, actor: Actor, looked_at_first: bool) -> MatchRun:
    if not looked_at_first:
        return await run_matching(actor, found.cohort.id)
    shown = await carry_out(actor, (await queue.preview_matching(actor, found.cohort.id)).id)
    return await queue.use_run(actor, shown.id)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), min_size=1, max_size=3))
@example(moves=[(0, 0, False), (1, 0, True)])
async def test_who_is_paired_again_keeps_the_draft_and_others_lose_theirs(
    db: object, moves: list[tuple[int, int, bool]]
) -> None:
    """A mentee comes to work under a mentor, which may part them from theirs, and everybody is matched again."""
    found = await market(mentors=4, mentees=4)
    actor = await actor_for(found.manager)
    await run_matching(actor, found.cohort.id)
    held = (await drafts_of(found))[0].id
    await matches.hold_back(actor, held, True)
    for mentee, mentor, looked_at_first in moves:
        boss = found.mentors[mentor].person_id
        await Person.filter(id=found.mentees[mentee].person_id).update(line_manager_id=boss, location="Porto")
        before, log = await said_of(found), sorted(map(repr, await dump("proposal")))
        members = await rows_of({str(one.id) for one in before.values()})
        run = await whole_run(found, actor, looked_at_first)
        now = await said_of(found)
        same = now.keys() & before.keys()
        assert {two: now[two].id for two in same} == {two: before[two].id for two in same}
        assert not {one.id for two, one in now.items() if two not in same} & {one.id for one in before.values()}
        gone = await Match.filter(id__in=[one.id for two, one in before.items() if two not in same])
        assert {one.state for one in gone} <= {MatchState.CANCELLED}
        assert set(log) <= set(map(repr, await dump("proposal"))), "the log of proposals is written once"
        after = await rows_of({str(one.id) for one in before.values()})
        assert after["match_member"] == members["match_member"]
        chosen = {
            (one.mentor_enrollment_id, one.mentee_enrollment_id): one
            for one in await MatchSuggestion.filter(run_id=run.id, chosen=True)
        }
        assert chosen.keys() == now.keys()
        for two, draft in now.items():
            assert (draft.fit, draft.run_id) == (round(chosen[two].fit), run.id)
            assert draft.confidence == pytest.approx(chosen[two].confidence, abs=1e-4)
            assert draft.explanation == chosen[two].factors
            assert draft.held_back == (draft.id == held)


async def test_learning_goes_by_what_the_last_run_knew_of_a_draft_that_was_kept(db: object) -> None:
    found = await market(mentors=1, mentees=1)
    actor, product = await actor_for(found.manager), system_actor(found.organization.id)
    first = await run_matching(actor, found.cohort.id)
    await Person.filter(id=found.mentees[0].person_id).update(location="Porto", department="Legal")
    second = await run_matching(actor, found.cohort.id)
    (draft,) = await drafts_of(found)
    acts = AuditEvent.filter(target_id=draft.id).order_by("id")
    assert await acts.values_list("action", flat=True) == ["match.suggest", "match.suggest_again"]
    await matches.publish_match(actor, draft.id, undo_within=timedelta())
    await matches.decline_match(factories.actor_of(found.mentees[0].person), draft.id)
    was, is_now = [(await MatchSuggestion.get(run_id=run.id)).evidence["features"] for run in (first, second)]
    assert was != is_now
    assert (await Proposal.get(match_id=draft.id)).features == was
    assert [one.features for one in await lived(product, found.program.type)] == [is_now]


async def one_step(found: Market, actor: Actor, act: str, number: int, which: int) -> None:
    drafts = await drafts_of(found)
    chosen = drafts[number % len(drafts)]
    others = {str(one.id) for one in drafts} - {str(chosen.id)}
    before = await rows_of(others)
    with suppress(Conflict):
        await decide(actor, act, chosen, which)
    after = await rows_of(others)
    assert all(set(before[table]) <= set(after[table]) for table in FIXED)
    settled = TABLES if act == "ban" else (*TABLES, *FIXED)
    assert {table: after[table] for table in settled} == {table: before[table] for table in settled}, (
        f"{act} touched another draft"
    )
    now = await drafts_of(found)
    assert others <= {str(one.id) for one in now}
    assert len(now) == len(drafts) or act == "ban", "every mentee keeps one draft"
    if act == "choose another" and chosen.id not in {one.id for one in now}:
        assert (await Match.get(id=chosen.id)).state is MatchState.CANCELLED
