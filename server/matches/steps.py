"""Steps that every act on a match shares: the state after an answer, the start, the end, the fact that tells of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import Unit
from server.kernel.errors import Conflict
from server.kernel.facts import ActionState, OutboxEvent, ScheduledAction
from server.kernel.text import gettext as _
from server.matches import days, queries, rules
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchKind, MatchState
from server.programs.states import Approvals, AskedFirst, EnrollmentState, ParticipantRole

QUIET_END = "match.end_quiet"
"""The rule by which a match ends in which nobody met for long, unless somebody says that it goes on."""
UNDO_ONE = timedelta(seconds=10)
"""How long an act can be taken back; nobody is told before (decision 6 of the design)."""
ASKED = {
    Approvals.MENTOR: {ParticipantRole.MENTOR, ParticipantRole.PEER, ParticipantRole.FACILITATOR},
    Approvals.MENTEE: {ParticipantRole.MENTEE, ParticipantRole.PEER},
    Approvals.BOTH: set(ParticipantRole),
    Approvals.NONE: set[ParticipantRole](),
}
"""Whose yes is needed. Peers are asked both or neither, and together: there is no side that could be left out. Who
leads a circle is asked where mentors are, its members where mentees are."""
ANNOUNCED = ("published", "activated")
"""What a match's people hear of first, and what follows from its beginning."""
SAID_YES = frozenset({Approval.ACCEPTED, Approval.NOT_NEEDED})
BEGINS_WITH = 2
"""So many members make a circle, besides who leads it (glossary section 3)."""


def next_state(match: Match) -> MatchState:
    """The state of a match by what its members have answered; the first of two peers stands on the mentor's side.

    A circle waits for nobody once it stands: it begins with who leads it and two more.
    """
    if queries.is_circle(match):
        return _state_of_circle(match)
    waiting = [member for member in match.members if member.approval is Approval.PENDING]
    if len(waiting) > 1:
        return MatchState.AWAITING_BOTH
    if waiting:
        is_first = waiting[0] is queries.sides(match)[0]
        return MatchState.AWAITING_MENTOR if is_first else MatchState.AWAITING_MENTEE
    return MatchState.AWAITING_ADMIN if match.program.admin_approves_matches else MatchState.ACTIVE


def _state_of_circle(match: Match) -> MatchState:
    said_yes = [one for one in queries.in_order(match) if one.approval in SAID_YES]
    is_led = any(one.role is ParticipantRole.FACILITATOR for one in said_yes)
    if not is_led or len(said_yes) <= BEGINS_WITH:
        short = len(said_yes) - is_led < BEGINS_WITH
        if is_led:
            return MatchState.AWAITING_MENTEE
        return MatchState.AWAITING_BOTH if short else MatchState.AWAITING_MENTOR
    return MatchState.AWAITING_ADMIN if match.program.admin_approves_matches else MatchState.ACTIVE


async def start(unit: Unit, match: Match, *, hold: timedelta = timedelta(), **detail: object) -> None:
    """Begin a match: its dates, the end of its waiting, and the fact. The caller saves the row."""
    await start_many(unit, [match], hold=hold, **detail)


async def start_many(
    unit: Unit, found: Sequence[Match], *, hold: timedelta = timedelta(), **detail: object
) -> None:
    """Begin matches, in a few statements for all of them. The caller saves the rows."""
    for match in found:
        match.active_at = days.announced_at(match) or clock.now()
        set_last_day(match)
    waited = [match.id for match in found if not any(
        one.approval is Approval.PENDING for one in queries.in_order(match))]
    if waited:
        await unit.unschedule_many(waited, "match.expire", reason="accepted")
    await plan_ends(unit, found)
    for until, told in days.held(found, hold):
        await tell_many(unit, told, "activated", hold=until, **detail)


def set_last_day(match: Match) -> None:
    """The group's last day, or as long after its beginning as the programme says. The caller saves the row."""
    assert match.active_at is not None, "it has begun, or has a moment for it"
    length = timedelta(days=match.program.duration_days)
    match.ends_on = match.cohort.ends_on or days.day_at(match, match.active_at) + length


async def plan_end(unit: Unit, match: Match, *, hold: timedelta = timedelta()) -> None:
    """Plan the closing steps for the last day, at the time of day at which the match began; another plan is dropped.
    Where that is over, they are due at once, or after `hold`."""
    await plan_ends(unit, [match], hold=hold)


async def plan_ends(unit: Unit, found: Sequence[Match], *, hold: timedelta = timedelta()) -> None:
    """The same of many matches, in a few statements."""
    await unit.unschedule_many(
        [match.id for match in found], "match.end_date", "match.close", reason="another last day"
    )
    due = {match: max(_last_day(match), clock.now() + hold) for match in found}
    await unit.schedule_many("match.end_date", list(due.items()), keys=[at.isoformat() for at in due.values()])


def _last_day(match: Match) -> datetime:
    assert match.active_at is not None
    assert match.ends_on is not None, "a match that began has a last day"
    return days.same_hour(match, match.ends_on, match.active_at)


async def ask_by(unit: Unit, match: Match, begins: datetime) -> None:
    """Give whoever must answer the programme's time for it, from `begins` (aware). The caller saves the row."""
    await ask_many_by(unit, {match: begins})


async def ask_many_by(unit: Unit, begins: Mapping[Match, datetime]) -> None:
    """The same of many matches, each from its own moment, in a few statements. The caller saves the rows."""
    until = {match: at + timedelta(days=match.program.answer_within_days) for match, at in begins.items()}
    for match, answer_by in until.items():
        match.answer_by = answer_by
    await unit.schedule_many("match.expire", list(until.items()), keys=[""] * len(until))


async def ask_the_other(unit: Unit, match: Match) -> None:
    """The side that was asked first said yes: now the other one is asked, with as much time."""
    if any(member.approval is Approval.PENDING for member in match.members):
        return
    for member in match.members:
        if member.approval is Approval.LATER:
            member.approval = Approval.PENDING
            await member.save(update_fields=["approval"])
            await ask_by(unit, match, clock.now())


async def require_seats(actor: Actor, match: Match) -> None:
    """Whether every member takes part and has a place free beside their open matches; the rows are locked.

    Raises:
        Conflict: somebody left, or a seat is gone (`kind="seat_taken"`).
    """
    there = [member.enrollment_id for member in queries.in_order(match)]
    require_free(match, await queries.seats_taken(actor, there, match.kind))


def require_free(match: Match, taken: Mapping[UUID, int]) -> None:
    """The same, where it is known how many seats of the match's kind each enrolment has taken.

    Raises:
        Conflict: as `require_seats`.
    """
    for member in queries.in_order(match):
        if not takes_part(match, member):
            raise Conflict(_("%(name)s no longer takes part.") % {"name": member.person.full_name})
        if taken.get(member.enrollment_id, 0) >= queries.places_of(member.enrollment, match.kind):
            raise Conflict(
                _("%(name)s has no free place any more.") % {"name": member.person.full_name}, kind="seat_taken"
            )


def takes_part(match: Match, member: MatchMember) -> bool:
    """Whether a member's enrolment is active, or on a break in a circle that began: it goes on and keeps their seat.
    The members' enrolments must have been fetched."""
    keeps_seat = queries.is_circle(match) and match.active_at is not None
    state = member.enrollment.state
    return state is EnrollmentState.ACTIVE or (keeps_seat and state is EnrollmentState.PAUSED)


async def require_new_pair(actor: Actor, match: Match) -> None:
    """Two people hold at most one open match per cohort.

    Raises:
        Conflict: they have one.
    """
    if await queries.have_met_openly(actor, match):
        raise met_already(match)


def met_already(match: Match) -> Conflict:
    """That two of its people have an open match."""
    return Conflict(_("These two have an open match already.") if match.kind is MatchKind.PAIR else _(
        "Two of these people have an open match already."))


def who_answers(match: Match) -> None:
    """Set whose yes a match needs, by the programme's approvals and who is asked first. The caller saves."""
    asked, first = ASKED[match.program.approvals], match.program.asked_first
    for member in queries.in_order(match):
        if queries.is_circle(match) and member.approval is Approval.ACCEPTED:
            continue  # asked before, when somebody else was to lead it
        member.approval = Approval.PENDING if member.role in asked else Approval.NOT_NEEDED
        comes_first = member.role.value == first.value or member.role is ParticipantRole.PEER
        comes_first = comes_first or queries.is_circle(match)
        if match.program.approvals is Approvals.BOTH and first is not AskedFirst.TOGETHER and not comes_first:
            member.approval = Approval.LATER


async def pause(
    unit: Unit, match: Match, until: date | None, *, hold: timedelta = timedelta(), **detail: Any
) -> Match:
    """Let a match rest: until a day when it goes on by itself, or (None) as long as a member is away."""
    was = before(match)
    match.state, match.paused_on, match.paused_until = MatchState.PAUSED, days.today_of(match), until
    await match.save(update_fields=["state", "paused_on", "paused_until"])
    if until is not None:
        await plan_return(unit, match, until)
    await unit.audit("match.pause", match, until=until)
    await tell(unit, match, "paused", hold=hold, until=until, **was, **detail)
    return match


async def plan_return(unit: Unit, match: Match, until: date) -> None:
    """Plan that a match goes on when a day has begun for all of its members: at once if it has. Another plan is
    dropped."""
    at = max(days.begins(match, until), clock.now())
    await unit.unschedule(match.id, "match.resume", reason="another moment")
    await unit.schedule("match.resume", match, at, key=at.isoformat())


async def resume(unit: Unit, match: Match, *, hold: timedelta = timedelta(), **detail: Any) -> Match:
    """Go on with a match that rested; the last day moves by the length of the pause where the programme says so.

    A last day that came during the pause waited for that: where the programme says so no more, it has come now."""
    was = before(match)
    rested = max(timedelta(), days.today_of(match) - match.paused_on) if match.paused_on else timedelta()
    if not match.program.pause_moves_end:
        rested = timedelta()
    match.state, match.paused_on, match.paused_until = MatchState.ACTIVE, None, None
    await unit.unschedule(match.id, "match.resume", reason="resumed")
    if match.ends_on and match.active_at and (rested or match.ends_on <= days.today_of(match)):
        match.ends_on += rested
        await plan_end(unit, match, hold=hold)
    await match.save(update_fields=["state", "paused_on", "paused_until", "ends_on"])
    await unit.audit("match.resume", match, ends_on=match.ends_on)
    await tell(unit, match, "resumed", hold=hold, **was, **detail)
    return match


async def ends_quietly(match: Match) -> bool:
    """Whether a match is about to end because nobody met, unless somebody says that it goes on; the caller has fetched
    it for an actor."""
    return await ScheduledAction.filter(
        organization_id=match.organization_id, subject_id=match.id, rule=QUIET_END, state=ActionState.PLANNED
    ).exists()


async def close(
    unit: Unit, match: Match, state: MatchState, act: str, event: str, *, hold: timedelta = timedelta(), **detail: Any
) -> Match:
    """End a match in `state`, cancel what was planned for it, and tell. One that waits for its day was none yet: its
    people never hear of it, not even on that day."""
    was, was_none_yet = before(match), rules.waits_for_its_day(match)
    await forget_its_day(unit, match)
    state = MatchState.CANCELLED if was_none_yet else state
    match.state, match.ended_at, match.paused_on, match.paused_until = state, clock.now(), None, None
    match.proposed_end_on = match.proposed_by_id = None
    await match.save()
    await unit.unschedule(match.id, reason=act)
    await unit.audit(f"match.{act}", match, now=state, **detail)
    await tell(unit, match, event, hold=hold, **was, **detail)
    return match


async def forget_its_day(unit: Unit, match: Match) -> None:
    """Let a match of which its people know nothing come to nothing: no moment is left at which they would hear of it,
    and nothing follows from its having begun. The caller saves the row."""
    if rules.is_kept_from_its_people(match):
        await withdraw_facts(unit, match, *ANNOUNCED)
        match.published_at = match.active_at = None


async def keep_its_day(unit: Unit, match: Match, *, since: datetime) -> None:
    """Take back that a match came to nothing, from `since` (aware) on: its people hear of it as they were to."""
    if rules.is_kept_from_its_people(match):
        forgotten = OutboxEvent.filter(
            organization_id=unit.actor.organization_id, subject_id=match.id, delivered_at=None,
            kind__in=[f"match.{event}" for event in ANNOUNCED], withdrawn_at__gte=since,
        )
        await forgotten.update(withdrawn_at=None)


def before(match: Match) -> dict[str, Any]:
    """How a match stands, for the fact of an act that can be undone."""
    return {
        "was": match.state, "was_until": match.paused_until, "was_on": match.paused_on, "was_end": match.ends_on,
        "was_proposed": match.proposed_end_on, "was_proposed_by": match.proposed_by_id, "acted_at": clock.now(),
        "was_asked_at": match.published_at, "was_begun_at": match.active_at,
    }


def before_answer(match: Match, member: MatchMember) -> dict[str, Any]:
    """How a match stands before one of its members answers, for the fact of the answer: who answers, and what of the
    match a yes or a circle's no may change."""
    return {
        **before(match), "by_id": member.person_id, "person_id": member.person_id, "role": member.role,
        "was_answer": member.approval, "was_answered_at": member.answered_at, "was_answer_by": match.answer_by,
        "was_held_back": match.held_back,
        "was_later": [one.id for one in match.members if one.approval is Approval.LATER],
    }


async def tell(
    unit: Unit, match: Match, event: str, *, hold: timedelta = timedelta(), **payload: object
) -> None:
    """Publish a fact about a match; with `hold`, only once its act can no longer be undone."""
    await tell_many(unit, [match], event, hold=hold, **payload)


async def tell_many(
    unit: Unit, found: Sequence[Match], event: str, *, hold: timedelta = timedelta(), **payload: object
) -> None:
    """The same of many matches, in one statement."""
    payloads = {
        match.id: {"match_id": match.id, "program_id": match.program_id, "cohort_id": match.cohort_id, **payload}
        for match in found
    }
    await unit.publish_many(f"match.{event}", payloads, hold=hold)


async def withdraw_facts(unit: Unit, match: Match, *events: str) -> list[dict[str, Any]]:
    """Withdraw what would still be told of a match; returns what these facts carry, the latest last. None: too late."""
    untold = OutboxEvent.filter(
        organization_id=unit.actor.organization_id, subject_id=match.id, delivered_at=None, withdrawn_at=None,
        kind__in=[f"match.{event}" for event in events], not_before__gt=clock.now(),
    )
    found = await untold.order_by("id").select_for_update(no_key=True)
    await OutboxEvent.filter(
        organization_id=unit.actor.organization_id, id__in=[fact.id for fact in found], delivered_at=None
    ).update(withdrawn_at=clock.now())
    return [fact.payload for fact in found]
