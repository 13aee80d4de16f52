"""Whoever found a programme full and asked is told once when it takes people in again; nobody else is."""

import pytest

from server.journey.join.queries import place_of
from server.journey.join.states import Standing
from server.kernel.actor import system_actor
from server.kernel.errors import NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.notifications.catalogue import CATALOGUE, why_not
from server.notifications.models import Message
from server.notifications.scene import scene_of
from server.programs import actions as programs
from server.programs.models import OpeningWish
from server.programs.openings import actions, queries
from server.programs.states import PHASES, Cadence, EnrollmentState, ParticipantRole, ProgramState, phase_after
from tests import factories
from tests.factories import Pair


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def next_group(pair: Pair, **values: object) -> None:
    system = system_actor(pair.organization.id)
    await programs.open_cohort(
        system, pair.program.id, key=f"next-{len(values)}", name="autumn group", starts_on=factories.in_days(30),
        **values,
    )
    await drain(strict=False)


async def told() -> list[object]:
    return [row.recipient_id for row in await Message.filter(kind="Z09").order_by("id")]


async def test_asking_twice_is_one_wish_and_it_can_be_taken_back(pair: Pair) -> None:
    asker, key = pair.stranger_actor, pair.program.key
    first, second = await actions.ask_for_opening(asker, key), await actions.ask_for_opening(asker, key)
    assert first.id == second.id
    assert await AuditEvent.filter(action="opening.ask").count() == 1
    await actions.forget_opening(asker, key)
    await actions.forget_opening(asker, key)
    assert await queries.my_wish(asker, pair.program.id) is None
    await next_group(pair)
    assert await told() == []


async def test_who_asked_is_told_once_and_may_ask_again(pair: Pair) -> None:
    await actions.ask_for_opening(pair.stranger_actor, pair.program.key)
    await next_group(pair)
    await next_group(pair, ends_on=factories.in_days(300))
    assert await told() == [pair.stranger.id]
    assert await queries.waiting_wishes(system_actor(pair.organization.id), pair.program.id) == []
    again = await actions.ask_for_opening(pair.stranger_actor, pair.program.key)
    assert (again.told_at, await OpeningWish.all().count()) == (None, 1)


async def test_a_group_that_is_not_open_and_another_programme_tell_nobody(pair: Pair) -> None:
    await actions.ask_for_opening(pair.stranger_actor, pair.program.key)
    await next_group(pair, state=ProgramState.DRAFT)
    other = await factories.program(pair.organization)
    await programs.open_cohort(
        system_actor(pair.organization.id), other.id, key="a", name="a", starts_on=factories.in_days(3)
    )
    await drain(strict=False)
    assert await told() == []


@pytest.mark.parametrize("cadence", [Cadence.COHORT, Cadence.ROLLING])
async def test_a_group_that_is_opened_later_tells_then_and_once(db: object, cadence: Cadence) -> None:
    org = await factories.organization()
    program = await factories.program(org, cadence=cadence)
    asker, system = factories.actor_of(await factories.person(org)), system_actor(org.id)
    await actions.ask_for_opening(asker, program.key)
    draft = await programs.open_cohort(
        system, program.id, key="next", name="autumn group", starts_on=factories.in_days(30), state=ProgramState.DRAFT
    )
    await drain(strict=False)
    assert await told() == []
    for state in PHASES[PHASES.index(phase_after(ProgramState.DRAFT, cadence) or ProgramState.DRAFT):][:3]:
        await programs.move_cohort(system, draft.id, state)
        await drain(strict=False)
        assert await told() == [asker.person_id]


async def test_a_group_of_a_programme_that_is_not_open_tells_once_it_is(db: object) -> None:
    org = await factories.organization()
    program = await factories.program(org, state=ProgramState.DRAFT)
    asker, system = factories.actor_of(await factories.person(org)), system_actor(org.id)
    await actions.ask_for_opening(asker, program.key)
    await programs.open_cohort(system, program.id, key="next", name="next", starts_on=factories.in_days(30))
    await drain(strict=False)
    assert await told() == []
    await programs.move_program(system, program.id, ProgramState.ENROLLING)
    await drain(strict=False)
    assert await told() == [asker.person_id]
    (letter,) = await Message.filter(kind="Z09")
    assert why_not(CATALOGUE["Z09"], await scene_of(system, letter)) == ""


async def test_a_draft_group_does_not_close_the_one_that_runs(pair: Pair) -> None:
    await next_group(pair, state=ProgramState.DRAFT)
    assert (await place_of(pair.stranger_actor, pair.program.key)).standing is Standing.OPEN


async def test_who_is_in_the_new_group_already_gets_no_letter(pair: Pair) -> None:
    await actions.ask_for_opening(pair.stranger_actor, pair.program.key)
    system = system_actor(pair.organization.id)
    cohort = await programs.open_cohort(
        system, pair.program.id, key="next", name="autumn group", starts_on=factories.in_days(30)
    )
    await factories.enrollment(cohort, pair.stranger, ParticipantRole.MENTEE, state=EnrollmentState.INVITED)
    await drain(strict=False)
    (letter,) = await Message.filter(kind="Z09")
    assert why_not(CATALOGUE["Z09"], await scene_of(system, letter)) == "takes part"


async def test_a_wish_stays_within_the_organisation_and_only_the_product_notes_it(pair: Pair) -> None:
    wish = await actions.ask_for_opening(pair.stranger_actor, pair.program.key)
    elsewhere = await factories.active_match()
    with pytest.raises(NotFound):
        await actions.ask_for_opening(elsewhere.mentee_actor, pair.program.key)
    with pytest.raises(NotFound):
        await actions.ask_for_opening(system_actor(pair.organization.id), pair.program.key)
    with pytest.raises(Refused):
        await actions.note_told(pair.mentee_actor, wish.id)
    await actions.note_told(system_actor(elsewhere.organization.id), wish.id)
    assert (await OpeningWish.get(id=wish.id)).told_at is None
