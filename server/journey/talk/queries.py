"""Everything about one conversation, for one of its people; and what one needs to book the next."""

from dataclasses import dataclass
from uuid import UUID

from server.goals.models import Milestone
from server.goals.queries import goals_by_match, next_step, worked_on
from server.goals.states import OPEN_GOALS
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.matches.company import Circle, Company, belongs, company_of
from server.matches.models import Match
from server.matches.queries import is_circle, is_mentor, visible_match
from server.matches.states import MatchState
from server.messaging.rules import may_write
from server.sessions import queries as sessions
from server.sessions import rules, times
from server.sessions.many import away
from server.sessions.models import ActionItem, AgendaItem, Session, SessionNote
from server.sessions.slots import Slot
from server.sessions.states import NoteVisibility, SessionState

TWO_WEEKS, THREE_WEEKS = 2, 3


@dataclass(frozen=True)
class SessionPage:
    """A session as one of its people sees it. `step` is asked of whose goal it is, never of a mentor.

    `away`: who of a circle does not come, or was not there. `beside`: what the viewer has booked next with others, in
    another match, and `beside_with` whom they meet then. `missed_slots`: the first free time, if the session may be
    moved there because it did not take place.
    """

    session: Session
    match: Match
    partner: Company
    is_mentor: bool
    sets_times: bool
    topics: list[AgendaItem]
    prompts: list[str]
    mine: dict[int, SessionNote]
    theirs: list[SessionNote]
    promises: list[ActionItem]
    step: Milestone | None
    following: Session | None
    next_slots: list[Slot]
    widened: bool
    missed_slots: list[Slot]
    away: frozenset[UUID]
    beside: Session | None
    beside_with: Company | None
    may_write: bool

    @property
    def circle(self) -> Circle | None:
        """The others, if it is a circle that meets."""
        return self.partner if isinstance(self.partner, Circle) else None

    @property
    def names(self) -> dict[UUID, str]:
        """First names by person, of everybody who is or was in it."""
        return {member.person_id: member.person.first_name for member in self.match.members}

    @property
    def can_be_confirmed(self) -> bool:
        """Whether the viewer, who was there, may say that it took place: for as long as it may be denied."""
        return rules.can_be_confirmed(self.session) and rules.can_be_missed(self.session)

    @property
    def can_be_missed(self) -> bool:
        """Whether the viewer may still say that it did not take place."""
        return self.sets_times and rules.can_be_missed(self.session)

    @property
    def visibility(self) -> NoteVisibility:
        """Who reads the viewer's note; the pair, until something else was chosen."""
        written = next(iter(self.mine.values()), None)
        return written.visibility if written else NoteVisibility.SHARED

    @property
    def is_over(self) -> bool:
        """Whether its planned end has passed."""
        return self.session.ends_at <= clock.now()

    @property
    def link(self) -> str:
        """Where the call is, "" if nobody said."""
        return rules.link_of(self.session, self.match)

    @property
    def own_link(self) -> str:
        """Where the call is if it is not where the programme's are."""
        return "" if self.link == self.match.program.meeting_url else self.link

    @property
    def is_open(self) -> bool:
        """Whether notes can be written: it is booked or took place, and the match runs."""
        took_place = (SessionState.SCHEDULED, SessionState.HELD, SessionState.LOGGED)
        return self.session.state in took_place and self.match.state in (MatchState.ACTIVE, MatchState.PAUSED)


async def session_page(actor: Actor, session_id: UUID, *, widen: bool = False) -> SessionPage:
    """What the Session screen shows.

    Raises:
        NotFound: absent, or the actor is no member.
    """
    session = await sessions.own_session(actor, session_id)
    runs = session.match.state is MatchState.ACTIVE
    match = session.match if runs else await visible_match(actor, session.match_id)    # with its members' breaks
    notes = await sessions.notes_in(actor, session)
    mentors = is_mentor(match, actor.person_id)
    found = (await goals_by_match(actor, [match.id])).get(match.id, [])
    goals = worked_on(found, actor.person_id, mentors=mentors)
    focus = next((goal for goal in goals if goal.state in OPEN_GOALS), None)
    ahead = await sessions.next_session(actor, match.id)
    following = ahead if ahead is not None and ahead.id != session.id else None
    weeks = THREE_WEEKS if widen else TWO_WEEKS
    chooses = rules.can_set_times(actor, match)
    beside = await _beside(actor, match)
    bookable = chooses and match.state is MatchState.ACTIVE and following is None
    return SessionPage(
        session=session, match=match, partner=company_of(match, actor.person_id),
        is_mentor=mentors, sets_times=chooses,
        topics=await sessions.agenda_items(session), prompts=sessions.prompts_of(session),
        mine={note.prompt: note for note in notes if note.author_id == actor.person_id},
        theirs=[note for note in notes if note.author_id != actor.person_id and note.words],
        promises=await sessions.action_items_in(session),
        step=next_step(focus) if focus and not mentors else None, following=following,
        next_slots=await times.next_slots_after(actor, session, weeks=weeks) if bookable else [],
        widened=widen,
        missed_slots=await times.free_times(actor, match, 1) if bookable and rules.can_be_missed(session) else [],
        away=frozenset((await away(actor, [session.id])).get(session.id, ())) if is_circle(match) else frozenset(),
        beside=beside, beside_with=company_of(beside.match, actor.person_id) if beside else None,
        may_write=may_write(match, actor.person_id),
    )


async def _beside(actor: Actor, match: Match) -> Session | None:
    """What the actor has booked next in another match than this one, with that match and its people."""
    ahead = (one for one in await sessions.my_next_sessions(actor) if one.state is SessionState.SCHEDULED)
    return next((one for one in ahead if one.match_id != match.id), None)


@dataclass(frozen=True)
class BookingPage:
    """A match of one's own for which a time is to be chosen, or a session written down."""

    match: Match
    partner: Company
    may_write: bool

    @property
    def circle(self) -> Circle | None:
        """The others, if it is a circle that meets."""
        return self.partner if isinstance(self.partner, Circle) else None


async def booking_page(actor: Actor, match_id: UUID) -> BookingPage:
    """What choosing a time needs to know.

    Raises:
        NotFound: not the actor's match, or not announced.
        Refused: it is a circle, and somebody else leads it.
    """
    match = await visible_match(actor, match_id)
    if not belongs(match, actor.person_id):
        raise NotFound
    require(rules.can_set_times(actor, match), _("choose the time for your circle: who leads it does"))
    return BookingPage(match, company_of(match, actor.person_id), may_write(match, actor.person_id))
