"""Whom somebody may choose, to ask them or to name them as a wish, and where their requests stand.

The people come from the lists drawn up for the whole group; for somebody who came after that, the engine is asked about
them alone, among those who stand in few enough lists.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from server.kernel.actor import Actor, system_actor
from server.kernel.db import Json
from server.kernel.errors import NotFound
from server.matches import queries as matches
from server.matches.actions.requesting import OTHER_SIDE
from server.matches.models import Match
from server.matches.proposals import Evidence
from server.matches.rules import is_requester, may_ask
from server.matches.states import AWAITING, OPEN_MATCHES, MatchState
from server.matchmaking import stored
from server.matchmaking.engine.choosing.exposure import EXPOSURE, LISTED
from server.matchmaking.engine.living.advice import Advice
from server.matchmaking.engine.wording import GOOD_FIT
from server.matchmaking.gather import gather, gather_seats, had_their_time, stopped
from server.matchmaking.learned.evidence import evidence_now
from server.matchmaking.learned.queries import outlook_for
from server.matchmaking.said import queries as said
from server.matchmaking.said.rules import may_choose, may_wish
from server.matchmaking.today.queries import rules_broken
from server.matchmaking.wishes.judging import could_add, judged, told
from server.people.queries import profiles_of
from server.programs.models import Enrollment
from server.programs.queries import cohort_by_id, enrollments_in, visible_enrollment
from server.programs.rules import is_self
from server.programs.states import EnrollmentState, ParticipantRole
from server.programs.training.queries import untrained

ENOUGH = 3
"""With so many people who fit well nobody need add anything: three to five are what one compares."""
TRIED_AMONG = 1_000
"""Among more people what would help is not worked out while somebody looks; there most find enough."""
PASSED = (MatchState.DECLINED, MatchState.EXPIRED)


class Asking(StrEnum):
    """What somebody can do on the page."""

    OPEN = "OPEN"
    """Ask one of the people shown."""
    FULL = "FULL"
    """Every place of theirs is taken, by matches or by requests that wait."""
    TRAINING = "TRAINING"
    """They have training to finish first."""
    NOT_NOW = "NOT_NOW"
    """They are on a break, in line, or not admitted yet."""
    WISH = "WISH"
    """Nobody is asked, but one may name whom one would like."""
    LOOK = "LOOK"
    """One sees who fits, and nothing more: keeping them in mind, or setting them aside."""
    NOT_HERE = "NOT_HERE"
    """In this programme one does not choose."""


CHOOSING = (Asking.OPEN, Asking.WISH, Asking.LOOK)


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who can be asked: how well the two fit (0 to 100), and what the engine says of it, as it is stored (of a
    peer what they bring, and the other way round).

    `evidence` is for the log, should this one be asked.
    """

    partner: Enrollment
    fit: float
    confidence: float
    explanation: Json
    words: str = ""
    evidence: Evidence | None = None
    is_favourite: bool = False
    wish: int = 0
    """Which wish they are, from 1; 0 for none."""


@dataclass(frozen=True, slots=True)
class AskingPage:
    """The page of one's own enrolment. `waiting`: requests of one's own that nobody has answered yet. `passed`: those
    that were turned down or not answered, the latest first. `taken` of the places are. `could_add` would
    truthfully open more good mentors to a mentee who is shown few."""

    enrollment: Enrollment
    asking: Asking
    choices: list[Choice]
    waiting: list[Match]
    passed: list[Match]
    taken: int
    set_aside: int = 0
    could_add: Sequence[Advice] = ()

    @property
    def may_wish(self) -> bool:
        """Whether wishes can be named now."""
        return self.asking in (Asking.OPEN, Asking.WISH) and may_wish(self.enrollment.program, self.enrollment.role)

    @property
    def is_mentor(self) -> bool:
        """Whether the person asks as a mentor."""
        return self.enrollment.role is ParticipantRole.MENTOR

    @property
    def is_peer(self) -> bool:
        """Whether the person asks one of their equals."""
        return self.enrollment.role is ParticipantRole.PEER


async def asking_page(actor: Actor, enrollment_id: UUID) -> AskingPage:
    """Whom the actor may ask in a group of theirs, and what became of whom they asked.

    Raises:
        NotFound: not the actor's own enrolment.
    """
    own = await _own(actor, enrollment_id)
    mine = [
        match for match in await matches.my_matches(actor, OPEN_MATCHES | set(PASSED))
        if not matches.is_circle(match) and any(member.enrollment_id == own.id for member in match.members)
    ]
    asked = [match for match in mine if is_requester(match, actor.person_id)]
    taken = sum(match.state in OPEN_MATCHES for match in mine)
    asking = _asking(own, taken)
    if asking is Asking.OPEN and await untrained(actor, own.program, [own]):
        asking = Asking.TRAINING
    choices = await choices_of(actor, own.id) if asking in CHOOSING else []
    return AskingPage(
        enrollment=own, asking=asking, taken=taken,
        choices=choices, could_add=await _would_help(own, choices) if asking in CHOOSING else [],
        waiting=[match for match in asked if match.state in AWAITING],
        passed=[match for match in asked if match.state in PASSED],
        set_aside=len((await said.own_words(actor, own.id)).aside),
    )


async def choices_of(actor: Actor, enrollment_id: UUID) -> list[Choice]:
    """The people of the other side who fit somebody best and can be chosen, the best first; at most LISTED, and besides
    them whom somebody named or keeps in mind.

    Raises:
        NotFound: not the actor's own enrolment.
    """
    own = await _own(actor, enrollment_id)
    if _asking(own, 0) not in CHOOSING:
        return []
    system = system_actor(actor.organization_id)
    there, words = await _there(system, own), await said.own_words(system, own.id)
    kept = words.favourites | set(words.wishes)
    found = await _listed(system, own, there) or await _found_now(system, own, there, kept)
    shown = [one for place, one in enumerate(found) if place < LISTED or one.partner.id in kept]
    return await _told(system, shown, words)


async def _would_help(own: Enrollment, shown: Collection[Choice]) -> list[Advice]:
    """As a run tells whoever it leaves over, computed now among everybody who can be chosen, whether shown or not."""
    good = sum(round(one.fit) >= GOOD_FIT for one in shown)
    if own.role is not ParticipantRole.MENTEE or good >= ENOUGH:
        return []
    system = system_actor(own.organization_id)
    there = await _there(system, own)
    if not good < len(there) <= TRIED_AMONG:
        return []
    cohort = await cohort_by_id(system, own.cohort_id)
    known = await gather_seats(system, cohort, [(row, 1) for row in (own, *there.values())])
    pool = replace(known.pool, participants=tuple(replace(one, prefers=()) for one in known.pool.participants))
    return await asyncio.to_thread(could_add, pool, own.program, known.standing, str(own.id))


async def _told(system: Actor, found: list[Choice], words: said.Own) -> list[Choice]:
    """With what they say of themselves, and what was said of them by whoever looks."""
    profiles = await profiles_of(system, [one.partner.person_id for one in found])
    wishes = {about: rank for rank, about in enumerate(words.wishes, 1)}
    return [
        replace(
            one, is_favourite=one.partner.id in words.favourites, wish=wishes.get(one.partner.id, 0),
            words=profile.words_for_mentees if (profile := profiles.get(one.partner.person_id)) else "",
        )
        for one in found
    ]


async def _own(actor: Actor, enrollment_id: UUID) -> Enrollment:
    own = await visible_enrollment(actor, enrollment_id)
    if not is_self(actor, own):
        raise NotFound
    return own


def _asking(own: Enrollment, taken: int) -> Asking:
    if not may_choose(own.program, own.role):
        return Asking.NOT_HERE
    if own.state is not EnrollmentState.ACTIVE:
        return Asking.NOT_NOW
    if taken >= own.capacity:
        return Asking.FULL
    if may_ask(own.program, own.role):
        return Asking.OPEN
    return Asking.WISH if may_wish(own.program, own.role) else Asking.LOOK


async def _there(system: Actor, own: Enrollment) -> dict[UUID, Enrollment]:
    """Who of the other side has a place, wants to be matched, and was neither asked before nor kept apart: by a
    manager, or because one of the two set the other aside."""
    rows = await enrollments_in(
        system, own.cohort_id, role=OTHER_SIDE[own.role], states=[EnrollmentState.ACTIVE]
    )
    taken = await matches.seats_taken(system, [row.id for row in rows])
    silent = await stopped(system, rows)
    apart = await matches.kept_apart(system, own.cohort_id) | await matches.tried_pairs(system, own.cohort_id)
    without = {one for pair in apart if own.id in pair for one in pair}
    silent |= await said.apart_from(system, own.person_id)
    without |= await had_their_time(system, own.cohort_id) | await untrained(system, own.program, rows)
    return {
        row.id: row for row in rows
        if row.id not in without and row.person_id not in silent and row.person_id != own.person_id
        and taken.get(row.id, 0) < row.capacity
    }


async def _listed(system: Actor, own: Enrollment, there: dict[UUID, Enrollment]) -> list[Choice]:
    """Those of a list drawn up before whom no rule keeps from this person today."""
    entries = [one for one in await said.shortlist_of(system, own.id) if one.about_enrollment_id in there]
    mentors = own.role is ParticipantRole.MENTOR
    pairs = {
        one.id: (own.id, one.about_enrollment_id) if mentors else (one.about_enrollment_id, own.id) for one in entries
    }
    broken = await rules_broken(system, await cohort_by_id(system, own.cohort_id), list(pairs.values()))
    return [
        Choice(
            there[one.about_enrollment_id], one.fit, one.confidence, one.factors, evidence=stored.evidence(one.evidence)
        )
        for one in entries if pairs[one.id] not in broken
    ]


async def _with_room(system: Actor, own: Enrollment, there: dict[UUID, Enrollment]) -> dict[UUID, Enrollment]:
    """Those who stand in fewer lists than their free places allow."""
    lists = await said.lists_with(system, own.cohort_id)
    taken = await matches.seats_taken(system, there)
    return {
        key: row for key, row in there.items()
        if lists.get(key, 0) < EXPOSURE * (row.capacity - taken.get(key, 0))
    }


async def _found_now(
    system: Actor, own: Enrollment, there: dict[UUID, Enrollment], kept: Collection[UUID]
) -> list[Choice]:
    """The engine's word about this person alone, among those who can be chosen."""
    room = await _with_room(system, own, there)
    room |= {key: there[key] for key in kept if key in there}
    cohort = await cohort_by_id(system, own.cohort_id)
    gathered = await gather(system, cohort)
    among = {str(own.id), *map(str, room)}
    people = (one for one in gathered.pool.participants if one.id in among)
    pool = replace(gathered.pool, participants=tuple(replace(one, prefers=()) for one in people))
    if len(pool.participants) < 2 or str(own.id) not in {one.id for one in pool.participants}:
        return []
    outlook = await outlook_for(system, own.program)
    result = await asyncio.to_thread(judged, pool, own.program, gathered.standing, outlook)
    mentors = own.role is ParticipantRole.MENTOR
    ranked = (result.candidates_of_mentor if mentors else result.candidates_of_mentee)(str(own.id), len(room))
    found = [one for place, one in enumerate(ranked) if place < LISTED or UUID(one.id) in kept]
    pairs = [(str(own.id), one.id) if mentors else (one.id, str(own.id)) for one in found]
    return [
        Choice(
            room[UUID(one.id)], one.fit, one.confidence, why,
            evidence=evidence_now(result, known, one.fit, one.confidence),
        )
        for one, (why, known) in zip(found, told(result, pairs, own.program), strict=True)
    ]
