"""Since when something is so of somebody, by what the records hold now: a day that they name, or the moment (aware) at
which they showed it. None where it is not so, or no longer."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from server.kernel.actor import Actor
from server.people.models import CourseCompletion, Person, PersonAttribute
from server.people.states import PersonStatus
from server.programs.triggers.entries import Entry
from server.programs.triggers.states import When

MOVES = ("department", "business_unit", "location", "job_family", "title", "seniority")
CAME_AS_MANAGER = timedelta(days=1)
"""Whoever has people from their first day in the records on did not become a manager: the records began."""

Value = tuple[str, datetime]


async def since(actor: Actor, person: Person, entry: Entry) -> date | None:
    """From which day or moment a rule is counted for somebody."""
    return await _SINCE[entry.when](actor, person, entry)


async def _hired(_actor: Actor, person: Person, _entry: Entry) -> date | None:
    return person.hire_date


async def _promoted(actor: Actor, person: Person, _entry: Entry) -> date | None:
    """A level above the one before; taken back, it was none."""
    *_before, (was, _then), (now, moment) = [("", datetime.min)] * 2 + await _values(actor, person, "seniority")
    return moment if was and now and int(now) > int(was) else None


async def _moved(actor: Actor, person: Person, _entry: Entry) -> date | None:
    """The last time that they got other work, another place or another level. The first word on it is no move."""
    last = [held[-1][1] for name in MOVES if len(held := await _values(actor, person, name)) > 1]
    return max(last) if last else None


async def _returned(actor: Actor, person: Person, _entry: Entry) -> date | None:
    held = await _values(actor, person, "status")
    back = [value for value, _moment in held[-2:]] == [PersonStatus.LEAVE, PersonStatus.ACTIVE]
    return held[-1][1] if back else None


async def _manages(actor: Actor, person: Person, _entry: Entry) -> date | None:
    """Since their first report came to them, of those they have."""
    theirs = Person.filter(organization_id=actor.organization_id, line_manager_id=person.id)
    ids = await theirs.exclude(status=PersonStatus.ENDED).values_list("id", flat=True)
    rows = PersonAttribute.filter(
        organization_id=actor.organization_id, person_id__in=list(ids), name="line_manager_id", value=str(person.id)
    )
    first = await rows.order_by("valid_from").first() if ids else None
    began = first and first.valid_from >= person.created_at + CAME_AS_MANAGER
    return first.valid_from if first and began else None


async def _completed(actor: Actor, person: Person, entry: Entry) -> date | None:
    rows = CourseCompletion.filter(
        organization_id=actor.organization_id, person_id=person.id, course__key=entry.course
    )
    found = await rows.first()
    return found.completed_on if found else None


async def _values(actor: Actor, person: Person, name: str) -> list[Value]:
    """What an attribute was, each value once as long as it held, the earliest first."""
    rows = PersonAttribute.filter(organization_id=actor.organization_id, person_id=person.id, name=name)
    held = await rows.order_by("valid_from", "id").values_list("value", "valid_from")
    return list(_changes([(str(value), moment) for value, moment in held]))


def _changes(held: Sequence[Value]) -> Iterator[Value]:
    for _value, same in groupby(held, key=lambda one: one[0]):
        yield next(same)


_SINCE: Mapping[When, Callable[[Actor, Person, Entry], Awaitable[date | None]]] = {
    When.HIRED: _hired, When.PROMOTED: _promoted, When.MANAGER: _manages, When.MOVED: _moved,
    When.COURSE: _completed, When.RETURNED: _returned,
}
