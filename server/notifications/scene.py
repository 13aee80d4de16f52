"""What a message speaks of, as it stands now: fetched when it is sent, so that a letter never tells old news."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from server.access.letters.queries import letter_by_id
from server.access.models import SignInLetter
from server.access.queries import actor_for
from server.goals.models import Goal, Milestone
from server.goals.queries import goal_with_owner, has_active_goal, milestone_with_owner
from server.journey.console.acceptance import LowAcceptance, low_acceptance
from server.journey.console.measures import quiet_pairs, unmatched, unmet_pairs
from server.journey.reporting.team import TeamRow, team_of
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.kernel.terms import NO_TERMS
from server.kernel.text import use_language, use_terms
from server.matches.company import Circle, Company, company_of, members_now, sets_times
from server.matches.models import Match, MatchMember
from server.matches.queries import (
    are_in_matches,
    are_peers,
    back_on,
    is_circle,
    is_mentor,
    matches,
    matches_in,
    visible_match,
)
from server.matches.rules import QUIET_ENDS_IN, is_requester
from server.matches.states import MatchState
from server.messaging.rules import is_open
from server.notifications import queries
from server.notifications.conditions.queries import unmet
from server.notifications.models import Message
from server.notifications.reporting.queries import Report, report_for
from server.notifications.states import MAIL_MARK, PUSH_MARK
from server.notifications.wished.queries import is_done
from server.people.models import Organization, Person, Profile
from server.people.queries import organization_of, profile_of, visible_person
from server.programs.models import Cohort, Enrollment, Program
from server.programs.plans.queries import messages_prepared
from server.programs.plans.telling import own
from server.programs.queries import cohort_by_id, grace_ends_at, takes_part_in, visible_enrollment, waitlist_place
from server.programs.reporting.queries import sponsor_of
from server.programs.rules import is_of_circles
from server.programs.states import EnrollmentState, ParticipantRole
from server.programs.terms.setup import terms_of
from server.programs.training.entries import TrainingStep
from server.programs.training.queries import open_steps
from server.sessions.models import ActionItem, Session
from server.sessions.queries import (
    have_met,
    held_sessions,
    next_session,
    promise_with_match,
    sessions_by_ids,
    visible_session,
)
from server.sessions.states import SessionState
from server.sessions.times import free_times
from server.surveys.forms.form import Question, one_question, questions_of
from server.surveys.forms.queries import visible_form
from server.surveys.models import FormInvitation, SurveyInvitation

SHOWN_AS = "shown_as_id"
"""The fact that a message is only tried: as whom its reader sees it."""
WITH_THE_END = timedelta(minutes=1)
"""A word of thanks is written in the act that ends a match: this close before it."""
TIMES = 3
"""So many times to say yes with, or to begin with."""
WITH_TIMES = ("M03", "F01", "F02", "F03", "S06", "S08", "I01", "I02", "Z02")
BEFORE_THEY_MEET = ("F01", "F02", "F03")
TOLD_AFTER_DAYS = {"F04": 20, "M11-runs": 13, "I03": 28, "I04": 41}
"""How long a match has run, somebody waits, or nobody met, at least, when who runs the programme hears of it: a day
less than the letter says, which goes in the morning of that day. Where a programme moves it, a day less than that."""
WITH_HELD = ("Z06", "Z07", "R02")
ABOUT_NO_PROGRAM = ("Q04", "Y01", "Y01-moved", "Y01-device", "Y03")
ABOUT_A_GOAL = ("G01", "G01-met")


@dataclass(frozen=True, slots=True)
class Scene:
    """The recipient and everything around the subject of a message. What does not belong to it is None or zero.

    `address` is where it goes, `mail_fails` whether mail comes back from there; `times`: when both of a pair could meet
    first, for who is asked about it; `to_do`: training that is open. `knows` says whether they got the message that
    this one follows (queries.was_told). `unmet`: which condition of its programme does not hold. `tester`: who gets the
    letter where it is only tried: as `person` would get it, in the words that are being prepared.
    """

    message: Message
    person: Person
    organization: Organization
    cohort: Cohort | None = None
    address: str = ""
    mail_fails: bool = False
    is_muted: bool = False
    is_push_muted: bool = False
    knows: bool = False
    unmet: str = ""
    enrollment: Enrollment | None = None
    place: int | None = None
    to_do: tuple[TrainingStep, ...] = ()
    ends_at: datetime | None = None
    match: Match | None = None
    ahead: Session | None = None
    has_met: bool = False
    times: tuple[datetime, ...] = ()
    session: Session | None = None
    sessions: tuple[Session, ...] = ()
    survey: SurveyInvitation | None = None
    form: FormInvitation | None = None
    asks_for_a_person: bool = False
    unread: int = 0
    drafts: int = 0
    pairs: tuple[str, ...] = ()
    is_done: bool = False
    report: Report | None = None
    team: tuple[TeamRow, ...] = ()
    is_enrolled: bool = False
    is_matched: bool = False
    has_goal: bool = False
    goal: Goal | None = None
    milestone: Milestone | None = None
    held: tuple[Session, ...] = ()
    promise: ActionItem | None = None
    acceptance: LowAcceptance | None = None
    sponsor: Person | None = None
    sign_in: SignInLetter | None = None
    tester: Person | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """What the form asks."""
        return questions_of(self.form.form.questions) if self.form else ()

    @property
    def only_question(self) -> Question | None:
        """What the form asks, where it is one question, words besides."""
        return one_question(self.questions)

    @property
    def program(self) -> Program:
        """The programme that the message belongs to."""
        assert self.cohort is not None, "only messages about an account are about no programme"
        return self.cohort.program

    @property
    def partner(self) -> Company:
        """The other person of the match, or the circle."""
        assert self.match is not None, "only messages about a match speak of a partner"
        return company_of(self.match, self.person.id)

    @property
    def circle(self) -> Circle | None:
        """The circle that the message is about, if it is about one."""
        company = self.partner if self.match else None
        return company if isinstance(company, Circle) else None

    @property
    def seat(self) -> MatchMember | None:
        """The seat of the recipient in the match, if they have one."""
        there = self.match.members if self.match else ()
        return next((one for one in there if one.person_id == self.person.id), None)

    @property
    def of_circles(self) -> bool:
        """Whether there is nothing but circles in the programme."""
        return is_of_circles(self.program)

    @property
    def leads_circles(self) -> bool:
        """Whether the recipient takes part, or is asked to, as somebody who leads a circle."""
        return self.enrollment is not None and self.enrollment.role is ParticipantRole.FACILITATOR

    @property
    def sets_times(self) -> bool:
        """Whether the recipient chooses when they meet."""
        return self.match is not None and self.seat is not None and sets_times(self.match, self.seat)

    @property
    def left(self) -> Person:
        """Who has left the circle."""
        assert self.match is not None, "only messages about a circle speak of who left it"
        left_id = str(self.message.facts["left_id"])
        return next(one.person for one in self.match.members if str(one.person_id) == left_id)

    @property
    def author(self) -> Person:
        """Whose word it was that the message tells of."""
        assert self.match is not None, "only messages about a match are about a word"
        said_by = self.message.facts.get("author_id")
        wrote = (one.person for one in self.match.members if str(one.person_id) == said_by)
        return next(wrote, None) or next(one.person for one in self.match.members if one.person_id != self.person.id)

    @property
    def mentors(self) -> bool:
        """Whether the recipient is the mentor of the match."""
        return self.match is not None and is_mentor(self.match, self.person.id)

    @property
    def are_peers(self) -> bool:
        """Whether the match is one of two peers."""
        return self.match is not None and are_peers(self.match)

    @property
    def asked_for_it(self) -> bool:
        """Whether the recipient asked for the match, and so knows of it."""
        return self.match is not None and is_requester(self.match, self.person.id)

    @property
    def goes_on(self) -> bool:
        """Whether the recipient takes part beyond the match, so that another one is looked for."""
        assert self.match is not None, "only messages about a match are about a seat"
        mine = [one.enrollment for one in self.match.members if one.person_id == self.person.id]
        return any(one.state is EnrollmentState.ACTIVE for one in mine)

    @property
    def time_together(self) -> timedelta:
        """How long they talked in all."""
        return sum((one.ends_at - one.starts_at for one in self.held), timedelta())

    @property
    def ends_quietly_at(self) -> datetime:
        """When a match ends in which nobody met for long, unless somebody says that it goes on."""
        return self.message.created_at + QUIET_ENDS_IN

    @property
    def back_on(self) -> date | None:
        """The day on which a match that rests goes on: its own, or that of the member's break."""
        assert self.match is not None, "only messages about a match speak of a pause"
        return back_on(self.match)

    @property
    def offer(self) -> Session | None:
        """The time that the other person chose and this one has not agreed to."""
        held = self.ahead if self.ahead and self.ahead.state is SessionState.PROPOSED else None
        return held if held and held.proposed_by_id != self.person.id else None

    @property
    def booked(self) -> Session | None:
        """The next session that both agreed to."""
        return self.ahead if self.ahead and self.ahead.state is SessionState.SCHEDULED else None

    @property
    def language(self) -> str:
        """The person's language, else the organisation's."""
        return self.person.language or self.organization.language

    @contextmanager
    def voice(self) -> Iterator[None]:
        """Speak the recipient's language within the block, in the words of the programme that the message is about."""
        with use_language(self.language), use_terms(terms_of(self.program) if self.cohort else NO_TERMS):
            yield


async def scene_of(actor: Actor, message: Message) -> Scene:
    """Everything that `message` speaks of.

    Raises:
        NotFound: the recipient or the subject is gone.
    """
    ids = {name: UUID(str(value)) for name, value in message.facts.items() if name.endswith("_id")}
    reader = await visible_person(actor, message.recipient_id)
    tester = reader if SHOWN_AS in ids else None
    person = await visible_person(actor, ids[SHOWN_AS]) if tester else reader
    profile = await profile_of(actor, person.id)
    enrollment = await visible_enrollment(actor, ids["enrollment_id"]) if "enrollment_id" in ids else None
    match = await visible_match(actor, ids["match_id"]) if "match_id" in ids else None
    sign_in = await letter_by_id(actor, ids["letter_id"]) if "letter_id" in ids else None
    ahead = await next_session(actor, match.id) if match else None
    cohort = None if message.kind in ABOUT_NO_PROGRAM else await _cohort(actor, ids, enrollment or match)
    if tester and cohort:
        cohort.program.messages = await messages_prepared(actor, cohort.program_id)
    address = await queries.address_for(message, reader)
    return Scene(
        message=message,
        person=person,
        organization=await organization_of(actor),
        cohort=cohort,
        address=address,
        mail_fails=sign_in is None and await queries.dead_mailbox(actor, reader.id, address) is not None,
        is_muted=_is_off(message, MAIL_MARK, profile),
        is_push_muted=_is_off(message, PUSH_MARK, profile),
        knows=await queries.was_told(actor, message),
        unmet=await unmet(actor, message, enrollment.person if enrollment else person, cohort, match),
        enrollment=enrollment,
        place=await waitlist_place(actor, enrollment) if enrollment else None,
        to_do=tuple((await open_steps(actor, [enrollment])).get(enrollment.id, ())) if enrollment else (),
        ends_at=await grace_ends_at(actor, enrollment.id) if enrollment else None,
        match=match,
        ahead=ahead,
        has_met=message.kind in BEFORE_THEY_MEET and match is not None and await have_met(match),
        times=await _times(person, match) if message.kind in WITH_TIMES and match and ahead is None else (),
        session=await visible_session(actor, ids["session_id"], match=match) if "session_id" in ids else None,
        sessions=tuple(await _of_series(actor, message)),
        survey=await queries.survey_by_id(actor, ids["invitation_id"]) if "invitation_id" in ids else None,
        form=await visible_form(actor, ids["form_invitation_id"]) if "form_invitation_id" in ids else None,
        asks_for_a_person=message.kind == "C04" and await queries.asks_for_a_person(actor, ids["invitation_id"]),
        unread=await _unread(actor, ids["thread_id"], person, match) if "thread_id" in ids else 0,
        drafts=len(await matches_in(actor, cohort.id, [MatchState.DRAFT])) if cohort and message.kind == "M01" else 0,
        pairs=tuple(await _pairs(actor, message.kind, cohort)) if cohort else (),
        is_enrolled=message.kind == "Z09" and cohort is not None and await takes_part_in(actor, person.id, cohort.id),
        is_matched=message.kind == "M11" and await are_in_matches(actor, ids.values()),
        has_goal=message.kind in ABOUT_A_GOAL and match is not None and await _has_goal(actor, match, person),
        report=await report_for(actor, message, person, cohort),
        team=tuple(await team_of(actor, person.id)) if message.kind == "Q04" else (),
        is_done=await is_done(actor, message, cohort),
        goal=await goal_with_owner(actor, ids["goal_id"]) if "goal_id" in ids else None,
        held=tuple(await held_sessions(actor, match.id)) if match and message.kind in WITH_HELD else (),
        milestone=await milestone_with_owner(actor, ids["milestone_id"]) if "milestone_id" in ids else None,
        promise=await promise_with_match(actor, ids["action_item_id"]) if "action_item_id" in ids else None,
        acceptance=await _acceptance(actor, cohort) if cohort and message.kind == "M10" else None,
        sponsor=await sponsor_of(actor, cohort.program) if cohort and message.kind == "L02" else None,
        sign_in=sign_in, tester=tester,
    )


def _is_off(message: Message, channel: str, profile: Profile) -> bool:
    """Whether somebody switched a channel off for this kind of message or for its class, or the kind altogether."""
    marks = {message.kind, message.kind + channel, message.message_class + channel}
    return not marks.isdisjoint(profile.muted_kinds)


async def to_be_invited(actor: Actor, cohort: Cohort, person: Person, role: ParticipantRole) -> Scene:
    """What the invitation of somebody would speak of, were it sent now. Nothing is stored and nobody is asked."""
    own = {"organization_id": actor.organization_id, "person_id": person.id}
    until = clock.now() + timedelta(days=cohort.program.invitation_days)
    enrollment = Enrollment(**own, program_id=cohort.program_id, cohort_id=cohort.id, role=role, expires_at=until)
    message = Message(organization_id=actor.organization_id, recipient_id=person.id, kind="E01")
    return Scene(message, person, await organization_of(actor), cohort, enrollment=enrollment)


async def _times(person: Person, match: Match) -> tuple[datetime, ...]:
    """When both of a pair could meet first, in the days of who is asked; people of a circle choose none."""
    if is_circle(match):
        return ()
    free = await free_times(await actor_for(person), match, TIMES)
    return tuple(one.starts_at for one in free)


async def to_be_asked(actor: Actor, enrollment: Enrollment, cohort: Cohort) -> Scene:
    """What the letter would speak of that asks a mentor for one more place, were it sent now. Nothing is stored."""
    person = enrollment.person
    message = Message(organization_id=actor.organization_id, recipient_id=person.id, kind="E17-place")
    return Scene(message, person, await organization_of(actor), cohort, enrollment=enrollment)


async def _of_series(actor: Actor, message: Message) -> list[Session]:
    """The sessions of a series that a message speaks of, in the order of time."""
    ids = [UUID(str(value)) for value in message.facts.get("session_ids", [])]
    return await sessions_by_ids(actor, ids) if ids else []


async def _cohort(actor: Actor, ids: dict[str, UUID], about: Enrollment | Match | None) -> Cohort:
    if "cohort_id" in ids:
        return await cohort_by_id(actor, ids["cohort_id"])
    if about is None:
        raise NotFound
    about.cohort.program = about.program  # both came with it
    return about.cohort


async def _pairs(actor: Actor, kind: str, cohort: Cohort) -> list[str]:
    """Whom of a group a message to who runs it is about, match by match, or one by one."""
    if kind not in TOLD_AFTER_DAYS:
        return []
    moved = own(cohort.program.messages, kind).moments
    after = timedelta(days=min(moved) - 1 if moved else TOLD_AFTER_DAYS[kind])
    if kind == "M11-runs":
        rows = await unmatched(actor, cohort.id, after).select_related("person")
        return [one.person.full_name for one in rows]
    running = matches(actor).filter(cohort_id=cohort.id)
    found = unmet_pairs(actor, running, after) if kind == "F04" else quiet_pairs(actor, running, after)
    there = await found.prefetch_related("members__person", "members__enrollment")
    return [", ".join(one.person.full_name for one in members_now(match)) for match in there]


async def _has_goal(actor: Actor, match: Match, person: Person) -> bool:
    """Whether somebody works on a goal of their own in a match."""
    own = [one.enrollment_id for one in match.members if one.person_id == person.id]
    return any([await has_active_goal(actor, enrollment_id) for enrollment_id in own])


async def _acceptance(actor: Actor, cohort: Cohort) -> LowAcceptance | None:
    """How few matches of a group are accepted; None where it is enough."""
    low = await low_acceptance(actor, [cohort.program_id], matches(actor).filter(cohort_id=cohort.id))
    return next(iter(low), None)


async def _unread(actor: Actor, thread_id: UUID, person: Person, match: Match | None) -> int:
    """Unread words; of a match that is over only those that went with its end, a word of thanks."""
    over = match.ended_at if match and not is_open(match) else None
    return await queries.unread_words(actor, thread_id, person.id, since=over - WITH_THE_END if over else None)
