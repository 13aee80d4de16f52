"""Setting which reports a programme sends."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.models import Program
from server.programs.reporting.entries import told


async def set_reports(actor: Actor, program_id: UUID, reports: Mapping[str, Any]) -> Program:
    """Put what was checked (`entries`) in force; the same again changes nothing.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        if told(program.reports) == told(reports):
            return program
        program.reports = dict(reports)
        await program.save(update_fields=["reports"])
        await unit.audit("program.set_reports", program, sponsors=len(reports["sponsors"]))
        await unit.publish("program.reports_set", subject_id=program.id, program_id=program.id)
        return program
