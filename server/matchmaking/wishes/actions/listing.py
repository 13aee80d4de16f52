"""The lists from which people choose, drawn up for a whole cohort."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.text import gettext as _
from server.matchmaking import stored
from server.matchmaking.engine import Outlook
from server.matchmaking.engine.choosing.exposure import shortlists
from server.matchmaking.gather import Gathered, gather
from server.matchmaking.learned.evidence import evidence_now
from server.matchmaking.learned.queries import outlook_for
from server.matchmaking.models import ShortlistEntry
from server.matchmaking.said import queries, rules
from server.matchmaking.wishes.judging import judged, told
from server.programs.models import Program
from server.programs.queries import cohort_by_id
from server.programs.rules import is_among_peers, roles_in
from server.programs.states import ParticipantRole


async def want_shortlists(actor: Actor, cohort_id: UUID) -> None:
    """Have a cohort's lists made anew, where anybody may choose.

    Raises:
        NotFound: no such cohort.
    """
    async with unit_of_work(actor) as unit:
        cohort = await cohort_by_id(actor, cohort_id)
        if any(rules.may_choose(cohort.program, role) for role in roles_in(cohort.program)):
            await unit.audit("shortlists.want", cohort)
            await unit.publish("shortlists.wanted", subject_id=cohort.id, cohort_id=cohort.id)


async def make_shortlists(actor: Actor, cohort_id: UUID, *, wanted_at: datetime) -> int:
    """Draw up whom everybody in a cohort is shown, all lists at once, so that nobody is advertised beyond their places.

    Lists younger than `wanted_at` (aware) stay, so that many askers cost one making. Wishes do not count here: a list
    must not tell somebody that they were named. Whom one named oneself stays in one's list.

    Returns the number of lists.

    Raises:
        NotFound: no such cohort.
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("draw up lists"))
    cohort = await cohort_by_id(actor, cohort_id)
    roles = {role for role in roles_in(cohort.program) if rules.may_choose(cohort.program, role)}
    if not roles or await queries.made_after(actor, cohort_id, wanted_at):
        return 0
    began = clock.now()
    outlook = await outlook_for(actor, cohort.program)
    entries = await asyncio.to_thread(_entries, await gather(actor, cohort), cohort.program, roles, outlook)
    async with unit_of_work(actor) as unit:
        await cohort_by_id(actor, cohort_id, lock=True)
        await ShortlistEntry.filter(organization_id=actor.organization_id, cohort_id=cohort_id).delete()
        for one in entries:
            one.organization_id, one.cohort_id, one.made_at = actor.organization_id, cohort_id, began
        await ShortlistEntry.bulk_create(entries, batch_size=500)
        lists = len({one.enrollment_id for one in entries})
        await unit.audit("shortlists.make", cohort, lists=lists)
        return lists


def _entries(
    gathered: Gathered, program: Program, roles: set[ParticipantRole], outlook: Outlook
) -> list[ShortlistEntry]:
    """Minutes for the largest pools: called in a thread."""
    people, peers = gathered.pool.participants, is_among_peers(program)
    pool = replace(gathered.pool, participants=tuple(replace(one, prefers=()) for one in people))
    result = judged(pool, program, gathered.standing, outlook)
    found = shortlists(result, {one.id: one.prefers for one in people})
    looking = ParticipantRole.PEER if peers else ParticipantRole.MENTEE
    listed = [(one, own, looking) for own, some in found.of_mentees.items() for one in some]
    if not peers:
        listed += [(one, own, ParticipantRole.MENTOR) for own, some in found.of_mentors.items() for one in some]
    listed = [one for one in listed if one[2] in roles]
    pairs = [(own, one.id) if role is ParticipantRole.MENTOR else (one.id, own) for one, own, role in listed]
    return _placed(
        ShortlistEntry(
            enrollment_id=UUID(own), about_enrollment_id=UUID(one.id), fit=one.fit, confidence=one.confidence,
            factors=why, evidence=stored.dump_evidence(evidence_now(result, known, one.fit, one.confidence)),
        )
        for (one, own, _role), (why, known) in zip(listed, told(result, pairs, program), strict=True)
    )


def _placed(entries: Iterable[ShortlistEntry]) -> list[ShortlistEntry]:
    """Each with its place in its own list, from 0, in the order given."""
    places, found = Counter[UUID](), []
    for one in entries:
        one.place = places[one.enrollment_id]
        places[one.enrollment_id] += 1
        found.append(one)
    return found
