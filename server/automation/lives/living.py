"""Living through a programme: the clock goes to the next moment at which something is due or comes to somebody's mind.

Mails reach people by the product's own way of delivering, and what people do follows from the mails that they got.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial
from uuid import UUID

from server.automation.lives import acts, meetings
from server.automation.lives.acts import Act, Turn, name_of
from server.automation.lives.habits import AFTER_SESSION_H, HABITS, SESSION_KINDS
from server.automation.lives.records import changes_file
from server.automation.lives.somebody import Somebody
from server.automation.lives.world import World
from server.journey.importing.actions import apply_import, preview_import
from server.kernel import clock
from server.kernel.errors import KernelError
from server.kernel.jobs.batches import next_due, run_due
from server.notifications import sink
from server.notifications.models import Message
from server.people.states import PersonStatus
from server.programs.models import Cohort
from server.sessions.models import Session

GRAIN = timedelta(minutes=10)
"""What falls due within so long after another thing is done with it: a worker may be late as well."""
FIRST_RUN, NEXT_RUN = timedelta(days=9), timedelta(days=14)
HR_EVERY, AWAY_FOR = timedelta(days=30), timedelta(days=40)
RESTS, LEAVES, PARTS, IS_AWAY, IS_GONE = 0.05, 0.03, 0.04, 0.06, 0.04
"""How many of a hundred rest for weeks, step out, end a match, are on leave, or leave the employer, in all the time."""


def plan_lives(world: World, cohort: Cohort, people: Mapping[UUID, Somebody], until: datetime) -> None:
    """From now on these people of a group live. What comes to them by themselves until a moment is set down."""
    begins, length = clock.now(), until - clock.now()
    world.everybody.update(people)
    world.homes.update(dict.fromkeys(people, cohort))
    for person_id, me in people.items():
        for share, act in ((RESTS, acts.rest), (LEAVES, acts.leave), (PARTS, acts.part)):
            if me.role and me.lot(name_of(act)) < share:
                moment = me.at_work(begins + length * (0.2 + 0.7 * me.lot("when", name_of(act))))
                _plan(world, moment, act, person_id, me, cohort.id)
    for number in range(1, length // HR_EVERY + 1):
        told = partial(_records_change, world, list(people.values()), begins, length, number)
        world.put(begins + number * HR_EVERY, told)


def plan_runs(
    world: World, cohort: Cohort, manager_id: UUID, until: datetime, *, first: timedelta = FIRST_RUN
) -> None:
    """Who runs a programme matches a group every second week until a moment, for the first time so long after now."""
    me, begins = world.everybody[manager_id], clock.now() + first
    for number in range((until - begins) // NEXT_RUN + 1):
        _plan(world, me.at_work(begins + number * NEXT_RUN), acts.run_matching, manager_id, me, cohort.id)


async def live(world: World, until: datetime, tell: Callable[[datetime], object]) -> None:
    """Let everything happen until a moment (aware). The clock must be held; `tell` hears how far it is."""
    with sink.hands_to(partial(_arrives, world)):
        while True:
            await _settle(world)
            due = [moment for moment in (await next_due(), world.next_moment()) if moment]
            moment = max(min(due, default=until), clock.now() + GRAIN)
            if moment >= until:
                return
            clock.move(moment - clock.now())
            tell(moment)


async def _settle(world: World) -> None:
    """What is due, then what people do, then what follows from that at once."""
    await run_due()
    moment = world.next_moment()
    if moment and moment <= clock.now():
        await world.go_on()
        await run_due()


async def _arrives(world: World, mail: EmailMessage) -> None:
    await world.keep(mail)
    row = await Message.get(organization_id=world.system.organization_id, id=sink.message_id_of(mail))
    me = world.everybody.get(row.recipient_id)
    if me is None:
        return  # somebody of the house, whose life nobody plays
    nth = world.heard[row.recipient_id, row.kind]
    world.heard[row.recipient_id, row.kind] += 1
    if row.kind in SESSION_KINDS and row.subject_id:
        await _goes_there(world, row.recipient_id, me, row.subject_id)
    habit = HABITS.get(row.kind)
    if habit and row.subject_id and me.does(habit.chance, row.kind, nth):
        after = timedelta(hours=0.2 + habit.within_h * me.lot("after", row.kind, nth))
        _plan(world, me.at_work(clock.now() + after), habit.act, row.recipient_id, me, row.subject_id, mail)


async def _goes_there(world: World, person_id: UUID, me: Somebody, session_id: UUID) -> None:
    session = await Session.get(organization_id=world.system.organization_id, id=session_id)
    first, last = AFTER_SESSION_H
    after = timedelta(hours=first + (last - first) * me.lot("after session", session.number))
    _plan(world, me.at_work(session.ends_at + after), meetings.meet, person_id, me, session_id)


def _plan(
    world: World, moment: datetime, act: Act, person_id: UUID, me: Somebody, subject_id: UUID,
    mail: EmailMessage | None = None,
) -> None:
    world.put(moment, partial(_do, act, Turn(world, person_id, me, subject_id, mail)))


async def _do(act: Act, turn: Turn) -> None:
    """A refusal is nothing unusual: the other was faster, the day is over, the match has ended."""
    try:
        await act(turn)
    except KernelError as refusal:
        turn.world.refused[f"{name_of(act)}: {refusal.code}"] += 1
    else:
        turn.world.done[name_of(act)] += 1


async def _records_change(
    world: World, people: list[Somebody], begins: datetime, length: timedelta, number: int
) -> None:
    """Once a month the employer's records come: who is on leave, who is back, who has left."""
    statuses = {
        me: status for me in people
        if (status := _status(me, begins, length, begins + number * HR_EVERY))
        != _status(me, begins, length, begins + (number - 1) * HR_EVERY)
    }
    if statuses:
        run = await preview_import(world.system, f"month {number}.csv", changes_file(statuses))
        await apply_import(world.system, run.id)


def _status(me: Somebody, begins: datetime, length: timedelta, moment: datetime) -> PersonStatus:
    changes = begins + length * (0.1 + 0.8 * me.lot("changes"))
    if me.role is None or moment < changes:
        return PersonStatus.ACTIVE
    if me.lot("gone") < IS_GONE:
        return PersonStatus.ENDED
    away = me.lot("away") < IS_AWAY and moment < changes + AWAY_FOR
    return PersonStatus.LEAVE if away else PersonStatus.ACTIVE
