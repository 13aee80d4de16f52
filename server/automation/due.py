"""Doing a step when it is due: asked anew of what is stored by then, so that nothing old is ever acted on."""

from collections.abc import Sequence
from datetime import datetime

from tortoise import Model

from server.automation.planning import zone_of_all
from server.automation.protocol import Step, Triggered
from server.automation.steps import STEPS
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.facts import ScheduledAction
from server.kernel.jobs.lanes import NotYet
from server.notifications.actions import plan_message
from server.notifications.catalogue.kinds import OFF
from server.notifications.ways.reasons import why_needless
from server.people.models import Person
from server.programs.plans.queries import messages_of

OVER, GONE = "no longer so", "no longer takes part"
"""Why a step is skipped: nothing to count its days from any more; its person is none of those it is for."""
OTHER_DAYS = "other days"
"""Why it is done later: its days are counted from another moment by now, its person lives elsewhere, or its programme
has moved it."""


async def perform(action: ScheduledAction) -> str | None:
    """Plan the message of a step, or say why it is needless; as its programme has it by now.

    Raises:
        NotFound: what it is about is gone.
        NotYet: its moment is later by now.
    """
    step, actor = STEPS[action.rule], system_actor(action.organization_id)
    row = await step.about.load(actor, action.subject_id)
    since = await step.since(actor, row)
    if since is None or not (step.moves or since.isoformat() == action.payload["since"]):
        return OVER
    going = step.as_told(await messages_of(actor, step.about.program_id(row)))
    mine = next((one for one in going if (one.number, one.own) == _place(action)), None)
    if mine is None:
        return OFF
    people = [one for one in await mine.to(actor, row) if action.recipient_id in (None, one.id)]
    if not people:
        return GONE
    zone = people[0].zone if action.recipient_id else await zone_of_all(actor)
    _wait_for(mine.moment.after(since, zone))
    return await _send(actor, action, step, row, people)


def _place(action: ScheduledAction) -> tuple[int, str]:
    """Which moment of its step it is, and of which of the programme's own messages."""
    return action.payload["number"], action.payload.get("own", "")


async def _send(
    actor: Actor, action: ScheduledAction, step: Step, row: Model, people: Sequence[Person]
) -> str | None:
    subject_id = row.pk if step.each else step.about.cohort_id(row)
    facts = {step.about.name: row.pk, **step.about.facts(row)} if step.each else {"cohort_id": subject_id}
    if isinstance(step, Triggered):
        facts |= {"own": action.payload["own"], "when": step.trigger}
    number, which = await _occasion(actor, action, step)
    reasons = []
    for person in people:
        reasons.append(await why_needless(actor, step.kind, person.id, facts))
        if not reasons[-1]:
            await plan_message(
                actor, step.kind, person.id, subject_id, facts, trigger=action.rule, occurrence=f"{number}:{which}",
            )
    return reasons[0] if all(reasons) else None


async def _occasion(actor: Actor, action: ScheduledAction, step: Step) -> tuple[int, str]:
    """Which of its moments, and since when; of a group one letter a day, whichever moment it is of each."""
    if step.each:
        return action.payload["number"], ":".join(filter(None, (action.payload["round"], action.payload.get("own"))))
    return 0, clock.today(await zone_of_all(actor)).isoformat()


def _wait_for(moment: datetime) -> None:
    if moment > clock.now():
        raise NotYet(moment, OTHER_DAYS)
