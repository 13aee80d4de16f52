"""How often a mail to sign in may be asked for; counted in stored rows, so that every process counts alike.

The same for an address that nobody has. A stranger who asks for somebody's mails uses up their own share first: five
from one network still leave the person theirs. Two requests at once may both be the last that is allowed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from server.kernel import clock
from server.kernel.errors import TooMany
from server.kernel.text import ngettext

WINDOW = timedelta(minutes=15)
MOST_FROM_NETWORK = 20
MOST_TO_ADDRESS = 5
"""Reliability.md, section 3 (sign-in enumeration): 5 an account and 20 an address in 15 minutes."""
MOST_TO_ADDRESS_FROM_ANYWHERE = 10
"""So that many networks together cannot fill one person's mailbox."""


def require_room(recent: Sequence[tuple[str, str, datetime]], address: str, network: str) -> None:
    """Go on only if one more mail may be asked for. `recent`: (address mark, network mark, moment) within the window.

    Raises:
        TooMany: not yet; it says in how many seconds.
    """
    theirs = [row for row in recent if row[0] == address]
    waits = (
        _wait((row[2] for row in theirs), MOST_TO_ADDRESS_FROM_ANYWHERE),
        _wait((row[2] for row in theirs if row[1] == network), MOST_TO_ADDRESS),
        _wait((row[2] for row in recent if row[1] == network), MOST_FROM_NETWORK),
    )
    if longest := max(waits):
        minutes = -(-longest // 60)
        words = ngettext(
            "Enough mails are on their way. Look for the newest, or ask again in %(minutes)d minute.",
            "Enough mails are on their way. Look for the newest, or ask again in %(minutes)d minutes.", minutes,
        )
        raise TooMany(words % {"minutes": minutes}, retry_after_s=longest)


def _wait(moments: Iterable[datetime], most: int) -> int:
    """Seconds until fewer than `most` of these moments lie within the window; 0 when that is so now."""
    newest = sorted(moments, reverse=True)[:most]
    if len(newest) < most:
        return 0
    return max(1, int((newest[-1] + WINDOW - clock.now()).total_seconds()) + 1)
