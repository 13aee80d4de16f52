"""Whatever people, managers and the records do, in any order: who left keeps no match, no session and no seat."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.access.actions import open_session
from server.access.models import UserSession
from server.journey.leaving import actions
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches.models import Match, MatchMember
from server.matches.states import OPEN_MATCHES, ClosureReason, MatchState
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.models import Enrollment
from server.programs.states import OPEN_ENROLLMENTS, Approvals, EnrollmentState, ParticipantRole
from server.sessions.actions import book_session
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.surveys.models import SurveyInvitation
from server.surveys.states import AT_THE_END, InvitationState
from tests import factories
from tests.server.journey.leaving.test_status import becomes

ENDED = {MatchState.CONCLUDED, MatchState.COMPLETED, MatchState.CANCELLED, MatchState.DECLINED, MatchState.EXPIRED}
ACTS = (
    "suggest", "publish", "say yes", "book", "pause", "resume", "end", "leave", "break", "back", "absent", "return",
    "depart", "a fortnight passes", "jobs run",
)
Step = tuple[str, int, int]
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 4), st.integers(0, 4)), min_size=8, max_size=20)
UNDER_WAY: list[Step] = [("suggest", 0, 0), ("suggest", 1, 1), ("publish", 0, 0), ("publish", 1, 0), ("book", 0, 0)]


class Harbour:
    """Two mentors, three mentees, and what any of them may do."""

    async def arrive(self) -> None:
        self.org = await factories.organization()
        program = await factories.program(self.org, approvals=Approvals.NONE)
        self.cohort = await factories.cohort(program)
        self.manager = factories.manager_of(await factories.person(self.org), program)
        self.system = system_actor(self.org.id)
        self.people = [await factories.person(self.org) for _ in range(5)]
        roles = [ParticipantRole.MENTOR] * 2 + [ParticipantRole.MENTEE] * 3
        self.places = [
            await factories.enrollment(self.cohort, someone, role, capacity=2 if number == 0 else 1)
            for number, (someone, role) in enumerate(zip(self.people, roles, strict=True))
        ]
        for someone in self.people:
            await open_session(someone)

    async def do(self, act: str, first: int, second: int) -> None:
        """One act; what does not fit is refused."""
        with suppress(Conflict, NotFound, Invalid):
            if act == "a fortnight passes":
                clock.move(timedelta(days=14))
            elif act == "suggest":
                await matches.suggest_match(self.manager, self.places[first % 2].id, self.places[2 + second % 3].id)
            elif act in ("absent", "return", "depart"):
                status = {"absent": PersonStatus.LEAVE, "return": PersonStatus.ACTIVE, "depart": PersonStatus.ENDED}
                await becomes(self.people[first], status[act])
            elif act in ("leave", "break", "back"):
                await self.move(act, first)
            else:
                await self.decide(act, first, second)

    async def move(self, act: str, number: int) -> None:
        actor, place = factories.actor_of(self.people[number]), self.places[number]
        if act == "leave":
            await actions.leave_program(actor, place.id)
        elif act == "break":
            await actions.take_break(actor, place.id, factories.in_days(10))
        else:
            await actions.come_back(actor, place.id)

    async def decide(self, act: str, first: int, second: int) -> None:
        known = await Match.filter(organization_id=self.org.id).order_by("id")
        if not known:
            return
        match = known[first % len(known)]
        member = (await MatchMember.filter(match_id=match.id).order_by("id").select_related("person"))[second % 2]
        actor = factories.actor_of(member.person)
        if act == "publish":
            await matches.publish_match(self.manager, match.id, undo_within=timedelta())
        elif act == "say yes":
            await matches.accept_match(actor, match.id)
        elif act == "book":
            day = clock.now().date() + timedelta(days=1 + second)
            await book_session(actor, match.id, datetime.combine(day, time(8 + first), UTC))
        elif act == "end":
            await matches.end_match(actor, match.id, ClosureReason.NO_FAULT)
        elif act != "jobs run":
            await (matches.pause_match if act == "pause" else matches.resume_match)(actor, match.id)

    async def check(self) -> None:
        """What holds once the jobs are done."""
        await drain(strict=False)
        rows = await Match.filter(organization_id=self.org.id).prefetch_related("members__enrollment")
        status = {person.id: person.status for person in await Person.filter(organization_id=self.org.id)}
        taken: dict[object, int] = {}
        for match in rows:
            if match.state not in OPEN_MATCHES | {MatchState.DURATION_COMPLETED}:
                continue
            for member in match.members:
                taken[member.enrollment_id] = taken.get(member.enrollment_id, 0) + 1
                assert taken[member.enrollment_id] <= member.enrollment.capacity, "more matches than places"
                assert status[member.person_id] is not PersonStatus.ENDED, "somebody who left has an open match"
                assert member.enrollment.state in OPEN_ENROLLMENTS, "somebody who stepped out has an open match"
                away = member.enrollment.state is EnrollmentState.PAUSED
                assert not away or match.state is not MatchState.ACTIVE, "a match runs while a member is away"
        over = [match.id for match in rows if match.state in ENDED]
        assert not await Session.filter(
            match_id__in=over, state__in=[SessionState.SCHEDULED, SessionState.PROPOSED], ends_at__gt=clock.now()
        ).exists(), "a session of an ended match is still booked"
        assert not await SurveyInvitation.filter(
            match_id__in=over, state__in=[InvitationState.PLANNED, InvitationState.OPEN]
        ).exclude(kind__in=list(AT_THE_END)).exists(), "an ended match is still asked about"
        gone = [person for person, stands in status.items() if stands is PersonStatus.ENDED]
        assert not await UserSession.filter(person_id__in=gone, revoked_at=None).exists()
        assert not await Enrollment.filter(person_id__in=gone).exclude(state=EnrollmentState.DEPROVISIONED).exists()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
@example(history=[*UNDER_WAY, ("depart", 0, 0), ("suggest", 1, 1), ("publish", 2, 0)])
@example(history=[*UNDER_WAY, ("break", 0, 0), ("absent", 0, 0), ("a fortnight passes", 0, 0), ("return", 0, 0)])
@example(history=[*UNDER_WAY, ("pause", 0, 0), ("absent", 2, 0), ("leave", 0, 0), ("depart", 2, 0)])
async def test_no_history_leaves_a_seat_a_match_or_a_session_with_who_left(db: object, history: list[Step]) -> None:
    harbour = Harbour()
    await harbour.arrive()
    for step in history:
        await harbour.do(*step)
        await harbour.check()
    clock.reset()
