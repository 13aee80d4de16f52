"""The manager's first page: their own programmes' quiet pairs, answers, applications, and what went by itself."""

from datetime import timedelta

import pytest

from server.journey.console.acceptance import refusing
from server.journey.console.queries import SHOWN, today
from server.kernel import clock
from server.kernel.actor import Actor, Grant, Permission, system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import NotFound
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.models import Cohort, Enrollment
from server.programs.states import EnrollmentState, ParticipantRole, ProgramState
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import InvitationState, SurveyKind
from tests import factories
from tests.factories import Pair
from tests.queries import queries_run


@pytest.fixture
async def pair(db: object) -> Pair:
    """A pair that began today: nothing is wrong with it."""
    return await factories.active_match()


async def another(of: Pair, days: float, met_days_ago: float | None = None) -> Match:
    """A pair of the same group that began so long ago."""
    learner = await factories.enrollment(of.cohort, await factories.person(of.organization), ParticipantRole.MENTEE)
    match = await factories.match(of.mentor_enrollment, learner, active_at=clock.now() - timedelta(days=days))
    if met_days_ago is not None:
        ended = clock.now() - timedelta(days=met_days_ago)
        await Session.create(
            organization_id=of.organization.id, match=match, state=SessionState.HELD, booked_at=ended,
            starts_at=ended - timedelta(minutes=45), ends_at=ended,
        )
    return match


async def answered(of: Pair) -> SurveyAnswer:
    asked = await SurveyInvitation.create(
        organization_id=of.organization.id, kind=SurveyKind.CHECK_IN, match=of.match, program_id=of.program.id,
        person_id=of.mentee.id, state=InvitationState.ANSWERED, opens_at=clock.now(), closes_at=clock.now(),
    )
    return await SurveyAnswer.create(
        organization_id=of.organization.id, invitation=asked, usefulness=1, goal_distance=4
    )


async def test_the_longest_silence_comes_first_and_who_never_met_counts_from_the_beginning(pair: Pair) -> None:
    met_lately, never = await another(pair, 90, 5), await another(pair, 40)
    long_ago, not_so_long = await another(pair, 200, 90), await another(pair, 100, 29)
    shown = await today(pair.manager_actor)
    assert [one.match.id for one in shown.quiet] == [long_ago.id, never.id, not_so_long.id]
    assert [one.last_met is None for one in shown.quiet] == [False, True, False]
    assert shown.quiet[0].last_met is not None
    assert shown.quiet[0].last_met.tzinfo is not None
    assert abs(shown.quiet[0].last_met - (clock.now() - timedelta(days=90))) < timedelta(minutes=5)
    assert met_lately.id not in {one.match.id for one in shown.quiet}
    assert (shown.quiet_count, shown.running, shown.needs) == (3, 5, 3)


@pytest.mark.parametrize(("days", "met", "unmet", "quiet"), [
    (13.9, None, 0, 0), (14.1, None, 1, 0), (27.9, None, 1, 0), (28.1, None, 0, 1), (20, 1, 0, 0), (60, 27.9, 0, 0),
    (60, 28.1, 0, 1),
])
async def test_two_weeks_to_meet_and_four_to_fall_silent(
    pair: Pair, days: float, met: float | None, unmet: int, quiet: int
) -> None:
    await another(pair, days, met)
    shown = await today(pair.manager_actor)
    assert (shown.unmet_count, len(shown.unmet), shown.quiet_count) == (unmet, unmet, quiet)


async def test_each_programme_alone_or_all_of_ones_own(pair: Pair) -> None:
    other = await factories.active_match(pair.organization)
    unseen = await factories.active_match(pair.organization)
    for one in (pair, other, unseen):
        await another(one, 60)
        await answered(one)
        learner = await factories.person(pair.organization)
        await factories.enrollment(
            one.cohort, learner, ParticipantRole.MENTEE, state=EnrollmentState.PENDING_APPROVAL
        )
        await Match.filter(id=one.match.id).update(state=MatchState.DRAFT)
    both = factories.manager_of(pair.manager, pair.program, other.program)
    for actor, key, count in ((both, "", 2), (both, other.program.key, 1), (pair.manager_actor, "", 1)):
        shown = await today(actor, key)
        assert (shown.quiet_count, len(shown.answers), len(shown.admissions), shown.matches) == (count,) * 4
    assert (await today(both, other.program.key)).needs == 4
    everything = Grant(Permission.PROGRAM_MATCHES_READ)
    assert (await today(factories.actor_of(pair.manager, everything))).quiet_count == 3


async def test_whoever_runs_nothing_finds_no_such_page(pair: Pair) -> None:
    foreign = await factories.active_match()
    for actor in (pair.mentor_actor, pair.stranger_actor, pair.line_manager_actor):
        with pytest.raises(NotFound):
            await today(actor)
    for key in (foreign.program.key, "nothing", "\x00"):
        with pytest.raises(NotFound):
            await today(pair.manager_actor, key)


async def test_a_pair_that_has_ended_paused_or_waits_is_not_quiet(pair: Pair) -> None:
    for state in set(MatchState) - {MatchState.ACTIVE}:
        await Match.filter(id=(await another(pair, 90)).id).update(state=state)
    shown = await today(pair.manager_actor)
    assert (shown.quiet_count, shown.unmet_count, shown.running) == (0, 0, 1)


async def test_what_went_by_itself_within_a_week_is_counted_for_ones_own_programmes(pair: Pair) -> None:
    async def acts(actor: Actor, of: Pair) -> None:
        async with unit_of_work(actor) as unit:
            await unit.audit("match.expire", of.match)
            await unit.audit("enrollment.expire", of.mentee_enrollment)
            await unit.audit("match.accept", of.match)

    other, system = await factories.active_match(pair.organization), system_actor(pair.organization.id)
    await acts(system, pair)
    await acts(system, other)
    await acts(pair.manager_actor, pair)  # a person did it
    assert (await today(pair.manager_actor)).handled == {"match.expire": 1, "enrollment.expire": 1}
    clock.move(timedelta(days=7, seconds=1))
    assert (await today(pair.manager_actor)).handled == {}


async def test_an_admission_decided_or_withdrawn_waits_no_more(pair: Pair) -> None:
    row = await factories.enrollment(
        pair.cohort, pair.stranger, ParticipantRole.MENTEE, state=EnrollmentState.PENDING_APPROVAL
    )
    assert [one.id for one in (await today(pair.manager_actor)).admissions] == [row.id]
    for state in set(EnrollmentState) - {EnrollmentState.PENDING_APPROVAL}:
        await Enrollment.filter(id=row.id).update(state=state)
        assert (await today(pair.manager_actor)).admissions == []


async def test_the_page_costs_the_same_for_one_and_for_forty_and_lists_thirty(pair: Pair) -> None:
    await another(pair, 90)
    with queries_run() as few:
        await today(pair.manager_actor)
    for number in range(39):
        await another(pair, 90 + number)
    with queries_run() as many:
        shown = await today(pair.manager_actor)
    assert (len(shown.quiet), shown.quiet_count) == (SHOWN, 40)
    assert len(few) == len(many)


@pytest.mark.parametrize(("accepted", "refused", "told"), [
    (13, 6, None), (13, 7, (13, 20, 65)), (14, 6, None), (0, 20, (0, 20, 0)), (69, 31, (69, 100, 69)), (70, 30, None),
])
async def test_after_twenty_decisions_a_group_in_which_too_many_say_no_needs_a_look(
    pair: Pair, accepted: int, refused: int, told: tuple[int, int, int] | None
) -> None:
    await Match.filter(id=pair.match.id).delete()
    states = [(MatchState.CONCLUDED, clock.now())] * accepted + [(MatchState.DECLINED, None)] * (refused - refused // 2)
    states += [(MatchState.EXPIRED, None)] * (refused // 2) + [(MatchState.CANCELLED, None)] * 9
    await Match.bulk_create([
        Match(organization_id=pair.organization.id, program_id=pair.program.id, cohort_id=pair.cohort.id, state=state,
              active_at=at) for state, at in states
    ])
    found = await today(pair.manager_actor)
    numbers = [(one.accepted, one.decided, one.percent) for one in found.refusing]
    assert numbers == ([told] if told else [])
    assert found.needs == len(numbers)
    assert await refusing(pair.manager_actor) == found.refusing
    with pytest.raises(NotFound):
        await refusing(pair.mentee_actor)
    assert (await today(factories.manager_of(pair.manager, (await factories.active_match()).program))).refusing == []
    await Cohort.filter(id=pair.cohort.id).update(state=ProgramState.CLOSED)
    assert (await today(pair.manager_actor)).refusing == [], "over is over"
