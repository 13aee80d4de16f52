"""Planning what tells of a programme: one row of the timetable for each letter, which takes so many people at a time.

It is planned as soon as two things are true, whichever comes last: the letter is switched on in what is in force, and
people can join. The last of its rows says how far it came, so that it goes once for each programme, and goes on where
it stopped when it is switched off and on again.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from server.automation.moments import Days
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import Due, Json, Unit, unit_of_work
from server.kernel.facts import ActionState, ScheduledAction
from server.notifications.catalogue.kinds import OFF
from server.programs.audience.queries import today_of
from server.programs.models import Cohort, Program
from server.programs.plans.telling import own
from server.programs.queries import cohort_by_id, current_cohort, program_by_id
from server.programs.rules import takes_people

PREFIX = "launch."
"""How the rules of these rows begin; what follows is the key of the letter."""
LAUNCH: Mapping[str, int] = {"L01": 0, "L03": 1, "L02": 2}
"""The letters of an opening, in their order (domain/lifecycle.md, 3)."""
CALL = "E17"
"""The letter that looks for mentors."""
DAYS: Mapping[str, int] = {**LAUNCH, CALL: 1}
"""How many days each goes, as usual, after people can join; and after the word that places are short."""
STOPPED = (ActionState.CANCELLED, ActionState.SKIPPED)
"""The states of a row that told nobody: the letter goes on from there once it can."""
AT, FIRST_ZONE = Days(0), "Pacific/Kiritimati"
"""In the morning of a day, everybody's own; where that comes first."""


async def plan_launch(actor: Actor, program_id: UUID) -> None:
    """Plan what tells that a programme opens, as far as it is switched on and people can join; cancel the rest. Twice
    it is the same rows.

    Raises:
        NotFound: no such programme.
    """
    async with unit_of_work(actor) as unit:
        program = await program_by_id(actor, program_id, lock=True)
        is_open = await open_group(actor, program) is not None
        today = await today_of(actor)
        for kind in LAUNCH:
            if is_open and own(program.messages, kind).is_on:
                await _go_on(unit, kind, program, program, today)
            else:
                await unit.unschedule(program.id, f"{PREFIX}{kind}", reason=OFF)


async def plan_call(actor: Actor, program: Program, group: Cohort) -> None:
    """Plan the call for mentors of a group whose places are short, as who runs it is told of that, where the programme
    wants it. It goes once for each group."""
    if own(program.messages, CALL).is_on:
        async with unit_of_work(actor) as unit:
            await _go_on(unit, CALL, group, program, await today_of(actor))


async def plan_calls(actor: Actor, program_id: UUID) -> None:
    """Move each call for mentors that waits for its day to the day that the programme has for it by now.

    Raises:
        NotFound: no such programme.
    """
    program = await program_by_id(actor, program_id)
    waiting = ScheduledAction.filter(
        organization_id=actor.organization_id, program_id=program_id, rule=f"{PREFIX}{CALL}", state=ActionState.PLANNED
    )
    for group_id in sorted({row.subject_id for row in await waiting}):
        await plan_call(actor, program, await cohort_by_id(actor, group_id))


async def plan_next(actor: Actor, action: ScheduledAction, subject: Program | Cohort, after: UUID) -> None:
    """Plan the same letter for those who come after somebody, at once."""
    told = {**action.payload, "after": str(after)}
    async with unit_of_work(actor) as unit:
        await unit.schedule_all([
            Due(action.rule, subject, action.due_at, _occasion(told), program_id=action.program_id, payload=told)
        ])


async def open_group(actor: Actor, program: Program) -> Cohort | None:
    """The group of a programme that people can join now."""
    group = await current_cohort(actor, program.id)
    return group if takes_people(program, group) else None


def day_of_letter(program: Program, kind: str, since: str) -> date:
    """The day of a letter, which is counted `since` a day (ISO) as the programme has it, or as usual."""
    told = own(program.messages, kind)
    return date.fromisoformat(since) + timedelta(days=told.moments[0] if told.moments else DAYS[kind])


async def _go_on(unit: Unit, kind: str, subject: Program | Cohort, program: Program, today: date) -> None:
    """Plan a letter from its beginning, or from where it was stopped or had nobody to go to; one that waits moves with
    the programme's days, and one that has gone stays as it is."""
    rule = f"{PREFIX}{kind}"
    rows = ScheduledAction.filter(organization_id=program.organization_id, rule=rule, subject_id=subject.id)
    last = await rows.order_by("-id").first()
    if last and last.state not in (*STOPPED, ActionState.PLANNED):
        return
    told: Json = {"since": today.isoformat(), "planned_at": clock.now().isoformat(), "after": ""}
    if last and last.state is ActionState.PLANNED:
        told = last.payload
    elif last:
        told |= {"after": last.payload["after"]}
    morning = AT.after(day_of_letter(program, kind, told["since"]), FIRST_ZONE)
    await unit.schedule_all([Due(rule, subject, morning, _occasion(told), program_id=program.id, payload=told)])


def _occasion(told: Json) -> str:
    return f"{told['planned_at']}{told['after']}"
