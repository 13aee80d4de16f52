"""Setting whom a programme is for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.audience.rules import told
from server.programs.audience.states import Side
from server.programs.models import Program


async def set_audience(actor: Actor, program_id: UUID, audience: Mapping[str, Any]) -> Program:
    """Put rules in force that were checked (`rules`). Who takes part already stays; the same again changes nothing.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        if told(program.audience) == told(audience):
            return program
        program.audience = dict(audience)
        await program.save(update_fields=["audience"])
        await unit.audit("program.set_audience", program, **{side.value: len(audience[side]) for side in Side})
        await unit.publish("program.audience_set", subject_id=program.id, program_id=program.id)
        return program
