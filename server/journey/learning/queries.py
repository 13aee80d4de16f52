"""The log of proposals with what became of them, as learning takes it."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from server.kernel.actor import Actor, system_actor
from server.matches.models import Proposal
from server.matches.queries import decided_proposals, sides
from server.matchmaking.engine.pool import Pool
from server.matchmaking.gather import sampled
from server.matchmaking.learned.evidence import known_since
from server.matchmaking.learned.lived import Lived
from server.matchmaking.learned.outcomes import outcomes_of, past_pair
from server.programs.queries import cohorts, enrollments, programs
from server.programs.states import ParticipantRole, ProgramType

SAMPLED = 400
"""People of each side whose pairs stand for what nobody tried: as many as the engine draws."""


async def lived(actor: Actor, program_type: ProgramType) -> list[Lived]:
    """The answered proposals of a type of programme, each with its outcome. A cycle is the first day of a cohort."""
    reader = system_actor(actor.organization_id)
    ids = [row.id for row in await programs(reader).filter(type=program_type)]
    log = await decided_proposals(reader, ids).order_by("id").prefetch_related("match__members__person")
    found, known = await outcomes_of(reader, [row.match for row in log]), await known_since(reader, log)
    begun = {row.id: row.starts_on for row in await cohorts(reader).filter(program_id__in=ids)}
    return [
        Lived(
            past_pair(row.match, found[row.match_id], _cycle(row, begun)), known.get(row.match_id, row.features),
            *_places(row),
        )
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
    return await sampled(reader, rows)


def _cycle(row: Proposal, begun: Mapping[UUID, date | None]) -> str:
    day = begun.get(row.cohort_id)
    return str(day or row.at.date())


def _places(row: Proposal) -> tuple[str, str]:
    """Where mentor and mentee work: by it the check of fairness tells groups apart."""
    mentor, mentee = sides(row.match)
    return mentor.person.location, mentee.person.location
