"""A circle that met, wrote and promised, and those who may read nothing of it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.goals.actions import save_goal
from server.kernel import clock
from server.kernel.actor import Actor
from server.matches import actions as matches
from server.matches.models import MatchMember
from server.matches.states import Approval
from server.matchmaking.circles.telling import told
from server.matchmaking.engine import Participant, rules_for, weights_for
from server.matchmaking.queue.actions import match_newcomers
from server.matchmaking.runs.actions import carry_out, run_matching
from server.messaging.actions import send_message
from server.people.models import Person
from server.programs.states import ParticipantRole, ProgramType
from server.sessions import actions as sessions
from server.sessions.models import Absence, Session
from server.sessions.states import NoteVisibility, SessionState
from server.sessions.times import slots_for_match
from tests import factories
from tests.factories import Circle

WORDS = {
    "thread": "Same room as last time.", "shared note": "Ask before you answer.", "private note": "Mine alone.",
    "topic": "How reviews begin", "promise": "Ask for a seat", "goal": "Lead a product review",
}


@dataclass(frozen=True)
class Lived:
    """A circle with a meeting behind it. Bao left it, Noor has not said yes yet, Wilder is in another circle of the
    group; Ana wrote, and Chidi could not come."""

    circle: Circle
    keys: dict[str, UUID]
    outside: dict[str, Person]

    @property
    def actors(self) -> dict[str, Actor]:
        """Who is outside, as actors."""
        return {name: factories.actor_of(one) for name, one in self.outside.items()}


async def lived() -> Lived:
    """Somebody leaves after all of it was written; nothing else has happened since, no job either."""
    circle = await factories.active_circle()
    ana, leads, at = circle.member_actors[0], circle.facilitator_actor, circle.match.id
    await MatchMember.filter(person_id=circle.members[5].id).update(approval=Approval.PENDING)
    goal = await save_goal(ana, circle.enrollments[0].id, want=WORDS["goal"])
    slot = (await slots_for_match(leads, at, 1))[0]
    session = await sessions.book_session(leads, at, slot.starts_at)
    topic = await sessions.add_topic(ana, session.id, WORDS["topic"])
    await sessions.set_attendance(circle.member_actors[2], session.id, circle.members[2].id, comes=False)
    promise = await sessions.promise(ana, session.id, circle.members[0].id, WORDS["promise"])
    clock.move(session.ends_at - clock.now() + timedelta(hours=1))
    await sessions.write_note(ana, session.id, NoteVisibility.SHARED, {0: WORDS["shared note"]})
    await sessions.write_note(leads, session.id, NoteVisibility.PRIVATE, {0: WORDS["private note"]})
    message = await send_message(ana, at, WORDS["thread"])
    await MatchMember.filter(person_id=circle.members[1].id).update(left_at=clock.now())
    absence = await Absence.get(session_id=session.id)
    keys = {
        "match": at, "session": session.id, "topic": topic.id, "promise": promise.id, "message": message.id,
        "thread": message.thread_id, "absence": absence.id, "goal": goal.id,
    }
    return Lived(circle, keys, await _outside(circle))


async def _outside(circle: Circle) -> dict[str, Person]:
    wilder, gull = [await factories.person(circle.organization, given_name=name) for name in ("Wilder", "Gull")]
    there = [await factories.enrollment(circle.cohort, one, ParticipantRole.MENTEE) for one in (wilder, gull)]
    await factories.circle(None, there)
    return {"left": circle.members[1], "not yet in": circle.members[5], "another circle": wilder}


async def with_reasons(circle: Circle) -> None:
    """What the circle brings each member, as a run stores it: everybody knows what the next one wants."""
    names = ("Leading stakeholders", "Running reviews", "Negotiation")
    people = [
        Participant(
            id=str(row.id), role=ParticipantRole.MENTEE, goal_tags=(names[at % 3], "Law"),
            skill_tags=(names[(at + 1) % 3],), grade=4,
        )
        for at, row in enumerate(circle.enrollments)
    ]
    members = told(people, rules_for(ProgramType.CIRCLE), weights_for(ProgramType.CIRCLE))["circle"]["members"]
    circle.match.explanation = {"circle": {**factories.IN_COMMON["circle"], "members": members}}
    await circle.match.save()


async def joined_late(circle: Circle) -> Person:
    """Somebody who comes into a circle that has met twice; at the last meeting Bao promised something."""
    for days in (-28, -14):
        starts = clock.now() + timedelta(days=days)
        session = await Session.create(
            organization_id=circle.organization.id, match=circle.match, starts_at=starts, number=days // 14 + 3,
            ends_at=starts + timedelta(minutes=60), state=SessionState.HELD, booked_at=starts,
            proposed_by_id=circle.facilitator.id,
        )
    bao = circle.members[1]
    await sessions.promise(circle.member_actors[1], session.id, bao.id, "Book the room")
    nia = await factories.person(circle.organization, given_name="Nia", family_name="Saltmarsh")
    await factories.working_week(nia)
    row = await factories.enrollment(circle.cohort, nia, ParticipantRole.MENTEE)
    await matches.put_in(circle.manager_actor, circle.match.id, row.id)
    await matches.accept_match(factories.actor_of(nia), circle.match.id)
    return nia


async def seat_found() -> tuple[Circle, Person]:
    """A circle that runs, and Nia, who came later: a run for newcomers found a seat there for her."""
    circle = await factories.active_circle()
    await with_reasons(circle)
    await run_matching(circle.manager_actor, circle.cohort.id)
    nia = await factories.person(circle.organization, given_name="Nia", family_name="Saltmarsh")
    await factories.working_week(nia)
    await factories.enrollment(circle.cohort, nia, ParticipantRole.MENTEE)
    asked = await match_newcomers(circle.manager_actor, circle.cohort.id)
    await carry_out(circle.manager_actor, asked.id)
    return circle, nia
