"""Which acts a message offers by one tap, and the tickets for them: the same for a mail and for a notification."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from server.access.models import UserSession
from server.access.states import TicketPurpose
from server.access.tickets.actions import issue_ticket
from server.kernel.actor import Actor
from server.kernel.dates import day, moment
from server.kernel.db import plain
from server.kernel.secrets import keyed_digest
from server.kernel.text import gettext as _
from server.notifications.scene import Scene
from server.surveys.forms.words import labels

TICKET_BYTES = 16
"""128 bits (reliability.md, section 3, mail scanners)."""


@dataclass(frozen=True, slots=True)
class Tap:
    """One act. `words` stand on its button in a mail; `short` on that of a notification, which is done without a page:
    only an act that the notification says in full has them. `facts`: what its ticket is bound to. `page` opens with
    `chosen` filled in."""

    purpose: TicketPurpose
    subject_id: UUID
    words: str
    short: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    page: str = "/answer"
    chosen: int | None = None


def taps_of(scene: Scene) -> list[Tap]:
    """What may be done by one tap from a message, in its reader's language; nothing for most kinds."""
    offered = TAPS.get(scene.message.kind)
    with scene.voice():
        return offered(scene) if offered else []


async def ticket_for(actor: Actor, scene: Scene, tap: Tap, source: UUID, device: UserSession | None = None) -> str:
    """The secret of a ticket for one act of a message's reader.

    It is worked out from `source` (the mail or the notice) and from what the act is bound to, so that a repeat carries
    the same one.
    """
    facts = {name: plain(value) for name, value in tap.facts.items()}
    bound = json.dumps([str(source), tap.purpose, str(tap.subject_id), facts], sort_keys=True)
    raw = keyed_digest(bound, "ticket.secret")[:TICKET_BYTES]
    secret = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    await issue_ticket(
        actor, scene.person.id, secret, tap.purpose, tap.subject_id, device=device, **tap.facts
    )
    return secret


def _first_time(scene: Scene, short: str = "") -> list[Tap]:
    """To agree to the time that the other person chose; who leads a circle asks nobody."""
    if scene.offer is None or scene.match is None or scene.circle:
        return []
    return [Tap(
        TicketPurpose.AGREE_TO_TIME, scene.match.id, _yes_at(scene, scene.offer.starts_at), short,
        {"session_id": scene.offer.id, "starts_at": scene.offer.starts_at},
    )]


def _answer(scene: Scene) -> list[Tap]:
    """To say yes to a match: with the time that the other chose, with one of those that suit both, or without."""
    assert scene.match is not None, "its stop condition looked"
    if at_theirs := _first_time(scene, _("Accept")):
        return at_theirs
    at_times = [
        Tap(TicketPurpose.ACCEPT_MATCH, scene.match.id, _yes_at(scene, one), facts={"starts_at": one})
        for one in scene.times
    ]
    return at_times or [Tap(TicketPurpose.ACCEPT_MATCH, scene.match.id, _("Say yes"))]


def _later_day(scene: Scene) -> list[Tap]:
    """To agree to the later last day that the other proposed."""
    assert scene.match is not None, "its stop condition looked"
    ends_on = scene.match.proposed_end_on
    if ends_on is None:
        return []
    words = _("Agree to %(day)s") % {"day": day(ends_on, zone=scene.person.zone)}
    return [Tap(TicketPurpose.AGREE_TO_DAY, scene.match.id, words, facts={"ends_on": ends_on})]


def _we_go_on(scene: Scene) -> list[Tap]:
    """To say that a match goes on."""
    assert scene.match is not None, "its stop condition looked"
    return [Tap(TicketPurpose.KEEP_MATCH, scene.match.id, _("We go on"), _("We go on"))]


def _did_you_meet(scene: Scene) -> list[Tap]:
    """To say what became of a session: they met, they moved it, they did not meet."""
    assert scene.match is not None, "its stop condition looked"
    assert scene.session is not None, "its stop condition looked"
    facts = {"session_id": scene.session.id, "starts_at": scene.session.starts_at}
    return [
        Tap(TicketPurpose.CONFIRM_SESSION, scene.match.id, _("Yes, we met"), _("Yes"), facts),
        Tap(TicketPurpose.MOVE_SESSION, scene.match.id, _("We moved it"), facts=facts),
        Tap(TicketPurpose.MISS_SESSION, scene.match.id, _("No, we did not"), _("No"), facts),
    ]


def _one_question(scene: Scene) -> list[Tap]:
    """To answer the one question of a form; of an anonymous one a link must not know whom it was sent to."""
    asked = scene.only_question
    if scene.form is None or asked is None or scene.form.form.anonymous:
        return []
    return [
        Tap(TicketPurpose.ANSWER_SURVEY, scene.form.id, label, page="/survey", chosen=number)
        for number, label in labels(asked)
    ]


def _yes_at(scene: Scene, starts_at: datetime) -> str:
    return _("Yes, %(when)s") % {"when": moment(starts_at, zone=scene.person.zone)}


TAPS: dict[str, Callable[[Scene], list[Tap]]] = {
    "M03": _answer, "M08": _first_time, "X05": _first_time, "Z03-proposed": _later_day, "S05": _did_you_meet,
    "I05": _we_go_on,
    **dict.fromkeys(("S07", "C01", "C02", "C03-form", "Z10"), _one_question),
}
"""The kinds of messages that ask for one act (domain/lifecycle.md, one-tap)."""
