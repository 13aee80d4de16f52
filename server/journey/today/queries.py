"""The first page of a participant, in a number of statements that does not grow with matches, goals or messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from server.goals.models import Goal, Milestone
from server.goals.queries import goals_by_match, steps_of, worked_on
from server.goals.states import OPEN_GOALS, MilestoneState
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches.models import Match
from server.matches.queries import are_peers, back_on, is_mentor, my_matches, partner_of
from server.matches.rules import may_ask, member_of
from server.matches.states import AWAITING, OPEN_MATCHES, RUNNING, Approval, MatchState
from server.messaging.models import ThreadMessage
from server.messaging.queries import last_words
from server.people.models import ConsentText, Person
from server.people.queries import consent_texts, consents_of
from server.people.states import ConsentPurpose
from server.programs.models import Enrollment
from server.programs.queries import my_enrollments
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import ActionItem, Session
from server.sessions.queries import held_ends, my_unwritten, open_action_items, sessions_ahead
from server.sessions.rules import can_be_missed
from server.sessions.slots import Slot
from server.sessions.states import SessionState
from server.sessions.times import slots_for_match
from server.surveys.models import SurveyInvitation
from server.surveys.queries import my_invitations

WEEK_DAYS = 7
QUIET_AFTER = timedelta(weeks=3)
PARTED_FOR = timedelta(days=30)
"""How long the first page says that a match has ended, and what comes next."""
SHOWN_STATES = RUNNING | AWAITING | {MatchState.DURATION_COMPLETED}


@dataclass(frozen=True)
class Journey:
    """One running match as one of its people sees it. `goals` are those they work on, `theirs` the other peer's."""

    match: Match
    partner: Person
    is_mentor: bool
    goals: list[Goal]
    theirs: list[Goal]
    session: Session | None
    unwritten: Session | None
    held: int
    last_met: datetime | None
    last_message: ThreadMessage | None
    promises: list[ActionItem]
    check_in: SurveyInvitation | None

    @property
    def goal(self) -> Goal | None:
        """The goal in focus."""
        return next(iter(self.goals), None)

    @property
    def steps(self) -> list[Milestone]:
        """The milestones of the goal in focus."""
        return steps_of(self.goal) if self.goal else []

    @property
    def steps_done(self) -> int:
        """How many milestones are reached."""
        return sum(step.state is MilestoneState.DONE for step in self.steps)

    @property
    def weeks(self) -> tuple[int, int]:
        """(the week it is in, all weeks) of the match, both from 1."""
        start = self.match.active_at.date() if self.match.active_at else clock.now().date()
        end = self.match.ends_on or start
        whole = max(1, -(-(end - start).days // WEEK_DAYS))
        return min(whole, (clock.now().date() - start).days // WEEK_DAYS + 1), whole

    @property
    def is_quiet(self) -> bool:
        """Whether they run, have nothing booked, and have not met for QUIET_AFTER (design 2.3)."""
        since = self.last_met or self.match.active_at
        runs = self.match.state is MatchState.ACTIVE and self.session is None
        return runs and since is not None and clock.now() - since >= QUIET_AFTER

    @property
    def can_be_missed(self) -> bool:
        """Whether the session without notes may still be said not to have taken place."""
        return self.unwritten is not None and can_be_missed(self.unwritten)

    @property
    def my_break(self) -> Enrollment | None:
        """One's own enrolment while one takes a break from it."""
        return next((one for one in self._breaks if one.person_id != self.partner.id), None)

    @property
    def partner_is_away(self) -> bool:
        """Whether the partner takes a break."""
        return any(one.person_id == self.partner.id for one in self._breaks)

    @property
    def back_on(self) -> date | None:
        """The day on which a match that rests goes on, if it is known."""
        return back_on(self.match)

    @property
    def _breaks(self) -> list[Enrollment]:
        return [one.enrollment for one in self.match.members if one.enrollment.state is EnrollmentState.PAUSED]

    @property
    def is_booked(self) -> bool:
        """Whether the next session is agreed by both."""
        return self.session is not None and self.session.state is SessionState.SCHEDULED


@dataclass(frozen=True, slots=True)
class Offer:
    """The nearest time that suits both people of a match which has none booked."""

    match_id: UUID
    slot: Slot


@dataclass(frozen=True)
class Parting:
    """A match that ended before its time. `goes_on`: one's part in the programme does, and looks for another match;
    `check_in` asks how it was, while it is open."""

    match: Match
    partner: Person
    goes_on: bool
    check_in: SurveyInvitation | None


@dataclass(frozen=True)
class Home:
    """Everything on the first page. `asked` waits for this person's word, `pending` for somebody else's.

    `finished`: matches that ran their time, lately closed or still to be closed; `alumni` is the wording to say yes or
    no to then. `parted`: those that ended before it, of enrolments that go on without one, and those about which one
    is still asked. `offer` is a time for the first match that needs one.
    `proposed`: a later last day waits for this person's word, with who proposed it. `may_ask`: where they have a free
    place and may choose whom to ask.
    """

    asked: list[Match]
    pending: list[Match]
    learning: list[Journey]
    mentoring: list[Journey]
    finished: list[Journey]
    parted: list[Parting]
    proposed: list[tuple[Match, Person]]
    to_fill_in: list[Enrollment]
    waiting: list[Enrollment]
    places: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)
    alumni: ConsentText | None = None
    offer: Offer | None = None
    may_ask: list[Enrollment] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all: somebody who takes part in no programme."""
        lists = (self.asked, self.pending, self.learning, self.mentoring, self.finished, self.parted, self.to_fill_in)
        return not any((*lists, self.waiting))

    @property
    def has_booked(self) -> bool:
        """Whether a first session was agreed with somebody whom one still meets."""
        return any(one.is_booked or one.held or one.unwritten for one in (*self.learning, *self.mentoring))

    @property
    def needs(self) -> int:
        """How many things wait for this person."""
        open_check_ins = [one.check_in for one in (*self.learning, *self.mentoring) if one.check_in]
        open_check_ins += [one.check_in for one in self.parted if one.check_in]
        running = [one for one in (*self.learning, *self.mentoring) if one.match.state is MatchState.ACTIVE]
        times = [one for one in running if one.session is None]
        to_close = [one for one in self.finished if one.match.state is MatchState.DURATION_COMPLETED or one.check_in]
        waiting = (self.asked, self.proposed, to_close, self.to_fill_in, open_check_ins, times)
        return sum(len(one) for one in waiting)


async def home(actor: Actor) -> Home:
    """The actor's first page: own matches, goals, sessions, promises, messages and forms."""
    found = await my_matches(actor, SHOWN_STATES | {MatchState.CONCLUDED, MatchState.COMPLETED})
    rows = [match for match in found if match.state in SHOWN_STATES]
    running = [match for match in rows if match.state in RUNNING]
    finished = [match for match in found if _has_run(match)]
    asked = await my_invitations(actor)
    journeys = await _journeys(actor, [*running, *finished], asked)
    enrollments = await my_enrollments(actor)
    learning = [one for one in journeys if not one.is_mentor and one.match.state in RUNNING]
    mentoring = [one for one in journeys if one.is_mentor and one.match.state in RUNNING]
    in_match = {_mine(actor, match) for match in [*rows, *finished]}
    parted = _parted(actor, found, _in(enrollments, EnrollmentState.ACTIVE), in_match, asked)
    in_match |= {_mine(actor, one.match) for one in parted if one.goes_on}
    return Home(
        asked=[match for match in rows if _is_asked(actor, match)],
        pending=[match for match in rows if match.state in AWAITING and not _is_asked(actor, match)],
        learning=learning, mentoring=mentoring, offer=await _offer(actor, [*learning, *mentoring]),
        finished=[one for one in journeys if one.match.state not in RUNNING],
        parted=parted,
        proposed=[(match, partner_of(match, actor.person_id)) for match in rows if _is_proposed_to(actor, match)],
        to_fill_in=_in(enrollments, EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS),
        waiting=[
            row for row in _in(enrollments, EnrollmentState.ACTIVE, EnrollmentState.WAITLISTED,
                               EnrollmentState.PENDING_APPROVAL)
            if row.id not in in_match
        ],
        places=_places(enrollments, rows, actor), may_ask=_may_ask(enrollments, rows, actor),
        alumni=await _alumni_question(actor) if any(one.state is MatchState.COMPLETED for one in finished) else None,
    )


def _has_run(match: Match) -> bool:
    """Whether a match ran its time, and is still to be closed or was closed lately."""
    if match.state is MatchState.DURATION_COMPLETED:
        return True
    return match.state is MatchState.COMPLETED and _is_late(match)


def _is_late(match: Match) -> bool:
    """Whether it ended so lately that the first page still speaks of it."""
    return match.ended_at is not None and clock.now() - match.ended_at < PARTED_FOR


async def _alumni_question(actor: Actor) -> ConsentText | None:
    """The wording about being asked again, until somebody has said yes or no to it (lifecycle Z08)."""
    text = (await consent_texts(actor)).get(ConsentPurpose.ALUMNI)
    if text is None or actor.person_id is None:
        return None
    said = (await consents_of(actor, actor.person_id)).get(ConsentPurpose.ALUMNI)
    return None if said and said.text_id == text.id else text


async def _offer(actor: Actor, journeys: list[Journey]) -> Offer | None:
    """A time for the first match without one; for the others it is asked on their own page."""
    needs = next((one for one in journeys if one.match.state is MatchState.ACTIVE and one.session is None), None)
    slots = await slots_for_match(actor, needs.match.id, 1) if needs else []
    return Offer(needs.match.id, slots[0]) if needs and slots else None


async def _journeys(actor: Actor, running: list[Match], asked: list[SurveyInvitation]) -> list[Journey]:
    ids = [match.id for match in running]
    goals = await goals_by_match(actor, ids)
    ahead = await sessions_ahead(actor, ids)
    unwritten = {session.match_id: session for session in reversed(await my_unwritten(actor))}
    held = await held_ends(actor, ids)
    said = await last_words(actor, ids)
    promised = await open_action_items(actor)
    return [
        Journey(
            match=match, partner=partner_of(match, actor.person_id),
            is_mentor=is_mentor(match, actor.person_id),
            goals=worked_on(_shown(match, goals), actor.person_id, mentors=is_mentor(match, actor.person_id)),
            theirs=[one for one in _shown(match, goals) if are_peers(match) and one.person_id != actor.person_id],
            session=_next_of(ahead, match), unwritten=unwritten.get(match.id), held=len(held.get(match.id, [])),
            last_met=next(reversed(held.get(match.id, [])), None),
            last_message=_from_partner(said.get(match.id), actor),
            promises=[item for item in promised if item.match_id == match.id],
            check_in=_about(match, asked),
        )
        for match in running
    ]


def _shown(match: Match, goals: Mapping[UUID, list[Goal]]) -> list[Goal]:
    """The goals of a match; while it runs, those that are open."""
    return [one for one in goals.get(match.id, []) if match.state not in RUNNING or one.state in OPEN_GOALS]


def _about(match: Match, asked: list[SurveyInvitation]) -> SurveyInvitation | None:
    return next((one for one in asked if one.match_id == match.id), None)


def _from_partner(last: ThreadMessage | None, actor: Actor) -> ThreadMessage | None:
    """The last word of a thread while it is the partner's: there is something to answer."""
    return last if last and last.author_id != actor.person_id else None


def _next_of(ahead: list[Session], match: Match) -> Session | None:
    """The booked session that comes next, else the time that is held."""
    own = [session for session in ahead if session.match_id == match.id]
    booked = (session for session in own if session.state is SessionState.SCHEDULED)
    return next(booked, None) or next(iter(own), None)


def _is_asked(actor: Actor, match: Match) -> bool:
    me = member_of(match, actor)
    return match.state in AWAITING and me is not None and me.approval is Approval.PENDING


def _is_proposed_to(actor: Actor, match: Match) -> bool:
    return match.proposed_end_on is not None and match.proposed_by_id != actor.person_id


def _mine(actor: Actor, match: Match) -> UUID | None:
    me = member_of(match, actor)
    return me.enrollment_id if me else None


def _parted(
    actor: Actor, found: list[Match], active: list[Enrollment], in_match: set[UUID | None],
    asked: list[SurveyInvitation],
) -> list[Parting]:
    """The latest match that ended of each enrolment which goes on and is in no other one, and those one is asked about.
    """
    going_on = {row.id for row in active} - in_match
    ended = [match for match in found if match.state is MatchState.CONCLUDED and _is_late(match)]
    by_time = sorted(ended, key=lambda match: match.ended_at or clock.now())
    latest = {_mine(actor, match): match.id for match in by_time if _mine(actor, match) in going_on}
    told = [
        Parting(match, partner_of(match, actor.person_id), match.id in latest.values(), _about(match, asked))
        for match in by_time
    ]
    return [one for one in told if one.goes_on or one.check_in]


def _in(enrollments: list[Enrollment], *states: EnrollmentState) -> list[Enrollment]:
    return [row for row in enrollments if row.state in states]


def _may_ask(enrollments: list[Enrollment], rows: list[Match], actor: Actor) -> list[Enrollment]:
    taken = [_mine(actor, match) for match in rows if match.state in OPEN_MATCHES]
    return [
        row for row in _in(enrollments, EnrollmentState.ACTIVE)
        if may_ask(row.program, row.role) and taken.count(row.id) < row.capacity
    ]


def _places(enrollments: list[Enrollment], rows: list[Match], actor: Actor) -> dict[UUID, tuple[int, int]]:
    """(taken, all) places of each mentor enrolment."""
    taken = [_mine(actor, match) for match in rows if match.state in RUNNING | AWAITING]
    return {
        row.id: (taken.count(row.id), row.capacity)
        for row in enrollments
        if row.role is ParticipantRole.MENTOR and row.state is EnrollmentState.ACTIVE
    }
