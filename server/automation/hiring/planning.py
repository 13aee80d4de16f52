"""Planning who is invited by themselves: one row of the timetable for each person, rule and day it is counted from."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from server.automation.hiring.asking import due_at
from server.automation.hiring.since import MOVES, since
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.dates import day_of
from server.kernel.db import Due, unit_of_work
from server.people.models import Person
from server.people.queries import all_people, visible_person
from server.people.states import PersonStatus
from server.programs.models import Program
from server.programs.queries import programs
from server.programs.states import JOINING
from server.programs.triggers.entries import DAYS_MOST, Entry, entries
from server.programs.triggers.states import When

RULE = "joining.invite"
LATE_DAYS: Mapping[When, int] = {When.HIRED: 14, When.COURSE: 14}
"""How much later than its day something may be told of, where the records name a day: a file comes once a week or two.
Older news is history, as all that the first file tells; what the records only show has happened when they show it."""
USUAL_LATE_DAYS = 1

SHOWN_BY: Mapping[When, frozenset[str]] = {
    When.HIRED: frozenset({"hire_date"}), When.PROMOTED: frozenset({"seniority"}), When.MOVED: frozenset(MOVES),
    When.RETURNED: frozenset({"status"}),
}
"""Which columns of the records show that something happened to the person themselves."""


def happened(fields: Collection[str] | None) -> frozenset[When]:
    """What may have happened to somebody of whom these fields changed; None: they are new."""
    if fields is None:
        return frozenset({When.HIRED})
    return frozenset(when for when, shown in SHOWN_BY.items() if shown & set(fields))


async def plan_for(actor: Actor, person_id: UUID, whens: Collection[When], told_at: datetime) -> None:
    """Plan what follows when something happened to a person, told of at a moment (aware). Planned again it is the same
    rows; what was done is not done again.

    Raises:
        NotFound: the person is gone.
    """
    found = [(program, one) for program, one in await _rules(actor) if one.when in whens]
    if found:
        person = await visible_person(actor, person_id)
        await _plan(actor, [(program, one, person) for program, one in found], told_at)


async def plan_anew(actor: Actor, program_id: UUID, now: datetime) -> None:
    """Plan by the rules of a programme that changed, or that takes people in from now on: whoever was hired, and whose
    day is still ahead. What else happened before is past."""
    found = [(program, one) for program, one in await _rules(actor, program_id) if one.when is When.HIRED]
    if not found:
        return
    earliest = now.date() - timedelta(days=DAYS_MOST + 1)
    hired = all_people(actor).filter(hire_date__gte=earliest).exclude(status=PersonStatus.ENDED)
    people = await hired.order_by("id")
    ahead = [
        (program, one, person) for program, one in found for person in people
        if person.hire_date and person.hire_date + timedelta(days=one.days) > day_of(now, person.zone)
    ]
    await _plan(actor, ahead, now)


async def _rules(actor: Actor, program_id: UUID | None = None) -> list[tuple[Program, Entry]]:
    open_now = programs(actor).filter(state__in=list(JOINING))
    found = open_now.filter(id=program_id) if program_id else open_now
    return [(program, one) for program in await found.order_by("id") for one in entries(program.triggers)]


async def _plan(actor: Actor, wanted: Iterable[tuple[Program, Entry, Person]], told_at: datetime) -> None:
    dues = list[Due]()
    for program, entry, person in wanted:
        began = await since(actor, person, entry)
        if began is not None and is_news(entry, day_of(began, person.zone), day_of(told_at, person.zone)):
            dues.append(_due(program, entry, person, began))
    if dues:
        async with unit_of_work(actor) as unit:
            await unit.schedule_all(dues)


def is_news(entry: Entry, began: date, told_on: date) -> bool:
    """Whether the day of a rule was not too long ago when it was told of."""
    late = timedelta(days=LATE_DAYS.get(entry.when, USUAL_LATE_DAYS))
    return began + timedelta(days=entry.days) >= told_on - late


def _due(program: Program, entry: Entry, person: Person, began: date) -> Due:
    return Due(
        RULE, person, due_at(began, entry.days, person.zone, clock.now()),
        f"{program.id.hex}:{entry.key}:{began.isoformat()}", recipient_id=person.id, program_id=program.id,
        payload={"entry": entry.key, "since": began},
    )
