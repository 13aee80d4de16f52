"""Sending a report on its day, each to whom it is for, in the morning of their own day."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import NamedTuple

from server.access.queries import people_with_role
from server.access.states import Role
from server.automation.launching.planning import plan_call
from server.automation.reporting.days import morning
from server.automation.reporting.planning import RULES, plan_next, runs
from server.journey.console.measures import figures
from server.journey.reporting.queries import ALERTED, is_alarming, shares
from server.journey.reporting.team import line_managers_in
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import ScheduledAction
from server.notifications.actions import plan_message
from server.people.models import Person
from server.programs.models import Cohort, Program
from server.programs.queries import cohorts_of, program_by_id, supply
from server.programs.reporting.entries import reports_of
from server.programs.reporting.queries import sponsors_of
from server.programs.rules import takes_people

OVER, OFF, NOBODY = "no longer so", "switched off in this programme", "nobody to tell"
"""Why a report does not go: the programme is over, it sends none, or nobody is there for it."""


class Sent(NamedTuple):
    """What went of a report: to how many, and what its next one compares with."""

    letters: int
    before: dict[str, object]


class Day(NamedTuple):
    """A report of a programme on its day. `group`: the newest of its groups, by which messages know the programme."""

    actor: Actor
    program: Program
    group: Cohort
    action: ScheduledAction
    day: date


async def report(action: ScheduledAction) -> str | None:
    """Plan the letters of a report, and its next day; or say why there are none.

    Raises:
        NotFound: the programme is gone.
    """
    actor = system_actor(action.organization_id)
    program, day = await program_by_id(actor, action.subject_id), date.fromisoformat(action.payload["day"])
    if not runs(program):
        return OVER
    if RULES[action.rule](reports_of(program.reports), before_day(day)) != day:
        await plan_next(actor, program, [action.rule], max(day, clock.today("UTC")), {})
        return OFF
    groups = await cohorts_of(actor, [program.id])
    async with unit_of_work(actor):
        sent = Sent(0, {})
        if groups:
            sent = await SENDERS[action.rule](Day(actor, program, groups[0], action, day))
        await plan_next(actor, program, [action.rule], max(day, clock.today("UTC")), sent.before)
    return None if sent.letters else NOBODY


def before_day(day: date) -> date:
    """The day before."""
    return date.fromordinal(day.toordinal() - 1)


async def _weekly(at: Day) -> Sent:
    """How it runs, beside how it ran a week ago."""
    managers = await people_with_role(at.actor, Role.PROGRAM_MANAGER, at.program.id)
    before = at.action.payload.get("before", {})
    await _tell(at, "Q01", managers, before=before)
    return Sent(len(managers), shares(await figures(at.actor, [at.program.id])))


async def _monthly(at: Day) -> Sent:
    above = await people_with_role(at.actor, Role.GLOBAL_ADMIN)
    await _tell(at, "Q02", above)
    return Sent(len(above), {})


async def _quarterly(at: Day) -> Sent:
    sponsors = await sponsors_of(at.actor, at.program)
    await _tell(at, "Q03", sponsors)
    return Sent(len(sponsors), {})


async def _alerts(at: Day) -> Sent:
    """Each figure in the red, and a group with more mentees than places: once a week."""
    managers = await people_with_role(at.actor, Role.PROGRAM_MANAGER, at.program.id)
    year, week, _weekday = at.day.isocalendar()
    red = [one for one in await figures(at.actor, [at.program.id]) if one.key in ALERTED and is_alarming(one)]
    for one in red:
        await _tell(at, "Q05", managers, f"{one.key}:{year}-{week}", metric=one.key)
    short = await _short_of_places(at)
    for group in short:
        await _tell(at._replace(group=group), "E16", managers, f"{group.id}:{year}-{week}")
        await plan_call(at.actor, at.program, group)
    return Sent(len(managers) * (len(red) + len(short)), {})


async def _short_of_places(at: Day) -> list[Cohort]:
    open_groups = [one for one in await cohorts_of(at.actor, [at.program.id]) if takes_people(at.program, one)]
    return [one for one in open_groups if (await supply(at.actor, one.id)).free < 0]


async def _to_line_managers(at: Day) -> Sent:
    """One letter to each, over all programmes that send it: the first of them plans it."""
    found = await line_managers_in(at.actor, at.program.id)
    for one in found:
        await plan_message(
            at.actor, "Q04", one.id, at.actor.organization_id, {}, trigger=at.action.rule,
            occurrence=at.day.isoformat(), due_at=morning(at.day, one.zone),
        )
    return Sent(len(found), {})


async def _tell(at: Day, kind: str, people: Sequence[Person], occurrence: str = "", **facts: object) -> None:
    for person in people:
        await plan_message(
            at.actor, kind, person.id, at.program.id, {"cohort_id": at.group.id, **facts}, trigger=at.action.rule,
            occurrence=occurrence or at.day.isoformat(), due_at=morning(at.day, person.zone),
        )


SENDERS: dict[str, Callable[[Day], Awaitable[Sent]]] = {
    "report.weekly": _weekly, "report.monthly": _monthly, "report.quarterly": _quarterly, "report.alerts": _alerts,
    "report.line_managers": _to_line_managers,
}
