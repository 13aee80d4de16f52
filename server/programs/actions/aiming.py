"""The role that a programme leads to."""

from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.people.queries import competencies
from server.programs import queries, rules
from server.programs.models import Program


async def set_target_role(actor: Actor, program_id: UUID, competency_id: UUID | None) -> Program:
    """Say under which competency everything stands that the programme leads its mentees to; None: no role. What they
    lack of it counts in the matching from the next run on. The same again changes nothing.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Conflict: its type does not follow the framework (`kind="no_framework"`).
        Invalid: no such competency, or one that is not in use any more.
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        if not rules.has_target_role(program):
            told = _("Only a programme for high potentials and succession leads to a role.")
            raise Conflict(told, kind="no_framework")
        if competency_id and competency_id not in {one.id for one in await competencies(actor)}:
            raise Invalid({"role": _("Choose a competency that is in use.")})
        if rules.target_role(program.rules) != competency_id:
            role = {"target_role": str(competency_id)} if competency_id else {}
            program.rules = {name: value for name, value in program.rules.items() if name != "target_role"} | role
            await program.save(update_fields=["rules"])
            await unit.audit("program.set_target_role", program, competency_id=competency_id)
            await unit.publish("program.changed", subject_id=program.id, program_id=program.id)
        return program
