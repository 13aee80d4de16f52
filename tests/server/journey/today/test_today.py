"""The first page: what waits for whom, the partner's last word, the next time, and a fixed price."""

from datetime import timedelta

import pytest

from server.journey.today.journeys import Journey
from server.journey.today.queries import Home, home
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchState
from server.messaging.actions import send_message
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import ActionItem, Session
from server.sessions.states import SessionState
from server.surveys.actions import plan_check_in
from tests import factories
from tests.factories import Pair
from tests.queries import queries_run

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def journey(actor: Actor) -> Journey:
    """The one match of somebody who has one."""
    shown = await home(actor)
    (one,) = [*shown.learning, *shown.mentoring]
    return one


async def session(pair: Pair, hours: int, state: SessionState = SessionState.SCHEDULED) -> Session:
    starts_at = clock.now() + timedelta(hours=hours)
    return await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=state, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45), proposed_by_id=pair.mentor.id,
        booked_at=None if state is SessionState.PROPOSED else clock.now(),
    )


async def test_each_sees_the_match_from_their_own_side(pair: Pair) -> None:
    mentors, mentees = await home(pair.mentor_actor), await home(pair.mentee_actor)
    assert ([one.partner.id for one in mentors.mentoring], mentors.learning) == ([pair.mentee.id], [])
    assert ([one.partner.id for one in mentees.learning], mentees.mentoring) == ([pair.mentor.id], [])
    assert mentors.places == {pair.mentor_enrollment.id: (1, 2)}
    assert mentees.places == {}


async def test_only_the_partners_last_word_is_quoted(pair: Pair) -> None:
    assert (await journey(pair.mentor_actor)).last_message is None
    word = await send_message(pair.mentee_actor, pair.match.id, "Hello Idris")
    quoted = (await journey(pair.mentor_actor)).last_message
    assert quoted is not None
    assert (quoted.id, quoted.body) == (word.id, "Hello Idris")
    assert (await journey(pair.mentee_actor)).last_message is None
    answer = await send_message(pair.mentor_actor, pair.match.id, "Hello Noor")
    assert (await journey(pair.mentor_actor)).last_message is None
    quoted = (await journey(pair.mentee_actor)).last_message
    assert quoted is not None
    assert quoted.id == answer.id


async def test_a_booked_time_goes_before_one_that_is_only_held(pair: Pair) -> None:
    assert (await home(pair.mentee_actor)).needs == 1  # a time is missing
    held = await session(pair, 24, SessionState.PROPOSED)
    shown = await journey(pair.mentee_actor)
    assert shown.session is not None
    assert (shown.session.id, shown.is_booked) == (held.id, False)
    booked = await session(pair, 48)
    shown = await journey(pair.mentee_actor)
    assert shown.session is not None
    assert (shown.session.id, shown.is_booked) == (booked.id, True)
    assert (await home(pair.mentee_actor)).needs == 0


async def test_what_took_place_is_counted_and_the_latest_without_a_note_is_brought_to_mind(pair: Pair) -> None:
    await session(pair, -72, SessionState.HELD)
    latest = await session(pair, -48, SessionState.LOGGED)
    for state in (SessionState.CANCELLED, SessionState.NO_SHOW):
        await session(pair, -24, state)
    shown = await journey(pair.mentor_actor)
    assert shown.held == 2
    assert shown.unwritten is not None
    assert shown.unwritten.id == latest.id


async def test_ones_own_promises_of_this_match_alone_are_listed(pair: Pair) -> None:
    other = await factories.active_match(pair.organization, pair.program, pair.cohort)
    for match_id, owner, text in (
        (pair.match.id, pair.mentor, "Send the one-pager"), (pair.match.id, pair.mentee, "Ask for feedback"),
        (other.match.id, pair.mentor, "Of another match"),
    ):
        await ActionItem.create(
            organization_id=pair.organization.id, match_id=match_id, owner_id=owner.id, text=text
        )
    assert [item.text for item in (await journey(pair.mentor_actor)).promises] == ["Send the one-pager"]


async def test_a_request_waits_for_who_has_not_answered_and_is_pending_for_the_other(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(state=MatchState.AWAITING_MENTEE, active_at=None)
    await MatchMember.filter(match_id=pair.match.id, role=MENTEE).update(approval=Approval.PENDING)
    mentee, mentor = await home(pair.mentee_actor), await home(pair.mentor_actor)
    assert ([one.id for one in mentee.asked], mentee.pending, mentee.needs) == ([pair.match.id], [], 1)
    assert (mentor.asked, [one.id for one in mentor.pending], mentor.needs) == ([], [pair.match.id], 0)
    assert mentor.places == {pair.mentor_enrollment.id: (1, 2)}  # a request holds a place


@pytest.mark.parametrize("state", [MatchState.DRAFT, MatchState.DECLINED, MatchState.EXPIRED, MatchState.CANCELLED])
async def test_what_was_never_said_or_has_passed_leaves_one_waiting(pair: Pair, state: MatchState) -> None:
    await Match.filter(id=pair.match.id).update(state=state)
    shown = await home(pair.mentee_actor)
    assert (shown.asked, shown.pending, shown.learning, shown.finished) == ([], [], [], [])
    assert [row.id for row in shown.waiting] == [pair.mentee_enrollment.id]


async def test_a_match_nobody_was_told_of_yet_is_not_there(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(published_at=clock.now() + timedelta(minutes=10))
    assert (await home(pair.mentee_actor)).learning == []
    clock.move(timedelta(minutes=11))
    assert len((await home(pair.mentee_actor)).learning) == 1


@pytest.mark.parametrize(("state", "where"), [
    (EnrollmentState.INVITED, "to_fill_in"), (EnrollmentState.IN_PROGRESS, "to_fill_in"),
    (EnrollmentState.PENDING_APPROVAL, "waiting"), (EnrollmentState.WAITLISTED, "waiting"),
    (EnrollmentState.ACTIVE, "waiting"), (EnrollmentState.DECLINED, ""), (EnrollmentState.EXPIRED, ""),
    (EnrollmentState.REMOVED, ""), (EnrollmentState.COMPLETED, ""),
])
async def test_an_enrolment_without_a_match_is_where_it_stands(
    db: object, state: EnrollmentState, where: str
) -> None:
    org = await factories.organization()
    someone = await factories.person(org)
    row = await factories.enrollment(
        await factories.cohort(await factories.program(org)), someone, MENTEE, state=state
    )
    shown = await home(factories.actor_of(someone))
    found: dict[str, list[Enrollment]] = {"to_fill_in": shown.to_fill_in, "waiting": shown.waiting}
    assert {name: [one.id for one in rows] for name, rows in found.items() if rows} == (
        {where: [row.id]} if where else {}
    )
    assert shown.is_empty == (not where)


async def test_who_only_works_there_sees_nothing_of_it(pair: Pair) -> None:
    for someone in (pair.stranger_actor, pair.line_manager_actor, pair.manager_actor):
        assert (await home(someone)).is_empty
    foreign = Actor(pair.mentor_actor.kind, (await factories.organization()).id, pair.mentor.id)
    assert (await home(foreign)).is_empty


async def test_weeks_are_counted_from_one_to_the_last(pair: Pair) -> None:
    seen = []
    for days in (0, 6, 1, 84, 84, 7, 200):
        clock.move(timedelta(days=days))
        seen.append((await journey(pair.mentee_actor)).weeks)
    assert seen == [(week, 26) for week in (1, 1, 2, 14, 26, 26, 26)]


async def test_a_check_in_waits_while_it_is_open(pair: Pair) -> None:
    await session(pair, 24 * 100)
    await plan_check_in(system_actor(pair.organization.id), pair.match.id)
    assert (await home(pair.mentee_actor)).needs == 0
    clock.move(timedelta(days=92))
    assert ((await journey(pair.mentee_actor)).check_in is not None, (await home(pair.mentee_actor)).needs) == (True, 1)
    clock.move(timedelta(days=23))
    assert (await journey(pair.mentee_actor)).check_in is None


async def test_the_page_costs_the_same_for_one_and_for_thirty(pair: Pair) -> None:
    await send_message(pair.mentee_actor, pair.match.id, "Hello")
    with queries_run() as few:
        await home(pair.mentor_actor)
    for number in range(29):
        someone = await factories.person(pair.organization)
        made = await factories.match(pair.mentor_enrollment, await factories.enrollment(pair.cohort, someone, MENTEE))
        await send_message(factories.actor_of(someone), made.id, f"Hello {number}")
    with queries_run() as many:
        shown: Home = await home(pair.mentor_actor)
    assert len(shown.mentoring) == len([one for one in shown.mentoring if one.last_message]) == 30
    assert len(few) == len(many)
