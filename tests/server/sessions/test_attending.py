"""A circle's meetings: who leads it chooses the times, everybody can stay away without moving it for the others."""

from datetime import timedelta

import pytest

from server.journey.leaving.queries import ending_page
from server.kernel import clock
from server.kernel.errors import Conflict, NotFound, Refused
from server.matches.models import MatchMember
from server.matches.states import Approval
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState
from server.sessions import actions, queries, times
from server.sessions.many import away
from server.sessions.models import Absence, Session
from server.sessions.states import NoteVisibility
from tests import factories
from tests.factories import Circle


@pytest.fixture
async def circle(db: object) -> Circle:
    return await factories.active_circle()


async def met(circle: Circle) -> Session:
    """A meeting that its leader booked, and that is over by now."""
    slot = (await times.slots_for_match(circle.facilitator_actor, circle.match.id, 1))[0]
    session = await actions.book_session(circle.facilitator_actor, circle.match.id, slot.starts_at)
    clock.move(session.ends_at - clock.now() + timedelta(hours=1))
    return session


async def test_a_time_suits_everybody_and_who_leads_books_moves_and_cancels(circle: Circle) -> None:
    slots = await times.slots_for_match(circle.facilitator_actor, circle.match.id, 2)
    for act in (actions.book_session, actions.hold_slot):
        with pytest.raises(Refused):
            await act(circle.member_actors[0], circle.match.id, slots[0].starts_at)
    session = await actions.book_session(circle.facilitator_actor, circle.match.id, slots[0].starts_at)
    for actor in circle.member_actors:
        assert [one.id for one in await queries.my_next_sessions(actor)] == [session.id]
    with pytest.raises(Refused):
        await actions.move_session(circle.member_actors[0], session.id, slots[1].starts_at)
    with pytest.raises(Refused):
        await actions.cancel_session(circle.member_actors[0], session.id)
    moved = await actions.move_session(circle.facilitator_actor, session.id, slots[1].starts_at)
    assert moved.sequence == 1
    await actions.cancel_session(circle.facilitator_actor, session.id)


async def test_while_who_leads_is_away_or_has_not_said_yes_everybody_chooses_the_times(circle: Circle) -> None:
    ana, leads = circle.member_actors[0], circle.facilitator_enrollment
    slots = await times.slots_for_match(ana, circle.match.id, 2)
    await Enrollment.filter(id=leads.id).update(state=EnrollmentState.PAUSED)
    session = await actions.book_session(ana, circle.match.id, slots[0].starts_at)
    assert (await actions.move_session(circle.member_actors[1], session.id, slots[1].starts_at)).sequence == 1
    assert not (await ending_page(ana, circle.match.id)).may_pause, "a circle rests when who leads it says so"
    await Enrollment.filter(id=leads.id).update(state=EnrollmentState.ACTIVE)
    with pytest.raises(Refused):
        await actions.cancel_session(ana, session.id)
    await MatchMember.filter(enrollment_id=leads.id).update(approval=Approval.PENDING)
    await actions.cancel_session(ana, session.id)


async def test_one_can_stay_away_and_another_time_asks_anew(circle: Circle) -> None:
    slots = await times.slots_for_match(circle.facilitator_actor, circle.match.id, 2)
    session = await actions.book_session(circle.facilitator_actor, circle.match.id, slots[0].starts_at)
    ana, bao = circle.members[:2]
    for _twice in range(2):
        kept = await actions.set_attendance(circle.member_actors[0], session.id, ana.id, comes=False)
        assert kept.starts_at == session.starts_at
    assert await away(circle.member_actors[1], [session.id]) == {session.id: [ana.id]}
    with pytest.raises(Refused):
        await actions.set_attendance(circle.member_actors[0], session.id, bao.id, comes=False)
    await actions.set_attendance(circle.member_actors[0], session.id, ana.id, comes=True)
    assert await away(circle.member_actors[1], [session.id]) == {}
    await actions.set_attendance(circle.member_actors[0], session.id, ana.id, comes=False)
    await actions.move_session(circle.facilitator_actor, session.id, slots[1].starts_at)
    assert not await Absence.filter(session_id=session.id).exists()


async def test_who_leads_says_who_was_there_for_a_week(circle: Circle) -> None:
    session = await met(circle)
    ana = circle.members[0]
    await actions.set_attendance(circle.facilitator_actor, session.id, ana.id, comes=False)
    assert await away(circle.facilitator_actor, [session.id]) == {session.id: [ana.id]}
    clock.move(timedelta(days=8))
    with pytest.raises(Conflict):
        await actions.set_attendance(circle.facilitator_actor, session.id, ana.id, comes=True)


async def test_a_pair_moves_its_session_instead(db: object) -> None:
    pair = await factories.active_match()
    slot = (await times.slots_for_match(pair.mentee_actor, pair.match.id, 1))[0]
    session = await actions.book_session(pair.mentee_actor, pair.match.id, slot.starts_at)
    with pytest.raises(Conflict):
        await actions.set_attendance(pair.mentee_actor, session.id, pair.mentee.id, comes=False)


async def test_notes_are_the_circles_private_ones_nobodys_and_who_has_not_said_yes_sees_nothing(
    circle: Circle,
) -> None:
    await MatchMember.filter(person_id=circle.members[5].id).update(approval=Approval.PENDING)
    session = await met(circle)
    ana, bao, late = circle.member_actors[0], circle.member_actors[1], circle.member_actors[5]
    await actions.write_note(ana, session.id, NoteVisibility.SHARED, {0: "Ask first."})
    await actions.write_note(circle.facilitator_actor, session.id, NoteVisibility.PRIVATE, {0: "Mine alone."})
    assert [note.body for note in await queries.notes_of(bao, session.id)] == ["Ask first."]
    with pytest.raises(NotFound):
        await queries.own_session(late, session.id)
    assert await queries.my_next_sessions(late) == []
