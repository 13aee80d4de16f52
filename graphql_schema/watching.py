"""Subscriptions: told by the server as it happens, by server-sent events (docs/decisions/0005)."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

import strawberry

from graphql_schema.context import Info
from graphql_schema.ids import key_of
from graphql_schema.matchmaking import MatchRunType
from server.kernel.actor import Actor
from server.kernel.errors import TooMany
from server.kernel.text import gettext as _
from server.matchmaking.runs.watching import progress_of

WATCHES = 5
"""So many things one person looks at once, in one process: a few tabs, and one that was left open."""
RETRY_S = 30

watched: Counter[str] = Counter()
"""How many subscriptions each person or machine has open here."""


@strawberry.type(description="What is told as it happens: ask by POST, and accept text/event-stream.")
class Subscription:
    @strawberry.subscription(
        description="A run as it stands, and again each time it has come further, until it is over. Ends after five"
        " minutes at the latest: ask again."
    )
    async def match_run_progress(self, info: Info, run_id: strawberry.ID) -> AsyncGenerator[MatchRunType, None]:
        actor = info.context.actor
        with one_more(actor):
            async with aclosing(progress_of(actor, key_of("MatchRun", run_id))) as progress:
                async for run in progress:
                    yield MatchRunType.of(run)


@contextmanager
def one_more(actor: Actor) -> Iterator[None]:
    """Count a subscription while it is open.

    Raises:
        TooMany: WATCHES are open already.
    """
    if watched[actor.id] >= WATCHES:
        raise TooMany(_("You look on at %(most)d runs already. Close one.") % {"most": WATCHES}, retry_after_s=RETRY_S)
    watched[actor.id] += 1
    try:
        yield
    finally:
        watched[actor.id] -= 1
        if not watched[actor.id]:
            del watched[actor.id]
