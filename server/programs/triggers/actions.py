"""Setting the rules by which people join a programme by themselves."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.models import Program
from server.programs.triggers.entries import told


async def set_triggers(actor: Actor, program_id: UUID, triggers: Mapping[str, Any]) -> Program:
    """Put rules in force that were checked (`entries`). What waits already is asked by them when it is due; the same
    again changes nothing.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        if told(program.triggers) == told(triggers):
            return program
        program.triggers = dict(triggers)
        await program.save(update_fields=["triggers"])
        await unit.audit("program.set_triggers", program, rules=len(triggers["enrol"]))
        await unit.publish("program.triggers_set", subject_id=program.id, program_id=program.id)
        return program
