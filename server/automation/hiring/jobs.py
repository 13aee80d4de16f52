"""After which facts people are invited by themselves, and what does it when it is due."""

from uuid import UUID

from server.automation.hiring.belonging import follow_records
from server.automation.hiring.due import perform
from server.automation.hiring.planning import RULE, happened, plan_anew, plan_for
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import on_due, on_event
from server.people.queries import visible_person
from server.programs.triggers.states import When

MANAGED = "manager_employee_id"
"""The name of a changed line of managers, as the people file calls it."""


@on_event("person.created", "person.changed")
async def plan_by_records(event: OutboxEvent) -> None:
    """Plan what follows for somebody whose record is new or changed, and for who manages them."""
    actor, person_id = system_actor(event.organization_id), UUID(event.payload["person_id"])
    fields = event.payload.get("fields")
    if whens := happened(fields):
        await plan_for(actor, person_id, whens, event.at)
    if fields is None or MANAGED in fields:
        person = await visible_person(actor, person_id)
        if person.line_manager_id:
            await plan_for(actor, person.line_manager_id, {When.MANAGER}, event.at)


@on_event("person.changed")
async def follow_audience(event: OutboxEvent) -> None:
    """End the parts of somebody for whom their programmes are not meant any more."""
    person_id = UUID(event.payload["person_id"])
    await follow_records(system_actor(event.organization_id), person_id, event.payload.get("fields", ()))


@on_event("person.completed_courses")
async def plan_by_courses(event: OutboxEvent) -> None:
    """Plan what follows for somebody who completed courses."""
    person_id = UUID(event.payload["person_id"])
    await plan_for(system_actor(event.organization_id), person_id, {When.COURSE}, event.at)


@on_event("program.triggers_set", "program.moved")
async def plan_by_rules(event: OutboxEvent) -> None:
    """Plan by rules that are new, or whose programme takes people in from now on."""
    await plan_anew(system_actor(event.organization_id), UUID(event.payload["program_id"]), event.at)


@on_due(RULE)
async def invite_by_rule(action: ScheduledAction) -> str | None:
    """Invite somebody whose day has come."""
    return await perform(action)
