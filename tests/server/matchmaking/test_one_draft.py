"""A decision about one draft leaves every other draft byte for byte as it was (F9), whatever was decided before."""

import os
from contextlib import suppress

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tortoise.connection import get_connection

from server.access.queries import actor_for
from server.kernel.actor import Actor
from server.kernel.errors import Conflict
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking import actions, queries
from server.matchmaking.runs.actions import run_matching
from tests.web.console.market import Market, drafts_of, market

ACTS = ("lock", "unlock", "hold", "let in", "choose another")
EXAMPLES = 60 if os.environ.get("ITHACA_CHAOS") else 2
TABLES = {
    "match": "id", "match_member": "match_id", "match_override": "match_id", "outbox_event": "subject_id",
    "scheduled_action": "subject_id",
}
"""Where a draft leaves rows, and the column that names it."""
FIXED = ("enrollment", "match_suggestion", "match_run")
"""What no decision about a draft touches at all."""
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
async def test_every_other_draft_stays_as_it_was(db: object, history: list[Step]) -> None:
    found = await market(mentors=4, mentees=4)
    actor = await actor_for(found.manager)
    await run_matching(actor, found.cohort.id)
    for act, number, which in history:
        await one_step(found, actor, act, number, which)


async def one_step(found: Market, actor: Actor, act: str, number: int, which: int) -> None:
    drafts = await drafts_of(found)
    chosen = drafts[number % len(drafts)]
    others = {str(one.id) for one in drafts} - {str(chosen.id)}
    before = await rows_of(others)
    with suppress(Conflict):
        await decide(actor, act, chosen, which)
    assert await rows_of(others) == before, f"{act} touched another draft"
    now = await drafts_of(found)
    assert others <= {str(one.id) for one in now}
    assert len(now) == len(drafts), "every mentee keeps one draft"
    if act == "choose another" and chosen.id not in {one.id for one in now}:
        assert (await Match.get(id=chosen.id)).state is MatchState.CANCELLED
