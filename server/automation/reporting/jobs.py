"""After which facts reports are planned, and what sends them on their day."""

from uuid import UUID

from server.automation.reporting.due import report
from server.automation.reporting.planning import RULES, plan_reports
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_due, on_event


@on_event("program.created", "program.moved", "program.reports_set", "cohort.opened", "match.activated")
async def begin(event: OutboxEvent) -> None:
    """Plan the reports of a programme in which something goes on; each plans its next one then."""
    if program_id := event.payload.get("program_id"):
        await plan_reports(system_actor(event.organization_id), UUID(program_id))


for rule in RULES:
    on_due(rule)(report)
