"""Counting what a block asks of the database, the same on both engines."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from tortoise.log import db_client_logger

STATEMENT = "%s: %s"
"""The form in which Tortoise's clients log a statement with its values; everything else is about connections."""


@contextmanager
def queries_run() -> Iterator[list[str]]:
    """The statements that the block runs, in order: `with queries_run() as ran: ...; assert len(ran) == 2`."""
    ran: list[str] = []
    listener = _Listener(ran)
    before = db_client_logger.level
    db_client_logger.addHandler(listener)
    db_client_logger.setLevel(logging.DEBUG)
    try:
        yield ran
    finally:
        db_client_logger.setLevel(before)
        db_client_logger.removeHandler(listener)


class _Listener(logging.Handler):
    def __init__(self, ran: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._ran = ran

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == STATEMENT and isinstance(record.args, tuple):
            self._ran.append(str(record.args[0]))
