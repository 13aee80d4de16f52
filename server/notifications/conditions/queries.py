"""Whether a programme's own condition for a message holds: asked before one is planned, and when it leaves."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from server.goals.queries import has_active_goal
from server.kernel.actor import Actor
from server.matches.company import SAID_YES
from server.matches.models import Match
from server.matches.queries import are_in_matches, learners, matches
from server.messaging.queries import word_in
from server.notifications.conditions.choices import ASKED_OF, needed, reason_for
from server.notifications.models import Message
from server.people.models import Person
from server.programs.models import Cohort
from server.programs.plans.telling import OWN, Condition, own, own_message
from server.programs.queries import enrollments
from server.sessions.queries import have_met, next_session


@dataclass(frozen=True, slots=True)
class Asked:
    """To whom a message goes, in which group, and about which match if it is about one."""

    actor: Actor
    person: Person
    cohort: Cohort
    match: Match | None


async def unmet(actor: Actor, message: Message, person: Person, cohort: Cohort | None, match: Match | None) -> str:
    """Why a message does not go by what its programme made it depend on; empty where that holds, or it is nothing.

    What people have to hear of depends on nothing, whatever is stored.
    """
    if cohort is None:
        return ""
    asked = Asked(actor, person, cohort, match)
    for only_if in _needed(message, cohort):
        if not await HOLDS[only_if](asked):
            return reason_for(only_if)
    return ""


def _needed(message: Message, cohort: Cohort) -> list[Condition]:
    messages = cohort.program.messages
    if message.kind == OWN:
        its_own = own_message(messages, str(message.facts.get("own")))
        return needed(its_own) if its_own else []
    only_if = own(messages, message.kind).only_if if message.kind in ASKED_OF else None
    return [only_if] if only_if else []


async def _nothing_booked(asked: Asked) -> bool:
    return asked.match is None or await next_session(asked.actor, asked.match.id) is None


async def _met(asked: Asked) -> bool:
    return asked.match is None or await have_met(asked.match)


async def _not_met(asked: Asked) -> bool:
    return asked.match is None or not await have_met(asked.match)


async def _no_goal(asked: Asked) -> bool:
    """Of who mentors, that nobody has one whom the match is for."""
    there = learners(asked.match) if asked.match else []
    own_seats = [one for one in there if one.person_id == asked.person.id] or there
    return not any([await has_active_goal(asked.actor, one.enrollment_id) for one in own_seats])


async def _first_match(asked: Asked) -> bool:
    began = matches(asked.actor).filter(
        active_at__isnull=False, members__person_id=asked.person.id, members__approval__in=list(SAID_YES)
    )
    return not await (began.exclude(id=asked.match.id) if asked.match else began).exists()


async def _new_here(asked: Asked) -> bool:
    before = enrollments(asked.actor).filter(person_id=asked.person.id, active_at__isnull=False)
    return not await before.exclude(cohort_id=asked.cohort.id).exists()


async def _not_matched(asked: Asked) -> bool:
    seats = enrollments(asked.actor).filter(person_id=asked.person.id, cohort_id=asked.cohort.id)
    return not await are_in_matches(asked.actor, [one.id for one in await seats])


async def _not_written(asked: Asked) -> bool:
    return asked.match is None or await word_in(asked.actor, asked.match.id, first=True) is None


HOLDS: dict[Condition, Callable[[Asked], Awaitable[bool]]] = {
    Condition.NOTHING_BOOKED: _nothing_booked, Condition.NOT_MET: _not_met, Condition.MET: _met,
    Condition.NO_GOAL: _no_goal, Condition.FIRST_MATCH: _first_match, Condition.NEW_HERE: _new_here,
    Condition.NOT_MATCHED: _not_matched, Condition.NOT_WRITTEN: _not_written,
}
