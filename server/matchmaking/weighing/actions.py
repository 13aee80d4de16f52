"""Setting what a good match is in a programme."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Json, Unit, unit_of_work
from server.kernel.text import gettext as _
from server.matchmaking.models import WeightsVersion
from server.matchmaking.weighing.queries import said_by
from server.matchmaking.weighing.settings import Settings, checked, settings_of, stored_rules, stored_weights
from server.programs.models import Program
from server.programs.queries import program_by_id
from server.programs.rules import can_edit_program

BEFORE = ""
"""Who set what stood before versions were counted: nobody wrote that down."""


async def set_weights(actor: Actor, program_id: UUID, settings: Settings) -> Program:
    """Make weights and rules those of a programme from the next run on, as a new version: part of putting its document
    in force (docs/decisions/0031-a-programme-is-one-document.md). One that says what an earlier one said, or the
    factory setting, says that it restores that.

    A run that was asked for before keeps its own. What is in force already makes no version.

    Raises:
        NotFound: no such programme.
        Refused: the actor may not change it.
        Invalid: something cannot be, by its field; see `settings.checked`.
    """
    async with unit_of_work(actor) as unit:
        program = await _changeable(actor, program_id)
        wanted = checked(settings, program.type)
        if wanted != settings_of(program):
            restores = await said_by(actor, program, wanted)
            await _keep(unit, program, stored_weights(wanted), stored_rules(wanted, program.rules), restores)
        return program


async def _changeable(actor: Actor, program_id: UUID) -> Program:
    program = await program_by_id(actor, program_id, lock=True)
    require(can_edit_program(actor, program.id), _("change this programme"))
    return program


async def _keep(unit: Unit, program: Program, weights: dict[str, float], rules: Json, restores: int | None) -> None:
    """Write down what stood before, if nobody did, then the new version; both and the programme or nothing."""
    if program.weights_version is None and (program.weights or program.rules):
        await _write(unit, program, 1, set_by=BEFORE)
        program.weights_version = 1
    before = program.weights_version
    program.weights, program.rules, program.weights_version = weights, rules, (before or 0) + 1
    await program.save(update_fields=["weights", "rules", "weights_version"])
    await _write(unit, program, program.weights_version, set_by=unit.actor.id, based_on=before, restores=restores)
    await unit.audit("program.weigh", program, version=program.weights_version, restores=restores)
    await unit.publish("program.changed", subject_id=program.id, program_id=program.id)


async def _write(
    unit: Unit, program: Program, number: int, *, set_by: str, based_on: int | None = None, restores: int | None = None
) -> None:
    await WeightsVersion.create(
        organization_id=unit.actor.organization_id, program_id=program.id, number=number, weights=program.weights,
        rules=program.rules, based_on=based_on, restores=restores, set_by=set_by, set_at=clock.now(),
    )
