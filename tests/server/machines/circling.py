"""Circles beside pairs, by number: a leader and those who come; drawn, filled, given a later last day; and what must
hold of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.kernel.ids import new_id
from server.matches import actions
from server.matches.circles.steps import LEAST, MOST
from server.matches.models import Match, MatchMember
from server.matches.queries import facilitator_of, in_order, is_circle, learners
from server.matches.states import AWAITING, RUNNING, Approval, MatchKind, MatchState
from server.matches.steps import BEGINS_WITH, SAID_YES
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.server.machines.record import Record

if TYPE_CHECKING:
    from tests.server.machines.world import Act, Numbers, World

OF_CIRCLES = 0
"""The number of the programme that has circles beside its pairs."""
OVER = frozenset(MatchState) - AWAITING - RUNNING - {MatchState.DRAFT, MatchState.DURATION_COMPLETED}


async def _draw(world: World, numbers: Numbers) -> object:
    """A circle as a run would leave it in the queue: now and then nobody leads it yet."""
    first, second, _third = numbers
    cohort = await world.cohort(OF_CIRCLES)
    there = await Enrollment.filter(cohort_id=cohort.id, state=EnrollmentState.ACTIVE).order_by("id")
    leads = next((row for row in there if row.role is ParticipantRole.FACILITATOR), None) if first < 5 else None
    members = [
        row.id for row in there
        if row.role is ParticipantRole.MENTEE and (leads is None or row.person_id != leads.person_id)
    ]
    if not members:
        raise NotFound
    draft = actions.CircleDraft(leads.id if leads else None, tuple(members[:LEAST + second]), 61, {})
    return await actions.suggest_circles(await world.manager(cohort.program), cohort.id, new_id(), [draft])


def _of_a_circle(act: Callable[[Actor, Match, Numbers], Awaitable[object]]) -> Act:
    """What who runs the programme does to one of the newest circles."""

    async def done(world: World, numbers: Numbers) -> object:
        own = Match.filter(organization_id=world.organization_id, kind=MatchKind.CIRCLE)
        known = await own.order_by("-id").limit(3)
        if not known:
            raise NotFound
        circle = known[numbers[0] % len(known)]
        return await act(await world.manager(await Program.get(id=circle.program_id)), circle, numbers)

    return done


async def _seat(manager: Actor, circle: Match, numbers: Numbers) -> object:
    """Somebody of the group who is in none."""
    seated = MatchMember.filter(match_id=circle.id, left_at=None).values_list("enrollment_id", flat=True)
    could = Enrollment.filter(
        cohort_id=circle.cohort_id, role__in=[ParticipantRole.MENTEE, ParticipantRole.FACILITATOR]
    ).exclude(id__in=await seated)
    rows = await could.order_by("id")
    return await actions.put_in(manager, circle.id, rows[numbers[1] % len(rows)].id) if rows else None


async def _unseat(manager: Actor, circle: Match, numbers: Numbers) -> object:
    there = await MatchMember.filter(match_id=circle.id, left_at=None).order_by("id")
    return await actions.take_out(manager, circle.id, there[numbers[1] % len(there)].enrollment_id) if there else None


async def _lengthen(manager: Actor, circle: Match, numbers: Numbers) -> object:
    return await actions.extend_circle(manager, circle.id, factories.in_days(200 + numbers[1]))


CIRCLES: dict[str, Act] = {
    "draw a circle": _draw, "seat": _of_a_circle(_seat), "unseat": _of_a_circle(_unseat),
    "lengthen": _of_a_circle(_lengthen),
}


def check(record: Record) -> None:
    """Everything that must hold."""
    due = {row.subject_id for row in record.planned if row.rule == "match.expire"}
    for circle in record.matches:
        if is_circle(circle):
            _people(circle)
            _answers(circle, due)
            _trail(record, circle)


def _people(circle: Match) -> None:
    there = in_order(circle)
    assert sum(one.role is ParticipantRole.FACILITATOR for one in there) <= 1, "two lead a circle"
    assert len(learners(circle)) <= MOST, "more in a circle than it has places"
    assert circle.state not in RUNNING or len(there) >= BEGINS_WITH, "a circle of one"
    led = facilitator_of(circle) is not None
    assert circle.state not in AWAITING or led, "people are asked to come, and nobody is to lead"
    assert circle.state is not MatchState.DRAFT or led or circle.held_back, "nobody leads it, and it could be approved"


def _answers(circle: Match, due: set[UUID]) -> None:
    """It waits for whom it says, and for nobody without end."""
    there = in_order(circle)
    yes = [one.role is ParticipantRole.FACILITATOR for one in there if one.approval in SAID_YES]
    led, come = any(yes), yes.count(False) >= BEGINS_WITH
    if circle.state in AWAITING:
        expected = {(True, False): "MENTEE", (False, True): "MENTOR", (False, False): "BOTH", (True, True): "ADMIN"}
        assert circle.state.value == f"AWAITING_{expected[led, come]}", "it waits for somebody else than it says"
    waits = circle.state in AWAITING | RUNNING and any(one.approval is Approval.PENDING for one in there)
    assert not waits or circle.id in due, "somebody is asked without end"
    assert all(one.left_at for one in circle.members if one.approval is Approval.DECLINED), "who said no is in it"


def _trail(record: Record, circle: Match) -> None:
    """An end has its entry, and what has one ended. Who joins or leaves changes no state by that alone."""
    named = [str(entry.detail["now"]) for entry in record.trail[circle.id] if entry.detail.get("now")]
    said = MatchState(named[-1]) if named else MatchState.DRAFT
    assert (circle.ended_at is None) == (said not in OVER), (named, circle.state, "an end without an entry")
    assert circle.ended_at is None or said is circle.state, (named, circle.state, "ended otherwise than it says")
