"""Whatever managers and members do in whatever order: seats are never exceeded, no pair is open twice, ends stay."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, NotFound
from server.matches import actions
from server.matches.models import Match, MatchMember
from server.matches.states import OPEN_MATCHES, Approval, ClosureReason, MatchState
from server.programs.models import Enrollment
from server.programs.states import Approvals, ParticipantRole
from tests import factories

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
OVER = {MatchState.COMPLETED, MatchState.CONCLUDED, MatchState.DECLINED, MatchState.EXPIRED, MatchState.CANCELLED}
ACTS = (
    "suggest", "publish", "mentor says yes", "mentee says yes", "decline", "undo", "cancel", "approve", "pause",
    "resume", "end", "expire", "last day", "close", "a week passes", "half a year passes",
)
Step = tuple[str, int, int]
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(0, 2)), min_size=8, max_size=24)
BEGIN: list[Step] = [("suggest", mentor, mentee) for mentor in range(2) for mentee in range(3)]
"""Everybody is suggested to everybody: six drafts for three places."""
PUBLISHED: list[Step] = [("publish", number, 0) for number in range(6)]
YES: list[Step] = [(f"{side} says yes", number, 0) for number in range(6) for side in ("mentor", "mentee")]


class Harbour:
    """Mentors with two places and with one, three mentees, a manager."""

    async def arrive(self, approvals: Approvals, *, admin_approves: bool) -> None:
        self.org = await factories.organization()
        program = await factories.program(self.org, approvals=approvals, admin_approves_matches=admin_approves)
        self.cohort = await factories.cohort(program)
        self.manager = factories.manager_of(await factories.person(self.org), program)
        self.system = system_actor(self.org.id)
        self.mentors = [await self.joined(MENTOR, places) for places in (2, 1)]
        self.mentees = [await self.joined(MENTEE, 1) for _ in range(3)]
        self.known: list[UUID] = []
        self.seen: dict[UUID, MatchState] = {}

    async def joined(self, role: ParticipantRole, places: int) -> Enrollment:
        return await factories.enrollment(self.cohort, await factories.person(self.org), role, capacity=places)

    async def do(self, act: str, first: int, second: int) -> None:
        """One act of somebody; what does not fit is refused."""
        if act == "suggest":
            mentor, mentee = self.mentors[first % 2], self.mentees[second]
            self.known.append((await actions.suggest_match(self.manager, mentor.id, mentee.id, fit=91)).id)
        elif act in ("a week passes", "half a year passes"):
            clock.move(timedelta(days=8 if act == "a week passes" else 183))
        elif self.known:
            with suppress(Conflict, NotFound):
                await self.decide(act, self.known[first % len(self.known)])

    async def decide(self, act: str, match_id: UUID) -> None:
        if act in ("mentor says yes", "mentee says yes", "decline"):
            role = MENTEE if act == "mentee says yes" else MENTOR
            member = await MatchMember.get(match_id=match_id, role=role).select_related("person")
            answer = actions.decline_match if act == "decline" else actions.accept_match
            await answer(factories.actor_of(member.person), match_id)
        elif act == "publish":
            await actions.publish_match(self.manager, match_id, undo_within=timedelta())
        elif act == "undo":
            await actions.undo_publish(self.manager, [match_id])
        elif act == "end":
            await actions.end_match(self.manager, match_id, ClosureReason.NO_FAULT)
        else:
            name = {"expire": "expire_match", "last day": "reach_end_date"}.get(act, f"{act}_match")
            await getattr(actions, name)(self.system, match_id)

    async def check(self) -> None:
        """What holds at any moment."""
        rows = await Match.filter(organization_id=self.org.id).prefetch_related("members__enrollment")
        taken: dict[UUID, int] = {}
        pairs: set[frozenset[UUID]] = set()
        for match in rows:
            before, self.seen[match.id] = self.seen.get(match.id), match.state
            assert before not in OVER or before is match.state, "an end was undone"
            if match.state in OPEN_MATCHES:
                pair = frozenset(member.enrollment_id for member in match.members)
                assert pair not in pairs, "two people have two open matches"
                pairs.add(pair)
                assert match.published_at is not None
                for member in match.members:
                    taken[member.enrollment_id] = taken.get(member.enrollment_id, 0) + 1
            if match.state is MatchState.ACTIVE:
                said = {member.approval for member in match.members}
                assert said <= {Approval.ACCEPTED, Approval.NOT_NEEDED}, "it began without somebody's yes"
        for one in [*self.mentors, *self.mentees]:
            assert taken.get(one.id, 0) <= one.capacity, "more matches than places"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(approvals=st.sampled_from(Approvals), admin_approves=st.booleans(), history=steps)
@example(approvals=Approvals.BOTH, admin_approves=False, history=[*PUBLISHED, *YES, *PUBLISHED])
@example(approvals=Approvals.NONE, admin_approves=True, history=[*PUBLISHED, ("decline", 0, 0), *PUBLISHED])
async def test_no_history_exceeds_a_seat_opens_a_pair_twice_or_undoes_an_end(
    db: object, approvals: Approvals, admin_approves: bool, history: list[Step]
) -> None:
    harbour = Harbour()
    await harbour.arrive(approvals, admin_approves=admin_approves)
    for step in [*BEGIN, *history]:
        await harbour.do(*step)
        await harbour.check()
    clock.reset()
