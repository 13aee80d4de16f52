"""What became of earlier pairs, for everybody who judges people today: the one place where a pool gets its history."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.matches.models import Match
from server.matches.queries import lived_matches, sides
from server.matches.states import MatchKind
from server.matchmaking.engine.pool import PastPair
from server.matchmaking.learned.outcomes import Outcome, outcomes_of, past_pair

MONTH = timedelta(days=365.25 / 12)


async def history_of(actor: Actor, person_ids: Collection[UUID]) -> tuple[PastPair, ...]:
    """What became of every match, in any programme, of some people.

    Pairs that never were answered are left out: two people may be brought together again. Of peers it is known who met
    whom, which says nothing of a mentor; who met in a circle may still be paired. Each says how long ago it ended.
    """
    reader = system_actor(actor.organization_id)
    matches = await lived_matches(reader, person_ids)
    found = await outcomes_of(reader, matches)
    return tuple(past for match in matches for past in _told(match, found[match.id]))


async def pairs_lived(actor: Actor, person_ids: Collection[UUID]) -> tuple[PastPair, ...]:
    """The same pairs without what became of them: what a hard rule looks at, for a statement or two."""
    matches = await lived_matches(system_actor(actor.organization_id), person_ids)
    return tuple(past for match in matches for past in _told(match, None))


def _told(match: Match, outcome: Outcome | None) -> list[PastPair]:
    if match.kind is not MatchKind.PAIR:
        return []
    now, (one, other) = clock.now(), sides(match)
    past = PastPair(str(one.person_id), str(other.person_id), months_ago=(now - (match.ended_at or now)) / MONTH)
    if one.role is other.role:
        return [past] if match.active_at is not None else []
    return [past if outcome is None else replace(past_pair(match, outcome), months_ago=past.months_ago)]
