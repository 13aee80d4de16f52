"""What somebody reads before they pause, finish or leave: who is concerned, and what is booked."""

from dataclasses import dataclass
from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matches import queries as matches
from server.matches.company import Circle, Company, belongs, company_of
from server.matches.models import Match, MatchMember
from server.matches.rules import member_of
from server.matches.states import RUNNING, MatchState
from server.matches.steps import ends_quietly
from server.messaging.rules import may_write
from server.programs.models import Enrollment
from server.programs.queries import visible_enrollment
from server.programs.rules import is_self
from server.programs.states import OPEN_ENROLLMENTS, EnrollmentState, ParticipantRole
from server.sessions.models import Session
from server.sessions.queries import next_session

LIVING = RUNNING | {MatchState.DURATION_COMPLETED}


@dataclass(frozen=True, slots=True)
class LeavingPage:
    """An enrolment of one's own, and the people whom one would leave."""

    enrollment: Enrollment
    partners: list[Company]

    @property
    def is_asked(self) -> bool:
        """Whether the person has not joined yet: then there is an invitation to say no to."""
        return self.enrollment.state in (EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS)

    @property
    def may_pause(self) -> bool:
        """Whether a break is possible."""
        return self.enrollment.state is EnrollmentState.ACTIVE


@dataclass(frozen=True, slots=True)
class EndingPage:
    """A match of one's own that may rest or be finished, and what is booked in it. `ends_quietly`: it ends by itself
    because nobody met, unless one of them says that it goes on."""

    match: Match
    me: MatchMember
    partner: Company
    session: Session | None
    ends_quietly: bool = False

    @property
    def circle(self) -> Circle | None:
        """The others, if it is a circle."""
        return self.partner if isinstance(self.partner, Circle) else None

    @property
    def may_write(self) -> bool:
        """Whether a word of thanks can go with it."""
        return may_write(self.match, self.me.person_id)

    @property
    def may_pause(self) -> bool:
        """Whether the viewer may let it rest: either of a pair, who leads a circle."""
        may = self.circle is None or self.me.role is ParticipantRole.FACILITATOR
        return self.match.state is MatchState.ACTIVE and may


async def leaving_page(actor: Actor, enrollment_id: UUID) -> LeavingPage:
    """What leaving would mean.

    Raises:
        NotFound: not the actor's own enrolment, or they take no part any more.
    """
    enrollment = await visible_enrollment(actor, enrollment_id)
    if not is_self(actor, enrollment) or enrollment.state not in OPEN_ENROLLMENTS:
        raise NotFound
    found = await matches.my_matches(actor, RUNNING)
    own = [match for match in found if any(one.enrollment_id == enrollment_id for one in match.members)]
    return LeavingPage(enrollment, [company_of(match, actor.person_id) for match in own])


async def ending_page(actor: Actor, match_id: UUID) -> EndingPage:
    """What pausing or finishing a match would mean.

    Raises:
        NotFound: not a match of the actor's.
        Conflict: it does not run, or not any more (`kind="closed"`).
    """
    match = await matches.visible_match(actor, match_id)
    me = member_of(match, actor)
    if me is None or not belongs(match, actor.person_id):
        raise NotFound
    if match.state not in LIVING:
        raise Conflict(_("Only a running match can be ended."), kind="closed")
    return EndingPage(
        match, me, company_of(match, actor.person_id), await next_session(actor, match_id), await ends_quietly(match)
    )
