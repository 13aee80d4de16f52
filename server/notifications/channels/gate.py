"""When the mail server is away: five failures in a row close the way, then one mail a minute asks whether it is back.

So an hour without mail costs sixty connections, no message is blamed, and all of them wait in their order.
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
            self._closed_until = clock.now() + PROBE_EVERY

    def passed(self) -> None:
        """The server answered: the way is open."""
        self._failures, self._closed_until = 0, None


SMTP_GATE = Gate()
"""The way to this process's mail server."""
