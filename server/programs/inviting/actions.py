"""Inviting everybody whom a list names, and a colleague by somebody who takes part."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require, system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.facts import AuditEvent
from server.kernel.text import gettext as _
from server.kernel.typed import check
from server.programs import queries, rules
from server.programs.actions import invite_many
from server.programs.inviting.lines import Line, line_of
from server.programs.inviting.queries import Sheet, groups_to_join, look_at
from server.programs.models import Enrollment
from server.programs.permissions.rules import can_invite_colleagues, may_invite
from server.programs.states import ParticipantRole, suits

COLLEAGUE = "enrollment.invite_colleague"
COLLEAGUES_MOST, WITHIN = 10, timedelta(days=7)
"""So many may somebody name in so long: more is a list, which who runs the programme brings."""


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


async def invite_colleague(
    actor: Actor, enrollment_id: UUID, address: str, role: ParticipantRole, *, undo_within: timedelta = timedelta()
) -> Enrollment:
    """Invite a colleague into one's own group, by their address at work, where the programme lets its people do that.

    Whether somebody has that address, is meant, takes part already or said no before is not told: nobody finds out by
    asking who works here or takes part. They hear of it only if none of these stands against it. Returns the actor's
    own enrolment.

    Raises:
        NotFound: not the actor's own enrolment.
        Refused: in this programme nobody invites in the actor's role, or they do not take part.
        Invalid: no address, or no role of the programme.
        Conflict: the group takes nobody in (`kind="closed"`), or COLLEAGUES_MOST were named WITHIN (`kind="enough"`).
    """
    async with unit_of_work(actor) as unit:
        own = await queries.visible_enrollment(actor, enrollment_id, lock=True)
        if not rules.is_self(actor, own):
            raise NotFound
        if may_invite(own.program, own.role) and not rules.takes_people(own.program, own.cohort):
            raise Conflict(rules.why_closed(own.cohort), kind="closed")
        allowed = can_invite_colleagues(own.program, own.cohort, own)
        require(allowed, _("invite colleagues to this programme"))
        line = line_of(address, role)
        check(_problems(line, own, role))
        await _require_few(actor, own)
        product = system_actor(actor.organization_id)   # who takes part may not look anybody up: the product does
        sheet = await look_at(product, own.cohort_id, [line])
        people = [(one.person_id, role, 1) for one in sheet.invited if one.person_id]
        await invite_many(product, own.cohort_id, people, undo_within=undo_within)
        await unit.audit(COLLEAGUE, own, role=role, people=len(people))
        return own


def _problems(line: Line, own: Enrollment, role: ParticipantRole) -> dict[str, str]:
    problems = {}
    if not line.is_address:
        problems["address"] = _("Write the whole address, like ada@harbour.example.")
    if not suits(role, own.program.type, own.program.circles):
        problems["role"] = rules.not_there()
    return problems


async def _require_few(actor: Actor, own: Enrollment) -> None:
    """Counted by what was tried, not by who was invited: else the limit would tell who works here."""
    tried = AuditEvent.filter(
        organization_id=actor.organization_id, target_id=own.id, action=COLLEAGUE, at__gt=clock.now() - WITHIN
    )
    if await tried.count() >= COLLEAGUES_MOST:
        raise Conflict(_("You invited ten people within a week. Go on next week."), kind="enough")
