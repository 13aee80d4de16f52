"""How people have kept to it so far: requests answered, appointments kept, conversations held. Over all programmes.

Everything is counted in the database, for whole pools in three statements. Nobody is charged with what somebody else
left undone: a request that waits is no silence, one that the other side let pass neither, and nobody says whose doing
it was that two did not meet (sessions.report_no_show), so that one missed appointment speaks against neither of them.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

from tortoise.expressions import F, Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor
from server.matches.models import MatchMember
from server.matches.states import Approval, MatchKind, MatchOrigin, MatchState
from server.matchmaking.engine.factor import USUAL_ANSWERS, USUAL_MISSED
from server.programs.models import Enrollment
from server.programs.states import ParticipantRole
from server.sessions.states import TOOK_PLACE, SessionState

WINDOW = timedelta(days=730)
"""What is older says little about somebody's life today. Our own choice."""
PRIOR = 4
"""The usual weighs as much as four requests, or four appointments, of one's own. Our own choice."""
MATCHES_MISSED_IN = 2
"""With one other person it may have been the other; with two it begins to be one's own."""
SESSIONS_SAID = 2
"""Fewer held say nothing yet: with two somebody is as practised as the engine takes anybody to be (`factor`)."""

GIVING = frozenset({ParticipantRole.MENTOR, ParticipantRole.FACILITATOR, ParticipantRole.PEER})
TAKING = frozenset({ParticipantRole.MENTEE, ParticipantRole.PEER})


class Lived(TypedDict):
    """The fields of a participant that come from what they did; None where there is too little to tell."""

    response_rate: float | None
    noshow_rate: float | None
    sessions_prior: int | None


@dataclass(frozen=True)
class Behaviour:
    """What some people did within the window, by person; of sessions by person and role."""

    answered: Counter[UUID] = field(default_factory=Counter)
    silent: Counter[UUID] = field(default_factory=Counter)
    held: Counter[tuple[UUID, ParticipantRole]] = field(default_factory=Counter)
    missed: Counter[UUID] = field(default_factory=Counter)
    """Halves count: of two who did not meet, each bears half."""

    def of(self, row: Enrollment) -> Lived:
        """How one participant kept to it; practice counts for the side on which it was had."""
        person, alike = row.person_id, GIVING if row.role in GIVING else TAKING
        held, missed = sum(self.held[person, role] for role in ParticipantRole), self.missed[person]
        practice = sum(self.held[person, role] for role in alike)
        asked = self.answered[person] + self.silent[person]
        return Lived(
            response_rate=_shrunken(self.answered[person], asked, USUAL_ANSWERS),
            noshow_rate=_shrunken(missed, held + missed, USUAL_MISSED),
            sessions_prior=practice if practice >= SESSIONS_SAID else None,
        )


async def behaviour_of(actor: Actor, person_ids: Collection[UUID]) -> Behaviour:
    """What some people did in the last two years, in all programmes of their organisation."""
    ids, since = list(person_ids), clock.now() - WINDOW
    answered, silent = await _answers(actor, ids, since)
    held, missed = await _sessions(actor, ids, since)
    for person_id, role, away, unsaid in await _absences(actor, ids, since):
        held[person_id, role] -= away
        missed[person_id] += unsaid
    return Behaviour(answered, silent, held, missed)


def _shrunken(seen: float, of: float, usual: float) -> float | None:
    """A share, drawn towards the usual one; None where nothing was seen."""
    return round((seen + PRIOR * usual) / (of + PRIOR), 4) if of else None


async def _answers(actor: Actor, ids: list[UUID], since: datetime) -> tuple[Counter[UUID], Counter[UUID]]:
    """How many requests each person answered, and how many ran out on them. Asking oneself is no answer."""
    own = Q(match__origin=MatchOrigin.MENTEE, role=ParticipantRole.MENTEE)
    own |= Q(match__origin=MatchOrigin.MENTOR, role=ParticipantRole.MENTOR) | Q(match__origin=MatchOrigin.PEER)
    asked = _members(actor, ids).filter(match__published_at__gte=since).exclude(own)
    yes_or_no = Q(approval__in=[Approval.ACCEPTED, Approval.DECLINED], answered_at__isnull=False)
    ran_out = Q(match__state=MatchState.EXPIRED, left_at=None)
    ran_out |= Q(match__kind=MatchKind.CIRCLE, match__answer_by__lte=F("left_at"))
    rows = await (
        asked.annotate(answered=Count("id", _filter=yes_or_no))
        .annotate(silent=Count("id", _filter=Q(approval=Approval.PENDING) & ran_out))
        .group_by("person_id").values_list("person_id", "answered", "silent")
    )
    return Counter({one: yes for one, yes, _no in rows}), Counter({one: no for one, _yes, no in rows})


async def _sessions(
    actor: Actor, ids: list[UUID], since: datetime
) -> tuple[Counter[tuple[UUID, ParticipantRole]], Counter[UUID]]:
    """What took place, by person and role; and half of what did not, for whom it was so with several partners."""
    past = Q(
        match__sessions__organization_id=actor.organization_id,     # the index of sessions begins with it
        match__sessions__ends_at__gte=since, match__sessions__ends_at__lte=clock.now(),
    )
    took_place = Q(match__sessions__state__in=list(TOOK_PLACE))
    fell_out = Q(match__kind=MatchKind.PAIR, match__sessions__state=SessionState.NO_SHOW)
    rows = await (
        _members(actor, ids).filter(past, left_at=None)
        .annotate(held=Count("match__sessions__id", _filter=took_place))
        .annotate(fallen=Count("match__sessions__id", _filter=fell_out))
        .annotate(fallen_in=Count("match_id", distinct=True, _filter=fell_out))
        .group_by("person_id", "role").values_list("person_id", "role", "held", "fallen", "fallen_in")
    )
    held = Counter({(one, ParticipantRole(role)): count for one, role, count, _fallen, _in in rows})
    fallen, matches_in = Counter[UUID](), Counter[UUID]()
    for one, _role, _held, count, among in rows:
        fallen[one] += count
        matches_in[one] += among
    return held, Counter({one: count / 2 for one, count in fallen.items() if matches_in[one] >= MATCHES_MISSED_IN})


async def _absences(
    actor: Actor, ids: list[UUID], since: datetime
) -> list[tuple[UUID, ParticipantRole, int, int]]:
    """Of meetings of circles: in which role how many somebody was away from, and how many of them without a word."""
    away = _members(actor, ids).filter(
        left_at=None, match__kind=MatchKind.CIRCLE, match__sessions__organization_id=actor.organization_id,
        match__sessions__state__in=list(TOOK_PLACE), match__sessions__ends_at__gte=since,
        match__sessions__absences__organization_id=actor.organization_id,
        person_id=F("match__sessions__absences__person_id"),
    )
    without_a_word = Q(match__sessions__absences__said_at__gt=F("match__sessions__starts_at"))
    rows = await (
        away.annotate(meetings=Count("match__sessions__absences__id"))
        .annotate(unsaid=Count("match__sessions__absences__id", _filter=without_a_word))
        .group_by("person_id", "role").values_list("person_id", "role", "meetings", "unsaid")
    )
    return [(one, ParticipantRole(role), meetings, unsaid) for one, role, meetings, unsaid in rows]


def _members(actor: Actor, ids: list[UUID]) -> QuerySet[MatchMember]:
    return MatchMember.filter(organization_id=actor.organization_id, person_id__in=ids)
