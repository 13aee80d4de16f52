"""One more place: who is full is asked once in a while, a yes counts at once, and nobody has more than is allowed."""

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.actor import Actor, Grant, Permission, system_actor
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.supply.actions import answer_for_place, ask_for_places
from server.notifications.catalogue import CATALOGUE, why_not
from server.notifications.models import Message
from server.notifications.scene import scene_of
from server.programs.models import Enrollment, Program
from server.programs.rules import ASKED_APART
from server.programs.states import EnrollmentState
from tests import factories
from tests.web.console.market import Market, draft, drafts_of, market

ACTS = ("ask", "yes", "no", "weeks pass", "somebody is matched")


def manager(found: Market) -> Actor:
    return factories.manager_of(found.manager, found.program)


def mentor(found: Market, number: int = 0) -> Actor:
    return factories.actor_of(found.mentors[number].person)


async def places(found: Market, number: int = 0) -> int:
    return (await Enrollment.get(id=found.mentors[number].id)).capacity


async def why_no_letter(found: Market) -> list[str]:
    product = system_actor(found.organization.id)
    letters = await Message.filter(kind="E17-place").order_by("id")
    return [why_not(CATALOGUE["E17-place"], await scene_of(product, one)) for one in letters]


async def test_who_is_full_is_asked_and_a_yes_is_a_draft_for_the_next_in_line(db: object) -> None:
    found = await market(2, 3, capacity=1)
    await Enrollment.filter(id=found.mentors[1].id).update(state=EnrollmentState.PAUSED)
    await run_matching(manager(found), found.cohort.id)
    assert len(await drafts_of(found)) == 1
    asked = await ask_for_places(manager(found), found.cohort.id)
    assert [one.id for one in asked] == [found.mentors[0].id], "who is on a break is left alone"
    await drain()
    assert await why_no_letter(found) == [""]
    row = await answer_for_place(mentor(found), found.mentors[0].id, True)
    await answer_for_place(mentor(found), found.mentors[0].id, True)
    assert (row.capacity, await places(found)) == (2, 2), "twice is once"
    await drain()
    assert len(await drafts_of(found)) == 2
    assert await why_no_letter(found) == ["answered"]
    await draft(found, 0)
    await Match.filter(cohort_id=found.cohort.id).update(state="ACTIVE")
    with pytest.raises(Conflict) as refused:
        await answer_for_place(mentor(found), found.mentors[0].id, False)
    assert refused.value.kind == "taken"
    assert await AuditEvent.filter(action="enrollment.answer_for_place").count() == 1


async def test_nobody_else_asks_or_answers_and_nobody_beyond_what_is_allowed(db: object) -> None:
    found = await market(3, 3, capacity=1)
    for number in range(2):
        await draft(found, number)
    reader = factories.actor_of(found.stranger, Grant(Permission.PROGRAM_MATCHES_READ, found.program.id))
    stranger = factories.actor_of(found.stranger)
    for actor, refusal in ((reader, Refused), (mentor(found), NotFound), (stranger, NotFound)):
        with pytest.raises(refusal):
            await ask_for_places(actor, found.cohort.id)
    with pytest.raises(Conflict):
        await answer_for_place(mentor(found), found.mentors[0].id, True)
    everybody = [one.id for one in found.mentors]
    assert len(await ask_for_places(manager(found), found.cohort.id)) == 2, "the third has a place"
    assert [one.id for one in await ask_for_places(manager(found), found.cohort.id, everybody)] == [everybody[2]]
    assert await ask_for_places(manager(found), found.cohort.id, everybody) == []
    for actor, refusal in ((mentor(found, 1), NotFound), (manager(found), Refused)):
        with pytest.raises(refusal):
            await answer_for_place(actor, found.mentors[0].id, True)
    await Program.filter(id=found.program.id).update(places_max=1)
    with pytest.raises(Conflict) as refused:
        await answer_for_place(mentor(found), found.mentors[0].id, True)
    assert (refused.value.kind, await places(found)) == ("full", 1)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(ACTS), min_size=4, max_size=14))
async def test_in_no_history_is_somebody_asked_too_often_or_has_more_than_is_allowed(
    db: object, acts: list[str]
) -> None:
    found = await market(1, 3, capacity=1)
    await Program.filter(id=found.program.id).update(places_max=2)
    row, asked_at, said_yes, matched = found.mentors[0], [], 0, 0
    for act in acts:
        clock.move(timedelta(hours=1))
        with suppress(Conflict):
            match act:
                case "ask":
                    asked_at += [clock.now() for _ in await ask_for_places(manager(found), found.cohort.id, [row.id])]
                case "yes":
                    said_yes += (await places(found)) < (await answer_for_place(mentor(found), row.id, True)).capacity
                case "no":
                    await answer_for_place(mentor(found), row.id, False)
                case "weeks pass":
                    clock.move(timedelta(days=15))
                case _ if matched < await places(found):
                    await factories.match(row, found.mentees[matched])
                    matched += 1
        assert max(1, matched) <= await places(found) <= 2
    assert all(later - earlier >= ASKED_APART for earlier, later in pairwise(asked_at))
    assert said_yes == 0 or asked_at, "nobody gives what nobody asked for"
