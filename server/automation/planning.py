"""Planning the steps that follow a fact: one row of the timetable for each person and moment."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from tortoise import Model

from server.automation.protocol import AT_ONCE, LATE, About, Going, Step
from server.automation.steps import STEPS
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import Due, unit_of_work
from server.kernel.facts import ActionState, ScheduledAction
from server.notifications.catalogue.kinds import OFF
from server.people.queries import organization_of
from server.programs.plans.queries import messages_of

Rounds = Counter[tuple[str, UUID | None]]


def steps_by_fact() -> dict[str, dict[About, list[Step]]]:
    """Which steps are planned after which facts, by what they are about."""
    found: defaultdict[str, defaultdict[About, list[Step]]] = defaultdict(lambda: defaultdict(list))
    for step in STEPS.values():
        for kind in step.on:
            found[kind][step.about].append(step)
    return {kind: dict(by_subject) for kind, by_subject in found.items()}


async def plan(
    actor: Actor, about: About, steps: Sequence[Step], subject_id: UUID, happened_at: datetime
) -> None:
    """Plan steps for a subject as it stands now, after a fact of a moment (aware). Planned again it is the same rows;
    what was done is not done again.

    Raises:
        NotFound: the subject is gone.
    """
    row = await about.load(actor, subject_id)
    messages = await messages_of(actor, about.program_id(row))
    rounds = await _rounds(actor, subject_id) if any(step.moves for step in steps) else Rounds()
    wanted = list[Due]()
    for step in steps:
        going = step.as_told(messages)
        since = await step.since(actor, row) if going else None
        if since is not None:
            due = await _due(actor, step, row, _begins(step, since, happened_at), rounds, going)
            late = {one.own: LATE for one in going if one.moment == AT_ONCE}
            wanted += [
                one for one in due
                if step.moves or one.at > happened_at - late.get(str(one.payload.get("own")), timedelta())
            ]
    if wanted:
        async with unit_of_work(actor) as unit:
            await unit.schedule_all(wanted)


async def plan_anew(actor: Actor, about: About, steps: Sequence[Step], subject_id: UUID) -> None:
    """Plan steps for a subject as their programme has them by now: what has not gone goes at its new moment, at once
    where that has passed. What was not planned is planned if its moment is ahead. What was told already of a silence is
    not told of it again. Twice it is the same rows.

    Raises:
        NotFound: the subject is gone.
    """
    row = await about.load(actor, subject_id)
    messages = await messages_of(actor, about.program_id(row))
    rounds = await _rounds(actor, subject_id) if any(step.moves for step in steps) else Rounds()
    async with unit_of_work(actor) as unit:
        for step in steps:
            since = await step.since(actor, row)
            if since is None:
                continue
            stand = ScheduledAction.filter(
                organization_id=actor.organization_id, subject_id=subject_id, rule=step.rule, state=ActionState.PLANNED
            )
            before = {one.dedupe_key: one.payload["since"] for one in await stand}
            begins = max([since, *map(_moment, before.values())]) if step.moves else since
            due = await _due(actor, step, row, begins, rounds, step.as_told(messages))
            over = await _told_since(actor, subject_id, step, since) if step.moves else set()
            wanted = [
                one for one in due if one.dedupe_key in before
                or ((step.moves or one.at > clock.now()) and (one.recipient_id, one.payload["number"]) not in over)
            ]
            await unit.unschedule(subject_id, step.rule, reason=OFF)
            await unit.schedule_all(wanted)


async def _told_since(actor: Actor, subject_id: UUID, step: Step, since: date) -> set[tuple[UUID | None, int]]:
    """For whom which moments of a step that moves are over, as long as nothing has happened since; not for having been
    switched off."""
    done = ScheduledAction.filter(organization_id=actor.organization_id, subject_id=subject_id, rule=step.rule)
    rows = await done.exclude(state__in=[ActionState.PLANNED, ActionState.CANCELLED]).exclude(reason=OFF)
    return {
        (one.recipient_id, one.payload["number"]) for one in rows if _moment(one.payload["since"]) >= since
    }


def _moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored)


def _begins(step: Step, since: date, happened_at: datetime) -> date:
    """Silence begins anew with what happened: a match that goes on after a long pause is not quiet on its first day."""
    return max(since, happened_at) if step.moves and isinstance(since, datetime) else since


async def _due(
    actor: Actor, step: Step, row: Model, since: date, rounds: Rounds, going: Sequence[Going]
) -> list[Due]:
    found, zone = list[Due](), "" if step.each else await zone_of_all(actor)
    for one in going:
        people = [(to.id, to.zone) for to in await one.to(actor, row)] if step.each else [(None, zone)]
        for person_id, zone in people:
            which = str(rounds[step.rule, person_id]) if step.moves else since.isoformat()
            found.append(Due(
                step.rule, row, one.moment.after(since, zone), f"{person_id or 'all'}:{one.own or one.number}:{which}",
                recipient_id=person_id, program_id=step.about.program_id(row),
                payload={"number": one.number, "since": since, "round": which} | ({"own": one.own} if one.own else {}),
            ))
    return found


async def zone_of_all(actor: Actor) -> str:
    """By which zone days are counted that are nobody's own: the organisation's."""
    return (await organization_of(actor)).zone


async def _rounds(actor: Actor, subject_id: UUID) -> Rounds:
    """How often each step was done about a subject for each person: one that moves and is not done yet is moved, and
    not planned beside itself."""
    before = ScheduledAction.filter(organization_id=actor.organization_id, subject_id=subject_id)
    done = before.exclude(state__in=[ActionState.PLANNED, ActionState.CANCELLED])
    return Counter(await done.values_list("rule", "recipient_id"))
