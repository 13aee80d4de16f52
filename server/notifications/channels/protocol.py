"""What a way to somebody is: the same for mail, push, and whatever joins them."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from server.kernel.actor import Actor
from server.notifications.channels.email import Delivery
from server.notifications.scene import Scene
from server.notifications.states import Channel

HandOver = Callable[[Actor, Scene, Callable[[], Awaitable[object]]], Awaitable[Delivery]]
"""Give a message to whoever carries it, and call what is given along once they have it."""


class Way(Protocol):
    """A way to somebody, for one message."""

    @property
    def channel(self) -> Channel:
        """Which it is."""
        ...

    async def why_not(self, actor: Actor, scene: Scene) -> str:
        """Why it cannot be gone now: the message is needless, it is switched off, nobody is there; empty if it can."""
        ...
