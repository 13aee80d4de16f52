"""What a resolver gets: the actor, and one set of dataloaders for the request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping
from functools import partial
from typing import Any, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from graphql_schema.errors import SignInNeeded
from server.kernel.actor import Actor

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Fetch = Callable[[Actor, list[K]], Awaitable[Mapping[K, V]]]
"""A query for many keys at once; a key that finds nothing, or nothing visible, is missing from its answer."""


class Context:
    """One request. Loaders are made when they are first asked for, one for each query.

    `hears_events`: whether who asks takes more than one answer (text/event-stream), as a subscription needs.
    """

    def __init__(self, actor: Actor | None, *, hears_events: bool = False) -> None:
        self._actor, self.hears_events = actor, hears_events
        self._loaders: dict[Any, DataLoader[Any, Any]] = {}

    @property
    def actor(self) -> Actor:
        """Who asks.

        Raises:
            SignInNeeded: nobody is signed in.
        """
        if self._actor is None:
            raise SignInNeeded
        return self._actor

    async def one(self, fetch: Fetch[K, V], key: K) -> V | None:
        """What `fetch` finds for `key`, asked together with every other key of this turn."""
        loader = self._loaders.get(fetch)
        if loader is None:
            loader = self._loaders[fetch] = DataLoader(load_fn=partial(_in_order, fetch, self.actor))
        found: V | None = await loader.load(key)
        return found

    async def many(self, fetch: Fetch[K, list[V]], key: K) -> list[V]:
        """The rows that `fetch` finds for `key`: none is an empty list."""
        return await self.one(fetch, key) or []

    def forget(self) -> None:
        """Start anew after a change, so that what a mutation shows is what it left."""
        self._loaders.clear()


async def _in_order(fetch: Fetch[K, V], actor: Actor, keys: list[K]) -> list[V | None]:
    found = await fetch(actor, keys)
    return [found.get(key) for key in keys]


Info = strawberry.Info[Context, None]
