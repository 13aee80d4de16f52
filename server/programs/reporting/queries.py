"""Who pays for a programme, of those its document names by address."""

from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.people.models import Person
from server.people.queries import person_by_address
from server.programs.models import Program
from server.programs.reporting.entries import reports_of


async def sponsors_of(actor: Actor, program: Program) -> list[Person]:
    """The sponsors who work here still, in the order in which they are named. The caller may see everybody."""
    found = list[Person]()
    for address in reports_of(program.reports).sponsors:
        try:
            found.append(await person_by_address(actor, address))
        except NotFound:
            continue  # has left; the programme's document still names them
    return found


async def sponsor_of(actor: Actor, program: Program) -> Person | None:
    """The first of them, in whose name a word of the sponsor goes."""
    return next(iter(await sponsors_of(actor, program)), None)
