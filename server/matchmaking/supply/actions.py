"""Closing a gap of mentor places: what a manager does about it."""

from uuid import UUID

from server.kernel.actor import Actor, Permission, require
from server.kernel.db import unit_of_work
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.matchmaking.supply.planning import MENTOR
from server.matchmaking.supply.queries import past_mentors
from server.programs.actions import invite_many
from server.programs.models import Enrollment
from server.programs.queries import cohort_by_id


async def ask_past_mentors(actor: Actor, cohort_id: UUID, count: int) -> list[Enrollment]:
    """Invite so many mentors of earlier groups into a group, whoever mentored last first, with as many places as then.

    Each gets one invitation, as everybody who is invited (lifecycle E01, with its reminders and its end), and says yes
    or no to it. Whoever was asked for this group, or lately for another of the programme, is not asked again: the same
    again asks the next ones. Returns those who were asked.

    Raises:
        NotFound: no such group, or of a programme whose matches the actor may not read.
        Refused: the actor invites nobody there.
        Conflict: the group is over (`kind="closed"`), or has no mentors (`kind="role"`).
    """
    async with unit_of_work(actor) as unit:
        cohort = await cohort_by_id(actor, cohort_id, lock=True)
        if not actor.may(Permission.PROGRAM_MATCHES_READ, cohort.program_id):
            raise NotFound
        require(actor.may(Permission.PROGRAM_ENROLLMENTS_EDIT, cohort.program_id), _("invite mentors"))
        rows = (await past_mentors(actor, cohort))[:max(0, count)]
        most = cohort.program.places_max
        asked = await invite_many(actor, cohort_id, [(row.person_id, MENTOR, min(row.capacity, most)) for row in rows])
        await unit.audit_many("mentor.ask", asked)
        return asked
