"""What reaches one: a table of topics by channel; what may not be switched off says so."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.text import gettext as _
from server.notifications.push.choosing import muted_by, topics_for
from server.notifications.queries import dead_mailbox
from server.notifications.told.queries import unseen_count
from server.people import actions as people
from web import forms
from web.mail_fails import why
from web.render import go_to, is_fragment, page
from web.toast import Toast


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A line of the table. None says that a channel is no choice: no push at all, or always by mail."""

    key: str
    name: str
    detail: str
    pushed: bool | None
    mailed: bool | None


async def save(request: Request) -> Response:
    """Save what reaches one. What is not ticked, and may be switched off, is."""
    form, topics = await forms.read_form(request), topics_for(request.state.actor)
    muted = muted_by(topics, forms.values(form, "push"), forms.values(form, "mail"))
    profile = await people.set_muted_kinds(request.state.actor, muted)
    toast = Toast(_("Saved"))
    if not is_fragment(request):
        return go_to(request, "/you#reaches", toast=toast)
    shown = await words_of(request, profile.muted_kinds)
    return page(request, "you/telling.html", block="reaches", toast=toast, **shown)


async def words_of(request: Request, muted: Collection[str]) -> dict[str, Any]:
    """What the card shows."""
    actor, person, words = request.state.actor, request.state.person, _words()
    dead = await dead_mailbox(actor, person.id, person.email)
    return {
        "mail_fails": why(dead) if dead else "", "unseen": await unseen_count(actor),
        "topics": [
            TopicRow(
                topic.key, *words[topic.key], topic.is_pushed(muted) if topic.pushes else None,
                topic.is_mailed(muted) if topic.mail_is_optional else None,
            )
            for topic in topics_for(actor)
        ],
    }


def _words() -> dict[str, tuple[str, str]]:
    return {
        "plans": (_("Matches, bookings"), _("What waits for your answer, and changes of a time")),
        "words": (_("Messages"), _("From the people you meet")),
        "nudges": (_("Reminders"), _("At most one a day, and three a week")),
        "check-ins": (_("Check-ins"), _("Half-way, and at the end")),
        "sign-in": (_("Sign-in"), _("The code that you ask for")),
        "reports": (_("Programmes you run"), _("Suggestions to review, and check-ins that ask for you")),
    }


routes = [Route("/you/messages", save, methods=["POST"], name="you-messages")]
