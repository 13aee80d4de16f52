"""How often one person may search people: enough to look somebody up, too little to copy the list name by name.

Counted in this process: with several that answer, each counts for itself.
"""

from collections import deque
from datetime import datetime, timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import TooMany
from server.kernel.settings import settings
from server.kernel.text import ngettext

WINDOW = timedelta(minutes=1)
REMEMBERED = 1_000
"""So many people are remembered before those who have not searched for a minute are forgotten."""

_searches: dict[UUID, deque[datetime]] = {}


def count_search(actor: Actor) -> None:
    """Count one search of a person. Machines of an installation's own have no such bound.

    Raises:
        TooMany: as many as the setting allows lie within the last minute; it says in how many seconds one fewer does.
            Source of its 30: reliability.md, section 3 (harvesting).
    """
    if actor.person_id is None:
        return
    now, most = clock.now(), settings().searches_a_minute
    recent = _searches.setdefault(actor.person_id, deque())
    while recent and not now - WINDOW < recent[0] <= now:
        recent.popleft()
    if len(recent) >= most:
        raise TooMany(_words(most), retry_after_s=_wait(recent, now))
    recent.append(now)
    if len(_searches) > REMEMBERED:
        _forget(now)


def _wait(recent: deque[datetime], now: datetime) -> int:
    """Whole seconds until the oldest search is a minute old."""
    oldest = recent[0] if recent else now
    return max(1, -int((now - oldest - WINDOW).total_seconds() // 1))


def _words(most: int) -> str:
    return ngettext(
        "You can search %(num)d time a minute. Wait a moment, then search again.",
        "You can search %(num)d times a minute. Wait a moment, then search again.", most,
    ) % {"num": most}


def _forget(now: datetime) -> None:
    for person_id in [one for one, recent in _searches.items() if not recent or recent[-1] <= now - WINDOW]:
        del _searches[person_id]
