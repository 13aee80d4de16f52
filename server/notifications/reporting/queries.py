"""The figures of a report, counted when its letter leaves; None to whoever may not read them by then."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from server.access.queries import people_with_role
from server.access.states import Role
from server.journey.reporting.queries import Operations, Outcomes, Told, alarm, operations, outcomes, places_short
from server.kernel import clock
from server.kernel.actor import Actor
from server.notifications.models import Message
from server.people.models import Person
from server.programs.models import Cohort
from server.programs.reporting.entries import reports_of

MONTH, QUARTER = timedelta(days=30), timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Report:
    """One of these, by the kind of the letter."""

    operations: Operations | None = None
    outcomes: Outcomes | None = None
    alarm: Told | None = None
    places_short: int = 0


async def report_for(actor: Actor, message: Message, person: Person, cohort: Cohort | None) -> Report | None:
    """What a letter to somebody reports of a programme; None for other letters, and where there is nothing to say."""
    made = REPORTS.get(message.kind)
    if made is None or cohort is None or not await _may_read(actor, message.kind, person, cohort):
        return None
    return await made(actor, message, cohort)


async def _may_read(actor: Actor, kind: str, person: Person, cohort: Cohort) -> bool:
    """Sponsors are named by address; everybody else reads by their role. Who is asked to mentor reads no figure: it
    only stops the letter."""
    if kind == "E17":
        return True
    if kind == "Q03":
        return person.email.lower() in reports_of(cohort.program.reports).sponsors
    role = Role.GLOBAL_ADMIN if kind == "Q02" else Role.PROGRAM_MANAGER
    return person.id in {one.id for one in await people_with_role(actor, role, cohort.program_id)}


async def _operations(actor: Actor, message: Message, cohort: Cohort) -> Report:
    return Report(operations=await operations(actor, cohort.program_id, message.facts.get("before", {})))


async def _month(actor: Actor, _: Message, cohort: Cohort) -> Report:
    return Report(outcomes=await outcomes(actor, cohort.program_id, clock.now() - MONTH))


async def _quarter(actor: Actor, _: Message, cohort: Cohort) -> Report:
    return Report(outcomes=await outcomes(actor, cohort.program_id, clock.now() - QUARTER))


async def _alarm(actor: Actor, message: Message, cohort: Cohort) -> Report | None:
    found = await alarm(actor, cohort.program_id, message.facts["metric"])
    return Report(alarm=found) if found else None


async def _places(actor: Actor, _: Message, cohort: Cohort) -> Report | None:
    short = await places_short(actor, [cohort])
    return Report(places_short=short) if short else None


REPORTS: dict[str, Callable[[Actor, Message, Cohort], Awaitable[Report | None]]] = {
    "Q01": _operations, "Q02": _month, "Q03": _quarter, "Q05": _alarm, "E16": _places,
    "E17": _places,
}
