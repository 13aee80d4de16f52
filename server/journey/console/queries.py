"""The manager's first page, in a fixed number of queries however many pairs there are."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count, Max
from tortoise.queryset import QuerySet

from server.journey.console.acceptance import LowAcceptance, low_acceptance
from server.journey.console.measures import Figure, figures, quiet_pairs, unmet_pairs
from server.journey.reviewing.queries import managed_programs
from server.kernel import clock
from server.kernel.actor import Actor, ActorKind
from server.kernel.errors import NotFound
from server.kernel.facts import AuditEvent
from server.matches.circles.steps import LEAST
from server.matches.models import Match, MatchMember
from server.matches.queries import back_on, in_order, learners, reviewable_matches
from server.matches.states import OPEN_MATCHES, RUNNING, MatchKind, MatchState
from server.programs.models import Enrollment, Program
from server.programs.queries import enrollments, visible_enrollments
from server.programs.states import GONE, EnrollmentState, ParticipantRole
from server.sessions.queries import sessions
from server.sessions.states import TOOK_PLACE
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.queries import answers_to_handle

SHOWN = 30
"""So many pairs of one kind are listed; the count says how many there are."""
FIRST_SESSION = timedelta(days=14)
"""By then a pair should have met (metrics.md, A12)."""
WEEK = timedelta(days=7)
PARTING = timedelta(days=28)
"""How long somebody who left without a replacement stands on the first page."""
BY_ITSELF = (
    "session.mark_held", "session.prepare_agenda", "survey.open", "survey.expire", "match.expire", "enrollment.expire",
    "match.end_date_passed",
)
"""What the product does without being asked, and says in "Handled for you"."""


@dataclass(frozen=True)
class Silence:
    """A running pair and when they last met; None if never."""

    match: Match
    last_met: datetime | None


@dataclass(frozen=True)
class Parting:
    """Somebody stepped out or left, and their mentee goes on without a match. `draft` is the next one for review."""

    match: Match
    left: MatchMember
    draft_id: UUID | None


@dataclass(frozen=True)
class CameBack:
    """A match whose people said yes when a rule kept them apart by then: a draft since `at`, which holds their places
    until somebody decides (decision 0027)."""

    match: Match
    at: datetime


@dataclass(frozen=True)
class Today:
    """What waits for a person in the actor's programmes, or in the chosen one, and how they are doing.

    `matches` waits for a decision; in the groups `refusing` too many say no; `quiet_count` and `unmet_count` may be
    more than are listed. `resting` are the pairs on a pause: those without a day on which they go on need somebody.
    `came_back` are drafts again because of a rule, and their people wait.
    `weak` are running circles that nobody leads, or with fewer members than a circle has.
    `handled`: how often the product did what by itself within a week, by the action's name.
    """

    programs: list[Program]
    program: Program | None
    answers: list[SurveyAnswer] = field(default_factory=list)
    admissions: list[Enrollment] = field(default_factory=list)
    matches: int = 0
    refusing: list[LowAcceptance] = field(default_factory=list)
    quiet: list[Silence] = field(default_factory=list)
    quiet_count: int = 0
    unmet: list[Match] = field(default_factory=list)
    unmet_count: int = 0
    partings: list[Parting] = field(default_factory=list)
    resting: list[Match] = field(default_factory=list)
    came_back: list[CameBack] = field(default_factory=list)
    weak: list[Match] = field(default_factory=list)
    running: int = 0
    figures: list[Figure] = field(default_factory=list)
    handled: dict[str, int] = field(default_factory=dict)

    @property
    def stranded(self) -> list[Match]:
        """The pairs on a pause of which nobody knows when they go on."""
        return [match for match in self.resting if back_on(match) is None]

    @property
    def returning(self) -> list[Match]:
        """The pairs on a pause that go on by themselves, the soonest first."""
        days = [(day, match) for match in self.resting if (day := back_on(match))]
        return [match for _day, match in sorted(days, key=lambda one: one[0])]

    @property
    def needs(self) -> int:
        """How many things wait for a person: all matches to review are one thing."""
        people = len(self.answers) + len(self.admissions) + len(self.partings) + len(self.stranded) + len(self.weak)
        matches = len(self.came_back) + self.quiet_count + self.unmet_count + bool(self.matches)
        return people + len(self.refusing) + matches


async def today(actor: Actor, program_key: str = "") -> Today:
    """The manager's first page, over all of their programmes or over one.

    Raises:
        NotFound: the actor runs no programme, or not this one.
    """
    programs = await managed_programs(actor)
    chosen = next((one for one in programs if one.key == program_key), None)
    if program_key and chosen is None:
        raise NotFound
    ids = [chosen.id] if chosen else [one.id for one in programs]
    if not ids:
        return Today(programs, None)
    pairs = reviewable_matches(actor).filter(program_id__in=ids)
    quiet, unmet = quiet_pairs(actor, pairs), unmet_pairs(actor, pairs, FIRST_SESSION)
    return Today(
        programs=programs, program=chosen, answers=await answers_to_handle(actor, ids),
        admissions=await _admissions(actor, ids),
        matches=await pairs.filter(state__in=[MatchState.DRAFT, MatchState.AWAITING_ADMIN]).count(),
        refusing=await low_acceptance(actor, ids, pairs),
        quiet=await _silences(actor, await quiet.limit(SHOWN).prefetch_related("members__person", "program")),
        quiet_count=await quiet.count(),
        unmet=await unmet.limit(SHOWN).prefetch_related("members__person", "program"),
        unmet_count=await unmet.count(), partings=await _partings(actor, pairs), resting=await _resting(pairs),
        came_back=await _came_back(actor, pairs), weak=await _weak(pairs),
        running=await pairs.filter(state=MatchState.ACTIVE).count(),
        figures=await figures(actor, ids), handled=await _handled(actor, ids),
    )


async def _admissions(actor: Actor, program_ids: Collection[UUID]) -> list[Enrollment]:
    waiting = visible_enrollments(actor).filter(
        program_id__in=list(program_ids), state=EnrollmentState.PENDING_APPROVAL
    )
    return await waiting.order_by("submitted_at", "id").select_related("person", "program")


async def _resting(pairs: QuerySet[Match]) -> list[Match]:
    """Pairs on a pause, with the breaks of their members."""
    paused = pairs.filter(state=MatchState.PAUSED).order_by("paused_until", "id").limit(SHOWN)
    return await paused.prefetch_related("members__person", "members__enrollment", "program")


async def _came_back(actor: Actor, pairs: QuerySet[Match]) -> list[CameBack]:
    """Drafts that were told already and came back because of a rule, as long as they are held back; who waits longest
    first."""
    held = pairs.filter(state=MatchState.DRAFT, held_back=True)
    sent = AuditEvent.filter(
        organization_id=actor.organization_id, action="match.send_back", target_id__in=Subquery(held.values("id"))
    )
    since: dict[UUID, datetime] = dict(await sent.order_by("at", "id").values_list("target_id", "at"))
    rows = await pairs.filter(id__in=list(since)).prefetch_related("members__person", "program")
    return sorted((CameBack(match, since[match.id]) for match in rows), key=lambda one: one.at)[:SHOWN]


async def _weak(pairs: QuerySet[Match]) -> list[Match]:
    """Running circles that need a manager: nobody leads them, or they are small; the smallest first."""
    there = Q(members__left_at=None)
    counted = pairs.filter(kind=MatchKind.CIRCLE, state__in=list(RUNNING)).annotate(
        leading=Count("members", _filter=there & Q(members__role=ParticipantRole.FACILITATOR)),
        inside=Count("members", _filter=there & Q(members__role=ParticipantRole.MENTEE)),
    )
    found = counted.filter(Q(leading=0) | Q(inside__lt=LEAST)).order_by("inside", "id").limit(SHOWN)
    return await found.prefetch_related("members__person", "program")


async def _partings(actor: Actor, pairs: QuerySet[Match]) -> list[Parting]:
    """Who left a pair lately, as long as their mentee, or the other of two peers, waits, whether or not they sit in a
    circle beside; the latest first."""
    ended = pairs.filter(
        kind=MatchKind.PAIR, state=MatchState.CONCLUDED, ended_at__gt=clock.now() - PARTING,
    ).order_by("-ended_at", "-id")
    found = await ended.limit(SHOWN).prefetch_related("members__person", "members__enrollment", "program")
    waiting = [
        (match, gone, left)
        for match in found for gone, left in permutations(in_order(match), 2) if left in learners(match)
    ]
    ids = [left.enrollment_id for _match, _gone, left in waiting]
    held = MatchMember.filter(
        organization_id=actor.organization_id, enrollment_id__in=ids, match__kind=MatchKind.PAIR,
        match__state__in=list(OPEN_MATCHES | {MatchState.DRAFT}),
    ).select_related("match")
    placed = {row.enrollment_id: row.match for row in await held}
    return [
        Parting(match, gone, placed[left.enrollment_id].id if left.enrollment_id in placed else None)
        for match, gone, left in waiting
        if gone.enrollment.state in GONE and left.enrollment.state is EnrollmentState.ACTIVE
        and (left.enrollment_id not in placed or placed[left.enrollment_id].state is MatchState.DRAFT)
    ]


async def _silences(actor: Actor, quiet: list[Match]) -> list[Silence]:
    """The longest silence first."""
    held = sessions(actor).filter(match_id__in=[match.id for match in quiet], state__in=list(TOOK_PLACE))
    rows = await held.annotate(last=Max("ends_at")).group_by("match_id").values_list("match_id", "last")
    last = {match_id: _moment(when) for match_id, when in rows}
    found = [Silence(match, last.get(match.id)) for match in quiet]
    return sorted(found, key=lambda one: one.last_met or one.match.active_at or clock.now())


def _moment(stored: datetime | str) -> datetime:
    """A moment from an aggregate: SQLite hands the text that it stores."""
    found = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
    return found if found.tzinfo else found.replace(tzinfo=clock.now().tzinfo)


async def _handled(actor: Actor, program_ids: Collection[UUID]) -> dict[str, int]:
    """Acts of the product itself within a week on what belongs to some programmes."""
    ids = list(program_ids)
    about = (
        reviewable_matches(actor).filter(program_id__in=ids), enrollments(actor).filter(program_id__in=ids),
        sessions(actor).filter(match__program_id__in=ids),
        SurveyInvitation.filter(organization_id=actor.organization_id, program_id__in=ids),
    )
    ours = Q(*[Q(target_id__in=Subquery(rows.values("id"))) for rows in about], join_type="OR")
    done = AuditEvent.filter(
        ours, organization_id=actor.organization_id, actor_kind=ActorKind.SYSTEM.value, action__in=BY_ITSELF,
        at__gt=clock.now() - WEEK,
    )
    rows = await done.annotate(n=Count("id")).group_by("action").values_list("action", "n")
    return {str(action): int(count) for action, count in rows}
