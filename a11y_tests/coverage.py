"""The gate: every route, template and swap of the product is shown by some state, or excluded with a reason."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from starlette.routing import BaseRoute

from a11y_tests import swaps
from a11y_tests.audit import named, reviewed
from a11y_tests.states import every_state
from server.asgi import all_routes
from web.render import TEMPLATES

EXCLUDED = Path(__file__).parent / "excluded.toml"


def excluded(part: str) -> dict[str, str]:
    """What needs no state, with the reason. `part` is "routes", "templates" or "swaps"."""
    found: dict[str, str] = tomllib.loads(EXCLUDED.read_text()).get(part, {})
    return found


def doors(routes: Iterable[BaseRoute] | None = None) -> set[str]:
    """Every way into the product, or into `routes`, as "POST match"."""
    return {
        f"{method} {getattr(route, 'name', '')}"
        for route in routes or all_routes() for method in (getattr(route, "methods", None) or {"GET"}) - {"HEAD"}
    }


def promised() -> set[str]:
    """The ways in that the registry's states say they use; each state proves it when it runs."""
    return {visit.rsplit(" ", 1)[0] for state in every_state() for visit in state.visits}


def templates() -> set[str]:
    """Every template file."""
    return {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}


def visited(entries: list[dict[str, Any]]) -> set[str]:
    """The ways in that these states have used, as "POST match"."""
    return {visit.rsplit(" ", 1)[0] for one in entries for visit in one["visits"]}


def rendered(entries: list[dict[str, Any]]) -> set[str]:
    """The templates that these states have shown."""
    return {name for one in entries for name in one["templates"]}


def exchanged(entries: list[dict[str, Any]]) -> set[str]:
    """The swaps that these states have made, and were looked at after."""
    return {name for one in entries for name in one["swaps"]}


def settled(entries: list[dict[str, Any]]) -> Counter[str]:
    """How often something that axe left open was measured, or found in reviewed.toml."""
    return sum((Counter(one["settled"]) for one in entries), Counter[str]())


def unused_reviews(entries: list[dict[str, Any]]) -> set[str]:
    """Reviews of what axe has not left open anywhere: what they excuse is gone, or they are spelt wrongly."""
    return {named(entry) for entry in reviewed()} - set(settled(entries))


def is_whole(entries: list[dict[str, Any]]) -> bool:
    """Whether every state of the registry was reached and looked at."""
    return {one["state"] for one in entries} >= {state.name for state in every_state()}


def gaps(entries: list[dict[str, Any]]) -> list[str]:
    """What a whole run has not shown; nothing for a run of some states alone."""
    if not is_whole(entries):
        return []
    return [
        *(f"no state visits {door}" for door in sorted(doors() - visited(entries) - set(excluded("routes")))),
        *(f"no state shows {name}" for name in sorted(templates() - rendered(entries) - set(excluded("templates")))),
        *(f"reviewed.toml speaks of nothing: {name}" for name in sorted(unused_reviews(entries))),
        *(f"no state swaps {name}" for name in sorted(swaps.every() - exchanged(entries) - set(excluded("swaps")))),
    ]


def figures(entries: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """How many states, routes, templates and swaps were shown, of how many that must be; excluded ones need not be."""
    shown = {
        "states": ({one["state"] for one in entries}, {state.name for state in every_state()}, set[str]()),
        "routes": (visited(entries), doors(), set(excluded("routes"))),
        "templates": (rendered(entries), templates(), set(excluded("templates"))),
        "swaps": (exchanged(entries), swaps.every(), set(excluded("swaps"))),
    }
    return {
        what: {"shown": len((there - left_out) & seen), "of": len(there - left_out), "excluded": len(left_out)}
        for what, (seen, there, left_out) in shown.items()
    }
