"""A learning from the first tap to the model that stands: asked for here, carried out by a job of the journey room."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matchmaking.learned.queries import UNTAUGHT, learnings, may, visible_learning
from server.matchmaking.models import LearnedModel
from server.matchmaking.states import RunState
from server.programs.states import ProgramType


async def start_learning(actor: Actor, program_type: ProgramType) -> LearnedModel:
    """Ask for models of all past proposals of a type of programme; a job makes them. While one is made, that one.

    Raises:
        Refused: the actor runs no programme of that type.
        Conflict: of that type nothing is learned (`kind="untaught"`).
    """
    async with unit_of_work(actor) as unit:
        allowed = await may(actor, Permission.PROGRAM_MATCHING_RUN, program_type)
        require(allowed, _("let the matching learn"))
        if program_type in UNTAUGHT:
            raise Conflict(_("Of peers and circles nothing is learned: runs go by the fit."), kind="untaught")
        newest = await learnings(actor).filter(program_type=program_type).order_by("-number").first()
        if newest is not None and newest.state is RunState.RUNNING:
            return newest
        row = await LearnedModel.create(
            organization_id=actor.organization_id, program_type=program_type,
            number=newest.number + 1 if newest else 1, started_by=actor.id, started_at=clock.now(),
        )
        await unit.audit("learning.start", row, program_type=program_type)
        await unit.publish("learning.requested", subject_id=row.id, learning_id=row.id)
        return row


async def keep_learning(
    actor: Actor, learning_id: UUID, *, models: dict[str, object], report: dict[str, object], calibrated: bool,
    based_on: int,
) -> LearnedModel:
    """Store what a learning came to; from now on runs go by it. One that is over stays as it is.

    Raises:
        NotFound: no such learning.
    """
    async with unit_of_work(actor) as unit:
        row = await visible_learning(actor, learning_id, lock=True)
        if row.state is RunState.RUNNING:
            row.state, row.finished_at = RunState.DONE, clock.now()
            row.models, row.report, row.calibrated, row.based_on = models, report, calibrated, based_on
            await row.save()
            await unit.audit("learning.finish", row, based_on=based_on, models=len(models), calibrated=calibrated)
        return row


async def fail_learning(actor: Actor, learning_id: UUID, code: str) -> None:
    """Note that a learning came to nothing, and why; what stood before stands on.

    Raises:
        NotFound: no such learning.
    """
    async with unit_of_work(actor) as unit:
        row = await visible_learning(actor, learning_id, lock=True)
        if row.state is RunState.RUNNING:
            row.state, row.finished_at, row.report = RunState.FAILED, clock.now(), {"failed": code}
            await row.save(update_fields=["state", "finished_at", "report"])
            await unit.audit("learning.fail", row, code=code)
