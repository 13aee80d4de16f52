"""Which way a message goes (docs/decisions/0035-one-way-then-the-other.md).

What people do to each other goes by mail, and to browsers beside it. What reminds or asks somebody goes the first way
that is on and open, and once more the other one when nobody opened it.
"""

from server.kernel.actor import Actor
from server.notifications.catalogue import CATALOGUE, why_not
from server.notifications.channels.protocol import Way
from server.notifications.push.queries import browsers_of
from server.notifications.scene import Scene
from server.notifications.states import Channel, MessageClass, MessageState
from server.programs.plans.telling import ByChannel, own

ONE_AFTER_THE_OTHER = (MessageClass.NUDGE, MessageClass.SURVEY)
NOT_PUSHED, NO_BROWSER = "not for browsers", "no browser asked for it"
ONLY_MAIL = "only by mail in this programme"


class ByMail:
    """A letter to the address that somebody has."""

    channel = Channel.EMAIL

    async def why_not(self, actor: Actor, scene: Scene) -> str:  # noqa: ARG002  # as every way is asked
        """Why none goes now."""
        return why_not(CATALOGUE[scene.message.kind], scene)


class ByPush:
    """A notice to each browser that asked for it."""

    channel = Channel.PUSH

    async def why_not(self, actor: Actor, scene: Scene) -> str:
        """Why none goes now."""
        kind = CATALOGUE[scene.message.kind]
        if not kind.pushes:
            return NOT_PUSHED
        if scene.cohort and own(scene.program.messages, kind.key, scene.message.own_key).channel is ByChannel.MAIL_ONLY:
            return ONLY_MAIL
        reason = why_not(kind, scene, by_push=True)
        return reason or ("" if await browsers_of(actor, scene.person.id) else NO_BROWSER)


MAIL, PUSH = ByMail(), ByPush()
ORDER: tuple[Way, ...] = (PUSH, MAIL)
"""The first that is on and open is gone (domain/lifecycle.md, 2)."""


async def way_for(actor: Actor, scene: Scene) -> tuple[Way | None, str]:
    """The way that a message goes now; or none, and why not by mail, which would be the last."""
    reason = ""
    for way in _candidates(scene):
        reason = await way.why_not(actor, scene)
        if not reason:
            return way, ""
    return None, reason


def _candidates(scene: Scene) -> tuple[Way, ...]:
    message = scene.message
    if message.message_class not in ONE_AFTER_THE_OTHER:
        return (MAIL,)
    if message.fallback:
        return tuple(way for way in ORDER if way.channel is message.fallback)
    if message.state is MessageState.QUEUED:   # on its way already when its process died
        return tuple(sorted(ORDER, key=lambda way: way.channel is not message.channel))
    return ORDER
