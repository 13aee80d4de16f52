"""Inviting all whom a programme is for."""

from datetime import timedelta
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.actions import invite_many
from server.programs.audience.queries import to_invite
from server.programs.models import Enrollment
from server.programs.states import ParticipantRole


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
                _("It would be %(now)d by now, not %(seen)d. Look again.") % {"now": len(people), "seen": seen},
                kind="changed_meanwhile",
            )
        made = await invite_many(actor, cohort_id, [(one, role, 1) for one in people], undo_within=undo_within)
        await unit.audit("cohort.invite_meant", cohort, role=role, people=len(made))
        return made
