"""What becomes of somebody's matches when their enrolment pauses, goes on or ends.

The matches are locked as by every act: the enrolments of both sides first, in the order of their ids, then the match.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.text import gettext as _
from server.matches import queries, rules
from server.matches.circles import steps as circles
from server.matches.models import Match
from server.matches.states import AWAITING, OPEN_MATCHES, RUNNING, ClosureReason, MatchState
from server.matches.steps import before_answer, close, pause, resume
from server.programs.models import Enrollment
from server.programs.queries import visible_enrollment
from server.programs.rules import can_see_enrollment
from server.programs.states import EnrollmentState

NOT_YET = AWAITING | {MatchState.DRAFT}
ALIVE = OPEN_MATCHES | {MatchState.DRAFT, MatchState.DURATION_COMPLETED}


async def release_matches(
    actor: Actor, enrollment_id: UUID, reason: ClosureReason, *, undo_within: timedelta = timedelta()
) -> list[Match]:
    """End whatever an enrolment was in: what ran concludes, what waited is taken back, what ran its time is closed.
    A circle goes on without them.

    Nobody is blamed: the fact says who left, never why. Returns the matches that ran. Twice is harmless. Nobody is
    told for `undo_within`; until then `restore_matches` takes it back.

    Raises:
        NotFound: no enrolment that the actor may see.
    """
    async with unit_of_work(actor) as unit:
        enrollment, found = await _locked(actor, enrollment_id, ALIVE)
        left: dict[str, Any] = {"left_id": enrollment.person_id, "hold": undo_within}
        for match in found:
            if queries.is_circle(match):
                await _step_out(unit, match, enrollment, "left", **left)
            elif _is_not_yet(match):
                await close(unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="left", **left)
            elif match.state in RUNNING:
                match.closure_reason = reason
                await close(unit, match, MatchState.CONCLUDED, "end", "ended", code=reason, **left)
            else:
                match.closure_reason = ClosureReason.DURATION
                await close(unit, match, MatchState.COMPLETED, "close", "completed", **left)
        return [match for match in found if match.state is MatchState.CONCLUDED and not queries.is_circle(match)]


async def withdraw_waiting(actor: Actor, enrollment_id: UUID) -> list[Match]:
    """Take back what waits for an enrolment, drafts too: its person does not agree to be matched any more.

    What runs goes on. Returns the matches that were taken back. Twice is harmless.

    Raises:
        NotFound: no enrolment that the actor may see.
    """
    async with unit_of_work(actor) as unit:
        enrollment, open_ones = await _locked(actor, enrollment_id, NOT_YET | {MatchState.ACTIVE})
        found = [match for match in open_ones if _is_not_yet(match)]
        left: dict[str, Any] = {"left_id": enrollment.person_id}
        for match in found:
            if queries.is_circle(match):
                await _step_out(unit, match, enrollment, "no_consent", **left)
                continue
            await close(unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="no_consent", **left)
        return found


async def complete_matches(actor: Actor, cohort_id: UUID) -> list[Match]:
    """A group ends: what waits in it is taken back, what runs has run its time and is closed. Twice is harmless.

    Raises:
        NotFound: a match that the actor may not review.
        Refused: the actor does not decide about matches of the programme.
    """
    async with unit_of_work(actor) as unit:
        there = await queries.matches(actor).filter(cohort_id=cohort_id, state__in=list(ALIVE)).order_by("id")
        ids = [match.id for match in there]
        await queries.lock_members(actor, ids)
        for match in [await queries.visible_match(actor, match_id, lock=True) for match_id in ids]:
            require(rules.can_decide(actor, match), _("close this group"))
            if _is_not_yet(match):
                await close(unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="group_over")
                continue
            if match.state in RUNNING:
                match.state = MatchState.DURATION_COMPLETED
                await unit.audit("match.end_date_passed", match)
            match.closure_reason = ClosureReason.DURATION
            await close(unit, match, MatchState.COMPLETED, "close", "completed")
        return there


async def pause_matches(
    actor: Actor, enrollment_id: UUID, until: date | None, *, undo_within: timedelta = timedelta()
) -> list[Match]:
    """Let an enrolment's running matches rest with it, and take back what waits for an answer. Twice is harmless.
    A circle that runs goes on meanwhile, and keeps their seat.

    Undo as in `release_matches`.

    Raises:
        NotFound: no enrolment that the actor may see.
    """
    async with unit_of_work(actor) as unit:
        enrollment, found = await _locked(actor, enrollment_id, OPEN_MATCHES | {MatchState.DRAFT})
        for match in found:
            if queries.is_circle(match):
                if _is_not_yet(match):
                    await _step_out(
                        unit, match, enrollment, "away", away_id=enrollment.person_id, hold=undo_within
                    )
            elif _is_not_yet(match):
                await close(
                    unit, match, MatchState.CANCELLED, "cancel", "cancelled", code="away",
                    left_id=enrollment.person_id, hold=undo_within,
                )
            elif match.state is MatchState.ACTIVE:
                await pause(unit, match, None, away_id=enrollment.person_id, back_on=until, hold=undo_within)
        return [match for match in found if match.state is MatchState.PAUSED]


async def resume_matches(
    actor: Actor, enrollment_id: UUID, *, undo_within: timedelta = timedelta()
) -> list[Match]:
    """Go on with the matches that rested with an enrolment, where the other side is there too. Twice is harmless.

    Undo as in `release_matches`.

    Raises:
        NotFound: no enrolment that the actor may see.
    """
    async with unit_of_work(actor) as unit:
        enrollment, found = await _locked(actor, enrollment_id, {MatchState.PAUSED})
        rested = [
            match for match in found
            if match.paused_until is None and not queries.is_circle(match) and everybody_is_there(match)
        ]
        for match in rested:
            await resume(unit, match, back_id=enrollment.person_id, hold=undo_within)
        return rested


def _is_not_yet(match: Match) -> bool:
    """Whether a match has not begun: drafted, waiting for a word, or for the day on which its group hears of it."""
    return match.state in NOT_YET or rules.waits_for_its_day(match)


def everybody_is_there(match: Match) -> bool:
    """Whether no member is on a break; the members' enrolments must have been fetched. A circle waits for nobody."""
    return queries.is_circle(match) or all(
        member.enrollment.state is EnrollmentState.ACTIVE for member in match.members
    )


async def _step_out(unit: Unit, match: Match, enrollment: Enrollment, code: str, **told: Any) -> None:
    """Out of a circle, because of what became of the enrolment: no word of theirs to the circle (`by_id`)."""
    member = next(one for one in queries.in_order(match) if one.enrollment_id == enrollment.id)
    was = {**before_answer(match, member), "by_id": None}
    await circles.fall_out(unit, match, member, code, **was, **told)


async def _locked(
    actor: Actor, enrollment_id: UUID, states: Collection[MatchState]
) -> tuple[Enrollment, list[Match]]:
    enrollment = await visible_enrollment(actor, enrollment_id)
    require(can_see_enrollment(actor, enrollment), _("change this for somebody else"))
    own = queries.matches(actor).filter(
        members__enrollment_id=enrollment_id, members__left_at=None, state__in=list(states)
    )
    ids = [match.id for match in await own]
    await queries.lock_members(actor, ids)
    own = queries.matches(actor).filter(id__in=ids, state__in=list(states))
    locked = own.order_by("id").select_for_update(no_key=True)
    found = await locked
    for match in found:
        await match.fetch_related("members__person", "members__enrollment", "program", "cohort")
    return enrollment, found
