"""What steps are about, since when, and for whom: as it stands at the moment of asking."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from server.access.queries import people_with_role
from server.access.states import Role
from server.automation.protocol import About, To
from server.goals.models import Goal, Milestone
from server.goals.queries import goal_with_owner, milestone_with_owner, shared_with, touched_at
from server.goals.states import OPEN_GOALS, GoalState, MilestoneState
from server.journey.console.acceptance import last_no
from server.kernel.actor import Actor
from server.matches.company import members_now, sets_times
from server.matches.models import Match
from server.matches.queries import in_order, is_circle, is_mentor, learners, matches, visible_match
from server.matches.rules import may_ask
from server.matches.states import AWAITING_PARTICIPANTS, OPEN_MATCHES, RUNNING, Approval, MatchState
from server.messaging.queries import word_in
from server.notifications.queries import survey_by_id
from server.people.models import Person
from server.people.queries import visible_person
from server.programs.models import Cohort, Enrollment
from server.programs.queries import cohort_by_id, enrollments, open_cohorts, visible_enrollment, waits_since
from server.programs.states import LEADING, MAY_SUBMIT, EnrollmentState
from server.programs.training.queries import asked_at
from server.sessions.models import ActionItem, Session
from server.sessions.queries import (
    absent_from,
    first_booked_at,
    held_ends,
    promise_with_match,
    sessions,
    visible_session,
)
from server.sessions.states import TOOK_PLACE, SessionState
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState, SurveyKind

ENROLLMENT = About(
    "enrollment_id", visible_enrollment,
    lambda actor, program_id: enrollments(actor).filter(program_id=program_id, ended_at=None),
)
COHORT = About("cohort_id", cohort_by_id, open_cohorts, cohort_id=lambda cohort: cohort.id)
MATCH = About(
    "match_id", visible_match,
    lambda actor, program_id: matches(actor).filter(program_id=program_id, state__in=list(OPEN_MATCHES)),
    facts=lambda match: {"ends_on": match.ends_on},
)
SESSION = About(
    "session_id", visible_session,
    lambda actor, program_id: sessions(actor).filter(match__program_id=program_id, state=SessionState.SCHEDULED),
    lambda session: session.match.program_id, lambda session: session.match.cohort_id,
    lambda session: {"match_id": session.match_id, "sequence": session.sequence},
)
MILESTONE = About(
    "milestone_id", milestone_with_owner,
    lambda actor, program_id: Milestone.filter(
        organization_id=actor.organization_id, goal__enrollment__program_id=program_id, state=MilestoneState.TODO,
    ),
    lambda step: step.goal.enrollment.program_id, lambda step: step.goal.enrollment.cohort_id,
    lambda step: {"enrollment_id": step.goal.enrollment_id, "due_on": step.due_on},
)
SHARED_STEP = About(
    "milestone_id", milestone_with_owner, MILESTONE.open_in, MILESTONE.program_id, MILESTONE.cohort_id,
    lambda step: {"match_id": step.goal.match_id, "due_on": step.due_on},
)
GOAL = About(
    "goal_id", goal_with_owner,
    lambda actor, program_id: Goal.filter(
        organization_id=actor.organization_id, enrollment__program_id=program_id, state=GoalState.ACTIVE,
    ),
    lambda goal: goal.enrollment.program_id, lambda goal: goal.enrollment.cohort_id,
    lambda goal: {"match_id": goal.match_id} if goal.match_id else {"enrollment_id": goal.enrollment_id},
)
SURVEY = About(
    "invitation_id", survey_by_id,
    lambda actor, program_id: SurveyInvitation.filter(
        organization_id=actor.organization_id, program_id=program_id, state=InvitationState.OPEN,
    ),
    facts=lambda survey: {"match_id": survey.match_id},
)
PROMISE = About(
    "action_item_id", promise_with_match,
    lambda actor, program_id: ActionItem.filter(
        organization_id=actor.organization_id, session__match__program_id=program_id, done_at=None,
    ),
    lambda item: item.session.match.program_id, lambda item: item.session.match.cohort_id,
    lambda item: {"match_id": item.match_id},
)


async def invited(_: Actor, enrollment: Enrollment) -> datetime | None:
    """Since when somebody is invited and has not begun."""
    return enrollment.invited_at if enrollment.state is EnrollmentState.INVITED else None


async def started(_: Actor, enrollment: Enrollment) -> datetime | None:
    """Since when somebody is filling the form in."""
    return enrollment.started_at if enrollment.state is EnrollmentState.IN_PROGRESS else None


async def may_still_join(_: Actor, enrollment: Enrollment) -> date | None:
    """The last day on which somebody can join who is invited, or fills the form in."""
    return enrollment.cohort.enrol_by_on if enrollment.state in MAY_SUBMIT else None


async def asked(_: Actor, match: Match) -> datetime | None:
    """Since when answers are waited for."""
    return match.published_at if match.state in AWAITING_PARTICIPANTS else None


async def began(_: Actor, match: Match) -> datetime | None:
    """Since when a match runs."""
    return match.active_at if match.state in RUNNING else None


async def last_met(actor: Actor, match: Match) -> datetime | None:
    """Since when a match that runs has held no session."""
    held = await held_ends(actor, [match.id])
    return max([match.active_at, *held.get(match.id, [])]) if match.active_at and match.state in RUNNING else None


async def ends(_: Actor, match: Match) -> date | None:
    """The last day of a match that runs."""
    return match.ends_on if match.state in RUNNING else None


async def met(actor: Actor, match: Match) -> datetime | None:
    """Since when a match that runs has held its last session."""
    held = await held_ends(actor, [match.id])
    return held[match.id][-1] if held and match.state in RUNNING else None


async def first_met(actor: Actor, match: Match) -> datetime | None:
    """Since when a match that runs has held its first session."""
    held = await held_ends(actor, [match.id])
    return held[match.id][0] if held and match.state in RUNNING else None


async def ended_early(_: Actor, match: Match) -> datetime | None:
    """When a match that ran ended before its time."""
    return match.ended_at if match.state is MatchState.CONCLUDED else None


async def first_booked(actor: Actor, match: Match) -> datetime | None:
    """When the first session was booked of a match that runs."""
    return await first_booked_at(actor, match.id) if match.state in RUNNING else None


async def first_word(actor: Actor, match: Match) -> datetime | None:
    """When somebody first wrote in a match that runs."""
    return await _written_at(actor, match, first=True)


async def last_word(actor: Actor, match: Match) -> datetime | None:
    """When somebody last wrote in a match that runs."""
    return await _written_at(actor, match, first=False)


async def _written_at(actor: Actor, match: Match, *, first: bool) -> datetime | None:
    word = await word_in(actor, match.id, first=first) if match.state in RUNNING else None
    return word.sent_at if word else None


async def had_its_time(_: Actor, match: Match) -> datetime | None:
    """When a match was closed that reached its last day."""
    return match.ended_at if match.state is MatchState.COMPLETED else None


async def took_place(_: Actor, session: Session) -> datetime | None:
    """When a session ended that took place."""
    return session.ends_at if session.state in TOOK_PLACE else None


async def asked_meanwhile(_: Actor, survey: SurveyInvitation) -> datetime | None:
    """Since when somebody is asked questions about a match that goes on, or ended early."""
    return survey.opens_at if _is_open(survey) and survey.kind is not SurveyKind.CLOSING else None


async def asked_last(_: Actor, survey: SurveyInvitation) -> datetime | None:
    """Since when somebody is asked the last questions about a match that had its time."""
    return survey.opens_at if _is_open(survey) and survey.kind is SurveyKind.CLOSING else None


def _is_open(survey: SurveyInvitation) -> bool:
    return survey.state is InvitationState.OPEN


async def takes_place(_: Actor, session: Session) -> datetime | None:
    """When a session that is booked begins."""
    return session.starts_at if session.state is SessionState.SCHEDULED else None


async def waits(actor: Actor, enrollment: Enrollment) -> datetime | None:
    """Since when somebody is in the waiting list."""
    return await waits_since(actor, enrollment)


async def handed_in(_: Actor, enrollment: Enrollment) -> datetime | None:
    """When somebody who is still in it handed the form in."""
    return enrollment.submitted_at if enrollment.ended_at is None else None


async def takes_part(_: Actor, enrollment: Enrollment) -> datetime | None:
    """Since when somebody takes part."""
    return enrollment.active_at if enrollment.state is EnrollmentState.ACTIVE else None


async def may_ask_since(_: Actor, enrollment: Enrollment) -> datetime | None:
    """Since when somebody looks for a match that they may ask for themselves."""
    looks = enrollment.state is EnrollmentState.ACTIVE and enrollment.role not in LEADING
    asks = looks and may_ask(enrollment.program, enrollment.role)
    return enrollment.active_at if asks else None


async def to_train(actor: Actor, enrollment: Enrollment) -> datetime | None:
    """Since when somebody is asked for training that is open."""
    return await asked_at(actor, enrollment)


async def step_due(_: Actor, step: Milestone) -> date | None:
    """The day of a step that is still to do."""
    is_open = step.state is MilestoneState.TODO and step.goal.state in OPEN_GOALS
    return step.due_on if is_open else None


async def rests_since(_: Actor, goal: Goal) -> datetime | None:
    """Since when nothing has changed at a goal that is worked on."""
    return touched_at(goal) if goal.state is GoalState.ACTIVE else None


async def worded(_: Actor, goal: Goal) -> datetime | None:
    """When a goal that is worked on was set, or worded anew."""
    return goal.updated_at if goal.state is GoalState.ACTIVE else None


async def achieved(_: Actor, goal: Goal) -> datetime | None:
    """When a goal was reached."""
    return goal.settled_at if goal.state is GoalState.ACHIEVED else None


async def promised(_: Actor, item: ActionItem) -> date | None:
    """The day of a promise that is still open."""
    return item.due_on if item.done_at is None else None


async def refused(actor: Actor, cohort: Cohort) -> datetime | None:
    """When somebody last said no to a match."""
    return await last_no(actor, cohort.id)


async def themselves(_: Actor, enrollment: Enrollment) -> Sequence[Person]:
    """Whose enrolment it is."""
    return [enrollment.person]


async def who_learns_here(_: Actor, enrollment: Enrollment) -> Sequence[Person]:
    """Whose enrolment it is, unless they mentor or lead."""
    return [] if enrollment.role in LEADING else [enrollment.person]


async def who_leads_here(_: Actor, enrollment: Enrollment) -> Sequence[Person]:
    """Whose enrolment it is, if they mentor or lead."""
    return [enrollment.person] if enrollment.role in LEADING else []


async def who_is_asked(actor: Actor, survey: SurveyInvitation) -> Sequence[Person]:
    """Who is asked questions."""
    return [await visible_person(actor, survey.person_id)]


async def who_answers(_: Actor, match: Match) -> Sequence[Person]:
    """Who was asked about a match and has not answered."""
    return [one.person for one in in_order(match) if one.approval is Approval.PENDING]


async def everybody(_: Actor, match: Match) -> Sequence[Person]:
    """Everybody who is in a match."""
    return [one.person for one in members_now(match)]


async def both(_: Actor, match: Match) -> Sequence[Person]:
    """Both of a pair; in a circle nobody."""
    return [] if is_circle(match) else [one.person for one in members_now(match)]


async def who_learns(_: Actor, match: Match) -> Sequence[Person]:
    """For whose own goals a match is there."""
    there = members_now(match)
    return [one.person for one in learners(match) if one in there]


async def who_comes(_: Actor, session: Session) -> Sequence[Person]:
    """Everybody in a match who has not said that they cannot come."""
    away = await absent_from(session)
    return [one.person for one in members_now(session.match) if one.person_id not in away]


async def who_knows(_: Actor, session: Session) -> Sequence[Person]:
    """Who says whether a session took place: both of a pair, of a circle who chooses its times."""
    away = await absent_from(session)
    there = [one for one in members_now(session.match) if sets_times(session.match, one)]
    return [one.person for one in there if one.person_id not in away]


async def who_promised(_: Actor, item: ActionItem) -> Sequence[Person]:
    """Whose promise it is, as long as they are in the match."""
    assert item.session is not None, "fetched as made in one"
    return [one.person for one in members_now(item.session.match) if one.person_id == item.owner_id]


async def who_goes(_: Actor, step: Milestone) -> Sequence[Person]:
    """Whose goal a step is of."""
    return [step.goal.enrollment.person]


async def who_shares(actor: Actor, step: Milestone) -> Sequence[Person]:
    """Who reads the goal that a step is of, because they are in a pair with its owner."""
    return await shared_with(actor, step.goal)


async def who_set_it(_: Actor, goal: Goal) -> Sequence[Person]:
    """Whose goal it is."""
    return [goal.enrollment.person]


async def who_reads_it(actor: Actor, goal: Goal) -> Sequence[Person]:
    """Who reads a goal because they are in a pair with its owner."""
    return await shared_with(actor, goal)


async def who_works_on_it(actor: Actor, goal: Goal) -> Sequence[Person]:
    """Whose goal it is, and who reads it."""
    return [goal.enrollment.person, *await shared_with(actor, goal)]


async def who_mentored(_: Actor, match: Match) -> Sequence[Person]:
    """Who mentored somebody, or led a circle."""
    return [one.person for one in members_now(match) if one.role in LEADING]


async def who_owes_a_word(actor: Actor, match: Match) -> Sequence[Person]:
    """Everybody in a match but who wrote last."""
    last = await word_in(actor, match.id, first=False)
    return [one.person for one in members_now(match) if last is None or one.person_id != last.author_id]


def within(found: To, those: To) -> To:
    """Whom both find."""

    async def both_find(actor: Actor, row: Any) -> Sequence[Person]:
        there = {one.id for one in await those(actor, row)}
        return [one for one in await found(actor, row) if one.id in there]

    return both_find


async def who_books(_: Actor, match: Match) -> Sequence[Person]:
    """Who chooses the time: the mentee of a pair, both of two peers, who leads a circle."""
    choose = [one for one in members_now(match) if sets_times(match, one)]
    mentored = not is_circle(match) and any(is_mentor(match, one.person_id) for one in choose)
    return [one.person for one in choose if not (mentored and is_mentor(match, one.person_id))]


def managers(about: About) -> To:
    """Who runs the programme."""

    async def found(actor: Actor, row: object) -> Sequence[Person]:
        return await people_with_role(actor, Role.PROGRAM_MANAGER, about.program_id(row))

    return found


def overseers(about: About) -> To:
    """Who runs the programme, and who looks after all of them."""
    run = managers(about)

    async def found(actor: Actor, row: object) -> Sequence[Person]:
        above = await people_with_role(actor, Role.GLOBAL_ADMIN)
        return list({one.id: one for one in [*await run(actor, row), *above]}.values())

    return found
