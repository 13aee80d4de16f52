"""One person on every screen of a participant, with as much to show there as is asked for.

`begin` makes what each screen needs to exist, `more` one more of everything that a screen may list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from server.access.models import RoleGrant, UserSession
from server.access.states import Role
from server.goals.models import Goal, GoalVersion, Milestone
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.ids import new_id
from server.matches.models import Match, MatchMember
from server.matches.states import MatchState
from server.messaging.models import ReadMark, Thread, ThreadMessage
from server.people.models import Competency, PersonSkill
from server.people.states import SkillSide
from server.programs.models import Cohort, Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.models import ActionItem, AgendaItem, Session, SessionNote
from server.sessions.states import NoteVisibility, SessionState
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState, SurveyKind
from tests import factories

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


@dataclass
class Plenty:
    """Idris mentors Noor, is asked about another mentee, waits in one programme and is invited to a second one."""

    pair: factories.Pair
    session: Session
    goal: Goal
    thread: Thread
    check_in: SurveyInvitation
    asked: Match
    waits: Cohort
    invites: Cohort
    skill: Competency
    count: int = 0

    @property
    def person(self) -> Any:
        """Who looks."""
        return self.pair.mentor

    def addresses(self) -> dict[str, str]:
        """The screens by the form of their address."""
        match = self.pair.match.id
        return {
            "/": "/",
            "/match/{id}": f"/match/{self.asked.id}",
            "/session/{id}": f"/session/{self.session.id}",
            "/checkin/{id}": f"/checkin/{self.check_in.id}",
            "/messages": "/messages",
            "/messages/{id}": f"/messages/{match}",
            "/you": "/you",
            "/join/{program}": f"/join/{self.invites.program.key}",
            "/waiting/{program}": f"/waiting/{self.waits.program.key}",
        }

    async def steps(self) -> list[UUID]:
        """The steps of the mentee's goal."""
        return [step.id for step in await Milestone.filter(goal_id=self.goal.id).order_by("position")]

    async def promises(self) -> list[UUID]:
        """What the mentor promised in the session."""
        return [item.id for item in await ActionItem.filter(session_id=self.session.id)]


async def begin(items: int = 1) -> Plenty:
    """Everything once, and then `items` of everything."""
    pair = await factories.active_match()
    org = pair.organization
    skill = await factories.competency(org)
    waits, invites = [await factories.cohort(await factories.program(org)) for _ in range(2)]
    waiting = await factories.enrollment(waits, pair.mentor, MENTOR)
    await factories.enrollment(invites, pair.mentor, MENTOR, state=EnrollmentState.INVITED)
    await _skill(pair.mentor.id, skill, SkillSide.OFFERED)
    await _goal(waiting, None, skill)
    learner = await factories.enrollment(pair.cohort, await factories.person(org, given_name="Ines"), MENTEE)
    seen = Plenty(
        pair=pair, session=await _session(pair.match, 3), goal=await _goal(pair.mentee_enrollment, pair.match, skill),
        thread=await _thread(pair.match), check_in=await _check_in(pair.match, pair.mentor.id),
        asked=await _asked(pair.mentor_enrollment, learner), waits=waits, invites=invites, skill=skill,
    )
    for _ in range(items):
        await more(seen)
    return seen


async def more(seen: Plenty) -> None:
    """One more of everything."""
    seen.count += 1
    async with in_transaction("default"):
        await _more_in_the_pair(seen)
        await _more_people_to_meet(seen)
        await _more_matches(seen)
        await _more_about_oneself(seen)


async def _more_in_the_pair(seen: Plenty) -> None:
    pair, number = seen.pair, seen.count
    owner: dict[str, Any] = {"organization_id": pair.organization.id}
    await Milestone.create(**owner, goal=seen.goal, position=number, title=f"Watch review number {number}")
    await _message(seen.thread, pair.mentee.id, number)
    await AgendaItem.create(**owner, session=seen.session, position=number, topic="What the review decided")
    note: dict[str, Any] = {"visibility": NoteVisibility.SHARED, "body": "Name one decider."}
    for author in (pair.mentor, pair.mentee):
        await SessionNote.create(**owner, session=seen.session, author_id=author.id, prompt=number, **note)
    promise: dict[str, Any] = {"owner_id": pair.mentor.id, "text": "Send the one-pager"}
    await ActionItem.create(**owner, match_id=pair.match.id, session=seen.session, **promise)
    await _session(pair.match, -3 - number, SessionState.HELD)


async def _more_people_to_meet(seen: Plenty) -> None:
    """Hosts of each programme, skills, and mentees who want them."""
    org = seen.pair.organization
    skill = await factories.competency(org, name=f"Sailing {seen.count}")
    host = await factories.person(org)
    await RoleGrant.create(organization_id=org.id, person=host, role=Role.PROGRAM_MANAGER)
    for cohort in (seen.waits, seen.invites):
        someone = await factories.person(org)
        await factories.working_week(someone)
        await factories.enrollment(cohort, someone, MENTEE)
        await _skill(someone.id, skill, SkillSide.WANTED)
        await _skill(someone.id, seen.skill, SkillSide.WANTED)


async def _more_matches(seen: Plenty) -> None:
    """Another mentee with all that belongs to a match, another one to decide about, another programme to join."""
    pair, org = seen.pair, seen.pair.organization
    learner = await factories.enrollment(pair.cohort, await factories.person(org), MENTEE)
    match = await factories.match(pair.mentor_enrollment, learner)
    await _goal(learner, match, seen.skill)
    await _session(match, 2 + seen.count)
    await _session(match, -2 - seen.count, SessionState.SCHEDULED)
    await _message(await _thread(match), learner.person_id, seen.count)
    await _check_in(match, pair.mentor.id)
    promise: dict[str, Any] = {"owner_id": pair.mentor.id, "text": "Share the template"}
    await ActionItem.create(organization_id=org.id, match_id=match.id, **promise)
    await _asked(pair.mentor_enrollment, await factories.enrollment(pair.cohort, await factories.person(org), MENTEE))
    for state in (EnrollmentState.INVITED, EnrollmentState.ACTIVE):
        await factories.enrollment(
            await factories.cohort(await factories.program(org)), pair.mentor, MENTOR, state=state
        )


async def _more_about_oneself(seen: Plenty) -> None:
    """Another browser signed in, another skill offered."""
    org, person = seen.pair.organization, seen.person
    until = clock.now() + timedelta(days=30)
    await UserSession.create(
        organization_id=org.id, person_id=person.id, fingerprint=str(new_id()), device="Phone", expires_at=until
    )
    await _skill(person.id, await factories.competency(org, name=f"Rowing {seen.count}"), SkillSide.OFFERED)


async def _asked(mentor: Enrollment, mentee: Enrollment) -> Match:
    answer_by = clock.now() + timedelta(days=7)
    return await factories.match(
        mentor, mentee, state=MatchState.AWAITING_BOTH, active_at=None, answer_by=answer_by
    )


async def _session(match: Match, in_days: int, state: SessionState = SessionState.SCHEDULED) -> Session:
    starts_at = clock.now() + timedelta(days=in_days)
    return await Session.create(
        organization_id=match.organization_id, match=match, state=state, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45), booked_at=clock.now(),
    )


async def _goal(enrollment: Enrollment, match: Match | None, skill: Competency) -> Goal:
    words: dict[str, Any] = {"want": "lead a product review from start to decision", "measure": "two reviews led"}
    goal = await Goal.create(
        organization_id=enrollment.organization_id, enrollment=enrollment, person_id=enrollment.person_id,
        match_id=match and match.id, state=GoalState.ACTIVE, competency=skill, due_on=factories.in_days(120), **words,
    )
    owner: dict[str, Any] = {"organization_id": enrollment.organization_id, "goal": goal}
    await GoalVersion.create(**owner, version=1, changed_by_id=enrollment.person_id, **words)
    await Milestone.create(**owner, title="Watch two reviews")
    return goal


async def _thread(match: Match) -> Thread:
    """A thread whose members both have a mark, as from its first word on."""
    owner: dict[str, Any] = {"organization_id": match.organization_id}
    thread = await Thread.create(**owner, match=match)
    read_at = clock.now() - timedelta(days=1)
    for member in await MatchMember.filter(match_id=match.id):
        await ReadMark.create(**owner, thread=thread, person_id=member.person_id, read_at=read_at)
    return thread


async def _message(thread: Thread, author_id: UUID, number: int) -> None:
    sent_at = clock.now() - timedelta(minutes=100 - number)
    words: dict[str, Any] = {"body": f"Hello for the {number}. time", "sent_at": sent_at}
    await ThreadMessage.create(
        organization_id=thread.organization_id, thread=thread, author_id=author_id, **words
    )
    await Thread.filter(id=thread.id).update(last_at=sent_at)


async def _check_in(match: Match, person_id: UUID) -> SurveyInvitation:
    moment = clock.now()
    return await SurveyInvitation.create(
        organization_id=match.organization_id, kind=SurveyKind.CHECK_IN, match=match, program_id=match.program_id,
        person_id=person_id, state=InvitationState.OPEN, opens_at=moment, closes_at=moment + timedelta(days=21),
    )


async def _skill(person_id: UUID, skill: Competency, side: SkillSide) -> None:
    await PersonSkill.create(organization_id=skill.organization_id, person_id=person_id, competency=skill, side=side)
