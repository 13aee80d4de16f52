"""What became of earlier pairs, for everybody who judges people today: the one place where a pool gets its history."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.matches.models import Match
from server.matches.queries import in_order, lived_matches, pairs
from server.matches.states import MatchKind
from server.matchmaking.engine.pool import PastPair
from server.matchmaking.learned.outcomes import Outcome, outcomes_of, past_pair
from server.programs.states import ParticipantRole

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


def _told(match: Match, outcome: Outcome) -> list[PastPair]:
    if match.kind is not MatchKind.PAIR:
        return []
    now, roles = clock.now(), [one.role for one in in_order(match)]
    months_ago = (now - (match.ended_at or now)) / MONTH
    if roles == [ParticipantRole.MENTOR, ParticipantRole.MENTEE]:
        return [replace(past_pair(match, outcome), months_ago=months_ago)]
    return [
        PastPair(str(one.person_id), str(other.person_id), months_ago=months_ago)
        for one, other in pairs(match) if outcome.accepted
    ]
