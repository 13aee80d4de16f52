"""Real people of a group to try something on: always the same ones, as few as an answer at once allows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

from server.kernel.actor import Actor, system_actor
from server.matches import queries as matches
from server.matches.states import OPEN_MATCHES, OverrideKind
from server.matchmaking.engine import Standing
from server.matchmaking.gather import Gathered, gather_seats, stopped
from server.programs import queries as programs
from server.programs.models import Cohort, Enrollment
from server.programs.rules import roles_in
from server.programs.states import EnrollmentState
from server.programs.training.queries import untrained

Row = TypeVar("Row", Enrollment, programs.Taking)


@dataclass(frozen=True)
class Sample:
    """People of a group as if none of them were matched yet, out of `of` who take part in it. `untrained`: who of them
    has required training to finish, and so is tried here, but left out of a run until then."""

    gathered: Gathered
    rows: dict[str, Enrollment]
    of: int
    untrained: frozenset[str] = frozenset()


async def sample(actor: Actor, cohort: Cohort, most: int) -> Sample:
    """At most so many of a group's active people, both roles in their proportion, chosen by a digest of their ids.

    Everybody counts with all their places, and a pair that is together in this group now may come out again. Whoever
    took back the consent to be matched is left out.
    """
    reader = system_actor(actor.organization_id)
    there = await programs.taking_part(reader, cohort.id)
    silent = await stopped(reader, there)
    asked = [one for one in there if one.person_id not in silent and one.role in roles_in(cohort.program)]
    chosen = await programs.with_people(reader, [one.id for one in few(asked, most)])
    gathered = await gather_seats(actor, cohort, [(row, row.capacity) for row in chosen.values()])
    rows = {str(key): row for key, row in chosen.items()}
    away = await untrained(reader, cohort.program, chosen.values())
    return Sample(await _as_if_new(actor, cohort, gathered), rows, len(asked), frozenset(str(key) for key in away))


async def willing(actor: Actor, cohort: Cohort) -> list[Enrollment]:
    """Everybody active in a group who may be matched, mentors before mentees."""
    reader = system_actor(actor.organization_id)
    rows = [
        row
        for role in roles_in(cohort.program)
        for row in await programs.enrollments_in(reader, cohort.id, role=role, states=[EnrollmentState.ACTIVE])
    ]
    silent = await stopped(reader, rows)
    return [row for row in rows if row.person_id not in silent]


def few(rows: Sequence[Row], most: int) -> list[Row]:
    """At most so many rows, each role by its share; who is among a few is also among more."""
    if len(rows) <= most:
        return list(rows)
    chosen: list[Row] = []
    for role in sorted({row.role for row in rows}, reverse=True):
        side = [row for row in rows if row.role is role]
        share = max(1, round(most * len(side) / len(rows)))
        chosen += sorted(side, key=lambda row: _lot(row.id))[:share]
    return chosen


def _lot(key: UUID) -> str:
    return sha256(key.bytes).hexdigest()


async def _as_if_new(actor: Actor, cohort: Cohort, gathered: Gathered) -> Gathered:
    """Pairs that are together here now may come out again, and what was tried is tried again; bans stay, and so does
    what is known of everybody."""
    reader = system_actor(actor.organization_id)
    together = {
        (str(one.person_id), str(other.person_id))
        for match in await matches.matches_in(reader, cohort.id, OPEN_MATCHES)
        for one, other in matches.pairs(match)
    }
    banned = await matches.overrides(reader, cohort.id, OverrideKind.BAN)
    history = tuple(
        replace(one, again=(one.mentor, one.mentee) in together) for one in gathered.pool.history
    )
    bans = frozenset((str(one.mentor_enrollment_id), str(one.mentee_enrollment_id)) for one in banned)
    return replace(gathered, pool=replace(gathered.pool, history=history), standing=Standing(bans=bans))
