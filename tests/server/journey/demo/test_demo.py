"""The demonstration: everybody by what waits for them, days that pass in order, and nothing of it elsewhere."""

from datetime import timedelta

import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.journey.demo.actions import move_clock
from server.journey.demo.queries import GROUP_SIZE, demo_actor, demo_organization, demo_page
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, ClockShift, ScheduledAction
from server.kernel.jobs import handlers
from server.matches.states import MatchState
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.conftest import environment
from tests.factories import Pair
from tests.queries import queries_run


@pytest.fixture
def demonstration():
    """This installation is one."""
    with environment(ITHACA_DEMO="true"):
        yield


async def shown(**values) -> Pair:
    """A pair in a demonstration's organisation."""
    return await factories.active_match(await factories.organization(is_demo=True), **values)


async def test_people_stand_where_they_belong(db, demonstration):
    pair = await shown()
    await grant_role(system_actor(pair.organization.id), pair.manager.id, Role.PROGRAM_MANAGER, pair.program.id)
    page = await demo_page()
    assert [one.person.given_name for one in page.taking_part] == ["Noor", "Idris"]
    assert [(one.person.given_name, one.programs, one.drafts) for one in page.in_charge] == [("Rui", 1, 0)]
    assert [(one.person.given_name, one.reports) for one in page.looking_on] == [("Mei", [pair.mentee])]
    assert (page.organization, page.day) == (pair.organization, 1)


async def test_whoever_is_asked_comes_first(db, demonstration):
    pair = await shown(state=MatchState.AWAITING_MENTEE)
    await pair.match.fetch_related("members")
    seat = next(one for one in pair.match.members if one.person_id == pair.mentor.id)
    seat.approval = "ACCEPTED"
    await seat.save()
    page = await demo_page()
    assert [(one.person.given_name, len(one.requests)) for one in page.taking_part] == [("Noor", 1), ("Idris", 0)]


@pytest.mark.parametrize("state", [MatchState.DRAFT, MatchState.AWAITING_ADMIN])
async def test_a_match_to_decide_waits_for_its_manager_and_for_nobody_else(db, demonstration, state):
    pair = await shown(state=state)
    await grant_role(system_actor(pair.organization.id), pair.manager.id, Role.GLOBAL_ADMIN)
    page = await demo_page()
    assert [one.drafts for one in page.in_charge] == [1]
    assert not any(one.requests or one.running for one in page.taking_part)


async def test_somebody_is_found_by_name(db, demonstration):
    pair = await shown()
    page = await demo_page("idris bright")
    assert [one.person.id for one in page.taking_part] == [pair.mentor.id]
    assert (page.in_charge, page.looking_on) == ([], [])
    assert [one.person.id for one in (await demo_page("windrose")).looking_on] == [pair.stranger.id]


async def test_other_organisations_are_not_in_it(db, demonstration):
    await factories.active_match()
    with pytest.raises(NotFound):
        await demo_page()
    pair = await shown()
    assert len((await demo_page()).taking_part) == 2
    assert (await demo_organization()).id == pair.organization.id


async def test_nothing_of_it_exists_elsewhere(db):
    pair = await shown()
    for ask in (demo_page, demo_organization, demo_actor):
        with pytest.raises(NotFound):
            await ask()
    with pytest.raises(NotFound):
        await move_clock(system_actor(pair.organization.id), 1)
    assert clock.offset() == timedelta()


async def test_days_pass_one_by_one_and_what_is_due_is_done(db, demonstration, monkeypatch):
    pair = await shown()
    seen: list[int] = []

    async def note_day(action: ScheduledAction) -> None:
        seen.append(round(clock.offset() / timedelta(days=1)))

    monkeypatch.setitem(handlers._by_rule, "test.note_day", note_day)
    for days in (2, 5):
        await ScheduledAction.create(
            organization_id=pair.organization.id, rule="test.note_day", subject_kind="Match", subject_id=pair.match.id,
            due_at=clock.now() + timedelta(days=days, minutes=-1), dedupe_key=f"note:{days}",
        )
    await move_clock(await demo_actor(), 7)
    assert seen == [2, 5]
    assert (await ClockShift.get(id=1)).seconds == 7 * 86_400
    entry = await AuditEvent.get(action="demo.move_clock")
    assert (entry.detail, entry.actor_kind) == ({"days": 7}, "system")


@pytest.mark.parametrize("days", [0, -1, 8])
async def test_time_passes_forward_a_week_at_most(db, demonstration, days):
    pair = await shown()
    with pytest.raises(Invalid):
        await move_clock(system_actor(pair.organization.id), days)


async def test_people_do_not_move_the_clock(db, demonstration):
    pair = await shown()
    with pytest.raises(Refused):
        await move_clock(pair.manager_actor, 1)


async def test_the_page_costs_the_same_for_one_and_for_thirty(db, demonstration):
    pair = await shown(state=MatchState.AWAITING_BOTH)
    with queries_run() as few:
        await demo_page()
    for _number in range(30):
        someone = await factories.person(pair.organization)
        row = await factories.enrollment(pair.cohort, someone, ParticipantRole.MENTEE)
        await factories.match(pair.mentor_enrollment, row, state=MatchState.AWAITING_BOTH)
        waiting = await factories.person(pair.organization)
        await factories.enrollment(pair.cohort, waiting, ParticipantRole.MENTEE, state=EnrollmentState.INVITED)
    with queries_run() as many:
        page = await demo_page()
    assert [len(one.requests) for one in page.taking_part] == [1, 1, 31, 0, 0]
    assert len((await demo_page("noor")).taking_part) == GROUP_SIZE
    assert len(few) == len(many) <= 14
