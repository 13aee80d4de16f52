"""Structured logs: one JSON object a line, allowed keys only, ids instead of names, never a body or anyone's words.

Other libraries' records keep their template and the kind of their exception; the values in them are left out.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import TypedDict, Unpack
from uuid import UUID

from server.kernel.ids import new_id


class Keys(TypedDict, total=False):
    """Everything that a line of ours may carry. None of it can hold a name, an address or a text."""

    action: str
    attempts: int
    code: str
    count: int
    error: str
    executor: str
    kind: str
    lane: str
    method: str
    ms: int
    organization_id: UUID | str | None
    port: int
    route: str
    row_id: UUID | str
    status: int
    trace: str


LONGEST_EVENT = 120  # libraries that write values into their messages shall not get far

request_id: ContextVar[str] = ContextVar("request_id", default="")


def note(event: str, *, level: int = logging.INFO, caught: BaseException | None = None, **keys: Unpack[Keys]) -> None:
    """Write one line for `event` ("job.done"). Of what was `caught` only kind and place in the code are kept."""
    if caught is not None:
        keys = {**keys, "error": type(caught).__name__, "trace": places(caught.__traceback__)}
    LOGGER.log(level, event, extra={"keys": keys})


@contextmanager
def request(given: str = "") -> Iterator[str]:
    """Mark every line within the block with one id, fresh unless given."""
    token = request_id.set(given or str(new_id()))
    try:
        yield request_id.get()
    finally:
        request_id.reset(token)


def set_up(level: str = "INFO") -> None:
    """Send every record of this process, ours and the libraries', to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    LOGGER.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "dbos"):
        library = logging.getLogger(name)
        library.handlers, library.propagate = [], True


class JsonLines(logging.Formatter):
    """One record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, keys outside the allowed ones dropped."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": str(record.msg).partition("\n")[0][:LONGEST_EVENT],
        }
        if record.name != LOGGER.name:
            line["logger"] = record.name
        if request_id.get():
            line["request_id"] = request_id.get()
        given = getattr(record, "keys", {})
        line.update({name: given[name] for name in Keys.__annotations__ if name in given})
        if record.exc_info and record.exc_info[0]:
            line["error"], line["trace"] = record.exc_info[0].__name__, places(record.exc_info[2])
        return json.dumps(line, default=str)


def places(trace: TracebackType | None, deepest: int = 6) -> str:
    """Where an error came from, innermost last: "actions.py:41 send_message < ...", without any value."""
    frames = traceback.extract_tb(trace)[-deepest:]
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)


LOGGER = logging.getLogger("ithaca")
