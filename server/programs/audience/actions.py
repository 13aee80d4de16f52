"""Setting whom a programme is for, and inviting all of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.actions import invite_many
from server.programs.audience.queries import to_invite
from server.programs.audience.rules import told
from server.programs.audience.states import Side
from server.programs.models import Enrollment, Program
from server.programs.states import ParticipantRole


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


async def invite_meant(
    actor: Actor, cohort_id: UUID, role: ParticipantRole, *, seen: int, undo_within: timedelta = timedelta()
) -> list[Enrollment]:
    """Invite everybody whom the programme of a group means in a role and who is not there yet (lifecycle E01, E02, with
    their reminders and their end). `seen` is how many that was when the actor looked.

    They are told after `undo_within`. The same again finds nobody left to invite. Who is on leave is not asked now.

    Raises:
        NotFound: no such group.
        Refused: the actor invites nobody there.
        Conflict: it means another number of people by now (`kind="changed_meanwhile"`); as `invite_many`.
    """
    async with unit_of_work(actor) as unit:
        cohort = await queries.cohort_by_id(actor, cohort_id, lock=True)
        require(rules.can_edit_enrollments(actor, cohort.program_id), _("invite people to this programme"))
        people = [one.id for one in await (await to_invite(actor, cohort, role)).only("id")]
        if not people:
            return []
        if len(people) != seen:
            raise Conflict(
                _("It would be %(now)d people by now, not %(seen)d. Look again.") % {"now": len(people), "seen": seen},
                kind="changed_meanwhile",
            )
        made = await invite_many(actor, cohort_id, [(one, role, 1) for one in people], undo_within=undo_within)
        await unit.audit("cohort.invite_meant", cohort, role=role, people=len(made))
        return made
