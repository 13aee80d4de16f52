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
from server.matches.actions.requesting import OTHER_SIDE
from server.matchmaking import stored
from server.matchmaking.engine import run_matching
from server.matchmaking.engine.choosing.exposure import shortlists
from server.matchmaking.gather import Gathered, gather, rules_of, weights_of
from server.matchmaking.learned.evidence import evidence_now, stored_evidence
from server.matchmaking.models import ShortlistEntry
from server.matchmaking.said import queries, rules
from server.programs.models import Program
from server.programs.queries import cohort_by_id
from server.programs.states import ParticipantRole


async def want_shortlists(actor: Actor, cohort_id: UUID) -> None:
    """Have a cohort's lists made anew, where anybody may choose.

    Raises:
        NotFound: no such cohort.
    """
    async with unit_of_work(actor) as unit:
        cohort = await cohort_by_id(actor, cohort_id)
        if any(rules.may_choose(cohort.program, role) for role in OTHER_SIDE):
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
    roles = {role for role in OTHER_SIDE if rules.may_choose(cohort.program, role)}
    if not roles or await queries.made_after(actor, cohort_id, wanted_at):
        return 0
    began = clock.now()
    entries = await asyncio.to_thread(_entries, await gather(actor, cohort), cohort.program, roles)
    async with unit_of_work(actor) as unit:
        await cohort_by_id(actor, cohort_id, lock=True)
        await ShortlistEntry.filter(organization_id=actor.organization_id, cohort_id=cohort_id).delete()
        for one in entries:
            one.organization_id, one.cohort_id, one.made_at = actor.organization_id, cohort_id, began
        await ShortlistEntry.bulk_create(entries, batch_size=500)
        lists = len({one.enrollment_id for one in entries})
        await unit.audit("shortlists.make", cohort, lists=lists)
        return lists


def _entries(gathered: Gathered, program: Program, roles: set[ParticipantRole]) -> list[ShortlistEntry]:
    """Minutes for the largest pools: called in a thread."""
    people = gathered.pool.participants
    silent = tuple(replace(one, prefers=()) for one in people)
    pool = replace(gathered.pool, participants=silent)
    result = run_matching(pool, rules_of(program), weights_of(program), standing=gathered.standing)
    found = shortlists(result, {one.id: one.prefers for one in people})
    listed = [(one, mentee, ParticipantRole.MENTEE) for mentee, some in found.of_mentees.items() for one in some]
    listed += [(one, mentor, ParticipantRole.MENTOR) for mentor, some in found.of_mentors.items() for one in some]
    listed = [one for one in listed if one[2] in roles]
    pairs = [(one.id, own) if role is ParticipantRole.MENTEE else (own, one.id) for one, own, role in listed]
    told = zip(listed, result.explain_many(pairs), stored_evidence(result, pairs), strict=True)
    return _placed(
        ShortlistEntry(
            enrollment_id=UUID(own), about_enrollment_id=UUID(one.id), fit=one.fit, confidence=one.confidence,
            factors=stored.dump(why),
            evidence=stored.dump_evidence(evidence_now(result, known, one.fit, one.confidence)),
        )
        for (one, own, _role), why, known in told
    )


def _placed(entries: Iterable[ShortlistEntry]) -> list[ShortlistEntry]:
    """Each with its place in its own list, from 0, in the order given."""
    places, found = Counter[UUID](), []
    for one in entries:
        one.place = places[one.enrollment_id]
        places[one.enrollment_id] += 1
        found.append(one)
    return found
