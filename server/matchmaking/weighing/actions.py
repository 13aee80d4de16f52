"""Setting what a good match is in a programme, and putting it back."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Json, Unit, unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.matchmaking.models import WeightsVersion
from server.matchmaking.weighing.settings import (
    SWITCHED,
    Settings,
    checked,
    settings_of,
    stored_rules,
    stored_weights,
)
from server.programs.models import Program
from server.programs.queries import program_by_id
from server.programs.rules import can_edit_program

FACTORY = 0
"""The number that stands for the factory setting of the type, which is no version of its own."""
BEFORE = ""
"""Who set what stood before versions were counted: nobody wrote that down."""


async def set_weights(actor: Actor, program_id: UUID, settings: Settings, *, based_on: int | None = None) -> Program:
    """Make weights and rules those of a programme from the next run on, as a new version.

    A run that was asked for before keeps its own. What is in force already makes no version. With `based_on` the
    version must still be the one that these settings were made from.

    Raises:
        NotFound: no such programme.
        Refused: the actor may not change it.
        Invalid: something cannot be, by its field; see `settings.checked`.
        Conflict: somebody set other weights meanwhile (`kind="changed_meanwhile"`).
    """
    async with unit_of_work(actor) as unit:
        program = await _changeable(actor, program_id)
        wanted = checked(settings, program.type)
        if wanted == settings_of(program):
            return program
        if based_on is not None and based_on != (program.weights_version or FACTORY):
            raise Conflict(
                _("Somebody set other weights meanwhile. Look at them, then try again."), kind="changed_meanwhile"
            )
        await _keep(unit, program, stored_weights(wanted), stored_rules(wanted, program.rules))
        return program


async def restore_weights(actor: Actor, program_id: UUID, number: int) -> Program:
    """Put an earlier version back in force, as a new version; number 0 is the factory setting. Twice is harmless.

    Only what is set together with weights is put back; the other rules of the programme are no version's.

    Raises:
        NotFound: no such programme or version.
        Refused: the actor may not change it.
    """
    async with unit_of_work(actor) as unit:
        program = await _changeable(actor, program_id)
        weights, rules = await _content(actor, program, number)
        if (program.weights, program.rules) != (weights, rules):
            await _keep(unit, program, weights, rules, restores=number)
        return program


async def _changeable(actor: Actor, program_id: UUID) -> Program:
    program = await program_by_id(actor, program_id, lock=True)
    require(can_edit_program(actor, program.id), _("change this programme"))
    return program


async def _content(actor: Actor, program: Program, number: int) -> tuple[dict[str, float], Json]:
    """What a version holds, over the rules that are set elsewhere: these (how peers are drawn, how large circles are,
    where it leads) stay as they are today."""
    weights, rules = ({}, {}) if number == FACTORY else await _version(actor, program, number)
    elsewhere = {name: value for name, value in program.rules.items() if name not in SWITCHED}
    return weights, elsewhere | {name: value for name, value in rules.items() if name in SWITCHED}


async def _version(actor: Actor, program: Program, number: int) -> tuple[dict[str, float], Json]:
    kept = WeightsVersion.filter(organization_id=actor.organization_id, program_id=program.id, number=number)
    version = await kept.first()
    if version is None:
        raise NotFound
    return version.weights, version.rules


async def _keep(
    unit: Unit, program: Program, weights: dict[str, float], rules: Json, *, restores: int | None = None
) -> None:
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
