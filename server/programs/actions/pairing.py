"""How the peers of a programme are put together: by what they bring each other, or by the draw."""

from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.models import Program
from server.programs.states import Pairing

CYCLES_MAX = 100
"""More cycles apart than a programme lives through are asked for by leaving the number out: never again."""


async def set_pairing(
    actor: Actor, program_id: UUID, pairing: Pairing, *, cycles_apart: int | None = None
) -> Program:
    """Say how peers are put together, and after how many cycles of the draw two may meet again; None is never.

    A cycle is one run of the matching from which pairs came together. Drafts stay as they are. The same again changes
    nothing.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Conflict: its people are no peers (`kind="no_peers"`).
        Invalid: fewer than 1 or more than CYCLES_MAX cycles.
    """
    if cycles_apart is not None and not 1 <= cycles_apart <= CYCLES_MAX:
        raise Invalid({"cycles_apart": _("Choose from 1 to %(most)d rounds.") % {"most": CYCLES_MAX}})
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        if not rules.is_among_peers(program):
            raise Conflict(_("Only peers are put together in this way."), kind="no_peers")
        wanted = {**program.rules, "pairing": pairing.value, "cycles_apart": cycles_apart}
        if wanted != program.rules:
            program.rules = wanted
            await program.save(update_fields=["rules"])
            await unit.audit("program.set_pairing", program, pairing=pairing, cycles_apart=cycles_apart)
            await unit.publish("program.changed", subject_id=program.id, program_id=program.id)
        return program
