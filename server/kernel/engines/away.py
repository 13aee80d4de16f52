"""A database that is away, full or too slow is one refusal: nothing was changed, and trying again later is safe."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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
ANSWERED_WITHIN_S = 5.0
"""How long a statement may take for which somebody waits (reliability.md, section 4 "Database away"), with the wait for
a connection. PostgreSQL alone: SQLite has 15 seconds for another process to let go, and cannot be called back."""

_answering: ContextVar[bool] = ContextVar("answering", default=False)


@contextmanager
def answering() -> Iterator[None]:
    """Somebody waits for what is done in this block: better a refusal in time than an answer nobody waits for."""
    token = _answering.set(True)
    try:
        yield
    finally:
        _answering.reset(token)


def in_time() -> asyncio.Timeout:
    """The deadline of a statement: jobs have that of the pool alone."""
    return asyncio.timeout(ANSWERED_WITHIN_S if _answering.get() else None)


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
