"""Closing a gap of mentor places: what a manager does about it, and what a mentor answers."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from server.kernel.actor import Actor, Permission, require
from server.kernel.db import unit_of_work
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.matches.queries import lock_enrollments, seats_taken
from server.matchmaking.supply.planning import MENTOR
from server.matchmaking.supply.queries import could_give_a_place, past_mentors
from server.programs.actions import invite_many
from server.programs.models import Enrollment
from server.programs.places import actions as given
from server.programs.queries import cohort_by_id, visible_enrollment


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


async def ask_for_places(
    actor: Actor, cohort_id: UUID, enrollment_ids: Collection[UUID] | None = None
) -> list[Enrollment]:
    """Ask some mentors of a group for one more place, or everybody who is full and could take one more mentee.

    Each gets one letter with one question. Who could give none by now, or was asked lately, is left out: the same again
    asks nobody. Returns those who were asked.

    Raises:
        NotFound: no such group, or of a programme whose matches the actor may not read.
        Refused: the actor does not run the programme.
        Conflict: the group is over (`kind="closed"`).
    """
    async with unit_of_work(actor):
        cohort = await cohort_by_id(actor, cohort_id, lock=True)
        if not actor.may(Permission.PROGRAM_MATCHES_READ, cohort.program_id):
            raise NotFound
        found = await could_give_a_place(actor, cohort)
        wanted = {one.id for one in found.full} if enrollment_ids is None else set(enrollment_ids)
        able = {one.id for one in found.everybody} & wanted
        return await given.ask_for_one_more(actor, cohort_id, able)


async def answer_for_place(
    actor: Actor, enrollment_id: UUID, gives: bool, *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """`programs.places.actions.answer_for_place`, with the open matches that take places counted under their lock.

    Raises:
        NotFound, Refused, Conflict: as there.
    """
    async with unit_of_work(actor):
        row = await visible_enrollment(actor, enrollment_id)
        await cohort_by_id(actor, row.cohort_id, lock=True)
        await lock_enrollments(actor, {enrollment_id})
        taken = (await seats_taken(actor, [enrollment_id])).get(enrollment_id, 0)
        return await given.answer_for_place(actor, enrollment_id, gives, taken=taken, undo_within=undo_within)
