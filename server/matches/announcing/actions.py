"""The day on which a group hears who is matched with whom: set, moved, taken out."""

from datetime import date
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.matches.announcing.steps import announce_anew
from server.matches.days import announced_at
from server.matches.models import Match
from server.matches.queries import lock_members, matches
from server.matches.rules import is_kept_from_its_people
from server.matches.states import MatchState
from server.people.queries import organization_of
from server.programs import queries, rules
from server.programs.models import Cohort
from server.programs.states import JOINING, Approvals, Cadence


async def set_announcement_day(actor: Actor, cohort_id: UUID, day: date | None) -> Cohort:
    """Say on which day a group hears who is matched with whom, at nine in the morning; None: each match at once.

    What is approved and waits moves with it. What people know of already stays as it is. The same again changes
    nothing.

    Raises:
        NotFound: no such group.
        Refused: the actor does not run the programme.
        Invalid: the day has passed, or is not one of the group's own; or its people are asked before they are matched,
            or come at any time, so that there is nothing to keep for a day.
        Conflict: the group is over, or closes (`kind="closed"`).
    """
    async with unit_of_work(actor) as unit:
        cohort = await queries.cohort_by_id(actor, cohort_id, lock=True)
        require(rules.can_edit_program(actor, cohort.program_id), _("change this group"))
        if cohort.announce_on == day:
            return cohort
        if cohort.state not in JOINING:
            raise Conflict(_("This group is closing, or over."), kind="closed")
        if day is not None:
            why_not = _why_not(cohort, day, clock.today((await organization_of(actor)).zone))
            if why_not:
                raise Invalid({"announce_on": why_not})
        cohort.announce_on = day
        await cohort.save(update_fields=["announce_on"])
        waiting = await _waiting(actor, cohort)
        await announce_anew(unit, waiting)
        await unit.audit("cohort.set_announcement_day", cohort, day=day, matches=len(waiting))
        await unit.publish(
            "cohort.announcement_set", subject_id=cohort.id, cohort_id=cohort.id, program_id=cohort.program_id
        )
        return cohort


def _why_not(cohort: Cohort, day: date, today: date) -> str:
    """Why a day cannot be that of a group; empty when it can."""
    if cohort.program.cadence is Cadence.ROLLING:
        return _("People come at any time here. Each match is told at once.")
    if cohort.program.approvals is not Approvals.NONE:
        return _("People are asked here before they are matched. So they know each other’s names before any day.")
    if day < today:
        return _("Choose today or a later day.")
    if day < cohort.starts_on:
        return _("Choose a day after the group starts.")
    if cohort.ends_on is not None and day >= cohort.ends_on:
        return _("Choose a day before the group ends.")
    return ""


async def _waiting(actor: Actor, cohort: Cohort) -> list[Match]:
    """What is approved in a group and waits for its day, or is to: locked, as by every act on a match."""
    untold = matches(actor).filter(
        cohort_id=cohort.id, state__in=[MatchState.ACTIVE, MatchState.AWAITING_ADMIN], published_at__gt=clock.now()
    )
    ids = [match.id for match in await untold]
    await lock_members(actor, ids)
    rows = matches(actor).filter(id__in=ids).order_by("id").select_for_update(no_key=True)
    found = await rows.prefetch_related("members__person", "members__enrollment", "program", "cohort")
    return [match for match in found if announced_at(match) or is_kept_from_its_people(match)]
