"""When the mail server is away: five failures in a row close the way, then one mail a minute asks whether it is back.

So an hour without mail costs sixty connections, no message is blamed, and all of them wait in their order. A server
that says "not now" to everybody is away too, in other words.
"""

from datetime import datetime, timedelta

from server.kernel import clock

MOST_FAILURES = 5
PROBE_EVERY = timedelta(minutes=1)
AT_ONCE = 5


class Gate:
    """How many messages may leave now."""

    def __init__(self) -> None:
        self._failures = 0
        self._put_off: set[str] = set()
        self._closed_until: datetime | None = None

    def room(self) -> int:
        """Five at once while all is well, one for each minute while the server is away, none in between."""
        if self._closed_until is None:
            return AT_ONCE
        return 1 if clock.now() >= self._closed_until else 0

    def failed(self) -> None:
        """The server could not be used."""
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            self._close()

    def put_off(self, address: str) -> bool:
        """The server said "not now" to somebody. Whether it speaks of itself: five people heard it, and nobody a yes.

        One whose mailbox is full closes the way for nobody.
        """
        self._failures = 0
        if len(self._put_off) < MOST_FAILURES:
            self._put_off.add(address)
        if len(self._put_off) < MOST_FAILURES:
            self._closed_until = None
            return False
        self._close()
        return True

    def passed(self) -> None:
        """The server took a mail, or refused it for good: the way is open."""
        self._failures, self._closed_until = 0, None
        self._put_off.clear()

    def _close(self) -> None:
        self._closed_until = clock.now() + PROBE_EVERY


SMTP_GATE = Gate()
"""The way to this process's mail server."""
