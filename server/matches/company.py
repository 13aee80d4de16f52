"""Who is with whom in a match: the other one of a pair, the people of a circle. Members and people are fetched."""

from dataclasses import dataclass
from uuid import UUID

from server.kernel.text import gettext as _
from server.matches.models import Match, MatchMember
from server.matches.queries import facilitator_of, in_order, is_circle, partner_of
from server.matches.states import OPEN_MATCHES, RUNNING, Approval
from server.people.models import Person
from server.programs.states import EnrollmentState

NOT_YET = OPEN_MATCHES - RUNNING
SAID_YES = frozenset({Approval.ACCEPTED, Approval.NOT_NEEDED})


@dataclass(frozen=True, slots=True)
class Circle:
    """The other people of a circle, who leads it first; it is named where the partner of a pair is named.

    `leader` is None where nobody leads, and for who does.
    """

    people: tuple[Person, ...]
    leader: Person | None

    @property
    def first_name(self) -> str:
        """How a sentence speaks of them, where it speaks of a partner by name."""
        return _("your circle")

    full_name = first_name


Company = Person | Circle
"""With whom somebody shares a match."""


def members_now(match: Match) -> list[MatchMember]:
    """Who belongs to a match, who leads it first. To a circle that has begun only who said yes (glossary section 3)."""
    there = in_order(match)
    if not is_circle(match) or match.state in NOT_YET:
        return there
    return [one for one in there if one.approval in SAID_YES]


def company_of(match: Match, person_id: UUID | None) -> Company:
    """With whom somebody is in a match: the partner, or the circle."""
    if not is_circle(match):
        return partner_of(match, person_id)
    leads, others = facilitator_of(match), [one for one in members_now(match) if one.person_id != person_id]
    return Circle(tuple(one.person for one in others), leads.person if leads and leads in others else None)


def belongs(match: Match, person_id: UUID | None) -> bool:
    """Whether somebody is in a match now."""
    return any(one.person_id == person_id for one in members_now(match))


def has_left(match: Match, person_id: UUID | None) -> bool:
    """Whether somebody was in a circle that goes on, and is no more."""
    return any(one.person_id == person_id and one.left_at is not None for one in match.members)


def leads_now(match: Match) -> MatchMember | None:
    """Who leads a circle these days: nobody while they take a break, or have not said yes to one that began. The
    members' enrolments must have been fetched."""
    leads = facilitator_of(match)
    return leads if leads in members_now(match) and leads.enrollment.state is not EnrollmentState.PAUSED else None


def sets_times(match: Match, me: MatchMember) -> bool:
    """Whether a member chooses when a match meets: both of a pair; in a circle who leads it, or everybody while nobody
    does. The members' enrolments must have been fetched."""
    leads = leads_now(match) if is_circle(match) else None
    return belongs(match, me.person_id) and (leads is None or leads.person_id == me.person_id)
