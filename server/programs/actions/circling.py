"""Whether a programme of pairs has circles too, and how large circles are."""

from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.models import Program
from server.programs.states import CIRCLE_LEAST, CIRCLE_MOST, Circles, EnrollmentState
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


async def set_circle_size(actor: Actor, program_id: UUID, size: int) -> Program:
    """Say how many members a circle is to have, besides who leads it. It counts from the next run on: circles that
    there are stay as they are, and a run may still form smaller or larger ones of 4 to 8. The same again changes
    nothing.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Conflict: its people are peers, who meet in pairs (`kind="no_circles"`).
        Invalid: fewer than 4 or more than 8.
    """
    if not CIRCLE_LEAST <= size <= CIRCLE_MOST:
        words = _("Choose from %(least)d to %(most)d.") % {"least": CIRCLE_LEAST, "most": CIRCLE_MOST}
        raise Invalid({"size": words})
    async with unit_of_work(actor) as unit:
        program = await queries.program_by_id(actor, program_id, lock=True)
        require(rules.can_edit_program(actor, program.id), _("change this programme"))
        if rules.is_among_peers(program):
            raise Conflict(_("Peers meet in pairs, not in circles."), kind="no_circles")
        if rules.circle_size(program.rules) != size:
            program.rules = {**program.rules, "circle_size": size}
            await program.save(update_fields=["rules"])
            await unit.audit("program.set_circle_size", program, size=size)
            await unit.publish("program.changed", subject_id=program.id, program_id=program.id)
        return program


async def _let_in(unit: Unit, program: Program) -> None:
    for cohort in await queries.cohorts_of(unit.actor, [program.id]):
        await queries.cohort_by_id(unit.actor, cohort.id, lock=True)
        for entry in await queries.waitlist(unit.actor, cohort.id):
            entry.left_at = entry.enrollment.active_at = clock.now()
            await entry.save(update_fields=["left_at"])
            await move(unit, entry.enrollment, EnrollmentState.ACTIVE, "seat_free", "seat_freed")
