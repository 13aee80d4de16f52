"""Free ports for servers that a test starts."""

import random
import socket
from contextlib import suppress

OURS = range(20_000, 32_000)
"""Below the ports that systems lend to connections: none of those can take one before its server does."""


def free_port() -> int:
    """A port of this machine that nothing listens on just now."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", random.choice(OURS)))
            return int(probe.getsockname()[1])
