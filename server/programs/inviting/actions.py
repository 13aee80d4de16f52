"""Inviting everybody whom a list names."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.programs import queries, rules
from server.programs.actions import invite_many
from server.programs.inviting.lines import Line
from server.programs.inviting.queries import Sheet, groups_to_join, look_at
from server.programs.states import ParticipantRole


async def invite_listed(
    actor: Actor, cohort_id: UUID, lines: Sequence[Line], *, usual: ParticipantRole | None = None, beyond: bool = False,
    seen: str | None = None, undo_within: timedelta = timedelta(),
) -> Sheet:
    """Invite whom the lines of a list name, all of them in one transaction, and say what became of each line.

    `usual`, `beyond` as in `queries.look_at`. `seen`: what the list was known by when the actor looked; None: whatever
    it comes to now. They are told after `undo_within`. The same list again invites nobody.

    Raises:
        NotFound: no such group.
        Refused: the actor invites nobody there.
        Conflict: it would invite others by now (`kind="changed_meanwhile"`); as `invite_many`.
    """
    async with unit_of_work(actor) as unit:
        cohort = await queries.cohort_by_id(actor, cohort_id)
        require(rules.can_edit_enrollments(actor, cohort.program_id), _("invite people to this programme"))
        # all at once and in one order, since two lists may name their groups in any
        await groups_to_join(actor, cohort.program_id).order_by("id").select_for_update(no_key=True)
        sheet = await look_at(actor, cohort_id, lines, usual=usual, beyond=beyond)
        if seen is not None and sheet.seen != seen:
            raise Conflict(
                _("Somebody came, left or changed meanwhile. Look at the list again."), kind="changed_meanwhile"
            )
        asked = defaultdict[UUID, list[tuple[UUID, ParticipantRole, int]]](list)
        for one in sheet.invited:
            if one.person_id and one.role and one.cohort_id:   # whoever is invited has all three
                asked[one.cohort_id].append((one.person_id, one.role, 1))
        for group_id, people in asked.items():
            await invite_many(actor, group_id, people, undo_within=undo_within)
        await unit.audit("cohort.invite_listed", cohort, lines=len(lines), people=len(sheet.invited))
        return sheet
