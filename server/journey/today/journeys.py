"""A match as one of its people lives it: with a partner, or in a circle. Read for the first page in a fixed number of
statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from server.goals.models import Goal, Milestone
from server.goals.queries import goals_by_match, steps_of, worked_on
from server.goals.rules import may_begin_another
from server.goals.states import OPEN_GOALS, GoalState, MilestoneState
from server.journey.console.measures import planned_sessions
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.dates import day_of
from server.matches.company import Company, company_of, leads_now, members_now, sets_times
from server.matches.models import Match, MatchMember
from server.matches.queries import are_peers, back_on, is_circle, is_mentor, partner_of
from server.matches.rules import member_of
from server.matches.states import RUNNING, MatchState
from server.messaging.models import ThreadMessage
from server.messaging.queries import last_words
from server.messaging.rules import may_write
from server.people.models import Person
from server.programs.models import Enrollment
from server.programs.states import LEADING, EnrollmentState, ParticipantRole
from server.sessions.many import action_items, last_held
from server.sessions.many import away as away_from
from server.sessions.models import ActionItem, Session
from server.sessions.queries import held_ends, my_unwritten, open_action_items, sessions_ahead
from server.sessions.rules import can_be_missed, is_time_to_join, link_of
from server.sessions.states import SessionState
from server.surveys.models import SurveyInvitation

WEEK_DAYS = 7
QUIET_AFTER = timedelta(weeks=3)


@dataclass(frozen=True)
class Life:
    """One match as one of its people sees it. `goals` are those they work on, `held` counts what took place."""

    match: Match
    me: MatchMember
    is_mentor: bool
    goals: list[Goal]
    session: Session | None
    unwritten: Session | None
    held: int
    last_met: datetime | None
    last_message: ThreadMessage | None
    promises: list[ActionItem]
    check_in: SurveyInvitation | None

    @property
    def may_write(self) -> bool:
        """Whether one may write to the others now."""
        return may_write(self.match, self.me.person_id)

    @property
    def goal(self) -> Goal | None:
        """The goal in focus."""
        return next(iter(self.goals), None)

    @property
    def other_goals(self) -> list[Goal]:
        """The goals beside the one in focus."""
        return self.goals[1:]

    @property
    def may_begin_goal(self) -> bool:
        """Whether there is room for one more goal of one's own."""
        return self.me.role not in LEADING and may_begin_another(self.goals)

    @property
    def goal_may_be_reached(self) -> bool:
        """Whether it is time to ask what became of the goal: every step is done, or its day has come."""
        goal, steps = self.goal, self.steps
        if goal is None or goal.state is not GoalState.ACTIVE or goal.due_on is None:
            return False
        return (bool(steps) and self.steps_done == len(steps)) or goal.due_on <= clock.today(self.me.person.zone)

    @property
    def steps(self) -> list[Milestone]:
        """The milestones of the goal in focus."""
        return steps_of(self.goal) if self.goal else []

    @property
    def steps_done(self) -> int:
        """How many milestones are reached."""
        return sum(step.state is MilestoneState.DONE for step in self.steps)

    @property
    def weeks(self) -> tuple[int, int]:
        """(the week it is in, all weeks) of the match, both from 1."""
        zone = self.me.person.zone
        today = clock.today(zone)
        start = day_of(self.match.active_at, zone) if self.match.active_at else today
        end = self.match.ends_on or start
        whole = max(1, -(-(end - start).days // WEEK_DAYS))
        return min(whole, (today - start).days // WEEK_DAYS + 1), whole

    @property
    def is_quiet(self) -> bool:
        """Whether they run, have nothing booked, and have not met for QUIET_AFTER (design 2.3)."""
        since = self.last_met or self.match.active_at
        runs = self.match.state is MatchState.ACTIVE and self.session is None
        return runs and since is not None and clock.now() - since >= QUIET_AFTER

    @property
    def needs_a_time(self) -> bool:
        """Whether nothing is booked, and it is the viewer's to change that."""
        return self.match.state is MatchState.ACTIVE and self.session is None and sets_times(self.match, self.me)

    @property
    def can_be_missed(self) -> bool:
        """Whether the session without notes may still be said not to have taken place."""
        return self.unwritten is not None and can_be_missed(self.unwritten)

    @property
    def my_break(self) -> Enrollment | None:
        """One's own enrolment while one takes a break from it."""
        return next((one for one in self._breaks if one.person_id == self.me.person_id), None)

    @property
    def back_on(self) -> date | None:
        """The day on which a match that rests goes on, if it is known."""
        return back_on(self.match)

    @property
    def _breaks(self) -> list[Enrollment]:
        return [one.enrollment for one in self.match.members if one.enrollment.state is EnrollmentState.PAUSED]

    @property
    def is_booked(self) -> bool:
        """Whether the next session is agreed by both."""
        return self.session is not None and self.session.state is SessionState.SCHEDULED

    @property
    def call(self) -> str:
        """The link of the call, from ten minutes before until the end; "" at any other time, or without one."""
        return link_of(self.session, self.match) if self.session and is_time_to_join(self.session) else ""


@dataclass(frozen=True)
class Journey(Life):
    """A pair as one of the two sees it. `theirs` are the other peer's goals."""

    partner: Person
    theirs: list[Goal]

    @property
    def partner_is_away(self) -> bool:
        """Whether the partner takes a break."""
        return any(one.person_id == self.partner.id for one in self._breaks)


@dataclass(frozen=True)
class CircleJourney(Life):
    """A circle as one of its people sees it. `people` has who leads it first; `away` does not come to the next meeting,
    `missed` was not at the `last` one. Of so many meetings `before` the viewer came in, what was `agreed` at the last
    one is told to who has been to none since."""

    people: list[MatchMember]
    away: frozenset[UUID]
    missed: frozenset[UUID]
    last: Session | None
    before: int
    agreed: list[ActionItem]

    @property
    def coming(self) -> int:
        """How many come to the next meeting."""
        return sum(one.person_id not in self.away for one in self.people)

    @property
    def then(self) -> list[MatchMember]:
        """Who was in the circle when it met last."""
        return [one for one in self.people if self.last is None or not _in_after(one, self.last.ends_at)]

    @property
    def came(self) -> int:
        """How many of them were there."""
        return sum(one.person_id not in self.missed for one in self.then)

    @property
    def is_new(self) -> bool:
        """Whether the others have met already, and the viewer has not been there yet."""
        return self.before > 0 and self.before == self.held

    @property
    def partner(self) -> Company:
        """With whom the viewer meets, named as a partner is."""
        return company_of(self.match, self.me.person_id)

    @property
    def leader(self) -> Person | None:
        """Who leads it these days, if anybody does."""
        leads = leads_now(self.match)
        return leads.person if leads else None

    @property
    def i_lead(self) -> bool:
        """Whether the viewer leads it."""
        return self.me.role is ParticipantRole.FACILITATOR

    @property
    def sets_times(self) -> bool:
        """Whether the viewer chooses when they meet."""
        return sets_times(self.match, self.me)

    @property
    def planned(self) -> int:
        """How many meetings there are by the programme's rhythm, or took place, if that is more."""
        return max(self.held, planned_sessions(self.match))

    @property
    def spoke(self) -> Person | None:
        """Who wrote the last word."""
        said = self.last_message
        return next((one.person for one in self.people if said and one.person_id == said.author_id), None)


async def lives(actor: Actor, running: list[Match], asked: list[SurveyInvitation]) -> list[Journey | CircleJourney]:
    """Some matches of the actor's, fetched with their members, as they live them; `asked` are their open check-ins."""
    ids = [match.id for match in running]
    goals = await goals_by_match(actor, ids)
    ahead = await sessions_ahead(actor, ids)
    unwritten = {session.match_id: session for session in reversed(await my_unwritten(actor))}
    held = await held_ends(actor, ids)
    said = await last_words(actor, ids)
    promised = await open_action_items(actor)
    last, away = await _attendance(actor, running, ahead)
    agreed = await action_items(actor, [last[match.id].id for match in running if _is_new_to(match, actor, last)])
    found: list[Journey | CircleJourney] = []
    for match in running:
        me, ends = member_of(match, actor), held.get(match.id, [])
        assert me is not None, "their own matches"
        shown, mentors = _shown(match, goals), is_mentor(match, actor.person_id)
        common: dict[str, Any] = {
            "match": match, "me": me, "is_mentor": mentors,
            "goals": worked_on(shown, actor.person_id, mentors=mentors),
            "session": _next_of(ahead, match), "unwritten": unwritten.get(match.id), "held": len(ends),
            "last_met": next(reversed(ends), None), "last_message": _from_others(said.get(match.id), actor),
            "promises": [item for item in promised if item.match_id == match.id], "check_in": about(match, asked),
        }
        if is_circle(match):
            met = last.get(match.id)
            if met and _in_after(me, met.ends_at):
                common["unwritten"] = None
            found.append(CircleJourney(
                **common, people=members_now(match), away=_absent(away, common["session"]), missed=_absent(away, met),
                last=met, before=sum(_in_after(me, end) for end in ends), agreed=agreed.get(met.id, []) if met else [],
            ))
            continue
        theirs = [one for one in shown if are_peers(match) and one.person_id != actor.person_id]
        partner = partner_of(match, actor.person_id)
        found.append(Journey(**common, partner=partner, theirs=theirs))
    return found


async def _attendance(
    actor: Actor, running: list[Match], ahead: list[Session]
) -> tuple[dict[UUID, Session], dict[UUID, list[UUID]]]:
    """(the last meeting of each circle, who is away from it and from those ahead); pairs cost nothing."""
    circles = [match.id for match in running if is_circle(match)]
    if not circles:
        return {}, {}
    last = await last_held(actor, circles)
    ids = [one.id for one in (*last.values(), *ahead) if one.match_id in circles]
    return last, await away_from(actor, ids)


def _is_new_to(match: Match, actor: Actor, last: Mapping[UUID, Session]) -> bool:
    me, met = member_of(match, actor), last.get(match.id)
    return me is not None and met is not None and _in_after(me, met.ends_at)


def _in_after(member: MatchMember, moment: datetime) -> bool:
    """Whether somebody came into a circle that had met by then."""
    return member.answered_at is not None and member.answered_at >= moment


def _absent(away: Mapping[UUID, list[UUID]], session: Session | None) -> frozenset[UUID]:
    return frozenset(away.get(session.id, ())) if session else frozenset()


def about(match: Match, asked: list[SurveyInvitation]) -> SurveyInvitation | None:
    """The check-in about a match, among some."""
    return next((one for one in asked if one.match_id == match.id), None)


def _shown(match: Match, goals: Mapping[UUID, list[Goal]]) -> list[Goal]:
    """The goals of a match; while it runs, those that are open."""
    return [one for one in goals.get(match.id, []) if match.state not in RUNNING or one.state in OPEN_GOALS]


def _from_others(last: ThreadMessage | None, actor: Actor) -> ThreadMessage | None:
    """The last word of a thread while it is somebody else's: there is something to answer."""
    return last if last and last.author_id != actor.person_id else None


def _next_of(ahead: list[Session], match: Match) -> Session | None:
    """The booked session that comes next, else the time that is held."""
    own = [session for session in ahead if session.match_id == match.id]
    booked = (session for session in own if session.state is SessionState.SCHEDULED)
    return next(booked, None) or next(iter(own), None)
