"""Inviting somebody when their day has come: asked anew of what records, rules and programme say by then."""

from datetime import date, timedelta

from server.automation.hiring.asking import LONGEST_WAIT, WAITING, Reason, due_at, group_of, why_not
from server.automation.hiring.since import since
from server.automation.moments import Days
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.dates import day_of
from server.kernel.facts import ScheduledAction
from server.kernel.jobs.lanes import NotYet
from server.people.models import Person
from server.people.queries import visible_person
from server.programs.actions import invite
from server.programs.queries import program_by_id
from server.programs.triggers.entries import entry_by_key

OTHER_DAYS = "other days"
"""Why it is done later: the rule has other days by now, or its person lives elsewhere."""


async def perform(action: ScheduledAction) -> str | None:
    """Invite somebody by a rule, or say why not.

    Raises:
        NotFound: person or programme are gone.
        NotYet: its day is later by now, or what keeps them may pass.
    """
    assert action.program_id is not None, "planned with it"
    actor = system_actor(action.organization_id)
    person = await visible_person(actor, action.subject_id)
    program = await program_by_id(actor, action.program_id)
    entry = entry_by_key(program.triggers, action.payload["entry"])
    if entry is None:
        return Reason.NO_RULE
    began = await since(actor, person, entry)
    if began is None or began.isoformat() != action.payload["since"]:
        return Reason.NOT_SO
    moment = due_at(began, entry.days, person.zone, clock.now())
    if moment > clock.now():
        raise NotYet(moment, OTHER_DAYS)
    reason = await why_not(actor, program, person, entry)
    if reason in WAITING:
        return _wait(person, day_of(began, person.zone) + timedelta(days=entry.days), reason)
    cohort = None if reason else await group_of(actor, program, person)
    if cohort:
        await invite(actor, cohort.id, person.id, entry.role, entry.places, because=entry.when)
    return reason


def _wait(person: Person, day: date, reason: Reason) -> str:
    """Until the next morning there; when it has taken too long, it is not done any more.

    Raises:
        NotYet: it has not.
    """
    today = day_of(clock.now(), person.zone)
    if today - day > LONGEST_WAIT:
        return reason
    raise NotYet(Days(1).after(today, person.zone), reason)
