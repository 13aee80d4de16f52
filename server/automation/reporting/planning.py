"""Planning the next of each report of a programme: one row of the timetable each, which plans the one after it."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from uuid import UUID

from server.automation.reporting import days
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import Due, Json, unit_of_work
from server.programs.models import Program
from server.programs.queries import program_by_id
from server.programs.reporting.entries import Reports, reports_of
from server.programs.states import OVER_PROGRAMS, ProgramState

RULES: dict[str, Callable[[Reports, date], date | None]] = {
    "report.weekly": days.weekly, "report.monthly": days.monthly, "report.quarterly": days.quarterly,
    "report.alerts": days.daily, "report.line_managers": days.second_tuesday,
}


def runs(program: Program) -> bool:
    """Whether there is something to report of a programme."""
    return program.state not in OVER_PROGRAMS | {ProgramState.DRAFT}


async def plan_reports(actor: Actor, program_id: UUID) -> None:
    """Plan the next of each report. Twice it is the same rows.

    Raises:
        NotFound: no such programme.
    """
    program = await program_by_id(actor, program_id)
    if runs(program):
        await plan_next(actor, program, RULES, clock.today("UTC"), {})


async def plan_next(
    actor: Actor, program: Program, rules: Collection[str], after: date, before: Mapping[str, object]
) -> None:
    """Plan the next of some reports after a day; `before`: what the next one compares with."""
    reports = reports_of(program.reports)
    found = {rule: RULES[rule](reports, after) for rule in rules}
    async with unit_of_work(actor) as unit:
        await unit.schedule_all([_due(rule, program, day, dict(before)) for rule, day in found.items() if day])


def _due(rule: str, program: Program, day: date, before: Json) -> Due:
    payload = {"day": day, **({"before": before} if before else {})}
    return Due(rule, program, days.opens(day), day.isoformat(), program_id=program.id, payload=payload)
