"""Which browsers of somebody may be told, and what is on its way to them."""

from datetime import timedelta
from uuid import UUID

from tortoise.expressions import Q

from server.access.models import UserSession
from server.access.queries import is_over
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.matches.queries import own_matches
from server.notifications.models import Message, PushNotice, PushSubscription
from server.notifications.push.keys import current_key
from server.notifications.states import MessageState
from server.people.states import PersonStatus
from server.sessions.queries import sessions
from server.sessions.states import SessionState

UNUSED = timedelta(days=30)
"""A browser in which nobody was for so long is told no more; as long as a session lasts at most."""


def is_reachable(subscription: PushSubscription) -> bool:
    """Whether a browser may still be told: it is not signed out. One that is only idle may. The row has its session."""
    return _is_in_use(subscription.session)


async def browsers_of(actor: Actor, person_id: UUID) -> list[PushSubscription]:
    """The browsers of somebody that are to be told."""
    found = PushSubscription.filter(organization_id=actor.organization_id, person_id=person_id)
    return [one for one in await found.select_related("session").order_by("id") if is_reachable(one)]


async def notice_by_id(actor: Actor, notice_id: UUID, *, lock: bool = False) -> PushNotice:
    """A notice of the actor's organisation.

    Raises:
        NotFound: absent, another organisation's, or gone with its subscription.
    """
    found = PushNotice.filter(organization_id=actor.organization_id, id=notice_id)
    notice = await (found.select_for_update() if lock else found).first()
    if notice is None:
        raise NotFound
    return notice


async def has_arrived(actor: Actor, message: Message) -> bool:
    """Whether a push service took a message for one of its reader's browsers."""
    notices = PushNotice.filter(organization_id=actor.organization_id, message_id=message.id)
    return await notices.filter(state=MessageState.SENT).exists()


async def subscription_by_id(actor: Actor, subscription_id: UUID) -> PushSubscription:
    """A subscription of the actor's organisation, with its session.

    Raises:
        NotFound: absent, or another organisation's.
    """
    found = PushSubscription.filter(organization_id=actor.organization_id, id=subscription_id)
    subscription = await found.select_related("session").first()
    if subscription is None:
        raise NotFound
    return subscription


async def own_browser(actor: Actor, fingerprint: str) -> UserSession:
    """The actor's own session with this fingerprint.

    Raises:
        NotFound: none, or it is over.
    """
    session = await UserSession.filter(
        organization_id=actor.organization_id, person_id=actor.person_id, fingerprint=fingerprint
    ).first()
    if session is None or is_over(session):
        raise NotFound
    return session


async def renewable_browser(fingerprint: str) -> UserSession:
    """The session of a browser that speaks for itself, with its person: one that is told, idle or not, or is in use.

    Raises:
        NotFound: none, signed out, unused for too long, idle and never told, or the person has left.
    """
    session = await UserSession.get_or_none(fingerprint=fingerprint).select_related("person")
    if session is None or not _is_in_use(session) or session.person.status is PersonStatus.ENDED:
        raise NotFound
    told = PushSubscription.filter(organization_id=session.organization_id, session_id=session.id)
    if is_over(session) and not await told.exists():
        raise NotFound
    return session


async def is_told(actor: Actor, fingerprint: str) -> bool:
    """Whether the browser with this session asked to be told."""
    return await PushSubscription.filter(
        organization_id=actor.organization_id, person_id=actor.person_id, session__fingerprint=fingerprint
    ).exists()


async def key_to_ask_with() -> str:
    """The key of ours with which a browser asks to be told."""
    return (await current_key()).point


async def may_be_asked(actor: Actor) -> bool:
    """Whether it is time to ask: nobody is asked before their first booking (design.md, 2.6), agreed or suggested."""
    chosen = ~Q(state=SessionState.PROPOSED) | Q(proposed_by_id=actor.person_id)
    return await sessions(actor).filter(chosen, match_id__in=own_matches(actor)).exists()


def _is_in_use(session: UserSession) -> bool:
    return session.revoked_at is None and clock.now() < session.seen_at + UNUSED
