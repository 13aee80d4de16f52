"""What a kind of message is, and when none may go to somebody whatever its kind."""

from collections.abc import Callable
from dataclasses import dataclass

from server.matches.company import belongs
from server.matches.rules import waits_for_its_day
from server.notifications.scene import Scene
from server.notifications.states import MessageClass
from server.people.states import PersonStatus
from server.programs.plans.telling import OwnMessage, own, own_message

Stop = Callable[[Scene], str]
Link = Callable[[Scene], str]


def N_(text: str) -> str:  # noqa: N802  # gettext's own name for "translate this later"
    """Mark a text for the message catalogue; it is translated where it is shown."""
    return text


MUTED = "switched off by the person"
NO_ADDRESS, DEAD = "no address", "its address does not work"
OFF = "switched off in this programme"
UNTOLD = "not announced yet"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message. `name`, `trigger` and `stops_when` are words for people, translated where shown.

    `invites`: its mail carries a calendar entry. `pushes`: it asks for an answer or changes a plan, so that a browser
    which asked for it is told at once.
    """

    key: str
    name: str
    message_class: MessageClass
    trigger: str
    stops_when: str
    stop: Stop
    template: str
    link: Link
    invites: bool = False
    pushes: bool = False


def own_of(scene: Scene) -> OwnMessage | None:
    """The programme's own message that it is, as it stands now; None where it is one of Ithaca's."""
    key = scene.message.own_key
    return own_message(scene.program.messages, key) if key else None


def why_not(kind: Kind, scene: Scene, *, by_push: bool = False) -> str:
    """Why a message must not go any more; empty when it may. What people do to each other is always told by mail. One
    that is only tried goes to who tries it, whatever would stop it."""
    if scene.person.status is PersonStatus.ENDED:
        return "the person has left"
    unreached = "" if by_push else NO_ADDRESS if not scene.address else DEAD if scene.mail_fails else ""
    if unreached or scene.tester:
        return unreached
    optional = by_push or kind.message_class is not MessageClass.TRANSACTIONAL
    if optional and (scene.is_push_muted if by_push else scene.is_muted):
        return MUTED
    if scene.cohort and not own(scene.program.messages, kind.key, scene.message.own_key).is_on:
        return OFF
    if scene.match and waits_for_its_day(scene.match) and belongs(scene.match, scene.person.id):
        return UNTOLD
    return kind.stop(scene) or scene.unmet
