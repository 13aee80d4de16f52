"""What a programme makes a message depend on: asked live, each condition alone; and only what makes a difference."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from server.automation.launching.planning import DAYS
from server.automation.steps import STEPS
from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.notifications.catalogue import CATALOGUE
from server.notifications.conditions.choices import ASKED_OF, BY_ITSELF, choices, condition_in, own_choices, reason_for
from server.notifications.conditions.queries import unmet
from server.notifications.models import Message
from server.notifications.states import MessageClass
from server.notifications.ways.reasons import why_needless
from server.programs.models import Enrollment, Program
from server.programs.plans.telling import OWN, Condition, Reader, Trigger
from server.programs.states import EnrollmentState
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.factories import Pair

DAY = timedelta(days=1)
ALL = {one.value for one in Condition}


async def booked(pair: Pair, days: int = 2, state: SessionState = SessionState.SCHEDULED) -> None:
    at = clock.now() + days * DAY
    await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=state, starts_at=at,
        ends_at=at + timedelta(hours=1),
    )


async def met(pair: Pair) -> None:
    await booked(pair, -2, SessionState.HELD)


async def aims(pair: Pair) -> None:
    await Goal.create(
        organization_id=pair.organization.id, enrollment=pair.mentee_enrollment, person_id=pair.mentee.id,
        want="Run a review", state=GoalState.ACTIVE, updated_at=clock.now(),
    )


async def matched_before(pair: Pair) -> None:
    mentor = await factories.person(pair.organization)
    there = await factories.enrollment(pair.cohort, mentor, pair.mentor_enrollment.role)
    await factories.match(there, pair.mentee_enrollment)


async def took_part(pair: Pair) -> None:
    earlier = await factories.cohort(await factories.program(pair.organization))
    await factories.enrollment(earlier, pair.mentee, pair.mentee_enrollment.role)


TABLE: list[tuple[Condition, str, Callable[[Pair], Awaitable[None]], tuple[bool, bool]]] = [
    (Condition.NOTHING_BOOKED, "Z01", booked, (True, False)), (Condition.NOT_MET, "I01", met, (True, False)),
    (Condition.MET, "I01", met, (False, True)), (Condition.NO_GOAL, "I01", aims, (True, False)),
    (Condition.FIRST_MATCH, "I01", matched_before, (True, False)),
    (Condition.NEW_HERE, "E03", took_part, (True, False)),
]


@pytest.mark.parametrize(("condition", "kind", "happens", "goes"), TABLE, ids=[row[0].value for row in TABLE])
async def test_a_condition_is_asked_anew_before_a_message_is_planned(
    db: object, condition: Condition, kind: str, happens: Callable[[Pair], Awaitable[None]], goes: tuple[bool, bool]
) -> None:
    pair = await factories.active_match()
    facts: dict[str, Any] = {"match_id": pair.match.id, "ends_on": pair.match.ends_on}
    if kind == "E03":
        facts = {"enrollment_id": pair.mentee_enrollment.id}
        await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.INVITED, active_at=None)
    await Program.filter(id=pair.program.id).update(messages={kind: {"only_if": condition.value}})
    system = system_actor(pair.organization.id)
    told = [await why_needless(system, kind, pair.mentee.id, facts)]
    await happens(pair)
    told.append(await why_needless(system, kind, pair.mentee.id, facts))
    assert told == ["" if one else reason_for(condition) for one in goes]
    assert condition_in(reason_for(condition)) is condition
    await Program.filter(id=pair.program.id).update(messages={})
    assert await why_needless(system, kind, pair.mentee.id, facts) == ""


async def test_of_who_mentors_it_is_the_goal_of_whom_the_match_is_for(db: object) -> None:
    pair = await factories.active_match()
    await Program.filter(id=pair.program.id).update(messages={"I01": {"only_if": Condition.NO_GOAL.value}})
    asked = system_actor(pair.organization.id), "I01", pair.mentor.id, {"match_id": pair.match.id}
    assert await why_needless(*asked) == ""
    await aims(pair)
    assert await why_needless(*asked) == reason_for(Condition.NO_GOAL)


async def test_what_people_have_to_hear_of_depends_on_nothing_whatever_is_stored(db: object) -> None:
    pair = await factories.active_match()
    messages = {key: {"only_if": "MET"} for key in CATALOGUE}
    pair.cohort.program.messages = messages
    asked = [
        await unmet(system_actor(pair.organization.id), Message(kind=kind), pair.mentee, pair.cohort, pair.match)
        for kind in CATALOGUE if kind == "I01" or CATALOGUE[kind].message_class is MessageClass.TRANSACTIONAL
    ]
    assert set(asked) == {"", reason_for(Condition.MET)}
    assert sum(bool(one) for one in asked) == 1


def test_a_condition_is_offered_to_what_reminds_or_asks_and_only_where_it_makes_a_difference() -> None:
    of_forms = {"S07", "C01", "C02", "C03-form", "Z10"}
    optional = {key for key, one in CATALOGUE.items() if one.message_class in (MessageClass.NUDGE, MessageClass.SURVEY)}
    assert set(ASKED_OF) == optional - of_forms - set(DAYS) - {OWN}
    assert all(choices(kind) for kind in ASKED_OF)
    of_own = {one.value for trigger in Trigger for one in own_choices(trigger, Reader.BOTH)}
    assert {one.value for kind in ASKED_OF for one in choices(kind)} | of_own == ALL
    assert not [kind for kind in BY_ITSELF if set(choices(kind)) & set(BY_ITSELF[kind])]
    assert {step.kind for step in STEPS.values()} >= set(BY_ITSELF)
