"""What people did before: requests that were answered or ran out, sessions that were held or fell out."""

from datetime import datetime, timedelta

from server.kernel import clock
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchOrigin, MatchState
from server.people.models import Organization, Person
from server.programs.states import ParticipantRole
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


async def asked(
    org: Organization, mentor: Person, mentee: Person, *, yes: Person | None = None, silent: Person | None = None,
    origin: MatchOrigin = MatchOrigin.ENGINE, state: MatchState = MatchState.EXPIRED, at: datetime | None = None,
) -> Match:
    """A request that came to nothing, in a group of its own: `yes` answered it, `silent` let it pass."""
    run = await factories.cohort(await factories.program(org))
    places = [await factories.enrollment(run, one, role) for one, role in ((mentor, MENTOR), (mentee, MENTEE))]
    at = at or clock.now() - timedelta(days=90)
    made = await factories.match(*places, state=state, origin=origin, published_at=at, answer_by=at + timedelta(days=7))
    members = MatchMember.filter(match_id=made.id)
    await members.update(approval=Approval.LATER)
    if yes:
        await members.filter(person_id=yes.id).update(approval=Approval.ACCEPTED, answered_at=at + timedelta(days=2))
    if silent:
        await members.filter(person_id=silent.id).update(approval=Approval.PENDING)
    return made


async def met(
    org: Organization, mentor: Person, mentee: Person, *, held: int = 0, fallen: int = 0, days_ago: int = 90
) -> Match:
    """A match that is over, in a group of its own, with so many sessions held and so many that did not take place."""
    run = await factories.cohort(await factories.program(org))
    places = [await factories.enrollment(run, one, role) for one, role in ((mentor, MENTOR), (mentee, MENTEE))]
    ended = clock.now() - timedelta(days=days_ago)
    made = await factories.match(
        *places, state=MatchState.COMPLETED, published_at=ended - timedelta(days=100),
        active_at=ended - timedelta(days=100), ended_at=ended,
    )
    await MatchMember.filter(match_id=made.id).update(approval=Approval.NOT_NEEDED)
    for state, count in ((SessionState.HELD, held), (SessionState.NO_SHOW, fallen)):
        for number in range(count):
            begins = ended - timedelta(days=number + 1)
            await Session.create(
                organization_id=org.id, match=made, state=state, starts_at=begins, ends_at=begins + timedelta(hours=1)
            )
    return made
