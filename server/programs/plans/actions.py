"""Setting a programme's own row to what a document says, all of it in one unit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import Json, Unit, unit_of_work
from server.kernel.text import gettext as _
from server.people.queries import framework
from server.programs import actions, queries, rules
from server.programs.models import Program
from server.programs.plans.content import changes
from server.programs.plans.parts import Part
from server.programs.plans.setup import COLUMNS, setup_of
from server.programs.states import Approvals, AskedFirst, Cadence, Circles, Pairing, ProgramType

CONFIGURED = frozenset({
    "approvals", "asked_first", "mentees_may_ask", "mentors_may_ask", "mentees_may_wish", "mentors_may_wish",
    "admin_approves_matches", "admin_approves_admission", "pause_moves_end", "meeting_url",
})
"""What `configure_program` sets."""
ENUMS = {"type": ProgramType, "cadence": Cadence, "approvals": Approvals, "asked_first": AskedFirst}


async def set_up(actor: Actor, program_id: UUID, wanted: Mapping[str, Any]) -> Program:
    """Set everything to what a document says that was checked (`setup`), each thing by the action that sets it alone.

    What stands already is left as it is, and has no entry in the trail.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        keys = {one.id: one.key for one in await framework(actor)}
        if program.type != wanted["type"]:
            await _become(unit, program, ProgramType(wanted["type"]))
        changed = {one.path: one.now for one in changes(setup_of(program, keys), {**wanted})}
        await _outline(unit, program, changed)
        if configured := _typed(changed, CONFIGURED):
            await actions.configure_program(actor, program_id, **configured)
        await _set_apart(actor, program_id, wanted, changed, {key: one for one, key in keys.items()})
        return await queries.program_by_id(actor, program_id)


async def set_part(actor: Actor, program_id: UUID, part: Part, wanted: Any) -> Program:
    """Set one part of a programme to what a document says of it that was checked. The same again changes nothing.

    Its fact is `program.<part>_set`; whoever plans by it plans anew after that.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        changed = part.changed(getattr(program, part.name), wanted)
        if changed:
            setattr(program, part.name, part.told(wanted))
            await program.save(update_fields=[part.name])
            await unit.audit(f"program.set_{part.name}", program, changed=changed)
            await unit.publish(
                f"program.{part.name}_set", subject_id=program.id, program_id=program.id, changed=changed
            )
        return program


async def _become(unit: Unit, program: Program, kind: ProgramType) -> None:
    """Another type, before anybody is there: what the one before was set to of its own is no setting of this one."""
    was, program.type, program.circles = program.type, kind, Circles.NONE
    own = ("pairing", "cycles_apart", "circle_size", "target_role")
    program.rules = {name: value for name, value in program.rules.items() if name not in own}
    await program.save(update_fields=["type", "circles", "rules"])
    await unit.audit("program.change_type", program, was=was, now=kind)


async def _outline(unit: Unit, program: Program, changed: Json) -> None:
    """What has no action of its own: name, lengths, limits, and the words that people are offered."""
    outline = _typed(changed, COLUMNS - CONFIGURED - {"circles"})
    if "goal_examples" in changed:
        outline["goal_examples"] = [_without_gaps(example) for example in changed["goal_examples"]]
    if outline:
        program.update_from_dict(outline)
        await program.save(update_fields=list(outline))
        told = {name: value for name, value in outline.items() if isinstance(value, int | Cadence)}
        await unit.audit("program.outline", program, changed=sorted(outline), **told)
        await unit.publish("program.changed", subject_id=program.id, program_id=program.id)


async def _set_apart(
    actor: Actor, program_id: UUID, wanted: Mapping[str, Any], changed: Json, roles: Mapping[str, UUID]
) -> None:
    """What has an action each, and goes with some types only."""
    if "circles" in changed:
        await actions.set_circles(actor, program_id, Circles(wanted["circles"]))
    if "circle_size" in changed:
        await actions.set_circle_size(actor, program_id, wanted["circle_size"])
    if "pairing" in changed or "cycles_apart" in changed:
        pairing = Pairing(wanted["pairing"])
        await actions.set_pairing(actor, program_id, pairing, cycles_apart=wanted["cycles_apart"])
    if "target_role" in changed:
        await actions.set_target_role(actor, program_id, roles.get(wanted["target_role"]))


def _typed(changed: Json, names: frozenset[str]) -> dict[str, Any]:
    return {name: ENUMS.get(name, _same)(value) for name, value in changed.items() if name in names}


def _same(value: Any) -> Any:
    return value


def _without_gaps(example: Mapping[str, str]) -> dict[str, str]:
    """An example that belongs to no competency names none."""
    return {name: value for name, value in example.items() if value}
