"""The database: connections, and the one way to write (docs/decisions/0002-database.md).

Reads outside a unit of work go to the reader, a second connection on SQLite, so that a page never waits for a writer;
inside a unit everything joins its transaction. No network, mail or long computing inside a unit.
"""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

from tortoise import Model
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.engines import kept_sql
from server.kernel.facts import ActionState, AuditEvent, OutboxEvent, Receipt, ScheduledAction
from server.kernel.ids import new_id

MODEL_MODULES = [
    "server.kernel.facts",
    "server.people.models",
    "server.access.models",
    "server.programs.models",
    "server.matches.models",
    "server.matchmaking.models",
    "server.goals.models",
    "server.sessions.models",
    "server.messaging.models",
    "server.surveys.models",
    "server.notifications.models",
]
MIGRATIONS = "server.migrations"
POOL = {"minsize": 1, "maxsize": 8, "command_timeout": 30}
STANDS_STILL = {"idle_in_transaction_session_timeout": "2min"}
"""A process that was frozen within a transaction would keep its rows from all others until somebody ends it: the server
takes them back when the lease of a job is over."""

RECEIPTS_KEPT = timedelta(days=14)
"""Longer than the week for which a device keeps a form whose answer it did not hear (docs/decisions/0014), and than the
48 hours that the API promises."""
FORGOTTEN_AT_ONCE = 1_000

Json = dict[str, Any]


class Router:
    """Sends reads to the reader unless a unit of work is open in this task."""

    def db_for_read(self, model: type[Model]) -> str:  # noqa: ARG002  # the router protocol of Tortoise
        """The connection that a read of `model` uses."""
        return "default" if _unit.get() is not None else "reader"

    def db_for_write(self, model: type[Model]) -> str:  # noqa: ARG002  # the router protocol of Tortoise
        """Writes always go to the writer."""
        return "default"


class AloneRouter(Router):
    """Who is alone reads where it writes: a connection forgets what it has read when another one writes."""

    def db_for_read(self, model: type[Model]) -> str:  # noqa: ARG002  # as above
        """The one connection."""
        return "default"


def configuration(url: str, *, alone: bool = False) -> Json:
    """Tortoise's configuration for a database address, sqlite:// or postgresql:// (asyncpg:// is the same)."""
    writer, reader = _connections(url, alone=alone)
    return {
        "connections": {"default": writer, "reader": reader},
        "apps": {"models": {"models": MODEL_MODULES, "default_connection": "default", "migrations": MIGRATIONS}},
        "routers": [AloneRouter if alone and url.startswith("sqlite:") else Router],
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def database(url: str, *, alone: bool = False) -> AsyncGenerator[TortoiseContext, None]:
    """Open the database for this process and close it at the end. One at a time per process.

    `alone`: nothing else goes on in this process, and what it does can be done anew (`engines.sqlite_alone`).
    """
    kept_sql.install()
    EXECUTOR_CACHE.clear()  # upstream keys its prepared SQL by table alone: another engine's would be reused
    async with TortoiseContext() as context:
        await context.init(config=configuration(url, alone=alone), _enable_global_fallback=True)
        try:
            yield context
        finally:
            await context.close_connections()


_MOVABLE = (ActionState.PLANNED, ActionState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be done at a moment (aware): by which rule, about what, on which occasion, for whom and whose rule
    it is (facts.ScheduledAction)."""

    rule: str
    subject: Model
    at: datetime
    key: str = ""
    recipient_id: UUID | None = None
    program_id: UUID | None = None
    payload: Mapping[str, object] = field(default_factory=dict)

    @property
    def dedupe_key(self) -> str:
        """What the same occasion is known by, however often it is planned."""
        return f"{self.rule}:{self.subject.pk}:{self.key}"

    @property
    def columns(self) -> Json:
        """What planning it again may change."""
        return {
            "due_at": self.at, "recipient_id": self.recipient_id, "program_id": self.program_id,
            "payload": {name: plain(value) for name, value in self.payload.items()},
        }


class Unit:
    """One transaction: the change, its audit entry, its facts and what it makes due are stored together or not."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._after: list[Callable[[], None]] = []

    async def audit(self, action: str, target: Model, **detail: object) -> None:
        """Note who did what to `target`. `detail`: ids, codes, numbers and dates, never anyone's words."""
        await self.audit_many(action, [target], **detail)

    async def audit_many(self, action: str, targets: Sequence[Model], **detail: object) -> None:
        """One entry for each target, in one statement."""
        entries = [
            AuditEvent(
                organization_id=self.actor.organization_id,
                actor_kind=self.actor.kind.value,
                actor_id=self.actor.id,
                action=action,
                target_kind=type(target).__name__,
                target_id=target.pk if isinstance(target.pk, UUID) else None,
                detail={name: plain(value) for name, value in detail.items()},
            )
            for target in targets
        ]
        await AuditEvent.bulk_create(entries, batch_size=500)

    async def publish(
        self, kind: str, *, subject_id: UUID | None = None, hold: timedelta = timedelta(), **payload: object
    ) -> OutboxEvent:
        """Tell the rest of the product, after commit. With `hold`, only once the act can no longer be undone."""
        event = self._event(kind, subject_id, hold, payload)
        await event.save(force_create=True)
        self.after_commit(wake)
        return event

    async def publish_many(
        self, kind: str, payloads: Mapping[UUID, Json], *, hold: timedelta = timedelta()
    ) -> None:
        """The same of many subjects, each with its payload, in one statement."""
        events = [self._event(kind, subject_id, hold, payload) for subject_id, payload in payloads.items()]
        await OutboxEvent.bulk_create(events, batch_size=500)
        self.after_commit(wake)

    def _event(self, kind: str, subject_id: UUID | None, hold: timedelta, payload: Json) -> OutboxEvent:
        return OutboxEvent(
            organization_id=self.actor.organization_id,
            kind=kind,
            subject_id=subject_id,
            payload={name: plain(value) for name, value in payload.items()},
            not_before=clock.now() + hold,
        )

    async def schedule(
        self, rule: str, subject: Model, due_at: datetime, *, key: str = "", **payload: object
    ) -> None:
        """Make `rule` due for `subject`. The same rule, subject and `key` again moves what did not run.

        What did run never runs again, for whoever plans may be told twice: a rule that may come back for its subject
        names each occasion by a `key`.
        """
        await self.schedule_all([Due(rule, subject, due_at, key, payload=payload)])

    async def schedule_many(self, rule: str, planned: Sequence[tuple[Model, datetime]], *, keys: Sequence[str]) -> None:
        """The same for many subjects, each with the day on which it is due and its key, in a few statements."""
        await self.schedule_all([
            Due(rule, subject, at, key) for (subject, at), key in zip(planned, keys, strict=True)
        ])

    async def schedule_all(self, wanted: Sequence[Due]) -> None:
        """The same for any rules and subjects at once."""
        by_key = {one.dedupe_key: one for one in wanted}
        planned = ScheduledAction.filter(organization_id=self.actor.organization_id)
        known = dict(await planned.filter(dedupe_key__in=list(by_key)).values_list("dedupe_key", "state"))
        for dedupe, state in known.items():
            if state in _MOVABLE:
                await planned.filter(dedupe_key=dedupe, state__in=_MOVABLE).update(
                    **by_key[dedupe].columns, state=ActionState.PLANNED, reason="", done_at=None
                )
        await ScheduledAction.bulk_create([
            ScheduledAction(
                organization_id=self.actor.organization_id, rule=one.rule, subject_kind=type(one.subject).__name__,
                subject_id=one.subject.pk, dedupe_key=dedupe, **one.columns,
            )
            for dedupe, one in by_key.items() if dedupe not in known
        ], batch_size=500)

    async def unschedule(self, subject_id: UUID, *rules: str, reason: str) -> None:
        """Cancel what is still planned for a subject, all rules or the named ones."""
        planned = ScheduledAction.filter(
            organization_id=self.actor.organization_id, subject_id=subject_id, state="PLANNED"
        )
        if rules:
            planned = planned.filter(rule__in=rules)
        await planned.update(state="CANCELLED", reason=reason, done_at=clock.now())

    async def unschedule_many(self, subject_ids: Sequence[UUID], *rules: str, reason: str) -> None:
        """Cancel what is still planned for many subjects by some rules, in one statement."""
        await ScheduledAction.filter(
            organization_id=self.actor.organization_id, subject_id__in=list(subject_ids), state="PLANNED",
            rule__in=rules,
        ).update(state="CANCELLED", reason=reason, done_at=clock.now())

    async def plan_again(self, subject_id: UUID, *, since: datetime) -> None:
        """Take back that plans for a subject were cancelled from `since` (aware) on: the act that did it is undone."""
        gone = ScheduledAction.filter(
            organization_id=self.actor.organization_id, subject_id=subject_id, state="CANCELLED", done_at__gte=since
        )
        await gone.exclude(reason="undone").update(state="PLANNED", reason="", done_at=None)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Call `act` once the transaction is stored; a rollback forgets it."""
        if act not in self._after:
            self._after.append(act)

    def committed(self) -> None:
        """Run what waited for the commit."""
        for act in self._after:
            act()


@asynccontextmanager
async def unit_of_work(actor: Actor) -> AsyncGenerator[Unit, None]:
    """Open a unit, or join the one that is open: an action that calls actions stays one transaction."""
    current = _unit.get()
    if current is not None:
        yield current
        return
    unit = Unit(actor)
    async with in_transaction("default"):
        token = _unit.set(unit)
        try:
            yield unit
        finally:
            _unit.reset(token)
    unit.committed()


async def once(actor: Actor, key: str, act: Callable[[], Awaitable[Json]]) -> Json:
    """Run `act` in one unit; the same key again returns the first outcome and does nothing.

    An empty key runs `act` plainly. `act` returns ids and codes as a JSON object.
    """
    if not key:
        async with unit_of_work(actor):
            return _restored(_dumped(await act()))
    try:
        async with unit_of_work(actor):
            done = await _receipt(actor, key)
            if done is not None:
                return done
            outcome = _dumped(await act())
            await Receipt.create(
                organization_id=actor.organization_id, actor_id=actor.id, key=key, outcome=outcome
            )
            return _restored(outcome)
    except IntegrityError:
        done = await _receipt(actor, key)
        if done is None:
            raise
        return done


async def outcome_of(actor: Actor, key: str) -> Json | None:
    """What `once` stored under a key, if it did: for long acts, which may not run within a unit."""
    return await _receipt(actor, key) if key else None


async def forget_receipts() -> int:
    """Delete receipts older than `RECEIPTS_KEPT`, of all organisations, so many at once that nobody waits for it.

    Returns how many: a thousand at most.
    """
    old = await Receipt.filter(at__lt=clock.now() - RECEIPTS_KEPT).order_by("at").limit(FORGOTTEN_AT_ONCE).values_list(
        "id", flat=True
    )
    return await Receipt.filter(id__in=list(old)).delete() if old else 0


def fresh_key() -> str:
    """A key for one form as it is shown: sent again, it does nothing a second time."""
    return str(new_id())


def on_commit(act: Callable[[], None]) -> None:
    """Who wants to know that facts were stored: the jobs of this process."""
    _listeners.append(act)


def wake() -> None:
    """Tell the listeners of this process that there is something to deliver."""
    for act in _listeners:
        act()


def plain(value: object) -> object:
    """A value as JSON can hold it: ids, moments and enums become text."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return getattr(value, "isoformat", lambda: value)()


async def _receipt(actor: Actor, key: str) -> Json | None:
    found = await Receipt.get_or_none(organization_id=actor.organization_id, actor_id=actor.id, key=key)
    return None if found is None else _restored(found.outcome)


def _dumped(result: Json) -> str:
    return json.dumps({name: plain(value) for name, value in result.items()})


def _restored(outcome: str) -> Json:
    values: Json = json.loads(outcome)
    return values


def _connections(url: str, *, alone: bool) -> tuple[Json, Json]:
    if url.startswith("sqlite:"):
        engine, kept = ("sqlite_alone", "NORMAL") if alone else ("sqlite", "FULL")
        path = url.removeprefix("sqlite:").removeprefix("//")
        pragmas = {"file_path": path, "journal_mode": "WAL", "synchronous": kept, "busy_timeout": "15000"}
        writer: Json = {"engine": f"server.kernel.engines.{engine}", "credentials": pragmas}
        return writer, {**writer, "credentials": {**pragmas, "query_only": "ON"}}
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname)
    credentials: Json = {
        "host": host, "port": parts.port or 5432, "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.lstrip("/")), "server_settings": STANDS_STILL, **POOL,
    }
    postgres: Json = {"engine": "server.kernel.engines.asyncpg", "credentials": credentials}
    return postgres, postgres


_unit: ContextVar[Unit | None] = ContextVar("unit", default=None)
_listeners: list[Callable[[], None]] = []
