"""Only the clock asks the system what time it is, so that tests and the demo can live a year in a minute."""

import ast

from tests.architecture import source

ASKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime", "time.gmtime"}
MAY_ASK = {
    "server/kernel/clock.py": "it is the clock",
    "server/kernel/jobs/durable.py": "compares with the moments that the jobs library stores, which are the system's",
}


def test_nobody_else_asks_the_system_for_the_time() -> None:
    found = [
        f"{name}:{node.lineno} {asked}"
        for name in source.modules() if name not in MAY_ASK
        for node in ast.walk(source.tree(name)) if isinstance(node, ast.Call)
        if (asked := _full_name(name, node)) in ASKS
    ]
    assert not found, "\n".join(found)


def test_those_who_may_ask_do() -> None:
    asking = {
        name for name in source.modules() for node in ast.walk(source.tree(name))
        if isinstance(node, ast.Call) and _full_name(name, node) in ASKS
    }
    assert set(MAY_ASK) <= asking


def _full_name(name: str, call: ast.Call) -> str:
    """`dt.datetime.now` and `from time import time` come out as "datetime.now" and "time.time"."""
    head, _, rest = ast.unparse(call.func).partition(".")
    origin = source.imported(name).get(head, head)
    return ".".join(f"{origin}.{rest}".strip(".").split(".")[-2:])
