"""Telling the next few hundred people of a programme: who they are is asked now, and each is told once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple
from uuid import UUID

from tortoise.queryset import QuerySet

from server.automation.launching.planning import AT, CALL, PREFIX, day_of_letter, open_group, plan_next
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import NotFound
from server.kernel.facts import ScheduledAction
from server.notifications.actions import plan_message
from server.notifications.catalogue.kinds import OFF
from server.people.models import Person
from server.programs.audience.queries import today_of
from server.programs.audience.telling import could_mentor, line_managers, not_joined
from server.programs.models import Cohort, Program
from server.programs.plans.telling import own
from server.programs.queries import cohort_by_id, program_by_id, supply
from server.programs.rules import takes_people

AT_ONCE = 500
"""So many people are told by one row; others who write have their turn after it."""
CLOSED, ENOUGH, NOBODY = "closed again", "back in range", "nobody to tell"
"""Why nobody is told: nobody can join any more, there are enough places, it is meant for nobody."""


class Letter(NamedTuple):
    """A letter of a programme, and the group that its readers join."""

    actor: Actor
    program: Program
    group: Cohort
    kind: str


async def tell(action: ScheduledAction) -> str | None:
    """Plan a letter for the next people it is for, and a row for those after them; or say why it goes to nobody.

    After a crash it finds the same people again, and what was planned for them.

    Raises:
        NotFound: the programme or the group is gone.
    """
    actor, kind = system_actor(action.organization_id), action.rule.removeprefix(PREFIX)
    if action.program_id is None:
        raise NotFound
    program = await program_by_id(actor, action.program_id)
    if not own(program.messages, kind).is_on:
        return OFF
    group = await cohort_by_id(actor, action.subject_id) if kind == CALL else await open_group(actor, program)
    if group is None or not takes_people(program, group):
        return CLOSED
    if kind == CALL and (await supply(actor, group.id)).free >= 0:
        return ENOUGH
    return await _tell_some(action, Letter(actor, program, group, kind))


async def _tell_some(action: ScheduledAction, letter: Letter) -> str | None:
    after, found = action.payload["after"], await READERS[letter.kind](letter)
    some = found.filter(id__gt=UUID(after)) if after else found
    people = await some.order_by("id").limit(AT_ONCE).only("id", "zone")
    for person in people:
        await _plan(action, letter, person)
    if len(people) == AT_ONCE:
        subject = letter.group if letter.kind == CALL else letter.program
        await plan_next(letter.actor, action, subject, people[-1].id)
    return None if people or after else NOBODY


async def _plan(action: ScheduledAction, letter: Letter, person: Person) -> None:
    """Its key has no day in it: nobody gets the same letter twice, whatever was planned anew."""
    day = day_of_letter(letter.program, letter.kind, action.payload["since"])
    await plan_message(
        letter.actor, letter.kind, person.id, action.subject_id, {"cohort_id": letter.group.id}, trigger=action.rule,
        due_at=max(AT.after(day, person.zone), clock.now()),
    )


async def _to_join(letter: Letter) -> QuerySet[Person]:
    return not_joined(letter.actor, letter.program, letter.program.audience, await today_of(letter.actor))


async def _to_brief(letter: Letter) -> QuerySet[Person]:
    return line_managers(letter.actor, letter.program.audience, await today_of(letter.actor))


async def _to_mentor(letter: Letter) -> QuerySet[Person]:
    return could_mentor(letter.actor, letter.program, letter.program.audience, await today_of(letter.actor))


READERS: Mapping[str, Callable[[Letter], Awaitable[QuerySet[Person]]]] = {
    "L01": _to_join, "L02": _to_join, "L03": _to_brief, CALL: _to_mentor,
}
