"""What the Match screen shows: the person, the reasons, the times, and where the answer stands."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from server.goals.models import Goal
from server.goals.queries import goals_of
from server.kernel.actor import Actor
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matches import queries as matches
from server.matches.company import belongs, sets_times
from server.matches.models import Match, MatchMember
from server.matches.rules import is_requester, member_of
from server.matches.states import AWAITING, AWAITING_PARTICIPANTS, RUNNING, Approval, MatchState
from server.matchmaking import stored
from server.matchmaking.circles.telling import InCommon, in_common
from server.people.models import Person
from server.people.queries import profile_of
from server.programs.models import Enrollment
from server.programs.states import ParticipantRole
from server.sessions import queries as sessions
from server.sessions import times
from server.sessions.models import Session
from server.sessions.slots import Slot
from server.sessions.states import SessionState
from server.surveys.models import SurveyInvitation
from server.surveys.queries import last_check_in

FEW, MANY = 3, 9


class Stage(StrEnum):
    """Where an announced match stands for one of its people."""

    DECIDE = "DECIDE"
    WAITING = "WAITING"
    WAITING_FOR_MANAGER = "WAITING_FOR_MANAGER"
    CHOOSE_TIME = "CHOOSE_TIME"
    TIME_PROPOSED = "TIME_PROPOSED"
    UNDER_WAY = "UNDER_WAY"
    PASSED = "PASSED"
    ENDED = "ENDED"


@dataclass(frozen=True)
class MatchPage:
    """One person's view of a match. `words` is what the partner says of themselves, `goal` the one that the viewer is
    there for: the mentee's, or the other peer's; `check_in` asks how it was, once it is over and as long as it is open.
    `met`: what was booked or logged and not called off, the newest first.
    """

    match: Match
    me: MatchMember
    partner: Person
    stage: Stage
    words: str
    goal: Goal | None
    told: stored.Told
    hold: Session | None
    slots: list[Slot]
    places: tuple[int, int]
    check_in: SurveyInvitation | None
    met: list[Session]

    @property
    def may_take_back(self) -> bool:
        """Whether the viewer asked for this match and nobody has said the last word."""
        return self.match.state in AWAITING and is_requester(self.match, self.me.person_id)

    @property
    def i_mentor(self) -> bool:
        """Whether the viewer is the mentor of the pair."""
        return self.me.role is ParticipantRole.MENTOR

    @property
    def is_among_peers(self) -> bool:
        """Whether both are peers, so that each is there for the other's goal too."""
        return matches.are_peers(self.match)

    @property
    def has_chosen_a_time(self) -> bool:
        """Whether the viewer put a time on the table and the partner is to answer."""
        return self.hold is not None and self.hold.proposed_by_id == self.me.person_id

    @property
    def their_time(self) -> Session | None:
        """The time that the partner put on the table."""
        return self.hold if self.hold and self.hold.proposed_by_id == self.partner.id else None


async def match_page(actor: Actor, match_id: UUID, *, more_times: bool = False) -> MatchPage:
    """Everything the Match screen shows to one of its people.

    Raises:
        NotFound: not the actor's match, or not announced.
        Conflict: it is a circle (`kind="circle"`), which has a page of its own.
    """
    match = await matches.visible_match(actor, match_id)
    me = member_of(match, actor)
    if me is None:
        raise NotFound
    if matches.is_circle(match):
        raise Conflict(_("This is a circle."), kind="circle")
    partner = matches.partner_of(match, actor.person_id)
    hold = await sessions.hold_of(actor, match_id) if match.state not in (MatchState.DRAFT,) else None
    ever = await _sessions(actor, match)
    stage = _stage(actor, match, me, hold, has_booked=bool(ever))
    first, second = matches.sides(match)
    theirs = first if me.id == second.id and me.role is ParticipantRole.PEER else second
    goals = await goals_of(actor, theirs.enrollment_id)
    return MatchPage(
        match=match, me=me, partner=partner, stage=stage,
        words=(await profile_of(actor, partner.id)).words_for_mentees,
        goal=next(iter(goals), None), told=stored.told_to(match, me.person_id), hold=hold,
        slots=await _slots(actor, match, stage, hold, MANY if more_times else FEW),
        places=await _places(actor, first.enrollment),
        check_in=await last_check_in(actor, match_id) if stage is Stage.ENDED else None, met=_kept(ever),
    )


async def following_match(actor: Actor) -> Match | None:
    """The suggestion that waits for the actor's word now: what follows after one that has passed."""
    waiting = await matches.my_matches(actor, AWAITING_PARTICIPANTS)
    return next((match for match in waiting if is_asked(actor, match)), None)


def is_asked(actor: Actor, match: Match) -> bool:
    """Whether a waiting match waits for the actor."""
    me = member_of(match, actor)
    return me is not None and me.approval is Approval.PENDING and match.state in AWAITING_PARTICIPANTS


async def _sessions(actor: Actor, match: Match) -> list[Session]:
    """What was ever booked or logged in a match that began."""
    return await sessions.sessions_of(actor, match.id) if match.active_at else []


def _kept(ever: list[Session]) -> list[Session]:
    """Those that were not called off, the newest first."""
    return [one for one in reversed(ever) if one.state is not SessionState.CANCELLED]


def _stage(actor: Actor, match: Match, me: MatchMember, hold: Session | None, *, has_booked: bool) -> Stage:
    if match.state in AWAITING_PARTICIPANTS:
        return Stage.DECIDE if is_asked(actor, match) else Stage.WAITING
    if match.state is MatchState.AWAITING_ADMIN:
        return Stage.WAITING_FOR_MANAGER
    if match.state in RUNNING:
        return _running_stage(match, me, hold, has_booked=has_booked)
    ran = match.active_at is not None
    return Stage.ENDED if ran else Stage.PASSED


def _running_stage(match: Match, me: MatchMember, hold: Session | None, *, has_booked: bool) -> Stage:
    if match.state is MatchState.PAUSED:
        return Stage.UNDER_WAY
    if hold is not None:
        return Stage.TIME_PROPOSED if hold.proposed_by_id == me.person_id else Stage.CHOOSE_TIME
    return Stage.UNDER_WAY if has_booked else Stage.CHOOSE_TIME


async def _slots(actor: Actor, match: Match, stage: Stage, hold: Session | None, count: int) -> list[Slot]:
    """Free times, the one on the table first."""
    if stage not in (Stage.DECIDE, Stage.CHOOSE_TIME):
        return []
    found = await times.slots_for_match(actor, match.id, count, besides=[hold.id] if hold else [])
    if hold is None:
        return found
    held = Slot(hold.starts_at, hold.ends_at)
    return [held, *(slot for slot in found if slot != held)][:count]


async def _places(actor: Actor, mentoring: Enrollment) -> tuple[int, int]:
    """(taken, all) places of the mentor."""
    taken = await matches.seats_taken(actor, [mentoring.id])
    return taken.get(mentoring.id, 0), mentoring.capacity


@dataclass(frozen=True)
class CirclePage:
    """One person's view of a circle. `leads` is None while nobody does; `others` are its members but the viewer. `met`
    are its meetings, for who belongs to it."""

    match: Match
    me: MatchMember
    leads: MatchMember | None
    others: list[MatchMember]
    common: InCommon
    met: list[Session]

    @property
    def i_lead(self) -> bool:
        """Whether the viewer leads it, or is asked to."""
        return self.me.role is ParticipantRole.FACILITATOR

    @property
    def am_asked(self) -> bool:
        """Whether the circle waits for the viewer's word."""
        return self.me.approval is Approval.PENDING and self.match.state in AWAITING | RUNNING

    @property
    def may_write_down(self) -> bool:
        """Whether the viewer may enter a meeting that was not booked."""
        return self.match.state in RUNNING and sets_times(self.match, self.me)

    @property
    def is_under_way(self) -> bool:
        """Whether it began."""
        return self.match.state in RUNNING

    @property
    def is_over(self) -> bool:
        """Whether it came to its end, or to nothing."""
        return self.match.state not in AWAITING | RUNNING


async def circle_page(actor: Actor, match_id: UUID) -> CirclePage:
    """A circle for one of its people.

    Raises:
        NotFound: not the actor's circle, no circle, or not announced.
    """
    match = await matches.visible_match(actor, match_id)
    me = member_of(match, actor)
    if me is None or not matches.is_circle(match):
        raise NotFound
    return CirclePage(
        match, me, matches.facilitator_of(match), [one for one in matches.learners(match) if one.id != me.id],
        in_common(match.explanation), _kept(await _sessions(actor, match)) if belongs(match, me.person_id) else [],
    )
