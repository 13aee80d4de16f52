"""Days are days where people are: a break, a pause and a match end on their day there, not on the evening before."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from server.journey.importing import actions as importing
from server.journey.leaving import actions
from server.journey.moving.actions import set_person_facts
from server.journey.you.actions import save_times
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Invalid
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.states import MatchState
from server.matches.steps import UNDO_ONE
from server.people.models import Person
from server.people.states import DayPart
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState
from server.sessions.actions import book_session
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.surveys.actions import plan_check_in
from server.surveys.models import SurveyInvitation
from tests import factories
from tests.factories import Pair

EVENING = datetime(2026, 11, 24, 2, tzinfo=UTC)
"""In Los Angeles it is 18:00 on Monday 23 November, in Nairobi 05:00 on the Tuesday."""
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (23, 24, 25))
WEDNESDAY_THERE = datetime(2026, 11, 25, 8, tzinfo=UTC)
WEDNESDAY_IN_NAIROBI = datetime(2026, 11, 24, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with clock.at(EVENING):
        yield


@pytest.fixture
async def pair(db: object) -> Pair:
    """Noor is in Los Angeles, Idris in Nairobi."""
    made = await factories.active_match(active_at=EVENING - timedelta(days=30), ends_on=date(2027, 5, 20))
    await Person.filter(id=made.mentee.id).update(zone="America/Los_Angeles")
    return made


async def due(of: UUID, rule: str) -> list[datetime]:
    return await ScheduledAction.filter(subject_id=of, rule=rule, state="PLANNED").values_list("due_at", flat=True)


async def state_at(moment: datetime, row: Match | Enrollment) -> MatchState | EnrollmentState:
    """How it stands once everything was done that is due by then."""
    clock.move(moment - clock.now())
    await drain(strict=False)
    return (await type(row).get(id=row.id)).state


async def test_a_break_ends_when_its_day_begins_where_the_person_is(pair: Pair) -> None:
    place = pair.mentee_enrollment
    await actions.take_break(pair.mentee_actor, place.id, WEDNESDAY)
    assert await due(place.id, "enrollment.resume") == [WEDNESDAY_THERE]
    assert await state_at(WEDNESDAY_THERE - timedelta(seconds=1), place) is EnrollmentState.PAUSED
    assert await state_at(WEDNESDAY_THERE, place) is EnrollmentState.ACTIVE


async def test_who_moved_during_a_break_comes_back_when_the_day_begins_there(pair: Pair) -> None:
    place = pair.mentor_enrollment
    await actions.take_break(pair.mentor_actor, place.id, WEDNESDAY)
    assert await due(place.id, "enrollment.resume") == [WEDNESDAY_IN_NAIROBI]
    await Person.filter(id=pair.mentor.id).update(zone="America/Los_Angeles")
    assert await state_at(WEDNESDAY_THERE - timedelta(seconds=1), place) is EnrollmentState.PAUSED
    assert await state_at(WEDNESDAY_THERE, place) is EnrollmentState.ACTIVE


async def test_who_moved_east_during_a_break_comes_back_no_later_than_the_day_begins_there(pair: Pair) -> None:
    place = pair.mentee_enrollment
    await actions.take_break(pair.mentee_actor, place.id, TUESDAY)
    await set_person_facts(pair.mentee_actor, zone="Africa/Nairobi")
    assert await state_at(EVENING, place) is EnrollmentState.ACTIVE, "it is Tuesday there"
    await set_person_facts(pair.mentee_actor, zone="America/Los_Angeles")
    await actions.take_break(pair.mentee_actor, place.id, WEDNESDAY)
    await save_times(pair.mentee_actor, [DayPart.EVENINGS], "Africa/Nairobi")
    assert await due(place.id, "enrollment.resume") == [WEDNESDAY_IN_NAIROBI]
    assert await state_at(WEDNESDAY_IN_NAIROBI - timedelta(seconds=1), place) is EnrollmentState.PAUSED
    assert await state_at(WEDNESDAY_IN_NAIROBI, place) is EnrollmentState.ACTIVE


async def test_the_days_of_a_match_and_the_check_in_follow_who_moves_by_the_records_or_by_themselves(
    pair: Pair
) -> None:
    system, noor = system_actor(pair.organization.id), pair.mentee
    await matches.reach_end_date(system, pair.match.id)
    await matches.pause_match(pair.mentor_actor, pair.match.id, WEDNESDAY)
    asked = next(one for one in await plan_check_in(system, pair.match.id) if one.person_id == noor.id)

    async def planned() -> list[datetime]:
        rules = (pair.match.id, "match.resume"), (pair.match.id, "match.end_date"), (asked.id, "survey.open")
        return [at for of, rule in rules for at in await due(of, rule)]

    before = await planned()
    opens_on = before[2].astimezone(ZoneInfo("America/Los_Angeles")).date()
    row = ",".join((noor.employee_id, noor.email, noor.given_name, noor.family_name, "Africa/Nairobi"))
    file = f"employee_id,email,given_name,family_name,time_zone\n{row}\n".encode()
    run = await importing.preview_import(system, "people.csv", file)
    await importing.apply_import(system, run.id)
    opens_at = datetime.combine(opens_on, time(6), UTC)
    assert await planned() == [WEDNESDAY_IN_NAIROBI, datetime(2027, 5, 20, 2, tzinfo=UTC), opens_at]
    moved = await SurveyInvitation.get(id=asked.id)
    assert (moved.opens_at, moved.closes_at - moved.opens_at) == (opens_at, asked.closes_at - asked.opens_at)
    await set_person_facts(pair.mentee_actor, zone="America/Los_Angeles")
    assert await planned() == before


async def test_a_pause_ends_when_its_day_has_begun_for_both(pair: Pair) -> None:
    await Program.filter(id=pair.program.id).update(pause_moves_end=True)
    before, after = [
        await book_session(pair.mentor_actor, pair.match.id, WEDNESDAY_THERE + timedelta(hours=hours))
        for hours in (-1, 9)
    ]
    await matches.pause_match(pair.mentor_actor, pair.match.id, WEDNESDAY)
    await drain(strict=False)
    assert await due(pair.match.id, "match.resume") == [WEDNESDAY_THERE]
    assert await state_at(WEDNESDAY_THERE - timedelta(seconds=1), pair.match) is MatchState.PAUSED
    assert (await Session.get(id=before.id)).state is SessionState.CANCELLED
    assert await state_at(WEDNESDAY_THERE, pair.match) is MatchState.ACTIVE
    assert (await Session.get(id=after.id)).state is SessionState.SCHEDULED
    assert (await Match.get(id=pair.match.id)).ends_on == date(2027, 5, 22), "Monday and Tuesday in Los Angeles"


async def test_until_counts_from_the_day_it_is_where_one_is(pair: Pair) -> None:
    with pytest.raises(Invalid):
        await matches.pause_match(pair.mentor_actor, pair.match.id, TUESDAY)
    with pytest.raises(Invalid):
        await actions.take_break(pair.mentor_actor, pair.mentor_enrollment.id, TUESDAY)
    with pytest.raises(Invalid):
        await matches.pause_match(pair.mentee_actor, pair.match.id, MONDAY)
    assert (await matches.pause_match(pair.mentee_actor, pair.match.id, TUESDAY)).paused_until == TUESDAY
    await matches.resume_match(pair.mentee_actor, pair.match.id)
    assert (await matches.pause_match(pair.mentee_actor, pair.match.id)).paused_until == MONDAY + timedelta(days=30)


async def test_a_later_last_day_counts_from_the_day_it_is_where_one_is(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(ends_on=MONDAY)
    with pytest.raises(Invalid):
        await matches.propose_extension(pair.mentor_actor, pair.match.id, TUESDAY)
    assert (await matches.propose_extension(pair.mentee_actor, pair.match.id, TUESDAY)).proposed_end_on == TUESDAY


async def test_a_match_ends_on_its_last_day_for_both_at_the_hour_at_which_it_began(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(ends_on=TUESDAY)
    system = system_actor(pair.organization.id)
    assert (await matches.reach_end_date(system, pair.match.id)).state is MatchState.ACTIVE
    ends_at = datetime(2026, 11, 25, 3, tzinfo=UTC)   # it began at 19:00 in the summer time of Los Angeles
    assert await due(pair.match.id, "match.end_date") == [ends_at]
    assert await state_at(ends_at - timedelta(seconds=1), pair.match) is MatchState.ACTIVE
    assert await state_at(ends_at, pair.match) is MatchState.DURATION_COMPLETED


async def test_a_last_day_that_a_pause_was_to_move_comes_all_the_same_when_it_no_longer_does(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(ends_on=WEDNESDAY)
    await Program.filter(id=pair.program.id).update(pause_moves_end=True)
    await matches.reach_end_date(system_actor(pair.organization.id), pair.match.id)
    await matches.pause_match(pair.mentee_actor, pair.match.id)
    assert await state_at(EVENING + timedelta(days=5), pair.match) is MatchState.PAUSED
    await Program.filter(id=pair.program.id).update(pause_moves_end=False)
    await matches.resume_match(pair.mentee_actor, pair.match.id, undo_within=UNDO_ONE)
    await drain(strict=False)
    assert (await Match.get(id=pair.match.id)).state is MatchState.ACTIVE, "it can still be taken back"
    assert await matches.undo_change(pair.mentee_actor, pair.match.id)
    clock.move(UNDO_ONE)
    await drain(strict=False)
    assert (await Match.get(id=pair.match.id)).state is MatchState.PAUSED
    assert (await matches.resume_match(pair.mentee_actor, pair.match.id)).ends_on == WEDNESDAY
    await drain(strict=False)
    assert (await Match.get(id=pair.match.id)).state is MatchState.DURATION_COMPLETED
