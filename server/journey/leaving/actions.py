"""Stepping out, taking a break, coming back, and following what the employer's records say of somebody.

Each act locks in one order: the group's roster, the enrolments of everybody whom it concerns, then their matches. So
two who leave each other at once follow one another.
"""

from collections.abc import Awaitable, Callable, Collection
from datetime import date, timedelta
from uuid import UUID

from server.access.actions import end_sessions
from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match
from server.matches.queries import learners
from server.matches.rules import can_end
from server.matches.states import OPEN_MATCHES, ClosureReason, MatchState
from server.messaging import actions as messaging
from server.people.queries import visible_person
from server.people.states import PersonStatus
from server.programs import actions as programs
from server.programs.models import Enrollment
from server.programs.queries import cohort_by_id, enrollments, moved_up_by, visible_enrollment
from server.programs.states import EnrollmentState
from server.programs.steps import plan_return

NOT_JOINED = (EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS)


async def leave_program(
    actor: Actor, enrollment_id: UUID, *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """Step out of a programme, or say no to its invitation. No reason is asked, and nobody is told one.

    Running matches conclude without blame, what was booked is called off, and who stays is looked after first.
    Twice is harmless. Nobody is told, and nothing is called off, for `undo_within`; until then `undo_decision` takes it
    back.

    Raises:
        NotFound: not the actor's enrolment.
        Refused: it is somebody else's.
        Conflict: it has ended another way (`kind="ended"`).
    """
    async with unit_of_work(actor):
        enrollment = await visible_enrollment(actor, enrollment_id)
        if enrollment.state in (*NOT_JOINED, EnrollmentState.DECLINED):
            return await programs.decline_invitation(actor, enrollment_id, undo_within=undo_within)
        return await _end(
            actor, enrollment, EnrollmentState.WITHDRAWN, ClosureReason.NO_FAULT, hold=undo_within
        )


async def finish_match(
    actor: Actor, match_id: UUID, thanks: str = "", *, undo_within: timedelta = timedelta()
) -> Match:
    """Finish with somebody: close a match that has run its time, end another one without blame. Twice is harmless.

    `thanks` goes to the other person as a message, before the thread closes. Nobody is told of either for
    `undo_within`; until then `meeting.undo_change` takes both back.

    Raises:
        NotFound: not the actor's match.
        Refused: thanks were written, and the programme lets nobody write in the actor's role.
        Invalid: too many words.
        Conflict: it does not run (any more).
    """
    async with unit_of_work(actor):
        match = await match_queries.visible_match(actor, match_id, lock=True)
        if thanks.strip():
            await messaging.send_message(actor, match_id, thanks, undo_within=undo_within)
        if match.state in (MatchState.DURATION_COMPLETED, MatchState.COMPLETED):
            if not can_end(actor, match):   # a circle is closed by who leads it, or by itself
                return match
            return await matches.close_match(actor, match_id, undo_within=undo_within)
        return await matches.end_match(actor, match_id, ClosureReason.NO_FAULT, undo_within=undo_within)


async def remove_from_program(
    actor: Actor, enrollment_id: UUID, *, eligibility_lost: bool = False, undo_within: timedelta = timedelta()
) -> Enrollment:
    """Take somebody out of a programme, with the same care for who stays. Twice is harmless.

    With `eligibility_lost` the person and whoever runs the programme are told that its conditions no longer hold.
    Nobody is told for `undo_within`; until then `undo_decision` takes it back.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: it has ended another way (`kind="ended"`).
    """
    async with unit_of_work(actor):
        enrollment = await visible_enrollment(actor, enrollment_id)
        act = "eligibility_lost" if eligibility_lost else ""
        return await _end(actor, enrollment, EnrollmentState.REMOVED, ClosureReason.NO_FAULT, act, undo_within)


async def undo_decision(actor: Actor, enrollment_id: UUID) -> bool:
    """Take back that somebody was admitted, turned down, taken out or invited, or that one left or said no
    oneself; with what followed for others and for matches.

    False when it was told already, or has changed since: then everything stays.

    Raises:
        NotFound, Refused: not of a programme that the actor runs; of somebody's own word, not the actor's.
        Conflict: somebody who would lose their place was matched meanwhile (`kind="matched"`), or a partner's place
            went to somebody else (`kind="seat_taken"`).
    """
    async with unit_of_work(actor):
        await _lock_who_followed(actor, enrollment_id)
        undone = await programs.undo_decision(actor, enrollment_id)
        if undone is None:
            return False
        if undone.enrollment.state is EnrollmentState.INVITED:   # or never invited: no match can have followed
            return True
        await _require_unmatched(actor, [undone.enrollment, *undone.waiting])
        for match in await matches.restore_matches(actor, enrollment_id, since=undone.fact_id):
            for left in learners(match):
                if left.enrollment_id != enrollment_id:
                    await programs.move_back_in_line(actor, left.enrollment_id)
        return True


async def take_break(
    actor: Actor, enrollment_id: UUID, until: date | None, *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """Pause an enrolment and its matches until a day; the product alone may leave it open (an absence).

    Nobody is told, and nothing is called off, for `undo_within`; until then `undo_break` takes it back.

    Raises:
        NotFound: not the actor's enrolment.
        Refused: it is somebody else's.
        Invalid: no day, or one that is not within half a year.
        Conflict: they take no part now.
    """
    async with unit_of_work(actor):
        if until is None:
            require(actor.kind is ActorKind.SYSTEM, _("take a break without an end"))
        await _lock_everybody(actor, await visible_enrollment(actor, enrollment_id))
        paused = await programs.pause_enrollment(actor, enrollment_id, until, undo_within=undo_within)
        await matches.pause_matches(actor, enrollment_id, until, undo_within=undo_within)
        return paused


async def come_back(
    actor: Actor, enrollment_id: UUID, *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """End a break: the matches that rested with it go on, unless the other side is away. Undo as in `take_break`.

    Raises:
        NotFound: not the actor's enrolment.
        Refused: it is somebody else's.
        Conflict: there is no break to end.
    """
    async with unit_of_work(actor):
        await _lock_everybody(actor, await visible_enrollment(actor, enrollment_id))
        resumed = await programs.resume_enrollment(actor, enrollment_id, undo_within=undo_within)
        await matches.resume_matches(actor, enrollment_id, undo_within=undo_within)
        return resumed


async def undo_break(actor: Actor, enrollment_id: UUID) -> bool:
    """Take back that one began a break, chose another day for it or ended it, with what became of matches.

    False when it was told already, or has changed since: then everything stays.

    Raises:
        NotFound: not the actor's enrolment.
        Refused: it is somebody else's.
        Conflict: somebody who would lose their place was matched meanwhile (`kind="matched"`), a partner is away now,
            or their place went to somebody else (`kind="seat_taken"`).
    """
    async with unit_of_work(actor):
        await _lock_who_followed(actor, enrollment_id)
        undone = await programs.undo_break(actor, enrollment_id)
        if undone is None:
            return False
        await _require_unmatched(actor, undone.waiting)
        await matches.restore_matches(actor, enrollment_id, since=undone.fact_id)
        return True


async def reach_break_end(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """The day of a break has come: it ends, unless the person is absent by then. Anything else stays as it is. Where
    that day has not begun yet (the person moved), it is awaited anew.

    Raises:
        NotFound: no such enrolment.
    """
    enrollment = await visible_enrollment(actor, enrollment_id)
    if enrollment.state is not EnrollmentState.PAUSED:
        return enrollment
    if enrollment.person.status is PersonStatus.LEAVE:
        return await take_break(actor, enrollment_id, None)
    if enrollment.paused_until and enrollment.paused_until > clock.today(enrollment.person.zone):
        async with unit_of_work(actor) as unit:
            await plan_return(unit, enrollment)
        return enrollment
    return await come_back(actor, enrollment_id)


async def follow_status(actor: Actor, person_id: UUID) -> PersonStatus:
    """Bring somebody's enrolments in line with what the employer's records say of them now. Twice is harmless.

    Each enrolment is a unit of its own, so a crash in between leaves whole steps, and the next try goes on.

    Raises:
        NotFound: no such person.
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("follow the records for somebody"))
    person = await visible_person(actor, person_id)
    follow = FOLLOW[person.status]
    for enrollment in await enrollments(actor).filter(person_id=person_id).order_by("id"):
        await follow(actor, enrollment)
    if person.status is PersonStatus.ENDED:
        await end_sessions(actor, person_id)
    return person.status


async def _depart(actor: Actor, enrollment: Enrollment) -> None:
    async with unit_of_work(actor):
        await _end(actor, enrollment, EnrollmentState.DEPROVISIONED, ClosureReason.DEPARTURE)


async def _be_absent(actor: Actor, enrollment: Enrollment) -> None:
    if enrollment.state in (EnrollmentState.ACTIVE, EnrollmentState.PAUSED):
        await take_break(actor, enrollment.id, None)


async def _return(actor: Actor, enrollment: Enrollment) -> None:
    """An absence ends; a break that the person chose lasts until its day."""
    if enrollment.state is EnrollmentState.PAUSED and enrollment.paused_until is None:
        await come_back(actor, enrollment.id)


FOLLOW: dict[PersonStatus, Callable[[Actor, Enrollment], Awaitable[None]]] = {
    PersonStatus.ACTIVE: _return, PersonStatus.LEAVE: _be_absent, PersonStatus.ENDED: _depart,
}


async def _end(
    actor: Actor, enrollment: Enrollment, state: EnrollmentState, reason: ClosureReason, act: str = "",
    hold: timedelta = timedelta(),
) -> Enrollment:
    await _lock_everybody(actor, enrollment)
    ended = await programs.end_enrollment(actor, enrollment.id, state, act=act, undo_within=hold)
    for match in await matches.release_matches(actor, enrollment.id, reason, undo_within=hold):
        for left in learners(match):
            if left.enrollment_id != enrollment.id:
                await programs.move_to_front(actor, left.enrollment_id)
    return ended


async def _lock_who_followed(actor: Actor, enrollment_id: UUID) -> None:
    """Everybody whom the undo of an act on this enrolment may concern: its partners ever, and who moved up for it."""
    moved = {fact.subject_id for fact in await moved_up_by(actor, enrollment_id) if fact.subject_id}
    await _lock_everybody(actor, await visible_enrollment(actor, enrollment_id), moved, ever=True)


async def _require_unmatched(actor: Actor, who: list[Enrollment]) -> None:
    if await match_queries.are_in_matches(actor, [one.id for one in who]):
        raise Conflict(_("Somebody was matched meanwhile. It stays as it is."), kind="matched")


async def _lock_everybody(
    actor: Actor, enrollment: Enrollment, others: Collection[UUID] = (), *, ever: bool = False
) -> None:
    """The roster, then this enrolment and those of its partners together: as an answer to a match takes them."""
    await cohort_by_id(actor, enrollment.cohort_id, lock=True)
    states = frozenset(MatchState) if ever else OPEN_MATCHES
    partners = await match_queries.partner_enrollments(actor, enrollment.id, states, left_too=ever)
    await match_queries.lock_enrollments(actor, {enrollment.id, *partners, *others})
