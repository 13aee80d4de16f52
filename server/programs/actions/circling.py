"""Whether a programme of pairs has circles too."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.models import Program
from server.programs.states import Circles, EnrollmentState
from server.programs.steps import move


async def set_circles(actor: Actor, program_id: UUID, circles: Circles) -> Program:
    """Say whether whoever waits for a mentor is offered a circle, or everybody has one besides, or nobody.

    With circles nobody stands outside for want of a mentor: who is on the waiting list is let in, in its order, and
    waits inside. Circles that there are go on. The same again changes nothing.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Conflict: it is for peers, or has nothing but circles (`kind="no_pairs"`).
    """
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        if not rules.may_have_circles(program):
            raise Conflict(_("Only a programme of mentors and mentees has circles besides."), kind="no_pairs")
        if program.circles is not circles:
            program.circles = circles
            await program.save(update_fields=["circles"])
            await unit.audit("program.set_circles", program, circles=circles)
            await unit.publish("program.changed", subject_id=program.id, program_id=program.id)
            if circles is not Circles.NONE:
                await _let_in(unit, program)
        return program


async def _let_in(unit: Unit, program: Program) -> None:
    for cohort in await queries.cohorts_of(unit.actor, [program.id]):
        await queries.cohort_by_id(unit.actor, cohort.id, lock=True)
        for entry in await queries.waitlist(unit.actor, cohort.id):
            entry.left_at = entry.enrollment.active_at = clock.now()
            await entry.save(update_fields=["left_at"])
            await move(unit, entry.enrollment, EnrollmentState.ACTIVE, "seat_free", "seat_freed")
