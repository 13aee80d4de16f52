"""Planning what tells of a programme: one row of the timetable for each letter, which takes so many people at a time.

It is planned as soon as two things are true, whichever comes last: the letter is switched on in what is in force, and
people can join. The last of its rows says how far it came, so that it goes once for each programme, and goes on where
it stopped when it is switched off and on again.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from server.automation.moments import Days
from server.kernel.actor import Actor
from server.kernel.db import Due, Unit, unit_of_work
from server.kernel.facts import ActionState, ScheduledAction
from server.notifications.catalogue.kinds import OFF
from server.programs.audience.queries import today_of
from server.programs.models import Cohort, Program
from server.programs.plans.telling import own
from server.programs.queries import current_cohort, program_by_id
from server.programs.rules import takes_people

PREFIX = "launch."
"""How the rules of these rows begin; what follows is the key of the letter."""
LAUNCH: Mapping[str, int] = {"L01": 0, "L03": 1, "L02": 2}
"""The letters of an opening, and how many days after it each goes (domain/lifecycle.md, 3)."""
CALL, CALL_AFTER = "E17", 1
"""The letter that looks for mentors, and how many days after the word that places are short."""
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
        for kind, days in LAUNCH.items():
            if is_open and own(program.messages, kind).is_on:
                await _go_on(unit, kind, program, program, today + timedelta(days=days))
            else:
                await unit.unschedule(program.id, f"{PREFIX}{kind}", reason=OFF)


async def plan_call(actor: Actor, program: Program, group: Cohort, told_on: date) -> None:
    """Plan the call for mentors of a group whose places are short, the day after who runs it was told, where the
    programme wants it. It goes once for each group."""
    if own(program.messages, CALL).is_on:
        async with unit_of_work(actor) as unit:
            await _go_on(unit, CALL, group, program, told_on + timedelta(days=CALL_AFTER))


async def plan_next(actor: Actor, action: ScheduledAction, subject: Program | Cohort, after: UUID) -> None:
    """Plan the same letter for those who come after somebody, at once."""
    payload = {**action.payload, "after": after}
    async with unit_of_work(actor) as unit:
        await unit.schedule_all([
            Due(action.rule, subject, action.due_at, str(after), program_id=action.program_id, payload=payload)
        ])


async def open_group(actor: Actor, program: Program) -> Cohort | None:
    """The group of a programme that people can join now."""
    group = await current_cohort(actor, program.id)
    return group if takes_people(program, group) else None


async def _go_on(unit: Unit, kind: str, subject: Program | Cohort, program: Program, day: date) -> None:
    """Plan a letter from its beginning, or from where it was stopped; one that waits, or has gone, stays as it is."""
    rule = f"{PREFIX}{kind}"
    rows = ScheduledAction.filter(organization_id=program.organization_id, rule=rule, subject_id=subject.id)
    last = await rows.order_by("-id").first()
    if last is None or last.state is ActionState.CANCELLED:
        after = last.payload["after"] if last else ""
        await unit.schedule_all([
            Due(rule, subject, AT.after(day, FIRST_ZONE), after, program_id=program.id,
                payload={"day": day, "after": after})
        ])
