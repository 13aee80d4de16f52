"""A database that is away, full or too slow is one refusal: nothing was changed, and trying again later is safe."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from tortoise.exceptions import DBConnectionError

from server.kernel.errors import Unavailable
from server.kernel.text import gettext as _

AWAY = (
    DBConnectionError, OSError, TimeoutError,
    asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,  # the driver trips over a connection whose end it has not noticed yet
)
"""What drivers raise while a server is absent, stops, starts or has no room left (reliability.md, sections 4 and 5)."""
IN_WORDS = ("database or disk is full", "disk i/o error", "database is locked", "unable to open database file")
"""The same from SQLite, which has one class for every trouble and tells them apart by its words."""


@contextmanager
def told() -> Iterator[None]:
    """Turn what a driver says of an absent database into the kernel's own refusal.

    Raises:
        Unavailable: the database is away, full, or did not answer in time.
    """
    try:
        yield
    except Exception as error:
        if is_away(error):
            raise Unavailable(_("We are away for a moment. Nothing was changed. Try again soon.")) from error
        raise


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database cannot be used, rather than that we used it wrongly."""
    if isinstance(error, AWAY):
        return True
    text = str(error).lower()
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in text or "closing" in text
    return any(words in text for words in IN_WORDS)
