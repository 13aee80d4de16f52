"""What one may answer when somebody does not suit: the same words for a suggestion and for somebody in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.matches.states import DeclineReason

if TYPE_CHECKING:
    from server.people.models import Person


def refusals_about(other: Person, as_mentor: bool) -> list[tuple[str, str]]:
    """The answers to "What would suit you better?": four short reasons, and none."""
    return [
        (DeclineReason.CLOSER_TO_GOAL.value, _("Not my field") if as_mentor else _("Someone closer to my goal")),
        (DeclineReason.TIMES.value, _("Times don’t work for me")),
        (DeclineReason.KNOW_EACH_OTHER.value, _("I know %(name)s already") % {"name": other.first_name}),
        (DeclineReason.NO_ROOM.value, _("I have no room just now") if as_mentor else _("Not at this moment")),
        (DeclineReason.NOT_SAID.value, _("I’d rather not say")),
    ]
