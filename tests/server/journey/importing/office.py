"""An organisation that imports, and the smallest people files that mean something, for the tests of this folder."""

from server.journey.importing import actions, queries
from server.journey.importing.report import Report
from server.kernel.actor import Actor, system_actor
from server.people.models import Organization, Person
from tests import factories

HEADER = "employee_id,email,given_name,family_name"
NOOR = "1,noor@example.test,Noor,Saltmarsh"
IDRIS = "2,idris@example.test,Idris,Brightwater"


async def office(**values: object) -> tuple[Organization, Actor]:
    org = await factories.organization(**values)
    return org, system_actor(org.id)


def table(*lines: str) -> bytes:
    return "\n".join(lines).encode()


async def preview(actor: Actor, *lines: str, complete: bool = False) -> Report:
    run = await actions.preview_import(actor, "people.csv", table(*lines), complete)
    return await queries.import_report(actor, run.id)


async def take_in(actor: Actor, *lines: str, complete: bool = False, confirmed: bool = False) -> Report:
    run = await actions.preview_import(actor, "people.csv", table(*lines), complete)
    await actions.apply_import(actor, run.id, confirmed)
    return await queries.import_report(actor, run.id)


async def refusals(actor: Actor, *lines: str) -> list[tuple[int, str]]:
    """Row and column of each problem of a preview, that names value and cure."""
    report = await preview(actor, *lines)
    problems = [problem for row in report.refused for problem in row.problems]
    assert all(problem.text.endswith((".", ")")) for problem in problems)
    return [(problem.number, problem.column) for problem in problems]


async def somebody(org: Organization, employee_id: str = "1") -> Person:
    return await Person.get(organization_id=org.id, employee_id=employee_id)
