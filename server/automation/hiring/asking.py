"""Whether somebody is invited by a rule now: asked when it is due, and by whoever foresees it. Nothing is stored."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from server.automation.moments import Days
from server.kernel.actor import Actor
from server.kernel.dates import day_of
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.audience.queries import is_meant
from server.programs.audience.states import side_of
from server.programs.models import Cohort, Program
from server.programs.queries import enrollments, open_cohorts
from server.programs.rules import takes_people
from server.programs.states import JOINING, OPEN_ENROLLMENTS
from server.programs.triggers.entries import Entry, group_for

LONGEST_WAIT = timedelta(days=90)
"""For so long a rule waits for an open group, or for somebody to come back; then its moment is past."""


class Reason(StrEnum):
    """Why somebody is not invited. Those in WAITING may pass: it is asked again every morning."""

    NO_RULE = "the rule is gone"
    NOT_SO = "no longer so"
    NOT_OPEN = "the programme takes nobody in"
    LEFT = "has left"
    THERE = "takes part already"
    BEFORE = "was invited before"
    NOT_MEANT = "not meant"
    ON_LEAVE = "on leave"
    NO_GROUP = "no open group"
    TOO_LATE = "told of too late"


WAITING = frozenset({Reason.ON_LEAVE, Reason.NO_GROUP})


def due_at(since: date, days: int, zone: str, now: datetime) -> datetime:
    """When a rule is due (aware): at once on its day, or when that has passed; else in the morning of it."""
    morning = Days(days).after(since, zone)
    return now if day_of(since, zone) + timedelta(days=days) <= day_of(now, zone) else morning


async def why_not(actor: Actor, program: Program, person: Person, entry: Entry) -> Reason | None:
    """Why somebody would not be invited by a rule of a programme if it were due now; None when they would."""
    if program.state not in JOINING:
        return Reason.NOT_OPEN
    if person.status is not PersonStatus.ACTIVE:
        return Reason.LEFT if person.status is PersonStatus.ENDED else Reason.ON_LEAVE
    if not is_imagined(person) and not await is_meant(actor, program, person, side_of(entry.role)):
        return Reason.NOT_MEANT
    if there := await _there_already(actor, program.id, person.id, entry):
        return there
    return None if await group_of(actor, program, person) else Reason.NO_GROUP


def is_imagined(person: Person) -> bool:
    """Whether somebody is not there: whom a programme is meant for is asked of the database, and not of them."""
    return not person.employee_id


async def group_of(actor: Actor, program: Program, person: Person) -> Cohort | None:
    """The group that somebody would come into: by the rules of the programme, else the newest that is open."""
    newest_first = await open_cohorts(actor, program.id).order_by("-starts_on", "-id")
    there = {cohort.key: cohort for cohort in newest_first if takes_people(program, cohort)}
    groups: list[Mapping[str, object]] = program.triggers.get("groups", [])
    key = group_for(person, groups, there)
    return there[key] if key else next(iter(there.values()), None)


async def _there_already(actor: Actor, program_id: UUID, person_id: UUID, entry: Entry) -> Reason | None:
    """Nobody is invited beside what they take part in, nor a second time by a rule: they may have said no."""
    theirs = await enrollments(actor).filter(program_id=program_id, person_id=person_id).values_list("role", "state")
    if any(state in OPEN_ENROLLMENTS for _role, state in theirs):
        return Reason.THERE
    return Reason.BEFORE if any(role == entry.role for role, _state in theirs) else None
