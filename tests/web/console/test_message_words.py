"""Why something did not go is said by its own reason, not by a word that fits all."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import server
from server.automation import due
from server.automation.surveys import planning
from web.console.message_words import why_held

ROOT = Path(server.__file__).parent
STOPS = ROOT / "notifications" / "catalogue" / "stops.py"
GENERAL = why_held("a reason that nobody gives")


def reasons_in(file: Path) -> set[str]:
    """All that functions of a file give back as a reason."""
    returned = [node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Return)]
    return {reason for value in returned for reason in told(value) if reason}


def told(value: ast.expr | None) -> Iterator[str]:
    """What an expression may come to, of reasons that stand in it."""
    match value:
        case ast.Constant(value=str() as reason):
            yield reason
        case ast.IfExp(body=body, orelse=other):
            yield from (*told(body), *told(other))
        case ast.BoolOp(values=several):
            yield from (reason for one in several for reason in told(one))


@pytest.mark.parametrize("reason", sorted(
    reasons_in(STOPS) | {planning.ASKED, planning.NOT_ASKED, planning.RESTS, due.OVER, due.GONE}
))
def test_each_reason_has_words_of_its_own(reason: str) -> None:
    assert why_held(reason) != GENERAL
