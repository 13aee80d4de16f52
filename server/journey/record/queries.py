"""The pair record: one match with everything that its manager may know, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from server.goals.lines import GoalLine, goal_lines
from server.journey.console.measures import WINDOW, planned_sessions
from server.journey.record.timeline import Event, events_of
from server.journey.reviewing.queries import managed_programs
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.kernel.facts import ActionState, ScheduledAction
from server.matches import queries as matches
from server.matches import rules
from server.matches.models import Match, MatchMember, MatchNote
from server.matches.states import AWAITING, EXTENDABLE, OPEN_MATCHES, MatchKind, MatchState
from server.messaging.queries import Writing, thread_row, writing_in
from server.people.models import Person
from server.people.queries import people_by_ids
from server.programs.queries import GRACE
from server.sessions.models import Session
from server.sessions.queries import next_session, sessions
from server.sessions.states import TOOK_PLACE
from server.surveys.models import SurveyInvitation
from server.surveys.queries import invitations_about

PLANS = (
    "match.expire", "match.end_date", "match.close", "match.resume", "session.agenda", "survey.open", "survey.close",
    GRACE,
)
"""What falls due by itself and is worth knowing beforehand; of messages the automation tells."""
PLANNED_AHEAD = timedelta(days=28)


class Standing(StrEnum):
    """How a pair stands, in the words of the record."""

    REVIEW = "REVIEW"
    ASKED = "ASKED"
    ACTIVE = "ACTIVE"
    QUIET = "QUIET"
    PAUSED = "PAUSED"
    CLOSING = "CLOSING"
    ENDED = "ENDED"


@dataclass(frozen=True)
class PairRecord:
    """A pair, or a circle: then `mentor` is who leads it, or its first member, and `mentee` the next one, and `there`
    is everybody who is in it. `free`: places that each member has left, by enrolment; `successor`: the mentee's next
    match, if any.

    `people` names whoever acted in the timeline; `subjects` are the rows that messages about this pair speak of.
    """

    match: Match
    there: list[MatchMember]
    mentor: MatchMember
    mentee: MatchMember
    sessions: list[Session]
    held: list[Session]
    ahead: Session | None
    writing: Writing
    goals: list[GoalLine]
    check_ins: list[SurveyInvitation]
    events: list[Event]
    plans: list[ScheduledAction]
    people: dict[UUID, Person]
    subjects: frozenset[UUID]
    free: dict[UUID, int]
    successor: Match | None
    note: MatchNote | None
    may_decide: bool
    may_note: bool

    @property
    def standing(self) -> Standing:
        """How the pair stands."""
        return standing_of(self.match, self.held)

    @property
    def may_lengthen(self) -> bool:
        """Whether the actor can give it a later last day: a circle; the two of a pair agree on that themselves."""
        return self.may_decide and matches.is_circle(self.match) and self.match.state in EXTENDABLE

    @property
    def planned(self) -> int:
        """How many sessions its programme plans for the whole time, by its rhythm."""
        return planned_sessions(self.match)


async def pair_record(actor: Actor, match_id: UUID) -> PairRecord:
    """One pair of a programme that the actor runs.

    Raises:
        NotFound: absent, or of another programme.
    """
    await managed_programs(actor)
    match = await matches.visible_match(actor, match_id)
    if not rules.can_review(actor, match):
        raise NotFound
    there = _in_it(match)
    mentor, mentee = there[:2]
    met = await sessions(actor).filter(match_id=match.id).order_by("starts_at", "id")
    writing = await writing_in(actor, match)
    goals, check_ins = await goal_lines(actor, match), await invitations_about(actor, match.id)
    thread, may_note = await thread_row(match), rules.can_keep_note(actor, match)
    series = {one.id: one.series_id for one in met if one.series_id}
    subjects = {match.id, *(one.id for one in met), *(one.id for one in check_ins), *([thread.id] if thread else [])}
    subjects |= set(series.values())
    targets = {*subjects, *(one.id for one in goals), *(one.enrollment_id for one in match.members)}
    events = await events_of(actor, match, targets, writing.moments, with_notes=may_note, series=series)
    note = await matches.note_of(actor, match)
    known = {one.by_id for one in events if one.by_id} | ({note.written_by_id} if note else set())
    return PairRecord(
        match=match, there=there, mentor=mentor, mentee=mentee, sessions=met,
        held=[one for one in met if one.state in TOOK_PLACE],
        ahead=await next_session(actor, match.id), writing=writing, goals=goals, check_ins=check_ins, events=events,
        plans=await _plans(actor, targets), people=await people_by_ids(actor, known),
        subjects=frozenset(subjects),
        free=await _free(actor, match), successor=await _successor(actor, match, mentee), note=note,
        may_decide=rules.can_decide(actor, match), may_note=may_note,
    )


def standing_of(match: Match, held: list[Session]) -> Standing:
    """How a match stands; `held` are its sessions that took place, the latest last."""
    if match.state is MatchState.ACTIVE:
        since = held[-1].ends_at if held else match.active_at
        is_quiet = since is not None and match.active_at is not None and (
            max(since, match.active_at) <= clock.now() - WINDOW
        )
        return Standing.QUIET if is_quiet else Standing.ACTIVE
    plain = {
        MatchState.DRAFT: Standing.REVIEW, MatchState.PAUSED: Standing.PAUSED,
        MatchState.DURATION_COMPLETED: Standing.CLOSING,
    }
    return plain.get(match.state, Standing.ASKED if match.state in AWAITING else Standing.ENDED)


def _in_it(match: Match) -> list[MatchMember]:
    """Everybody who is in it, in order; of a circle that came down to one, whoever was in it."""
    there = matches.in_order(match)
    return there if len(there) > 1 else sorted(match.members, key=lambda one: (one.left_at is not None, one.id))


async def _plans(actor: Actor, targets: set[UUID]) -> list[ScheduledAction]:
    """What falls due for some rows."""
    planned = ScheduledAction.filter(
        organization_id=actor.organization_id, subject_id__in=list(targets), state=ActionState.PLANNED,
        due_at__lte=clock.now() + PLANNED_AHEAD, rule__in=PLANS,
    )
    return await planned.order_by("due_at", "id")


async def _free(actor: Actor, match: Match) -> dict[UUID, int]:
    held = {one.enrollment_id: one.enrollment.capacity for one in match.members}
    taken = await matches.seats_taken(actor, held)
    return {id: max(0, capacity - taken.get(id, 0)) for id, capacity in held.items()}


async def _successor(actor: Actor, match: Match, mentee: MatchMember) -> Match | None:
    """What the mentee has now, once this pair is over: a draft or an open one with somebody. A circle is none."""
    if matches.is_circle(match) or match.state in OPEN_MATCHES | {MatchState.DRAFT, MatchState.DURATION_COMPLETED}:
        return None
    now = matches.reviewable_matches(actor).filter(
        members__enrollment_id=mentee.enrollment_id, kind=MatchKind.PAIR,
        state__in=list(OPEN_MATCHES | {MatchState.DRAFT}),
    )
    return await now.order_by("-created_at", "-id").prefetch_related("members__person").first()
