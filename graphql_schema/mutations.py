"""The one shape of every mutation: an input with an optional key, a payload with the subject or the refusal.

Resolvers name the action; here it is run once for each key, and what it refuses becomes data.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, Self, TypeVar
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.errors import UserError, user_errors
from graphql_schema.ids import key_of
from server.kernel.actor import Actor
from server.kernel.db import Json, once, outcome_of
from server.kernel.errors import Conflict, Invalid, KernelError
from server.kernel.text import gettext as _

KEY_MAX = 200


@strawberry.input
class Input:
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Send the same key again and nothing happens twice: the first outcome is returned for 48 hours.",
    )


@strawberry.input(description="One thing, by its global id.")
class ById(Input):
    id: strawberry.ID


@strawberry.input(description="A match, by its global id.")
class OfMatchInput(Input):
    match_id: strawberry.ID


@strawberry.input(description="Done, or not done after all.")
class TickInput(ById):
    done: bool = True


@strawberry.interface(description="What every mutation answers with: either its subject or why nothing was done.")
class Payload:
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done. Empty when it was."
    )

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The payload that shows the subjects with these keys as they stand now."""
        raise NotImplementedError   # each payload says how; strawberry has no abstract methods


P = TypeVar("P", bound=Payload)
Act = Callable[[Actor], Awaitable[object]]
"""Calls one action. What it returns, one or several rows or keys, names the subjects of the payload."""


async def perform(info: Info, payload: type[P], given: Input, act: Act, *, long: bool = False) -> P:
    """Run an action once for its key and show what it left. A `long` one opens its own units when it is ready."""
    actor = info.context.actor
    try:
        run = _run_long if long else _run_once
        keys = await run(actor, _receipt_key(info.field_name, given.idempotency_key), _asked(given), act)
        info.context.forget()
        return await payload.of(info.context, keys)
    except KernelError as refusal:
        return payload(errors=user_errors(refusal))


async def perform_on(
    info: Info, payload: type[P], given: ById, kind: str, act: Callable[[Actor, UUID], Awaitable[object]]
) -> P:
    """`perform` for an action that takes the thing alone; `kind` is the one its global id must be of."""
    return await perform(info, payload, given, lambda actor: act(actor, key_of(kind, given.id)))


async def _run_once(actor: Actor, key: str, asked: str, act: Act) -> list[UUID]:
    async def run() -> Json:
        return {"keys": _keys(await act(actor)), "asked": asked}

    return _subjects(await once(actor, key, run), asked)


async def _run_long(actor: Actor, key: str, asked: str, act: Act) -> list[UUID]:
    """Two racers with one key may both run, and answer alike; a repeat runs nothing."""
    done = await outcome_of(actor, key)
    if done is not None:
        return _subjects(done, asked)
    keys = _keys(await act(actor))

    async def store() -> Json:
        return {"keys": keys, "asked": asked}

    return _subjects(await once(actor, key, store), asked)


def _asked(given: Input) -> str:
    """A digest of the input, so that a key cannot answer for something else."""
    return sha256(repr(given).encode()).hexdigest()


def _subjects(outcome: Json, asked: str) -> list[UUID]:
    if outcome["asked"] != asked:
        raise Conflict(_("This key was used for something else. Use a fresh one."), kind="key_used")
    return [UUID(key) for key in outcome["keys"]]


def _keys(done: object) -> list[str]:
    subjects: list[Any] = done if isinstance(done, list) else [done]
    return [str(one if isinstance(one, UUID) else one.id) for one in subjects]


def _receipt_key(name: str, key: str | None) -> str:
    """The stored key: of one mutation, and of a length that fits."""
    if not key:
        return ""
    if len(key) > KEY_MAX:
        raise Invalid({"idempotency_key": _("Use a key of at most %(most)s characters.") % {"most": KEY_MAX}})
    return "graphql:" + sha256(f"{name}:{key}".encode()).hexdigest()
