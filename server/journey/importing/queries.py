"""The runs of the import, and each as a person reads it."""

from uuid import UUID

from tortoise.queryset import QuerySet

from server.journey.importing.planning import make_report, prepare_checked
from server.journey.importing.report import Report, refused_csv
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.people import rules
from server.people.models import ImportRun


def runs(actor: Actor) -> QuerySet[ImportRun]:
    """The imports of the actor's organisation; none for who may not import people."""
    found = ImportRun.filter(organization_id=actor.organization_id)
    return found if rules.can_import_people(actor) else found.filter(id__in=[])


async def visible_run(actor: Actor, run_id: UUID, *, lock: bool = False) -> ImportRun:
    """One import.

    Raises:
        NotFound: absent, of another organisation, or not the actor's to see.
    """
    run = await (runs(actor).select_for_update() if lock else runs(actor)).get_or_none(id=run_id)
    if run is None:
        raise NotFound
    return run


async def recent_runs(actor: Actor, limit: int = 20) -> list[ImportRun]:
    """The latest imports, without the content of their files."""
    shown = ("id", "organization_id", "file_name", "state", "complete", "rows_total", "rows_applied", "summary",
             "created_at", "finished_at")
    return await runs(actor).order_by("-created_at", "-id").limit(limit).only(*shown)


async def import_report(actor: Actor, run_id: UUID) -> Report:
    """A run as a person reads it: the four lists of a preview; counts and refused rows of one that began.

    Raises:
        NotFound: no such run, or not the actor's to see.
    """
    return await make_report(actor, await visible_run(actor, run_id))


async def refused_rows_file(actor: Actor, run_id: UUID) -> bytes:
    """The refused rows of a run as a CSV file to mend and import, with what is wrong beside each.

    Raises:
        NotFound: no such run, or not the actor's to see.
    """
    run = await visible_run(actor, run_id)
    made = await make_report(actor, run)
    columns, cells = (await prepare_checked(actor, run)).file.cells_as_known(run.corrections)
    return refused_csv(made.refused, cells, columns)
