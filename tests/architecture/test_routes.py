"""Every address is spelt alike, is closed unless it is listed as open, and goes through the domain."""

import ast
import inspect
import re

import pytest
from starlette.routing import Mount, Route

from server.asgi import all_routes
from tests.architecture import source
from web.sign_in import RequireSignIn

ADDRESS = re.compile(r"/|(/[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?|/\{[a-z_]+(:\w+)?\})+")
TYPED = re.compile(r"\{(\w*id)(:\w+)?\}")
OPEN = {
    "answer*": "the ticket in the mail's link says who answers, and is good for one act",
    "brand": "a style sheet worked out from a colour; the same for everybody",
    "demo*": "the door, the mailbox and the clock of a demonstration; 404 elsewhere",
    "graphql": "answers 401 by itself",
    "healthz": "for machines that watch; says only that the process lives",
    "offline": "the page for when there is no network; the same for everybody",
    "pwa-*": "the app's name, icons and worker; the same for everybody",
    "push-key": "the public half of our key; the same for everybody",
    "push-renewal": "the session's secret says which browser it is, an idle one too",
    "readyz": "for machines that watch; names parts, no data",
    "sign-in": "the way in",
    "sign-in-*": "the way in by mail: the address, the code, the link",
    "sign-out": "the way out harms nobody",
    "tap": "the ticket's secret says who taps, and is good for one act",
    "unsubscribe*": "the link's key says whose letters of which class it ends; the page names nobody",
}
"""Routes that strangers may call, with the reason. A name ending in * stands for all that begin so."""
WITHOUT_DOMAIN = {
    "brand": "colours alone, nobody's data",
    "healthz": "asks nothing on purpose",
    "offline": "words alone, nobody's data",
    **dict.fromkeys(
        ("pwa-worker", "pwa-manifest", "pwa-mark", "pwa-icon", "pwa-favicon", "pwa-touch-icon"), "files, nobody's data"
    ),
    "sign-in": "shows the ways in, and nobody's data",
}
"""Routes that need neither a query nor an action, with the reason."""

ROUTES = [route for route in all_routes() if isinstance(route, Route)]
PAGES = [route for route in ROUTES if inspect.isfunction(route.endpoint)]


def _name(route: Route) -> str:
    return route.name


@pytest.mark.parametrize("route", ROUTES, ids=_name)
def test_addresses_are_kebab_case_with_typed_ids(route: Route) -> None:
    assert ADDRESS.fullmatch(route.path), route.path
    untyped = [name for name, kind in TYPED.findall(route.path) if kind != ":uuid"]
    assert not untyped, f"{route.path}: write an id as id:uuid"


@pytest.mark.parametrize("route", ROUTES, ids=_name)
def test_a_route_is_closed_unless_it_is_listed(route: Route) -> None:
    assert _is_closed(route) or _is_open(route), f"{route.path} is open to strangers"


@pytest.mark.parametrize("route", PAGES, ids=_name)
def test_a_route_reaches_the_domain(route: Route) -> None:
    """Rights are checked in actions and queries: a handler that calls none checks nothing."""
    assert route.name in WITHOUT_DOMAIN or _reaches_the_domain(route), f"{route.path} calls no action and no query"


def test_names_are_unique() -> None:
    names = [route.name for route in all_routes() if isinstance(route, Route | Mount)]
    assert len(names) == len(set(names))


def test_the_lists_are_true() -> None:
    names = {route.name for route in ROUTES}
    closed = {route.name for route in ROUTES if _is_closed(route)}
    assert {name for name in OPEN if not name.endswith("*")} & closed == set()
    assert set(WITHOUT_DOMAIN) <= names


def _is_closed(route: Route) -> bool:
    """The guard may stand behind a limit of the body."""
    return isinstance(route.app, RequireSignIn) or isinstance(getattr(route.app, "app", None), RequireSignIn)


def _is_open(route: Route) -> bool:
    return any(route.name == name or (name.endswith("*") and route.name.startswith(name[:-1])) for name in OPEN)


def _reaches_the_domain(route: Route) -> bool:
    module = f"{route.endpoint.__module__.replace('.', '/')}.py"
    return _calls_the_domain(module, route.endpoint.__name__, frozenset())


def _calls_the_domain(module: str, place: str, seen: frozenset[str]) -> bool:
    own = {node.name: node for node in source.tree(module).body if isinstance(node, source.Function)}
    if place in seen or place not in own:
        return False
    used = {ast.unparse(node) for node in ast.walk(own[place]) if isinstance(node, ast.Name | ast.Attribute)}
    came_from = source.imported(module)
    if any(_is_of_the_domain(came_from.get(name.partition(".")[0], ""), name) for name in used):
        return True
    here = any(_calls_the_domain(module, name, seen | {place}) for name in used & set(own))
    return here or any(_hands_on(came_from[name], seen | {place}) for name in used & set(came_from))


def _hands_on(origin: str, seen: frozenset[str]) -> bool:
    """Whether a function of another module of the web face goes on to the domain."""
    module, _, place = origin.rpartition(".")
    path = f"{module.replace('.', '/')}.py"
    return module.startswith("web.") and path in source.modules("web") and _calls_the_domain(path, place, seen)


def _is_of_the_domain(origin: str, name: str) -> bool:
    parts = f"{origin}.{name.partition('.')[2]}".split(".")
    return parts[0] == "server" and bool({"actions", "queries", "readiness"} & set(parts))
