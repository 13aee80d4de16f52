"""The first page of a participant, in a number of statements that does not grow with matches, goals or messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from server.journey.form.queries import Waiting, asked_now
from server.journey.today.journeys import CircleJourney, Journey, about, lives
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches.company import Circle, Company, belongs, company_of
from server.matches.models import Match
from server.matches.queries import my_matches, partner_of
from server.matches.rules import may_ask, member_of, sought_kind
from server.matches.states import AWAITING, OPEN_MATCHES, RUNNING, Approval, MatchState
from server.people.models import ConsentText, Person
from server.people.queries import consent_texts, consents_of
from server.people.states import ConsentPurpose
from server.programs.models import Enrollment
from server.programs.queries import my_enrollments
from server.programs.states import EnrollmentState, ParticipantRole
from server.programs.training.entries import TrainingStep
from server.programs.training.queries import open_steps
from server.sessions.slots import Slot
from server.sessions.times import slots_for_match
from server.surveys.models import SurveyInvitation
from server.surveys.queries import my_invitations

PARTED_FOR = timedelta(days=30)
"""How long the first page says that a match has ended, and what comes next."""
SHOWN_STATES = RUNNING | AWAITING | {MatchState.DURATION_COMPLETED}


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
    partner: Company
    goes_on: bool
    check_in: SurveyInvitation | None

    @property
    def circle(self) -> Circle | None:
        """The others, if it was a circle."""
        return self.partner if isinstance(self.partner, Circle) else None


@dataclass(frozen=True)
class Home:
    """Everything on the first page. `asked` waits for this person's word, `pending` for somebody else's.

    `circles` are those that run and those that ran their time, lately closed or still to be closed.

    `finished`: matches that ran their time, lately closed or still to be closed; `alumni` is the wording to say yes or
    no to then. `parted`: those that ended before it, of enrolments that go on without one, and those about which one
    is still asked. `offer` is a time for the first match that needs one.
    `waiting`: in nothing of what they wait for: whoever meets in a circle beside pairs waits for a mentor still.
    `resting`: on a break, and in no match that would tell of it. `surveys`: what the programme asks, besides check-ins.
    `proposed`: a later last day waits for this person's word, with who proposed it. `may_ask`: where they have a free
    place and may choose whom to ask. `training`: what each enrolment has still to read.
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
    resting: list[Enrollment] = field(default_factory=list)
    circles: list[CircleJourney] = field(default_factory=list)
    places: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)
    alumni: ConsentText | None = None
    offer: Offer | None = None
    may_ask: list[Enrollment] = field(default_factory=list)
    surveys: list[Waiting] = field(default_factory=list)
    training: list[tuple[Enrollment, list[TrainingStep]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all: somebody who takes part in no programme."""
        lists = (self.asked, self.pending, self.learning, self.mentoring, self.finished, self.parted, self.to_fill_in)
        return not any((*lists, self.circles, self.waiting, self.resting, self.surveys))

    @property
    def has_booked(self) -> bool:
        """Whether a first session was agreed with somebody whom one still meets."""
        return any(one.is_booked or one.held or one.unwritten for one in self.running)

    @property
    def running(self) -> list[Journey | CircleJourney]:
        """Every pair and circle that runs."""
        return [*self.learning, *self.mentoring, *(one for one in self.circles if one.match.state in RUNNING)]

    @property
    def ended(self) -> list[Journey | CircleJourney]:
        """Every pair and circle that has run its time."""
        return [*self.finished, *(one for one in self.circles if one.match.state not in RUNNING)]

    @property
    def unready(self) -> set[UUID]:
        """Enrolments for which nobody is looked before training is done."""
        return {row.id for row, steps in self.training if any(step.required for step in steps)}

    @property
    def needs(self) -> int:
        """How many things wait for this person."""
        open_check_ins = [one.check_in for one in (*self.running, *self.parted) if one.check_in]
        times = [one for one in self.running if one.needs_a_time]
        to_close = [one for one in self.ended if one.match.state is MatchState.DURATION_COMPLETED or one.check_in]
        waiting = (
            self.unready, self.asked, self.proposed, to_close, self.to_fill_in, open_check_ins, times, self.surveys,
        )
        return sum(len(one) for one in waiting)


async def home(actor: Actor) -> Home:
    """The actor's first page: own matches, goals, sessions, promises, messages and forms."""
    own = await my_matches(actor, SHOWN_STATES | {MatchState.CONCLUDED, MatchState.COMPLETED})
    found = [match for match in own if belongs(match, actor.person_id) or _is_asked(actor, match)]
    rows = [match for match in found if match.state in SHOWN_STATES]
    running = [match for match in rows if match.state in RUNNING and not _is_asked(actor, match)]
    finished = [match for match in found if _has_run(match)]
    asked = await my_invitations(actor)
    lived = await lives(actor, [*running, *finished], asked)
    journeys = [one for one in lived if isinstance(one, Journey)]
    circles = [one for one in lived if isinstance(one, CircleJourney)]
    enrollments = await my_enrollments(actor)
    learning = [one for one in journeys if not one.is_mentor and one.match.state in RUNNING]
    mentoring = [one for one in journeys if one.is_mentor and one.match.state in RUNNING]
    sought = [match for match in found if _is_sought(actor, match)]
    over = {_mine(actor, match) for match in sought if _was_their_time(actor, match)}
    in_match = over | {_mine(actor, match) for match in sought if match in rows or match in finished}
    parted = _parted(actor, found, _in(enrollments, EnrollmentState.ACTIVE), in_match, asked)
    in_match |= {_mine(actor, one.match) for one in parted if one.goes_on}
    told = {_mine(actor, match) for match in running}
    training = await open_steps(actor, enrollments)
    unready = {one for one, steps in training.items() if any(step.required for step in steps)}
    return Home(
        asked=[match for match in rows if _is_asked(actor, match)],
        pending=[match for match in rows if match.state in AWAITING and not _is_asked(actor, match)],
        learning=learning, mentoring=mentoring, offer=await _offer(actor, [*learning, *mentoring, *circles]),
        finished=[one for one in journeys if one.match.state not in RUNNING],
        circles=circles,
        parted=parted, surveys=await asked_now(actor, own),
        proposed=[(match, partner_of(match, actor.person_id)) for match in rows if _is_proposed_to(actor, match)],
        to_fill_in=_in(enrollments, EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS),
        waiting=[
            row for row in _in(enrollments, EnrollmentState.ACTIVE, EnrollmentState.WAITLISTED,
                               EnrollmentState.PENDING_APPROVAL)
            if row.id not in in_match
        ],
        resting=[row for row in _in(enrollments, EnrollmentState.PAUSED) if row.id not in told],
        places=_places(enrollments, rows, actor),
        may_ask=[row for row in _may_ask(enrollments, sought, actor) if row.id not in over | unready],
        training=[(row, training[row.id]) for row in enrollments if row.id in training],
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


async def _offer(actor: Actor, journeys: list[Journey | CircleJourney]) -> Offer | None:
    """A time for the first match without one; for the others it is asked on their own page."""
    needs = next((one for one in journeys if one.needs_a_time), None)
    slots = await slots_for_match(actor, needs.match.id, 1) if needs else []
    return Offer(needs.match.id, slots[0]) if needs and slots else None


def _is_asked(actor: Actor, match: Match) -> bool:
    me = member_of(match, actor)
    return match.state in OPEN_MATCHES and me is not None and me.approval is Approval.PENDING


def _is_proposed_to(actor: Actor, match: Match) -> bool:
    return match.proposed_end_on is not None and match.proposed_by_id != actor.person_id


def _mine(actor: Actor, match: Match) -> UUID | None:
    me = member_of(match, actor)
    return me.enrollment_id if me else None


def _is_sought(actor: Actor, match: Match) -> bool:
    """Whether a match is what its member waits for: no circle beside the pairs is, but for who leads it."""
    me = member_of(match, actor)
    return me is not None and match.kind is sought_kind(match.program, me.role)


def _was_their_time(actor: Actor, match: Match) -> bool:
    """Whether it was closed after its last day, for a mentee: whatever circle goes on, nobody is sought any more."""
    me = member_of(match, actor)
    return match.state is MatchState.COMPLETED and me is not None and me.role is ParticipantRole.MENTEE


def _parted(
    actor: Actor, found: list[Match], active: list[Enrollment], in_match: set[UUID | None],
    asked: list[SurveyInvitation],
) -> list[Parting]:
    """The latest match that ended of each enrolment which goes on and is in no other one, and those one is asked about.
    A circle that ended beside the pairs leaves no gap that anybody would fill."""
    going_on = {row.id for row in active} - in_match
    ended = [match for match in found if match.state is MatchState.CONCLUDED and _is_late(match)]
    by_time = sorted(ended, key=lambda match: match.ended_at or clock.now())
    sought = [match for match in by_time if _is_sought(actor, match)]
    latest = {_mine(actor, match): match.id for match in sought if _mine(actor, match) in going_on}
    told = [
        Parting(match, company_of(match, actor.person_id), match.id in latest.values(), about(match, asked))
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
