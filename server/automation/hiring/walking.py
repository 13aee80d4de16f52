"""What happens to somebody who is hired, day by day: foreseen by the rules and steps that do it. Nothing is stored.

What people do themselves is supposed: that they join so many days after they are invited, are matched so many days
after that, and then book nothing.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from tortoise import Model

from server.automation.hiring.asking import Reason, due_at, group_of, why_not
from server.automation.hiring.planning import is_news
from server.automation.hiring.since import CAME_AS_MANAGER, since
from server.automation.protocol import Step, To
from server.automation.steps import STEPS
from server.automation.subjects import both, everybody, themselves, who_books, who_learns
from server.kernel import clock
from server.kernel.actor import Actor, Permission
from server.kernel.dates import day_of
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.catalogue import CATALOGUE
from server.notifications.catalogue.joining import invitation
from server.notifications.deciding.windows import opens, opens_for_nudge
from server.notifications.states import MessageClass
from server.people.models import Person
from server.people.queries import reports_of
from server.people.states import PersonStatus
from server.programs.models import Cohort, Enrollment, Program
from server.programs.queries import must_wait, programs
from server.programs.states import LEADING, Approvals, EnrollmentState
from server.programs.triggers.entries import Entry, entries
from server.programs.triggers.states import When

THEIRS: frozenset[To] = frozenset({themselves, everybody, both, who_learns, who_books})
"""For whom steps are that come to whoever seeks a mentor."""


class Act(StrEnum):
    """What happens on a line of the story."""

    RECORDED = "RECORDED"
    INVITED = "INVITED"
    NOT_INVITED = "NOT_INVITED"
    MESSAGE = "MESSAGE"
    JOINS = "JOINS"
    MATCHED = "MATCHED"
    WAITS = "WAITS"
    RUNS_OUT = "RUNS_OUT"


@dataclass(frozen=True, slots=True)
class Supposed:
    """What somebody does oneself: None for never."""

    joins_after: int | None = 1
    matched_after: int | None = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, who, what, in which programme. `kind` is of a message; `needless` says that it will not go, for
    they have done what it asks for; `reason` why nobody is invited, `group` into which they are."""

    at: datetime
    act: Act
    person: Person
    program: Program | None = None
    entry: Entry | None = None
    kind: str = ""
    group: str = ""
    needless: bool = False
    reason: Reason | None = None


async def walk(
    actor: Actor, person: Person, manager: Person | None, supposed: Supposed, *, days: int = 60
) -> list[Line]:
    """What follows for somebody whose record comes now, and for who manages them, in the programmes of the actor.

    `person` need not be stored; their day of hiring and attributes decide. `manager` has nobody yet, if the first to
    manage is to count.
    """
    now = clock.now()
    lines = [Line(now, Act.RECORDED, person)]
    for program, entry in await rules_of(actor):
        if entry.when is When.HIRED and person.hire_date:
            lines += [one async for one in _by_rule(actor, program, entry, person, person.hire_date, supposed)]
        if entry.when is When.MANAGER and manager:
            began = await since(actor, manager, entry) or await _begins_to_manage(actor, manager)
            lines += [one async for one in _by_rule(actor, program, entry, manager, began, supposed)]
    until = now + timedelta(days=days)
    return [one for one in sorted(_in_hours(lines), key=_when) if one.at <= until]


def _in_hours(lines: list[Line]) -> Iterator[Line]:
    """Messages at the hours at which theirs may go. Who is nudged on a day gets that day's other nudges with it."""
    nudged = defaultdict[int, set[date]](set)
    for line in sorted(lines, key=_when):
        if line.act is not Act.MESSAGE or line.needless:
            yield line
            continue
        theirs, zone = CATALOGUE[line.kind].message_class, line.person.zone
        at = opens(theirs, line.at, zone)
        if theirs is MessageClass.NUDGE:
            days = nudged[id(line.person)]
            at = at if day_of(at, zone) in days else opens_for_nudge(line.at, zone, days)
            days.add(day_of(at, zone))
        yield replace(line, at=at)


def _when(line: Line) -> datetime:
    return line.at


async def rules_of(actor: Actor) -> list[tuple[Program, Entry]]:
    """The rules of the programmes that the actor runs, by the name of the programme."""
    scope = actor.programs_with(Permission.PROGRAM_ENROLLMENTS_EDIT)
    theirs = programs(actor) if scope is None else programs(actor).filter(id__in=scope)
    return [(program, one) for program in await theirs.order_by("name", "id") for one in entries(program.triggers)]


async def _begins_to_manage(actor: Actor, manager: Person) -> datetime | None:
    """Now, when the first one comes to somebody who has nobody, and is no newcomer themselves."""
    theirs = [one for one in await reports_of(actor, manager.id) if one.status is not PersonStatus.ENDED]
    return None if theirs or manager.created_at > clock.now() - CAME_AS_MANAGER else clock.now()


async def _by_rule(
    actor: Actor, program: Program, entry: Entry, person: Person, began: date | None, supposed: Supposed
) -> AsyncIterator[Line]:
    now = clock.now()
    line = Line(now, Act.NOT_INVITED, person, program, entry)
    if began is None:
        yield replace(line, reason=Reason.NOT_SO)
        return
    line = replace(line, at=due_at(began, entry.days, person.zone, now))
    if not is_news(entry, day_of(began, person.zone), day_of(now, person.zone)):
        yield replace(line, at=now, reason=Reason.TOO_LATE)
    elif reason := await why_not(actor, program, person, entry):
        yield replace(line, reason=reason)
    else:
        cohort = await group_of(actor, program, person)
        assert cohort is not None, "why_not says that there is one"
        yield replace(line, act=Act.INVITED, group=cohort.name)
        waits = await must_wait(actor, program, cohort.id, entry.role)
        async for one in _invited(actor, line, cohort, supposed, waits=waits):
            yield one


async def _invited(
    actor: Actor, line: Line, cohort: Cohort, supposed: Supposed, *, waits: bool
) -> AsyncIterator[Line]:
    assert line.entry is not None, "by a rule"
    assert line.program is not None, "lines of rules are of a programme"
    program = line.program
    entry, leads = line.entry, line.entry.role in LEADING
    yield _told(line, invitation(entry.when, leads=leads), line.at)
    joins = _later(line.at, supposed.joins_after)
    runs_out = line.at + timedelta(days=program.invitation_days)
    asked = _part(line, EnrollmentState.INVITED, invited_at=line.at, expires_at=runs_out)
    asked.cohort = cohort
    for one in await _steps(actor, line, "enrollment.invited", asked):
        yield replace(one, needless=joins is not None and one.at >= joins)
    if joins is None or joins >= runs_out:
        yield replace(line, act=Act.RUNS_OUT, at=runs_out)
        return
    yield replace(line, act=Act.JOINS, at=joins)
    if program.admin_approves_admission:
        yield _told(line, "E07", joins)
    if waits:
        yield _told(line, "E10", joins)
        yield replace(line, act=Act.WAITS, at=joins)
        return
    yield _told(line, "E09", joins)
    for one in await _taking_part(actor, replace(line, at=joins), program, supposed, leads=leads):
        yield one


async def _taking_part(
    actor: Actor, line: Line, program: Program, supposed: Supposed, *, leads: bool
) -> list[Line]:
    """From the first day in a programme on. Who leads waits for whom the matching brings."""
    matched = None if leads else _later(line.at, supposed.matched_after)
    admitted = _part(line, EnrollmentState.ACTIVE, active_at=line.at)
    told = await _steps(actor, line, "enrollment.activated", admitted)
    waiting = [replace(one, needless=matched is not None and one.at >= matched) for one in told]
    return waiting + (await _matched(actor, replace(line, at=matched), program) if matched else [])


async def _matched(actor: Actor, line: Line, program: Program) -> list[Line]:
    last = day_of(line.at, line.person.zone) + timedelta(days=program.duration_days)
    match = Match(
        organization_id=program.organization_id, program_id=program.id, state=MatchState.ACTIVE,
        published_at=line.at, active_at=line.at, ends_on=last,
    )
    asks = program.approvals in (Approvals.MENTEE, Approvals.BOTH)
    begun = [_told(line, kind, line.at) for kind in (["M03"] if asks else []) + ["M08"]]
    return [replace(line, act=Act.MATCHED), *begun, *await _steps(actor, line, "match.activated", match)]


async def _steps(actor: Actor, line: Line, fact: str, row: Model) -> list[Line]:
    """The messages that go by themselves after a fact about a row as it would stand, to the person of a line."""
    found = [(step, await step.since(actor, row)) for step in _after(fact)]
    zone = line.person.zone
    return [
        _told(line, step.kind, moment.after(began, zone))
        for step, began in found if began is not None for moment in step.moments
        if step.moves or moment.after(began, zone) > line.at
    ]


def _after(fact: str) -> Iterator[Step]:
    return (step for step in STEPS.values() if fact in step.on and step.to in THEIRS)


def _told(line: Line, kind: str, at: datetime) -> Line:
    assert kind in CATALOGUE, "a message that there is"
    return replace(line, act=Act.MESSAGE, kind=kind, at=at)


def _part(line: Line, state: EnrollmentState, **moments: datetime) -> Enrollment:
    assert line.program is not None, "lines of rules are of a programme"
    return Enrollment(
        organization_id=line.program.organization_id, program_id=line.program.id, person_id=line.person.id,
        state=state, **moments,
    )


def _later(at: datetime, days: int | None) -> datetime | None:
    return None if days is None else at + timedelta(days=days)


def days_told(lines: Sequence[Line]) -> list[tuple[date, list[Line]]]:
    """The lines of each day, in the zone of whoever each is about."""
    found: dict[date, list[Line]] = {}
    for line in lines:
        found.setdefault(day_of(line.at, line.person.zone), []).append(line)
    return sorted(found.items())
