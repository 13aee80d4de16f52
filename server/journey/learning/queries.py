"""The log of proposals with what became of them, as learning and runs take it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from server.journey.learning.outcomes import Outcome, outcomes_of, past_pair
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.matches.models import Match, Proposal
from server.matches.queries import decided_proposals, in_order, lived_matches, pairs, sides
from server.matches.states import MatchKind
from server.matchmaking.engine.pool import PastPair, Pool
from server.matchmaking.gather import MONTH, sampled
from server.matchmaking.learned.lived import Lived
from server.programs.queries import cohorts, enrollments, programs
from server.programs.states import ParticipantRole, ProgramType

SAMPLED = 400
"""People of each side whose pairs stand for what nobody tried: as many as the engine draws."""


async def history_of(actor: Actor, cohort_id: UUID) -> tuple[PastPair, ...]:
    """What became of every match, in any programme, of the people of a cohort: for a run, which goes by their records.

    Pairs that never were answered are left out: two people may be brought together again. Of peers it is known who met
    whom, which says nothing of a mentor; who met in a circle may still be paired. Each says how long ago it ended.
    """
    reader = system_actor(actor.organization_id)
    rows = await enrollments(reader).filter(cohort_id=cohort_id).only("id", "person_id")
    matches = await lived_matches(reader, {row.person_id for row in rows})
    found = await outcomes_of(reader, matches)
    return tuple(past for match in matches for past in _told(match, found[match.id]))


async def lived(actor: Actor, program_type: ProgramType) -> list[Lived]:
    """The answered proposals of a type of programme, each with its outcome. A cycle is the first day of a cohort."""
    reader = system_actor(actor.organization_id)
    ids = [row.id for row in await programs(reader).filter(type=program_type)]
    log = await decided_proposals(reader, ids).order_by("id").prefetch_related("match__members__person")
    found = await outcomes_of(reader, [row.match for row in log])
    begun = {row.id: row.starts_on for row in await cohorts(reader).filter(program_id__in=ids)}
    return [
        Lived(past_pair(row.match, found[row.match_id], _cycle(row, begun)), row.features, *_places(row))
        for row in log
    ]


async def people_to_imagine(actor: Actor, program_type: ProgramType) -> Pool:
    """The latest people of a type of programme, as a pool of pairs that nobody tried."""
    reader = system_actor(actor.organization_id)
    rows = [
        row for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
        for row in await enrollments(reader).filter(program__type=program_type, role=role)
        .order_by("-id").limit(SAMPLED).select_related("person", "program")
    ]
    return await sampled(reader, rows, ())


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


def _cycle(row: Proposal, begun: Mapping[UUID, date | None]) -> str:
    day = begun.get(row.cohort_id)
    return str(day or row.at.date())


def _places(row: Proposal) -> tuple[str, str]:
    """Where mentor and mentee work: by it the check of fairness tells groups apart."""
    mentor, mentee = sides(row.match)
    return mentor.person.location, mentee.person.location
