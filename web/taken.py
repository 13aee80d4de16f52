"""A time that somebody else was quicker to take: the nearest free one stands chosen, one tap away."""

from collections.abc import Sequence

from server.kernel.errors import Conflict, Invalid
from server.kernel.text import gettext as _
from server.sessions.slots import Slot
from web.dates import clock_time, day_short


def taken_words(refusal: Conflict | Invalid) -> str:
    """Why a time was refused, with the nearest free one named when there is one."""
    nearest: Slot | None = getattr(refusal, "nearest", None)
    if nearest is None:
        return refusal.message
    at = {"why": refusal.message, "day": day_short(nearest.starts_at), "time": clock_time(nearest.starts_at)}
    return _("%(why)s The nearest free one is %(day)s, %(time)s.") % at


def with_nearest(offered: Sequence[Slot], nearest: Slot | None) -> list[Slot]:
    """The offered times with the nearest free one among them, soonest first but as many as before."""
    if nearest is None or nearest in offered:
        return list(offered)
    return sorted([*offered[: max(len(offered) - 1, 0)], nearest])
