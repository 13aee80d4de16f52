"""What runs after commit: handlers of facts and of due actions, registered by the rooms.

    @on_event("match.activated")
    async def plan_check_in(event: OutboxEvent) -> None: ...

    @on_due("session.held")
    async def mark_held(action: ScheduledAction) -> str | None: ...      # a reason when there was nothing to do

A handler takes ids from its row, builds `system_actor(row.organization_id)`, calls one action, ends. It may run twice.
"""

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module
from uuid import UUID

from server.kernel import clock
from server.kernel.errors import Conflict, NotFound
from server.kernel.facts import ActionState, OutboxEvent, ScheduledAction
from server.kernel.ids import new_id
from server.kernel.jobs.lanes import FOR_GOOD, LANES, Ending, Json, Lane, Outcome, TryLater, claim, register_lane, work
from server.kernel.log import note

JOB_MODULES: list[str] = [
    "server.access.letters.jobs",
    "server.automation.hiring.jobs",
    "server.automation.jobs",
    "server.automation.launching.jobs",
    "server.automation.reporting.jobs",
    "server.automation.silence.jobs",
    "server.automation.surveys.jobs",
    "server.goals.jobs",
    "server.journey.closing.jobs",
    "server.journey.learning.jobs",
    "server.journey.leaving.jobs",
    "server.journey.trying.jobs",
    "server.journey.you.jobs",
    "server.matches.jobs",
    "server.matchmaking.jobs",
    "server.matchmaking.wishes.jobs",
    "server.messaging.jobs",
    "server.notifications.jobs",
    "server.notifications.falling_back.jobs",
    "server.notifications.proving.jobs",
    "server.notifications.push.jobs",
    "server.notifications.telling.jobs",
    "server.notifications.told.jobs",
    "server.people.courses.jobs",
    "server.programs.jobs",
    "server.sessions.jobs",
    "server.surveys.jobs",
]
"""Every module that registers handlers. A room that gets a `jobs.py` adds its line here."""

OnEvent = Callable[[OutboxEvent], Awaitable[None]]
OnParked = Callable[[OutboxEvent, str], Awaitable[None]]
OnDue = Callable[[ScheduledAction], Awaitable[str | None]]

LONG_S = 3600
"""A handler of a fact may be registered as `long`: it may work for an hour, one at a time in a process."""

_by_kind: defaultdict[str, list[OnEvent]] = defaultdict(list)
_long: list[str] = []
_by_rule: dict[str, OnDue] = {}
_by_end: dict[str, OnParked] = {}


def on_event(*kinds: str, long: bool = False) -> Callable[[OnEvent], OnEvent]:
    """Register a handler for facts of these kinds; `long` when it may work for more than a minute."""

    def register(handler: OnEvent) -> OnEvent:
        if long:
            _long.extend(kinds)
        for kind in kinds:
            _by_kind[kind].append(handler)
        return handler

    return register


def on_parked(kind: str) -> Callable[[OnParked], OnParked]:
    """Register who hears that a fact of this kind is parked, and by which code: somebody may wait for what it began.

    What it writes is tried until the database takes it; it may run twice.
    """

    def register(handler: OnParked) -> OnParked:
        _by_end[kind] = handler
        return handler

    return register


def on_due(rule: str) -> Callable[[OnDue], OnDue]:
    """Register the one handler for a rule of `unit.schedule`.

    Raises:
        ValueError: the rule has one already.
    """

    def register(handler: OnDue) -> OnDue:
        if rule in _by_rule:
            raise ValueError(f"Two handlers for {rule}")
        _by_rule[rule] = handler
        return handler

    return register


def load_handlers() -> None:
    """Import every module that registers handlers. Doing it twice is harmless."""
    for module in JOB_MODULES:
        import_module(module)


async def drain(*, strict: bool = True) -> list[Outcome]:
    """Do everything that is due now, here and in order, until nothing is: for tests, the demo and the simulator.

    Raises:
        ExceptionGroup: `strict`, and some of it failed. The rest was done, what failed is tried again when due.
    """
    load_handlers()
    owner, outcomes = f"drain:{new_id()}", list[Outcome]()
    async with AsyncExitStack() as stack:
        for lane in list(LANES.values()):
            await stack.enter_async_context(lane.meanwhile())
        while taken := [one for lane in list(LANES.values()) for one in await claim(lane, owner)]:
            outcomes += [await work(one) for one in taken]
    failed = [failure for outcome in outcomes if (failure := outcome.failure)]
    if strict and failed:
        raise ExceptionGroup("jobs failed", failed)
    return outcomes


async def _deliver(event: OutboxEvent) -> None:
    """Tell every handler. What is gone or moved on is nobody's failure; another error is, after all were told."""
    failed = list[Exception]()
    for handler in _by_kind.get(event.kind, ()):
        try:
            await handler(event)
        except (NotFound, Conflict) as error:
            note("job.skipped", level=logging.DEBUG, kind=event.kind, row_id=event.id, code=error.code)
        except Exception as error:
            failed.append(error)
    if failed:
        passing = (error for error in failed if not isinstance(error, FOR_GOOD))
        raise next(passing, failed[0])  # as long as one of them may still succeed, the fact is told again


async def _perform(action: ScheduledAction) -> str | None:
    """A rule that nobody here knows was planned by a newer release, which runs beside this one or comes back."""
    if action.rule not in _by_rule:
        raise TryLater("no handler", counted=False)
    return await _by_rule[action.rule](action)


def _event_marks(ending: Ending, code: str) -> Json:
    if ending is Ending.PARKED:
        return {"parked_at": clock.now(), "last_error": code}
    return {"last_error": code} if ending is Ending.LATER else {"delivered_at": clock.now()}


def _action_marks(ending: Ending, code: str) -> Json:
    if ending is Ending.LATER:
        return {"reason": code}
    return {"state": ActionState(ending.value), "reason": code, "done_at": clock.now()}


async def _deliver_long(event: OutboxEvent) -> None:
    _working.add(event.id)
    try:
        await _deliver(event)
    finally:
        _working.discard(event.id)


async def _give_up(event: OutboxEvent, code: str) -> None:
    if event.kind in _by_end:
        await _by_end[event.kind](event, code)


_working: set[UUID] = set()
_OPEN = {"delivered_at": None, "withdrawn_at": None, "parked_at": None}

register_lane(Lane(
    "outbox", OutboxEvent, "not_before", {**_OPEN, "kind__not_in": _long}, _deliver, _event_marks, group="subject_id",
    given_up=_give_up,
))
register_lane(Lane(
    "long", OutboxEvent, "not_before", {**_OPEN, "kind__in": _long}, _deliver_long, _event_marks, group="subject_id",
    room=lambda: 1 - len(_working), longest_s=LONG_S, given_up=_give_up,
))
register_lane(Lane("due", ScheduledAction, "due_at", {"state": ActionState.PLANNED}, _perform, _action_marks))
