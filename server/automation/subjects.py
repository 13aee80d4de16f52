"""What steps are about, since when, and for whom: as it stands at the moment of asking."""

from collections.abc import Sequence
from datetime import datetime

from server.access.queries import people_with_role
from server.access.states import Role
from server.automation.protocol import About, To
from server.kernel.actor import Actor
from server.matches.company import members_now, sets_times
from server.matches.models import Match
from server.matches.queries import in_order, is_circle, is_mentor, visible_match
from server.matches.states import AWAITING_PARTICIPANTS, RUNNING, Approval
from server.people.models import Person
from server.programs.models import Enrollment
from server.programs.queries import visible_enrollment
from server.programs.states import EnrollmentState
from server.sessions.queries import held_ends

ENROLLMENT = About("enrollment_id", visible_enrollment)
MATCH = About("match_id", visible_match)


async def invited(_: Actor, enrollment: Enrollment) -> datetime | None:
    """Since when somebody is invited and has not begun."""
    return enrollment.invited_at if enrollment.state is EnrollmentState.INVITED else None


async def started(_: Actor, enrollment: Enrollment) -> datetime | None:
    """Since when somebody is filling the form in."""
    return enrollment.started_at if enrollment.state is EnrollmentState.IN_PROGRESS else None


async def asked(_: Actor, match: Match) -> datetime | None:
    """Since when answers are waited for."""
    return match.published_at if match.state in AWAITING_PARTICIPANTS else None


async def began(_: Actor, match: Match) -> datetime | None:
    """Since when a match runs."""
    return match.active_at if match.state in RUNNING else None


async def last_met(actor: Actor, match: Match) -> datetime | None:
    """Since when a match that runs has held no session."""
    held = await held_ends(actor, [match.id])
    return max([match.active_at, *held.get(match.id, [])]) if match.active_at and match.state in RUNNING else None


async def themselves(_: Actor, enrollment: Enrollment) -> Sequence[Person]:
    """Whose enrolment it is."""
    return [enrollment.person]


async def who_answers(_: Actor, match: Match) -> Sequence[Person]:
    """Who was asked about a match and has not answered."""
    return [one.person for one in in_order(match) if one.approval is Approval.PENDING]


async def everybody(_: Actor, match: Match) -> Sequence[Person]:
    """Everybody who is in a match."""
    return [one.person for one in members_now(match)]


async def who_books(_: Actor, match: Match) -> Sequence[Person]:
    """Who chooses the time: the mentee of a pair, both of two peers, who leads a circle."""
    choose = [one for one in members_now(match) if sets_times(match, one)]
    mentored = not is_circle(match) and any(is_mentor(match, one.person_id) for one in choose)
    return [one.person for one in choose if not (mentored and is_mentor(match, one.person_id))]


def managers(about: About) -> To:
    """Who runs the programme."""

    async def found(actor: Actor, row: object) -> Sequence[Person]:
        return await people_with_role(actor, Role.PROGRAM_MANAGER, about.program_id(row))

    return found
