"""A whole participant page, Journey, against the same page of Django and against Jinja2 with the fewest statements.

    python -m benchmarks.journey

All are asked in turn in one process, over the same SQLite file, and send the same HTML. Figures are processor
milliseconds of all threads: busy neighbours make them larger, and the ratios hold.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import time
from collections.abc import Awaitable, Callable
from itertools import zip_longest
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from starlette.applications import Starlette

from a11y_tests.conftest import MONDAY
from a11y_tests.states.voyage import full_life
from benchmarks.figures import Figure, at_most, table
from benchmarks.ground import empty_database, var_folder
from benchmarks.peers import django_site, floor
from server.access.actions import open_session
from server.access.queries import actor_for, session_actor
from server.asgi import all_routes
from server.journey.today.queries import home
from server.kernel import clock
from server.notifications.offers.queries import offer_of
from server.people.offers.actions import refuse_offer
from server.people.states import Offer
from tests.queries import queries_run
from web import app, render
from web.errors import EXCEPTION_HANDLERS
from web.render import STYLE_COOKIE
from web.sign_in import viewer_for

ROUNDS, BATCH = 9, 20
TIMES_DJANGO, TIMES_FLOOR = 4.0, 1.3
"""Goals of the project: a page at most a quarter of Django's, and at most 1.3 times what it cannot do without."""
Act = Callable[[], Awaitable[object]]
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Ours:
    """The product, asked in process without a client between."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.held = render.manifest().assets["participant.css"].name
        self.face = Starlette(
            routes=all_routes(), middleware=app.middleware, exception_handlers=EXCEPTION_HANDLERS
        )

    async def page(self) -> bytes:
        """One whole answer, as packed as a browser gets it."""
        parts: list[bytes] = []

        async def send(message: Any) -> None:
            assert message.get("status", 200) == 200, message
            parts.append(message.get("body", b""))

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        cookie = f"ithaca={self.secret}; {STYLE_COOKIE}={self.held}"
        headers = [(b"host", b"127.0.0.1:8000"), (b"accept-encoding", b"gzip"), (b"cookie", cookie.encode())]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/", "raw_path": b"/", "query_string": b"", "root_path": "", "headers": headers,
            "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 50_000),
        }
        await self.face(scope, receive, send)
        return b"".join(parts)

    async def queries(self) -> None:
        """What the page asks of the database, and nothing else."""
        found = await session_actor(self.secret)
        assert found
        viewer = await viewer_for(*found, "/")
        await home(found[0])
        await offer_of(found[0], "", "", viewer.refused)

    async def template(self) -> Callable[[], str]:
        """What renders the page again from the values of one request: Jinja2 alone."""
        kept: list[tuple[Any, dict[str, Any]]] = []
        whole = vars(render)["_whole_page"]

        def keep(request: Any, compiled: Any, shown: dict[str, Any], status: int) -> Any:
            kept.append((compiled, {**shown, "first_visit_css": ""}))
            return whole(request, compiled, shown, status)

        with patch.object(render, "_whole_page", keep):
            await self.page()
        (compiled, shown), = kept
        render.speak_to(shown["request"])
        return lambda: str(compiled.render(shown))


async def measure(folder: Path) -> list[Figure]:
    """One mentee in the middle of a match, and everybody in turn, round after round."""
    with clock.at(MONDAY):
        async with empty_database(folder):
            person = (await full_life()).mentee
            await refuse_offer(await actor_for(person), Offer.PUSH)   # in the middle of a match it has been answered
            ours = Ours(await open_session(person))
            rows = floor.begin(folder / "ithaca.db", str(person.id))
            django = django_site.begin(folder / "ithaca.db", str(person.id))
            with queries_run() as ran:
                html = gzip.decompress(await ours.page()).decode()
            theirs = gzip.decompress(django()).decode()
            _same(html, theirs)
            took = await _in_turn({
                "page": ours.page, "queries": ours.queries, "template": _awaited(await ours.template()),
                "floor": _awaited(rows), "django": _awaited(django),
            })
    return _figures(took, len(ran), len(html.encode()), len(theirs.encode()))


def _figures(took: dict[str, float], statements: int, own: int, theirs: int) -> list[Figure]:
    least = took["template"] + took["floor"]
    rest = took["page"] - took["queries"] - took["template"]
    return [
        Figure("Journey, whole page", f"{took['page']:.2f} ms CPU, {own} bytes of HTML"),
        Figure("  its queries", f"{took['queries']:.2f} ms in {statements} statements"),
        Figure("  its rendering (Jinja2 alone)", f"{took['template']:.2f} ms"),
        Figure("  the rest: routing, words, packing", f"{rest:.2f} ms"),
        Figure("the same page of Django", f"{took['django']:.2f} ms CPU, {theirs} bytes of HTML"),
        Figure("floor: the fewest statements", f"{took['floor']:.2f} ms in {len(floor.STATEMENTS)} statements"),
        Figure(
            "Django / Journey", f"{took['django'] / took['page']:.2f} times", f"at least {TIMES_DJANGO:.1f} times",
            took["django"] / took["page"] >= TIMES_DJANGO,
        ),
        at_most("Journey / (Jinja2 alone + floor)", took["page"] / least, TIMES_FLOOR, " times", 2),
    ]


async def _in_turn(contenders: dict[str, Act]) -> dict[str, float]:
    """Milliseconds of each, the median over rounds in which all take their turn; the first round warms up."""
    took: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(ROUNDS + 1):
        for name, act in contenders.items():
            started = time.process_time()
            for _time in range(BATCH):
                await act()
            if turn:
                took[name].append((time.process_time() - started) / BATCH * 1000)
    return {name: median(all_) for name, all_ in took.items()}


def _awaited(act: Callable[[], object]) -> Act:
    async def awaited() -> object:
        return act()

    return awaited


def _same(ours: str, theirs: str) -> None:
    """Both pages say the same: then neither has less to do."""
    differ = [pair for pair in zip_longest(_words(ours), _words(theirs)) if pair[0] != pair[1]]
    assert not differ, f"the two pages differ, first here: {differ[:3]}"


def _words(html: str) -> list[str]:
    """A page without its ids and its spaces between tags, quotes spelt one way."""
    same = ID.sub("id", html).replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    return re.sub(r"\s+", " ", same.replace(">", "> ").replace("<", " <")).split()


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    with var_folder() as folder:
        return asyncio.run(measure(folder))


if __name__ == "__main__":
    print(table(figures()))
