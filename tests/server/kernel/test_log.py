"""Logs that an operator can read by machine, and that hold nothing of anybody's."""

import json
import logging
from typing import Any

from server.kernel import log
from server.kernel.log import JsonLines, note, request


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(JsonLines().format(record))
    return line


def record_of(message: str, *values: object, name: str = "library", **extra: object) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(name, logging.WARNING, "f.py", 1, message, values, None, extra=extra)


def test_a_line_is_one_json_object_with_the_allowed_keys_only(caplog: Any) -> None:
    with caplog.at_level("INFO", "ithaca"):
        note("job.done", lane="outbox", row_id="7", attempts=2)
    line = line_of(caplog.records[0])
    assert {name: line[name] for name in ("event", "lane", "row_id", "attempts", "level")} == {
        "event": "job.done", "lane": "outbox", "row_id": "7", "attempts": 2, "level": "info",
    }


def test_a_key_that_is_not_allowed_is_dropped() -> None:
    line = line_of(record_of("job.done", name="ithaca", keys={"kind": "M08", "name": "Noor", "body": "private"}))
    assert line["kind"] == "M08"
    assert "Noor" not in str(line)
    assert "private" not in str(line)


def test_of_an_error_only_its_kind_and_its_place_are_kept(caplog: Any) -> None:
    try:
        raise ValueError("noor@example.test wrote: private")
    except ValueError as error:
        with caplog.at_level("INFO", "ithaca"):
            note("job.later", caught=error)
    line = line_of(caplog.records[0])
    assert line["error"] == "ValueError"
    assert "test_log.py" in line["trace"]
    assert "private" not in str(line)


def test_libraries_keep_their_template_and_lose_their_values() -> None:
    line = line_of(record_of("Could not reach %s", "noor@example.test"))
    assert (line["event"], line["logger"]) == ("Could not reach %s", "library")
    assert "noor" not in str(line)


def test_what_a_library_wrote_into_its_message_is_cut_to_its_first_line() -> None:
    line = line_of(record_of("Failed:\nINSERT INTO person VALUES ('Noor')"))
    assert line["event"] == "Failed:"
    assert len(line_of(record_of("x" * 1000))["event"]) == log.LONGEST_EVENT


def test_every_line_of_a_request_carries_its_id() -> None:
    with request("abc"):
        assert line_of(record_of("hello"))["request_id"] == "abc"
    assert "request_id" not in line_of(record_of("hello"))


def test_setting_up_sends_everything_to_one_place() -> None:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    try:
        log.set_up("INFO")
        assert [type(handler.formatter) for handler in root.handlers] == [JsonLines]
        assert logging.getLogger("uvicorn.error").propagate
    finally:
        root.handlers = before
        root.setLevel(level)
