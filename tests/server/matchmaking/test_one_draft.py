"""A decision about one draft leaves every other draft byte for byte as it was (F9), whatever was decided before."""

import os
from contextlib import suppress
from datetime import timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tortoise.connection import get_connection

from server.access.queries import actor_for
from server.journey.byhand.actions import pair_by_hand
from server.kernel.actor import Actor
from server.kernel.errors import Conflict
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.queries import decisions, sides
from server.matches.states import MatchState, OverrideKind
from server.matchmaking import actions, queries
from server.matchmaking.queue import actions as queue
from server.matchmaking.runs.actions import carry_out, run_matching
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
