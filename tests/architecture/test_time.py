"""Only the clock asks the system what time it is, so that tests and the demo can live a year in a minute."""

import ast

from tests.architecture import source

ASKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime", "time.gmtime"}
MAY_ASK = {
    "server/kernel/clock.py": "it is the clock",
    "server/kernel/jobs/durable.py": "compares with the moments that the jobs library stores, which are the system's",
}


def test_nobody_else_asks_the_system_for_the_time() -> None:
    found = [place for name in source.modules() if name not in MAY_ASK for place in _asking(name)]
    assert not found, "\n".join(found)


def test_those_who_may_ask_do() -> None:
    assert set(MAY_ASK) <= {name for name in source.modules() if _asking(name)}


def _asking(name: str) -> list[str]:
    """Where a module asks: `dt.datetime.now` and `from time import time` come out as "datetime.now" and "time.time"."""
    origins = source.imported(name)
    calls = [node for node in ast.walk(source.tree(name)) if isinstance(node, ast.Call)]
    named = [(call, ast.unparse(call.func)) for call in calls if isinstance(call.func, ast.Name | ast.Attribute)]
    return [f"{name}:{call.lineno} {asked}" for call, said in named if (asked := _full_name(said, origins)) in ASKS]


def _full_name(said: str, origins: dict[str, str]) -> str:
    head, _, rest = said.partition(".")
    return ".".join(f"{origins.get(head, head)}.{rest}".strip(".").split(".")[-2:])
