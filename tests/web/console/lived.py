"""A pair that has done everything people do with words, each word of its own kind, so that it can be looked for."""

from dataclasses import dataclass
from datetime import timedelta

from server.goals import actions as goals
from server.kernel import clock
from server.kernel.jobs import drain
from server.messaging.actions import send_message
from server.people.models import Person
from server.sessions import actions as sessions
from server.sessions.models import Session
from server.sessions.states import NoteVisibility
from server.surveys import actions as surveys
from tests import factories
from tests.graphql.everything import a_time, open_check_in
from tests.web.console.market import manager_of

SECRETS = {
    "private note": "quokka", "shared note": "axolotl", "message": "pangolin", "goal": "okapi", "measure": "tapir",
    "milestone": "numbat", "why": "kakapo", "topic": "saiga", "promise": "gharial",
}
"""What they wrote, each a word that stands nowhere else. Nobody who runs a programme reads any of them."""
CHECK_IN = "fossa"
"""What one of them wrote in a check-in: who runs the programme reads it, as its form says, where it asks for them."""


@dataclass(frozen=True)
class Lived:
    """The pair, the session that was held, and who really runs the programme, or the whole organisation."""

    pair: factories.Pair
    session: Session
    manager: Person
    admin: Person


async def lived() -> Lived:
    """A pair with a goal that was changed, a session with notes of both kinds, messages and an answered check-in."""
    pair = await factories.active_match()
    skill = await factories.competency(pair.organization)
    mentee, mentor = pair.mentee_actor, pair.mentor_actor
    goal = await goals.save_goal(
        mentee, pair.mentee_enrollment.id, want=SECRETS["goal"], measure=SECRETS["measure"], competency_id=skill.id,
        due_on=factories.in_days(90),
    )
    step = await goals.add_milestone(mentee, goal.id, SECRETS["milestone"])
    await goals.tick_milestone(mentee, step.id, True)
    await goals.revise_goal(
        mentee, goal.id, want=f"{SECRETS['goal']} 2", measure=SECRETS["measure"], competency_id=skill.id,
        due_on=factories.in_days(100), why=SECRETS["why"],
    )
    session = await sessions.book_session(mentee, pair.match.id, await a_time(pair))
    await sessions.add_topic(mentee, session.id, SECRETS["topic"])
    for body in (SECRETS["message"], SECRETS["message"]):
        await send_message(mentor, pair.match.id, body)
    await send_message(mentee, pair.match.id, SECRETS["message"])
    clock.move(session.ends_at - clock.now() + timedelta(hours=1))
    await drain(strict=False)
    await sessions.write_note(mentee, session.id, NoteVisibility.SHARED, {0: SECRETS["shared note"]})
    await sessions.write_note(mentor, session.id, NoteVisibility.PRIVATE, {0: SECRETS["private note"]})
    await sessions.promise(mentee, session.id, pair.mentee.id, SECRETS["promise"])
    asked = await open_check_in(pair)
    await surveys.answer_check_in(mentee, asked.id, usefulness=1, goal_distance=2, words=CHECK_IN)
    await drain(strict=False)
    return Lived(pair, session, await manager_of(pair.organization, pair.program), await manager_of(
        pair.organization, None))
